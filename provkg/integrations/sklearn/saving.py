"""Files that models are written to and read from: joblib's, and those of pickle."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any

from provkg.capture.filed_models import version_in
from provkg.capture.handles import ModelHandle
from provkg.capture.known_models import known_model, remember_as, remember_later
from provkg.capture.third_party import model as recorded_model
from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call, Observed
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.describing import is_estimator, is_model, model_name


def observe_files(module: ModuleType, observed: Observed) -> None:
    """Watch `dump` and `load` of joblib or pickle."""
    observed.observe(module, "dump", _written)
    observed.observe(module, "load", _read)


def _written(call: Call) -> Generator[None, None, None]:
    """Add the file to the version of the model that was written; what is no model of ours is looked up and let be."""
    yield
    value = call.args[0] if call.args else call.kwargs.get("value", call.kwargs.get("obj"))
    model = known_model(value)
    if model is not None and scope.is_told():
        attempt("record the file of a model", lambda: _add_file(model, call))


def _add_file(model: ModelHandle, call: Call) -> None:
    given: Any = call.args[1] if len(call.args) > 1 else call.kwargs.get("filename", call.kwargs.get("file"))
    path = path_of(given)
    if path is None:
        return
    if callable(getattr(given, "flush", None)):
        given.flush()  # what pickle wrote lies in the buffer of the file, which the user closes later
    model.add_file(path)


def path_of(given: Any) -> Path | None:
    """Return the path of a file given by its name or open; None of what is no file of a name."""
    named = given if isinstance(given, str | os.PathLike) else getattr(given, "name", None)
    return Path(os.fsdecode(named)) if isinstance(named, str | os.PathLike) else None


def _read(call: Call) -> Generator[None, None, None]:
    """Keep in mind which version an estimator is, or which file it was read from, to be recorded when it is asked."""
    yield
    if not is_estimator(call.result) or not is_model(call.result) or not scope.is_told():
        return
    path = path_of(call.args[0] if call.args else call.kwargs.get("filename", call.kwargs.get("file")))
    if path is None:
        return
    name = model_name(call.result)
    # At once: until it is asked, the file may be written anew with another model.
    found = version_in(path, name)
    if found is not None:
        remember_as(found, call.result)
    else:
        remember_later(call.result, lambda: recorded_model(name, path.absolute(), framework="scikit-learn"))
