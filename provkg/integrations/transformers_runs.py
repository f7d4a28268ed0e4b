"""The runs that a `Trainer` of transformers makes: a training with what it logs and saves, and evaluations."""

from __future__ import annotations

import time
import weakref
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provkg.capture import ModelHandle, TrainingBlock, evaluation, model
from provkg.capture.architectures import architecture_of, unwrapped
from provkg.capture.handles import Data
from provkg.capture.models import Weights
from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call
from provkg.integrations.runs import Given, begun_or_joined
from provkg.integrations.torch_data import loaded_data, role_in
from provkg.integrations.torch_files import model_in, remember_file
from provkg.integrations.torch_settings import module_settings, optimizer_settings, torch_settings
from provkg.integrations.transformers_settings import argument_settings, base_of, config_settings, tokenizer_of
from provkg.records import ModelArchitecture, Tokenizer

OF_THE_RUN: Final = ("_runtime", "_samples_per_second", "_steps_per_second")
_made: Final[weakref.WeakKeyDictionary[Any, Learning]] = weakref.WeakKeyDictionary()


@dataclass(eq=False)
class Learning:
    """A training while it goes on, and what it made afterwards."""

    run: TrainingBlock
    owned: bool
    name: str
    by_user: bool
    epoch_began: float = field(default_factory=time.monotonic)
    states: dict[Path, ModelHandle] = field(default_factory=dict)
    architecture: ModelArchitecture | None = None
    tokenizer: Tokenizer | None = None
    final: ModelHandle | None = None

    @classmethod
    def begun(cls, trainer: Any, resume: Any) -> Learning:
        """Begin the training of the trainer's model, or join the user's own."""
        module = unwrapped(trainer.model)
        name, given = type(module).__name__, Given()
        state = _resumed(trainer, resume)
        if state is not None:
            given.resume_from = attempt("find the state it goes on from", lambda: model_in(state, name))
        elif (trained := _made.get(trainer.model)) is not None:
            given.start_from = trained.final
        else:
            given.start_from = attempt("find the model it starts from", lambda: base_of(module))
        run, owned = begun_or_joined(f"train {name}", given)
        run.expects_more = run.expects_more or owned
        learning = cls(run, owned, name, by_user=not owned and run.names_data)
        attempt("record the data", lambda: learning.learn_from(trainer))
        return learning

    def learn_from(self, trainer: Any) -> None:
        """Say what is learned from."""
        given = [trainer.train_dataset, trainer.eval_dataset]
        fingerprints = {
            f"{name}.fingerprint": dataset._fingerprint  # noqa: SLF001 - it has no other name
            for name, dataset in zip(("train_dataset", "eval_dataset"), given, strict=True)
            if hasattr(dataset, "_fingerprint")
        }
        _add(self.run, fingerprints)
        if self.by_user:
            return
        if trainer.train_dataset is not None:
            self.run.learn_from(*loaded_data(trainer.train_dataset, "train"))
        for name, dataset in _several(trainer.eval_dataset):
            self.run.validate_on(*loaded_data(dataset, "validation", name))

    def describe(self, args: Any, around: dict[str, Any]) -> None:
        """Say how it is learned."""
        module = unwrapped(around["model"])
        self.architecture = attempt("read the architecture", lambda: architecture_of(module))
        processing = around.get("processing_class") or around.get("tokenizer")
        self.tokenizer = attempt("read the tokenizer", lambda: tokenizer_of(processing))
        params = {**argument_settings(args), **config_settings(module), **torch_settings(), **module_settings(module)}
        if around.get("optimizer") is not None:
            params |= optimizer_settings(getattr(around["optimizer"], "optimizer", around["optimizer"]))
        if around.get("lr_scheduler") is not None:
            params["scheduler"] = type(around["lr_scheduler"]).__name__
        _add(self.run, params)
        self.run.told.add_libraries(["transformers", "torch"])
        self.run.told.deterministic = params["deterministic_algorithms"]

    def log(self, state: Any, logs: dict[str, Any]) -> None:
        """Record metrics: those of an evaluation on validation data, the others on training data."""
        epoch = max(0, round(state.epoch or 0) - 1)
        for name, value in logs.items():
            if name in {"epoch", "total_flos", "num_input_tokens_seen"} or not isinstance(value, int | float):
                continue
            if name.startswith("eval_") and not name.endswith(OF_THE_RUN):
                self.run.metric(
                    name.removeprefix("eval_"), value, role="validation", step=state.global_step, epoch=epoch
                )
            elif name == "train_loss":
                self.run.metric("loss", value, role="train", label="mean of the training")
            elif name == "train_samples_per_second":
                self.run.metric("throughput", value)
            elif not name.endswith(OF_THE_RUN):
                self.run.metric(name, value, step=state.global_step)

    def epoch(self, state: Any) -> None:
        """Record how long the epoch took that has just ended."""
        began, self.epoch_began = self.epoch_began, time.monotonic()
        self.run.metric("epochDuration", self.epoch_began - began, epoch=max(0, round(state.epoch or 0) - 1))

    # --- what is saved

    def saved(self, args: Any, state: Any) -> None:
        """Record a checkpoint folder."""
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if not folder.is_dir():
            return
        handle = self.run.checkpoint(
            self.name,
            folder,
            step=state.global_step,
            epoch=max(0, round(state.epoch or 0) - 1),
            framework="transformers",
            architecture=self.architecture,
            tokenizer=self.tokenizer,
        )
        remember_file(handle)
        self.states[folder.absolute()] = handle

    def end(self, trainer: Any) -> None:
        """Record the model that was made: the best state where the trainer takes it back, else the last."""
        state, folder = trainer.state, Path(trainer.args.output_dir).absolute()
        best = Path(state.best_model_checkpoint).absolute() if state.best_model_checkpoint else None
        if trainer.args.load_best_model_at_end and best in self.states and best is not None:
            self.final = self._model(best, self.states[best])
        else:
            last = self.states.get(folder / f"checkpoint-{state.global_step}")
            self.final = self._model(Weights(unwrapped(trainer.model)), last)
        _made[trainer.model] = self
        if self.owned:
            self.run.end()

    def _model(self, given: Any, state: ModelHandle | None) -> ModelHandle:
        how = {"framework": "transformers", "architecture": self.architecture, "tokenizer": self.tokenizer}
        handle = self.run.model(self.name, given, selected=state, **how)  # type: ignore[arg-type]
        remember_file(handle)
        return handle

    def fail(self, error: BaseException) -> None:
        """End as `error` ended it; a block of the user's ends by itself."""
        if self.owned:
            self.run.end(error)


