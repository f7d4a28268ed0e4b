"""One MLflow run as a run of ours: told what MLflow is told, a training when it has training data."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from provkg.capture.handles import Data, ModelHandle, references
from provkg.capture.trouble import warned
from provkg.integrations.emerging import EmergingTraining
from provkg.records import ModelVersion, Reference

TRAIN: Final = frozenset({"train", "training", "fit"})
ROLES: Final = {
    **dict.fromkeys(TRAIN, "train"),
    **dict.fromkeys(("val", "valid", "validation", "eval", "evaluation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "holdout"), "test"),
}


class LoggedRun(EmergingTraining):
    """A run that MLflow has."""

    def __init__(self, title: str, run_id: str, artifacts: str, **about: Any) -> None:
        super().__init__(title, **about)
        self.run_id, self.artifacts = run_id, artifacts
        self._saved: list[Saved] = []
        self._writes = False
        self._of_role: dict[str, list[Data]] = {}
        self._stepped: set[str] = set()
        self._of_no_context: list[Data] = []

    @property
    def is_ours(self) -> bool:
        """Whether this process began it: a forked child leaves it to its parent."""
        return self._pid == os.getpid()

    # --- what MLflow is told

    def take_metric(self, name: str, value: Any, step: int | None, data: Data | None = None) -> None:
        """Record a value; MLflow calls a value without a step one of step 0."""
        bare = not step and name not in self._stepped
        self._stepped.add(name)
        self.metric(name, value, step=None if bare else step or 0, data=data)

    def take_input(self, data: Data, context: str | None) -> None:
        """Record data by what MLflow calls its context."""
        role = ROLES.get((context or "").lower())
        self._of_role.setdefault(role or "", []).append(data)
        if role == "train":
            self.learn_from(data)
        elif role == "validation":
            self.validate_on(data)
        else:
            self._uses = (*self._uses, data)
            self._of_no_context += [data] if role is None else []

    def take_model(self, saved: Saved) -> None:
        """Record a model, now where it is known what it learned from, else at the end."""
        if saved.of is not None and saved.of.reference is not None:
            saved.recorded(self._exported(saved.name, saved.path, saved.of.reference))
            return
        self._saved.append(saved)
        if self.names_data and self.goes_on:
            self._record_models()

    # --- what it is

    def finish(self, error: BaseException | None) -> None:
        """End the run; what was waiting for its training data is told first."""
        if self.goes_on:
            if self._saved and not self.names_data:
                self.learn_from(*self._of_no_context)
            self._record_models() if self.names_data else self._record_files()
            self.end(error)

    def learn_from(self, *data: Data) -> None:
        """Say what the run learns from, which makes it a training that can have models."""
        super().learn_from(*data)
        if self.names_data and self.goes_on:
            self._record_models()

    def _record_models(self) -> None:
        waiting, self._saved = self._saved, []
        for saved in waiting:
            saved.recorded(self.model(saved.name, saved.path))

    def _exported(self, name: str, path: Path, of: Reference) -> ModelHandle:
        """Record the files of a version that has a record already: this run wrote it, and did not train it."""
        self._writes = True
        try:
            return self._model(name, path, ModelVersion, None, None, None, exported_from=(of,))
        finally:
            self._writes = False

    def _data_of(self, role: str | None) -> tuple[Reference, ...]:
        return references(self._of_role.get(role or "", ())) or super()._data_of(role)

    def _origin_of_models(self) -> dict[str, Any]:
        return {"generated_by": self._maker} if self._writes else super()._origin_of_models()

    def _record_files(self) -> None:
        for saved in self._saved:
            warned(
                f"MLflow run {self.title!r} logged the model {saved.name!r}, and nothing says what it learned from: "
                "its files are recorded, and no model. Log the data: mlflow.log_input(…, context='training')"
            )
            self.dataset(saved.name, saved.path)


class Saved:
    """A model that MLflow keeps: its name, its files, the version that they are `of`, and who waits for its record."""

    def __init__(self, name: str, path: Path, of: ModelHandle | None = None) -> None:
        self.name, self.path, self.of = name, path, of
        self.handle: ModelHandle | None = None
        self._waiting: list[Callable[[ModelHandle], None]] = []

    def recorded(self, handle: ModelHandle) -> None:
        """Tell whoever waits which version it is."""
        self.handle = handle
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act(handle)

    def when_recorded(self, act: Callable[[ModelHandle], None]) -> None:
        """Call `act` with the version: now, or when it has been recorded."""
        if self.handle is not None:
            act(self.handle)
        else:
            self._waiting.append(act)
