"""Asking compiled queries of a store, one after the other, and giving each row as a result as soon as it is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolution, QuerySolutions

from provkg.gate.compiler.choice import Sizes
from provkg.gate.compiler.compiler import named_component
from provkg.gate.compiler.paths import Path, Predicate
from provkg.gate.compiler.query import ShapeQuery
from provkg.gate.compiler.selected import Ask, Selected
from provkg.gate.engines import Result

Node = NamedNode | BlankNode | Literal


@dataclass(frozen=True)
class Finding:
    """One validation result (SHACL, section 3.6.2), with terms as the store holds them."""

    query: ShapeQuery
    focus: Node
    value: Node | None
    path: Path | None
    message: str | None

    def result(self) -> Result:
        """Return it as every engine reports it."""
        shape = self.query.shape
        return Result(
            focus=text(self.focus),
            shape=text(shape.node),
            constraint=named_component(self.query.component),
            value=None if self.value is None else text(self.value),
            path=self.path.term.value if isinstance(self.path, Predicate) else None,
            message=self.message,
            severity=shape.severity,
        )


def findings(queries: Iterable[ShapeQuery], ask: Ask, sizes: Sizes | None = None) -> Iterator[Finding]:
    """Yield what `queries` find, in their order; nothing is kept in between.

    With `sizes`, each is asked in the way that reads less, and not at all where there is nothing to judge.
    """
    for query in queries:
        yield from _found(query, query.text if sizes is None else sizes.quicker(query), ask)


def findings_among(queries: Iterable[ShapeQuery], ask: Ask, selected: Selected) -> Iterator[Finding]:
    """Yield what `queries` find in those of their targets that are `selected`."""
    for query in queries:
        selecting = selected.among(query.targets)
        yield from _found(query, None if selecting is None else query.of(selecting), ask)


def _found(query: ShapeQuery, text_of_query: str | None, ask: Ask) -> Iterator[Finding]:
    if text_of_query is None:
        return
    solutions = ask(text_of_query)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101 - every query is a SELECT
    for row in solutions:
        yield _finding(query, row)


def _finding(query: ShapeQuery, row: QuerySolution) -> Finding:
    def bound(variable: str | None) -> Any:
        return None if variable is None else row[variable[1:]]

    path, message = bound(query.path), bound(query.message)
    return Finding(
        query,
        bound(query.focus),
        bound(query.value),
        Predicate(path) if isinstance(path, NamedNode) else query.shape.path,
        _words(query, message, row),
    )


def _words(query: ShapeQuery, message: Any, row: QuerySolution) -> str | None:
    if isinstance(message, Literal):
        return message.value
    if query.words is None:
        return query.shape.message
    words = query.words
    for name, variable in query.placeholders:
        value = row[variable[1:]]
        said = "" if value is None else getattr(value, "value", str(value))
        words = words.replace(f"{{?{name}}}", said).replace(f"{{${name}}}", said)
    return words


def text(term: Node) -> str:
    """Return `term` as problems write it."""
    return term.value if isinstance(term, NamedNode) else str(term)
