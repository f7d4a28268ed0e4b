"""The worked story is what records are: ground, closed under our terms, complete at standard, and keepable."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.gate import Gate, check_data
from provkg.graph import KnowledgeGraph, read
from provkg.questions import Naming, bind, find
from tests import story

RECORDS = story.records()
ALL = [triple for record in RECORDS for triple in record.triples]


def test_the_story_is_ground() -> None:
    assert RECORDS
    assert not [
        triple for triple in ALL if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)
    ]


def test_every_relation_and_class_of_ours_and_prov_exists() -> None:
    terms = {term for triple in ALL for term in (triple.predicate, triple.object) if isinstance(term, NamedNode)}
    ours = {term for term in terms if term.value.startswith((v.NAMESPACES["pvk"], v.NAMESPACES["prov"]))}
    assert ours <= v.TERMS


def test_every_record_passes_the_gate_at_standard() -> None:
    gate, known = Gate("standard"), list[Triple]()
    for record in RECORDS:
        said = closed(record.triples)
        assert gate.check(said, known=known).problems == (), record.name
        known += said


def test_the_whole_story_conforms_at_standard() -> None:
    assert check_data(closed(ALL), "standard", "shifty").problems == ()


@pytest.mark.parametrize("kind", ["loss", "accuracy"])
def test_the_summary_of_every_series_says_what_its_points_say(kind: str) -> None:
    series = {triple.subject for triple in ALL if triple == Triple(triple.subject, v.metricKind, concept(kind))}
    series = {subject for subject in series if said(subject, v.hasPoint)}
    assert len(series) > 2
    for subject in series:
        values = [number(said(point, v.value)[0]) for point in in_order(said(subject, v.hasPoint))]
        assert number(said(subject, v.pointCount)[0]) == len(values)
        assert (number(said(subject, v.firstValue)[0]), number(said(subject, v.lastValue)[0])) == (
            values[0],
            values[-1],
        )
        assert number(said(subject, v.meanValue)[0]) == pytest.approx(sum(values) / len(values), abs=1e-6)
        assert number(said(subject, v.sumValue)[0]) == pytest.approx(sum(values), abs=1e-6)
        best = max(values) if kind == "accuracy" else min(values)
        assert values[int(number(said(subject, v.bestStep)[0]))] == best


def test_a_graph_keeps_the_story_and_answers_as_the_tests_do(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE, level="standard")
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        graph.snapshot()
    with read(folder) as kept, story.index() as told:
        assert kept.size == len(RECORDS)
        for name, values in (
            ("Q11", {"model": "apple-grader@latest"}),
            ("M5", {}),
            ("upstream", {"thing": "raw-grader"}),
        ):
            asked = bind(find(name), values, Naming(told).resolve)
            assert asked == bind(find(name), values, Naming(kept).resolve)
            assert kept.query(asked).rows == told.query(asked).rows
            assert kept.query(asked).rows


def concept(kind: str) -> NamedNode:
    return NamedNode(f"{v.MetricKind.value}-{kind}")


def said(subject: object, relation: NamedNode) -> list[object]:
    return [triple.object for triple in ALL if triple.subject == subject and triple.predicate == relation]


def in_order(points: list[object]) -> list[object]:
    return sorted(points, key=lambda point: number(said(point, v.atEpoch)[0]))


def number(term: object) -> float:
    assert isinstance(term, Literal)
    return float(term.value)
