"""What was measured: single values, and series of points with their summaries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import double, literal
from provkg.records import choices
from provkg.records.concepts import Concept, OwnConcept, chosen
from provkg.records.datasets import Feature
from provkg.records.description import Description, Iri, Pointer, Reference, points, referred, says, several
from provkg.records.models import Checkpoint
from provkg.records.runs import Run
from provkg.records.things import Activity, Entity

Point = tuple[int, int | None, int | None, float]
"""Ordinal within the series, epoch, step, value."""


def packed_series(points: str) -> Literal:
    """Return packed points as the literal that a chunk holds: JSON text of [epoch or step or ordinal, value] pairs."""
    return Literal(points, datatype=vocabulary.packedSeries)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Measurement(Entity):
    """A metric of some data or model, taken in a run; the split's role is never part of the metric's name."""

    CLASS: ClassVar[NamedNode | None] = vocabulary.Measurement
    KEY: ClassVar[tuple[str, ...]] = ("run", "metric", "role", "label", "data")
    run: Run | Pointer = points(vocabulary.measuredIn)
    metric: choices.MetricKind | str | Concept = chosen(vocabulary.metricKind, vocabulary.MetricKind, own=True)
    role: choices.SplitRole | Concept | None = chosen(vocabulary.onSplitRole, vocabulary.SplitRole)
    label: str | None = says(vocabulary.forLabel)
    data: Reference | None = None
    of: Description | Pointer | None = points(vocabulary.measures)
    on: tuple[Entity | Pointer, ...] = several(vocabulary.measuredOn, sparse=False)
    generated_by: Activity | Pointer | None = points(vocabulary.prov_wasGeneratedBy, sparse=True)
    derived_from: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasDerivedFrom)
    made: datetime | None = says(vocabulary.prov_generatedAtTime, sparse=True)
    feature: Feature | Pointer | None = points(vocabulary.forFeature, sparse=True)
    related_feature: Feature | Pointer | None = points(vocabulary.relatedFeature, sparse=True)
    checkpoint: Checkpoint | Pointer | None = points(vocabulary.atCheckpoint, sparse=True)
    threshold: float | None = says(vocabulary.threshold, double, sparse=True)
    value_lower: float | None = says(vocabulary.valueLower, double, sparse=True)
    value_upper: float | None = says(vocabulary.valueUpper, double, sparse=True)
    sample_size: int | None = says(vocabulary.sampleSize, sparse=True)
    unit: str | None = says(vocabulary.unit, sparse=True)

    def reference(self) -> Reference | Iri:
        """Return the pointer to it; what is measured of several features is a measurement for each."""
        found = super().reference()
        if self.feature is None or not isinstance(found, Reference):
            return found
        return Reference(found.kind, (*found.key, referred(self.feature)))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MetricObservation(Measurement):
    """One number."""

    CLASS: ClassVar = vocabulary.MetricObservation
    KEY: ClassVar[tuple[str, ...]] = (*Measurement.KEY, "epoch", "step")
    value: float = says(vocabulary.value, double)
    epoch: int | None = says(vocabulary.atEpoch)
    step: int | None = says(vocabulary.atStep)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MetricKind(OwnConcept):
    """A metric of one's own, with the direction in which it is better and the bounds of its values."""

    scheme: str = "MetricKind"
    direction: choices.OptimizationDirection | Concept | None = chosen(
        vocabulary.direction, vocabulary.OptimizationDirection
    )
    definition: str | None = says(vocabulary.skos_definition)
    unit: str | None = says(vocabulary.unit)
    min_value: float | None = says(vocabulary.minValue, double)
    max_value: float | None = says(vocabulary.maxValue, double)
