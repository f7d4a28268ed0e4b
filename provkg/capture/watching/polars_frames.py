"""Frames of polars whose operations are seen: polars' own, known by the object, through methods that are wrapped.

polars makes new frames out of subclasses' operations, so that no subclass would last. What it works out lazily is one
operation when it is collected.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl
from polars.dataframe.group_by import GroupBy

from provkg.capture.trouble import attempt
from provkg.capture.watching import polars_flows as flows_of
from provkg.capture.watching.making import Made, Watch
from provkg.capture.watching.observing import busy, inside, told, user_line
from provkg.capture.watching.pandas_kinds import NAMING
from provkg.capture.watching.polars_kinds import IN_PLACE, KINDS, LAZY, OTHER, ROWS_KEPT, SEEN
from provkg.capture.watching.polars_rows import Tagged
from provkg.capture.watching.row_forms import forgotten
from provkg.capture.watching.rows import Cut, Every, Kept, Rows
from provkg.capture.watching.states import Parent, State

_states: Final[dict[int, tuple[weakref.ref[Any], State]]] = {}
_patched: Final[dict[tuple[Any, str], Any]] = {}
Original = Callable[..., Any]


def state_of(frame: Any) -> State | None:
    """Return the state of a frame, eager or lazy, that is watched."""
    found = _states.get(id(frame))
    return found[1] if found is not None and found[0]() is frame else None


def watched_frame(frame: Any, state: State) -> Any:
    """Let a frame be watched from now on, in `state`."""
    key = id(frame)
    _states[key] = (weakref.ref(frame, lambda _gone: _states.pop(key, None) and None), state)
    return frame


def patch() -> None:
    """See the methods of polars' frames; those of frames that are not watched go on as before."""
    for name in SEEN:
        _patch(pl.DataFrame, name, functools.partial(_observed, name))
    for name in LAZY:
        _patch(pl.LazyFrame, name, _lazily)
    for owner, name, wrap_one in ((pl, "concat", _concat), (GroupBy, "agg", _grouped)):
        if (owner, name) not in _patched:
            _patched[owner, name] = getattr(owner, name)
            setattr(owner, name, wrap_one(getattr(owner, name)))


def _patch(kind: Any, name: str, wrap: Callable[[Original], Original]) -> None:
    original = vars(kind).get(name)
    if original is not None and (kind, name) not in _patched:
        _patched[kind, name] = original
        setattr(kind, name, wrap(original))


def unpatch() -> None:
    """Give polars its own functions back."""
    while _patched:
        (kind, name), original = _patched.popitem()
        setattr(kind, name, original)


def _observed(name: str, original: Original) -> Original:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if busy() or (state_of(self) is None and not any(map(_is_watched, args))):
            return original(self, *args, **kwargs)
        return _call(self, name, original, args, kwargs)

    return method


def _is_watched(given: Any) -> bool:
    return isinstance(given, pl.DataFrame) and state_of(given) is not None


