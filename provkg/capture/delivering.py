"""Delivery: the process beside this one that takes what waits in the spool into the graph."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from provkg.capture.defaults import FALSE
from provkg.capture.spool.verdicts import Outcome
from provkg.capture.trouble import attempt

Delivery = Callable[[Path], Callable[[], bool]]
"""Starts the process that drains the spool of a graph, unless one runs already; returns whether it still runs."""
POLL_SECONDS: Final = 0.05
APART_SECONDS: Final = 5.0
"""How far apart deliveries are while the process goes on: each costs the start of an interpreter."""
OTHERS_SECONDS: Final = 3.0
"""How long to wait for another holder of the graph, when our own process has found it held and ended."""


def no_delivery(_store: Path) -> Callable[[], bool]:
    """Start nothing, as long as nobody has named what does."""
    return _not_running


def _not_running() -> bool:
    return False


class Delivering:
    """The deliveries of one process to one graph; `outcomes` tells the verdicts known so far."""

    def __init__(self, store: Path, delivery: Delivery, outcomes: Callable[[], dict[str, Outcome]]) -> None:
        self._store, self._delivery, self._outcomes = store, delivery, outcomes
        self._running: Callable[[], bool] = _not_running
        self._next_at = 0.0

    @property
    def wanted(self) -> bool:
        """Whether this process may start the one that drains."""
        told = os.environ.get("PROVKG_DELIVER", "").lower()
        return self._delivery is not no_delivery and (not told or told not in FALSE)

    def begin(self) -> None:
        """See that a process drains the spool."""
        if self.wanted:
            self._running = attempt("start the delivery", lambda: self._delivery(self._store)) or _not_running

    def begin_now_and_then(self) -> None:
        """See to it unless that was done a moment ago."""
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + APART_SECONDS
            self.begin()

    def wait(self, records: Sequence[str], seconds: float) -> dict[str, Outcome]:
        """Deliver what has no verdict, and return the verdicts on `records` that came within `seconds`."""
        if (known := self._outcomes()).keys() >= set(records):
            return known
        deadline = time.monotonic() + seconds
        self.begin()
        restarted = not self._running()
        idle_since: float | None = None
        while not (known := self._outcomes()).keys() >= set(records) and time.monotonic() < deadline:
            if self._running():
                idle_since = None
            elif not restarted:
                restarted = True  # it may have begun before the last records were written
                self.begin()
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since > OTHERS_SECONDS:
                    break
            time.sleep(POLL_SECONDS)
        return known

    def wait_for_its_end(self, deadline: float) -> None:
        """Return when no process of ours drains any more, or at `deadline`, as `time.monotonic` tells it."""
        while self._running() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
