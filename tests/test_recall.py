"""What is recalled or withdrawn says so from then on, in a record of its own, and whoever relies on it is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import provkg
from provkg import vocabulary as v
from provkg.errors import AmbiguousName, BadParameter, IncompleteRecord, MalformedRDF, UnknownThing, Unreadable
from provkg.folder import Folder
from provkg.ledger import Ledger
from provkg.reading import Reader
from provkg.records import Dataset
from tests import story
from tests.commands import run, story_graph

READINGS = "apple-readings@2"
ENDS = """
PREFIX pvk: <https://w3id.org/provkg#> PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?how ?why ?who ?class WHERE {
  <https://example.org/kg/dataset-version/apple-readings-2> prov:invalidatedAtTime ?at ; prov:wasInvalidatedBy ?act .
  ?act a ?class ; pvk:invalidationReason ?how ; pvk:rationale ?why ; pvk:decidedBy/foaf:name ?who ; prov:endedAtTime ?at
  FILTER(?class = pvk:RetirementDecision)
}"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.find(story_graph(tmp_path / "kg"))


def ends(graph: Reader) -> list[tuple[str, ...]]:
    return [
        tuple(str(getattr(cell, "value", "")).rpartition("-")[2] for cell in row[:3]) for row in graph.query(ENDS).rows
    ]


def live_on_what_ended(graph: Reader) -> set[str]:
    return {finding.this.value for finding in graph.audit(rules=["deployment/invalid-lineage"])}


@pytest.mark.parametrize(("act", "how"), [("recall", "recalled"), ("withdraw", "withdrawn")])
def test_it_is_a_record_of_its_own_and_the_rules_see_it_at_once(folder: Folder, act: str, how: str) -> None:
    with provkg.open(folder.path) as graph:
        size = graph.size
        assert live_on_what_ended(graph) == set()
        getattr(graph, act)(READINGS, "rows were read twice", by="Linus")
        assert graph.size == size + 1
        assert ends(graph) == [(how, "rows were read twice", "Linus")]
        assert live_on_what_ended(graph) == {story.thing("deployment/second").value}
        assert graph.impact(READINGS).fails("production"), "it still rests on it: nothing was taken away"
        assert [record for record in graph.show(READINGS).records if "decision" in record]


def test_a_graph_that_asks_more_of_its_records_takes_it_too_and_asks_people_for_the_evidence(folder: Folder) -> None:
    assert folder.level == "standard"
    with provkg.open(folder.path) as graph:
        graph.recall(READINGS, "rows were read twice")
        wanted = {each.name: each.absent for each in graph.missing()}
    assert wanted["recalled apple-readings@2"] == ("evidence",)


