"""Every command and every Python call that takes a model takes it in each of the ways in which it can be named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, Triple

import provkg
from provkg import vocabulary as v
from provkg.errors import AmbiguousName, BadParameter, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.index import ReadIndex
from provkg.questions import Naming
from provkg.reading import Reader
from tests import company
from tests.commands import run
from tests.test_cli_exit_codes import TAKING_NAMES

SCORER = company.thing("model-version/scorer-15")
# The worked company takes the digest of a name for that of a file.
CONTENT = b"scorer-15"
NAMES = {
    "version": "scorer@15",
    "stage": "scorer@production",
    "file": "downloaded/model.bin",
    "IRI": SCORER.value,
    "IRI in brackets": f"<{SCORER.value}>",
    "short IRI": "model-version/scorer-15",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Folder.create(tmp_path_factory.mktemp("company") / "kg", base=company.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        company.tell(graph)
        graph.snapshot()
    return folder.path


@pytest.fixture(autouse=True)
def _file_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("downloaded").mkdir()
    Path("downloaded/model.bin").write_bytes(CONTENT)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_each_way_names_the_model_and_not_the_deployment_of_its_file(name: str, told: Path) -> None:
    with Reader.open(told) as reader:
        assert reader.resolve(name) == SCORER


@pytest.mark.parametrize("command", [each for each in TAKING_NAMES if each not in {"recall", "withdraw", "redact"}])
def test_every_command_answers_the_same_for_each(command: str, told: Path) -> None:
    arguments = [part.replace("apple-grader@2", "scorer@5") for part in TAKING_NAMES[command]]
    outcomes = {}
    for way, name in NAMES.items():
        done = run(*(part.format(name=name) for part in arguments), "--store", told)
        # A difference calls the two as they were called.
        outcomes[way] = (done.exit_code, done.stdout.removeprefix(name if command == "diff" else ""))
    assert len(set(outcomes.values())) == 1, outcomes
    assert outcomes["file"][0] != 2, "it is not the name that is wrong"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_python_call_takes_each(name: str, told: Path) -> None:
    with provkg.open(told) as graph:
        assert str(graph.show(name)) == str(graph.show(SCORER))
        assert graph.lineage(name).roots == graph.lineage(SCORER).roots
        assert str(graph.impact(name)) == str(graph.impact(SCORER))
        assert graph.difference(name, SCORER).factors == ()
        assert graph.ask("training-data", model=name).rows == graph.ask("training-data", model=SCORER).rows
        assert graph.export(thing=name) == graph.export(thing=SCORER)
        assert graph.score(name) == graph.score(SCORER)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_model_is_recalled_by_each(name: str, tmp_path: Path) -> None:
    with provkg.open(_small(tmp_path)) as graph:
        if name == "scorer@production":
            return  # nothing serves there
        graph.recall(name, "grades the wrong way round")
        with pytest.raises(BadParameter, match="is recalled already"):
            graph.recall(name, "once more")


def _small(place: Path) -> Path:
    folder = Folder.create(place / "kg", base=company.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        for each in company.records():
            if each.name.startswith(("1", "2")) or "may-1" in each.name:
                graph.add(each.name, each.type, list(each.triples))
    return folder.path


def test_an_unknown_version_is_answered_with_those_that_there_are_and_the_stages(told: Path) -> None:
    with Reader.open(told) as reader, pytest.raises(UnknownThing) as raised:
        reader.resolve("scorer@champion")
    assert str(raised.value) == (
        "'scorer' has no version 'champion'; it has 16, 15, 14, 13, 12, 11, 10, 9 and 8 more (newest first), "
        "and by alias or stage: production, shadow"
    )


def test_a_file_that_nothing_was_recorded_from_is_not_taken_for_a_misspelt_name(told: Path) -> None:
    Path("downloaded/model.bin").write_bytes(b"other bytes")
    with Reader.open(told) as reader, pytest.raises(UnknownThing) as raised:
        reader.resolve("downloaded/model.bin")
    assert "name the thing, or record this file" in str(raised.value)
    assert "did you mean" not in str(raised.value)


COMMIT = "2b" * 20


@pytest.mark.parametrize("name", [COMMIT, COMMIT[:12], COMMIT[:7]])
def test_a_commit_is_named_by_its_digits_or_the_first_seven(name: str, told: Path) -> None:
    with Reader.open(told) as reader:
        assert reader.resolve(name) == company.thing("source-revision/scoring-2")
        assert str(reader.impact(name)) == str(reader.impact("source-revision/scoring-2"))


@pytest.mark.parametrize("name", [COMMIT[:6], "c" * 40, "2B" * 20, "2b2b2b2-x"])
def test_fewer_digits_or_others_name_no_commit(name: str, told: Path) -> None:
    with Reader.open(told) as reader, pytest.raises(UnknownThing):
        reader.resolve(name)


def test_a_source_is_named_by_its_address(told: Path) -> None:
    with Reader.open(told) as reader:
        assert reader.resolve("https://bureau.example/export") == company.thing("data-source/bureau")


def test_one_commit_in_two_repositories_is_told_apart_by_them() -> None:
    said = [
        triple
        for number in (1, 2)
        for triple in (
            Triple(company.thing(f"source-revision/{number}"), v.commitId, Literal(COMMIT)),
            Triple(
                company.thing(f"source-revision/{number}"), v.inRepository, company.thing(f"source-repository/{number}")
            ),
            Triple(
                company.thing(f"source-repository/{number}"),
                v.repositoryUrl,
                Literal(f"https://git.example/{number}", datatype=v.xsd_anyURI),
            ),
        )
    ]
    with ReadIndex.over(said, Path("memory")) as index, pytest.raises(AmbiguousName) as raised:
        Naming(index).resolve(COMMIT[:10])
    assert all(f"in https://git.example/{number}" in str(raised.value) for number in (1, 2))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("applications@1", "'applications@1' is a dataset version, and no model version; there are: "),
        ("applications", "'applications' names several things, and no model version is among them; there are: "),
        ("aplications", "no model version is called 'aplications'; there are: "),
        ("scorr", "no model version is called 'scorr'; did you mean scorer or raw-scorer?"),
    ],
)
def test_a_name_of_something_else_is_told_as_what_it_is(name: str, said: str, told: Path) -> None:
    with Reader.open(told) as reader, pytest.raises(UnknownThing) as raised:
        reader.ask("training-data", model=name)
    assert str(raised.value).startswith(said), raised.value


def test_in_python_a_file_may_be_a_path(told: Path) -> None:
    file = Path("downloaded/model.bin")
    with provkg.open(told) as graph:
        assert graph.resolve(file) == SCORER
        assert str(graph.show(file)) == str(graph.show(SCORER))
        assert graph.lineage(file).roots == graph.lineage(SCORER).roots
        assert graph.difference(file, SCORER).factors == ()
        assert graph.ask("training-data", model=str(file)).rows == graph.ask("training-data", model=SCORER).rows


@pytest.mark.parametrize("nothing", [None, 3, 2.5, b"scorer@15", ["scorer@15"]])
def test_what_names_nothing_is_told_how_things_are_named(nothing: Any, told: Path) -> None:
    with provkg.open(told) as graph:
        for call in (graph.show, graph.lineage, graph.impact, graph.resolve, graph.score):
            with pytest.raises(BadParameter, match="names nothing; a thing is given by its name or IRI"):
                call(nothing)
