"""Pipelines: one run with a step for each of theirs, in order, and the training at their end."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data
from provkg.capture.known_data import known
from provkg.integrations.observing import Call
from provkg.integrations.sklearn import models, scope, steps
from provkg.integrations.sklearn.around import Around, around, parts_of
from provkg.integrations.sklearn.describing import is_model, model_name, steps_of
from provkg.integrations.sklearn.rows import data_behind, rows_of
from provkg.records import Pipeline, PipelineRun, Step


class PipelineBlock(RunBlock):
    """A pipeline while it is fitted; it says which plan it follows."""

    def __init__(self, pipeline: Any, data: tuple[Data, ...]) -> None:
        super().__init__(f"fit {model_name(pipeline)}", PipelineRun, uses=data, library="sklearn")
        self._plan = plan_of(pipeline)

    def _specific(self) -> dict[str, Any]:
        return {"plan": self._plan}


def plan_of(pipeline: Any) -> Pipeline:
    """Return the plan: the steps with their parameters, in order, whatever data they meet."""
    planned = tuple(planned_step(step) for _, step in steps_of(pipeline))
    return Pipeline(title=f"pipeline {model_name(pipeline)}", steps=planned)


def planned_step(step: Any) -> Step:
    """Return the plan of one step, whatever data it meets."""
    plan = steps.step_of(step).plan
    # What learns is no kind of transformation, and its model is what people call by its class.
    return replace(plan, title=f"fit {plan.title}", kinds=()) if is_model(step) else plan


def fitted(call: Call) -> Generator[None, None, None]:
    """Observe `fit`, `fit_transform` or `fit_predict` of a pipeline."""
    outer, data = around(), _given(call)
    chain = Around(call.owner, data, in_a_row=True)
    with PipelineBlock(call.owner, data), parts_of(chain):
        yield
    steps.remember(call.owner, data)
    if outer is not None:
        outer.takes(call.owner, chain.data)


def part_fitted(call: Call, composition: Around) -> Generator[None, None, None]:
    """Observe the fit of one part of a composition."""
    data = _given(call)
    if is_model(call.owner):
        whole, plan = composition.whole, planned_step(call.owner)
        with parts_of(None):
            if composition.in_a_row:
                yield from models.trained(call, call.owner, named=whole, data=data, plan=plan)
            else:
                yield from models.trained(call, call.owner, named=call.owner, data=data)
    elif call.name == "fit":
        steps.remember(call.owner, data)
        with scope.within(scope.nothing):
            yield
    else:
        steps.remember(call.owner, data)
        made = yield from steps.told(call, data, fits_on=data)
        composition.takes(call.owner, made)


def _given(call: Call) -> tuple[Data, ...]:
    """Return the data of a fit: what a pipeline took from its memory has no record, so what came before it stands."""
    composition, (rows, target) = around(), rows_of(call)
    if composition is None:
        return data_behind(rows, target, role="train")
    found = known(rows)
    return (found,) if found is not None else composition.data
