"""A loop of calls, each timed by itself: `what` is `metric` or `task`, `count` how many."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WARMING = 50


def measured(begin: Callable[[dict[str, Any]], Any], tool: Any, folder: Path, own: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return start, calls (their median, percentiles and worst, in µs), finish and bytes on disk."""
    started = time.perf_counter()
    run = begin({"rate": 0.1, "batch": 64})
    found: dict[str, Any] = {"start_s": time.perf_counter() - started}
    if not hasattr(run, own["what"]):
        return {"missing": True}
    call = _metric(run) if own["what"] == "metric" else run.task
    for number in range(WARMING):
        call(number)
    found |= _timed(call, own["count"])
    ending = time.perf_counter()
    run.end()
    found["finish_s"] = time.perf_counter() - ending
    found["bytes"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return found


def _metric(run: Any) -> Callable[[int], None]:
    metric = run.metric
    return lambda number: metric("loss", 1.0 / (number + 1), number)


def _timed(call: Callable[[int], Any], count: int) -> dict[str, float]:
    clock, times = time.perf_counter_ns, []
    whole = clock()
    for number in range(WARMING, WARMING + count):
        before = clock()
        call(number)
        times.append(clock() - before)
    mean = (clock() - whole) / count
    times.sort()
    at = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
    named = {f"{name}_us": times[min(count - 1, int(share * count))] / 1000 for name, share in at.items()}
    return {**named, "max_us": times[-1] / 1000, "mean_us": mean / 1000}
