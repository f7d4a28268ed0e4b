"""The training that a plain loop of torch makes: begun by the first step of an optimiser, told as it goes on."""

from __future__ import annotations

import atexit
import functools
import gc
import itertools
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from provkg.capture import ModelHandle, TrainingBlock, training
from provkg.capture.architectures import architecture_of, unwrapped
from provkg.capture.around import current
from provkg.capture.handles import Data
from provkg.capture.models import Weights
from provkg.capture.trouble import attempt
from provkg.integrations.runs import in_other_hands, open_training
from provkg.integrations.torch_files import Origin, holds, model_in, origin_of, remember_file
from provkg.integrations.torch_learning import Learner, PlainTraining, add
from provkg.integrations.torch_passes import Passes
from provkg.integrations.torch_settings import (
    in_sight,
    loss_settings,
    module_settings,
    optimizer_settings,
    scheduler_settings,
    torch_settings,
)

LARGEST: Final = 4 << 30
"""Bytes of weights that are read at the end of the process for the digest of a model that was never saved."""


class Plain:
    """All plain trainings of this process."""

    def __init__(self) -> None:
        self.learners: dict[int, Learner] = {}
        self.created: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.passes = Passes()
        self.autocast: str | None = None
        self.listen_for_autocast: Callable[[], object] = lambda: None
        self._own: PlainTraining | None = None
        self._joined: weakref.WeakKeyDictionary[TrainingBlock, PlainTraining] = weakref.WeakKeyDictionary()
        self._numbers = itertools.count(1)

    def optimizer_made(self, optimizer: Any) -> None:
        """Note when an optimiser was made: those made before the first step of any belong together."""
        self.created[optimizer] = next(self._numbers)

    # --- which training a step belongs to

    def learner(self, optimizer: Any) -> Learner:
        """Return what the steps of `optimizer` are recorded with; without a training where others record them."""
        known = self.learners.get(id(optimizer))
        if known is None or not self._is_valid(known):
            known = self._begun(optimizer, known)
            key = id(optimizer)
            known.optimizer = weakref.ref(optimizer, lambda _: self.learners.pop(key, None))
            self.learners[key] = known
        known.around = current()
        if known.training is not None:
            self.passes.look(known.training)
        known.passes = self.passes.count
        return known

    def _is_valid(self, known: Learner) -> bool:
        if known.training is None or not known.training.run.goes_on or in_other_hands():
            return False
        around = open_training()
        return around is known.training.run if around is not None else known.training.owned

    def _begun(self, optimizer: Any, before: Learner | None) -> Learner:
        learner = Learner(None, None, weakref.ref(optimizer))
        if in_other_hands():
            return learner
        named, module = self._module(optimizer)
        around = open_training()
        learner.name = named
        learner.module = weakref.ref(module) if module is not None else None
        if around is not None:
            found = self._joined.get(around) or PlainTraining(around, owned=False, by_user=around.names_data)
            self._joined[around] = found
        else:
            found = self._own_training(optimizer, module, named, before)
        learner.training = found
        found.learners.append(learner)
        self._describe(found, learner, optimizer, module)
        return learner

    def _own_training(self, optimizer: Any, module: Any, named: str, before: Learner | None) -> PlainTraining:
        own = self._own
        if own is not None and own.run.goes_on:
            if before is not None or self.created.get(optimizer, 0) <= own.since or _shares(own, module):
                return own
            self.finish()
        origin = origin_of(module, optimizer) if module is not None else None
        data = self.passes.going_on_data()
        run = _training(f"train {named}", data, origin)
        self._own = own = PlainTraining(run.begin(self.finish), owned=True, since=next(self._numbers))
        # After the session's own: what is registered last is called first.
        atexit.unregister(self.finish)
        atexit.register(self.finish)
        return own

    def _describe(self, found: PlainTraining, learner: Learner, optimizer: Any, module: Any) -> None:
        run, number = found.run, "" if len(found.learners) == 1 else str(len(found.learners))
        learner.architecture = attempt("read the architecture", lambda: architecture_of(module))
        params = optimizer_settings(optimizer, f"optimizer{number}") | torch_settings()
        params |= {
            f"model{number}.{name}": value for name, value in (module_settings(module) if module else {}).items()
        }
        params |= _beside(optimizer, number)
        if self.autocast is not None:
            params["autocast"] = self.autocast
        add(run, params)
        run.told.add_libraries("torch")
        run.told.deterministic = sys.modules["torch"].are_deterministic_algorithms_enabled()
        learner.log_rate = run.series("learning_rate", label=f"optimizer{number}")
        # In a block of the user's, what is measured is the user's to say.
        learner.log_loss = run.series("loss") if found.owned else None

    def _module(self, optimizer: Any) -> tuple[str, Any]:
        """Return the module whose parameters the optimiser changes, and what to call it."""
        mine = {id(each) for group in optimizer.param_groups for each in group["params"]}
        modules = sys.modules["torch"].nn.Module
        seen = [(name, each) for name, each in in_sight((modules,)) if _has_any(each, mine)]
        # By their very types: to ask others what they are may set something off.
        found = seen or [
            ("model", each) for each in gc.get_objects() if issubclass(type(each), modules) and _has_any(each, mine)
        ]
        if not found:
            return "model", None
        name, module = max(found, key=lambda each: sum(1 for _ in each[1].modules()))
        kind = type(unwrapped(module))
        return (name if kind.__module__.startswith("torch.") else kind.__name__), module

    # --- files and the end

    def saved(self, given: Any, path: Path) -> None:
        """Record a file that a program wrote a module's state to, as a checkpoint of the training that goes on."""
        around = open_training()
        found = self._joined.get(around) if around is not None else self._own
        if found is None or not found.run.goes_on or in_other_hands():
            return
        for learner in found.learners:
            module = learner.module() if learner.module is not None else None
            if module is None or not holds(given, module):
                continue
            if learner.saved is not None:
                attempt("look where the last checkpoint lies", learner.saved[1].follow)
            handle = found.run.checkpoint(
                learner.name,
                path,
                step=learner.steps,
                epoch=found.epoch,
                framework="torch",
                architecture=learner.architecture,
            )
            learner.saved = (learner.steps, handle)
            remember_file(handle)

    def finish(self, error: BaseException | None = None) -> None:
        """End the training of ours that goes on; at the end of the process it failed where an error ended that."""
        own, self._own = self._own, None
        if own is None or not own.run.goes_on:
            return
        error = error or _ending()
        self.passes.rest(own)
        if error is None:
            for learner in own.learners:
                attempt(f"record model {learner.name!r}", functools.partial(_model_of, own, learner))
        own.run.end(error)
        self.autocast = None
        self.listen_for_autocast()

    def forget(self) -> None:
        """End what goes on and know nothing more."""
        self.finish()
        atexit.unregister(self.finish)
        self.listen_for_autocast = lambda: None
        self.learners.clear()
        self.passes.clear()


