"""The graphs on which speed is measured are made of records that provkg keeps, laid out as its index lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from benchmarks.scale.company import recorded
from benchmarks.scale.shape import Shape
from benchmarks.scale.store import NAMES, made, opened
from provkg import vocabulary as v
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.identity import Names
from provkg.index import ReadIndex
from provkg.records import statements

pytestmark = pytest.mark.checkout
SMALL = Shape(runs=60, sweeps=3, trials=4, chain=4, tuned=4, epochs=3, predictions=2)
RUNS = 2 * SMALL.runs


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadIndex]:
    with opened(made(tmp_path_factory.mktemp("scale"), RUNS, SMALL)) as index:
        yield index


def things(index: ReadIndex, kind: NamedNode) -> set[object]:
    return {triple.subject for triple in index.statements(predicate=v.rdf_type, target=kind)}


def test_the_gate_keeps_every_record_and_the_index_says_the_same(
    tmp_path: Path, loaded: ReadIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder.create(tmp_path / "kg", base=NAMES.base)
    with KnowledgeGraph.hold(folder) as graph:
        monkeypatch.setattr(graph, "names", Names(NAMES.base, NAMES.salt))
        for record in recorded(RUNS, SMALL):
            said = statements(record, NAMES, graph.live_at(record.id))
            graph.add(record.id, record.type, said, project=record.project, level="standard")
        graph.snapshot()
    with read(folder) as kept:
        assert set(loaded.everything()) == set(kept.everything())
        assert about(loaded) == about(kept), "of each record the index tells the same properties"


def about(index: ReadIndex) -> dict[str, int]:
    text = "SELECT ?p (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?record ?p ?o } } GROUP BY ?p"
    # One process wrote what the true line kept, and fifty what was generated.
    emitters = {v.rdf_type.value, v.dct_identifier.value}
    rows = index.query(text).rows
    return {p.value: int(n.value) for p, n in rows if p.value not in emitters}  # type: ignore[union-attr]


def test_the_same_runs_are_the_same_statements_and_the_beginning_of_more() -> None:
    def told(runs: int) -> list[Triple]:
        return [triple for record in recorded(runs, SMALL) for triple in statements(record, NAMES)]

    one = told(SMALL.runs)
    assert one == told(SMALL.runs)
    assert told(RUNS)[: len(one)] == one


def test_there_are_as_many_runs_as_were_asked_for_and_one_that_split_the_shared_data(loaded: ReadIndex) -> None:
    assert len(things(loaded, v.Run)) == RUNS + 1
    assert len(things(loaded, v.Deployment)) == 2 * SMALL.sweeps


def test_the_shared_data_is_under_models_of_every_block(loaded: ReadIndex) -> None:
    (hub,) = {
        triple.subject for triple in loaded.statements(predicate=v.dct_title, target=None) if of(triple) == "customers"
    }
    (version,) = {triple.subject for triple in loaded.statements(predicate=v.versionOf, target=hub)}  # type: ignore[arg-type]
    found = reached(loaded, version) & things(loaded, v.ModelVersion)
    assert len(found) == 2 * 2 * SMALL.trials, "two sweeps in each of two blocks"


def test_chains_of_models_and_of_data_are_as_long_as_the_shape_says(loaded: ReadIndex) -> None:
    assert len(things(loaded, v.FineTuningRun)) == 2 * (SMALL.tuned - 1)
    sources = [each for each in things(loaded, v.DataSource) if len(reached(loaded, each)) > SMALL.chain]
    assert len([each for each in sources if named(loaded, each).startswith("warehouse/refined")]) == 2


def reached(index: ReadIndex, thing: object) -> set[object]:
    found: set[object] = {thing}
    near: set[object] = {thing}
    while near:
        said = (t for each in near for t in index.statements(predicate=v.dependsOn, target=each))  # type: ignore[arg-type]
        below: set[object] = {triple.subject for triple in said}
        near = below - found
        found |= near
    return found


def named(index: ReadIndex, thing: object) -> str:
    return of(index.statements(thing, v.dct_identifier)[0])  # type: ignore[arg-type]


def of(triple: Triple) -> str:
    return str(getattr(triple.object, "value", ""))
