"""The order of events: constraints 30 to 49 (PROV-CONSTRAINTS, section 6.2).

All generations of an entity are simultaneous (39), and so are its invalidations (40) and the starts (31) and ends (32)
of an activity; each of these sets is one node of a graph whose edges are `precedes` and `strictly precedes`. An
instance is in order when no cycle holds a strict edge. Existential events (inferences 7, 8 and 13) are nodes as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from provkg.prov import kinds
from provkg.prov.impossibility import declared_entities
from provkg.prov.kinds import Kind
from provkg.prov.normal_form import Fact, Instance
from provkg.prov.unification import Term

Moment = Literal["generation", "invalidation", "start", "end", "usage"]
Node = tuple[Moment, Term]
SIMULTANEOUS: Final[dict[Moment, int]] = {"start": 31, "end": 32, "generation": 39, "invalidation": 40}
_EVENTS: Final[tuple[tuple[Kind, Moment, str], ...]] = (
    (kinds.GENERATION, "generation", "entity"),
    (kinds.INVALIDATION, "invalidation", "entity"),
    (kinds.START, "start", "activity"),
    (kinds.END, "end", "activity"),
)


@dataclass(frozen=True, slots=True)
class Edge:
    """`before` precedes `after`, strictly or not, by a constraint and because of a fact.

    `leaving` and `entering` are the identifiers of the events meant, where the constraint speaks of one event of many.
    """

    before: Node
    after: Node
    number: int
    fact: Fact
    strict: bool = False
    leaving: Term | None = None
    entering: Term | None = None


@dataclass
class Order:
    """The events of an instance, what precedes what, and which facts state an event."""

    edges: dict[Node, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    events: dict[Node, list[Fact]] = field(default_factory=lambda: defaultdict(list))

    def add(self, edge: Edge) -> None:
        """Add an edge unless one of its events is not known to exist; 45 and 46 pass through such (inference 19)."""
        if (edge.before in self.events and edge.after in self.events) or edge.number in {45, 46}:
            self.edges[edge.before].append(edge)


def order_of(instance: Instance) -> Order:
    """Return the order of the events of an instance."""
    order = Order()
    _add_events(instance, order)
    for rule in _RULES:
        for edge in rule(instance):
            order.add(edge)
    return order


def _add_events(instance: Instance, order: Order) -> None:
    for kind, moment, place in _EVENTS:
        for fact in instance.of(kind):
            order.events[_node(instance, moment, fact, place)].append(fact)
    for fact in instance.of(kinds.USAGE):
        order.events[_usage(instance, fact)].append(fact)
    for entity in declared_entities(instance):
        order.events["generation", entity]  # a defaultdict: the node exists from here on
        order.events["invalidation", entity]
    for fact in instance.of(kinds.ATTRIBUTION):
        order.events[_node(instance, "generation", fact, "entity")]
    for fact in instance.of(kinds.ACTIVITY):
        activity = instance.equations.find(fact.id)
        order.events["start", activity].append(fact)
        order.events["end", activity].append(fact)


def _node(instance: Instance, moment: Moment, fact: Fact, place: str) -> Node:
    term = instance.find(fact, place)
    assert term is not None  # noqa: S101 - asked only of expandable places
    return moment, term


def _usage(instance: Instance, fact: Fact) -> Node:
    return "usage", instance.equations.find(fact.id)


def _within_activity(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 30, 33 and 34."""
    for kind in (kinds.START, kinds.ACTIVITY):
        for fact in instance.of(kind):
            term = fact.id if kind is kinds.ACTIVITY else fact.argument("activity")
            assert term is not None  # noqa: S101 - an activity is named or expanded
            activity = instance.equations.find(term)
            yield Edge(("start", activity), ("end", activity), 30, fact)
    for fact in instance.of(kinds.USAGE):
        use, activity = _usage(instance, fact), _node(instance, "start", fact, "activity")[1]
        yield Edge(("start", activity), use, 33, fact)
        yield Edge(use, ("end", activity), 33, fact)
    for fact in instance.of(kinds.GENERATION):
        made, activity = _node(instance, "generation", fact, "entity"), _node(instance, "start", fact, "activity")[1]
        yield Edge(("start", activity), made, 34, fact, entering=fact.id)
        yield Edge(made, ("end", activity), 34, fact, leaving=fact.id)


