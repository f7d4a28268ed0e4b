"""The metrics of one run: each value goes to the spool at once, summaries are kept as values come."""

from __future__ import annotations

import itertools
import operator
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, SupportsIndex

from provkg import vocabulary
from provkg.capture.handles import Measured
from provkg.capture.series import Series
from provkg.capture.spool.writer import SpoolWriter
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter
from provkg.records import Concept, Description, Iri, MetricSeries, Reference, concept
from provkg.records.encoding import encoded

EPOCH_DURATION: Final = "epochDuration"
# Of the run rather than of a model on data.
RESOURCES: Final = frozenset(
    {EPOCH_DURATION, "throughput", "latency", "gpuUtilization", "memoryPeak", "energy", "co2e", "resource"}
)
ROLES: Final = {"val": "validation", "validation": "validation", "test": "test", "train": "train", "training": "train"}
OF_A_PART: Final = re.compile(rf"({'|'.join(ROLES)})[_/.-](.+)")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Subject:
    """What a metric is about: the part's role and the data it was taken on."""

    role: str | None = None
    data: Reference | None = None
    on: tuple[Reference, ...] = ()


class Metrics:
    """All series of one run; calls may come from several threads."""

    def __init__(self, run: Reference, writer: SpoolWriter, *, of: Reference | None, epochs: bool) -> None:
        self._run, self._writer, self._of, self._epochs = run, writer, of, epochs
        self._emitter = writer.emitter
        self._series: dict[tuple[Any, ...], Series] = {}
        self._roles: dict[int, Subject] = {}
        self._clock = _EpochClock()

    def log(
        self,
        name: str,
        value: Any,
        epoch: SupportsIndex | None,
        step: SupportsIndex | None,
        key: tuple[Any, ...],
        subject: Callable[[], Subject],
    ) -> None:
        """Record one value; `subject` is asked when the series that `key` names begins."""
        if type(value) is not float:
            number = as_number(value)
            if number is None:
                _say_no_number(name, value)
                return
            value = number
        at_epoch = epoch if epoch is None or type(epoch) is int else as_place(epoch, name, "epoch")
        at_step = step if step is None or type(step) is int else as_place(step, name, "step")
        with self._writer.lock:
            series = self._series.get(key)
            if series is None or self._writer.emitter is not self._emitter:
                series = self._begin(key, name, subject())
            self._writer.point(series.number, series.add(at_epoch, at_step, value), at_epoch, at_step, value)
            if self._epochs and at_epoch is not None:
                self._time_epoch(at_epoch, key)

    def begin_clock(self, started: float) -> None:
        """Take `started` (monotonic) as the start of the first epoch."""
        self._clock.since = started

    def _begin(self, key: tuple[Any, ...], name: str, subject: Subject) -> Series:
        if self._writer.emitter is not self._emitter:  # in a forked child, whose file knows no series yet
            self._emitter = self._writer.emitter
            self._series.clear()
            self._epochs = False
        kind = concept(vocabulary.MetricKind, name)
        about = MetricSeries(
            run=self._run,
            metric=kind,
            role=concept(vocabulary.SplitRole, subject.role) if subject.role else None,
            label=str(key[2]) if key[2] is not None else None,
            data=subject.data,
            of=self._run if is_resource(kind) else self._of,
            on=subject.on,
        )
        series = self._series[key] = Series(next(_numbers), about)
        self._roles[series.number] = subject
        self._writer.event("series", n=series.number, **{"is": encoded(about)})
        return series

    # --- the duration of epochs

    def _time_epoch(self, epoch: int, key: tuple[Any, ...]) -> None:
        if key[0] == EPOCH_DURATION:
            self._epochs = False  # the user measures it
            return
        for ended, seconds in self._clock.tick(epoch, key[1], time.monotonic()):
            self._add_duration(ended, seconds)

    def _add_duration(self, epoch: int, seconds: float) -> None:
        key = (EPOCH_DURATION, None, None, None)
        series = self._series.get(key) or self._begin(key, EPOCH_DURATION, Subject())
        self._writer.point(series.number, series.add(epoch, None, seconds), epoch, None, seconds)

    # --- records

    def progress(self) -> tuple[list[Description], dict[int, int]]:
        """Return the points that no record holds, and the cut that a record of them makes."""
        with self._writer.lock:
            reported = [(series, series.cut()) for series in self._series.values() if not series.single]
        # Outside the lock, for this may take a while.
        said = [each for series, points in reported for each in series.of_points(points)]
        return said, {series.number: points[-1][0] + 1 for series, points in reported if points}

    def final(self, of: Reference | None) -> list[Description]:
        """Return the rest of the points with the summaries of all; `of` is what they turn out to measure."""
        with self._writer.lock:
            if self._epochs:
                for ended, seconds in self._clock.end():
                    self._add_duration(ended, seconds)
            self._epochs = False
            return [each for series in self._series.values() for each in self._final(series, of)]

    def _final(self, series: Series, of: Reference | None) -> Iterator[Description]:
        if is_resource(series.about.metric):
            return series.final()
        return series.final(of=series.about.of or of)

    def measured(self) -> list[Measured]:
        """Return pointers to all measurements, as evidence."""
        found = []
        for series in self._series.values():
            last = list(series.final())[-1].reference()
            if isinstance(last, Reference):
                subject = self._roles[series.number]
                found.append(Measured(series.about.metric, subject.role, subject.on, last))
        return found


