"""torch as it is, in loops that people write themselves: what its optimisers, loaders and files do becomes a training.

A loop has no beginning that a library could see. So the first step of an optimiser opens a training of the module that
it changes, unless the user's own `with provkg.training(…)` is open: then that one learns all this. The end of the
process closes it, or the first step of an optimiser that was made after it began and changes another module.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Generator
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from provkg.capture import TrainingBlock
from provkg.capture.around import current
from provkg.capture.trouble import attempt, failed
from provkg.integrations.observing import Call, Observed
from provkg.integrations.on_import import when_imported
from provkg.integrations.runs import in_other_hands
from provkg.integrations.torch_data import loader_made, loading_of, subset_made
from provkg.integrations.torch_files import file_of, forget_files, loading, optimizer_set, weights_set
from provkg.integrations.torch_learning import add
from provkg.integrations.torch_runs import Plain
from provkg.integrations.torch_settings import (
    loss_settings,
    module_settings,
    optimizer_settings,
    scheduler_settings,
    torch_settings,
)

READING_SECONDS: Final = 10.0
"""How far apart a loss is read from an accelerator: reading it waits for what the accelerator does."""


def observe(torch: ModuleType, observed: Observed) -> None:
    """Watch what plain loops call."""
    plain = Plain()
    losses = Losses()
    observed.observe(torch.utils.data.Subset, "__init__", subset_made)
    observed.observe(torch.utils.data.DataLoader, "__init__", loader_made)
    observed.observe(torch.utils.data.DataLoader, "__iter__", functools.partial(_iterated, plain))
    observed.observe(torch.optim.Optimizer, "__init__", functools.partial(_made, plain))
    observed.observe(torch.optim.Optimizer, "load_state_dict", optimizer_set)
    observed.observe(torch.nn.Module, "load_state_dict", weights_set)
    observed.observe(torch, "save", functools.partial(_saved, plain))
    observed.observe(torch, "load", loading)
    _observe_backward(torch, observed, losses)
    _observe_autocast(torch, observed, plain)
    when_imported("safetensors.torch", functools.partial(_observe_safetensors, plain, observed))
    # The package hides its module of that name.
    hook = import_module("torch.optim.optimizer").register_optimizer_step_post_hook(stepped(plain, losses))
    observed.undo_with(hook.remove)
    observed.undo_with(plain.forget)
    observed.undo_with(forget_files)


class Losses:
    """The value on which `backward` was called last, until an optimiser steps."""

    __slots__ = ("read_at", "value")

    def __init__(self) -> None:
        self.value: float | None = None
        self.read_at = 0.0


def stepped(plain: Plain, losses: Losses) -> Callable[[Any, Any, Any], None]:
    """Return what is called after each step of an optimiser; all that it does not need each time is done elsewhere."""
    learners, passes, now = plain.learners, plain.passes, current

    def after_step(optimizer: Any, _args: Any, _kwargs: Any) -> None:
        try:
            learner = learners.get(id(optimizer))
            if learner is None or learner.around is not now() or learner.passes != passes.count:
                learner = plain.learner(optimizer)
            training = learner.training
            if training is None:
                losses.value = None
                if not in_other_hands():
                    learner.passes = -1  # so that the next step is looked at
                return
            learner.steps = steps = learner.steps + 1
            rate = optimizer.param_groups[0]["lr"]
            if rate != learner.rate:
                learner.rate = rate
                learner.log_rate(rate, steps, epoch=training.epoch)  # type: ignore[misc]
            loss = losses.value
            if loss is not None:
                losses.value = None
                if learner.log_loss is not None:
                    learner.log_loss(loss, steps, epoch=training.epoch)
        except Exception as error:  # noqa: BLE001 - recording must never stop training
            failed("record a step of an optimiser", error)

    return after_step


def _observe_backward(torch: ModuleType, observed: Observed, losses: Losses) -> None:
    """Watch `Tensor.backward` without the cost of an observer: it is called with every step."""
    backward = torch.Tensor.backward

    @functools.wraps(backward)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if self.is_cpu:
                losses.value = self.item()
            elif time.monotonic() - losses.read_at > READING_SECONDS:
                losses.value, losses.read_at = self.item(), time.monotonic()
        except Exception:  # noqa: BLE001, S110 - of several numbers, or of a kind that has none: no loss to tell
            pass
        return backward(self, *args, **kwargs)

    def restore() -> None:
        if torch.Tensor.backward is watched:
            torch.Tensor.backward = backward

    torch.Tensor.backward = watched
    observed.undo_with(restore)


def _observe_autocast(torch: ModuleType, observed: Observed, plain: Plain) -> None:
    """Note the first use of mixed precision in a training, and listen no more: it is entered with every step."""
    listening = Observed("torch.autocast")

    def entered(call: Call) -> Generator[None, None, None]:
        listening.let_go()
        kind = str(call.owner.fast_dtype).removeprefix("torch.")
        plain.autocast = f"{kind} on {call.owner.device}"
        yield

    plain.listen_for_autocast = lambda: listening.observe(torch.autocast, "__enter__", entered)
    plain.listen_for_autocast()
    observed.undo_with(listening.let_go)


def _observe_safetensors(plain: Plain, observed: Observed, safetensors: ModuleType) -> None:
    if not observed.goes_on:
        return
    observed.observe(safetensors, "load_file", loading)
    observed.observe(safetensors, "save_file", functools.partial(_saved, plain))


def describe_training(
    run: TrainingBlock,
    module: Any,
    *,
    optimizer: Any = None,
    scheduler: Any = None,
    loss: Any = None,
    loader: Any = None,
) -> None:
    """Say in a training of yours how `module` is trained, where nothing is recorded by itself.

    The settings are those that `provkg.autolog()` records; `run.model(name, module)` says the architecture.
    """

    def describe() -> None:
        params = torch_settings() | module_settings(module)
        params |= optimizer_settings(optimizer) if optimizer is not None else {}
        params |= scheduler_settings(scheduler) if scheduler is not None else {}
        params |= loss_settings(loss) if loss is not None else {}
        params |= loading_of(loader) if loader is not None else {}
        add(run, params)
        run.told.add_libraries("torch")
        run.told.deterministic = params["deterministic_algorithms"]

    attempt("record the settings of a training", describe)


def _iterated(plain: Plain, call: Call) -> Generator[None, None, None]:
    yield
    plain.passes.iterated(call.owner, call.result)


def _made(plain: Plain, call: Call) -> Generator[None, None, None]:
    yield
    plain.optimizer_made(call.owner)


def _saved(plain: Plain, call: Call) -> Generator[None, None, None]:
    yield
    # The words of torch, or those of safetensors.
    given, path = call.argument("obj", call.argument("tensors")), file_of(call.argument("f", call.argument("filename")))
    if path is not None:
        attempt(f"record {path}", lambda: plain.saved(given, path))