def _within_entity(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 36, 37 and 38."""
    for kind in (kinds.GENERATION, kinds.INVALIDATION):
        for fact in instance.of(kind):
            entity = _node(instance, "generation", fact, "entity")[1]
            yield Edge(("generation", entity), ("invalidation", entity), 36, fact)
    for entity, fact in declared_entities(instance).items():
        yield Edge(("generation", entity), ("invalidation", entity), 36, fact)
    for fact in instance.of(kinds.USAGE):
        use, entity = _usage(instance, fact), _node(instance, "generation", fact, "entity")[1]
        yield Edge(("generation", entity), use, 37, fact)
        yield Edge(use, ("invalidation", entity), 38, fact)


def _triggers(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 43 and 44."""
    moments: tuple[tuple[Kind, Moment, int], ...] = ((kinds.START, "start", 43), (kinds.END, "end", 44))
    for kind, moment, number in moments:
        for fact in instance.of(kind):
            event = _node(instance, moment, fact, "activity")
            trigger = _node(instance, "generation", fact, "trigger")[1]
            yield Edge(("generation", trigger), event, number, fact, entering=fact.id)
            yield Edge(event, ("invalidation", trigger), number, fact, leaving=fact.id)


def _communications(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 35."""
    for fact in instance.of(kinds.COMMUNICATION):
        yield Edge(_node(instance, "start", fact, "informant"), _node(instance, "end", fact, "informed"), 35, fact)


def _derivations(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 41 and 42."""
    for fact in instance.of(kinds.DERIVATION):
        made = _node(instance, "generation", fact, "generatedEntity")
        source = _node(instance, "generation", fact, "usedEntity")
        _, _, activity, generation, usage = fact.arguments
        if activity is not None and generation is not None and usage is not None:
            yield Edge(("usage", instance.equations.find(usage)), made, 41, fact, entering=generation)
        yield Edge(source, made, 42, fact, strict=True)


def _specializations(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 45 and 46."""
    for fact in instance.of(kinds.SPECIALIZATION):
        general, special = (_node(instance, "generation", fact, f"{name}Entity")[1] for name in ("general", "specific"))
        yield Edge(("generation", general), ("generation", special), 45, fact)
        yield Edge(("invalidation", special), ("invalidation", general), 46, fact)


def _agents(instance: Instance) -> Iterator[Edge]:
    """Yield the edges of 47, 48 and 49."""
    for fact in instance.of(kinds.ASSOCIATION):
        activity, agent = _node(instance, "start", fact, "activity")[1], _node(instance, "start", fact, "agent")[1]
        yield Edge(("start", activity), ("invalidation", agent), 47, fact)
        yield Edge(("generation", agent), ("end", activity), 47, fact)
        yield Edge(("start", activity), ("end", agent), 47, fact)
        yield Edge(("start", agent), ("end", activity), 47, fact)
    for fact in instance.of(kinds.ATTRIBUTION):
        made, agent = _node(instance, "generation", fact, "entity"), _node(instance, "start", fact, "agent")[1]
        yield Edge(("generation", agent), made, 48, fact)
        yield Edge(("start", agent), made, 48, fact)
    for fact in instance.of(kinds.DELEGATION):
        delegate, responsible = (_node(instance, "start", fact, name)[1] for name in ("delegate", "responsible"))
        yield Edge(("generation", responsible), ("invalidation", delegate), 49, fact)
        yield Edge(("start", responsible), ("end", delegate), 49, fact)


_RULES: Final = (
    _within_activity,
    _within_entity,
    _triggers,
    _communications,
    _derivations,
    _specializations,
    _agents,
)
