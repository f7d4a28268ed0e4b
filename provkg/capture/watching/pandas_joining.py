"""Calls that put several pandas tables together: merge, join and concat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.making import Made, Watch
from provkg.capture.watching.observing import Origin, inside, noted, told, user_line, whole
from provkg.capture.watching.origins import origin_of
from provkg.capture.watching.pandas_calls import Call, bound, current_state
from provkg.capture.watching.pandas_kinds import KINDS, NAMING, OTHER
from provkg.capture.watching.pandas_series import argument_origins
from provkg.capture.watching.pandas_values import columns_of, digest_of, names_of, types_of
from provkg.capture.watching.row_forms import forgotten
from provkg.capture.watching.rows import Cut, Every, Rows
from provkg.capture.watching.states import Flow, From, Parent, State

JOINING: Final = frozenset({"merge", "join", "melt", "merge_asof", "merge_ordered"})


def is_joinable(call: Call) -> bool:
    """Whether the second table of a join is one table, and not a list of several."""
    other = call.given.get("right", call.given.get("other"))
    return call.name == "melt" or isinstance(other, pd.DataFrame | pd.Series)


def joined(call: Call, original: Callable[..., Any]) -> Any:
    """Make the call of a method that takes a second table, or turns columns into rows."""
    if call.name == "melt":
        with inside():
            result = original(call.frame, *call.args, **call.kwargs)
        from provkg.capture.watching.pandas_reshaping import tell_melted

        attempt("watch melt", lambda: tell_melted(call, result))
        return result
    return merged(call.name, original, (call.frame, *call.args), call.kwargs)


# --- two tables beside each other


def merged(name: str, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a call that joins two tables, with the rows of both numbered, and tell of it."""
    given = dict(zip(("left", "right"), args, strict=False)) | kwargs
    other_name = "right" if "right" in given else "other"
    left, right = given.get("left"), given.get(other_name)
    if isinstance(right, pd.Series) and right.name is not None:
        table = _as_table(right)
        args = tuple(table if each is right else each for each in args)
        kwargs = {name_: table if each is right else each for name_, each in kwargs.items()}
        right = table
    began, line = datetime.now(UTC), user_line()
    with inside():
        seen = any(frames.is_known(each) and _sees(each) for each in (left, right))
        tagged = attempt(f"watch {name}", lambda: _both_tagged(left, right)) if seen else None
        if tagged is None:
            result = original(*args, **kwargs)
        else:
            positional, named = _replaced(args, kwargs, (left, right), tagged)
            result = original(*positional, **named)

    def tell() -> Any:
        rows = _rows_of_both(result, left, right, tagged is not None)
        return _tell_merged(name, args, kwargs, (left, right), rows, result, began, line)

    return noted(name, tell, result)


def _as_table(series: pd.Series[Any]) -> pd.DataFrame:
    """Return a series as a table, as pandas itself does, so that its rows can be numbered."""
    with inside():
        table = series.to_frame()
    if (origins := frames.origins_of(series)) and isinstance(table, frames.WatchedFrame):
        table.__dict__["_provkg_of_series"] = origins
    return table


def _sees(frame: Any) -> bool:
    return bool(current_state(frame).watch.sees_columns)


def _both_tagged(left: Any, right: Any) -> tuple[Any, Any] | None:
    if not (isinstance(left, pd.DataFrame) and isinstance(right, pd.DataFrame)):
        return None
    if not (rows_of.is_taggable(left) and rows_of.is_taggable(right)):
        return None
    one, other = left.copy(deep=False), right.copy(deep=False)
    rows_of.put_tag(one)
    rows_of.put_tag(other, rows_of.SECOND_TAG)
    return one, other


def _replaced(
    args: tuple[Any, ...], kwargs: dict[str, Any], old: tuple[Any, Any], new: tuple[Any, Any]
) -> tuple[list[Any], dict[str, Any]]:
    swap = {id(before): after for before, after in zip(old, new, strict=True)}
    if old[0] is old[1]:  # a table joined with itself
        swapped = iter(new)
        return [next(swapped) if each is old[0] else each for each in args], {
            name: next(swapped) if each is old[0] else each for name, each in kwargs.items()
        }
    return [swap.get(id(each), each) for each in args], {n: swap.get(id(each), each) for n, each in kwargs.items()}


def _rows_of_both(result: Any, left: Any, right: Any, tagged: bool) -> tuple[Rows, Rows]:  # noqa: FBT001 - a fact
    if not tagged:
        return Every(), Every()
    with inside():
        first = rows_of.take_tag(result, len(left))
        second = rows_of.take_tag(result, len(right), rows_of.SECOND_TAG)
    return first or Every(), second or Every()


def _tell_merged(
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    both: tuple[Any, Any],
    rows: tuple[Rows, Rows],
    result: Any,
    began: datetime,
    line: str,
) -> Any:
    watch = _watch_of(both)
    given = _named(name, args, kwargs)
    states = [_state_of(each, watch) for each in both]
    parents = [_parent(watch, *each) for each in zip(states, rows, strict=True)]
    made = Made(name, KINDS.get(name, OTHER), parents, names_of(result.columns), len(result), told=told(given, NAMING))
    made.line, made.started, made.types, made.index = line, began, types_of(result), result.index
    if watch.sees_columns:
        made.flows = _flows_of_both(made, states, given, result)
    return frames.watched_frame(result, made.state(watch))


