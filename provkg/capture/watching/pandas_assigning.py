"""Changes of a watched pandas frame in place: columns put in, taken out or written over, cells set by `loc`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.making import Made, sources
from provkg.capture.watching.observing import Origins, busy, inside, known
from provkg.capture.watching.pandas_calls import Call
from provkg.capture.watching.pandas_series import argument_origins
from provkg.capture.watching.pandas_values import changed_rows, columns_of, digest_of, is_same, missing, names_of
from provkg.capture.watching.row_forms import taken
from provkg.capture.watching.rows import NONE, Every, Kept, Rows
from provkg.capture.watching.states import Done, Flow, From

SETTING: Final = frozenset({"__setitem__", "__delitem__", "insert", "isetitem", "update", "pop"})


def assigned(frame: Any, name: str, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a call that changes the frame in place, and tell what it changed."""
    change = attempt(f"watch {name}", lambda: Change(Call(frame, name, args, kwargs, original)))
    with inside():
        result = original(frame, *args, **kwargs)
    if change is not None:
        attempt(f"watch {name}", lambda: change.tell(result))
    return result


def set_by(own: Any, key: Any, value: Any, original: Callable[..., Any]) -> None:
    """Set cells by `loc`, `iloc`, `at` or `iat`, and tell which."""
    frame = own.obj
    if busy() or not frames.is_known(frame):
        original(key, value)
        return
    call = attempt("watch loc", lambda: Call(frame, own.name, (key, value), {}, original))
    change = attempt("watch loc", lambda: Change(call)) if call is not None else None
    with inside():
        original(key, value)
    if change is not None:
        attempt(f"watch {own.name}", lambda: change.tell(None))


class Change:
    """A change in place: which columns it may concern, and what they were before."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.concerned = _concerned(call)
        self.before: dict[str, pd.Series[Any]] = {}
        self.missing: dict[str, int] = {}
        if call.watch.sees_columns:
            with inside():
                self._look()

    def _look(self) -> None:
        columns = columns_of(self.call.frame)
        concerned = [name for name in columns if self.concerned is None or name in self.concerned]
        self.missing = {name: missing(columns[name]) for name in concerned}
        # A whole column that is replaced lives on in what was kept of it; cells that are set need a copy of theirs.
        replaced = self.call.name in {"__setitem__", "isetitem"} and self.concerned is not None
        if self.call.watch.sees_cells or self.concerned is None:
            self.before = {name: columns[name] if replaced else columns[name].copy() for name in concerned}

    def tell(self, result: Any) -> None:
        """Say what became of the frame."""
        call, frame = self.call, self.call.frame
        rows = self._rows()
        made = call.made(frame, rows, *_title(call))
        if call.watch.sees_columns:
            self._tell_columns(made)
        call.ends_in(frame, made)
        if isinstance(result, pd.Series) and call.name == "pop":
            place = call.names.index(names_of(pd.Index([result.name]))[0])
            from provkg.capture.watching.observing import Origin

            frames.set_origins(result, frozenset({Origin(call.state, call.names[place])}))

    def _rows(self) -> Rows:
        count, before = len(self.call.frame), self.call.count
        # A label that was not there makes a row more.
        return Kept(count) if count == before else taken([*range(before), *[NONE] * (count - before)], before)

    def _tell_columns(self, made: Made) -> None:
        call = self.call
        came = sources(_origins_of_value(call), made.parents, call.frame.index, _by_place(call))
        flows, counted, cells = {}, {}, 0
        for name, column in columns_of(call.frame).items():
            if self.concerned is not None and name not in self.concerned:
                continue
            old = self.before.get(name)
            if self.concerned is None and old is not None and is_same(old, column):
                continue
            changed = changed_rows(old, column) if old is not None and len(old) == len(column) else None
            keeps = (From(0, name),) if name in call.names and _keeps_old(call) else ()
            changed_cells = changed if call.watch.sees_cells else None
            flows[name] = Flow(tuple(dict.fromkeys((*keeps, *came))), changed_cells, digest_of(column))
            if name in self.missing:
                counted[name] = (self.missing[name], missing(column))
            cells += len(changed) if changed is not None else len(column)
        made.flows = flows
        made.done = Done(cells if call.watch.sees_cells else None, counted)
        if any(now < was for was, now in counted.values()):
            made.kind = "imputation"


def _by_place(call: Call) -> Callable[..., Rows]:
    """Return what tells rows of another table by label, or by number where an array without labels was given."""
    value = _value(call)

    def rows(labels: Any, index: Any, of: int) -> Rows:
        if isinstance(value, pd.Series | pd.DataFrame):
            return rows_of.by_label(labels, index, of)
        return Kept(of) if of == len(index) else Every()

    return rows


def _value(call: Call) -> Any:
    if call.name in {"insert", "isetitem"}:
        return call.given.get("value")
    return call.args[-1] if call.args else None


def _origins_of_value(call: Call) -> Origins:
    """Return where what is put in came from; of what nobody knows, it may be the columns that were read before."""
    if call.name in {"__delitem__", "pop"}:
        return frozenset()
    value = _value(call)
    found = argument_origins((tuple(value.values()) if isinstance(value, dict) else value,), {})
    is_plain = value is None or np.isscalar(value) or isinstance(value, dict) or frames.is_known(value)
    return found if is_plain or frames.origins_of(value) is not None else found | known().seen


def _keeps_old(call: Call) -> bool:
    """Whether cells are set one by one, so that a column is made of what it was, too."""
    if call.name in {"__setitem__"}:
        return not _is_column_key(call.args[0])
    return call.name in {"loc", "iloc", "at", "iat", "update"}


def _is_column_key(key: Any) -> bool:
    return not (isinstance(key, slice | pd.DataFrame) or rows_of.is_mask(key) or getattr(key, "ndim", 0) > 1)


def _concerned(call: Call) -> set[str] | None:
    """Return the columns that a call may change; None for any."""
    if call.name in {"insert"}:
        return set(names_of(pd.Index([call.given["column"]])))
    if call.name == "isetitem":
        places = np.atleast_1d(call.given["loc"])
        return {call.names[place] for place in places}
    if call.name in {"__delitem__", "pop"}:
        return set()
    if call.name == "__setitem__" and _is_column_key(call.args[0]):
        return _named(call.args[0])
    key = call.args[0]
    if call.name in {"loc", "at"} and isinstance(key, tuple) and len(key) == 2 and call.index.nlevels == 1:
        return _named(key[1]) if not isinstance(key[1], slice) and not rows_of.is_mask(key[1]) else None
    if (
        call.name in {"iloc", "iat"}
        and isinstance(key, tuple)
        and len(key) == 2
        and isinstance(key[1], int | np.integer)
    ):
        return {call.names[key[1]]}
    return None


def _named(key: Any) -> set[str] | None:
    if callable(key):
        return None
    several = list(key) if isinstance(key, list | pd.Index | np.ndarray) else [key]
    try:
        return set(names_of(pd.Index(several, tupleize_cols=False)))
    except (TypeError, ValueError):
        return None


def _title(call: Call) -> tuple[str, str | None]:
    if call.name == "__setitem__":
        named = _named(call.args[0]) if _is_column_key(call.args[0]) else None
        new = named is not None and not named <= set(call.names)
        return f"set {', '.join(sorted(named))}" if named else "set cells", "featureConstruction" if new else None
    if call.name in {"loc", "iloc", "at", "iat"}:
        return f"set by {call.name}", "other"
    if call.name in {"__delitem__", "pop"}:
        return "drop columns", "featureSelection"
    return call.name, None
