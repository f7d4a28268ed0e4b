"""What queries may call beyond SPARQL 1.1: a point of a series that is packed in a literal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.index.functions import VALUE_AT, value_at
from provkg.literals import double, literal
from tests.recording import ran

PACKED = Literal("[[1000,0.5],[1001,0.25],[1001,0.125],[-3,NaN],[4,Infinity]]", datatype=v.packedSeries)


@pytest.mark.parametrize(
    ("place", "value"), [(1000, double(0.5)), (1001, double(0.125)), (4, double(float("inf"))), (7, None)]
)
def test_a_place_has_its_last_value_or_none(place: int, value: Literal | None) -> None:
    assert value_at(PACKED, literal(place)) == value


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        (PACKED,),
        (Literal("[[1,2]]"), literal(1)),
        (NamedNode("urn:x"), literal(1)),
        (PACKED, NamedNode("urn:x")),
        (PACKED, literal(1), literal(1)),
        (Literal("AAAAAAA=", datatype=v.packedSeries), literal(1)),
        (Literal("[" * 100_000, datatype=v.packedSeries), literal(1)),
        (Literal("[[1]]", datatype=v.packedSeries), literal(1)),
        (Literal('{"1": 2}', datatype=v.packedSeries), literal(1)),
    ],
)
def test_whatever_else_is_given_has_no_value(wrong: tuple[Literal, ...]) -> None:
    assert value_at(*wrong) is None


@given(st.text())
def test_any_text_gives_a_number_or_no_value(text: str) -> None:
    found = value_at(Literal(text, datatype=v.packedSeries), literal(1))
    assert found is None or found.datatype == double(1.0).datatype


@given(st.dictionaries(st.integers(-(2**63), 2**63), st.floats(allow_nan=False), min_size=1))
def test_every_packed_point_is_found(points: dict[int, float]) -> None:
    packed = Literal(json.dumps([[place, number] for place, number in points.items()]), datatype=v.packedSeries)
    assert all(value_at(packed, literal(place)) == double(number) for place, number in points.items())


TRAIN = """
    import provkg
    provkg.configure(responsible="a test")
    data = provkg.dataset("d", [1, 2], version="1", source="https://example.org/d", synthetic=True)
    with provkg.training("t", data=data) as run:
        for step in range(1500):
            run.metric("loss", step / 2, step=step)
        run.model("m", b"w")
"""


def test_a_query_reads_one_point_of_a_long_series(tmp_path: Path) -> None:
    done = ran(TRAIN, tmp_path)
    assert done.returncode == 0, done.stderr
    folder = Folder.find(tmp_path / "kg")
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
    chunk = f"?series {v.metricKind} {v.MetricKind_loss} ; {v.hasChunk} ?chunk . ?chunk {v.packed} ?points"
    with read(folder) as reader:
        answer = reader.query(f"SELECT ?at ({VALUE_AT}(?points, ?at) AS ?value) {{ VALUES ?at {{ 1400 9 }} {chunk} }}")
    assert sorted(answer.rows, key=str) == sorted([(literal(1400), double(700.0)), (literal(9), None)], key=str)
