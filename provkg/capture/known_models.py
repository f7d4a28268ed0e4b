"""Models that have a record already, found again by the object that holds them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from provkg.capture.handles import ModelHandle
from provkg.capture.known_data import forget_data

_Known = tuple[weakref.ref[Any], Callable[[], ModelHandle | None]]
_known: Final[dict[int, _Known]] = {}


def remember_model(handle: ModelHandle) -> None:
    """Let `known_model` find `handle` by its object while both live; not where weak references are impossible."""
    if handle.object is not None:
        _remember(handle.object, weakref.ref(handle))


def keep_model(handle: ModelHandle) -> None:
    """Let `known_model` find `handle`, which nobody else holds, for as long as its object lives."""
    model, handle.object, handle.content = handle.object, None, None  # so that it does not keep the model alive
    _remember(model, lambda: handle)


def remember_as(handle: ModelHandle, model: Any) -> None:
    """Let `known_model` find `handle` by `model` too, which stands for it, as a search does for the best it found."""
    _remember(model, lambda: handle)


def remember_later(model: Any, record: Callable[[], ModelHandle]) -> None:
    """Let `known_model` find `model`, which is recorded by `record` when somebody asks for it first."""
    _remember(model, cache(record))


def _remember(model: Any, handle: Callable[[], ModelHandle | None]) -> None:
    key = id(model)
    try:
        _known[key] = (weakref.ref(model, lambda _: _known.pop(key, None)), handle)
    except TypeError:
        return


def known_model(model: Any) -> ModelHandle | None:
    """Return the version that `model` was last recorded as."""
    known = _known.get(id(model))
    return known[1]() if known is not None and known[0]() is model else None


def forget_model(model: Any) -> None:
    """Let go what is known of `model`: it is about to become another one."""
    _known.pop(id(model), None)


def forget_known() -> None:
    """Know no model and no data any more: what is said from now on goes to another graph."""
    _known.clear()
    forget_data()
