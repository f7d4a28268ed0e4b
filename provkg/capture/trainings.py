"""`training`: a model fitted to data, with its settings, metrics per epoch and the versions it made."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.given_data import data_things
from provkg.capture.handles import Data, DataGiven, ModelHandle, Thing, references, things
from provkg.capture.model_settings import SEED_OF_TORCH, TORCH_SEED, seeds_of, settings_of
from provkg.capture.trouble import trouble, warned
from provkg.capture.wording import text_if_any
from provkg.errors import BadParameter
from provkg.records import FineTuningRun, Reference, Step, TrainingRun
from provkg.records.parameters import is_seed

FINE_TUNING = "fineTuning"


class TrainingBlock(RunBlock):
    """A training while it goes on."""

    ROLE: ClassVar[str | None] = "train"
    LEARNS: ClassVar[bool] = True

    def __init__(
        self,
        title: str,
        *,
        data: DataGiven,
        validation: DataGiven = None,
        kind: str | None = None,
        start_from: ModelHandle | None = None,
        resume_from: ModelHandle | None = None,
        **about: Unpack[About],
    ) -> None:
        super().__init__(
            title,
            FineTuningRun if start_from is not None else TrainingRun,
            **about,
        )
        kind = text_if_any(kind, "kind=")
        if kind is not None and (kind != FINE_TUNING or start_from is None):
            trouble(
                f"kind={kind!r} of a training is left out; provkg knows {FINE_TUNING!r}, with start_from=",
                kind=f"training {kind}",
                error=BadParameter,
            )
        self._data = data_things(data, "data", role="train")
        self._validation = data_things(validation, "validation", role="validation")
        self._start_from, self._resume_from = start_from, resume_from
        self._plan: Step | None = None
        if data is None or (isinstance(data, list | tuple) and not data):
            # No error even when capture is strict: the refusal is one, and names all that is missing.
            warned(
                f"training {self.title!r} has no data; its record will be refused. Name what it learns from: "
                "data=provkg.dataset(…) or a part of a split"
            )

    def _specific(self) -> dict[str, Any]:
        return {
            "training_data": references(self._data),
            "validation_data": references(self._validation),
            "initialized_from": self._base() or self._resumed(),
            "plan": self._plan,
        }

    def _base(self) -> Reference | None:
        return next(iter(references(things(self._start_from, "start_from"))), None)

    def _resumed(self) -> Reference | None:
        return next(iter(references(things(self._resume_from, "resume_from"))), None)

    @property
    def names_data(self) -> bool:
        """Whether what it learns from has been said."""
        return bool(self._data)

    @property
    def names_validation(self) -> bool:
        """Whether what it is validated on has been said."""
        return bool(self._validation)

    def takes(self, *data: Data) -> bool:  # noqa: ARG002 - for runs that ask
        """Whether a framework's training on `data`, begun in here, is this one rather than one within it."""
        return True

    def learn_from(self, *data: Data) -> None:
        """Say what the training learns from, where that is known only inside the block."""
        self._data = _joined(self._data, things(data, "data"))

    def validate_on(self, *data: Data) -> None:
        """Say what the training is validated on, where that is known only inside the block."""
        self._validation = _joined(self._validation, things(data, "validation"))

    def follow(self, plan: Step) -> None:
        """Say which planned step the training carries out, where it is one of a pipeline's."""
        self._plan = plan

    def start_from(self, model: ModelHandle) -> None:
        """Say which model the training starts from, where that is known only inside the block.

        The run, which has been told of as a training, stays one; `start_from` of `training` makes it a fine-tuning.
        """
        self._start_from = model

    def resume_from(self, checkpoint: ModelHandle) -> None:
        """Say which state of the same training this one goes on from, where that is known only inside the block."""
        self._resume_from = checkpoint

    def _inputs(self) -> tuple[Thing, ...]:
        return self._data

    def _data_of(self, role: str | None) -> tuple[Reference, ...]:
        # The role says which argument is meant, whatever the handles' own roles are.
        meant = {"train": self._data, "validation": self._validation}.get(role or "", ())
        return references(meant or [each for each in (*self._data, *self._validation) if _plays(each, role)])

    def _take_settings(self, model: ModelHandle) -> None:
        said = self.told.params
        settings, seeds = settings_of(model.object), seeds_of(model.object)
        if SEED_OF_TORCH in self.told.seeds:  # it was seen to be set
            seeds.pop(TORCH_SEED, None)
        more = {} if any(is_seed(name) for name in said) else seeds
        if all(is_seed(name) for name in said):
            more = {**settings, **more}
        self.told.add_params({name: value for name, value in more.items() if name not in said})

    def _origin_of_models(self) -> dict[str, Any]:
        # Not tuned from a checkpoint that the run goes on from: that is the same training.
        resumed = self._resumed()
        return {
            "run": self._maker,
            "trained_on": references(self._data),
            "fine_tuned_from": self._base(),
            "derived_from": (resumed,) if resumed is not None else (),
        }


def _joined(said: tuple[Thing, ...], more: tuple[Thing, ...]) -> tuple[Thing, ...]:
    known = {each.reference for each in said}
    return (*said, *(each for each in dict.fromkeys(more) if each.reference not in known))


def _plays(handle: Any, role: str | None) -> bool:
    return role is not None and isinstance(handle, Data) and handle.role == role


def training(
    title: str,
    *,
    data: DataGiven,
    validation: DataGiven = None,
    kind: str | None = None,
    start_from: ModelHandle | None = None,
    resume_from: ModelHandle | None = None,
    **about: Unpack[About],
) -> TrainingBlock:
    """Record a training, as `with provkg.training("digits", data=train, params={"alpha": 1e-4}) as run:`.

    `run.metric` records values as they come, `run.model` the result. `start_from` makes it a fine-tuning of that model,
    `resume_from` says which checkpoint it goes on from.
    How long epochs take is measured from when their metrics come.
    """
    return TrainingBlock(
        title,
        data=data,
        validation=validation,
        kind=kind,
        start_from=start_from,
        resume_from=resume_from,
        **about,
    )
