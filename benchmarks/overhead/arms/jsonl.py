"""Lines of JSON, each handed to the kernel: the least that is readable and survives the process."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


class Run:
    """A file of lines."""

    def __init__(self, folder: Path, params: dict[str, Any]) -> None:
        self.file = os.open(folder / "run.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._put({"params": params})

    def _put(self, said: dict[str, Any]) -> None:
        os.write(self.file, (json.dumps({"at": time.time(), **said}) + "\n").encode())

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value."""
        self._put({"metric": name, "value": value, "step": step})

    def task(self, number: int) -> None:
        """Record a task."""
        self._put({"task": number, "used": {"x": number}, "generated": {"y": number + 1}})

    def end(self) -> None:
        """End."""
        self._put({"ended": True})
        os.close(self.file)


def begin(folder: Path, params: dict[str, Any]) -> Run:
    """Start a run."""
    return Run(folder, params)


def recovered(folder: Path) -> int:
    """Return how many whole lines hold a value."""
    lines = (folder / "run.jsonl").read_text().splitlines(keepends=True)
    return sum('"metric"' in line and line.endswith("\n") for line in lines)


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record what its user hands over: all that is in the lines."""
    run = Run(folder, own["params"])
    run._put({"data": own["data"], "source": own["source"], "license": own["license"], "model": own["model"]})  # noqa: SLF001
    run.metric("loss", own["loss"], 3)
    run.end()
