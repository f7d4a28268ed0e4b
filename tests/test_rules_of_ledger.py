"""Index and ledger are compared statement by statement, and a conflict names the records behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad, Store, Triple

from provkg import vocabulary as v
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.index import ReadIndex
from provkg.ledger import Ledger
from provkg.rules import Finding, Ground, Rulebook, audit
from provkg.rules.of_ledger import functional
from tests import story
from tests.commands import story_graph

BOOK = Rulebook.read()
MODEL = story.thing("model-version/apple-grader-1")
EXTRA = Triple(MODEL, v.parameterCount, Literal(21))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.find(story_graph(tmp_path / "kg"))


@contextmanager
def changed(folder: Folder, *, without: Triple | None = None, also: Triple | None = None) -> Iterator[Ground]:
    """Give the graph with another index than the ledger makes."""
    store = Store()
    with read(folder) as index:
        store.extend(Quad(*triple) for triple in index.statements())
        size = index.size
    if without:
        store.remove(Quad(*without))
    if also:
        store.add(Quad(*also))
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        yield Ground(ReadIndex(folder.path, size, store, -1), ledger)


def found(ground: Ground, wanted: str) -> list[Finding]:
    return list(audit(ground, BOOK.choose([wanted])))


def test_the_index_of_a_graph_says_what_its_ledger_says(folder: Folder) -> None:
    with changed(folder) as ground:
        assert found(ground, "X40") == []
        assert found(ground, "X42") == []


def test_a_statement_that_the_index_lost_is_found(folder: Folder) -> None:
    lost = Triple(MODEL, v.parameterCount, Literal(20))
    with changed(folder, without=lost) as ground:
        (finding,) = found(ground, "X40")
    assert finding.this == MODEL
    assert "lacks a statement of record 12-sgd-slow" in finding.message
    assert str(lost) in finding.message


def test_a_statement_that_nobody_stated_is_found(folder: Folder) -> None:
    with changed(folder, also=EXTRA) as ground:
        (finding,) = found(ground, "X40")
    assert "holds what no live record states" in finding.message
    assert str(EXTRA) in finding.message


def test_one_lost_and_one_invented_do_not_make_up_for_each_other(folder: Folder) -> None:
    with changed(folder, without=Triple(MODEL, v.parameterCount, Literal(20)), also=EXTRA) as ground:
        assert len(found(ground, "X40")) == 2


def test_what_was_superseded_is_neither_lost_nor_invented(folder: Folder) -> None:
    record = story.records()[0]
    with KnowledgeGraph.hold(folder) as graph:
        kept = [t for t in record.triples if t.predicate != v.foaf_name]
        graph.add("correction", record.type, kept, supersedes=[record.name])
        graph.snapshot()
    with changed(folder) as ground:
        assert found(ground, "X40") == []


def test_a_record_whose_text_was_changed_does_not_give_its_root(folder: Folder) -> None:
    with closing(sqlite3.connect(folder.ledger)) as connection, connection:
        edited = "replace(lines, '\"20\"', '\"30\"')"
        connection.execute(f"UPDATE text SET lines = {edited} WHERE lines LIKE '%parameterCount%'")  # noqa: S608
    with changed(folder) as ground:
        problems = [finding.message for finding in found(ground, "X40")]
    assert any("do not give the root of its leaf" in problem for problem in problems)


def test_two_values_of_what_has_one_name_the_record_that_says_so(folder: Folder) -> None:
    with changed(folder, also=EXTRA) as ground:
        (finding,) = found(ground, "X42")
    assert finding.this == MODEL
    assert "pvk:parameterCount is 20 (record 12-sgd-slow, received 2" in finding.message
    assert "21 (no live record)" in finding.message


def test_functional_properties_are_those_of_the_shapes() -> None:
    assert v.ModelVersion in functional()[v.parameterCount] or functional()[v.parameterCount] == frozenset()
    assert v.sha256 in functional()
    assert v.prov_used not in functional()
    assert v.parameter not in functional()


def test_without_a_ledger_the_comparison_is_left_out() -> None:
    assert found(Ground(story.index()), "X40") == []
