"""MLflow with its SQLite store: `sync` (its default), `async`, or `batch` (a hundred values a call)."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, ClassVar

os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}

import mlflow as library
from mlflow.entities import Metric

BATCH = 100


class Run:
    """A run of MLflow."""

    HOW: ClassVar[str] = "sync"

    def __init__(self, folder: Path, params: dict[str, Any]) -> None:
        library.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
        self.run = library.start_run()
        params.pop("rows", None)
        library.log_params(params)
        self.client = library.MlflowClient()
        self.waiting: list[Metric] = []

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value."""
        if self.HOW != "batch":
            library.log_metric(name, value, step=step, synchronous=self.HOW == "sync")
            return
        self.waiting.append(Metric(name, value, int(time.time() * 1000), step))
        if len(self.waiting) >= BATCH:
            self._put()

    def _put(self) -> None:
        if self.waiting:
            self.client.log_batch(self.run.info.run_id, metrics=self.waiting)
            self.waiting = []

    def end(self) -> None:
        """End."""
        self._put()
        if self.HOW == "async":
            library.flush_async_logging()
        library.end_run()


class Asynchronous(Run):
    """Values go through a thread."""

    HOW = "async"


class Batched(Run):
    """Values go a hundred at a time."""

    HOW = "batch"


def begin(folder: Path, params: dict[str, Any], how: str = "sync") -> Run:
    """Start a run."""
    return {"sync": Run, "async": Asynchronous, "batch": Batched}[how](folder, params)


def recovered(folder: Path) -> int:
    """Return how many values are in the store."""
    with sqlite3.connect(folder / "mlflow.db") as store:
        return int(store.execute("SELECT COUNT(*) FROM metrics WHERE key = 'loss'").fetchone()[0])


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record parameters, seed, data by its own digest, a value, the model's file, and a run that fails."""
    import pandas as pd
    from mlflow.data.pandas_dataset import from_pandas

    library.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    library.create_experiment("facts", artifact_location=(folder / "artifacts").as_uri())
    library.set_experiment("facts")
    with library.start_run():
        library.log_params(own["params"])
        library.log_input(from_pandas(pd.read_csv(own["data"]), source=own["source"], name=own["name"]))
        library.log_metric("loss", own["loss"], step=3)
        library.log_artifact(own["model"])
    try:
        with library.start_run():
            raise ValueError(own["error"])
    except ValueError:
        pass
