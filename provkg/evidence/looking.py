"""How much an answer took: the statements that its query met, and the most that it can have looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.evidence.patterns import Node, Path, Pattern, Variable, all_scopes, scope_of
from provkg.literals import python_value

if TYPE_CHECKING:
    from provkg.index import ReadIndex

COUNTED: Final = 1_000_000
"""Statements of one pattern that are counted; where there are more, that is said."""
_COUNT: Final = "SELECT (COUNT(*) AS ?n) {{ SELECT * {{ {pattern} }} LIMIT {limit} }}"


def matching(index: ReadIndex, text: str) -> tuple[int, bool]:
    """Return how many statements match the patterns of a query, each by itself, and whether these are all counted.

    An engine that answers by looking patterns up reads no others, though it may read one several times. Patterns of
    negation count, too; of a path, each of its properties.
    """
    patterns = [each for scope in all_scopes(scope_of(text)) for each in scope.patterns]
    total, whole = 0, True
    for ends in dict.fromkeys(each for pattern in patterns for each in _lookups(pattern)):
        found = _count(index, " ".join(ends))
        total, whole = total + found, whole and found < COUNTED
    return total, whole


def _lookups(pattern: Pattern) -> Iterator[tuple[str, ...]]:
    """Yield what is looked up for `pattern`, variables named by their place."""
    if isinstance(pattern.path, Path) and pattern.path.op == "iri":
        lookups = [(_end(pattern.subject, "?s"), str(pattern.path.iri), _end(pattern.target, "?o"))]
    elif isinstance(pattern.path, Variable):
        lookups = [(_end(pattern.subject, "?s"), "?p", _end(pattern.target, "?o"))]
    else:
        lookups = [("?s", relation, "?o") for relation in _relations(pattern.path)]
    for each in lookups:
        yield ("GRAPH ?g {", *each, "}") if pattern.record else each


def _relations(path: Path) -> Iterator[str]:
    if path.op == "iri":
        yield str(path.iri)
    elif path.op == "!":
        yield "?p"
    else:
        yield from (relation for part in path.parts for relation in _relations(part))


def _end(node: Node, variable: str) -> str:
    return str(node) if isinstance(node, NamedNode | Literal) else variable


def _count(index: ReadIndex, pattern: str) -> int:
    ((found,),) = index.query(_COUNT.format(pattern=pattern, limit=COUNTED)).rows
    value = python_value(found) if isinstance(found, Literal) else 0
    return value if isinstance(value, int) else 0
