"""The store lists the questions that it can be asked, the owner's own among them, in a graph that nothing else sees."""

from __future__ import annotations

from pathlib import Path

import pytest

import provkg
from provkg.errors import UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.index import CATALOGUE, Snapshots
from provkg.questions import all_questions
from tests.commands import story_graph

PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> """
LISTED = f"""{PREFIXES} SELECT ?name ?text {{ GRAPH <{CATALOGUE.value}> {{
  ?question a sh:SPARQLExecutable ; rdfs:label ?name ; sh:select|sh:construct|sh:ask ?text }} }} ORDER BY ?name"""
OWN = """#+ summary: Who is there?
#+ x-provkg:
#+   columns: {who: string}
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?who { ?person foaf:name ?who } ORDER BY ?who
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return story_graph(tmp_path / "kg")


def listed(place: Path) -> dict[str, str]:
    with provkg.open(place) as graph:
        return {str(row["name"]): str(row["text"]) for row in graph.query(LISTED)}


def own(place: Path, text: str = OWN) -> Path:
    file = place / "queries" / "own" / "who.rq"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_the_store_lists_every_shipped_question_with_its_text(kept: Path) -> None:
    in_sparql = {question.path: question.text for question in all_questions() if question.asks is None}
    assert listed(kept) == in_sparql
    with provkg.open(kept) as graph:
        functions = graph.query(
            f"{PREFIXES} SELECT ?name {{ GRAPH <{CATALOGUE.value}> {{ ?f a sh:Function ; rdfs:label ?name }} }}"
        )
        assert {str(row["name"]) for row in functions} == {each.path for each in all_questions() if each.asks}


def test_an_own_question_is_listed_as_soon_as_it_is_there_and_no_longer_than_that(kept: Path) -> None:
    assert "own/who" not in listed(kept)
    file = own(kept)
    assert listed(kept)["own/who"] == OWN
    own(kept, OWN.replace("?who }", "?who . ?person a ?kind }"))
    assert "?kind" in listed(kept)["own/who"]
    file.unlink()
    assert "own/who" not in listed(kept)


def test_an_own_question_that_cannot_be_read_hides_no_other_and_stops_nothing(kept: Path) -> None:
    own(kept, "SELECT ?who { ?who ?is ?it }")
    assert set(listed(kept)) == {question.path for question in all_questions() if question.asks is None}


def test_an_own_question_that_is_no_file_stops_nothing(kept: Path) -> None:
    (kept / "queries" / "own" / "folder.rq").mkdir(parents=True)
    assert set(listed(kept)) == {question.path for question in all_questions() if question.asks is None}


def test_what_was_recorded_is_answered_as_without_the_list(kept: Path) -> None:
    with provkg.open(kept) as graph:
        (row,) = graph.query(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?s {{ <{CATALOGUE.value}> }} ?s ?p ?o }}")
        assert row["n"] == 0
        exported = {form: graph.export(form) for form in ("nquads", "trig", "turtle")}
        stated = len(graph.triples())
    own(kept)
    with provkg.open(kept) as graph:
        assert {form: graph.export(form) for form in exported} == exported
        assert len(graph.triples()) == stated
    assert not any(b"SPARQLExecutable" in text for text in exported.values())
    assert b"recordedAt" in exported["nquads"], "an export with graphs tells of the records"


def test_a_state_that_is_being_read_keeps_its_list(kept: Path) -> None:
    with provkg.open(kept) as before:
        own(kept)
        assert "own/who" in listed(kept)
        assert "own/who" not in {str(row["name"]) for row in before.query(LISTED)}
        before.refresh()
        assert "own/who" in {str(row["name"]) for row in before.query(LISTED)}


def test_a_snapshot_is_made_anew_only_when_the_list_changed(kept: Path) -> None:
    folder = Folder.find(kept)
    size = Snapshots(folder.snapshots).newest_size()
    place = folder.snapshots / str(size)
    first = place.stat().st_ino
    listed(kept)
    with KnowledgeGraph.hold(folder) as graph:
        graph.snapshot()
    assert place.stat().st_ino == first
    own(kept)
    listed(kept)
    assert place.stat().st_ino != first


def test_a_rebuilt_index_lists_them_too(kept: Path) -> None:
    own(kept)
    with KnowledgeGraph.hold(Folder.find(kept)) as graph:
        graph.rebuild()
    assert "own/who" in listed(kept)


def test_while_another_holds_the_graph_the_list_it_showed_last_answers(kept: Path) -> None:
    with KnowledgeGraph.hold(Folder.find(kept)) as graph:
        own(kept)
        assert "models/training-data" in listed(kept)
        graph.snapshot()
        assert "own/who" in listed(kept)


def test_no_question_of_the_list_is_mistaken_for_a_thing_of_the_graph(kept: Path) -> None:
    with provkg.open(kept) as graph, pytest.raises(UnknownThing):
        graph.resolve("models/training-data")
