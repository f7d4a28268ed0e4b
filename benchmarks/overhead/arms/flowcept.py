"""Flowcept without services: `FlowceptTask` into its buffer, which it dumps to a file of JSON lines at the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

SETTINGS = """
log: {{log_file_level: disable, log_stream_level: disable}}
project: {{debug: false, enrich_messages: true, db_flush_mode: offline, dump_buffer: {{enabled: true, path: {path}}}}}
telemetry_capture: {{}}
instrumentation: {{enabled: true}}
mq: {{enabled: false}}
kv_db: {{enabled: false}}
databases: {{mongodb: {{enabled: false}}, lmdb: {{enabled: false}}}}
"""


class Run:
    """A workflow; a value is a task that generated it, as its loops do."""

    def __init__(self, folder: Path, params: dict[str, Any]) -> None:
        settings = folder / "settings.yaml"
        settings.write_text(SETTINGS.format(path=folder / "buffer.jsonl"))
        os.environ["FLOWCEPT_SETTINGS_PATH"] = str(settings)
        from flowcept import Flowcept, FlowceptTask

        params.pop("rows", None)
        self.make = FlowceptTask
        self.flowcept = Flowcept(workflow_name="benchmark", workflow_args=params, start_persistence=False)
        self.flowcept.start()

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value."""
        self.make(activity_id="metric", used={"step": step}, generated={name: value})

    def task(self, number: int) -> None:
        """Record a task."""
        self.make(activity_id="task", used={"x": number}, generated={"y": number + 1})

    def end(self) -> None:
        """End."""
        self.flowcept.stop()


def begin(folder: Path, params: dict[str, Any]) -> Run:
    """Start a run."""
    return Run(folder, params)


def recovered(folder: Path) -> int:
    """Return how many lines of its buffer hold a value."""
    file = folder / "buffer.jsonl"
    return sum('"loss"' in line for line in file.read_text().splitlines()) if file.is_file() else 0


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record parameters as the workflow's arguments, data and model as what tasks used and generated, and an error."""
    run = Run(folder, dict(own["params"]))
    used, made = {"data": own["data"], "source": own["source"]}, {"loss": own["loss"], "model": own["model"]}
    run.make(activity_id=own["step"], used=used, generated={"scaled": "scaled"})
    run.make(activity_id="training", used={"license": own["license"]}, generated=made)
    run.make(activity_id="failing", used={}, stderr=own["error"])
    run.end()
