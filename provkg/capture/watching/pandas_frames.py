"""Frames and series of pandas that know where their values came from; in all else they are pandas' own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, Final

import pandas as pd

from provkg.capture.watching import pandas_calls as calls
from provkg.capture.watching.observing import Origin, Origins, busy, inside, known
from provkg.capture.watching.pandas_kinds import ARITHMETIC, READING, UNSEEN
from provkg.capture.watching.pandas_values import plain
from provkg.capture.watching.states import State


class WatchedSeries(pd.Series):
    """A column, or what was computed from columns; `_provkg_origins` says from which."""

    @property
    def _constructor(self) -> Callable[..., Any]:
        return WatchedSeries

    @property
    def _constructor_expanddim(self) -> Callable[..., Any]:
        return WatchedFrame

    def __finalize__(self, other: Any, method: str | None = None, **also: Any) -> Any:
        made = super().__finalize__(other, method=method, **also)  # type: ignore[misc]  # the stubs leave it out
        if (origins := origins_of(other)) is not None and origins_of(self) is None:
            set_origins(self, origins)
        return made

    def __array__(self, *given: Any, **also: Any) -> Any:
        made = super().__array__(*given, **also)
        if not busy() and (origins := origins_of(self)):
            known().leak(origins)
        return made

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let numpy work on the values, and remember where the array that it returns came from."""
        return calls.numpy_function(function, args, kwargs)

    def __iter__(self) -> Iterator[Any]:
        if not busy() and (origins := origins_of(self)):
            known().leak(origins)
        return super().__iter__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Another process knows nothing of the watching; what arrives there is pandas' own.
        return plain(self).__reduce_ex__(protocol)


class WatchedFrame(pd.DataFrame):
    """A frame whose operations are seen; `unwatch` ends it. Made by `provkg.watch`."""

    @property
    def _constructor(self) -> Callable[..., Any]:
        return WatchedFrame

    @property
    def _constructor_sliced(self) -> Callable[..., Any]:
        return WatchedSeries

    def __finalize__(self, other: Any, method: str | None = None, **also: Any) -> Any:
        made = super().__finalize__(other, method=method, **also)  # type: ignore[misc]  # the stubs leave it out
        if (state := quiet_state(other)) is not None and quiet_state(self) is None:
            self.__dict__["_provkg_state" if method == "copy" else "_provkg_from"] = state
        return made

    def __array__(self, *given: Any, **also: Any) -> Any:
        if not busy() and (state := quiet_state(self)) is not None:
            known().leak(Origin(state, name) for name in state.columns)
        return super().__array__(*given, **also)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let numpy work on the values, and remember where the array that it returns came from."""
        return calls.numpy_function(function, args, kwargs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Another process knows nothing of the watching; what arrives there is pandas' own.
        return plain(self).__reduce_ex__(protocol)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in {"columns", "index"} or busy() or quiet_state(self) is None:
            super().__setattr__(name, value)
            return
        calls.relabelled(self, name, lambda: super(WatchedFrame, self).__setattr__(name, value))

    @property
    def loc(self) -> Any:
        """Choose by label, as pandas' own does."""
        return calls.indexer(self, super().loc)

    @property
    def iloc(self) -> Any:
        """Choose by number, as pandas' own does."""
        return calls.indexer(self, super().iloc)

    @property
    def at(self) -> Any:
        """Choose one cell by label, as pandas' own does."""
        return calls.indexer(self, super().at)

    @property
    def iat(self) -> Any:
        """Choose one cell by number, as pandas' own does."""
        return calls.indexer(self, super().iat)

    @property
    def values(self) -> Any:
        """The values as an array, as pandas' own gives them."""
        made = super().values
        if not busy() and (state := quiet_state(self)) is not None:
            known().leak(Origin(state, name) for name in state.columns)
        return made

    def unwatch(self, name: str | None = None) -> pd.DataFrame:
        """Record what was seen, as the dataset `name` (a further version of the first one unless said), and end it.

        What comes back is a frame of pandas' own with the same content.
        """
        from provkg.capture.watching.recording import recorded

        own: pd.DataFrame = recorded(self, name).rows
        return own

    def _provkg_plain(self) -> pd.DataFrame:
        own: pd.DataFrame = plain(self)
        return own

    def _provkg_now(self) -> State:
        return calls.current_state(self)


def quiet_state(given: Any) -> State | None:
    """Return the state that a frame is known to be in."""
    return given.__dict__.get("_provkg_state") if isinstance(given, WatchedFrame) else None


def origins_of(given: Any) -> Origins | None:
    """Return where a series, array or number came from, if that is known."""
    if isinstance(given, WatchedSeries):
        found: Origins | None = given.__dict__.get("_provkg_origins")
        return found
    return known().of(given)


def set_origins(series: Any, origins: Origins) -> None:
    """Note where a series came from."""
    series.__dict__["_provkg_origins"] = origins


def watched_series(series: Any, origins: Origins) -> Any:
    """Return a series that knows where it came from."""
    with inside():
        made = series if isinstance(series, WatchedSeries) else WatchedSeries(series)
    set_origins(made, origins)
    return made


def watched_frame(frame: Any, state: State | None) -> Any:
    """Return a frame that is watched, in `state`."""
    with inside():
        made = frame if isinstance(frame, WatchedFrame) else WatchedFrame(frame.copy(deep=False))
        made.attrs = dict(frame.attrs)
    made.__dict__["_provkg_state"] = state
    return made


def _observed_frame(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if busy() or (quiet_state(self) is None and "_provkg_from" not in self.__dict__):
            return original(self, *args, **kwargs)
        return calls.frame_method(self, name, original, args, kwargs)

    return method


def _reading_frame(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not busy() and (state := quiet_state(self)) is not None:
            known().leak(Origin(state, column) for column in state.columns)
        return original(self, *args, **kwargs)

    return method


def _observed_series(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if busy():
            return original(self, *args, **kwargs)
        return calls.series_method(self, name, original, args, kwargs)

    return method


_DUNDERS: Final = ARITHMETIC | {"__getitem__", "__setitem__", "__delitem__"}


def _observe(kind: type[Any], own: type[Any], wrap: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> None:
    for name in dir(own):
        original = getattr(own, name)
        public = not name.startswith("_") and name not in UNSEEN and not name.startswith("to_")
        seen = (public or name in _DUNDERS) and name not in vars(kind)
        if seen and callable(original) and not isinstance(original, type):
            setattr(kind, name, wrap(name, original))
    # What looks for pandas' frames by the name of their module finds these, too.
    kind.__module__ = "pandas"


for _name in READING:
    setattr(WatchedFrame, _name, _reading_frame(getattr(pd.DataFrame, _name)))
_observe(WatchedFrame, pd.DataFrame, _observed_frame)
_observe(WatchedSeries, pd.Series, _observed_series)