def test_what_takes_its_place_is_its_revision(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        graph.recall("apple-readings@1", "wrong scale", replacement=READINGS)
        asked = "ASK { <%s> <http://www.w3.org/ns/prov#wasRevisionOf> <%s> }"
        new, old = (story.thing(f"dataset-version/apple-readings-{number}").value for number in (2, 1))
        assert graph.query(asked % (new, old)).boolean


def test_versions_tell_what_a_replacement_follows_and_lineage_that_it_replaces_what_it_need_not_rest_on(
    folder: Folder,
) -> None:
    with provkg.open(folder.path) as graph:
        newer = provkg.records.DatasetVersion(
            dataset=story.thing("dataset/apple-readings").value,
            version="3",
            sha256="ab" * 32,
            source=provkg.records.DataSource(identifier="line-sensors"),
        )
        graph.record(newer, level="minimal")
        graph.recall(READINGS, "rows were read twice", replacement="apple-readings@3")
        follows = {row["version"]: row["follows"] for row in graph.ask("versions", dataset="apple-readings")}
        assert follows == {"1": None, "2": "1", "3": "2"}
        told = str(graph.lineage(READINGS, to="apple-readings@3"))
        assert "Neither rests on the other" in told
        assert "apple-readings@3 replaces apple-readings@2." in told


def test_what_a_thing_was_made_from_is_no_revision_that_replaces_it(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        size = graph.size
        with pytest.raises(BadParameter, match=r"was made from dataset-version/.*leave the replacement out"):
            graph.recall(READINGS, "rows were read twice", replacement="apple-readings@1")
        assert graph.size == size, "nothing was kept"


def test_whatever_names_a_recalled_thing_says_that_it_holds_no_longer_and_why(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        graph.recall("tomas-readings", "rows were read twice")
        today = datetime.now(UTC).date().isoformat()
        mark = f"recalled {today}: rows were read twice"
        lineage = graph.lineage("raw-grader")
        for form in ("tree", "table", "dot", "graphml"):
            assert mark in lineage.text(form), form
        assert f"#91;recalled {today}" in lineage.text("mermaid"), "a bracket, as Mermaid writes it"
        assert "dataset version, recalled" in lineage.text("svg")
        nodes = {node["name"]: node["ended"] for node in json.loads(lineage.text("json"))["nodes"]}
        assert (nodes["tomas-readings"]["how"], nodes["tomas-readings"]["reason"]) == (
            "recalled",
            "rows were read twice",
        )
        assert nodes["raw-grader"] is None
        (data,) = graph.ask("training-data", model="raw-grader")
        assert (data["reason"], data["ended"].date().isoformat()) == (str(v.InvalidationReason_recalled.value), today)
        assert str(graph.show("tomas-readings")).splitlines()[1].strip() == mark
        assert f"tomas-readings@1  [recalled {today}]" in str(graph.show("raw-grader"))
        before = datetime(2026, 6, 1, tzinfo=UTC)
        assert "recalled" not in str(graph.lineage("raw-grader", at=before)), "it still held then"


def test_what_cannot_end_is_no_candidate_and_a_replacement_is_of_the_same_kind(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        graph.record(
            provkg.records.Team(issuer="here", subject="tomas", name="tomas-readings"),
            provkg.records.Project(name="tomas-readings"),
            level="minimal",
        )
        with pytest.raises(AmbiguousName, match="fits 3 things"):
            graph.show("tomas-readings")
        graph.recall("tomas-readings", "rows were read twice")
        assert str(graph.show("tomas-readings@1")).splitlines()[1].strip().startswith("recalled")


def test_the_record_of_an_end_names_the_version_and_not_an_alias_that_moves(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        entry = provkg.records.RegistryEntry(
            registers=story.thing("model-version/apple-grader-1").value,
            registry_name="apple-grader",
            registry_version="1",
            aliases=("champion",),
        )
        graph.record(entry, level="minimal")
        graph.withdraw("apple-grader@champion", "too slow")
        asked = f"SELECT ?t {{ ?d a {v.RetirementDecision} ; {v.dct_title} ?t }}"
        titles = graph.query(asked)
        assert [row["t"] for row in titles] == ["withdrawn apple-grader@1"]


def test_what_has_ended_cannot_be_ended_again_and_a_reason_is_wanted(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        graph.recall(READINGS, "rows were read twice")
        size = graph.size
        with pytest.raises(BadParameter, match=r"apple-readings@2 is recalled already, since 20\d\d-"):
            graph.withdraw(READINGS, "licence ended")
        with pytest.raises(BadParameter, match="say why apple-readings@1 is withdrawn"):
            graph.withdraw("apple-readings@1", "  ")
        with pytest.raises(BadParameter, match="cannot take its own place"):
            graph.recall("apple-readings@1", "wrong", replacement="apple-readings@1")
        with pytest.raises(BadParameter, match="a model version cannot take the place of a dataset version"):
            graph.recall("apple-readings@1", "wrong", replacement="raw-grader@1")
        with pytest.raises(UnknownThing):
            graph.recall("apple-readigns@1", "wrong")
        with pytest.raises(AmbiguousName):
            graph.recall("apple-readings", "which of both?")
        assert graph.size == size


def test_the_commands_say_what_is_live(folder: Folder) -> None:
    done = run("recall", READINGS, "--reason", "rows were read twice", "--by", "Linus", "--store", folder.path)
    assert done.exit_code == 0, done.stderr
    assert "live: apple-grader@2 at https://sorting.example.org/grade (production) rests on it" in done.stderr
    with provkg.open(folder.path) as graph:
        assert ends(graph) == [("recalled", "rows were read twice", "Linus")]
    again = run("withdraw", READINGS, "--reason", "licence ended", "--store", folder.path)
    assert (again.exit_code, "is recalled already" in again.stderr) == (2, True)
    other = run("withdraw", "raw-grader", "--reason", "no longer kept up", "--store", folder.path)
    assert (other.exit_code, "live:" in other.stderr) == (0, False), other.stderr


@pytest.mark.parametrize("option", ["--reason", "--by", "--replacement", "--evidence"])
@pytest.mark.parametrize("command", ["recall", "withdraw", "undeploy"])
def test_an_option_that_says_nothing_is_wrong_use(folder: Folder, command: str, option: str) -> None:
    if (command, option) == ("undeploy", "--replacement"):
        return  # it has none
    what = "https://sorting.example.org/grade" if command == "undeploy" else READINGS
    size = provkg.open(folder.path).size
    given = {"--reason": "rows were read twice"} | {option: " "}
    done = run(command, what, *(part for pair in given.items() for part in pair), "--store", folder.path)
    assert (done.exit_code, f"Invalid value for '{option}': it is empty" in done.stderr) == (2, True), done.stderr
    assert provkg.open(folder.path).size == size


def test_whoever_decides_in_python_has_a_name_too(folder: Folder) -> None:
    with provkg.open(folder.path) as graph, pytest.raises(BadParameter, match="by= is empty"):
        graph.recall(READINGS, "rows were read twice", by="")


@pytest.mark.parametrize("command", ["recall", "undeploy"])
def test_a_decision_names_its_evidence_and_then_nobody_is_asked_for_it(folder: Folder, command: str) -> None:
    what = "https://sorting.example.org/grade" if command == "undeploy" else READINGS
    given = ("--evidence", "raw-grader", "--evidence", "apple-readings@1")
    done = run(command, what, "--reason", "rows were read twice", *given, "--store", folder.path)
    assert done.exit_code == 0, done.stderr
    with provkg.open(folder.path) as graph:
        asked = "PREFIX pvk: <https://w3id.org/provkg#> SELECT ?on { ?act a pvk:RetirementDecision ; pvk:evidence ?on }"
        assert {row["on"] for row in graph.query(asked)} == {
            graph.resolve("raw-grader").value,
            graph.resolve("apple-readings@1").value,
        }
        assert not [each for each in graph.missing() if "evidence" in each.absent]


def test_evidence_may_be_one_thing_and_has_to_be_known(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        with pytest.raises(UnknownThing):
            graph.withdraw(READINGS, "its licence has ended", evidence="no-such-report")
        graph.withdraw(READINGS, "its licence has ended", evidence="raw-grader")
        assert not [each for each in graph.missing() if "evidence" in each.absent]


# --- corrections, and the end of service


BETTER = """
@prefix pvk: <https://w3id.org/provkg#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://example.org/kg/dataset/apple-readings> a pvk:Dataset ; dct:title "apple readings, weighed again" .
"""
TITLE = "SELECT ?title { <https://example.org/kg/dataset/apple-readings> <http://purl.org/dc/terms/title> ?title }"


@pytest.fixture
def better(tmp_path: Path) -> Path:
    file = tmp_path / "better.ttl"
    file.write_text(BETTER, "utf-8")
    return file


def alone(folder: Folder, tmp_path: Path) -> str:
    """Add a record of a dataset of its own; returns its id."""
    file = tmp_path / "first.ttl"
    file.write_text(
        BETTER.replace("apple readings, weighed again", "first").replace("apple-readings", "pears"), "utf-8"
    )
    assert run("add", file, "--store", folder.path).exit_code == 0
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return ledger.entry(ledger.size - 1).leaf.record


def test_a_correction_takes_a_record_back_and_both_stay_in_the_ledger(
    folder: Folder, better: Path, tmp_path: Path
) -> None:
    record = alone(folder, tmp_path)
    title = TITLE.replace("apple-readings", "pears")
    better.write_text(BETTER.replace("apple-readings", "pears"), "utf-8")
    done = run("correct", record, better, "--store", folder.path)
    assert done.exit_code == 0, done.stderr
    with provkg.open(folder.path) as graph:
        assert [row["title"] for row in graph.query(title)] == ["apple readings, weighed again"]
        size = graph.size
        before, after = graph.show("https://example.org/kg/dataset/pears").records
    assert before.startswith(f"{size - 2}: ")
    assert before.endswith(f"; taken back by {size - 1}")
    assert "taken back" not in after
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.entry(size - 1).leaf.supersedes == (record,)
    again = run("correct", record, better, "--store", folder.path)
    assert (again.exit_code, "was taken back already, by" in again.stderr) == (2, True), again.stderr


def test_a_record_may_be_named_by_the_number_of_its_entry(folder: Folder, better: Path, tmp_path: Path) -> None:
    alone(folder, tmp_path)
    with provkg.open(folder.path) as graph:
        number = graph.size - 1
    better.write_text(BETTER.replace("apple-readings", "pears"), "utf-8")
    assert run("correct", str(number), better, "--store", folder.path).exit_code == 0


@pytest.mark.parametrize("record", ["9999", "no-such-record"])
def test_a_record_that_is_not_there_is_not_corrected(folder: Folder, better: Path, record: str) -> None:
    with provkg.open(folder.path) as graph:
        size = graph.size
    done = run("correct", record, better, "--store", folder.path)
    assert (done.exit_code, f"no record {record!r}" in done.stderr) == (2, True), done.stderr
    with provkg.open(folder.path) as graph:
        assert graph.size == size


def test_a_correction_that_says_too_little_is_refused_and_nothing_is_taken_back(
    folder: Folder, better: Path, tmp_path: Path
) -> None:
    record = alone(folder, tmp_path)
    better.write_text("<https://example.org/kg/x> a <https://w3id.org/provkg#DatasetVersion> .", "utf-8")
    assert run("correct", record, better, "--store", folder.path).exit_code == 1
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.superseded_at(record) is None


def test_service_ends_and_impact_shows_it(folder: Folder) -> None:
    at = "https://sorting.example.org/grade"
    done = run(
        "undeploy", at, "--reason", "rows were read twice", "--as", "recalled", "--by", "Linus", "--store", folder.path
    )
    assert done.exit_code == 0, done.stderr
    with provkg.open(folder.path) as graph:
        assert graph.impact(READINGS).live == ()
        assert list(graph.ask("serving", endpoint=at)) == []
        reasons = [str(row["reason"]).rpartition("-")[2] for row in graph.ask("history", endpoint=at)]
        assert reasons == ["superseded", "recalled"]
    again = run("undeploy", at, "--reason", "once more", "--store", folder.path)
    assert (again.exit_code, f"nothing is live at {at} in production" in again.stderr) == (2, True), again.stderr


def test_what_is_live_in_another_stage_is_named(folder: Folder) -> None:
    at = "https://sorting.example.org/grade"
    done = run("undeploy", at, "--stage", "staging", "--reason", "over", "--store", folder.path)
    assert done.exit_code == 2
    assert f"nothing is live at {at} in staging; what is live there is in production" in done.stderr


def test_a_stage_that_nobody_knows_is_answered_with_those_that_there_are(folder: Folder) -> None:
    at = "https://sorting.example.org/grade"
    assert run("undeploy", at, "--reason", "over", "--store", folder.path).exit_code == 0
    done = run("undeploy", at, "--stage", "prod", "--reason", "over", "--store", folder.path)
    assert done.exit_code == 2
    assert "prod is no stage of the ontology, which has canary, development, edge, production" in done.stderr


def test_a_correction_that_holds_no_record_takes_nothing_back(folder: Folder, tmp_path: Path) -> None:
    record, empty = alone(folder, tmp_path), tmp_path / "empty.ttl"
    empty.write_text("# nothing yet\n", "utf-8")
    done = run("correct", record, empty, "--store", folder.path)
    assert (done.exit_code, "empty.ttl holds no record" in done.stderr) == (2, True), done.stderr
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.superseded_at(record) is None


def test_what_is_kept_already_takes_nothing_else_back_and_what_to_do_is_said(
    folder: Folder, better: Path, tmp_path: Path
) -> None:
    record = alone(folder, tmp_path)
    better.write_text(BETTER.replace("apple-readings", "pears"), "utf-8")
    assert run("add", better, "--store", folder.path).exit_code == 0
    done = run("correct", record, better, "--store", folder.path)
    assert done.exit_code == 1
    assert "the same is already kept as record" in done.stdout
    assert "which takes nothing back; a record that is to take another one back says more" in done.stdout
    better.write_text(better.read_text("utf-8").replace('again" .', 'again" ; dct:description "heavier" .'), "utf-8")
    assert run("correct", record, better, "--store", folder.path).exit_code == 0


# --- corrections in Python


def test_in_python_a_record_is_corrected_by_a_file_or_by_descriptions(
    folder: Folder, better: Path, tmp_path: Path
) -> None:
    record = alone(folder, tmp_path)
    better.write_text(BETTER.replace("apple-readings", "pears"), "utf-8")
    title = TITLE.replace("apple-readings", "pears")
    with provkg.open(folder.path) as graph:
        first = graph.correct(record, better)
        assert [row["title"] for row in graph.query(title)] == ["apple readings, weighed again"]
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            assert ledger.entry(first.position).leaf.supersedes == (record,)
        second = graph.correct(first.position, Dataset(name="pears"))
        assert graph.query(title).rows == []
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            assert ledger.entry(second.position).leaf.supersedes == (first.record,)
        with pytest.raises(BadParameter, match="was taken back already, by"):
            graph.correct(record, better)


def test_a_correction_in_python_that_cannot_be_takes_nothing_back(folder: Folder, better: Path, tmp_path: Path) -> None:
    record = alone(folder, tmp_path)
    files = {
        "two.trig": "<urn:g> { <urn:a> a <urn:b> } <urn:h> { <urn:a> a <urn:b> }",
        "none.ttl": "# nothing",
        "broken.ttl": "<urn:a> a",
        "nested.ttl": "<< <urn:a> <urn:b> <urn:c> >> <urn:d> <urn:e> .",
        "data.csv": "a,b",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    given: list[tuple[tuple[Any, ...], type[Exception], str]] = [
        ((), BadParameter, "say what holds instead"),
        ((better, better), BadParameter, "or one RDF file"),
        ((tmp_path / "two.trig",), BadParameter, "holds several records"),
        ((tmp_path / "none.ttl",), BadParameter, "holds no record"),
        ((str(tmp_path / "broken.ttl"),), MalformedRDF, "broken.ttl:1"),
        ((tmp_path / "nested.ttl",), MalformedRDF, "triple term"),
        ((tmp_path / "data.csv",), BadParameter, "is none of .ttl, "),
        ((tmp_path / "missing.ttl",), Unreadable, "cannot read"),
        ((3,), BadParameter, "not of a int"),
    ]
    with provkg.open(folder.path) as graph:
        for instead, kind, said in given:
            with pytest.raises(kind, match=said):
                graph.correct(record, *instead)
        for wrong, kind, said in (
            ("9999", UnknownThing, "no record '9999'"),
            (1.5, BadParameter, "is no record; give"),
        ):
            with pytest.raises(kind, match=said):
                graph.correct(wrong, better)  # type: ignore[arg-type]
        better.write_text("<https://example.org/kg/x> a <https://w3id.org/provkg#DatasetVersion> .", "utf-8")
        with pytest.raises(IncompleteRecord):
            graph.correct(record, better)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.superseded_at(record) is None
