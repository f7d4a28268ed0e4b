"""The runs that a Lightning `Trainer` makes: a training with what it logs and saves, and evaluations."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provkg.capture import EvaluationBlock, ModelHandle, TrainingBlock, evaluation, model
from provkg.capture.architectures import architecture_of
from provkg.capture.handles import Data
from provkg.capture.metrics import kind_and_role
from provkg.capture.models import Weights
from provkg.capture.trouble import attempt
from provkg.integrations.lightning_ranks import ranks_known
from provkg.integrations.runs import Given, begun_or_joined
from provkg.integrations.torch_data import loaded_data, loading_of
from provkg.integrations.torch_files import model_in, origin_of, remember_file
from provkg.integrations.torch_settings import (
    module_settings,
    optimizer_settings,
    scheduler_settings,
    torch_settings,
)
from provkg.records import ModelArchitecture

SETTINGS: Final = (
    *("max_epochs", "min_epochs", "max_steps", "min_steps", "precision", "accumulate_grad_batches"),
    *("gradient_clip_val", "gradient_clip_algorithm", "num_devices", "num_nodes", "val_check_interval"),
    *("check_val_every_n_epoch", "limit_train_batches", "limit_val_batches", "limit_test_batches"),
)
USUAL: Final[dict[str, Any]] = {
    "min_epochs": None,
    "max_steps": -1,
    "min_steps": None,
    "num_nodes": 1,
    "val_check_interval": 1.0,
    "check_val_every_n_epoch": 1,
    "limit_train_batches": 1.0,
    "limit_val_batches": 1.0,
    "limit_test_batches": 1.0,
}
OF_A_LOADER: Final = "/dataloader_idx_"
_models: Final[weakref.WeakKeyDictionary[Any, ModelHandle]] = weakref.WeakKeyDictionary()


@dataclass(eq=False)
class Learning:
    """A fit while it goes on."""

    run: TrainingBlock
    owned: bool
    name: str
    by_user: bool
    training_names: set[str] = field(default_factory=set)
    step_names: set[str] = field(default_factory=set)
    validation_names: set[str] = field(default_factory=set)
    states: dict[Path, tuple[int, ModelHandle]] = field(default_factory=dict)
    last: tuple[int, ModelHandle] | None = None
    architecture: ModelArchitecture | None = None
    _of_epochs: set[str] = field(default_factory=set)

    @classmethod
    def begun(cls, trainer: Any, module: Any) -> Learning:
        """Begin the training of `module`, or join the user's own."""
        ranks_known(trainer)
        name = type(module).__name__
        given = Given()
        if (origin := origin_of(module, None)) is not None:
            given.start_from = attempt("find the model it starts from", lambda: model_in(origin.path, name))
        elif (fitted := _models.get(module)) is not None:
            given.start_from = fitted
        run, owned = begun_or_joined(f"fit {name}", given)
        return cls(run, owned, name, by_user=not owned and run.names_data)

    def describe(self, trainer: Any, module: Any) -> None:
        """Say what is learned from, and how; to be called when loaders and optimisers are there."""
        run = self.run
        self.architecture = attempt("read the architecture", lambda: architecture_of(module))
        # The trainer says so only now.
        if trainer.ckpt_path is not None and (path := Path(str(trainer.ckpt_path))).exists():
            state = attempt("find the state it goes on from", lambda: model_in(path, self.name))
            if state is not None:
                run.resume_from(state)
        run.told.add_libraries(["lightning" if "lightning." in type(trainer).__module__ else "torch", "torch"])
        loaders = list(_loaders(trainer.train_dataloader))
        if not self.by_user:
            run.learn_from(*(data for loader in loaders for data in loaded_data(loader, "train")))
            run.validate_on(
                *(data for each in _loaders(trainer.val_dataloaders) for data in loaded_data(each, "validation"))
            )
        params = {**trainer_settings(trainer), **torch_settings(), **module_settings(module)}
        for loader in loaders[:1]:
            params |= loading_of(loader)
        for number, optimizer in enumerate(trainer.optimizers):
            params |= optimizer_settings(optimizer, f"optimizer{number + 1 if number else ''}")
        for number, each in enumerate(trainer.lr_scheduler_configs):
            params |= scheduler_settings(each.scheduler, f"scheduler{number + 1 if number else ''}")
        params |= {f"hparams.{name}": value for name, value in dict(module.hparams).items()}
        run.params({name: value for name, value in params.items() if name not in run.told.params})
        run.told.deterministic = params["deterministic_algorithms"]

    # --- what is measured

    def step(self, trainer: Any) -> None:
        """Record what is logged for this step."""
        found = trainer.callback_metrics
        self.training_names |= found.keys() - self.validation_names
        told = trainer.logged_metrics.keys() - self.validation_names
        fresh = {name for name in told if not name.endswith("_epoch") and name in found}
        self.step_names |= fresh - (self.training_names & self._of_epochs)
        for name in self.step_names & fresh:
            self.run.metric(name, found[name], step=trainer.global_step)

    def validated(self, trainer: Any) -> None:
        """Record what the validation that has just ended logged."""
        found = trainer.callback_metrics
        self.validation_names |= found.keys() - self.training_names
        for name in self.validation_names & found.keys():
            _measure(self.run, name, found[name], epoch=trainer.current_epoch, step=trainer.global_step)

    def epoch(self, trainer: Any) -> None:
        """Record what the training logged for the epoch that has just ended."""
        found = trainer.callback_metrics
        names = found.keys() - self.validation_names - self.step_names
        self.training_names |= names
        for name in sorted(names):
            if name.endswith("_step") or (name.endswith("_epoch") and name.removesuffix("_epoch") in found):
                continue
            self._of_epochs.add(name)
            self.run.metric(name, found[name], epoch=trainer.current_epoch)

    # --- what is saved

    def saved(self, trainer: Any, path: Path) -> None:
        """Record a checkpoint file."""
        place = {"epoch": trainer.current_epoch, "step": trainer.global_step}
        handle = self.run.checkpoint(self.name, path, framework="lightning", architecture=self.architecture, **place)
        remember_file(handle)
        self.states[path.absolute()] = self.last = (trainer.global_step, handle)

    def end(self, trainer: Any, module: Any) -> None:
        """Record the model that was made: the best state where one was looked for, else the last."""
        run = self.run
        for each in trainer.early_stopping_callbacks:
            if each.stopped_epoch:
                run.metric("stopped_epoch", each.stopped_epoch)
        run.params(_of_callbacks(trainer))
        final = self.last[1] if self.last is not None and self.last[0] == trainer.global_step else None
        best = self._best(trainer)
        if best is None:
            final = run.model(self.name, Weights(module), framework="lightning", selected=final)
        else:
            path, (step, state) = best
            how = {"framework": "lightning", "architecture": self.architecture}
            made = run.model(self.name, path, selected=state, **how)  # type: ignore[arg-type]
            final = made if step == trainer.global_step else final or self._last_state(trainer, module)
        _models[module] = final
        if self.owned:
            run.end()

    def _last_state(self, trainer: Any, module: Any) -> ModelHandle:
        """Record what is in memory at the end, which is judged unless somebody names a file."""
        place = {"epoch": trainer.current_epoch, "step": trainer.global_step}
        return self.run.checkpoint(self.name, Weights(module), framework="lightning", **place)

    def fail(self, error: BaseException) -> None:
        """End as `error` ended it; a block of the user's ends by itself."""
        if self.owned:
            self.run.end(error)

    def _best(self, trainer: Any) -> tuple[Path, tuple[int, ModelHandle]] | None:
        for each in trainer.checkpoint_callbacks:
            path = Path(str(getattr(each, "best_model_path", ""))).absolute()
            if path in self.states and path.exists():
                return path, self.states[path]
        return None


