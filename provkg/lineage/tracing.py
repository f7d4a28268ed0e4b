"""Tracing a lineage in an index: how far a thing reaches, with names, runs, agents and what depends on what."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from provkg.lineage.copies import with_copies
from provkg.lineage.describing import dependency, ends_of, node_of
from provkg.lineage.graph import Dependency, Direction, Kind, Limits, Lineage, Node
from provkg.lineage.known import Known, known_of
from provkg.lineage.reach import Reach, earliest, existing_since, reached, stands_for_others
from provkg.vocabulary import prov_invalidatedAtTime, prov_wasAssociatedWith, prov_wasRevisionOf

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
    apart: int | None = None
    ends = _from_one_to_other(index, (one, other), depth, at) or _from_one_to_other(index, (other, one), depth, at)
    if ends is None:
        reach, towards, apart = _further_apart(index, (one, other), depth, at)
        reach, towards = replace(reach, distances={reach.asked: 0}, beside={}), replace(towards, beside={})
    else:
        reach, towards = ends
    last = {each: frozenset((towards.asked,)) for each in towards.beside.get(towards.asked, ())}
    kept = {each: steps for each, steps in reach.distances.items() if each in {*towards.distances, reach.asked}}
    kept.setdefault(towards.asked, 1)
    runs = (reach.activities | towards.activities) & kept.keys()
    found = lineage_of(replace(reach, distances=kept, activities=runs, beside={**last, **reach.beside}), index.size)
    end, revision = towards.known.node(towards.asked), _revision(reach.known, one, other)
    return replace(found, end=end.value, revision=revision, limits=Limits(depth, at, apart=apart))


def _from_one_to_other(
    index: ReadIndex, ends: tuple[NamedNode, NamedNode], depth: int | None, at: datetime | None
) -> tuple[Reach, Reach] | None:
    """Return what lies above the first and below the other of two things, where the first rests on the other."""
    reach = reached(index, ends[0], "up", depth=depth, at=at, to=ends[1])
    near = reach.known.number(ends[1]) in reach.distances
    if not near and not stands_for_others(index, ends[1]):
        return None
    towards = reached(index, ends[1], "down", depth=None if near else depth, at=at, to=ends[0])
    return (reach, towards) if near or reach.asked in towards.distances else None


def _further_apart(
    index: ReadIndex, ends: tuple[NamedNode, NamedNode], depth: int | None, at: datetime | None
) -> tuple[Reach, Reach, int | None]:
    """Return the same of things further from each other than `depth`, and how far; None where neither rests."""
    for above, below in (ends, ends[::-1]) if depth is not None else ():
        if (found := _from_one_to_other(index, (above, below), None, at)) is not None:
            reach, towards = found
            return reach, towards, reach.distances.get(towards.asked, towards.distances.get(reach.asked))
    return reached(index, ends[0], "up", at=at), reached(index, ends[1], "down", at=at), None


def _revision(known: Known, one: NamedNode, other: NamedNode) -> tuple[str, str] | None:
    """Return the two as newer and older, where one is said to revise the other."""
    for newer, older in ((one, other), (other, one)):
        number = known.number(newer)
        if prov_wasRevisionOf in known.ends((number,))[number].get(older, ()):
            return newer.value, older.value
    return None


def node(index: ReadIndex, thing: NamedNode) -> Node:
    """Return `thing` as a lineage shows it."""
    known = known_of(index)
    return node_of(known, known.number(thing))


def lineage_of(reach: Reach, size: int) -> Lineage:
    """Return what was reached with all that a drawing shows of it."""
    known, things = reach.known, reach.distances.keys()
    known.said(things)
    runs = {thing: found for thing, found in known.makers(things).items() if thing in things and found}
    known.said(ends_of(known, things).union(*runs.values()))
    iri = {number: known.node(number).value for number in things}
    roots = tuple(iri[root] for root in reach.roots)
    steps = with_copies(reach.direction, roots, _dependencies(reach), _contents(reach))
    made_by = {iri[thing]: min(known.node(run).value for run in found) for thing, found in runs.items()}
    nodes: dict[str, Node] = {iri[number]: _node(reach, number) for number in things}
    agents = _agents(known, reach.activities.union(*runs.values()), nodes)
    return Lineage(reach.direction, roots, nodes, steps, made_by, agents, size)


def _node(reach: Reach, number: int) -> Node:
    found = node_of(reach.known, number, "activity" if number in reach.activities else "entity")
    if reach.at is None or found.ended is None:
        return found
    # What ended later still held at that moment.
    ended = earliest(reach.known, number, prov_invalidatedAtTime)
    return replace(found, ended=None) if ended is not None and ended > reach.at else found


def _dependencies(reach: Reach) -> tuple[Dependency, ...]:
    onward = reach.steps(reach.distances)
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


def _agents(known: Known, runs: Set[int], nodes: dict[str, Node]) -> dict[str, tuple[str, ...]]:
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
