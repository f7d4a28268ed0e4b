"""Keras 3, whatever its backend: what models fit, evaluate, predict, save and load.

`provkg.autolog()` watches every model; `model.fit(…, callbacks=[ProvenanceCallback()])` has one fit recorded.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from provkg.integrations.keras_runs import Learning, came_from, fitting, judged, predicted, saved
from provkg.integrations.observing import Call, Observed

_always: Final = Observed("keras")
"""What the callback needs to hear of, where not all models are watched."""
_watching: Final[set[int]] = set()


def observe(keras: ModuleType, observed: Observed) -> None:
    """Watch all models."""
    _watch(keras, observed)
    key = id(observed)
    _watching.add(key)
    observed.undo_with(lambda: _watching.discard(key))


def _watch(keras: ModuleType, observed: Observed) -> None:
    lists = importlib.import_module("keras.src.callbacks.callback_list")
    files = importlib.import_module("keras.src.saving.saving_lib")
    observed.observe(keras.Model, "fit", _fitted)
    observed.observe(keras.Model, "evaluate", _evaluated)
    observed.observe(keras.Model, "predict", _predicted)
    observed.observe(keras.Model, "save", _saved)
    observed.observe(keras.Model, "save_weights", _saved)
    observed.observe(keras.Model, "load_weights", _weights_loaded)
    observed.observe(lists.CallbackList, "on_epoch_end", _epoch_ended)
    # All ways to read a model end here.
    observed.observe(files, "load_model", _loaded)


def _fitted(call: Call) -> Generator[None, None, None]:
    callbacks = call.argument("callbacks")
    several = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    asked = any(isinstance(each, Teller) for each in several)
    if not (_watching or asked) or fitting(call.owner) is not None:
        yield
        return
    learning = Learning.begun(call, [each for each in several if each is not None])
    try:
        yield
    except BaseException as error:
        learning.fail(error)
        raise
    else:
        learning.end(call.owner)
    finally:
        learning.over(call.owner)


def _epoch_ended(call: Call) -> Generator[None, None, None]:
    model = next((each.model for each in call.owner.callbacks if getattr(each, "model", None) is not None), None)
    learning = fitting(model) if model is not None else None
    if learning is not None:
        learning.epoch(call.argument("epoch"), call.argument("logs") or {})
    yield


def _evaluated(call: Call) -> Generator[None, None, None]:
    if not _watching or fitting(call.owner) is not None:
        yield
        return
    yield from judged(call)


def _predicted(call: Call) -> Generator[None, None, None]:
    if not _watching or fitting(call.owner) is not None:
        yield
        return
    yield from predicted(call)


def _saved(call: Call) -> Generator[None, None, None]:
    yield
    path = Path(str(call.argument("filepath")))
    if path.exists() and (_watching or fitting(call.owner) is not None):
        saved(call.owner, path)


def _loaded(call: Call) -> Generator[None, None, None]:
    yield
    came_from(call.result, Path(str(call.argument("filepath"))))


def _weights_loaded(call: Call) -> Generator[None, None, None]:
    yield
    came_from(call.owner, Path(str(call.argument("filepath"))))


class Teller:
    """Marks the fits that are recorded on purpose."""


@functools.cache
def callback_class() -> type:
    """Return the callback as a class of Keras'."""
    keras = importlib.import_module("keras")
    _watch(keras, _always)
    body = {"__module__": __name__, "__qualname__": "ProvenanceCallback", "__doc__": "Has a fit recorded."}
    return type("ProvenanceCallback", (Teller, keras.callbacks.Callback), body)


def __getattr__(name: str) -> Any:
    if name == "ProvenanceCallback":
        return callback_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
