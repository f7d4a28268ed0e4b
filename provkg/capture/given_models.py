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
    found = model_given(given)
    if found is None and isinstance(given, str | os.PathLike):
        said = f"model= takes a handle or a path, and no file is at {shown(os.fsdecode(given))}; it is left out"
        trouble(said, kind=f"model {os.fsdecode(given)}", error=BadParameter)
        return ()
    return things(given if found is None else found, "model")


def model_given(given: ModelGiven) -> ModelHandle | None:
    """Return the handle that `given` is, or that stands for the path or model that it is; None of what is neither."""
    if isinstance(given, Handle):
        return given if isinstance(given, ModelHandle) else None
    if isinstance(given, str | os.PathLike):
        path = os.fsdecode(given)
        there = bool(path) and os.path.exists(path)  # noqa: PTH110 - False of what no file can be called
        return model(Path(path).stem, path) if there else None
    if not _is_a_model(given):
        return None
    return attempt(f"look up the model {type(given).__name__}", lambda: _of_object(given))


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
