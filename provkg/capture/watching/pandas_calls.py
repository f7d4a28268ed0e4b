"""Calls of pandas' methods on watched frames and series: made once, then told as an operation, or as an origin."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.making import Made
from provkg.capture.watching.observing import (
    Origin,
    Origins,
    inside,
    known,
    noted,
    told,
    user_line,
    whole,
)
from provkg.capture.watching.pandas_flows import compared, renamed, text_sources
from provkg.capture.watching.pandas_kinds import (
    DEFERRED,
    KINDS,
    NAMING,
    OTHER,
    ROWS_KEPT,
    ROWS_TAGGED,
)
from provkg.capture.watching.pandas_series import argument_origins, remember, tell_expanded
from provkg.capture.watching.pandas_values import names_of, types_of
from provkg.capture.watching.row_forms import forgotten
from provkg.capture.watching.rows import Every, Kept, Rows
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
        remember(result, columns_of_call(call))
        known().leak(whole(columns_of_call(call)))


def _tell_frame(call: Call, result: Any, rows: Rows | None) -> None:
    if not call.watch.sees_columns:
        title = "rows" if call.name == "__getitem__" else None
        call.ends_in(result, call.made(result, Kept(call.count) if len(result) == call.count else Every(), title))
        return
    if call.name == "__getitem__":
        from provkg.capture.watching.pandas_choosing import tell_chosen  # which builds on this module

        tell_chosen(call, result, call.args[0], "[]")
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


def columns_of_call(call: Call) -> Origins:
    """Return all columns of the frame that the call is on."""
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
    of = columns_of_call(call)
    if call.name == "eval":
        of = frozenset(each for each in of if each.column in str(call.given.get("expr")))
    of |= argument_origins(call.args, call.kwargs)
    return of if by_row and call.name not in {"rank", "duplicated", "cumsum"} else whole(of)


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
