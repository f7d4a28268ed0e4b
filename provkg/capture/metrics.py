"""The metrics of one run: each value goes to the spool at once, summaries are kept as values come."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, SupportsIndex

from provkg import vocabulary
from provkg.capture.epochs import epoch_durations
from provkg.capture.handles import Measured
from provkg.capture.series import EPOCH_DURATION, is_resource, observation
from provkg.capture.spool.points import SERIES
from provkg.capture.spool.segments import Put, nowhere
from provkg.capture.spool.writer import PointsOf, SpoolWriter
from provkg.capture.told import completed
from provkg.capture.trouble import trouble
from provkg.capture.wording import shown, text_if_any, worded
from provkg.errors import BadParameter
from provkg.records import Description, Iri, MetricSeries, Reference, concept
from provkg.records.encoding import encoded

ROLES: Final = {"val": "validation", "validation": "validation", "test": "test", "train": "train", "training": "train"}
OF_A_PART: Final = re.compile(rf"({'|'.join(ROLES)})[_/.-](.+)")
_numbers = itertools.count(1)


def next_number() -> int:
    """Return a number that nothing else in the segments of this process has."""
    return next(_numbers)


@dataclass(frozen=True)
class Subject:
    """What a metric is about: the part's role and the data it was taken on."""

    role: str | None = None
    data: Reference | None = None
    on: tuple[Reference, ...] = ()


