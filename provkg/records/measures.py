"""What was measured: single values, and series of points with their summaries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import double, literal
from provkg.records.concepts import OwnConcept
from provkg.records.description import Description, Iri, Reference, says

Point = tuple[int, int | None, int | None, float]
"""Ordinal within the series, epoch, step, value."""


def packed_series(points: str) -> Literal:
    """Return packed points as the literal that a chunk holds: JSON text of [epoch or step or ordinal, value] pairs."""
    return Literal(points, datatype=vocabulary.packedSeries)


@dataclass(frozen=True, kw_only=True)
class Measurement(Description):
    """A metric of some data or model, taken in a run; the split's role is never part of the metric's name."""

    KEY: ClassVar[tuple[str, ...]] = ("run", "metric", "role", "label", "data")
    run: Reference = says(vocabulary.measuredIn)
    metric: Iri | OwnConcept = says(vocabulary.metricKind)
    role: Iri | OwnConcept | None = says(vocabulary.onSplitRole)
    label: str | None = says(vocabulary.forLabel)
    data: Reference | None = None
    of: Reference | None = says(vocabulary.measures)
    on: tuple[Reference, ...] = says(vocabulary.measuredOn, default=())


@dataclass(frozen=True, kw_only=True)
class MetricObservation(Measurement):
    """One number."""

    CLASS: ClassVar = vocabulary.MetricObservation
    KEY: ClassVar[tuple[str, ...]] = (*Measurement.KEY, "epoch", "step")
    value: float = says(vocabulary.value, double)
    epoch: int | None = says(vocabulary.atEpoch)
    step: int | None = says(vocabulary.atStep)
    sample_size: int | None = says(vocabulary.sampleSize)


@dataclass(frozen=True, kw_only=True)
class MetricSeries(Measurement):
    """An ordered series of points; `nodes` are stated one by one, `packed` ones as one literal."""

    CLASS: ClassVar = vocabulary.MetricSeries
    nodes: tuple[Point, ...] = ()
    packed: tuple[Point, ...] = ()
    count: int | None = says(vocabulary.pointCount)
    first: float | None = says(vocabulary.firstValue, double)
    last: float | None = says(vocabulary.lastValue, double)
    low: float | None = says(vocabulary.minValue, double)
    high: float | None = says(vocabulary.maxValue, double)
    mean: float | None = says(vocabulary.meanValue, double)
    total: float | None = says(vocabulary.sumValue, double)
    best_step: int | None = says(vocabulary.bestStep)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the points bare (epoch or step, value) and packed ones as a chunk."""
        reference = self.reference()
        for ordinal, epoch, step, value in self.nodes:
            point = names.iri("metric-point", [subject.value, ordinal])
            yield Triple(subject, vocabulary.hasPoint, point)
            if epoch is not None:
                yield Triple(point, vocabulary.atEpoch, literal(epoch))
            if step is not None:
                yield Triple(point, vocabulary.atStep, literal(step))
            yield Triple(point, vocabulary.value, double(value))
        if self.packed and isinstance(reference, Reference):
            chunk = SeriesChunk.of(reference, self.packed)
            yield Triple(subject, vocabulary.hasChunk, chunk.iri(names))
            yield from chunk.statements(names)


@dataclass(frozen=True, kw_only=True)
class SeriesChunk(Description):
    """Many points of a series in one typed literal."""

    CLASS: ClassVar = vocabulary.SeriesChunk
    KEY: ClassVar[tuple[str, ...]] = ("series", "first")
    series: Reference
    first: int
    from_step: int = says(vocabulary.fromStep)
    to_step: int = says(vocabulary.toStep)
    points: str = says(vocabulary.packed, packed_series)

    @classmethod
    def of(cls, series: Reference, points: Sequence[Point]) -> SeriesChunk:
        """Return the chunk that holds `points` of `series`."""
        places = [place(point) for point in points]
        pairs = [[at, point[3]] for at, point in zip(places, points, strict=True)]
        text = json.dumps(pairs, separators=(",", ":"))
        return cls(series=series, first=points[0][0], from_step=min(places), to_step=max(places), points=text)


def place(point: Point) -> int:
    """Return where a point stands: its epoch, else its step, else its ordinal."""
    ordinal, epoch, step, _ = point
    return epoch if epoch is not None else step if step is not None else ordinal
