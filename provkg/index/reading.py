"""Asking a snapshot: SPARQL in, an answer with its ledger size out."""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from provkg.errors import RefusedQuery, UsageError
from provkg.index.adjacency import Adjacency
from provkg.index.answer import OF_A_BOOLEAN, OF_A_GRAPH, Answer, Row, Stream, sorted_rows
from provkg.index.dependencies import Dependencies
from provkg.index.functions import FUNCTIONS
from provkg.index.gathering import gathered
from provkg.index.joins import Joins
from provkg.index.keeping import opened as opened_adjacency
from provkg.index.packing import Facts
from provkg.index.storage import opened_read_only, storage
from provkg.sparql import check_query, complaint
from provkg.vocabulary import Record, dependsOn

Found = TypeVar("Found")
AnyGraph = NamedNode | BlankNode | DefaultGraph
Result = QuerySolutions | QueryBoolean | QueryTriples


class ReadIndex:
    """One state of the index, which does not change while it is open; a context manager.

    `size` is the number of ledger entries that it stands for.
    """

    def __init__(self, path: Path, size: int, store: Store, lock: int) -> None:
        self.path, self.size = path, size
        self._store, self._lock = store, lock
        self._is_snapshot = False

    @classmethod
    def open(cls, path: Path, size: int, lock: int) -> "ReadIndex":
        """Open the snapshot at `path`; `lock` is a descriptor that keeps it there, and is closed with it."""
        try:
            made = cls(path, size, opened_read_only(path), lock)
        except BaseException:
            os.close(lock)
            raise
        made._is_snapshot = True
        return made

    @classmethod
    def empty(cls, path: Path) -> "ReadIndex":
        """Return the index of a graph that keeps no record yet; `path` is where its snapshots will lie."""
        return cls(path, 0, Store(), os.open(os.devnull, os.O_RDONLY))

    @classmethod
    def over(cls, triples: Iterable[Triple], path: Path, about: Iterable[Quad] = ()) -> "ReadIndex":
        """Return an index in memory of what `triples` state, with what follows from that; `path` names it in errors.

        `about` stands in named graphs, as what is said of records does.
        """
        stated = list(dict.fromkeys(triples))
        store = Store()
        store.extend(Quad(*triple) for triple in stated)
        joined, _ = Joins(store).changed(stated, ())
        store.extend(Quad(*triple) for triple in joined)
        dependencies = Dependencies(store)
        dependencies.refresh(dependencies.touched((*stated, *joined)), all_stay=True)
        store.extend(about)
        return cls(path, 0, store, os.open(os.devnull, os.O_RDONLY))

    def query(self, text: str, *, limit: int | None = None) -> Answer:
        """Return the answer to a SPARQL query; at most `limit` rows or triples of it, and then it says so.

        The query sees the default graph unless it names another. Raises `RefusedQuery` when it does not parse, or must
        not run (see `provkg.sparql`).
        """
        with storage(self.path):
            return self._answer(self.result(text), limit)

    def stream(self, text: str, *, limit: int | None = None) -> Stream:
        """Return the answer to a SPARQL query row by row: a long one is never whole in memory; raises as `query`.

        A graph is, because its triples come sorted.
        """
        found = self.result(text)
        match found:
            case QueryBoolean():
                return Stream("boolean", self.size, OF_A_BOOLEAN, [(Literal(bool(found)),)], limit)
            case QuerySolutions():
                columns = tuple(variable.value for variable in found.variables)
                return Stream("table", self.size, columns, self._solutions(found), limit)
            case QueryTriples():
                with storage(self.path):
                    return Stream("graph", self.size, OF_A_GRAPH, sorted_rows(found), limit)

    def result(
        self,
        text: str,
        *,
        base: str | None = None,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Result:
        """Return what Oxigraph finds, to be read or written in this thread; raises as `query` does.

        The graphs are the query's dataset, which goes before the one in its text (SPARQL Protocol 2.1.4).
        """
        check_query(text)
        default: list[AnyGraph] | None = None if default_graphs is None else [*default_graphs]
        named: list[NamedNode | BlankNode] | None = None if named_graphs is None else [*named_graphs]
        with storage(self.path):
            try:
                return self._store.query(
                    text, base_iri=base, default_graph=default, named_graphs=named, custom_functions=FUNCTIONS
                )
            except SyntaxError as error:
                raise RefusedQuery(complaint(str(error.msg), text)) from None

    def statements(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        target: NamedNode | Literal | None = None,
    ) -> list[Triple]:
        """Return the statements of the default graph with this subject, predicate and object, where they are named."""
        with storage(self.path):
            found = self._store.quads_for_pattern(subject, predicate, target, DefaultGraph())
            return [quad.triple for quad in found]

    def linked(
        self, nodes: Iterable[NamedNode | Literal], relation: NamedNode, *, backwards: bool = False
    ) -> list[list[NamedNode | BlankNode | Literal | Triple]]:
        """Return for each of `nodes` what it has the relation to, or, `backwards`, what has the relation to it.

        One lookup a node without a query around it: a walk over thousands of nodes takes no other way as quick.
        """
        find, graph = self._open_store.quads_for_pattern, DefaultGraph()
        with storage(self.path):
            if backwards:
                return [[quad.subject for quad in find(None, relation, node, graph)] for node in nodes]
            things = (node for node in nodes if isinstance(node, NamedNode))
            return [[quad.object for quad in find(node, relation, None, graph)] for node in things]

    def said(self, nodes: Iterable[NamedNode]) -> list[list[Quad]]:
        """Return for each of `nodes` what the default graph says of it."""
        with storage(self.path):
            return [list(self._open_store.quads_for_pattern(node, None, None, DefaultGraph())) for node in nodes]

    @cached_property
    def adjacency(self) -> Adjacency | None:
        """The dependencies as rows of numbers, where the snapshot has a sound file of them."""
        return opened_adjacency(self._lock) if self._is_snapshot and self._lock >= 0 else None

    def facts(self) -> Facts:
        """Return all dependencies, with what a walk over them asks; on a large graph, many."""
        with storage(self.path):
            return gathered(self._open_store)

    @property
    def _open_store(self) -> Store:
        if not hasattr(self, "_store"):
            raise closed(self.path)
        return self._store

    def missing(self, triples: Iterable[Triple]) -> list[Triple]:
        """Return those of `triples` that the default graph does not hold."""
        with storage(self.path):
            return [triple for triple in triples if Quad(*triple) not in self._store]

    @cached_property
    def ledger_graph(self) -> NamedNode | None:
        """The named graph that tells of the records themselves; none before there is one."""
        found = self.query(f"SELECT ?graph {{ GRAPH ?graph {{ ?record a {Record} }} }} LIMIT 1").rows
        graph = found[0][0] if found else None
        return graph if isinstance(graph, NamedNode) else None

    def grounds(self, triple: Triple) -> list[Triple]:
        """Return the statements that `triple`, of the default graph and stated by no record, follows from."""
        with storage(self.path):
            if triple.predicate == dependsOn and isinstance(triple.object, NamedNode):
                if isinstance(triple.subject, NamedNode):
                    return Dependencies(self._store).grounds(triple.subject, triple.object)
                return []
            return self.joins.grounds(triple)

    @property
    def joins(self) -> Joins:
        """What follows from relations that two records say in parts."""
        return Joins(self._store)

    def everything(self) -> Iterator[Triple]:
        """Yield what the default graph holds, all statements of one subject together, to be read in this thread."""
        with storage(self.path):
            for quad in self._store.quads_for_pattern(None, None, None, DefaultGraph()):
                yield quad.triple

    def close(self) -> None:
        """Let go of the snapshot, which may then be removed."""
        if self._lock >= 0:
            del self._store
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> "ReadIndex":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _solutions(self, found: QuerySolutions) -> Iterator[Row]:
        with storage(self.path):
            for solution in found:
                yield tuple(solution)

    def _answer(self, found: QuerySolutions | QueryBoolean | QueryTriples, limit: int | None) -> Answer:
        # Read to the end here: a result that is used in another thread ends the process.
        match found:
            case QueryBoolean():
                return Answer(kind="boolean", size=self.size, boolean=bool(found))
            case QuerySolutions():
                columns = tuple(variable.value for variable in found.variables)
                solutions, cut = _at_most(limit, list(islice(found, None if limit is None else limit + 1)))
                rows = [tuple(solution) for solution in solutions]
                return Answer(kind="table", size=self.size, columns=columns, rows=rows, cut=cut)
            case QueryTriples():
                triples, cut = _at_most(limit, list(islice(found, None if limit is None else limit + 1)))
                return Answer(kind="graph", size=self.size, triples=triples, cut=cut)


def closed(path: Path) -> UsageError:
    """Return the error for what is asked of a state that was let go of."""
    return UsageError(
        f"the state of the graph at {path} is closed, and not all of it was looked up; ask while it is open"
    )


def _at_most(limit: int | None, found: list[Found]) -> tuple[list[Found], bool]:
    """Return what the limit leaves of `found`, which was read one further than the limit, and whether that cut it."""
    return (found, False) if limit is None else (found[:limit], len(found) > limit)
