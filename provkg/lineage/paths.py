"""The single ways through a lineage, shortest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from itertools import count, islice
from typing import Final

from provkg.lineage.graph import Dependency, Lineage
from provkg.lineage.tree import ending
from provkg.lineage.wording import in_words

MOST_TOLD: Final = 20
Way = tuple[Dependency, ...]


def paths(lineage: Lineage) -> Iterator[Way]:
    """Yield the ways from the roots to the end, or to all that leads no further; none goes through a thing twice."""
    onward = _onward(lineage)
    ends = {lineage.end} if lineage.end is not None else {iri for iri in lineage.distances() if not onward.get(iri)}
    left = _steps_left(onward, ends - set(lineage.roots) or ends)
    order = count()
    # Led by how much is left: a net of ten diamonds has a thousand ways, and the first is found at once.
    waiting: list[tuple[int, int, int, str, Way]] = []
    for root in lineage.roots:
        if root in left:
            heappush(waiting, (left[root], 0, next(order), root, ()))
    while waiting:
        *_, here, way = heappop(waiting)
        if here in ends and way:
            yield way
            continue
        been = {lineage.near_end(each) for each in way} | {here}
        for each in onward.get(here, ()):
            there = lineage.far_end(each)
            if there in left and there not in been:
                length = len(way) + 1
                # Of those that look as short, the one that is furthest: else all would be carried on together.
                heappush(waiting, (length + left[there], -length, next(order), there, (*way, each)))


def told_paths(lineage: Lineage) -> str:
    """Return the ways as lines, at most `MOST_TOLD`."""
    found = list(islice(paths(lineage), MOST_TOLD + 1))
    lines = [_line(lineage, way) for way in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        lines.append(f"… and more; the first {MOST_TOLD} and shortest are told")
    return "\n".join(lines or ending(lineage)) + "\n"


def _line(lineage: Lineage, way: Way) -> str:
    parts = [lineage.nodes[lineage.near_end(way[0])].label]
    for each in way:
        far = lineage.nodes[lineage.far_end(each)].label
        relation = in_words(each.relation)
        parts.append(f"─ {relation} → {far}" if lineage.direction == "up" else f"← {relation} ─ {far}")
    return " ".join(parts)


def _onward(lineage: Lineage) -> dict[str, list[Dependency]]:
    onward: dict[str, list[Dependency]] = {}
    for each in lineage.dependencies:
        onward.setdefault(lineage.near_end(each), []).append(each)
    for found in onward.values():
        found.sort(key=lambda each: (lineage.nodes[lineage.far_end(each)].label, lineage.far_end(each), each.relation))
    return onward


def _steps_left(onward: Mapping[str, list[Dependency]], ends: set[str]) -> dict[str, int]:
    """Return for each thing from which an end can be come to how many steps that takes."""
    behind: dict[str, set[str]] = {}
    for near, found in onward.items():
        for each in found:
            behind.setdefault(each.target if each.source == near else each.source, set()).add(near)
    left, waiting = dict.fromkeys(ends, 0), deque(ends)
    while waiting:
        here = waiting.popleft()
        for near in behind.get(here, ()):
            if near not in left:
                left[near] = left[here] + 1
                waiting.append(near)
    return left
