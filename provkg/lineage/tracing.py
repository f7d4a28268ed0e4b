"""Tracing a lineage in an index: how far a thing reaches, with names, runs, agents and what depends on what."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from provkg.lineage.copies import with_copies
from provkg.lineage.describing import dependency, node_of
from provkg.lineage.graph import Dependency, Direction, Kind, Limits, Lineage, Node
from provkg.lineage.known import Known, known_of
from provkg.lineage.reach import Reach, existing_since, reached
from provkg.vocabulary import prov_wasAssociatedWith

if TYPE_CHECKING:
    from provkg.index import ReadIndex


def upstream(index: ReadIndex, thing: NamedNode, *, depth: int | None = None, at: datetime | None = None) -> Lineage:
    """Return what `thing` and things of the same content rest on, directly or at most `depth` dependencies away.

    With `at`, only what existed at that moment.
    """
    return _traced(index, thing, "up", depth, at)


def downstream(index: ReadIndex, thing: NamedNode, *, depth: int | None = None, at: datetime | None = None) -> Lineage:
    """Return what rests on `thing` or on anything of the same content, at most `depth` dependencies away.

    With `at`, only what existed at that moment.
    """
    return _traced(index, thing, "down", depth, at)


def _traced(
    index: ReadIndex, thing: NamedNode, direction: Direction, depth: int | None, at: datetime | None
) -> Lineage:
    reach = reached(index, thing, direction, depth=depth, at=at)
    found = replace(lineage_of(reach, index.size), limits=Limits(depth, at))
    since = None if at is None else existing_since(reach.known, reach.asked)
    if at is not None and since is not None and since > at:
        found = replace(found, since=since)
    return found if depth is None else found.within(depth)


def between(
    index: ReadIndex, one: NamedNode, other: NamedNode, *, depth: int | None = None, at: datetime | None = None
) -> Lineage:
    """Return all ways from the one of two things that rests on the other to that one, at most `depth` long.

    Its root is the thing that rests, its end what it rests on. Where neither does, it has both and no dependency.
    """
    above, below, apart = one, other, None
    reach = reached(index, above, "up", depth=depth, at=at)
    if reach.known.number(below) not in reach.distances:
        swapped = reached(index, below, "up", depth=depth, at=at)
        if swapped.known.number(above) in swapped.distances:
            above, below, reach = below, above, swapped
        else:
            above, below, apart = (one, other, None) if depth is None else _further_apart(index, one, other, at)
            reach = replace(swapped, asked=swapped.known.number(above), distances={swapped.known.number(above): 0})
    towards = reached(index, below, "down", at=at)
    ends = {reach.asked, towards.asked}
    kept = {each: steps for each, steps in reach.distances.items() if each in towards.distances or each in ends}
    found = lineage_of(replace(reach, distances=kept | {towards.asked: kept.get(towards.asked, 1)}), index.size)
    return replace(found, end=below.value, limits=Limits(depth, at, apart=apart))


def _further_apart(
    index: ReadIndex, one: NamedNode, other: NamedNode, at: datetime | None
) -> tuple[NamedNode, NamedNode, int | None]:
    """Return two things, the one that rests on the other first, and the steps between; None where neither does."""
    for above, below in ((one, other), (other, one)):
        reach = reached(index, above, "up", at=at)
        if (steps := reach.distances.get(reach.known.number(below))) is not None:
            return above, below, steps
    return one, other, None


def node(index: ReadIndex, thing: NamedNode) -> Node:
    """Return `thing` as a lineage shows it."""
    known = known_of(index)
    return node_of(known, known.number(thing))


def lineage_of(reach: Reach, size: int) -> Lineage:
    """Return what was reached with all that a drawing shows of it."""
    known, things = reach.known, reach.distances.keys()
    known.said(things)
    runs = {thing: found for thing, found in known.makers(things).items() if thing in things and found}
    known.said(set(chain.from_iterable(runs.values())))
    iri = {number: known.node(number).value for number in things}
    roots = tuple(iri[root] for root in reach.roots)
    steps = with_copies(reach.direction, roots, _dependencies(reach), _contents(reach))
    made_by = {iri[thing]: min(known.node(run).value for run in found) for thing, found in runs.items()}
    nodes: dict[str, Node] = {iri[number]: node_of(known, number) for number in things}
    agents = _agents(known, set(chain.from_iterable(runs.values())), nodes)
    return Lineage(reach.direction, roots, nodes, steps, made_by, agents, size)


def _dependencies(reach: Reach) -> tuple[Dependency, ...]:
    onward = reach.known.onward(reach.direction, reach.distances)
    pairs = ((near, far) for near in reach.distances for far in onward[near] if far in reach.distances)
    ends = pairs if reach.direction == "up" else ((far, near) for near, far in pairs)
    found = (dependency(reach.known, source, target) for source, target in ends)
    return tuple(sorted(found, key=lambda each: (each.source, each.target)))


def _contents(reach: Reach) -> dict[str, str]:
    digests = reach.known.digests(reach.distances)
    return {
        reach.known.node(each).value: max(digest.value for digest in digests[each])
        for each in reach.distances
        if digests[each]
    }


def _agents(known: Known, runs: set[int], nodes: dict[str, Node]) -> dict[str, tuple[str, ...]]:
    """Add the runs and agents to `nodes`; return who stood behind which run."""
    found: dict[str, tuple[str, ...]] = {}
    for run in runs:
        _put(known, run, "activity", nodes)
        behind = [each for each in known.of(run, prov_wasAssociatedWith) if isinstance(each, NamedNode)]
        for each in behind:
            _put(known, known.number(each), "agent", nodes)
        if behind:
            found[known.node(run).value] = tuple(sorted(each.value for each in behind))
    return found


def _put(known: Known, number: int, kind: Kind, nodes: dict[str, Node]) -> None:
    nodes[known.node(number).value] = node_of(known, number, kind)
