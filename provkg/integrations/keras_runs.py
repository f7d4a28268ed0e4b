"""The runs that Keras models make: a training for each fit, evaluations, predictions, and the files of models."""

from __future__ import annotations

import math
import sys
import weakref
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provkg.capture import ModelHandle, TrainingBlock, evaluation, inference, model, splitting
from provkg.capture.architectures import architecture_of
from provkg.capture.given_data import data_of, variable
from provkg.capture.handles import Data
from provkg.capture.models import Weights
from provkg.capture.trouble import attempt, trouble
from provkg.integrations.keras_settings import callback_settings, compile_settings, fit_settings, keras_settings
from provkg.integrations.observing import Call
from provkg.integrations.runs import Given, begun_or_joined
from provkg.integrations.torch_data import loaded_data, role_in
from provkg.integrations.torch_files import model_in, remember_file
from provkg.records import ModelArchitecture

MOST_PREDICTIONS: Final = 100
"""Predictions of one process that are recorded: some programs predict row by row."""
_fitting: Final[weakref.WeakKeyDictionary[Any, Learning]] = weakref.WeakKeyDictionary()
_fitted: Final[weakref.WeakKeyDictionary[Any, Learning]] = weakref.WeakKeyDictionary()
_files: Final[weakref.WeakKeyDictionary[Any, Path]] = weakref.WeakKeyDictionary()
_predictions: Final[list[int]] = [0]


def fitting(network: Any) -> Learning | None:
    """Return the fit of `network` that goes on."""
    return _fitting.get(network)


@dataclass(eq=False)
class Learning:
    """A fit while it goes on, and what it made afterwards."""

    run: TrainingBlock
    owned: bool
    name: str
    at_epoch: int | None = None
    final: ModelHandle | None = None
    architecture: ModelArchitecture | None = None

    @classmethod
    def begun(cls, call: Call, callbacks: Sequence[Any]) -> Learning:
        """Begin the training of a model, or join the user's own."""
        network = call.owner
        name = _name(network)
        given = attempt("find the model it starts from", lambda: _start(network)) or Given()
        run, owned = begun_or_joined(f"fit {name}", given)
        run.expects_more = run.expects_more or owned
        learning = _fitting[network] = cls(run, owned, name)
        if owned or not run.names_data:
            attempt("record the data", lambda: learning.learn_from(call))
        attempt("record the settings of a fit", lambda: learning.describe(call, callbacks))
        return learning

    def learn_from(self, call: Call) -> None:
        """Say what is learned from."""
        held_out, share = call.argument("validation_data"), call.argument("validation_split")
        data = _data(call.argument("x"), call.argument("y"), "train")
        if share and held_out is None and data:
            train, validation = _held_back(data[0], call.argument("x"), call.argument("y"), float(share))
            self.run.learn_from(train)
            self.run.validate_on(validation)
            return
        self.run.learn_from(*data)
        if held_out is not None:
            rows = held_out if isinstance(held_out, tuple) else (held_out, None)
            self.run.validate_on(*_data(rows[0], rows[1] if len(rows) > 1 else None, "validation"))

    def describe(self, call: Call, callbacks: Sequence[Any]) -> None:
        """Say how it is learned."""
        params = {**fit_settings(call), **compile_settings(call.owner), **keras_settings()}
        params |= callback_settings(callbacks)
        self.run.params({name: value for name, value in params.items() if name not in self.run.told.params})
        self.run.told.add_libraries(["keras"])

    def epoch(self, epoch: int, logs: dict[str, Any]) -> None:
        """Record what was measured over an epoch."""
        self.at_epoch = epoch
        for name, value in logs.items():
            self.run.metric(name, value, epoch=epoch)

    def saved(self, network: Any, path: Path) -> None:
        """Record a file that was written: a checkpoint during the fit, the model afterwards."""
        self.architecture = self.architecture or architecture_of(network)
        how = {"framework": "keras", "architecture": self.architecture}
        if self.run.goes_on and _fitting.get(network) is self:
            handle = self.run.checkpoint(self.name, path, epoch=self.at_epoch, **how)  # type: ignore[arg-type]
        else:
            handle = self.run.model(self.name, path, **how)  # type: ignore[arg-type]
        remember_file(handle)

    def end(self, network: Any) -> None:
        """Record the model that was made."""
        self.final = self.run.model(self.name, Weights(network), framework="keras")
        _fitted[network] = self
        if self.owned:
            self.run.end()

    def fail(self, error: BaseException) -> None:
        """End as `error` ended it; a block of the user's ends by itself."""
        if self.owned:
            self.run.end(error)

    def over(self, network: Any) -> None:
        """Let the model be fitted again."""
        _fitting.pop(network, None)


