"""`evaluation`: a model measured on data."""

from __future__ import annotations

from typing import Any, Unpack

from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.given_data import data_things
from provkg.capture.given_models import ModelGiven, model_things
from provkg.capture.handles import Data, DataGiven, ModelHandle, Thing, named, references
from provkg.capture.metrics import Metrics, Subject
from provkg.records import EvaluationRun, Reference


class EvaluationBlock(RunBlock):
    """An evaluation while it goes on; its metrics carry the role of its data."""

    def __init__(
        self,
        model: ModelGiven,
        *,
        data: DataGiven,
        title: str | None = None,
        **about: Unpack[About],
    ) -> None:
        judged = model_things(model)
        super().__init__(
            title or f"evaluate {named(judged or model)}",
            EvaluationRun,
            **about,
        )
        self._evaluated, self._data = judged, data_things(data, "data")

    def _specific(self) -> dict[str, Any]:
        return {"model": self._measured_thing(), "data": references(self._data)}

    def _inputs(self) -> tuple[Thing, ...]:
        return self._data

    def _measured_thing(self) -> Reference | None:
        return next(iter(references(self._evaluated)), None)

    def _subject(self, role: str | None, data: Data | None) -> Subject:
        if data is not None:
            return super()._subject(role, data)
        roles = {each.role for each in self._data if isinstance(each, Data)}
        shared = roles.pop() if len(roles) == 1 else None
        shared = shared or self._known_role()
        fitting = [each for each in self._data if isinstance(each, Data) and each.role == role]
        return Subject(role or shared, None, references(fitting or self._data))

    def _known_role(self) -> str | None:
        """Return `train` where the model learned from all the data that it is judged on."""
        learned = {each for model in self._evaluated if isinstance(model, ModelHandle) and model.said is not None
                   for each in model.said.trained_on}  # fmt: skip
        judged = references(self._data)
        return "train" if judged and learned.issuperset(judged) else None

    def _keep_evidence(self, metrics: Metrics) -> None:
        for model in self._evaluated:
            if isinstance(model, ModelHandle):
                model.measured += metrics.measured()


def evaluation(
    model: ModelGiven,
    *,
    data: DataGiven,
    title: str | None = None,
    **about: Unpack[About],
) -> EvaluationBlock:
    """Record the evaluation of `model`, as `with provkg.evaluation(model, data=test) as run: run.metric(…)`.

    `model` is a handle, or in its place what `provkg.model` takes: the path of the model's file, or the model itself.
    """
    return EvaluationBlock(
        model,
        data=data,
        title=title,
        **about,
    )