class Call:
    """One call on a frame while it is made."""

    def __init__(self, frame: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.name, self.args, self.kwargs = name, args, kwargs
        self.line, self.started = user_line(), datetime.now(UTC)
        self.frame, self.columns, self.count = frame, tuple(frame.columns), len(frame)
        self.watch: Watch = next(s for s in map(state_of, (frame, *args)) if s is not None).watch
        self.state = _known_or_new(frame, self.watch)

    def made(self, result: Any, parents: list[tuple[State, Rows]]) -> Made:
        """Return the operation, before it is said where columns came from."""
        kept = [Parent(state, rows if self.watch.sees_rows else forgotten(rows, state.rows)) for state, rows in parents]
        return Made(
            title=self.name,
            kind=KINDS.get(self.name, OTHER),
            parents=kept,
            columns=tuple(result.columns),
            rows=len(result),
            told=told(_shown(self.args, self.kwargs), NAMING),
            line=self.line,
            started=self.started,
            types=_types(result),
        )


def _shown(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in kwargs.items() if not isinstance(value, pl.Expr)}
    words = flows_of.words(args)
    return {**({"columns": words} if words else {}), **named}


def _types(frame: Any) -> dict[str, str]:
    return {name: str(kind) for name, kind in frame.schema.items()}


def _known_or_new(frame: Any, watch: Watch) -> State:
    from provkg.capture.watching.origins import origin_of

    return state_of(frame) or origin_of(frame, watch)


def _call(frame: Any, name: str, original: Original, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    call = attempt(f"watch {name}", lambda: Call(frame, name, args, kwargs))
    if call is None:
        return original(frame, *args, **kwargs)
    with inside():
        given = attempt(f"watch {name}", lambda: Tagged(call)) if call.watch.sees_columns else None
        if given is None:
            result = original(frame, *args, **kwargs)
        else:
            result = original(given.frame, *given.args, **given.kwargs)
    return _told(call, given, result)


def _told(call: Call, given: Tagged | None, result: Any) -> Any:
    with inside():
        bare, rows = (result, None) if given is None else given.untagged(result)
        if isinstance(bare, pl.LazyFrame) and state_of(call.frame) is not None:
            return watched_frame(bare, call.state)
        if call.name in IN_PLACE:
            bare_frame = call.frame
        elif isinstance(bare, pl.DataFrame):
            bare_frame = bare
        else:
            return bare
        attempt(f"watch {call.name}", lambda: _tell(call, bare_frame, rows))
    return bare


def _tell(call: Call, result: Any, rows: tuple[Rows, Rows | None] | None) -> None:
    if call.name in {"clone", "rechunk", "shrink_to_fit"}:
        watched_frame(result, call.state)
        return
    first, second = rows or (_plainly(call, result), None)
    others = [each for each in call.args if isinstance(each, pl.DataFrame)]
    parents = [(call.state, first)]
    if others and call.name in {"join", "join_asof", "hstack", "vstack", "extend"}:
        parents.append((_known_or_new(others[0], call.watch), second or _of_other(call, others[0])))
    made = call.made(result, parents)
    if call.watch.sees_columns:
        made.flows = flows_of.flows(call, result, made)
    watched_frame(result, made.state(call.watch))


def _plainly(call: Call, result: Any) -> Rows:
    if call.name in {"vstack", "extend"}:
        return Cut(0, call.count)
    if call.name in ROWS_KEPT and len(result) == call.count:
        return Kept(call.count)
    if call.name == "select" and len(result) == call.count and flows_of.is_by_cell(call.args, call.kwargs):
        return Kept(call.count)
    return flows_of.unpivoted(call.name, call.count, len(result)) or Every()


def _of_other(call: Call, other: Any) -> Rows:
    if call.name in {"vstack", "extend"}:
        return Cut(call.count, len(other))
    return Kept(len(other)) if call.name == "hstack" else Every()


def _concat(original: Original) -> Original:
    @functools.wraps(original)
    def concat(items: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        listed = list(items)
        if busy() or not any(map(_is_watched, listed)) or len(listed) < 2:
            return original(listed, *args, **kwargs)
        with inside():
            result = original(listed, *args, **kwargs)
        attempt("watch concat", lambda: _tell_concat(listed, kwargs, result))
        return result

    return concat


def _tell_concat(listed: list[Any], kwargs: dict[str, Any], result: Any) -> None:
    call = Call(next(filter(_is_watched, listed)), "concat", (), kwargs)
    states = [_known_or_new(each, call.watch) for each in listed]
    below = str(kwargs.get("how", "vertical")).startswith(("vertical", "diagonal"))
    starts = [sum(len(each) for each in listed[:n]) for n in range(len(listed))]
    rows = [Cut(start, len(each)) if below else Kept(len(each)) for start, each in zip(starts, listed, strict=True)]
    made = call.made(result, list(zip(states, rows, strict=True)))
    if call.watch.sees_columns:
        made.flows = flows_of.together(states, result, suffix=None)
    watched_frame(result, made.state(call.watch))


def _grouped(original: Original) -> Original:
    @functools.wraps(original)
    def agg(self: Any, *args: Any, **kwargs: Any) -> Any:
        frame = getattr(self, "df", None)
        if busy() or state_of(frame) is None:
            return original(self, *args, **kwargs)
        call = attempt("watch group_by", lambda: Call(frame, "group_by agg", args, kwargs))
        with inside():
            result = original(self, *args, **kwargs)
        if call is not None and isinstance(result, pl.DataFrame):
            attempt("watch group_by", lambda: _tell_grouped(call, result))
        return result

    return agg


def _tell_grouped(call: Call, result: Any) -> None:
    made = call.made(result, [(call.state, Every())])
    if call.watch.sees_columns:
        made.flows = flows_of.aggregated(call, result)
    watched_frame(result, made.state(call.watch))


# --- lazily


def _lazily(original: Original) -> Original:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        state = None if busy() else state_of(self)
        if state is None:
            return original(self, *args, **kwargs)
        with inside():
            result = original(self, *args, **kwargs)
        if isinstance(result, pl.LazyFrame):
            return watched_frame(result, state)
        if isinstance(result, pl.DataFrame):
            attempt("watch collect", lambda: _tell_collected(self, state, result))
        return result

    return method


def _tell_collected(lazy: Any, state: State, result: Any) -> None:
    with inside():
        plan = lazy.explain(optimized=False)
    parent = Parent(state, Every())
    steps = flows_of.plan_steps(plan)
    made = Made("collect", OTHER, [parent], tuple(result.columns), len(result), told={"plan": steps}, line=user_line())
    made.types = _types(result)
    if state.watch.sees_columns:
        made.flows = flows_of.planned(plan, state.columns, result)
    watched_frame(result, made.state(state.watch))