def _name(network: Any) -> str:
    return str(network.name) if type(network).__module__.startswith("keras.") else type(network).__name__


def _start(network: Any) -> Given:
    """Return what the fit starts from: the model as it was fitted or read before. An optimiser with steps goes on."""
    optimizer = getattr(network, "optimizer", None)
    goes_on = optimizer is not None and int(optimizer.iterations) > 0
    found = _held(network)
    return Given(resume_from=found) if goes_on else Given(start_from=found)


def _held(network: Any) -> ModelHandle | None:
    """Return the model that `network` is now, where that is known."""
    path = _files.get(network)
    if path is not None and path.exists():
        return model_in(path, _name(network), "keras")
    learning = _fitted.get(network)
    return learning.final if learning is not None else None


def came_from(network: Any, path: Path) -> None:
    """Note the file that a model's weights were read from."""
    _fitted.pop(network, None)
    _files[network] = path


def saved(network: Any, path: Path) -> None:
    """Record a file that a model was written to, where its fit is known."""
    learning = _fitting.get(network) or _fitted.get(network)
    if learning is not None:
        attempt(f"record {path}", lambda: learning.saved(network, path))


def judged(call: Call) -> Generator[None, None, None]:
    """Record an evaluation."""
    network = call.owner
    given = call.argument("x")
    role = role_in(variable(given, "keras"))
    data = _data(given, call.argument("y"), role)
    with evaluation(_model_of(network), data=data, library="keras") as run:
        yield
        for name, value in network.get_metrics_result().items():
            run.metric(name, value, role=role)


def predicted(call: Call) -> Generator[None, None, None]:
    """Record a prediction of a model that was fitted or read in this process."""
    known = _held(call.owner)
    _predictions[0] += 1
    if known is None or _predictions[0] > MOST_PREDICTIONS:
        if known is not None and _predictions[0] == MOST_PREDICTIONS + 1:
            trouble(
                f"more than {MOST_PREDICTIONS} calls of predict: the rest is not recorded; record what is to be kept "
                "with provkg.inference(model, data=…)"
            )
        yield
        return
    with inference(known, data=_data(call.argument("x"), None, "inference"), library="keras") as run:
        yield
        run.predictions(call.result)


def _model_of(network: Any) -> ModelHandle:
    return _held(network) or model(_name(network), Weights(network), framework="keras")


def _data(x: Any, y: Any, role: str | None) -> tuple[Data, ...]:
    if x is None:
        return ()
    if hasattr(x, "dataset") and "torch.utils.data" in sys.modules:
        return loaded_data(x, role)
    if not _is_rows(x):
        trouble(
            f"what a {type(x).__name__} gives to Keras is not recorded as data; say what it is: "
            "provkg.training(…, data=provkg.dataset(name, path)), or let it pass through provkg.passing(name, items)",
            kind=f"data of Keras {type(x).__name__}",
        )
        return ()
    return (data_of(*_several(x), y, role=role, framework="keras"),)


def _held_back(whole: Data, x: Any, y: Any, share: float) -> tuple[Data, Data]:
    """Record that the last rows are kept for validation, as Keras does: it rounds down what is left for training."""
    rows = tuple(each for each in (*_several(x), y) if each is not None)
    count = len(rows[0])
    end = math.floor(count * (1.0 - share))
    title = f"validation_split of {whole.name}"
    with splitting(
        whole, strategy="temporal", title=title, params={"validation_split": share}, library="keras"
    ) as split:
        parts = [
            split.part(role, tuple(each[start:stop] for each in rows), range(start, stop))
            for role, start, stop in (("train", 0, end), ("validation", end, count))
        ]
    return parts[0], parts[1]


def _several(x: Any) -> list[Any]:
    return [*x.values()] if isinstance(x, dict) else list(x) if isinstance(x, list | tuple) else [x]


def _is_rows(x: Any) -> bool:
    return all(hasattr(each, "shape") for each in _several(x))
