"""The plugin that MLflow itself loads: an MLflow run that begins inside of a run of provkg's says which one it is."""

from __future__ import annotations

import sys

from mlflow.tracking.context.abstract_context import RunContextProvider

WITHIN: str = "provkg.within"


class RunAround(RunContextProvider):  # type: ignore[misc]  # MLflow has types, which strict checks reject
    """Tags MLflow runs with the id of the run that this thread or task records in provkg, where there is one."""

    def in_context(self) -> bool:
        """Whether provkg records a run here; a program that does not use provkg pays nothing for being asked."""
        return self._around() is not None

    def tags(self) -> dict[str, str]:
        """Return the tag that leads from MLflow's run to provkg's."""
        around = self._around()
        return {WITHIN: around} if around is not None else {}

    def _around(self) -> str | None:
        around = sys.modules.get("provkg.capture.around")
        run = around.open_run() if around is not None else None
        return str(run.whole.key[-1]) if run is not None else None
