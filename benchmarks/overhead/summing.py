"""Medians, and bootstrap intervals of paired differences (Efron and Tibshirani 1993, percentile method)."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from typing import Final

RESAMPLES: Final = 10_000


def interval(values: Sequence[float], seed: int = 7) -> tuple[float, float, float]:
    """Return the median of `values`, and the bounds of its 95 % bootstrap interval."""
    chosen = random.Random(seed)
    medians = sorted(statistics.median(chosen.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return statistics.median(values), medians[int(0.025 * RESAMPLES)], medians[int(0.975 * RESAMPLES)]


def median(rows: Sequence[dict[str, float]], key: str) -> float:
    """Return the median of one figure."""
    return statistics.median(row[key] for row in rows)
