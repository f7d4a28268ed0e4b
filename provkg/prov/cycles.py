"""What an order of events cannot be: a strict cycle, or a cause that a clock puts after its effect."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provkg.prov import kinds
from provkg.prov.constraints import Violation, numbered
from provkg.prov.normal_form import Fact, Instance
from provkg.prov.ordering import SIMULTANEOUS, Edge, Node, Order
from provkg.prov.terms import Name, Time
from provkg.prov.unification import Term

_WORDS: Final = {
    "generation": "the generation of {}",
    "invalidation": "the invalidation of {}",
    "start": "the start of {}",
    "end": "the end of {}",
    "usage": "the usage {}",
}
_MOST_WARNINGS: Final = 100


def strict_cycles(instance: Instance, order: Order, parts: Iterable[list[Node]]) -> Iterator[Violation]:
    """Yield one violation for each set of events that would have to precede themselves."""
    for component in parts:
        members = frozenset(component)
        if strict := next(_strict_edges(order, members), None):
            back = _path(order, strict.after, strict.before, members)
            yield _cycle(instance, [strict, *back])


def contradicting_clocks(instance: Instance, order: Order, parts: Sequence[list[Node]]) -> Iterator[Violation]:
    """Yield a warning where an event has an earlier time than one that precedes it; at most a hundred."""
    found = 0
    latest: dict[Node, list[_Reading]] = {}
    # `components` gives what follows first.
    for component in reversed(parts):
        known = [reading for node in component for reading in _readings(instance, order, node)]
        before = _latest([*known, *(each for node in component for each in latest.pop(node, ()))])
        for reading in known:
            for earlier in before:
                if earlier.time.is_after(reading.time) and found < _MOST_WARNINGS:
                    found += 1
                    yield _late(instance, order, earlier, reading)
        for target in {edge.after for node in component for edge in order.edges.get(node, ())} - set(component):
            latest[target] = _latest([*before, *latest.get(target, ())])


def components(order: Order) -> Iterator[list[Node]]:
    """Yield the strongly connected components, each after all that follow it (Tarjan, without recursion)."""
    numbers: dict[Node, int] = {}
    lows: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    for root in list(order.events):
        if root in numbers:
            continue
        path: list[tuple[Node, Iterator[Edge]]] = [(root, iter(order.edges.get(root, ())))]
        numbers[root] = lows[root] = len(numbers)
        stack.append(root)
        on_stack.add(root)
        while path:
            node, edges = path[-1]
            for edge in edges:
                target = edge.after
                if target not in numbers:
                    numbers[target] = lows[target] = len(numbers)
                    stack.append(target)
                    on_stack.add(target)
                    path.append((target, iter(order.edges.get(target, ()))))
                    break
                if target in on_stack:
                    lows[node] = min(lows[node], numbers[target])
            else:
                path.pop()
                if path:
                    lows[path[-1][0]] = min(lows[path[-1][0]], lows[node])
                if lows[node] == numbers[node]:
                    yield _popped(stack, on_stack, node)


def _popped(stack: list[Node], on_stack: set[Node], root: Node) -> list[Node]:
    component = []
    while True:
        node = stack.pop()
        on_stack.remove(node)
        component.append(node)
        if node == root:
            return component


def _strict_edges(order: Order, members: frozenset[Node]) -> Iterator[Edge]:
    for node in sorted(members, key=str):
        for edge in order.edges.get(node, ()):
            if edge.strict and edge.after in members:
                yield edge


def _path(order: Order, start: Node, goal: Node, members: frozenset[Node] | None = None) -> list[Edge]:
    """Return a shortest path of edges; none from a node to itself."""
    came_by: dict[Node, Edge] = {}
    waiting = deque([start])
    while waiting and goal not in came_by and start != goal:
        for edge in order.edges.get(waiting.popleft(), ()):
            if edge.after not in came_by and edge.after != start and (members is None or edge.after in members):
                came_by[edge.after] = edge
                waiting.append(edge.after)
    path: list[Edge] = []
    while goal != start:
        path.append(came_by[goal])
        goal = came_by[goal].before
    return path[::-1]


def _cycle(instance: Instance, edges: list[Edge]) -> Violation:
    words = [_in_words(instance, edge.before) for edge in edges]
    steps = ", which ".join(
        f"has to be {'before' if edge.strict else 'no later than'} {word}"
        for edge, word in zip(edges, [*words[1:], words[0]], strict=True)
    )
    numbers = _numbers(instance, edges, closed=True)
    return _violation(instance, numbers, f"{words[0]} {steps}", edges)


def _numbers(instance: Instance, edges: list[Edge], *, closed: bool) -> list[int]:
    """Return the constraints of the edges, and those that make two events of one node simultaneous."""
    numbers = [edge.number for edge in edges]
    turns = list(zip(edges, [*edges[1:], *edges[:1]], strict=True))
    for arriving, departing in turns if closed else turns[:-1]:
        if _two_events(instance, arriving.entering, departing.leaving):
            numbers.append(SIMULTANEOUS[arriving.after[0]])
    return numbers


def _two_events(instance: Instance, one: Term | None, other: Term | None) -> bool:
    find = instance.equations.find
    return one is not None and other is not None and find(one) != find(other)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A time that a fact gives to a node."""

    node: Node
    time: Time
    fact: Fact


def _readings(instance: Instance, order: Order, node: Node) -> Iterator[_Reading]:
    for fact in order.events.get(node, ()):
        place = ("startTime" if node[0] == "start" else "endTime") if fact.kind is kinds.ACTIVITY else "time"
        time = instance.find(fact, place)
        if isinstance(time, Time):
            yield _Reading(node, time, fact)


def _latest(readings: list[_Reading]) -> list[_Reading]:
    """Return the latest time with and the latest without an offset to UTC."""
    latest: dict[bool, _Reading] = {}
    for reading in readings:
        held = latest.get(reading.time.has_offset)
        if reading.time.instant is not None and (held is None or reading.time.is_after(held.time)):
            latest[reading.time.has_offset] = reading
    return list(latest.values())


def _late(instance: Instance, order: Order, earlier: _Reading, later: _Reading) -> Violation:
    path = _path(order, earlier.node, later.node)
    numbers = _numbers(instance, path, closed=False) if path else [SIMULTANEOUS.get(later.node[0], 23)]
    relation = "has to be no later than" if path else "has to be simultaneous with"
    sentence = (
        f"{_in_words(instance, earlier.node)} at {earlier.time} {relation} "
        f"{_in_words(instance, later.node) if path else 'the other'} at {later.time}; a clock is wrong, or the order"
    )
    return _violation(instance, numbers, sentence, path, (earlier.fact, later.fact))


def _in_words(instance: Instance, node: Node) -> str:
    return _WORDS[node[0]].format(instance.called(node[1]))


def _violation(
    instance: Instance, numbers: list[int], sentence: str, edges: list[Edge], facts: tuple[Fact, ...] = ()
) -> Violation:
    concerned = (*facts, *(edge.fact for edge in edges))
    statements = tuple(dict.fromkeys(fact.statement for fact in concerned))
    found = [instance.equations.find(term) for edge in edges for term in (edge.before[1], edge.after[1])]
    about = next((term for term in found if isinstance(term, Name)), next(statements[0].identifiers(), None))
    return Violation(numbered(numbers), sentence, statements, about, severity="warning" if facts else "violation")
