"""Where the columns of a pandas frame came from: found by name and position, and by what is the same as before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provkg.capture.watching.making import Made, sources
from provkg.capture.watching.observing import whole
from provkg.capture.watching.pandas_kinds import BY_CELL
from provkg.capture.watching.pandas_rows import by_label
from provkg.capture.watching.pandas_values import changed_rows, columns_of, digest_of, is_same, missing, names_of
from provkg.capture.watching.rows import Kept, Rows
from provkg.capture.watching.states import Done, Flow, From

if TYPE_CHECKING:
    from provkg.capture.watching.pandas_calls import Call


def renamed(call: Call, result: Any) -> dict[str, Flow]:
    """Return the flows of a call that changes no values: only of columns that are called differently now."""
    now = names_of(result.columns)
    if call.name in {"rename", "add_prefix", "add_suffix", "set_axis"} and len(now) == len(call.names):
        return {new: Flow((From(0, old),)) for new, old in zip(now, call.names, strict=True) if new != old}
    # Labels of rows that became a column, as by reset_index, are traced by that name to where they were one before.
    return {}


def compared(call: Call, result: Any, made: Made, rows: Rows) -> dict[str, Flow]:
    """Return the flows of a call that may have changed values, by comparing where rows are the same ones."""
    from provkg.capture.watching.pandas_series import argument_origins

    same_rows = isinstance(rows, Kept) and not call.in_place
    before = columns_of(call.frame) if same_rows else {}
    beside = argument_origins(call.args, call.kwargs)
    by_row = call.name == "apply" and call.given.get("axis") in {1, "columns"} and same_rows
    around = call.name == "combine" or call.given.get("method") is not None  # from the rows around, as by ffill
    by_cell = by_row or (call.name in BY_CELL and not around and not _computes(call))
    also = sources(beside if by_cell else whole(beside), made.parents, result.index, by_label)
    flows: dict[str, Flow] = {}
    counted: dict[str, tuple[int, int]] = {}
    cells = 0
    for name, column in columns_of(result).items():
        old = before.get(name)
        if old is not None and is_same(old, column):
            continue
        changed = changed_rows(old, column) if old is not None and (call.watch.sees_cells) else None
        came = (From(0, name, whole=not by_cell),) if name in call.names else _all(call, by_cell=by_cell)
        flows[name] = Flow(
            (*came, *(each for each in also if each not in came)), changed=changed, digest=digest_of(column)
        )
        if old is not None:
            counted[name] = (missing(old), missing(column))
            cells += len(changed) if changed is not None else 0
    made.done = Done(cells if same_rows and call.watch.sees_cells else None, counted)
    return flows


def _computes(call: Call) -> bool:
    """Whether an expression calls something, such as a mean, that looks at more than one row."""
    return call.name == "eval" and "(" in str(call.given.get("expr"))


def _all(call: Call, *, by_cell: bool) -> tuple[From, ...]:
    return tuple(From(0, name, whole=not by_cell) for name in call.names)


def text_sources(call: Call, flows: dict[str, Flow]) -> dict[str, Flow]:
    """Return flows whose sources are only the columns that the expression names."""
    words = set(re.findall(r"\w+", str(call.given.get("expr", ""))))
    found = {}
    for name, flow in flows.items():
        kept = tuple(each for each in flow.sources if each.parent or each.column in words)
        found[name] = Flow(kept, flow.changed, flow.digest)
    return found
