"""Transformers' `Trainer`: what it trains, evaluates and saves, told by a callback.

`provkg.autolog()` gives it to every `Trainer`; `Trainer(callbacks=[ProvenanceCallback()])` does so on purpose.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call, Observed
from provkg.integrations.transformers_runs import Learning, judged, saved_after

_always: Final = Observed("transformers")
"""What the callback needs to hear of, where it came to a trainer on purpose."""


def observe(framework: ModuleType, observed: Observed) -> None:
    """Give every `Trainer` the callback."""
    _watch(framework.Trainer, observed)
    observed.observe(framework.Trainer, "__init__", _made)


def _watch(trainer: type, observed: Observed) -> None:
    observed.observe(trainer, "train", _trained)
    observed.observe(trainer, "evaluate", functools.partial(_evaluated, "eval"))
    observed.observe(trainer, "predict", functools.partial(_evaluated, "test"))
    observed.observe(trainer, "save_model", _saved)


def _made(call: Call) -> Generator[None, None, None]:
    yield
    if _teller(call.owner) is None:
        call.owner.add_callback(callback_class())


def _teller(trainer: Any) -> Teller | None:
    return next((each for each in trainer.callback_handler.callbacks if isinstance(each, Teller)), None)


def _trained(call: Call) -> Generator[None, None, None]:
    teller = _teller(call.owner)
    if teller is None or teller.learning is not None:
        yield
        return
    teller.learning = learning = Learning.begun(call.owner, call.argument("resume_from_checkpoint"))
    try:
        yield
    except BaseException as error:
        learning.fail(error)
        raise
    else:
        learning.end(call.owner)
    finally:
        teller.learning = None


def _evaluated(prefix: str, call: Call) -> Generator[None, None, None]:
    trainer, teller = call.owner, _teller(call.owner)
    if teller is None or teller.learning is not None or teller.judging:
        yield
        return
    teller.judging = True  # `evaluate` may be built on `predict`, or the other way round
    try:
        name = "eval_dataset" if prefix == "eval" else "test_dataset"
        yield from judged(trainer, call, call.argument(name), call.argument("metric_key_prefix", prefix))
    finally:
        teller.judging = False


def _saved(call: Call) -> Generator[None, None, None]:
    yield
    teller = _teller(call.owner)
    folder = Path(str(call.argument("output_dir") or call.owner.args.output_dir))
    if teller is not None and teller.learning is None and not call.argument("_internal_call", default=False):
        saved_after(call.owner, folder)


class Teller:
    """The events of a callback; each of them can fail without the training noticing."""

    def __init__(self) -> None:
        self.learning: Learning | None = None
        self.judging = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - its words
        """Say what is learned from, and how."""
        if (learning := self.learning) is not None:
            attempt("record the settings of a training", lambda: learning.describe(args, kwargs))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:  # noqa: ARG002
        """Record what is logged."""
        if (learning := self.learning) is not None and logs:
            attempt("record metrics", lambda: learning.log(state, logs))

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Record how long the epoch took."""
        if (learning := self.learning) is not None:
            attempt("record an epoch", lambda: learning.epoch(state))

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Record a checkpoint."""
        if (learning := self.learning) is not None:
            attempt("record a checkpoint", lambda: learning.saved(args, state))


@functools.cache
def callback_class() -> type:
    """Return the callback as a class of transformers'."""
    transformers = importlib.import_module("transformers")
    _watch(transformers.Trainer, _always)
    body = {"__module__": __name__, "__qualname__": "ProvenanceCallback", "__doc__": "Records what a `Trainer` does."}
    return type("ProvenanceCallback", (Teller, transformers.TrainerCallback), body)


def __getattr__(name: str) -> Any:
    if name == "ProvenanceCallback":
        return callback_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
