"""What is recalled or withdrawn says so from then on, in a record of its own, and whoever relies on it is found."""

from __future__ import annotations

from pathlib import Path

import pytest

import provkg
from provkg.errors import AmbiguousName, BadParameter, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from tests import story
from tests.commands import run

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
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        graph.snapshot()
    return folder


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


def test_what_takes_its_place_is_its_revision(folder: Folder) -> None:
    with provkg.open(folder.path) as graph:
        graph.recall("apple-readings@1", "wrong scale", replacement=READINGS)
        asked = "ASK { <%s> <http://www.w3.org/ns/prov#wasRevisionOf> <%s> }"
        new, old = (story.thing(f"dataset-version/apple-readings-{number}").value for number in (2, 1))
        assert graph.query(asked % (new, old)).boolean


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
        with pytest.raises(UnknownThing):
            graph.recall("apple-readigns@1", "wrong")
        with pytest.raises(AmbiguousName):
            graph.recall("apple-readings", "which of both?")
        assert graph.size == size


def test_the_commands_say_what_is_live(folder: Folder) -> None:
    done = run("recall", READINGS, "--reason", "rows were read twice", "--by", "Linus", "--store", folder.path)
    assert done.exit_code == 0, done.stderr
    assert "live: https://sorting.example.org/grade (production) rests on it" in done.stderr
    with provkg.open(folder.path) as graph:
        assert ends(graph) == [("recalled", "rows were read twice", "Linus")]
    again = run("withdraw", READINGS, "--reason", "licence ended", "--store", folder.path)
    assert (again.exit_code, "is recalled already" in again.stderr) == (2, True)
    other = run("withdraw", "raw-grader", "--reason", "no longer kept up", "--store", folder.path)
    assert (other.exit_code, "live:" in other.stderr) == (0, False), other.stderr
