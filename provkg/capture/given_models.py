"""Models given to a call: handles, or in their place estimators and paths, which are then known or recorded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from provkg.capture.handles import Handle, ModelHandle, Thing, things
from provkg.capture.known_models import known_model
from provkg.capture.third_party import model
from provkg.capture.trouble import attempt, trouble, warned
from provkg.capture.wording import shown
from provkg.errors import BadParameter

ModelGiven = ModelHandle | Any
"""A model's handle, or in its place the path of its file, or the model itself."""
_WAYS: Final = ("predict", "predict_proba", "transform", "generate", "state_dict", "inplace_predict")
"""What models can do, of which data in memory can nothing."""


def model_things(given: ModelGiven) -> tuple[Thing, ...]:
    """Return the handle in `given`; a path or a model in its place is the version that this graph knows, or recorded.

    What is neither is said, and left out.
    """
    if given is None or isinstance(given, Handle):
        return things(given, "model")
    if isinstance(given, str | os.PathLike):
        return _in_file(given)
    if not _is_a_model(given):
        return things(given, "model")
    return things(attempt(f"look up the model {type(given).__name__}", lambda: _of_object(given)), "model")


def _in_file(given: str | os.PathLike[str]) -> tuple[Thing, ...]:
    path = os.fsdecode(given)
    if path and os.path.exists(path):  # noqa: PTH110 - False of what no file can be called
        return (model(Path(path).stem, path),)
    said = f"model= names {shown(path)}, where no file is; it is left out"
    trouble(said, kind=f"model {path}", error=BadParameter)
    return ()


def _is_a_model(given: Any) -> bool:
    try:
        return not isinstance(given, type) and any(callable(getattr(given, way, None)) for way in _WAYS)
    except Exception:  # noqa: BLE001 - an object may break in any way when looked at
        return False


def _of_object(given: Any) -> ModelHandle:
    if (known := known_model(given)) is not None:
        return known
    name = type(given).__name__
    found = model(name, given)
    if found.said is not None and found.said.run is None:
        warned(
            f"nothing tells which run trained the {name} that was given as model=; it is recorded by its content. "
            "If it was read from a file, give the path in its place, or provkg.model(NAME, PATH), or call "
            "provkg.autolog() before it is read",
            kind=f"model {name}",
        )
    return found
