"""How far a thing reaches: all that it rests on, or that rests on it, each with its distance, without names yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.errors import BadParameter
from provkg.lineage.activities import Steps, activities_among
from provkg.lineage.known import Known, known_of

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.lineage.graph import Direction

Choice = Callable[[Set[int]], Set[int]]
# What a run used of its machine rests on the data as little as its date does.
USE_OF_MACHINES: Final = frozenset(
    {
        v.MetricKind_cpuTime,
        v.MetricKind_cpuUtilization,
        v.MetricKind_memoryUse,
        v.MetricKind_memoryPeak,
        v.MetricKind_bytesRead,
        v.MetricKind_bytesWritten,
        v.MetricKind_gpuUtilization,
        v.MetricKind_gpuMemoryUse,
        v.MetricKind_gpuPower,
    }
)
_MEASURING: Final = frozenset({v.Measurement, v.MetricObservation, v.MetricSeries})


@dataclass(frozen=True)
class Reach:
    """The things that a walk from `asked` came to, by number, each with how many dependencies lie between."""

    known: Known
    direction: Direction
    asked: int
    distances: dict[int, int]
    at: datetime | None = None
    activities: frozenset[int] = frozenset()
    """Those of the things that are runs or other activities: what was asked for, or is to be come to."""
    beside: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Steps that are no dependencies: to the deployments at an endpoint, to the commits of a repository."""

    @property
    def steps(self) -> Steps:
        """Tells where a step leads from a thing."""
        return Steps(self.known, self.direction, self.activities, self.beside)

    @cached_property
    def roots(self) -> tuple[int, ...]:
        """What was asked for; downstream also what has the same content."""
        if self.direction == "up":
            return (self.asked,)
        same = self.known.copies((self.asked,))[self.asked] & self.distances.keys()
        others = sorted(same - {self.asked}, key=lambda each: self.known.node(each).value)
        return (self.asked, *others)

    @cached_property
    def things(self) -> frozenset[int]:
        """What was come to, without the roots."""
        return frozenset(self.distances.keys() - set(self.roots))


def reached(
    index: ReadIndex,
    thing: NamedNode,
    direction: Direction,
    *,
    depth: int | None = None,
    at: datetime | None = None,
    to: NamedNode | None = None,
) -> Reach:
    """Return what `thing` rests on (`up`), or what rests on it (`down`), at most `depth` dependencies away.

    Things of one content count as one: a fault in data is a fault in every copy of it. A run rests on what it used, and
    what it made rests on it. `at` leaves out what did not exist yet, and what is only come to through it. Where `to` is
    a run, the walk may come to it. Cycles are walked once.
    """
    if depth is not None and depth < 1:
        raise BadParameter(f"a depth of {depth} leads nowhere; give 1 or more, or none for all")
    known = known_of(index)
    asked = known.number(thing)
    wanted = _existing(known, at)
    through = _stood_for(known, index, thing, direction, at)
    ends = (asked,) if to is None else (asked, known.number(to))
    steps = Steps(known, direction, activities_among(known, ends), {asked: through} if through else {})
    distances = _walked(steps, asked, depth, wanted)
    if direction == "down":
        for each in _use_of_machines(known, distances.keys() - {asked}):
            del distances[each]
    runs = steps.activities & (distances.keys() | {asked})
    return Reach(known, direction, asked, distances, at, runs, steps.beside)


def _stood_for(
    known: Known, index: ReadIndex, thing: NamedNode, direction: Direction, at: datetime | None
) -> frozenset[int]:
    """Return the commits of a repository, downstream, or the deployments at an endpoint, upstream those that are live.

    No dependency leads from the one to the others; but who asks about an address means what is there.
    """

    def at_this(relation: NamedNode) -> frozenset[int]:
        (found,) = index.linked((thing,), relation, backwards=True)
        return frozenset(known.number(each) for each in found if isinstance(each, NamedNode))

    deployments = at_this(v.deployedAt)
    if direction == "down":
        return deployments | at_this(v.inRepository)
    moment = at or datetime.now(UTC)
    return frozenset(each for each in deployments if is_serving(known, each, moment)) or deployments


def stands_for_others(index: ReadIndex, thing: NamedNode) -> bool:
    """Return whether `thing` is an endpoint or a repository, to which no dependency leads."""
    return any(index.linked((thing,), each, backwards=True) != [[]] for each in (v.inRepository, v.deployedAt))


def is_serving(known: Known, deployment: int, moment: datetime) -> bool:
    """Return whether `deployment` was live at `moment`."""
    since, ended = (earliest(known, deployment, each) for each in (v.prov_generatedAtTime, v.prov_invalidatedAtTime))
    return (since is None or since <= moment) and (ended is None or ended > moment)


def _walked(steps: Steps, asked: int, depth: int | None, wanted: Choice) -> dict[int, int]:
    fresh, distances, far = set(wanted({asked})), dict[int, int](), 0
    if steps.direction == "down" and fresh:
        fresh |= wanted(steps.known.copies((asked,))[asked])
    while fresh:
        level = _with_copies(steps, fresh, distances.keys(), wanted)
        distances.update(dict.fromkeys(level, far))
        if depth is not None and far >= depth:
            break
        onward, far = steps(level), far + 1
        fresh = set(wanted(set().union(*map(onward.__getitem__, level)).difference(distances)))
    # What is asked for is told, whether or not it existed; nothing led from it before it did.
    distances.setdefault(asked, 0)
    return distances


def _with_copies(steps: Steps, things: Set[int], seen: Set[int], wanted: Choice) -> set[int]:
    """Return `things` and what has their content and is as near; a thing's own file is a step away all the same."""
    found, waiting = set(things), set(things)
    # Again and again, since a thing that was digested in two ways links two contents.
    while waiting:
        copies, onward = steps.known.copies(waiting), steps(waiting)
        near = set().union(*(copies[each] - onward[each] for each in waiting if len(copies[each]) > 1))
        waiting = set(wanted(near.difference(seen, found)))
        found |= waiting
    return found


def _use_of_machines(known: Known, things: Set[int]) -> set[int]:
    kinds = known.kinds(things)
    measuring = {each for each in things if not _MEASURING.isdisjoint(kinds[each])}
    metrics = known.metrics(measuring)
    return {each for each in measuring if not USE_OF_MACHINES.isdisjoint(metrics[each])}


def _existing(known: Known, at: datetime | None) -> Choice:
    if at is None:
        return lambda things: things
    if at.tzinfo is None:
        raise BadParameter(f"the moment {at.isoformat()} has no time zone; give one, such as {at.isoformat()}Z")
    return lambda things: {each for each in things if (made := existing_since(known, each)) is None or made <= at}


def existing_since(known: Known, thing: int) -> datetime | None:
    """Return since when `thing` exists: when it was generated, else when the run that made it ended, else began.

    A run exists since it began.
    """
    if (made := earliest(known, thing, v.prov_generatedAtTime)) is not None:
        return made
    runs = known.makers((thing,))[thing]
    for relation in (v.prov_endedAtTime, v.prov_startedAtTime):
        times = [time for run in runs if (time := earliest(known, run, relation)) is not None]
        if times:
            return min(times)
    return earliest(known, thing, v.prov_startedAtTime)


def earliest(known: Known, thing: int, relation: NamedNode) -> datetime | None:
    """Return the first moment that `thing` has the relation to."""
    found = (each.value for each in known.of(thing, relation) if isinstance(each, Literal))
    return min((time for text in found if (time := _moment(text)) is not None), default=None)


def _moment(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
