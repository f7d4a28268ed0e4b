"""`tuning`: a search for parameters; its trials are trainings within it."""

from __future__ import annotations

from typing import ClassVar, Unpack

from provkg.capture.about import About, Params
from provkg.capture.blocks import RunBlock
from provkg.capture.given_data import data_things
from provkg.capture.handles import DataGiven
from provkg.capture.trainings import TrainingBlock
from provkg.records import TuningRun


class TuningBlock(RunBlock):
    """A search while it goes on; `trial` makes the block of one candidate."""

    LEARNS: ClassVar[bool] = True

    def __init__(self, title: str, *, data: DataGiven, validation: DataGiven = None, **about: Unpack[About]) -> None:
        self._data, self._validation = data_things(data, "data"), data_things(validation, "validation")
        super().__init__(title, TuningRun, uses=(*self._data, *self._validation), **about)

    @property
    def names_data(self) -> bool:
        """Whether what the trials learn from has been said."""
        return bool(self._data)

    def trial(
        self,
        title: str | None = None,
        *,
        params: Params | None = None,
        data: DataGiven = None,
        validation: DataGiven = None,
    ) -> TrainingBlock:
        """Return the block of one candidate, as `with search.trial(params={"C": 0.5}) as run:`.

        It learns from the data of the search, or from `data` and `validation` where a trial has its own (a fold).
        """
        return TrainingBlock(
            title or f"{self.title}, trial {next(self.steps)}",
            data=data if data is not None else self._data,
            validation=validation if validation is not None else self._validation,
            params=params,
            within=self,
        )


def tuning(title: str, *, data: DataGiven, validation: DataGiven = None, **about: Unpack[About]) -> TuningBlock:
    """Record a search for hyper-parameters, as `with provkg.tuning("best C", data=train, params=space) as search:`.

    `params` are the settings of the search: its space, budget and algorithm. Each `search.trial(params=…)` is a
    training within it; `run.model` says which model the search made in the end.
    """
    return TuningBlock(title, data=data, validation=validation, **about)
