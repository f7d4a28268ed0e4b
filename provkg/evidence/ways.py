"""Ways along property paths: which statements lead from one node to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg.evidence.patterns import Path

if TYPE_CHECKING:
    from provkg.index import ReadIndex, Term

_FORWARD, _BACK = True, False
Look = Callable[["Term | None", "NamedNode | None", "Term | None"], list[Triple]]


class Ways:
    """Finds ways in the statements that `look` gives for subject, property and object, each where known."""

    def __init__(self, look: Look) -> None:
        self._look = look
        # An answer asks for many ways from one node, or to one.
        self._onward = cache(self._found_onward)

    def edges(self, path: Path, start: Term, end: Term) -> Iterator[Triple]:
        """Yield the statements on the ways along `path` from `start` to `end`."""
        match path.op:
            case "iri":
                yield from self._look(start, path.iri, end)
            case "^":
                yield from self.edges(path.parts[0], end, start)
            case "|":
                for part in path.parts:
                    yield from self.edges(part, start, end)
            case "/":
                yield from self._in_sequence(path, start, end)
            case "!":
                yield from self._other(path.parts[0], start, end)
            case _:
                yield from self._repeated(path.parts[0], start, end)

    def _in_sequence(self, path: Path, start: Term, end: Term) -> Iterator[Triple]:
        first, rest = path.parts[0], path.parts[1:]
        onward = rest[0] if len(rest) == 1 else Path("/", rest)
        for middle in self._onward(first, start, _FORWARD) & self._onward(onward, end, _BACK):
            yield from self.edges(first, start, middle)
            yield from self.edges(onward, middle, end)

    def _repeated(self, step: Path, start: Term, end: Term) -> Iterator[Triple]:
        between = self._onward(Path("*", (step,)), start, _FORWARD) & self._onward(Path("*", (step,)), end, _BACK)
        for node in between:
            for following in self._onward(step, node, _FORWARD) & between:
                yield from self.edges(step, node, following)

    def _other(self, excluded: Path, start: Term, end: Term) -> Iterator[Triple]:
        parts = excluded.parts if excluded.op == "|" else (excluded,)
        forward = {part.iri for part in parts if part.op == "iri"}
        backward = {part.parts[0].iri for part in parts if part.op == "^"}
        if forward or not backward:
            yield from (each for each in self._look(start, None, end) if each.predicate not in forward)
        if backward:
            yield from (each for each in self._look(end, None, start) if each.predicate not in backward)

    def _found_onward(self, path: Path, node: Term, forward: bool) -> frozenset[Term]:  # noqa: FBT001 - cached
        """Return where `path` leads from `node`, or from where it leads there."""
        match path.op:
            case "iri":
                return frozenset(_ends(self._said(node, path.iri, forward=forward), forward=forward))
            case "^":
                return self._onward(path.parts[0], node, not forward)
            case "|":
                return frozenset().union(*(self._onward(part, node, forward) for part in path.parts))
            case "/":
                reached = frozenset({node})
                for part in path.parts if forward else path.parts[::-1]:
                    reached = frozenset().union(*(self._onward(part, each, forward) for each in reached))
                return reached
            case "!":
                both = (*self._said(node, None, forward=True), *self._said(node, None, forward=False))
                return frozenset(each for triple in both for each in (triple.subject, triple.object))
            case "?":
                return self._onward(path.parts[0], node, forward) | {node}
            case _:
                return self._reached(path.parts[0], node, forward=forward)

    def _reached(self, step: Path, node: Term, *, forward: bool) -> frozenset[Term]:
        found, fresh = {node}, [node]
        while fresh:
            new = self._onward(step, fresh.pop(), forward) - found
            found |= new
            fresh += new
        return frozenset(found)

    def _said(self, node: Term, relation: NamedNode | None, *, forward: bool) -> list[Triple]:
        return self._look(node, relation, None) if forward else self._look(None, relation, node)


def look_in(index: ReadIndex) -> Look:
    """Return what looks statements up in the default graph of `index`."""

    def look(subject: Term | None, predicate: NamedNode | None, target: Term | None) -> list[Triple]:
        # A literal says nothing.
        if not isinstance(subject, NamedNode | None) or not isinstance(target, NamedNode | Literal | None):
            return []
        return index.statements(subject, predicate, target)

    return look


def _ends(triples: list[Triple], *, forward: bool) -> Iterator[NamedNode | BlankNode | Literal | Triple]:
    return (triple.object if forward else triple.subject for triple in triples)
