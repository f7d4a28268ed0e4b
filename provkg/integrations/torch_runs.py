"""The training that a plain loop of torch makes: begun by the first step of an optimiser, told as it goes on."""

from __future__ import annotations

import atexit
import functools
import gc
import itertools
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provkg.capture import ModelHandle, TrainingBlock, training
from provkg.capture.architectures import architecture_of, unwrapped
from provkg.capture.handles import Data
from provkg.capture.hot_path import Log
from provkg.capture.lifecycle import Lifecycle, current
from provkg.capture.models import Weights
from provkg.capture.trouble import attempt
from provkg.integrations.runs import in_other_hands, open_training
from provkg.integrations.torch_data import loaded_data, loading_of
from provkg.integrations.torch_files import Origin, holds, model_in, origin_of, remember_file
from provkg.integrations.torch_settings import (
    in_sight,
    loss_settings,
    module_settings,
    optimizer_settings,
    scheduler_settings,
    torch_settings,
)
from provkg.records import ModelArchitecture

LARGEST: Final = 4 << 30
"""Bytes of weights that are read at the end of the process for the digest of a model that was never saved."""


@dataclass(eq=False)
class Pass:
    """One going through a loader; it goes on for as long as somebody has its iterator."""

    iterator: weakref.ref[Any]
    loader: Callable[[], Any]
    dataset: Callable[[], Any]
    """Outlives a loader that was made for one pass."""
    settings: dict[str, Any]
    counted: PlainTraining | None = None
    """The training whose epoch it is."""


@dataclass(eq=False)
class Learner:
    """What one optimiser changes, and what its steps are recorded with."""

    training: PlainTraining | None
    around: Lifecycle | None
    optimizer: weakref.ref[Any]
    module: weakref.ref[Any] | None = None
    name: str = "model"
    architecture: ModelArchitecture | None = None
    steps: int = 0
    rate: float | None = None
    passes: int = -1
    saved: tuple[int, Path, ModelHandle] | None = None
    log_rate: Log | None = None
    log_loss: Log | None = None


@dataclass(eq=False)
class PlainTraining:
    """One training: the user's own block around the loop, or one of ours."""

    run: TrainingBlock
    owned: bool
    since: int = 0
    learners: list[Learner] = field(default_factory=list)
    epoch: int | None = None
    looked: bool = False
    trained: list[Callable[[], Any]] = field(default_factory=list)
    """The datasets that it learns from; the passes through the first are the epochs."""
    checked: list[Callable[[], Any]] = field(default_factory=list)
    by_user: bool = False
    """Whether the user named the data, whose word is enough."""


class Plain:
    """All plain trainings of this process."""

    def __init__(self) -> None:
        self.learners: dict[int, Learner] = {}
        self.created: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.passes: list[Pass] = []
        self.passed = 0
        self.autocast: str | None = None
        self._own: PlainTraining | None = None
        self._joined: weakref.WeakKeyDictionary[TrainingBlock, PlainTraining] = weakref.WeakKeyDictionary()
        self._numbers = itertools.count(1)

    def optimizer_made(self, optimizer: Any) -> None:
        """Note when an optimiser was made: those made before the first step of any belong together."""
        self.created[optimizer] = next(self._numbers)

    def loader_iterated(self, loader: Any, iterator: Any) -> None:
        """Note that somebody goes through a loader."""
        if in_other_hands():
            return
        self.passes.append(Pass(weakref.ref(iterator), _held(loader), _held(loader.dataset), loading_of(loader)))
        self.passed += 1

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
            self._look_at_passes(known.training)
        known.passes = self.passed
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
        data = [found for one in self._going_on() for found in _data_of(one, "train")]
        run = _training(f"train {named}", data, origin)
        self._own = own = PlainTraining(run.begin(), owned=True, since=next(self._numbers))
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
        _add(run, params)
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

    # --- data

    def _going_on(self) -> Iterator[Pass]:
        return (each for each in self.passes if each.iterator() is not None)

    def _look_at_passes(self, found: PlainTraining) -> None:
        """Tell loaders by what happens while somebody goes through them: an optimiser steps, or none does."""
        going_on = list(self._going_on())
        ended = [each for each in self.passes if each.iterator() is None]
        self.passes = going_on
        for one in going_on:
            self._train_on(found, one)
        if found.looked:  # what was gone through before the first step is not what that training is checked on
            for one in ended:
                self._validate_on(found, one)
        found.looked = True

    def _train_on(self, found: PlainTraining, one: Pass) -> None:
        dataset = one.dataset()
        if dataset is None or one.counted is found:
            return
        one.counted = found
        if not any(each() is dataset for each in found.trained):
            found.trained.append(one.dataset)
            if not found.by_user:
                found.run.learn_from(*_data_of(one, "train"))
            _add(found.run, one.settings)
        if found.trained[0]() is dataset:
            found.epoch = 0 if found.epoch is None else found.epoch + 1

    def _validate_on(self, found: PlainTraining, one: Pass) -> None:
        if self._is_new(found, one) and not found.by_user:
            found.run.validate_on(*_data_of(one, "validation"))

    def _is_new(self, found: PlainTraining, one: Pass) -> bool:
        """Whether nobody trained on what was gone through, and it has not been told of."""
        dataset = one.dataset()
        if dataset is None or any(each() is dataset for each in (*found.trained, *found.checked)):
            return False
        found.checked.append(one.dataset)
        return True

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
            handle = found.run.checkpoint(
                learner.name,
                path,
                step=learner.steps,
                epoch=found.epoch,
                framework="torch",
                architecture=learner.architecture,
            )
            learner.saved = (learner.steps, path, handle)
            remember_file(handle)

    def finish(self, error: BaseException | None = None) -> None:
        """End the training of ours that goes on; at the end of the process it failed where an error ended that."""
        own, self._own = self._own, None
        if own is None or not own.run.goes_on:
            return
        error = error or getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
        for one in [each for each in self.passes if each.iterator() is None]:
            attempt("record the data that was used", functools.partial(self._use, own, one))
        self.passes = []
        if error is None:
            for learner in own.learners:
                attempt(f"record model {learner.name!r}", functools.partial(_model_of, own, learner))
        own.run.end(error)

    def _use(self, own: PlainTraining, one: Pass) -> None:
        if self._is_new(own, one):
            own.run.use(*_data_of(one, None))

    def forget(self) -> None:
        """End what goes on and know nothing more."""
        self.finish()
        atexit.unregister(self.finish)
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


def _held(thing: Any) -> Callable[[], Any]:
    """Return what returns `thing` for as long as it lives; what cannot be referred to weakly, such as a list, lives."""
    try:
        return weakref.ref(thing)
    except TypeError:
        return lambda: thing


def _data_of(one: Pass, role: str | None) -> tuple[Data, ...]:
    loader, dataset = one.loader(), one.dataset()
    return loaded_data(loader if loader is not None else dataset, role)


def _add(run: TrainingBlock, params: dict[str, Any]) -> None:
    """Add what the run has not been told."""
    run.params({name: value for name, value in params.items() if name not in run.told.params})


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
    module = learner.module() if learner.module is not None else None
    if learner.saved is not None and learner.saved[0] == learner.steps and learner.saved[1].exists():
        given: Any = learner.saved[1]
    elif module is not None and sum(each.nbytes for each in module.parameters()) <= LARGEST:
        given = Weights(unwrapped(module))
    else:
        return
    state = learner.saved[2] if learner.saved is not None and given is learner.saved[1] else None
    made = own.run.model(learner.name, given, framework="torch", architecture=learner.architecture, selected=state)
    remember_file(made)
