"""Lightning, under both of its names: what a `Trainer` fits, validates and tests, told by a callback.

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
from provkg.integrations.lightning_runs import Judging, Learning
from provkg.integrations.observing import Call, Observed
from provkg.integrations.torch_files import loading, weights_set

_always: Final = Observed("lightning")
"""What the callback needs to hear of, however it came to the trainer."""


def observe(framework: ModuleType, observed: Observed) -> None:
    """Give every `Trainer` the callback."""
    kind = callback_class(framework.__name__)
    observed.observe(framework.Trainer, "__init__", functools.partial(_made, kind))
    torch = importlib.import_module("torch")
    observed.observe(torch, "load", loading)
    observed.observe(torch.nn.Module, "load_state_dict", weights_set)


def _made(kind: type, call: Call) -> Generator[None, None, None]:
    yield
    callbacks = call.owner.callbacks
    if not any(isinstance(each, Teller) for each in callbacks):
        callbacks.insert(0, kind())  # before those that save, which are to come last


class Teller:
    """The hooks of a callback; each of them can fail without the training noticing."""

    _learning: Learning | None = None
    _judging: Judging | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {}  # a copy, as in a process that was started for a device, tells its own part

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Begin to record what the trainer does."""
        _always.observe(type(trainer), "save_checkpoint", saved)

        def begin() -> None:
            if str(stage).endswith("fit") or str(getattr(stage, "value", stage)) == "fit":
                self._learning = Learning.begun(trainer, pl_module)

        attempt("record a fit of Lightning", begin)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Say what the trainer learns from, and how."""
        if (learning := self._learning) is not None:
            attempt("record the settings of a fit", lambda: learning.describe(trainer, pl_module))

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:  # noqa: ARG002 - Lightning's words
        """Record what was logged for a step, as often as Lightning does."""
        if (learning := self._learning) is not None and (
            batch_idx == 0 or trainer.global_step % (trainer.log_every_n_steps or 50) == 0
        ):
            attempt("record the metrics of a step", lambda: learning.step(trainer))

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin an evaluation, where it is not part of a fit."""
        if self._learning is None:
            self._judge(trainer, pl_module, "validation")

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - Lightning's words
        """Record what was measured on validation data."""
        if (learning := self._learning) is not None and not trainer.sanity_checking:
            attempt("record the metrics of a validation", lambda: learning.validated(trainer))
        self._judged(trainer)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - Lightning's words
        """Record what was measured over an epoch."""
        if (learning := self._learning) is not None:
            attempt("record the metrics of an epoch", lambda: learning.epoch(trainer))

    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin an evaluation."""
        self._judge(trainer, pl_module, "test")

    def on_test_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - Lightning's words
        """Record what was measured on test data."""
        self._judged(trainer)

    def teardown(self, trainer: Any, pl_module: Any, stage: str) -> None:  # noqa: ARG002 - Lightning's words
        """Record the model that a fit made, and end what was begun."""
        learning, self._learning = self._learning, None
        if learning is not None:
            attempt("record the end of a fit", lambda: learning.end(trainer, pl_module))
        self._end_judging(None)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:  # noqa: ARG002 - Lightning's words
        """End what was begun as the exception ended it."""
        learning, self._learning = self._learning, None
        if learning is not None:
            attempt("record the end of a fit", lambda: learning.fail(exception))
        self._end_judging(exception)

    def _judge(self, trainer: Any, pl_module: Any, role: str) -> None:
        self._judging = attempt("record an evaluation", lambda: Judging.begun(trainer, pl_module, role))

    def _judged(self, trainer: Any) -> None:
        if (judging := self._judging) is not None:
            attempt("record the metrics of an evaluation", lambda: judging.measure(trainer))

    def _end_judging(self, error: BaseException | None) -> None:
        judging, self._judging = self._judging, None
        if judging is not None:
            attempt("record the end of an evaluation", lambda: judging.end(error))


def saved(call: Call) -> Generator[None, None, None]:
    """Record a checkpoint that a trainer wrote."""
    yield
    trainer = call.owner
    teller = next((each for each in trainer.callbacks if isinstance(each, Teller)), None)
    path = Path(str(call.argument("filepath")))
    if teller is not None and teller._learning is not None and path.exists():  # noqa: SLF001 - same module
        teller._learning.saved(trainer, path)  # noqa: SLF001


@functools.cache
def callback_class(framework: str) -> type:
    """Return the callback as a class of that framework's, `lightning.pytorch` or `pytorch_lightning`."""
    base = importlib.import_module(framework).Callback
    home = "provkg.integrations.pytorch_lightning" if framework == "pytorch_lightning" else __name__
    body = {"__module__": home, "__qualname__": "ProvenanceCallback", "__doc__": "Records what a `Trainer` does."}
    return type("ProvenanceCallback", (Teller, base), body)


def __getattr__(name: str) -> Any:
    if name == "ProvenanceCallback":
        return callback_class("lightning.pytorch")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
