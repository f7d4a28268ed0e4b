"""What an operation did, in a sentence."""

from __future__ import annotations

from typing import Final

from provkg.capture.watching.states import State
from provkg.capture.watching.tracing import dropped_by

MOST_NAMES: Final = 8


def sentence(state: State) -> str:
    """Return what an operation did to rows, columns, cells and missing values, as far as that was seen."""
    before = state.first
    if before is None:
        return f"{state.rows:,} rows and {len(state.columns):,} columns at the beginning"
    parts = [_call(state), _rows(state, before)]
    for what, names in (("added", state.added), ("removed", state.removed), ("changed", state.changed)):
        if names:
            parts.append(f"{what} {_listed(names)}")
    if state.done.cells_changed is not None:
        parts.append(f"{state.done.cells_changed:,} cells changed")
    parts += [
        f"missing in {name}: {was:,} before, {now:,} after"
        for name, (was, now) in list(state.done.missing.items())[:MOST_NAMES]
        if was != now
    ]
    return "; ".join(part for part in parts if part)


def _call(state: State) -> str:
    return f"{state.title}({state.detail})" + (f" at {state.line}" if state.line else "")


def _rows(state: State, before: State) -> str:
    dropped = dropped_by(state)
    if state.rows == before.rows and not dropped:
        return f"{state.rows:,} rows"
    lost = f", {dropped:,} dropped" if dropped else ""
    return f"{before.rows:,} to {state.rows:,} rows{lost}"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
