"""What constraints look at beyond the statements of a node: where their paths lead, and what stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from provkg import vocabulary as v
from provkg.gate.fields import Fields
from provkg.gate.shapes import ALTERNATIVE_PATH, FIRST, Term, sh
from provkg.score.reach import Statements

_LISTS: Final = (sh("or"), sh("and"), sh("xone"))
_SHAPES: Final = (sh("not"), sh("node"), sh("property"), sh("qualifiedValueShape"))
_REPEATED: Final = {
    sh("zeroOrMorePath"): (True, True),
    sh("oneOrMorePath"): (False, True),
    sh("zeroOrOnePath"): (True, False),
}


class Surroundings:
    """The part of a graph that the constraints on some nodes can see."""

    def __init__(self, fields: Fields, statements: Statements) -> None:
        self._shapes, self._fields, self._statements = fields.shapes, fields, statements
        self._seen: dict[Triple, None] = {}

    def of(self, nodes: Iterable[NamedNode]) -> list[Triple]:
        """Return the statements about `nodes` and those that their constraints come by."""
        self._seen = {}
        asked: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        for node in nodes:
            said = self._statements.about(node)
            self._see(said)
            for shape in self._fields.leading_on(node, self._statements.types(node), {t.predicate for t in said}):
                asked[shape].add(node)
        for shape, asking in asked.items():
            self._walk(shape, asking)
        return list(self._seen)

    def _see(self, triples: Iterable[Triple]) -> None:
        self._seen.update((triple, None) for triple in triples if self._fields.sees(triple))

    def _walk(self, shape: Term, nodes: set[NamedNode]) -> None:
        """Go where `shape`, and the shapes that it is made of, look from `nodes`."""
        path = self._shapes.value(shape, v.sh_path)
        ends = nodes if path is None else set(self._ends(path, nodes))
        for end in ends:
            self._see(Triple(end, v.rdf_type, kind) for kind in self._statements.types(end))
        if ends:
            for inner in self._inner(shape):
                self._walk(inner, ends)

    def _inner(self, shape: Term) -> Iterator[Term]:
        for predicate in _SHAPES:
            yield from self._shapes.values(shape, predicate)
        for predicate in _LISTS:
            for head in self._shapes.values(shape, predicate):
                yield from self._shapes.members(head)

    def _ends(self, path: Term, nodes: Iterable[NamedNode]) -> Iterator[NamedNode]:
        """Yield the things at which `path` arrives from `nodes` (SHACL, section 2.3.1)."""
        if isinstance(path, NamedNode):
            yield from self._objects(path, nodes)
        elif isinstance(path, BlankNode):
            yield from self._ends_of_long(path, set(nodes))

    def _ends_of_long(self, path: BlankNode, nodes: set[NamedNode]) -> Iterator[NamedNode]:
        if self._shapes.value(path, FIRST) is not None:
            for step in self._shapes.members(path):
                nodes = set(self._ends(step, nodes))
            yield from nodes
        for way, inner in self._shapes.statements.get(path, []):
            if way == v.sh_inversePath and isinstance(inner, NamedNode):
                yield from self._subjects(inner, nodes)
            elif way == ALTERNATIVE_PATH:
                yield from (end for each in self._shapes.members(inner) for end in self._ends(each, nodes))
            elif way in _REPEATED:
                yield from self._repeated(inner, nodes, *_REPEATED[way])

    def _repeated(self, path: Term, nodes: set[NamedNode], stays: bool, goes_on: bool) -> set[NamedNode]:  # noqa: FBT001
        found = set(nodes) if stays else set()
        fresh = set(self._ends(path, nodes)) - found
        while fresh:
            found |= fresh
            fresh = set(self._ends(path, fresh)) - found if goes_on else set()
        return found

    def _objects(self, relation: NamedNode, nodes: Iterable[NamedNode]) -> Iterator[NamedNode]:
        for node in nodes:
            said = [triple for triple in self._statements.about(node) if triple.predicate == relation]
            self._see(said)
            yield from (triple.object for triple in said if isinstance(triple.object, NamedNode))

    def _subjects(self, relation: NamedNode, nodes: Iterable[NamedNode]) -> Iterator[NamedNode]:
        for node in nodes:
            said = self._statements.index.statements(None, relation, node)
            self._see(said)
            yield from (triple.subject for triple in said if isinstance(triple.subject, NamedNode))