def _training(title: str, data: list[Data], origin: Origin | None) -> TrainingBlock:
    handle = attempt("find the model it starts from", lambda: model_in(origin.path)) if origin is not None else None
    resumes = origin is not None and origin.goes_on
    return training(
        title,
        data=data,
        library="torch",
        start_from=None if resumes else handle,
        resume_from=handle if resumes else None,
    )


def _ending() -> BaseException | None:
    """Return the exception that ends the program; in an interactive one, the last that was shown ended nothing."""
    if hasattr(sys, "ps1") or "ipykernel" in sys.modules:
        return None
    return getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)


def _shares(own: PlainTraining, module: Any) -> bool:
    return module is not None and any(each.module is not None and each.module() is module for each in own.learners)


def _has_any(module: Any, mine: set[int]) -> bool:
    return any(id(each) in mine for each in module.parameters())


def _beside(optimizer: Any, number: str) -> dict[str, Any]:
    """Return the settings of what lies beside an optimiser: its schedulers, the loss, the scaler of mixed precision."""
    torch = sys.modules["torch"]
    kinds = (torch.optim.lr_scheduler.LRScheduler, torch.nn.modules.loss._Loss, torch.amp.GradScaler)  # noqa: SLF001
    found: dict[str, Any] = {}
    for _, each in in_sight(kinds):
        if isinstance(each, kinds[0]) and each.optimizer is optimizer:
            found |= scheduler_settings(each, f"scheduler{number}")
        elif isinstance(each, kinds[1]):
            found = loss_settings(each) | found
        elif isinstance(each, kinds[2]):
            found["gradient_scaling"] = each.is_enabled()
    return found


def _model_of(own: PlainTraining, learner: Learner) -> None:
    module, state = learner.module() if learner.module is not None else None, _state_at_the_end(learner)
    if state is not None:
        given: Any = state.path
    elif module is not None and sum(each.nbytes for each in module.parameters()) <= LARGEST:
        given = Weights(unwrapped(module))
    else:
        return
    made = own.run.model(learner.name, given, framework="torch", architecture=learner.architecture, selected=state)
    remember_file(made)


def _state_at_the_end(learner: Learner) -> ModelHandle | None:
    """Return the checkpoint that was saved after the last step, where its file is still there."""
    steps, state = learner.saved or (-1, None)
    if state is None or steps != learner.steps:
        return None
    state.follow()
    return state if state.path is not None and state.path.exists() else None
