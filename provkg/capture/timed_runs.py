"""When a run began and ended, by a clock that nobody sets back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Self

from provkg.capture.shared_runs import SharedRun
from provkg.errors import BadParameter
from provkg.records import Run


class TimedRun(SharedRun):
    """A run with its title, its beginning and its end."""

    def __init__(self, kind: type[Run], title: str) -> None:
        super().__init__(kind, title)
        self.title = title
        self._started: datetime | None = None
        self._ended: datetime | None = None
        self._since: datetime | None = None
        self._clock = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether it has begun and not ended."""
        return self._started is not None and self._ended is None

    @property
    def started(self) -> datetime | None:
        """When it began."""
        return self._started

    def since(self, began: datetime) -> Self:
        """Say before the block is entered that what it tells of `began` earlier; returns the block."""
        self._since = began
        return self

    def _start(self) -> None:
        now, self._clock = datetime.now(UTC), time.monotonic()
        self._started = min(self._since or now, now)
        self._clock -= (now - self._started).total_seconds()

    def _now(self) -> datetime:
        if self._started is None:
            raise BadParameter(f"run {self.title!r} has not begun; use it as `with … as run:`")
        # A clock set back must not let a run end before it began.
        return self._ended or self._started + timedelta(seconds=time.monotonic() - self._clock)
