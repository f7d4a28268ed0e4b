"""One thread of a process that looks from time to time at what is used, for all runs that go on."""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import Final, Protocol

from provkg.capture.defaults import defaults
from provkg.capture.usage.gpus import Doing, Gpus
from provkg.capture.usage.processes import Processes, Used

BATCH_SECONDS: Final = 0.2
"""Runs that begin so close to each other share one look; those that end within it get none."""


class Watching(Protocol):
    """A run that wants to know; both are called in the thread that looks."""

    def begin(self, now: Used) -> None:
        """Take what was used before the run."""

    def take(self, now: Used, gpus: list[Doing]) -> None:
        """Take what was used until now, and what the GPUs are doing."""


class Sampler:
    """Samples for the runs that watch; a forked child has one of its own."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.processes = Processes()
        self._gpus: Gpus | None = None
        self._new: list[Watching] = []
        self._runs: weakref.WeakSet[Watching] = weakref.WeakSet()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._at = 0.0

    def watch(self, run: Watching) -> None:
        """Sample for `run` from now on."""
        with self._lock:
            self._new.append(run)
            if self._thread is None:
                self._thread = threading.Thread(target=self._sample_on, name="provkg usage", daemon=True)
                self._thread.start()
        self._wake.set()

    def unwatch(self, run: Watching) -> None:
        """Sample for `run` no more."""
        with self._lock:
            self._runs.discard(run)
            self._new = [each for each in self._new if each is not run]

    def _sample_on(self) -> None:
        while True:
            # Nothing is looked at while no run goes on.
            if self._wake.wait(max(0.0, self._at - time.monotonic()) if self._runs else None):
                time.sleep(BATCH_SECONDS)
                self._wake.clear()
                self._begin()
            # Also where one short run follows another, and each wakes this thread.
            if self._runs and time.monotonic() >= self._at:
                self.sample()

    def _begin(self) -> None:
        with self._lock:
            new, self._new = self._new, []
            if not self._runs:
                self._at = time.monotonic() + defaults().resources_seconds
            for run in new:
                self._runs.add(run)
        now = self.processes.used() if new else None
        for run in new:
            if now is not None:
                run.begin(now)

    def sample(self) -> None:
        """Look once, and let every run that watches know."""
        self._at = time.monotonic() + max(BATCH_SECONDS, defaults().resources_seconds)
        with self._lock:
            runs = list(self._runs)
        if runs:
            now, gpus = self.processes.used(), self.doing()
            for run in runs:
                run.take(now, gpus)

    def doing(self) -> list[Doing]:
        """Return what the GPUs are doing."""
        if self._gpus is None:
            self._gpus = Gpus.here()
        return list(self._gpus.doing())


_sampler: Sampler | None = None


def sampler() -> Sampler:
    """Return the sampler of this process."""
    global _sampler
    if _sampler is None or _sampler.pid != os.getpid():
        _sampler = Sampler()
    return _sampler
