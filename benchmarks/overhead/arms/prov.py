"""The `prov` package: a document in memory, written as PROV-JSON at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prov.model import ProvDocument


class Run:
    """A document with one activity."""

    def __init__(self, folder: Path, params: dict[str, Any]) -> None:
        self.file, self.document = folder / "run.provjson", ProvDocument()
        self.document.set_default_namespace("https://example.org/")
        params.pop("rows", None)
        self.activity = self.document.activity(
            "run", other_attributes={name: str(said) for name, said in params.items()}
        )

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value."""
        point = self.document.entity(f"{name}-{step}", {"value": value, "step": step})
        self.document.wasGeneratedBy(point, self.activity)

    def task(self, number: int) -> None:
        """Record a task."""
        task = self.document.activity(f"task-{number}")
        self.document.used(task, self.document.entity(f"x-{number}"))
        self.document.wasGeneratedBy(self.document.entity(f"y-{number}"), task)

    def end(self) -> None:
        """End."""
        self.document.serialize(str(self.file), format="json")


def begin(folder: Path, params: dict[str, Any]) -> Run:
    """Start a run."""
    return Run(folder, params)


def recovered(folder: Path) -> int:
    """Return how many values the document on disk holds."""
    file = folder / "run.provjson"
    return file.read_text().count('"loss-') // 2 if file.is_file() else 0


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record what its user hands over, as attributes."""
    run = Run(folder, dict(own["params"]))
    said = {"location": own["data"], "source": own["source"], "license": own["license"]}
    data, model = run.document.entity("data", said), run.document.entity("model", {"location": own["model"]})
    run.document.used(run.activity, data)
    run.document.wasGeneratedBy(model, run.activity)
    run.metric("loss", own["loss"], 3)
    run.end()
