"""OpenLineage's client with its file transport; it has no series of metrics, so a value is an event, as a task is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, RunEvent, RunState
from openlineage.client.event_v2 import Run as LineageRun
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.uuid import generate_new_uuid


class Run:
    """A run of one job."""

    def __init__(self, folder: Path, params: dict[str, Any]) -> None:  # noqa: ARG002 - parameters have no facet of its own
        transport = FileTransport(FileConfig(log_file_path=str(folder / "events.jsonl"), append=True))
        self.client = OpenLineageClient(transport=transport)
        self.run, self.job = LineageRun(str(generate_new_uuid())), Job("benchmark", "training")
        self._emit(RunState.START)

    def _emit(self, state: RunState, **more: Any) -> None:
        now = datetime.now(UTC).isoformat()
        event = RunEvent(
            eventTime=now, run=self.run, job=self.job, eventType=state, producer="https://example.org/", **more
        )
        self.client.emit(event)

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value, as an output dataset named after it."""
        self._emit(RunState.RUNNING, outputs=[OutputDataset("metric", f"{name}/{step}/{value}")])

    def task(self, number: int) -> None:
        """Record a task."""
        used, made = InputDataset("data", f"x-{number}"), OutputDataset("data", f"y-{number}")
        self._emit(RunState.RUNNING, inputs=[used], outputs=[made])

    def end(self) -> None:
        """End."""
        self._emit(RunState.COMPLETE)


def begin(folder: Path, params: dict[str, Any]) -> Run:
    """Start a run."""
    return Run(folder, params)


def recovered(folder: Path) -> int:
    """Return how many events hold a value."""
    return sum("loss/" in line for line in (folder / "events.jsonl").read_text().splitlines())


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record the data and the model's file as datasets, the source in a facet, and an error in one."""
    from openlineage.client.facet_v2 import datasource_dataset, error_message_run

    run = Run(folder, own["params"])
    source = datasource_dataset.DatasourceDatasetFacet(name=own["name"], uri=own["source"])
    used, made = InputDataset("file", own["data"], facets={"dataSource": source}), OutputDataset("file", own["model"])
    run._emit(RunState.RUNNING, inputs=[used], outputs=[made])  # noqa: SLF001
    run.run.facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(own["error"], "PYTHON")
    run._emit(RunState.FAIL)  # noqa: SLF001
