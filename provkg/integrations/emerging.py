"""Runs of which nobody knows at first that they train: they become trainings when it is known what they learn from."""

from __future__ import annotations

from typing import Any, ClassVar

from provkg.capture import RunBlock, TrainingBlock
from provkg.capture.facts import SOON
from provkg.capture.handles import Data, Things, references
from provkg.records import PROGRESS, Reference, Run, Trained


class EmergingTraining(TrainingBlock):
    """A run that frameworks within it may make a training; as long as none does, it is a run."""

    ROLE: ClassVar[str | None] = None
    """On which part of the data a metric was taken is not known unless it is said."""

    def __init__(self, title: str, *, uses: Things = None, **about: Any) -> None:
        RunBlock.__init__(self, title, Run, uses=uses, **about)
        self._data, self._validation, self._start_from, self._resume_from = (), (), None, None
        self._plan = None
        self.continues: Reference | None = None

    def learn_from(self, *data: Data) -> None:
        """Say what the run learns from, which makes it a training."""
        super().learn_from(*data)
        if self.names_data and self._kind is Run and self.goes_on:
            self._kind = Trained
            if self._session is not None:
                # What it makes points at a training, so it has to be one before that is told.
                self._record(PROGRESS, [self._run(self._session, SOON)])

    def takes(self, *data: Data) -> bool:
        """Whether a framework's training on `data` is this run: not when it is the one on other data already."""
        return not self.names_data or {each.reference for each in data} <= {each.reference for each in self._data}

    def _specific(self) -> dict[str, Any]:
        said = {} if self._kind is Run else super()._specific()
        used = references((*self._uses, *self._data, *self._validation))
        return {**said, "used": used, "informed_by": (self.continues,) if self.continues is not None else ()}
