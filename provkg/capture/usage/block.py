"""What one run uses: series while it goes on, and the sums and peaks at its end."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from typing import Final

from provkg import vocabulary
from provkg.capture.defaults import defaults
from provkg.capture.metrics import series_number
from provkg.capture.spool.writer import SpoolWriter
from provkg.capture.usage.gpus import Doing
from provkg.capture.usage.processes import KIBIBYTE, Used, highest_memory
from provkg.capture.usage.sampling import sampler
from provkg.records import Description, Iri, MetricObservation, MetricSeries, Reference
from provkg.records.encoding import encoded

SHORTEST_SECONDS: Final = 1.0
"""Of a run that took less, what it used says nothing."""


class Usage:
    """What the run `run` uses; its points go where its metrics go."""

    def __init__(self, run: Reference, writer: SpoolWriter) -> None:
        self._run, self._writer = run, writer
        self._began, self._cpu = time.monotonic(), time.process_time()
        self._highest = highest_memory()
        self._first: Used | None = None
        self._last: Used | None = None
        self._peak = 0
        self._command: resource.struct_rusage | None = None
        self._series: dict[tuple[str, str | None], int] = {}
        self._lock = threading.Lock()
        self._ended = False

    @classmethod
    def of(cls, run: Reference, writer: SpoolWriter) -> Usage | None:
        """Return the usage of a run that begins; None where it is switched off."""
        if defaults().resources_seconds <= 0:
            return None
        made = cls(run, writer)
        sampler().watch(made)
        return made

    def launches(self) -> None:
        """Take what a command uses that our process starts and waits for, rather than what our process does."""
        sampler().processes.launched = True

    def command_used(self, used: resource.struct_rusage) -> None:
        """Take what the kernel says that a command used with all that it started and waited for (wait4(2))."""
        self._command = used

    def begin(self, now: Used) -> None:
        """Take what was used before."""
        self._first = self._last = now
        self._peak = now.memory or 0

    def take(self, now: Used, gpus: list[Doing]) -> None:
        """Take what was used until now as one point of each series."""
        with self._lock:
            if self._last is None or self._ended or now.at <= self._last.at:
                return
            before, self._last = self._last, now
            self._peak = max(self._peak, now.memory or 0)
            try:
                with self._writer.lock:
                    for kind, label, value in (*_points(before, now), *gpus):
                        self._writer.point(self._number(kind, label), None, int(now.at - self._began), value)
            except Exception:  # noqa: BLE001 - the run says what is wrong with the spool; this is the least of it
                self._ended = True

    def _number(self, kind: str, label: str | None) -> int:
        if (kind, label) not in self._series:
            number = series_number()
            about = MetricSeries(run=self._run, metric=_kind(kind), label=label, of=self._run)
            self._writer.event("series", n=number, **{"is": encoded(about)}, sampled=True)
            self._series[kind, label] = number
        return self._series[kind, label]

    def final(self) -> tuple[Description, ...]:
        """Return the sums and peaks, after the last points; none of a run that was too short."""
        sampler().unwatch(self)
        if self._first is None or time.monotonic() - self._began < SHORTEST_SECONDS:
            return ()
        now = sampler().processes.used()
        if self._series:
            self.take(now, sampler().doing())
        self._ended = True
        return tuple(self._sums(self._first, now))

    def _sums(self, first: Used, now: Used) -> Iterator[MetricObservation]:
        if self._command is not None:
            yield self._observation("cpuTime", self._command.ru_utime + self._command.ru_stime)
            yield self._observation("memoryPeak", float(max(self._command.ru_maxrss * KIBIBYTE, self._peak)))
            return
        # Of the process itself since the very start, of its children since they were looked at first.
        own = time.process_time()
        children = (now.cpu - now.own_cpu) - (first.cpu - first.own_cpu)
        yield self._observation("cpuTime", own - self._cpu + children)
        yield self._observation("memoryPeak", float(self._highest_memory(now)))

    def _highest_memory(self, now: Used) -> int:
        # The kernel keeps the highest of the whole process, which is the run's where it rose meanwhile. It counts in
        # batches for each processor, so that what was seen may be a little more.
        highest = highest_memory()
        return max(self._peak, highest if highest > self._highest else now.memory or 0)

    def _observation(self, kind: str, value: float) -> MetricObservation:
        return MetricObservation(run=self._run, metric=_kind(kind), of=self._run, value=value)


def _points(before: Used, now: Used) -> Iterator[tuple[str, str | None, float]]:
    yield "cpuUtilization", None, max(0.0, now.cpu - before.cpu) / (now.at - before.at)
    if now.memory is not None:
        yield "memoryUse", None, float(now.memory)
    yield "bytesRead", None, float(max(0, now.read - before.read))
    yield "bytesWritten", None, float(max(0, now.written - before.written))


def _kind(name: str) -> Iri:
    return Iri(f"{vocabulary.MetricKind.value}-{name}")