@dataclass(eq=False)
class Judging:
    """An evaluation while it goes on."""

    run: EvaluationBlock
    data: list[Data]

    @classmethod
    def begun(cls, trainer: Any, module: Any, role: str) -> Judging:
        """Begin the evaluation of `module` on what the trainer loads."""
        loaders = trainer.test_dataloaders if role == "test" else trainer.val_dataloaders
        data = [found for loader in _loaders(loaders) for found in loaded_data(loader, role)]
        run = evaluation(_model_of(trainer, module), data=data, library="torch")
        return cls(run.begin(), data)

    def measure(self, trainer: Any) -> None:
        """Record what was logged."""
        for name, value in trainer.callback_metrics.items():
            own, _, number = name.partition(OF_A_LOADER)
            kind, role = kind_and_role(own)
            about = self.data[int(number)] if number and int(number) < len(self.data) else None
            self.run.metric(kind, value, role=role or (self.data[0].role if self.data else None), data=about)

    def end(self, error: BaseException | None) -> None:
        """End it."""
        self.run.end(error)


def trainer_settings(trainer: Any) -> dict[str, Any]:
    """Return the settings of a trainer that are not as usual, and those that always count."""
    found = {name: getattr(trainer, name, None) for name in SETTINGS}
    shown = {name: value for name, value in found.items() if value is not None and value != USUAL.get(name, "")}
    strategy, accelerator = type(trainer.strategy).__name__, type(trainer.accelerator).__name__
    seeded = os.environ.get("PL_GLOBAL_SEED")
    return {
        **{f"trainer.{name}": value for name, value in shown.items()},
        "trainer.strategy": strategy,
        "trainer.accelerator": accelerator,
        **({"seed": int(seeded)} if seeded is not None and seeded.isdecimal() else {}),
    }


def _of_callbacks(trainer: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for prefix, callbacks in (
        ("early_stopping", trainer.early_stopping_callbacks),
        ("checkpoint", trainer.checkpoint_callbacks),
    ):
        for each in callbacks:
            for name in ("monitor", "mode", "patience", "min_delta", "save_top_k", "every_n_epochs"):
                value = getattr(each, name, getattr(each, f"_{name}", None))
                if value is not None:
                    found[f"{prefix}.{name}"] = value
    return found


def _model_of(trainer: Any, module: Any) -> ModelHandle:
    """Return the model that is judged: that of the file whose weights were taken, else the one that was made here."""
    if trainer.ckpt_path is not None and (path := Path(str(trainer.ckpt_path))).exists():
        return model_in(path, type(module).__name__)
    known = _models.get(module)
    if known is not None:
        return known
    origin = origin_of(module, None)
    if origin is not None:
        return model_in(origin.path, type(module).__name__)
    found = _models[module] = model(type(module).__name__, Weights(module), framework="lightning")
    return found


def _loaders(given: Any) -> Iterator[Any]:
    """Yield the loaders in what a trainer was given: one, several, by name, or combined."""
    if given is None:
        return
    if isinstance(given, dict):
        given = list(given.values())
    elif hasattr(given, "iterables"):
        given = given.iterables if isinstance(given.iterables, list | tuple | dict) else [given.iterables]
    if isinstance(given, list | tuple):
        for each in given:
            yield from _loaders(each)
    elif hasattr(given, "dataset"):
        yield given


def _measure(run: TrainingBlock, name: str, value: Any, *, epoch: int, step: int) -> None:
    own, _, number = name.partition(OF_A_LOADER)
    run.metric(own, value, epoch=epoch, step=step, label=f"dataloader {number}" if number else None)
