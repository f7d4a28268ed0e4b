"""Calls of pandas' methods on watched frames and series: made once, then told as an operation, or as an origin."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from types import FunctionType, MethodType
from typing import Any, Final

import numpy as np
import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.making import Made, sources
from provkg.capture.watching.observing import (
    Origin,
    Origins,
    busy,
    inside,
    is_literal,
    known,
    noted,
    told,
    user_line,
    whole,
)
from provkg.capture.watching.pandas_flows import compared, renamed, text_sources
from provkg.capture.watching.pandas_kinds import (
    BY_CELL,
    DEFERRED,
    KINDS,
    NAMING,
    OTHER,
    ROWS_KEPT,
    ROWS_TAGGED,
)
from provkg.capture.watching.pandas_values import names_of, types_of
from provkg.capture.watching.rows import Every, Kept, Rows, forgotten
from provkg.capture.watching.states import Flow, From, Parent, State

Original = Callable[..., Any]


DEPTH: Final = 3
"""How many calls of ours lie between the user's line and pandas' own method: for those that look there for names."""


class Call:
    """One call on a frame while it is made: what was known before, and what to say afterwards."""

    def __init__(
        self, frame: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], original: Original
    ) -> None:
        self.frame, self.name, self.args, self.kwargs = frame, name, args, kwargs
        self.state = current_state(frame)
        self.watch = self.state.watch
        self.index, self.count, self.names = frame.index, len(frame), names_of(frame.columns)
        self.given = bound(original, frame, args, kwargs)
        self.line, self.started = user_line(), datetime.now(UTC)

    @property
    def in_place(self) -> bool:
        """Whether the frame itself is changed."""
        return self.given.get("inplace") is True or self.name in {"insert", "isetitem", "pop", "update"}

    def made(self, result: Any, rows: Rows, title: str | None = None, kind: str | None = None) -> Made:
        """Return the operation, before it is said where columns came from."""
        kept = rows if self.watch.sees_rows else forgotten(rows, self.count)
        return Made(
            title=title or self.name,
            kind=kind or KINDS.get(title or self.name, OTHER),
            parents=[Parent(self.state, kept)],
            columns=names_of(result.columns),
            rows=len(result),
            told=told(self.given, NAMING),
            line=self.line,
            started=self.started,
            types=types_of(result),
            index=result.index,
        )

    def ends_in(self, result: Any, made: Made) -> None:
        """Let `result` be watched, in the state after the operation."""
        result.__dict__["_provkg_state"] = made.state(self.watch)
        result.__dict__.pop("_provkg_from", None)


def bound(original: Original, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by name, without those left out."""
    try:
        given = dict(_signature(original).bind(self, *args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {}  # pandas says what is wrong with them
    given.pop("self", None)
    also = given.pop("kwargs", {})
    return {**given, **also} if isinstance(also, dict) else given


@functools.cache
def _signature(original: Original) -> inspect.Signature:
    return inspect.signature(original)


def current_state(frame: Any) -> State:
    """Return the state of a frame; of one that a call nobody saw made from a watched one, by comparing labels."""
    if (state := frames.quiet_state(frame)) is not None:
        return state
    if (origins := frame.__dict__.get("_provkg_of_series")) is not None:
        tell_expanded("to_frame", origins, frame)
        made_state: State = frame.__dict__["_provkg_state"]
        return made_state
    before: State | None = frame.__dict__.get("_provkg_from")
    if before is None:
        return orphan(frame)
    rows = rows_of.by_label(before.index, frame.index, before.rows)
    names = names_of(frame.columns)
    made = Made("unobserved", OTHER, [Parent(before, rows)], names, len(frame), line=user_line(), index=frame.index)
    everything = tuple(From(0, name, whole=True, assumed=True) for name in before.columns)
    made.flows = {
        name: Flow((From(0, name, whole=True, assumed=True),) if name in before.columns else everything)
        for name in names
    }
    made.types = types_of(frame)
    state = frame.__dict__["_provkg_state"] = made.state(before.watch)
    return state


def orphan(frame: Any) -> State:
    """Return the state of a frame of which nobody knows what made it: assumed are the columns that were read before."""
    seen = known().seen
    if not seen:
        raise LookupError("nobody saw what this frame was made of")
    tell_expanded("unobserved", seen, frame)
    state: State = frame.__dict__["_provkg_state"]
    return state


# --- methods of frames


def frame_method(frame: Any, name: str, original: Original, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make the call on a frame, and take note of what it did."""
    from provkg.capture.watching.pandas_assigning import SETTING, assigned
    from provkg.capture.watching.pandas_joining import JOINING, is_joinable, joined

    if name in SETTING:
        return assigned(frame, name, original, args, kwargs)
    call = attempt(f"watch {name}", lambda: Call(frame, name, args, kwargs, original))
    if call is None:
        return original(frame, *args, **kwargs)
    if name in DEFERRED:
        from provkg.capture.watching.pandas_groups import followed

        with inside():
            made = original(frame, *args, **kwargs)
        return noted(f"{name}", lambda: followed(made, call), made)
    if name in JOINING and is_joinable(call):
        return joined(call, original)
    with inside():
        is_tagged = name in ROWS_TAGGED and call.watch.sees_columns
        tag = attempt(f"watch {name}", lambda: _tagged(call)) if is_tagged else None
        result, rows = _called(call, original, tag)
    attempt(f"watch {name}", lambda: _tell(call, result, rows))
    return result


class Tagged:
    """A frame with its rows numbered, for one call."""

    def __init__(self, call: Call) -> None:
        self.frame = call.frame if call.in_place else call.frame.copy(deep=False)
        self.names = call.frame.columns
        rows_of.put_tag(self.frame)

    def untag(self, result: Any, of: int) -> Rows | None:
        """Take the numbers away from the frame and what came of it; return what they tell."""
        found = None
        for each in {id(each): each for each in (self.frame, result) if isinstance(each, pd.DataFrame)}.values():
            told_here = rows_of.take_tag(each, of)
            if each is result or result is None:
                found = told_here
            if len(each.columns) == len(self.names) and each.columns.equals(self.names):
                each.columns = self.names
        return found


def _tagged(call: Call) -> Tagged | None:
    given = call.given
    if given.get("axis", 0) not in {0, "index", "rows"} and call.name not in {"nlargest", "nsmallest"}:
        return None
    if call.name == "drop" and given.get("labels") is None and given.get("index") is None:
        return None
    return Tagged(call) if rows_of.is_taggable(call.frame) else None


def _called(call: Call, original: Original, tag: Tagged | None) -> tuple[Any, Rows | None]:
    """Make the user's call, on the frame with numbered rows where there is one."""
    if tag is None:
        return original(call.frame, *call.args, **call.kwargs), None
    kwargs = dict(call.kwargs)
    if call.name in {"dropna", "drop_duplicates"} and call.given.get("subset") is None:
        # Without this, the numbers of the rows would count as one of their values.
        kwargs["subset"] = list(tag.names)
        call_args = () if call.name == "drop_duplicates" else call.args
    else:
        call_args = call.args
    try:
        result = original(tag.frame, *call_args, **kwargs)
    except BaseException:
        attempt(f"watch {call.name}", lambda: tag.untag(None, call.count))
        raise
    return result, attempt(f"watch {call.name}", lambda: tag.untag(result, call.count))


def _tell(call: Call, result: Any, rows: Rows | None) -> None:
    if call.in_place and result is None:
        _tell_frame(call, call.frame, rows)
    elif isinstance(result, pd.DataFrame):
        if result is not call.frame:
            _tell_frame(call, result, rows)
    elif isinstance(result, pd.Series):
        frames.set_origins(result, _origins_of_result(call, result))
        if call.name == "pop":
            _tell_frame(call, call.frame, Kept(call.count))
    else:
        _remember(result, _columns_of(call))
        known().leak(whole(_columns_of(call)))


def _tell_frame(call: Call, result: Any, rows: Rows | None) -> None:
    if not call.watch.sees_columns:
        title = "rows" if call.name == "__getitem__" else None
        call.ends_in(result, call.made(result, Kept(call.count) if len(result) == call.count else Every(), title))
        return
    if call.name == "__getitem__":
        _tell_chosen(call, result, call.args[0], "[]")
        return
    if call.name == "filter":
        rows = Kept(call.count) if len(result) == call.count else rows_of.by_label(call.index, result.index, call.count)
    if rows is None and call.name in ROWS_KEPT | {"drop", "dropna"} and len(result) == call.count:
        rows = Kept(call.count)
    moved = rows is not None and call.name in ROWS_KEPT | ROWS_TAGGED | {"filter"}
    if rows is None:
        rows = rows_of.by_label(call.index, result.index, call.count)
    made = call.made(result, rows, title="drop columns" if _drops_columns(call) else None)
    if call.watch.sees_columns:
        made.flows = renamed(call, result) if moved else compared(call, result, made, rows)
        if call.name == "eval":
            made.flows = text_sources(call, made.flows)
    call.ends_in(result, made)


def _drops_columns(call: Call) -> bool:
    if call.name in {"drop"}:
        return call.given.get("columns") is not None or call.given.get("axis") in {1, "columns"}
    return call.name == "dropna" and call.given.get("axis") in {1, "columns"}


def _columns_of(call: Call) -> Origins:
    return frozenset(Origin(call.state, name) for name in call.names)


def _origins_of_result(call: Call, result: Any) -> Origins:
    """Return where a series that a frame's method made came from."""
    if call.name in {"__getitem__", "pop"} and result.name is not None:
        place = list(call.frame.columns if call.name == "__getitem__" else call.names).index(
            result.name if call.name == "__getitem__" else names_of(pd.Index([result.name]))[0]
        )
        column = frozenset({Origin(call.state, call.names[place])})
        known().read(column)
        return column
    by_row = len(result) == call.count and (result.index is call.index or result.index.equals(call.index))
    of = _columns_of(call)
    if call.name == "eval":
        of = frozenset(each for each in of if each.column in str(call.given.get("expr")))
    of |= argument_origins(call.args, call.kwargs)
    return of if by_row and call.name not in {"rank", "duplicated", "cumsum"} else whole(of)


# --- choosing rows


def _tell_chosen(call: Call, result: Any, key: Any, how: str) -> None:
    """Tell of `[]`, `loc` or `iloc` that made a frame: some rows, some columns, or both."""
    if how == "[]" and isinstance(key, pd.DataFrame):
        made = call.made(result, Kept(call.count), title="where")
        made.flows = compared(call, result, made, Kept(call.count))
        call.ends_in(result, made)
        return
    if how == "[]" and not isinstance(key, slice) and not rows_of.is_mask(key):
        made = call.made(result, Kept(call.count), title="columns")
    else:
        with inside():
            by_row = key[0] if isinstance(key, tuple) and how != "[]" else key
            rows = rows_of.chosen(call.frame, by_row, how)
        rows = rows if _length(rows) == len(result) else rows_of.by_label(call.index, result.index, call.count)
        made = call.made(result, rows, title="rows" if how == "[]" else how)
    if how == "[]":
        made.told = told({"key": key}, frozenset() if made.title == "rows" else NAMING)
    made.flows = renamed(call, result) if call.watch.sees_columns else {}
    call.ends_in(result, made)


def _length(rows: Rows) -> int:
    counted = getattr(rows, "positions", None)
    return len(counted) if counted is not None else int(getattr(rows, "count", -1))


def indexer(frame: Any, own: Any) -> Any:
    """Return pandas' own way to choose, whose calls are seen."""
    if not busy() and frames.is_known(frame):
        own.__class__ = _choosing(type(own))  # type: ignore[arg-type]  # a class is hashable
    return own


@functools.cache
def _choosing(kind: Any) -> type[Any]:
    class Choosing(kind):  # type: ignore[misc]  # any of pandas' own
        def __getitem__(self, key: Any) -> Any:
            return _chosen_by(self, key, super().__getitem__)

        def __setitem__(self, key: Any, value: Any) -> None:
            from provkg.capture.watching.pandas_assigning import set_by

            set_by(self, key, value, super().__setitem__)

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            made = super().__call__(*args, **kwargs)
            made.__class__ = type(self)
            return made

    Choosing.__name__ = Choosing.__qualname__ = kind.__name__
    Choosing.__module__ = kind.__module__
    return Choosing


def _chosen_by(own: Any, key: Any, original: Original) -> Any:
    frame = own.obj
    if busy() or not frames.is_known(frame):
        return original(key)
    call = attempt("watch loc", lambda: Call(frame, own.name, (), {}, original))
    with inside():
        answered, kept = _once(key)
        result = original(answered)
    if call is not None:
        attempt(f"watch {own.name}", lambda: _tell_choice(call, result, kept(), own.name))
    return result


def _once(key: Any) -> tuple[Any, Callable[[], Any]]:
    """Return `key` with functions in it that remember what they return, and what reads the key that came of it."""
    answers: dict[int, Any] = {}

    def remembering(place: int, function: Any) -> Any:
        def call(frame: Any) -> Any:
            answers[place] = function(frame)
            return answers[place]

        return call

    parts = key if isinstance(key, tuple) else (key,)
    if not any(callable(each) for each in parts):
        return key, lambda: key
    calling = [remembering(n, each) if callable(each) else each for n, each in enumerate(parts)]

    def answered() -> Any:
        found = tuple(answers.get(n, each) for n, each in enumerate(parts))
        return found if isinstance(key, tuple) else found[0]

    return (tuple(calling) if isinstance(key, tuple) else calling[0]), answered


def _tell_choice(call: Call, result: Any, key: Any, how: str) -> None:
    if isinstance(result, pd.DataFrame):
        if call.watch.sees_columns:
            _tell_chosen(call, result, key, how)
        else:
            call.ends_in(result, call.made(result, Every(), how))
        return
    columns = _columns_of(call)
    if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], str | int):
        names = [key[1]] if how in {"loc", "at"} else [call.frame.columns[key[1]]]
        columns = frozenset(Origin(call.state, name) for name in names_of(pd.Index(names)) if name in call.names)
    if isinstance(result, pd.Series):
        of_column = isinstance(key, tuple) and not np.isscalar(key[0])
        frames.set_origins(result, columns if of_column and call.index.is_unique else whole(columns))
        return
    _remember(result, columns)


def _remember(result: Any, origins: Origins) -> None:
    if isinstance(result, np.ndarray):
        known().array(result, whole(origins))
    elif isinstance(result, np.generic | float):
        known().number(result, origins)
    elif isinstance(result, tuple | list):
        for each in result:
            if isinstance(each, pd.Series):
                frames.set_origins(each, whole(origins))


def relabelled(frame: Any, what: str, act: Callable[[], None]) -> None:
    """Set the labels of columns or rows, and tell of it."""
    call = attempt(f"watch {what}", lambda: Call(frame, "set_axis", (), {}, pd.DataFrame.set_axis))
    with inside():
        act()
    if call is None:
        return

    def tell() -> None:
        made = call.made(frame, Kept(call.count), title=f"set {what}")
        names = names_of(frame.columns)
        pairs = zip(names, call.names, strict=True)
        made.flows = {new: Flow((From(0, old),)) for new, old in pairs if new != old}
        call.ends_in(frame, made)

    attempt(f"watch {what}", tell)


# --- series and arrays


MOST_ARGUMENTS: Final = 100


def argument_origins(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Origins:
    """Return where the series, arrays and numbers among arguments came from, and those that functions have at hand."""
    found: set[Origin] = set()
    for each in [*args, *kwargs.values()]:
        found |= _argument(each)
    return frozenset(found)


def _argument(given: Any) -> Origins:
    if isinstance(given, frames.WatchedFrame):
        if not frames.is_known(given):
            return known().seen
        state = current_state(given)
        return frozenset(Origin(state, name) for name in state.columns)
    if (origins := frames.origins_of(given)) is not None:
        return origins
    if isinstance(given, list | tuple | set):
        return argument_origins(tuple(itertools.islice(given, MOST_ARGUMENTS)), {})
    if isinstance(given, dict):
        return argument_origins(tuple(itertools.islice(given.values(), MOST_ARGUMENTS)), {})
    if isinstance(given, FunctionType):
        return argument_origins(_at_hand(given), {})
    if isinstance(given, float | int | str | np.generic | pd.Timestamp) and not isinstance(given, bool):
        leaked = known().leaked
        return leaked if leaked and not is_literal(given) else frozenset()
    return frozenset()


def _at_hand(function: FunctionType) -> tuple[Any, ...]:
    """Return what a function closes over, and the tables and numbers among the globals that it names."""
    closed = [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
    named = [function.__globals__.get(name) for name in function.__code__.co_names[:MOST_ARGUMENTS]]
    kinds = (pd.DataFrame, pd.Series, np.ndarray, np.generic, float, dict)
    return tuple(each for each in (*closed, *named) if isinstance(each, kinds))


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def series_method(series: Any, name: str, original: Original, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make the call on a series, and remember where its result came from."""
    with ExitStack() as around:
        if name not in {"pipe"}:
            around.enter_context(inside())
        result = original(series, *args, **kwargs)
    attempt(f"watch {name}", lambda: _tell_series(series, name, args, kwargs, result))
    return result


def _tell_series(series: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
    origins = frames.origins_of(series)
    if origins is None:
        return
    origins |= argument_origins(args, kwargs)
    if isinstance(result, pd.Series):
        by_cell = name in BY_CELL and kwargs.get("ignore_index") is not True and kwargs.get("method") is None
        by_cell = by_cell and (name not in {"reset_index", "set_axis", "rename"} or result.index.equals(series.index))
        frames.set_origins(result, origins if by_cell else whole(origins))
    elif isinstance(result, pd.DataFrame):
        tell_expanded(name, origins, result)
    elif result is None and kwargs.get("inplace"):
        frames.set_origins(series, origins)
    elif isinstance(result, np.ndarray) and name in {"to_numpy", "__array__"}:
        known().array(result, origins)
        known().leak(origins)
    else:
        _remember(result, origins)
        known().leak(origins)


def tell_expanded(name: str, origins: Origins, result: Any) -> None:
    """Tell that a series became a frame, as by `str.split(expand=True)` or `to_frame`: an operation of its own."""
    state = max((each.state for each in origins), key=lambda each: each.number)
    rows = rows_of.by_label(state.index, result.index, state.rows)
    made = Made(name, OTHER, [Parent(state, rows)], names_of(result.columns), len(result), line=user_line())
    made.index, made.types = result.index, types_of(result)
    came = sources(origins, made.parents, result.index, rows_of.by_label)
    made.flows = {each: Flow(came) for each in made.columns}
    result.__dict__["_provkg_state"] = made.state(state.watch)


def numpy_on_series(series: Any, original: Original, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Let a ufunc of numpy's work on a series, and remember where its result came from."""
    with inside():
        result = original(*inputs, **kwargs)
    origins = attempt("watch numpy", lambda: argument_origins((series, *inputs), kwargs))
    if origins:
        attempt("watch numpy", lambda: _tell_array(result, origins))
    return result


def numpy_on_frame(frame: Any, original: Original, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Let a ufunc of numpy's work on a frame, and tell of it as an operation on each cell."""
    call = attempt("watch numpy", lambda: Call(frame, "__array_ufunc__", (), {}, pd.DataFrame.abs))
    with inside():
        result = original(*inputs, **kwargs)
    if call is None or not isinstance(result, pd.DataFrame):
        return result
    call.args = tuple(each for each in inputs if each is not frame)
    attempt("watch numpy", lambda: _tell_frame(call, result, None))
    return result


def accessor(series: Any, own: Any) -> Any:
    """Return what `str`, `dt` or `cat` of a series is, with its results remembered."""
    if (origins := frames.origins_of(series)) is not None:
        own.__class__ = _accessing(type(own))  # type: ignore[arg-type]  # a class is hashable
        own.__dict__["_provkg_origins"] = origins
    return own


@functools.cache
def _accessing(kind: Any) -> type[Any]:
    class Accessing(kind):  # type: ignore[misc]  # any of pandas' own
        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name.startswith("_") or busy():
                return value
            if isinstance(value, MethodType):
                return _accessed(value, self._provkg_origins)
            return _remembered(value, self._provkg_origins)

        def __getitem__(self, key: Any) -> Any:
            with inside():
                value = super().__getitem__(key)
            return _remembered(value, self._provkg_origins)

    Accessing.__name__ = Accessing.__qualname__ = kind.__name__
    Accessing.__module__ = kind.__module__
    return Accessing


def _accessed(method: MethodType, origins: Origins) -> Original:
    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        with inside():
            value = method(*args, **kwargs)
        return _remembered(value, origins | argument_origins(args, kwargs), method.__name__)

    return call


def _remembered(value: Any, origins: Origins, name: str = "to_frame") -> Any:
    if isinstance(value, pd.Series):
        return noted(name, lambda: frames.watched_series(value, origins), value)
    if isinstance(value, pd.DataFrame):
        made = noted(name, lambda: frames.watched_frame(value, None), value)
        attempt(f"watch {name}", lambda: tell_expanded(name, origins, made))
        return made
    _remember(value, origins)
    return value


ELEMENTWISE = frozenset({"where", "nan_to_num", "clip", "round", "isclose", "real", "imag", "select", "isin"})


def numpy_function(function: Any, args: Any, kwargs: Any) -> Any:
    """Call a function of numpy's on the values alone, and remember where its array came from."""
    origins = attempt("watch numpy", lambda: argument_origins(tuple(args), dict(kwargs)))
    with inside():
        result = function(*_bare(tuple(args)), **{name: _bare(value) for name, value in kwargs.items()})
    if origins:
        name = getattr(function, "__name__", "")
        attempt("watch numpy", lambda: _tell_array(result, origins if name in ELEMENTWISE else whole(origins)))
    return result


def _tell_array(result: Any, origins: Origins) -> None:
    if isinstance(result, np.ndarray):
        known().array(result, origins)
    elif isinstance(result, pd.Series):
        frames.set_origins(frames.watched_series(result, origins), origins)
    else:
        _remember(result, origins)


def _bare(given: Any) -> Any:
    from provkg.capture.watching.pandas_values import plain

    if isinstance(given, frames.WatchedFrame | frames.WatchedSeries):
        return plain(given)
    if isinstance(given, list | tuple):
        return type(given)(_bare(each) for each in given)
    return given
