"""Which properties our shapes ask for, one of them or all: what is missing there may have been taken out of a thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from pyoxigraph import BlankNode, NamedNode

from provkg import vocabulary
from provkg.gate.asking import OF_PRESENCE
from provkg.gate.problem import Problem
from provkg.gate.shapes import FIRST, Shapes, Term
from provkg.resources import SHAPES
from provkg.vocabulary import SUPERPROPERTIES

_OF_PRESENCE: Final = frozenset({"MinCount", "QualifiedMinCount", "Or", "And", "Xone"})


def may_lack(problem: Problem) -> frozenset[str]:
    """Return the properties of which one may be what `problem` misses of its focus; none if it misses nothing.

    A property that is wider or narrower than one that a shape asks for is one of them: a redaction takes both.
    """
    return asked_for(problem.shape, problem.path) if problem.constraint in _OF_PRESENCE else frozenset()


def asked_for(shape: str, path: str | None) -> frozenset[str]:
    """Return the properties that a constraint asks for: that of its `path`, or those in the alternatives it offers."""
    return _with_kin(_offered().get(shape, frozenset()) if path is None else frozenset({path}))


@lru_cache(maxsize=512)
def _with_kin(asked: frozenset[str]) -> frozenset[str]:
    terms = set(map(NamedNode, asked))
    wider = {each for term in terms for each in SUPERPROPERTIES.get(term, ())}
    narrower = {each for each, above in SUPERPROPERTIES.items() if not terms.isdisjoint(above)}
    return frozenset(each.value for each in terms | wider | narrower)


@lru_cache(maxsize=1)
def _offered() -> Mapping[str, frozenset[str]]:
    shapes = Shapes.read(sorted(SHAPES.glob("*.ttl")))
    return {each.value: frozenset(p.value for p in _properties(shapes, each)) for each in shapes.constraints}


def _properties(shapes: Shapes, shape: Term) -> Iterator[NamedNode]:
    """Yield the properties of a node that the shape at `shape` demands, or that a part of it does."""
    said = shapes.statements.get(shape, []) if isinstance(shape, NamedNode | BlankNode) else []
    demands = any(predicate in OF_PRESENCE for predicate, _ in said)
    for predicate, value in said:
        if predicate == vocabulary.sh_path and demands:
            yield from shapes.predicates(shapes.members(value)[0] if shapes.values(value, FIRST) else value)
        elif isinstance(value, BlankNode):
            yield from _properties(shapes, value)