def _named(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    method = getattr(pd.DataFrame, name, None)
    return bound(method, args[0], args[1:], kwargs) if method is not None and args else kwargs


def _flows_of_both(made: Made, states: list[State], given: Mapping[str, Any], result: Any) -> dict[str, Flow]:
    left, right = ({name: name for name in state.columns} for state in states)
    ends = given.get("suffixes") or (given.get("lsuffix") or "_x", given.get("rsuffix") or "_y")
    shared = left.keys() & right.keys()
    left |= {f"{name}{ends[0]}": name for name in shared if f"{name}{ends[0]}" not in left and ends[0]}
    right |= {f"{name}{ends[1]}": name for name in shared if f"{name}{ends[1]}" not in right and ends[1]}
    columns = columns_of(result)
    flows = {}
    for name in made.columns:
        came = [From(n, of[name]) for n, of in enumerate((left, right)) if name in of]
        if len(came) == 2 and name not in shared:
            came = came[:1]
        plain_move = came == [From(0, name)]
        if not plain_move:
            # A key stands in both tables, and in a row of the result either may be the one that had it.
            digest = digest_of(columns[name]) if len(came) != 1 else None
            flows[name] = Flow(tuple(came), digest=digest)
    return flows


# --- several tables one after the other


def concatenated(original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a call of `pandas.concat`, and tell of it."""
    given = bound_function(original, args, kwargs)
    parts = given.get("objs")
    if not isinstance(parts, list | tuple | Mapping):
        parts = list(parts) if parts is not None else []  # a generator can be read once
        args, kwargs = (parts, *args[1:]), {name: value for name, value in kwargs.items() if name != "objs"}
    listed = [each for each in (parts.values() if isinstance(parts, Mapping) else parts) if each is not None]
    began, line = datetime.now(UTC), user_line()
    with inside():
        result = original(*args, **kwargs)
    if isinstance(result, pd.DataFrame):
        return noted("concat", lambda: _tell_concatenated(listed, given, result, began, line), result)
    if isinstance(result, pd.Series):
        origins = argument_origins(tuple(listed), {})
        return attempt("watch concat", lambda: frames.watched_series(result, whole(origins))) if origins else result
    return result


def _tell_concatenated(listed: list[Any], given: dict[str, Any], result: Any, began: datetime, line: str) -> Any:
    watch = _watch_of(listed)
    beside = given.get("axis", 0) in {1, "columns"}
    with inside():
        whole_tables = [each.to_frame() if isinstance(each, pd.Series) else each for each in listed]
    states = [_state_of(table, watch, of=each) for table, each in zip(whole_tables, listed, strict=True)]
    rows = _rows_beside(listed, result) if beside else _rows_below(listed)
    parents = [_parent(watch, *each) for each in zip(states, rows, strict=True)]
    shown = told({name: value for name, value in given.items() if name != "objs"}, NAMING)
    made = Made("concat", KINDS["concat"], parents, names_of(result.columns), len(result), told=shown)
    made.line, made.started, made.types, made.index = line, began, types_of(result), result.index
    if watch.sees_columns:
        made.flows = _flows_beside(made, states) if beside else _flows_below(states, result)
    return frames.watched_frame(result, made.state(watch))


def _rows_below(listed: list[Any]) -> list[Rows]:
    starts = np.cumsum([0, *(len(each) for each in listed)])
    return [Cut(int(start), len(each)) for start, each in zip(starts, listed, strict=False)]


def _rows_beside(listed: list[Any], result: Any) -> list[Rows]:
    return [rows_of.by_label(each.index, result.index, len(each)) for each in listed]


def _flows_below(states: list[State], result: Any) -> dict[str, Flow]:
    columns = columns_of(result)
    return {
        name: Flow(tuple(From(n, name) for n, state in enumerate(states) if name in state.columns), digest=None)
        for name in columns
    }


def _flows_beside(made: Made, states: list[State]) -> dict[str, Flow]:
    origins = [(n, name) for n, state in enumerate(states) for name in state.columns]
    if len(origins) != len(made.columns):
        return {name: Flow(tuple(From(*each) for each in origins if each[1] == name)) for name in made.columns}
    pairs = zip(made.columns, origins, strict=True)
    return {new: Flow((From(*old),)) for new, old in pairs if (0, new) != old}


# --- states of the tables


def _watch_of(given: Any) -> Watch:
    for each in given:
        if frames.is_known(each):
            watch: Watch = current_state(each).watch
            return watch
        if isinstance(each, frames.WatchedSeries) and (origins := frames.origins_of(each)):
            found: Watch = next(iter(origins)).state.watch
            return found
    raise LookupError("none of the tables is watched")


def _state_of(table: Any, watch: Watch, *, of: Any = None) -> State:
    """Return the state of a table; one that is not watched is an input from now on."""
    if frames.is_known(table):
        return current_state(table)
    origins = frames.origins_of(of) if of is not None else None
    if origins:
        return _state_of_series(table, origins)
    return origin_of(table, watch)


def _state_of_series(table: Any, origins: frozenset[Origin]) -> State:
    from provkg.capture.watching.making import sources

    state = max((each.state for each in origins), key=lambda each: each.number)
    rows = rows_of.by_label(state.index, table.index, state.rows)
    made = Made("to_frame", OTHER, [Parent(state, rows)], names_of(table.columns), len(table), line=user_line())
    made.index, made.types = table.index, types_of(table)
    came = sources(origins, made.parents, table.index, rows_of.by_label)
    made.flows = {name: Flow(came) for name in made.columns}
    return made.state(state.watch)


def _parent(watch: Watch, state: State, rows: Rows) -> Parent:
    return Parent(state, rows if watch.sees_rows else forgotten(rows, state.rows))


def bound_function(original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call of a function by name."""
    import inspect

    try:
        return dict(inspect.signature(original).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {}
