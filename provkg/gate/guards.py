"""Which constraints ask for a field, and when they hold back: guards and answers among the alternatives of a shape.

A constraint that asks only under a condition offers alternatives (`sh:or`): guards, which say when it holds back, and
answers, which say what to state. A guard holds of a node that says nothing of it (`sh:not`, `sh:maxCount 0`,
`sh:in` without a count) or speaks of what kind of thing the node is (`sh:class`); an answer needs something stated.
A condition that needs something stated is therefore written as a denial: `sh:not [ sh:path P ; sh:maxCount 0 ]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary
from provkg.gate.shapes import MIN_COUNT, QUALIFIED_MIN_COUNT, SHAPES_NAMESPACE, Node, Shapes, Term, sh

OR, AND, XONE, HAS_VALUE = sh("or"), sh("and"), sh("xone"), sh("hasValue")
FACET: Final = "-presence"


@dataclass(frozen=True)
class Alternatives:
    """The members of the `sh:or` of one constraint, told apart."""

    guards: tuple[Term, ...] = ()
    answers: tuple[Term, ...] = ()


def alternatives(shapes: Shapes, shape: Node) -> Alternatives:
    """Return the guards and answers of `shape`; none of either where it offers no alternatives."""
    head = shapes.value(shape, OR)
    members = [] if head is None or shapes.value(shape, vocabulary.sh_path) is not None else shapes.members(head)
    answers = tuple(each for each in members if _needs_something_stated(shapes, each))
    return Alternatives(tuple(each for each in members if each not in answers), answers)


def asks_for_a_field(shapes: Shapes, shape: NamedNode) -> bool:
    """Whether `shape` asks that something be stated: ours say so by their name, those of others by what they demand."""
    if shape.value.startswith(SHAPES_NAMESPACE):
        return shape.value.endswith(FACET)
    if shapes.value(shape, vocabulary.sh_path) is not None:
        return _counts(shapes, shape)
    return bool(alternatives(shapes, shape).answers)


def _needs_something_stated(shapes: Shapes, alternative: Term) -> bool:
    if shapes.value(alternative, vocabulary.sh_path) is not None:
        return _counts(shapes, alternative)
    if (members := shapes.value(alternative, AND)) is not None:
        return any(_needs_something_stated(shapes, each) for each in shapes.members(members))
    either = shapes.value(alternative, OR) or shapes.value(alternative, XONE)
    return either is not None and all(_needs_something_stated(shapes, each) for each in shapes.members(either))


def _counts(shapes: Shapes, shape: Term) -> bool:
    least = [*shapes.values(shape, MIN_COUNT), *shapes.values(shape, QUALIFIED_MIN_COUNT)]
    return any(isinstance(each, Literal) and each.value != "0" for each in least) or bool(
        shapes.values(shape, HAS_VALUE)
    )
