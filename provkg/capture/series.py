"""One metric over time: its points since the last record, and summaries of all of them kept as they come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Final

from provkg import vocabulary
from provkg.records import Concept, Description, Iri, MetricObservation, MetricSeries, Point

EPOCH_DURATION: Final = "epochDuration"
# Sampled rather than logged: what a process uses.
USAGE: Final = frozenset(
    {"cpuUtilization", "memoryUse", "bytesRead", "bytesWritten", "gpuUtilization", "gpuMemoryUse", "gpuPower"}
)
# Of the run rather than of a model on data.
RESOURCES: Final = USAGE | {
    EPOCH_DURATION,
    "throughput",
    "latency",
    "cpuTime",
    "memoryPeak",
    "energy",
    "co2e",
    "resource",
}
NODE_POINTS: Final = 1000
CHUNK_POINTS: Final = 10_000
_METRIC: Final = vocabulary.NAMESPACES["pvk"] + "MetricKind-"
LOWER_IS_BETTER: Final = frozenset(
    _METRIC + name
    for name in (
        *("loss", "logLoss", "mae", "mse", "rmse", "mape", "error", "perplexity", "wordErrorRate", "calibrationError"),
        *(
            "demographicParityDifference",
            "equalizedOddsDifference",
            "epochDuration",
            "latency",
            "cpuTime",
            "memoryPeak",
            "energy",
        ),
        *("co2e", "missingRatio", "duplicateRatio", "populationStabilityIndex", "ksStatistic", "jsDivergence"),
        *("overlapRatio", "fairness", "resource", "drift"),
    )
)


class Series:
    """What is known of one series; `number` names it in the spool file."""

    __slots__ = (
        *("sampled", "number", "about", "pending", "count", "first", "last", "low", "high", "total", "placed"),
        *("best", "best_place", "_sign"),
    )

    def __init__(self, number: int, about: MetricSeries, *, sampled: bool = False) -> None:
        self.number, self.about, self.sampled = number, about, sampled
        self.pending: list[Point] = []
        self.count = 0
        self.first = self.last = self.low = self.high = math.nan
        self.total = 0.0
        self.placed = False
        self.best, self.best_place = math.inf, 0
        # The best of a series is its least value; where higher is better, the least of the negated ones.
        self._sign = 1.0 if isinstance(about.metric, Iri) and about.metric.value in LOWER_IS_BETTER else -1.0

    def add(self, epoch: int | None, step: int | None, value: float) -> int:
        """Take one more point and return its ordinal."""
        ordinal = self.count
        place = epoch if epoch is not None else step
        if place is None:
            place = step = ordinal
        else:
            self.placed = True
        self.pending.append((ordinal, epoch, step, value))
        self.count = ordinal + 1
        self._summarize(place, value)
        return ordinal

    def _summarize(self, place: int, value: float) -> None:
        if self.count == 1:
            self.first = value
            self.best_place = place
        self.last = value
        self.total += value
        # A comparison with NaN is false, so the first number replaces it; no NaN replaces a number, since only NaN
        # differs from itself.
        if not value >= self.low and value == value:
            self.low = value
        if not value <= self.high and value == value:
            self.high = value
        if value * self._sign < self.best:
            self.best, self.best_place = value * self._sign, place

    @property
    def single(self) -> bool:
        """Whether it is one value without a place, and so an observation rather than a series."""
        return self.count == 1 and not self.placed

    def cut(self) -> list[Point]:
        """Return the points that no record holds yet, and leave them to the caller; of a sampled series many or none.

        Nobody waits for those, and one in a record of its own costs more than it says.
        """
        if self.sampled and len(self.pending) < NODE_POINTS:
            return []
        points, self.pending = self.pending, []
        return points

    def of_points(self, points: list[Point]) -> Iterator[Description]:
        """Yield the series with these points alone: summaries are not final before the end."""
        single = 0 if self.sampled else NODE_POINTS
        nodes = tuple(point for point in points if point[0] < single)
        packed = [point for point in points if point[0] >= single]
        if nodes:
            yield replace(self.about, nodes=nodes)
        for start in range(0, len(packed), CHUNK_POINTS):
            yield replace(self.about, packed=tuple(packed[start : start + CHUNK_POINTS]))

    def final(self, **about: Any) -> Iterator[Description]:
        """Yield the rest of the points and the summaries; `about` completes what was not known before the end."""
        self.about = replace(self.about, **about)
        if self.single:
            yield observation(self.about, self.last)
            return
        yield from self.of_points(self.pending)
        yield replace(self.about, **self._summaries())

    def _summaries(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "first": self.first,
            "last": self.last,
            "low": self.low,
            "high": self.high,
            "mean": self.total / self.count,
            "total": self.total,
            "best_step": self.best_place,
        }


def is_resource(kind: str | Concept) -> bool:
    """Whether a metric is about the run itself: time, memory, energy."""
    return isinstance(kind, Iri) and kind.value.rpartition("-")[2] in RESOURCES


def observation(about: MetricSeries, value: float) -> MetricObservation:
    """Return the one value of what never became a series."""
    wanted = {field.name for field in fields(MetricObservation)}
    shared = {field.name: getattr(about, field.name) for field in fields(about) if field.name in wanted}
    return MetricObservation(**shared, value=value)
