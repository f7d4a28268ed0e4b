"""The machine and versions that a figure was taken on, printed above it, and how times are summed up."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
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
