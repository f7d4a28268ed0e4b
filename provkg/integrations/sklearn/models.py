"""Fits that make a model: a training with its parameters, its data and the version that came out."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data, ModelHandle
from provkg.capture.known_models import forget_model, keep_model, known_model
from provkg.capture.packages import package
from provkg.capture.trouble import attempt, trouble
from provkg.integrations.emerging import EmergingTraining
from provkg.integrations.observing import Call
from provkg.integrations.runs import open_training, training_here
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.counting import Calls
from provkg.integrations.sklearn.describing import FRAMEWORK, class_name, model_name, parameters
from provkg.integrations.sklearn.rows import data_behind, rows_of
from provkg.records import Step

PIECES = Calls(100)
"""Partial fits of one estimator that are told: each is a training with a model of its own."""


def fitted(call: Call) -> Generator[None, None, None]:
    """Observe `fit` of a model."""
    yield from trained(call, call.owner)


def fitted_in_part(call: Call) -> Generator[None, None, None]:
    """Observe `partial_fit`, which goes on from what the model has learned before."""
    if not PIECES.told(call.owner):
        with scope.within(scope.nothing):
            yield
        _say_many(call.owner)
        return
    yield from trained(call, call.owner, goes_on_from=known_model(call.owner))


def trained(
    call: Call,
    model: Any,
    *,
    named: Any = None,
    data: tuple[Data, ...] = (),
    goes_on_from: ModelHandle | None = None,
    plan: Step | None = None,
) -> Generator[None, None, None]:
    """Observe a call that fits `model`, of which `named` is to be told: a pipeline around it, else itself.

    `plan` is the step of that pipeline.
    """
    around, whole = open_training(), named if named is not None else model
    # A training of the user's says its data and its model itself; a run of MLflow or a trial does not.
    users_own = around is not None and not isinstance(around, EmergingTraining)
    known = data if data or users_own else data_behind(*rows_of(call), role="train")
    forget_model(whole)
    title = f"fit {class_name(model)}"
    with training_here(title, data=known, params=parameters(model), library=library_of(model)) as run:
        if goes_on_from is not None and around is None:
            run.resume_from(goes_on_from)
        if plan is not None:
            run.follow(plan)
        with scope.within(scope.nothing):
            yield
        if run is not around or not users_own:
            # Before the block ends, which is when the model is told of.
            attempt(f"record the model {class_name(model)}", lambda: record_model(run, whole))


def record_model(run: RunBlock, model: Any) -> ModelHandle:
    """Record a fitted estimator as what `run` made."""
    handle = run.model(model_name(model), model, framework="scikit-learn")
    keep_model(handle)
    return handle


def library_of(estimator: Any) -> str:
    """Return the package that an estimator comes from, scikit-learn for the user's own."""
    root = type(estimator).__module__.partition(".")[0]
    return root if package(root) is not None else FRAMEWORK


def _say_many(model: Any) -> None:
    trouble(
        f"only the first {PIECES.most} partial fits of a {class_name(model)} are recorded; "
        "for many, open one training around the loop: with provkg.training(…, data=…)",
        kind="partial fits",
    )
