"""The graphs on which speed is measured are made of records that provkg keeps, laid out as its index lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from benchmarks.scale.acts import FIRST, Found, Rows
from benchmarks.scale.asked import Drawn
from benchmarks.scale.company import recorded
from benchmarks.scale.shape import Shape
from benchmarks.scale.store import NAMES, made, opened
from provkg import vocabulary as v
from provkg.answers import answer
from provkg.errors import CannotRun
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.identity import Names
from provkg.index import ReadIndex
from provkg.questions import Naming, Question, all_questions, find
from provkg.records import statements

pytestmark = pytest.mark.checkout
SMALL = Shape(runs=75, sweeps=5, trials=3, chain=4, tuned=4, epochs=3, predictions=2)
RUNS = 2 * SMALL.runs
OF_THE_LEDGER = frozenset({"records/conflicting-assertions", "records/ledger-intact", "records/record-of-statement"})
"""The ledger answers these, and a generated graph has none."""


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
    graph = index.ledger_graph  # in other graphs the true line keeps the ontology and the shapes
    text = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?record ?p ?o }} }} GROUP BY ?p"
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
    found = reached(loaded, version) & things(loaded, v.ModelVersion) - things(loaded, v.Checkpoint)
    assert len(found) == 2 * (2 * SMALL.trials - 1), "two sweeps in each of two blocks, whose last trial goes on"


def test_chains_of_models_and_of_data_are_as_long_as_the_shape_says(loaded: ReadIndex) -> None:
    assert len(things(loaded, v.FineTuningRun)) == 2 * (SMALL.tuned - 1)
    sources = [each for each in things(loaded, v.DataSource) if len(reached(loaded, each)) > SMALL.chain]
    assert len([each for each in sources if named(loaded, each).startswith("warehouse/refined")]) == 2


def test_what_is_drawn_from_a_graph_asks_questions_in_sparql_and_in_python(loaded: ReadIndex, tmp_path: Path) -> None:
    drawn = Drawn(loaded, RUNS, tmp_path / "drawn.json")
    trained, lacking = find("training-data"), find("incomplete-versions")
    (first, *_) = drawn.terms(trained, optional=False)
    assert Rows(drawn.text(trained, first))(loaded) == 1, "one version of data trained the model"
    (values,) = drawn.terms(lacking, optional=False)
    assert values == {"level": Literal("standard")}, "what has a default keeps it"
    strict = Found(lacking, "incomplete_versions", {"level": Literal("audit")})
    every = answer(lacking, {"level": "audit"}, Naming(loaded).resolve, loaded, None)
    assert 0 < strict(loaded) == min(len(every), FIRST)


def test_half_of_what_is_drawn_for_a_question_has_an_answer(loaded: ReadIndex, tmp_path: Path) -> None:
    drawn, shares = Drawn(loaded, RUNS, tmp_path / "drawn.json", draws=6), dict[str, float]()
    for question in all_questions():
        if question.path not in OF_THE_LEDGER:
            acts = [act for optional in (False, True) for act in asked(drawn, question, optional=optional)]
            shares[question.path] = sum(act(loaded) > 0 for act in acts) / len(acts)
    assert len(shares) > 100
    assert {path: share for path, share in shares.items() if share < 0.5} == {}


def asked(drawn: Drawn, question: Question, *, optional: bool) -> list[Rows | Found]:
    several = drawn.terms(question, optional=optional)
    if question.asks is not None:
        return [Found(question, question.asks, terms) for terms in several]
    return [Rows(drawn.text(question, terms)) for terms in several]


def test_what_is_asked_of_a_ledger_is_said_to_want_one(loaded: ReadIndex, tmp_path: Path) -> None:
    question = find("record-of-statement")
    terms = Drawn(loaded, RUNS, tmp_path / "drawn.json").terms(question, optional=False)
    with pytest.raises(CannotRun, match="the ledger answers this"):
        Found(question, "record_of_statement", terms[0])(loaded)


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
