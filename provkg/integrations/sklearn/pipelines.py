"""Pipelines: one run with a step for each of theirs, in order, and the training at their end."""

from __future__ import annotations

from collections.abc import Generator
from contextvars import ContextVar
from types import FrameType
from typing import Any, Final

from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data
from provkg.capture.known_data import known
from provkg.integrations.observing import Call
from provkg.integrations.sklearn import models, scope, steps
from provkg.integrations.sklearn.describing import is_model, model_name, steps_of
from provkg.integrations.sklearn.rows import data_behind, rows_of
from provkg.records import Pipeline, PipelineRun, Step

_around: Final[ContextVar[PipelineBlock | None]] = ContextVar("provkg pipeline", default=None)


class PipelineBlock(RunBlock):
    """A pipeline while it is fitted; `data` is what its steps have made so far."""

    def __init__(self, pipeline: Any, data: tuple[Data, ...]) -> None:
        super().__init__(f"fit {model_name(pipeline)}", PipelineRun, uses=data, library="sklearn")
        self.pipeline, self.data = pipeline, data
        self._plan = plan_of(pipeline)

    def _specific(self) -> dict[str, Any]:
        return {"plan": self._plan}


def plan_of(pipeline: Any) -> Pipeline:
    """Return the plan: the steps with their parameters, in order, whatever data they meet."""
    return Pipeline(
        title=f"pipeline {model_name(pipeline)}", steps=tuple(_plan(step) for _, step in steps_of(pipeline))
    )


def _plan(step: Any) -> Step:
    return steps.step_of(step).plan


def fitted(call: Call) -> Generator[None, None, None]:
    """Observe `fit`, `fit_transform` or `fit_predict` of a pipeline."""
    outer, data = _around.get(), data_behind(*rows_of(call), role="train")
    block = PipelineBlock(call.owner, data)
    token = _around.set(block)
    try:
        with block, scope.within(_is_a_step):
            yield
    finally:
        _around.reset(token)
    steps.remember(call.owner, data)
    if outer is not None:
        outer.data = block.data


def _is_a_step(caller: FrameType) -> bool:
    """See what scikit-learn's code calls of the pipeline's steps; what they call is theirs."""
    return scope.module_of(caller).partition(".")[0] in {*scope.INNER, "imblearn"}


def around() -> PipelineBlock | None:
    """Return the pipeline whose steps are fitted now."""
    return _around.get()


def step_fitted(call: Call, block: PipelineBlock) -> Generator[None, None, None]:
    """Observe the fit of one step of a pipeline."""
    rows, _ = rows_of(call)
    found = known(rows)
    data = (found,) if found is not None else block.data  # what was taken from the pipeline's memory has no record
    token = _around.set(None)  # what a step fits within itself is no step of this pipeline
    try:
        if is_model(call.owner):
            yield from models.trained(call, call.owner, named=block.pipeline, data=data)
        elif call.name == "fit":
            yield from steps.fitted(call)
        else:
            steps.remember(call.owner, data)
            block.data = yield from steps.told(call, data, fits_on=data)
    finally:
        _around.reset(token)