@dataclass(eq=False)
class Begun:
    """A series that has begun; its points are in the spool, here is what decides how it will be told."""

    number: int
    about: MetricSeries
    subject: Subject
    count: int = 0
    """Points that came the long way: exact as long as it is one."""
    placed: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one value without a place, and so an observation rather than a series."""
        return self.count == 1 and not self.placed

    def reference(self, of: Reference | None) -> Reference | None:
        """Return a pointer to what its points will be."""
        about = self.about if is_resource(self.about.metric) else replace(self.about, of=self.about.of or of)
        said: Description = observation(about, 0.0) if self.single else about
        found = said.reference()
        return found if isinstance(found, Reference) else None


class Metrics:
    """All series of one run; calls may come from several threads.

    `at_step` and `at_epoch` hold what the hot path needs to put a point into `put`: for the words of a call, the series
    as a slot names it. They are empty where a call has to come the long way, which learns of what it starts.
    """

    def __init__(
        self,
        run: Reference,
        writer: SpoolWriter,
        *,
        of: Reference | None,
        since: float | None,
        fork: Callable[[], Reference],
    ) -> None:
        self._run, self._writer, self._of, self._since, self._fork = run, writer, of, since, fork
        self._emitter = writer.emitter
        self._series: dict[tuple[Any, ...], Begun] = {}
        self._fresh = self._epochs_seen = self._epochs_told = False
        self.put: Put = nowhere
        self.at_step: dict[Any, int] = {}
        self.at_epoch: dict[Any, int] = {}

    def log(
        self,
        called: Any,
        name: str,
        value: Any,
        epoch: SupportsIndex | None,
        step: SupportsIndex | None,
        key: tuple[Any, ...],
        subject: Callable[[], Subject],
    ) -> None:
        """Record one value; `subject` is asked when the series that `key` names begins.

        The next call with the words `called` takes the hot path.
        """
        number = as_number(value)
        if number is None:
            _say_no_number(name, value)
            return
        at_epoch = epoch if epoch is None or type(epoch) is int else as_place(epoch, name, "epoch")
        at_step = step if step is None or type(step) is int else as_place(step, name, "step")
        with self._writer.lock:
            series = self._series.get(key)
            if series is None or self._writer.emitter is not self._emitter:
                series = self._begin(key, name, subject())
            self._writer.point(series.number, at_epoch, at_step, number)
            self._count(series, at_epoch, at_step)
            self._shorten(called, series, by_epoch=at_epoch is not None)

    def _count(self, series: Begun, epoch: int | None, step: int | None) -> None:
        series.count += 1
        series.placed = series.placed or epoch is not None or step is not None
        self._fresh = self._fresh or not series.single
        if epoch is not None:
            told = series.about.metric == concept(vocabulary.MetricKind, EPOCH_DURATION)
            self._epochs_told, self._epochs_seen = self._epochs_told or told, self._epochs_seen or not told

    def _shorten(self, called: Any, series: Begun, *, by_epoch: bool) -> None:
        self.put = self._writer.segments.put
        if not series.single:
            (self.at_epoch if by_epoch else self.at_step)[called] = SERIES | series.number

    def lengthen(self) -> None:
        """Let every call come the long way once."""
        self.at_step.clear()
        self.at_epoch.clear()

    def _begin(self, key: tuple[Any, ...], name: str, subject: Subject) -> Begun:
        since = {"since": int(self._since * 1e9)} if self._since is not None else {}
        if self._writer.emitter is not self._emitter:  # in a forked child, whose file knows no series yet
            self._emitter = self._writer.emitter
            self._series.clear()
            self.lengthen()
            self._since, since = None, {}
            self._run = self._fork()  # its points are none of its parent's series
        kind = concept(vocabulary.MetricKind, worded(name, "the name of a metric"))
        about = MetricSeries(
            run=self._run,
            metric=kind,
            role=concept(vocabulary.SplitRole, subject.role) if subject.role else None,
            label=text_if_any(key[2], "label="),
            data=subject.data,
            of=self._run if is_resource(kind) else self._of,
            on=subject.on,
        )
        # A name says nothing of the part where the call or the block does: `accuracy` may be taken on several.
        about = completed(about, "metrics", name, but=frozenset({"role"} if about.role is not None else ()))
        series = Begun(series_number(), about, subject)
        self._writer.event("series", n=series.number, **{"is": encoded(about)}, **since)
        # A signal handler may have begun it meanwhile.
        return self._series.setdefault(key, series)

    # --- records

    def progress(self, record: Callable[[PointsOf], object]) -> None:
        """Let `record` write the points that no record tells of, if there are any."""
        with self._writer.lock:
            if self._fresh:
                self._fresh = False
                # So that the next point of each series comes the long way and says that there is one.
                self.lengthen()
                record(PointsOf(self._run))

    def final(self, of: Reference | None) -> PointsOf:
        """Return what closes the run: the rest of the points with the summaries of all; `of` is what they measure."""
        with self._writer.lock:
            self._of = self._of or of
            self.lengthen()
        return PointsOf(self._run, final=True, of=of)

    def measured(self) -> list[Measured]:
        """Return pointers to all measurements, as evidence; to be asked after `final`."""
        found = [
            Measured(series.about.metric, series.subject.role, series.subject.on, reference)
            for series in self._series.values()
            if (reference := series.reference(self._of)) is not None
        ]
        if self._since is not None and self._epochs_seen and not self._epochs_told:
            about = epoch_durations(self._run)
            if isinstance(derived := about.reference(), Reference):
                found.append(Measured(about.metric, None, (), derived))
        return found


def series_number() -> int:
    """Return a number for a series that begins, which no other of this process has."""
    return next(_numbers)


def kind_and_role(name: str) -> tuple[str, str | None]:
    """Return what `val_loss` says apart: the metric `loss`, the role `validation`; other names say no role."""
    found = OF_A_PART.fullmatch(name)
    if found is None or isinstance(concept(vocabulary.MetricKind, name), Iri):
        return name, None
    role, kind = ROLES[found[1]], found[2]
    if role == "train" and not isinstance(concept(vocabulary.MetricKind, kind), Iri):
        return name, None  # `training_time` is about the training, not its data
    return kind, role


def as_number(value: Any) -> float | None:
    """Return `value` as a float where it is one number: Python's, numpy's, torch's, Decimal; None otherwise."""
    if isinstance(value, str | bytes | bytearray):
        return None
    if callable(getattr(value, "item", None)):
        if _count(value) != 1:
            return None
        value = value.item()
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _count(value: Any) -> Any:
    """Return how many numbers an array or tensor holds; a tensor's `size` is no number but its shape, asked for."""
    numel = getattr(value, "numel", None)
    return numel() if callable(numel) else getattr(value, "size", 1)


def as_place(value: SupportsIndex | float, name: str, what: str) -> int | None:
    """Return an epoch or step as an integer; says so and returns None where it is none."""
    try:
        return operator.index(value)  # type: ignore[arg-type]  # a float raises TypeError
    except TypeError:
        if isinstance(value, float) and value.is_integer():
            return int(value)
    trouble(
        f"{what}={shown(value)} of metric {name!r} is no whole number; the value is recorded without it",
        kind=f"{what} {name} {type(value).__name__}",
        error=BadParameter,
    )
    return None


def _say_no_number(name: str, value: Any) -> None:
    trouble(
        f"metric {name!r} is no number: {shown(value)}; it is not recorded",
        kind=f"metric {name} {type(value).__name__}",
        error=BadParameter,
    )
