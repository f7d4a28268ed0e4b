"""provkg: a training with its data, into a graph of its own; the process that takes records in runs beside it.

`named` leaves the digest of the rows away, as tools do that have none: the data are known by their name.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import provkg as library

library.training  # noqa: B018 - what is loaded late is loaded here, as other tools load all of theirs


class Run:
    """A training block."""

    def __init__(self, folder: Path, params: dict[str, Any], *, named: bool) -> None:
        os.environ.setdefault("PROVKG_EXIT_WAIT", "0")
        library.configure(store=folder / "kg", base="https://example.org/")
        given = params.pop("rows", None)
        rows = b"rows of no model" if named or given is None else given
        self.data = library.dataset("benchmark", rows, source="https://example.org/data", license="CC0-1.0")
        self.block = library.training("benchmark", data=self.data, params=params)
        self.block.__enter__()
        self.done: Any = None

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value."""
        self.block.metric(name, value, step=step)

    def task(self, number: int) -> None:
        """Record a task: what it used, and the SHA-256 of what it generated."""
        if self.done is None:
            self.done = library.task("task", output="output")
        self.done(self.data, f"{number:064x}")

    def end(self) -> None:
        """End."""
        self.block.model("network", b"weights")
        self.block.__exit__(None, None, None)


def begin(folder: Path, params: dict[str, Any], how: str = "") -> Run:
    """Start a run."""
    return Run(folder, params, named=how == "named")


def recovered(folder: Path) -> int:
    """Return how many values the graph answers with, after taking in what the run left."""
    store = str(folder / "kg")
    subprocess.run([sys.executable, "-m", "provkg", "sync", "--store", store, "--quiet"], check=True)
    with library.open(store) as graph:
        return len(graph.ask("learning-curve", run="benchmark", metric="loss").rows)


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record a split, a step, a training and an evaluation."""
    library.configure(store=folder / "kg", base="https://example.org/")
    data = library.dataset(own["name"], own["data"], source=own["source"], license=own["license"])
    with library.splitting(data, strategy="held out", seed=own["params"]["seed"]) as split:
        train = split.part("train", list(range(own["part"])), range(own["part"]))
    with library.step(own["step"], uses=train) as step:
        scaled = step.dataset("scaled", [1.0, 2.0])
    with library.training("training", data=scaled, params=own["params"]) as run:
        run.metric("loss", own["loss"], step=3)
        run.model("network", own["model"])
    try:
        with library.training("failing", data=scaled):
            raise ValueError(own["error"])
    except ValueError:
        pass


def told(folder: Path) -> bytes:
    """Return all statements, as text."""
    store = str(folder / "kg")
    subprocess.run([sys.executable, "-m", "provkg", "sync", "--store", store, "--quiet"], check=True)
    asked = [sys.executable, "-m", "provkg", "export", "--store", store, "--to", "nquads"]
    patches = b"".join(file.read_bytes() for file in (folder / "kg").glob("*/*.patch"))
    return subprocess.run(asked, check=True, capture_output=True).stdout + patches
