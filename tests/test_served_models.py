"""A model that one process trains and another one serves is one model version: its lineage goes back to the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import provkg
from provkg.capture import end_session
from provkg.errors import AmbiguousName, BadParameter
from provkg.folder import Folder
from provkg.identity import Names
from provkg.records import Deployment, EvaluationRun, InferenceRun, ModelVersion
from tests.autologged import answers, kept, said_at_last
from tests.commands import run as command
from tests.recording import Recorded, ran, recording

X, Y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 1, 0])
TRAIN = """
    import provkg
    provkg.configure(store="kg", base="https://example.org/kg/", responsible="team:risk")
    customers = provkg.dataset("customers", [[1, 0], [2, 1]], version="1", source="crm")
    with provkg.training("fit", data=customers, params={"C": 0.1}) as run:
        open("churn.bin", "wb").write(b"weights")
        run.model("churn", "churn.bin")
"""
AUTOLOGGED = """
    import provkg
    provkg.configure(store="kg", base="https://example.org/kg/")
    provkg.autolog("sklearn")
    import joblib
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    features, labels = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 1, 0])
    joblib.dump(LogisticRegression().fit(features, labels), "churn.bin")
"""
SERVE = """
    import provkg
    provkg.configure(store="kg", base="https://example.org/kg/")
    model = provkg.model("churn", "churn.bin")
    served = provkg.deploy(model, at="https://api.example.org/churn", preprocessing=[])
    with provkg.inference(model, data=provkg.dataset("november", [[3], [4]], source="crm"), deployment=served) as run:
        run.predictions([0, 1], path="predictions.csv", name="november-churn")
