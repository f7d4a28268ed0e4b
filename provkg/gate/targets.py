"""Which constraints judge which node: the gate marks the record's own nodes, each for what it could violate.

A shape for entities holds dozens of constraints on properties that few entities have. What speaks only of the values
of a property is therefore aimed at the selected nodes that have one: an engine is asked a tenth of the questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.gate.asking import ANNOTATIONS, ASKS_BY_ITSELF, TARGETS, starts
from provkg.gate.backward import CLOSED_HERE
from provkg.gate.shapes import MARK, Node, Shapes, Term

Selector = tuple[NamedNode, NamedNode]
"""A kind of target, and the class or property that it names."""
Terms = frozenset[NamedNode]
_GATHERS: Final = ANNOTATIONS | {*TARGETS, vocabulary.sh_property}


@dataclass
class Aim:
    """The marks of one shape: for every node that it selects, and for those that have a value of a property."""

    always: NamedNode | None = None
    of_value: dict[NamedNode, NamedNode] = field(default_factory=dict)


class Targets:
    """What the shapes select, and the marks by which an engine finds it."""

    def __init__(self, aims: Mapping[Selector, Collection[Aim]]) -> None:
        self._aims = aims
        # A record has hundreds of nodes, and a dozen kinds of nodes that say the same sort of things.
        self.marks = lru_cache(maxsize=4096)(self._marks)

    def _marks(self, types: Terms, said: Terms, pointed_at: Terms) -> tuple[str, ...] | None:
        """Return the marks of a node from its types, its properties and those that point at it; `None`: unseen."""
        fits = list(selectors(types, said, pointed_at))
        # A shape for whatever has a title does not say what a thing with a title is.
        if not any(each in self._aims for each in fits if each[0] != vocabulary.sh_targetSubjectsOf):
            return None
        selected = [aim for each in fits for aim in self._aims.get(each, ())]
        marks = {aim.always for aim in selected if aim.always is not None}
        marks |= {aim.of_value[each] for aim in selected for each in said & aim.of_value.keys()}
        return tuple(sorted(map(str, marks)))


def selectors(types: Terms, said: Terms, pointed_at: Terms) -> Iterator[Selector]:
    """Yield by what shapes select a node of these types, with these properties, and these that point at it."""
    for target, terms in zip(TARGETS, (types, said, pointed_at), strict=True):
        yield from ((target, term) for term in terms)


def selecting(shapes: Shapes) -> dict[Node, list[Selector]]:
    """Return the shapes that select nodes by class or property, and by which."""
    found: dict[Node, list[Selector]] = defaultdict(list)
    for shape, said in shapes.statements.items():
        for predicate, value in said:
            if predicate in TARGETS and isinstance(value, NamedNode):
                found[shape].append((predicate, value))
    return found


def aimed(shapes: Shapes, selected: Mapping[Node, list[Selector]], at_closing: Collection[NamedNode] = ()) -> Targets:
    """Put marks in the place of the targets in `shapes`; what `selected` names may have been left out since.

    The constraints `at_closing` judge only the runs that end with the record.
    """
    for shape in selected.keys() & shapes.statements.keys():
        said = shapes.statements[shape]
        said[:] = [each for each in said if each[0] not in TARGETS or not isinstance(each[1], NamedNode)]
    marking = _Marking(shapes, at_closing)
    aims: dict[Selector, list[Aim]] = defaultdict(list)
    for shape, selectors in selected.items():
        aim = marking.aim(shape) if shape in shapes.statements else Aim()
        for each in selectors:
            aims[each].append(aim)
    return Targets(aims)


@dataclass
class _Marking:
    shapes: Shapes
    at_closing: Collection[Node]
    made: int = 0

    def aim(self, shape: Node) -> Aim:
        """Mark `shape`, and its constraints instead of it where that means the same."""
        aim, separate = Aim(), self._separable(shape)
        said = self.shapes.statements[shape]
        # What waits for the end of a block and cannot be told apart from its shape is left to audits.
        apart = {*separate, *self.at_closing}
        said[:] = [each for each in said if each[0] != vocabulary.sh_property or each[1] not in apart]
        everywhere: list[Node] = [each for each in separate if not self._starts(each)]
        for constraint in separate:
            for start in self._starts(constraint):
                self._select(constraint, aim.of_value.setdefault(start, self._new()))
        if shape in self.at_closing:
            self._select(shape, aim.of_value.setdefault(CLOSED_HERE, self._new()))
        elif self._asks(shape):
            everywhere.append(shape)
        if everywhere:
            aim.always = self._new()
        for each in everywhere:
            self._select(each, aim.always)
        return aim

    def _starts(self, constraint: Node) -> frozenset[NamedNode]:
        return frozenset({CLOSED_HERE}) if constraint in self.at_closing else starts(self.shapes, constraint)

    def _new(self) -> NamedNode:
        self.made += 1
        return NamedNode(f"{MARK}{self.made}")

    def _select(self, shape: Node, mark: NamedNode | None) -> None:
        if mark is not None:
            self.shapes.statements[shape].append((vocabulary.sh_targetSubjectsOf, mark))

    def _asks(self, shape: Node) -> bool:
        return bool({predicate for predicate, _ in self.shapes.statements[shape]} - ANNOTATIONS)

    def _separable(self, shape: Node) -> list[NamedNode]:
        """Return the constraints of `shape` that judge alone as they judge in it, and so can be marked themselves."""
        if shape in self._parts or {predicate for predicate, _ in self.shapes.statements[shape]} - _GATHERS:
            return []
        stated = self.shapes.values(shape, vocabulary.sh_property)
        return [each for each in stated if isinstance(each, NamedNode) and self._judges_alone(each)]

    def _judges_alone(self, constraint: NamedNode) -> bool:
        said = {predicate for predicate, _ in self.shapes.statements[constraint]}
        return vocabulary.level in said and said <= ASKS_BY_ITSELF | {vocabulary.sh_targetSubjectsOf}

    @cached_property
    def _parts(self) -> frozenset[Term]:
        return frozenset(value for said in self.shapes.statements.values() for _, value in said)
