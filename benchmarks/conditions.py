"""The machine and versions that a figure was taken on, printed above it, and how times are summed up."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version


def conditions(*packages: str) -> str:
    """Return one line: day, processor count and load, Python, and the version of each package that is installed."""
    versions = ", ".join(f"{name} {found}" for name in packages if (found := installed(name)))
    day = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.machine()}"
    return f"{day}; {machine}, Python {platform.python_version()}; {versions}"


def installed(package: str) -> str | None:
    """Return the version of `package`, or None when it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def summed_up(seconds: Sequence[float], unit: float) -> str:
    """Return median, 99th and 99.9th percentile of `seconds` in `unit` seconds; a dash where too few were taken."""
    ordered = sorted(seconds)

    def at(share: float) -> str:
        enough = len(ordered) * (1 - share) >= 1
        return f"{ordered[int(share * len(ordered))] / unit:10.2f}" if enough else f"{'-':>10}"

    return f"{statistics.median(ordered) / unit:10.2f} {at(0.99)} {at(0.999)}"


@dataclass
class Spent:
    """What a block took: seconds on the wall, and of processors, its own and that of processes ended within."""

    wall: float = 0.0
    own: float = 0.0
    others: float = 0.0

    def rate(self, count: int, *, of: str = "records") -> str:
        """Return how many a second that is, by the wall and by the processors' time."""
        return f"{count / self.wall:10,.0f} {of}/s   {count / (self.own + self.others):10,.0f} a processor's second"


@contextmanager
def spent() -> Iterator[Spent]:
    """Measure a block."""
    found, wall, own, others = Spent(), time.perf_counter(), time.process_time(), _ended()
    yield found
    found.wall, found.own = time.perf_counter() - wall, time.process_time() - own
    found.others = _ended() - others


def _ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