"""


def served(folder: Path, train: str) -> Path:
    """Train and serve in two processes; return the graph."""
    for script in (train, SERVE):
        ended = ran(script, folder)
        assert ended.returncode == 0, ended.stderr
    assert command("sync", "--store", folder / "kg").exit_code == 0
    assert list((folder / "kg" / "rejected").glob("*.ttl")) == []
    return folder / "kg"


def test_the_model_that_serves_is_the_one_that_was_trained(tmp_path: Path) -> None:
    with provkg.open(served(tmp_path, TRAIN)) as graph:
        for name in ("churn", "churn@production", "churn@latest", str(tmp_path / "churn.bin")):
            rows = answers(graph, "models/training-data", model=name)
            assert [(row["name"], row["version"]) for row in rows] == [("customers", "1")]
        (setting,) = answers(graph, "models/hyperparameters", model="churn@production")
        assert (setting["parameter"], setting["value"]) == ("C", "0.1")
        assert answers(graph, "deployment/predictions-without-lineage") == []
        told = str(graph.prediction("november-churn", 1))
        assert "trained on  customers@1" in told


def test_a_model_that_autolog_trained_is_the_one_that_serves_whatever_it_is_called_there(tmp_path: Path) -> None:
    with provkg.open(served(tmp_path, AUTOLOGGED)) as graph:
        trained = graph.resolve("LogisticRegression", provkg.vocabulary.ModelVersion)
        assert graph.resolve("churn", provkg.vocabulary.ModelVersion) == trained
        assert graph.resolve("churn@production", provkg.vocabulary.ModelVersion) == trained
        assert {each.stage for each in graph.impact("features").live} == {"production"}


def test_what_serves_may_reach_the_graph_before_what_was_trained(tmp_path: Path) -> None:
    assert ran(TRAIN, tmp_path).returncode == 0
    spool, aside = tmp_path / "kg" / "spool", tmp_path / "aside"
    spool.rename(aside)
    assert ran(SERVE, tmp_path).returncode == 0
    for _ in ("what serves", "what was trained"):
        said = command("sync", "--store", tmp_path / "kg").output
        assert "0 refused" in said, said
        for file in list(aside.iterdir()):
            file.rename(spool / file.name)
    with provkg.open(tmp_path / "kg") as graph:
        assert [row["name"] for row in answers(graph, "models/training-data", model="churn")] == ["customers"]


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def trained(recorded: Recorded, path: Path) -> tuple[ModelVersion, Names]:
    """Train a model and write it to `path`, then forget it, as another process never knew it."""
    model = LogisticRegression().fit(X, Y)
    joblib.dump(model, path)
    with provkg.training("fit", data=provkg.dataset("rows", X, source="crm")) as run:
        run.model("churn", path)
    (said,) = said_at_last(recorded, ModelVersion)
    end_session()
    return said, Folder.find(recorded.store).names


def test_a_call_takes_the_path_of_a_model_in_place_of_its_handle(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "churn.joblib"
    version, names = trained(recorded, path)
    provkg.deploy(path, at="https://api.example.org/churn")
    with provkg.evaluation(str(path), data=provkg.dataset("test", X, source="crm")) as run:
        run.metric("accuracy", 0.5)
    with provkg.inference(path, data=provkg.dataset("new", X, source="crm")) as predicting:
        predicting.predictions([1, 0])
    said = [*said_at_last(recorded, Deployment), *said_at_last(recorded, EvaluationRun)]
    said += said_at_last(recorded, InferenceRun)
    assert {each.model.iri(names) for each in said} == {version.iri(names)}
    assert len(said) == 3


def test_a_version_that_is_served_under_another_label_is_found_by_both(recorded: Recorded, tmp_path: Path) -> None:
    version, names = trained(recorded, tmp_path / "churn.joblib")
    provkg.model("scorer", tmp_path / "churn.joblib", version="3", license="MIT")
    with kept(recorded) as graph:
        for name in ("churn", "scorer", "scorer@3", f"churn@{version.version}"):
            assert graph.resolve(name, provkg.vocabulary.ModelVersion) == version.iri(names)


def test_a_folder_that_a_run_made_is_known_by_its_manifest(recorded: Recorded, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("weights.bin", "config.json"):
        (folder / name).write_text(name)
    with provkg.training("fit", data=provkg.dataset("rows", X, source="crm")) as run:
        run.model("churn", folder)
    (version,) = said_at_last(recorded, ModelVersion)
    end_session()
    model = provkg.model("churn", folder)
    names = Folder.find(recorded.store).names
    assert model.said is not None
    assert model.said.iri(names) == version.iri(names)
    other = provkg.model("config", folder / "config.json")
    assert other.said is not None
    assert other.said.iri(names) != version.iri(names), "one file of a folder is not the model"


def test_an_estimator_in_place_of_a_handle_is_recorded_and_how_to_link_it_is_said(recorded: Recorded) -> None:
    model = LogisticRegression().fit(X, Y)
    with (
        pytest.warns(
            provkg.CaptureWarning, match=r"nothing tells which run trained the LogisticRegression.*give the path"
        ),
        provkg.inference(model, data=provkg.dataset("new", X, source="crm")) as run,
    ):
        run.predictions(model.predict(X))
    with kept(recorded) as graph:
        (batch,) = graph.query(
            "SELECT ?m { ?b <https://w3id.org/provkg#predictedBy> ?m ; a <https://w3id.org/provkg#PredictionBatch> }"
        ).rows
        assert graph.resolve("LogisticRegression", provkg.vocabulary.ModelVersion) == batch[0]


def test_what_is_no_model_is_said_to_be_none_and_where_one_comes_from(recorded: Recorded) -> None:
    with pytest.warns(
        provkg.CaptureWarning, match=r"model= takes what run\.model\(\) or provkg\.model\(\) returned.* not a int"
    ):
        provkg.inference(7, data=provkg.dataset("new", X, source="crm"))


@pytest.mark.parametrize("train", [TRAIN, AUTOLOGGED], ids=["path", "autolog"])
def test_where_nobody_knew_the_file_any_more_the_same_bytes_lead_to_the_training(tmp_path: Path, train: str) -> None:
    assert ran(train, tmp_path).returncode == 0
    rmtree(tmp_path / "kg" / "models")
    with provkg.open(served(tmp_path, "pass")) as graph:
        data = "customers" if train is TRAIN else "features"
        for name in ("churn@production", str(tmp_path / "churn.bin")):
            (row,) = answers(graph, "models/training-data", model=name)
            assert row["name"] == data
        serving = graph.resolve("churn@production", provkg.vocabulary.ModelVersion)
        assert answers(graph, "models/training-data", model=serving.value) == [], "an IRI means what it names"
        assert f"trained on  {data}" in str(graph.prediction("november-churn", 1))
        assert not graph.difference("churn@production", str(tmp_path / "churn.bin")).matters
        graph.recall(data, "read twice")
        graph.refresh()
        assert [each.rule.id for each in graph.audit(rules=["X13"])] == ["X13"]


def test_two_trainings_that_led_to_the_same_bytes_stay_two(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "churn.bin"
    path.write_bytes(b"weights")
    for title in ("first", "second"):
        with provkg.training(title, data=provkg.dataset("rows", X, source="crm")) as run:
            run.model("churn", path)
    with kept(recorded) as graph, pytest.raises(AmbiguousName):
        graph.resolve("churn", provkg.vocabulary.ModelVersion)


@pytest.mark.parametrize(
    ("name", "text"),
    [("p.csv", "id,churn\n7,1\n8,0\n9,1\n"), ("p.jsonl", '{"churn": 1}\n{"churn": 0}\n{"churn": 1}\n')],
)
def test_the_rows_of_a_file_of_predictions_are_counted_and_one_beyond_them_is_refused(
    recorded: Recorded, tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    model = provkg.model("churn", b"weights", source="hub")
    with provkg.inference(model, data=provkg.dataset("new", X, source="crm")) as run:
        assert run.predictions(path=path).record_count == 3
    with kept(recorded) as graph:
        assert graph.prediction(str(path), 2).row == 2
        with pytest.raises(BadParameter, match="has no row 3; it has 3 rows, 0 to 2"):
            graph.prediction(str(path), 3)


def test_a_parameter_without_a_value_is_told_as_none(recorded: Recorded) -> None:
    with provkg.training("fit", data=provkg.dataset("rows", X, source="crm"), params={"depth": None, "n": 3}) as run:
        run.model("churn", b"weights")
    with kept(recorded) as graph:
        rows = answers(graph, "models/hyperparameters", model="churn")
        assert [(row["parameter"], row["value"]) for row in rows] == [("depth", "None"), ("n", "3")]
