"""Inverse paths at the gate: which of them one record can answer, when, and what has to be looked up for it.

What points at a node may come with other records. That something must point at it is therefore asked only where a
block ends that says all it made; what is wrong with those that do point at it is asked at once. A path that goes on
from there, or repeats, leads into other records and is left to `check` and audits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from provkg import vocabulary
from provkg.gate.asking import OF_PRESENCE
from provkg.gate.shapes import ALTERNATIVE_PATH, BEYOND_THE_RECORD, CLASS, INVERSE_PATH, MARK, Node, Shapes, Term, sh
from provkg.vocabulary import rdf_type

CLOSED_HERE: Final = NamedNode(f"{MARK}closed-here")
"""Stands among the properties of a run whose block ends with the record."""
_CHOICES: Final = (sh("or"), sh("and"), sh("xone"))


@dataclass(frozen=True)
class Backward:
    """The properties that a constraint follows backwards; `presence`: it can miss something there."""

    predicates: frozenset[NamedNode]
    presence: bool


@dataclass(frozen=True)
class Question:
    """Which nodes say `predicate` of `node`? One of them is enough unless `every` one is judged."""

    predicate: NamedNode
    node: Node
    every: bool


class LooksBack:
    """What the constraints of a gate ask of the nodes that point at instances of certain classes."""

    def __init__(self, shapes: Shapes, kept: Mapping[NamedNode, Backward]) -> None:
        self.predicates = frozenset(each for back in kept.values() for each in back.predicates)
        self.classes: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        self._asked: dict[Term, dict[NamedNode, bool]] = defaultdict(dict)
        for shape, back in kept.items():
            for kind in classes_of(shapes, shape):
                for predicate in back.predicates:
                    every = self._asked[kind].get(predicate, False)
                    self._asked[kind][predicate] = every or not back.presence
            wanted = {each for node in shapes.within(shape) for each in shapes.values(node, CLASS)}
            for predicate in back.predicates:
                self.classes[predicate] |= {each for each in wanted if isinstance(each, NamedNode)}

    def questions(self, triples: Sequence[Triple], *, closing: bool) -> list[Question]:
        """Return what to look up to judge `triples`; what they answer themselves is left out."""
        asked = [
            Question(predicate, triple.subject, every)
            for triple in triples
            if triple.predicate == rdf_type and not isinstance(triple.subject, Triple)
            for predicate, every in self._asked.get(triple.object, {}).items()
            if every or closing
        ]
        if not asked:
            return []
        answered = {(triple.predicate, triple.object) for triple in triples if triple.predicate in self.predicates}
        return list(dict.fromkeys(q for q in asked if q.every or (q.predicate, q.node) not in answered))


def classes_of(shapes: Shapes, shape: NamedNode) -> list[NamedNode]:
    """Return the classes whose instances `shape` judges, by itself or as a part of the shape for a class."""
    holders = [each for each in shapes.statements if shape in shapes.values(each, vocabulary.sh_property)]
    targets = [each for holder in (shape, *holders) for each in shapes.values(holder, vocabulary.sh_targetClass)]
    return [each for each in targets if isinstance(each, NamedNode)]


def leads_beyond(shapes: Shapes, shape: Node) -> bool:
    """Whether a path of `shape` is inverse or repeats."""
    return any(predicate in BEYOND_THE_RECORD for node in shapes.within(shape) for predicate, _ in _said(shapes, node))


def backward(shapes: Shapes, shape: NamedNode) -> Backward | None:
    """Return what `shape` follows backwards from the nodes it judges; `None` when its paths lead further away."""
    reached = list(_reached(shapes, shape, negated=False))
    known = {step for step, _, _ in reached}
    beyond = {n for n in shapes.within(shape) if BEYOND_THE_RECORD & {predicate for predicate, _ in _said(shapes, n)}}
    if not beyond <= known or not classes_of(shapes, shape):
        return None
    return Backward(frozenset(p for _, p, _ in reached), any(presence for _, _, presence in reached))


def _reached(shapes: Shapes, holder: Term, *, negated: bool) -> Iterator[tuple[Term, NamedNode, bool]]:
    """Yield the inverse steps that `holder` takes from the judged node, and whether it can miss something there."""
    if not isinstance(holder, NamedNode | BlankNode):
        return
    path = shapes.value(holder, vocabulary.sh_path)
    if path is not None:
        presence = negated or not OF_PRESENCE.isdisjoint(predicate for predicate, _ in _said(shapes, holder))
        yield from ((step, each, presence) for step, each in _inverse_steps(shapes, path))
        return
    for choice in _CHOICES:
        for head in shapes.values(holder, choice):
            for member in shapes.members(head):
                yield from _reached(shapes, member, negated=negated)
    for excluded in shapes.values(holder, sh("not")):
        yield from _reached(shapes, excluded, negated=True)


def _inverse_steps(shapes: Shapes, path: Term) -> Iterator[tuple[Term, NamedNode]]:
    head = shapes.value(path, ALTERNATIVE_PATH)
    for step in shapes.members(head) if head is not None else [path]:
        inverse = shapes.value(step, INVERSE_PATH)
        if isinstance(inverse, NamedNode):
            yield step, inverse


def _said(shapes: Shapes, node: Node) -> Collection[tuple[NamedNode, Term]]:
    return shapes.statements.get(node, [])