def saved_after(trainer: Any, folder: Path) -> None:
    """Record the folder that a trained model was saved to: the same model, in files."""
    learning = _made.get(trainer.model)
    if learning is None or not folder.is_dir():
        return
    how = {"framework": "transformers", "architecture": learning.architecture, "tokenizer": learning.tokenizer}
    remember_file(learning.run.model(learning.name, folder, **how))  # type: ignore[arg-type]


def judged(trainer: Any, call: Call, given: Any, prefix: str) -> Generator[None, None, None]:
    """Record an evaluation of the trainer's model on `given`, or on what the trainer has for it."""
    role = "test" if prefix == "test" else "validation"
    given = given if given is not None else trainer.eval_dataset
    given = trainer.eval_dataset[given] if isinstance(given, str) else given
    data = [found for name, each in _several(given) for found in loaded_data(each, role_in(name) or role, name)]
    with evaluation(_model_of(trainer), data=data, library=["transformers", "torch"]) as run:
        yield
        measured = call.result if isinstance(call.result, dict) else getattr(call.result, "metrics", None) or {}
        for name, value in measured.items():
            own = name.removeprefix(f"{prefix}_")
            if (
                not name.endswith(OF_THE_RUN)
                and isinstance(value, int | float)
                and own not in {"epoch", "model_preparation_time"}
            ):
                run.metric(own, value, role=_role(data) or role)


def _role(data: list[Data]) -> str | None:
    roles = {each.role for each in data}
    return roles.pop() if len(roles) == 1 else None


def _model_of(trainer: Any) -> ModelHandle:
    learning = _made.get(trainer.model)
    if learning is not None and learning.final is not None:
        return learning.final
    module = unwrapped(trainer.model)
    return base_of(module) or model(type(module).__name__, Weights(module), framework="transformers")


def _several(given: Any) -> list[tuple[str | None, Any]]:
    if given is None:
        return []
    return [*given.items()] if isinstance(given, dict) else [(None, given)]


def _resumed(trainer: Any, resume: Any) -> Path | None:
    if isinstance(resume, str):
        return Path(resume) if Path(resume).is_dir() else None
    if not resume:
        return None
    found = sorted(Path(trainer.args.output_dir).glob("checkpoint-*"), key=_number)
    return found[-1] if found else None


def _number(folder: Path) -> int:
    last = folder.name.rpartition("-")[2]
    return int(last) if last.isdecimal() else -1


def _add(run: TrainingBlock, params: dict[str, Any]) -> None:
    run.params({name: value for name, value in params.items() if name not in run.told.params})
