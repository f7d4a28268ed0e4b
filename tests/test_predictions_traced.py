"""What stands behind a row of a file of predictions is told: the model, and the part of which data trained it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Triple

import provkg
from provkg import vocabulary as v
from provkg.errors import BadParameter, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from tests import story
from tests.commands import run
from tests.recording import recording

BATCH = "last-crate-grades"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Folder.create(tmp_path_factory.mktemp("predictions") / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        graph.snapshot()
    return folder.path


@pytest.fixture(scope="module")
def opened(kg: Path) -> Iterator[Reader]:
    with Reader.open(kg) as reader:
        yield reader


def test_a_row_that_was_recorded_by_itself_is_told_with_its_value(opened: Reader) -> None:
    found = opened.prediction(BATCH, 12)
    assert (found.value, found.confidence, found.single is not None) == ("B", "0.81", True)
    assert found.model is not None
    assert found.model.label == "apple-grader@2"
    assert [each.label for each in found.trained_on] == ["apples-train-ready@1"]
    assert [each.label for each in found.inputs] == ["apples-last-crate-ready@1"]
    (part,) = found.parts
    assert (part.part.label, part.role, part.rows) == ("apples-train", "train", 770)
    assert (part.of is not None and part.of.label, part.membership) == ("apples-working@1", "a1" * 32)
    told = "made from   apples-train (train part of apples-working@1), 770 rows, which rows: a1a1a1a1a1a1…"
    assert told in str(found)


def test_any_other_row_has_the_same_model_behind_it_and_no_value(opened: Reader) -> None:
    found = opened.prediction(BATCH, 17)
    assert (found.single, found.value) == (None, None)
    assert found.model == opened.prediction(BATCH, 12).model
    assert found.parts == opened.prediction(BATCH, 12).parts


@pytest.mark.parametrize("row", [-1, 80, 10**9])
def test_a_row_that_the_batch_does_not_have_is_refused(opened: Reader, row: int) -> None:
    with pytest.raises(BadParameter, match=f"last-crate-grades has no row {row}; it has 80 rows, 0 to 79"):
        opened.prediction(BATCH, row)


def test_a_model_is_no_batch_of_predictions(opened: Reader) -> None:
    with pytest.raises(UnknownThing, match="'raw-grader' is a model version, and no prediction batch"):
        opened.prediction("raw-grader", 1)


def test_without_the_split_nothing_is_made_up() -> None:
    without = Triple(story.thing("split/train"), v.subsetOf, story.thing("dataset-version/apples-working"))
    with Reader(story.index(without=[without])) as reader:
        found = reader.prediction(BATCH, 12)
    assert "apples-train (" not in str(found)
    assert found.model is not None


def test_the_command_tells_it_in_words_and_as_json(kg: Path) -> None:
    done = run("lineage", BATCH, "--row", "12", "--row", "17", "--store", kg)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "last-crate-grades row 12"
    assert "  predicted   B (confidence 0.81)\n" in done.stdout
    assert done.stdout.count("apple-grader@2") == 2
    said = json.loads(run("lineage", BATCH, "--row", "12", "--format", "json", "--store", kg).stdout)
    assert said["model"] == story.thing("model-version/apple-grader-2").value
    assert (said["parts"][0]["membership"], said["parts"][0]["of"]) == (
        "a1" * 32,
        story.thing("dataset-version/apples-working").value,
    )
    refused = run("lineage", BATCH, "--row", "80", "--store", kg)
    assert (refused.exit_code, "0 to 79" in refused.stderr) == (2, True)


def test_a_row_of_what_is_recorded_as_data_is_answered_with_that_and_what_to_do(kg: Path) -> None:
    refused = run("lineage", "apples-working", "--row", "3", "--store", kg)
    assert refused.exit_code == 2
    assert "apples-working@1 is recorded as a dataset version, and nobody watched" in refused.stderr
    assert "run.predictions(…) in provkg.inference(model)" in refused.stderr
    assert "example.org" not in refused.stderr, "people know it by its name"
    assert "provkg.inference" not in run("lineage", "raw-grader", "--row", "3", "--store", kg).stderr


def test_a_file_at_hand_is_known_by_its_content_and_its_row_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with recording(tmp_path / "kg"):
        rows = provkg.dataset(
            "fruit", [{"w": n / 8} for n in range(40)], source="https://example.org/f", license="CC0-1.0"
        )
        with provkg.splitting(rows, strategy="random", seed=1) as split:
            train, test = split.parts(train=0.5, test=0.5)
        with provkg.training("mean", data=train) as training:
            model = training.model("mean", b"12.5")
        with provkg.inference(model, data=test) as inference:
            inference.predictions([n / 2 for n in range(20)], name="guesses", path="predictions.csv")
    with provkg.open(tmp_path / "kg") as reader:
        found = reader.prediction(Path("predictions.csv"), 17)
    assert found.cells == {"value": "8.5"}
    assert (found.batch.label, found.model is not None and found.model.name) == ("guesses", "mean")
    assert [(each.role, each.of is not None and each.of.name) for each in found.parts] == [("train", "fruit")]
    assert "in the file  value 8.5" in str(found)
    assert "<caption>guesses row 17</caption>" in found._repr_html_()
