"""Shapes that refer to themselves: SHACL gives them no meaning (section 3.4.3), and engines differ over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.gate.flaw import Flaw
from provkg.gate.lines import Located
from provkg.gate.shapes import Node, Shapes, Term, sh

_SHAPES = (vocabulary.sh_property, vocabulary.sh_node, vocabulary.sh_not, sh("qualifiedValueShape"))
_LISTS = (vocabulary.sh_or, sh("and"), sh("xone"))


def circles(said: Mapping[Path, Sequence[Located]]) -> list[Flaw]:
    """Return a flaw for each shape that a circle leads back to, over whatever files; what refers to one is none."""
    shapes = Shapes.of(each.triple for statements in said.values() for each in statements)
    parts: dict[Term, set[Term]] = {shape: set(_parts(shapes, shape)) for shape in shapes.statements}
    circular = {shape for shape in _tangled(parts) if _comes_back(parts, shape)}
    return [flaw for file, statements in said.items() for flaw in _told(file, statements, circular)]


def _told(file: Path, said: Sequence[Located], circular: set[Term]) -> Iterator[Flaw]:
    lines = {each.triple.subject: each.line for each in reversed(said) if each.triple.subject in circular}
    named = [shape for shape in lines if isinstance(shape, NamedNode)]
    for shape in named or lines:
        message = f"{shape} refers to itself, directly or over others, and SHACL gives that no meaning"
        yield Flaw(file, lines[shape], f"{message}; take one of the references out")


def _parts(shapes: Shapes, shape: Node) -> Iterator[Term]:
    for predicate in _SHAPES:
        yield from shapes.values(shape, predicate)
    for predicate in _LISTS:
        for head in shapes.values(shape, predicate):
            yield from shapes.members(head)


def _tangled(parts: Mapping[Term, set[Term]]) -> set[Term]:
    """Return what is left when the shapes made of nothing, or of such alone, are taken out one by one."""
    waits = {shape: {each for each in made_of if each in parts} for shape, made_of in parts.items()}
    users: dict[Term, list[Term]] = defaultdict(list)
    for shape, made_of in waits.items():
        for each in made_of:
            users[each].append(shape)
    free = [shape for shape, made_of in waits.items() if not made_of]
    while free:
        here = free.pop()
        for user in users[here]:
            waits[user].discard(here)
            free += [] if waits[user] else [user]
    return {shape for shape, made_of in waits.items() if made_of}


def _comes_back(parts: Mapping[Term, set[Term]], shape: Term) -> bool:
    passed: set[Term] = set()
    waiting = [*parts[shape]]
    while waiting and shape not in passed:
        here = waiting.pop()
        if here not in passed:
            passed.add(here)
            waiting += parts.get(here, ())
    return shape in passed