class _EpochClock:
    """Tells how long epochs took from when their metrics came: an epoch ends with its last one."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self._role: str | None = None
        self._epoch: int | None = None
        self._last = self.since

    def tick(self, epoch: int, role: str | None, now: float) -> Iterator[tuple[int, float]]:
        """Yield the epoch that ended before this metric, with its seconds."""
        if self._epoch is None:
            self._role = role  # of the part whose metrics come first: train, unless only validation is logged
        elif role != self._role:
            return
        elif epoch != self._epoch:
            yield from self.end()
        self._epoch, self._last = epoch, now

    def end(self) -> Iterator[tuple[int, float]]:
        """Yield the epoch that goes on, as ended by its last metric."""
        if self._epoch is not None:
            yield self._epoch, self._last - self.since
            self.since = self._last
            self._epoch = None


def kind_and_role(name: str) -> tuple[str, str | None]:
    """Return what `val_loss` says apart: the metric `loss`, the role `validation`; other names say no role."""
    found = OF_A_PART.fullmatch(name)
    if found is None or isinstance(concept(vocabulary.MetricKind, name), Iri):
        return name, None
    role, kind = ROLES[found[1]], found[2]
    if role == "train" and not isinstance(concept(vocabulary.MetricKind, kind), Iri):
        return name, None  # `training_time` is about the training, not its data
    return kind, role


def is_resource(kind: str | Concept) -> bool:
    """Whether a metric is about the run itself: time, memory, energy."""
    return isinstance(kind, Iri) and kind.value.rpartition("-")[2] in RESOURCES


def as_number(value: Any) -> float | None:
    """Return `value` as a float where it is one number: Python's, numpy's, torch's, Decimal; None otherwise."""
    if isinstance(value, str | bytes | bytearray):
        return None
    if getattr(value, "size", 1) == 1 and callable(getattr(value, "item", None)):
        value = value.item()
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def as_place(value: SupportsIndex | float, name: str, what: str) -> int | None:
    """Return an epoch or step as an integer; says so and returns None where it is none."""
    try:
        return operator.index(value)  # type: ignore[arg-type]  # a float raises TypeError
    except TypeError:
        if isinstance(value, float) and value.is_integer():
            return int(value)
    trouble(
        f"{what}={value!r} of metric {name!r} is no whole number; the value is recorded without it",
        kind=f"{what} {name}",
        error=BadParameter,
    )
    return None


def _say_no_number(name: str, value: Any) -> None:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:80]}…"
    trouble(
        f"metric {name!r} is no number: {shown}; it is not recorded",
        kind=f"metric {name}",
        error=BadParameter,
    )
