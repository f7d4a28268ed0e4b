"""Frames and series of pandas that know where their values came from; in all else they are pandas' own."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator
from typing import Any, Final

import pandas as pd

from provkg.capture.watching import pandas_calls as calls
from provkg.capture.watching import pandas_choosing as choosing
from provkg.capture.watching import pandas_series as series_calls
from provkg.capture.watching.observing import Origin, Origins, busy, inside, known
from provkg.capture.watching.pandas_kinds import ARITHMETIC, READING, UNSEEN
from provkg.capture.watching.pandas_values import plain
from provkg.capture.watching.states import State

_KNOWN: Final = ("_provkg_state", "_provkg_from", "_provkg_of_series")
"""What says what a frame came from: its state, or the frame or the series that pandas made it of unseen."""
LEVELLED: Final = frozenset({"query", "eval"})
"""They look for names of the user's so many calls above theirs."""


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
        return series_calls.numpy_function(function, args, kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:  # type: ignore[misc]
        original = functools.partial(super().__array_ufunc__, ufunc, method)  # type: ignore[misc, unused-ignore]
        if busy():
            return original(*inputs, **kwargs)
        return series_calls.numpy_on_series(self, original, inputs, kwargs)

    def __iter__(self) -> Iterator[Any]:
        if not busy() and (origins := origins_of(self)):
            known().leak(origins)
        return super().__iter__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Another process knows nothing of the watching; what arrives there is pandas' own.
        return operator.itemgetter(0), ((plain(self),),)


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
        elif is_known(other) and not is_known(self):
            self.__dict__ |= {name: other.__dict__[name] for name in _KNOWN if name in other.__dict__}
        elif isinstance(other, WatchedSeries) and (origins := origins_of(other)) and not is_known(self):
            self.__dict__["_provkg_of_series"] = origins
        return made

    def __array__(self, *given: Any, **also: Any) -> Any:
        if not busy() and (state := quiet_state(self)) is not None:
            known().leak(Origin(state, name) for name in state.columns)
        return super().__array__(*given, **also)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let numpy work on the values, and remember where the array that it returns came from."""
        return series_calls.numpy_function(function, args, kwargs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Another process knows nothing of the watching; what arrives there is pandas' own.
        return operator.itemgetter(0), ((plain(self),),)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in {"columns", "index"} or busy() or quiet_state(self) is None:
            super().__setattr__(name, value)
            return
        choosing.relabelled(self, name, lambda: super(WatchedFrame, self).__setattr__(name, value))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        original = functools.partial(super().__array_ufunc__, ufunc, method)  # type: ignore[misc, unused-ignore]
        if busy() or not is_known(self):
            return original(*inputs, **kwargs)
        return calls.numpy_on_frame(self, original, inputs, kwargs)

    @property
    def loc(self) -> Any:
        """Choose by label, as pandas' own does."""
        return choosing.indexer(self, super().loc)

    @property
    def iloc(self) -> Any:
        """Choose by number, as pandas' own does."""
        return choosing.indexer(self, super().iloc)

    @property
    def at(self) -> Any:
        """Choose one cell by label, as pandas' own does."""
        return choosing.indexer(self, super().at)

    @property
    def iat(self) -> Any:
        """Choose one cell by number, as pandas' own does."""
        return choosing.indexer(self, super().iat)

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


def is_known(given: Any) -> bool:
    """Whether a frame is watched, and it is known what it came from."""
    return isinstance(given, WatchedFrame) and not given.__dict__.keys().isdisjoint(_KNOWN)


def state_now(frame: Any) -> State:
    """Return the state of a frame that is known."""
    return calls.current_state(frame)


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
        if busy() or not is_known(self):
            if name in LEVELLED:
                kwargs["level"] = kwargs.get("level", 0) + 1
            return original(self, *args, **kwargs)
        if name in LEVELLED:
            kwargs["level"] = kwargs.get("level", 0) + calls.DEPTH
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
        return series_calls.series_method(self, name, original, args, kwargs)

    return method


class _Accessor:
    """Pandas' own `str`, `dt` or `cat`, whose results know where they came from."""

    def __init__(self, name: str) -> None:
        self._name, self._own = name, vars(pd.Series)[name]

    def __get__(self, series: Any, kind: Any = None) -> Any:
        made = self._own.__get__(series, kind)
        if series is None or busy():
            return made
        # pandas 2 keeps it with the series, where the next call would find it before this.
        series.__dict__.pop(self._name, None)
        return series_calls.accessor(series, made)


for _name in ("str", "dt", "cat"):
    setattr(WatchedSeries, _name, _Accessor(_name))
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
