"""`step`: one preprocessing step, planned as a step that can be served again, executed as a run."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Unpack

from provkg import vocabulary
from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.facts import SOON, facts
from provkg.capture.given_data import data_things
from provkg.capture.handles import DataGiven, Thing, references
from provkg.capture.wording import text_if_any
from provkg.records import Run, Step, TransformationRun, concept
from provkg.records.parameters import ParameterSetting

SYNTHETIC: Final = ("syntheticGeneration", "syntheticOverSampling")
_unnested = itertools.count(1)


class StepBlock(RunBlock):
    """A preprocessing step while it goes on; `plan` is the step that was followed."""

    RUN: ClassVar[type[Run]] = TransformationRun

    def __init__(
        self,
        title: str,
        *,
        uses: DataGiven = None,
        fits_on: DataGiven = None,
        kind: str | None = None,
        **about: Unpack[About],
    ) -> None:
        super().__init__(
            title,
            self.RUN,
            uses=uses,
            **about,
        )
        self.kind = text_if_any(kind, "kind=") or self.title
        self._fits_on = data_things(fits_on, "fits_on")
        self._index: int | None = None
        self._plan: Step | None = None

    @property
    def plan(self) -> Step:
        """The planned step: what it does and with which parameters, whatever data it meets."""
        if self._plan is None:
            self._plan = Step(
                title=self.title,
                kinds=(concept(vocabulary.TransformationKind, self.kind),),
                implementation=next(iter(self.told.libraries), None) or facts(SOON).code,
                definition=self._definition(),
            )
        return self._plan

    def _definition(self) -> str:
        return definition(self.told.settings())

    def _specific(self) -> dict[str, Any]:
        if self._index is None:
            self._index = self._counted()
        return {
            "kinds": self.plan.kinds,
            "step_index": self._index,
            "plan": self.plan,
            "fits_on": references(self._fits_on),
        }

    def _counted(self) -> int:
        if self._parent is None:
            return next(_unnested)
        return next(self.outermost.steps)

    def _inputs(self) -> tuple[Thing, ...]:
        return self._uses or self._fits_on

    def _synthetic(self, sources: Iterable[Thing]) -> bool | None:
        return True if self.kind in SYNTHETIC else super()._synthetic(sources)


def definition(settings: tuple[ParameterSetting, ...]) -> str:
    """Return what a planned step does, as text that is the same for the same settings."""
    return json.dumps({setting.name: setting.value_text for setting in settings}, sort_keys=True)


def step(
    title: str,
    *,
    uses: DataGiven,
    fits_on: DataGiven = None,
    kind: str | None = None,
    **about: Unpack[About],
) -> StepBlock:
    """Record one preprocessing step, as `with provkg.step("standardization", uses=train, fits_on=train) as step:`.

    `kind` is one of the ontology's kinds of transformation (`filtering`, `imputation`, …) or a name of your own;
    without it the title says the kind. `fits_on` is the data that parameters such as means are learned from.
    """
    return StepBlock(
        title,
        uses=uses,
        fits_on=fits_on,
        kind=kind,
        **about,
    )


def plans(steps: Iterable[StepBlock | Step]) -> tuple[Step, ...]:
    """Return the planned steps of executed ones."""
    return tuple(each.plan if isinstance(each, StepBlock) else each for each in steps)
