"""Where the columns of a polars frame came from: told by the expressions that were given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from provkg.capture.digests import digest
from provkg.capture.watching.making import Made
from provkg.capture.watching.polars_kinds import BY_CELL, ELEMENTWISE
from provkg.capture.watching.rows import Every, Folded, Kept, Rows
from provkg.capture.watching.states import Done, Flow, From, State

if TYPE_CHECKING:
    from provkg.capture.watching.polars_frames import Call

_QUOTED: Final = re.compile(r'"[^"]*"')
_CALLED: Final = re.compile(r"(?:\b(str|dt)\.)?(\w+)\(")
_NODES: Final = ("FILTER", "WITH_COLUMNS", "SELECT", "SORT", "UNIQUE", "SLICE", "LEFT JOIN", "INNER JOIN", "AGGREGATE")


def expressions(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str | None, Any]]:
    """Yield what columns are made of, with the name where it is given as one."""
    for each in args:
        if isinstance(each, list | tuple):
            yield from ((None, one) for one in each)
        elif isinstance(each, dict):
            yield from each.items()
        else:
            yield None, each
    yield from kwargs.items()


def words(args: tuple[Any, ...]) -> list[str]:
    """Return the names of columns that are given as text."""
    return [each for _, each in expressions(args, {}) if isinstance(each, str)]


def names_columns(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether each expression names its columns, so that a further one changes nothing."""
    given = [each for _, each in expressions(args, kwargs) if isinstance(each, pl.Expr)]
    return all(each.meta.root_names() and not each.meta.has_multiple_outputs() for each in given)


def is_by_cell(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether each column that comes out is made of the same row alone."""
    return all(_is_elementwise(each) for _, each in expressions(args, kwargs))


def _is_elementwise(given: Any) -> bool:
    if isinstance(given, str):
        return True
    if not isinstance(given, pl.Expr):
        return False
    # What stands in quotes is a name or a text.
    text = _QUOTED.sub("", str(given))
    called = {name for of, name in _CALLED.findall(text) if not of or name == "concat_vertical"}
    return called <= ELEMENTWISE and ".over" not in text


def unpivoted(name: str, count: int, rows: int) -> Rows | None:
    """Return how rows were folded by `unpivot`; None for all else."""
    return Folded(count, rows // count) if name in {"unpivot", "melt"} and count and rows % count == 0 else None


def flows(call: Call, result: Any, made: Made) -> dict[str, Flow]:
    """Return the flows of one call; what is not in them came as it was."""
    if call.name == "rename":
        return {new: Flow((From(0, old),)) for new, old in zip(result.columns, call.columns, strict=True) if new != old}
    if call.name in {"with_columns", "with_columns_seq", "select", "select_seq"}:
        return _counted(call, dict(_computed(call, result)), result, made)
    if call.name in {"join", "join_asof", "hstack", "vstack", "extend"}:
        suffix = call.kwargs.get("suffix", "_right") if call.name.startswith("join") else None
        return together([each.state for each in made.parents], result, suffix)
    if call.name in {"unpivot", "melt"}:
        return _unpivoted(call.columns, call.args, call.kwargs, result)
    return _counted(call, dict(_compared(call, result, made)), result, made)


def _counted(call: Call, flows: dict[str, Flow], result: Any, made: Made) -> dict[str, Flow]:
    """Count what changed in columns that were there before, where rows are the same ones; return what changed where."""
    if len(result) != len(call.frame) or not isinstance(made.parents[0].rows, Kept):
        return flows
    missing, cells = {}, 0
    for name, flow in flows.items():
        if name not in call.frame.columns or call.frame is result:
            cells += len(result)
            continue
        old, new = call.frame[name], result[name]
        missing[name] = (old.null_count(), new.null_count())
        if call.watch.sees_cells and old.dtype == new.dtype:
            changed = old.ne_missing(new).arg_true().to_numpy()
            flows[name] = Flow(flow.sources, changed, flow.digest)
            cells += len(changed)
    made.done = Done(cells if call.watch.sees_cells else None, missing)
    return flows


def _computed(call: Call, result: Any) -> Iterator[tuple[str, Flow]]:
    before = call.columns
    for named, each in expressions(call.args, call.kwargs):
        names, came = _outputs(named, each, call.frame, before)
        by_cell = _is_elementwise(each)
        for name in names:
            if isinstance(each, str) or name not in result.columns:
                continue
            roots = [name] if came is None and name in before else (came or ())
            yield name, Flow(tuple(From(0, root, whole=not by_cell) for root in roots), digest=_digest(result, name))


def aggregated(call: Call, result: Any) -> dict[str, Flow]:
    """Return the flows of an aggregation: of each column from the whole of those that its expression names."""
    found = {name: Flow((From(0, name, whole=True),), digest=_digest(result, name)) for name in result.columns}
    for named, each in expressions(call.args, call.kwargs):
        roots = each.meta.root_names() if isinstance(each, pl.Expr) else []
        names = [named or each.meta.output_name()] if roots and not each.meta.has_multiple_outputs() else []
        for name in names:
            found[name] = Flow(tuple(From(0, root, whole=True) for root in roots), digest=_digest(result, name))
    before = tuple(From(0, name, whole=True) for name in call.columns)
    return {
        name: flow if all(each.column in call.columns for each in flow.sources) else Flow(before, digest=flow.digest)
        for name, flow in found.items()
    }


def _outputs(named: str | None, given: Any, frame: Any, before: tuple[str, ...]) -> tuple[list[str], list[str] | None]:
    """Return the names of the columns that an expression gives, and those it is made of; None where each is its own."""
    if not isinstance(given, pl.Expr):
        return [named] if named else [given.name] if isinstance(given, pl.Series) else [], []
    roots = [each for each in given.meta.root_names() if each in before]
    if roots and not given.meta.has_multiple_outputs():
        return [named or given.meta.output_name()], roots
    return list(frame.lazy().select(given).collect_schema().names()), None


def together(states: Iterable[State], result: Any, suffix: str | None = "_right") -> dict[str, Flow]:
    """Return the flows of a call that puts tables together: by name; by `suffix` what a join called so."""
    tables = list(states)
    found = {}
    for name in result.columns:
        came = [From(n, name) for n, each in enumerate(tables) if name in each.columns]
        bare = name.removesuffix(suffix) if suffix else name
        if bare != name and len(tables) > 1 and bare in tables[1].columns:
            came = [From(1, bare)]
        elif suffix and f"{name}{suffix}" in result.columns:
            came = came[:1]
        if came != [From(0, name)]:
            found[name] = Flow(tuple(came), digest=_digest(result, name) if len(came) != 1 else None)
    return found


def _unpivoted(before: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> dict[str, Flow]:
    kept = set(before) & set(result.columns)
    on = args[0] if args else kwargs.get("on")
    values = [on] if isinstance(on, str) else list(on) if isinstance(on, list | tuple) else []
    values = [each for each in values if isinstance(each, str)] or [name for name in before if name not in kept]
    new = [name for name in result.columns if name not in kept]
    found = {name: Flow((), digest=_digest(result, name)) for name in new[:-1]}
    if new:
        found[new[-1]] = Flow(tuple(From(0, name) for name in values), digest=_digest(result, new[-1]))
    return found


def _compared(call: Call, result: Any, made: Made) -> Iterator[tuple[str, Flow]]:
    rows, before = made.parents[0].rows, call.columns
    same_rows = isinstance(rows, Kept) and call.frame is not result
    moved = not isinstance(rows, Kept | Every)
    by_cell = call.name in BY_CELL and _fills_by_cell(call)
    for column in result.columns:
        if column in before:
            if moved or (same_rows and call.frame[column].equals(result[column])):
                continue
            came: tuple[From, ...] = (From(0, column, whole=not by_cell),)
        else:
            came = _of_prefix(call.name, column, before)
        yield column, Flow(came, digest=_digest(result, column))


def _fills_by_cell(call: Call) -> bool:
    """Whether what is filled in is given, rather than taken from the rows around."""
    given = [each for _, each in expressions(call.args, call.kwargs) if isinstance(each, pl.Expr)]
    by_strategy = call.name == "fill_null" and (call.kwargs.get("strategy") is not None or len(call.args) > 1)
    return not by_strategy and all(map(_is_elementwise, given))


def _of_prefix(name: str, column: str, before: tuple[str, ...]) -> tuple[From, ...]:
    if name == "with_row_index":
        return ()
    begun = [each for each in before if name == "to_dummies" and column.startswith(f"{each}_")]
    return tuple(From(0, each, whole=name not in BY_CELL) for each in (begun or before))


def _digest(result: Any, name: str) -> str:
    return digest(result[name].alias("")).sha256


# --- plans of lazy frames


def plan_steps(plan: str) -> str:
    """Return the kinds of steps in a plan, first things first; no value that stands in it."""
    found = [node for line in plan.splitlines() for node in _NODES if line.strip().startswith(node)]
    return ", ".join(reversed(found))


def planned(plan: str, before: tuple[str, ...], result: Any) -> dict[str, Flow]:
    """Return the flows of a plan that was worked out: by the columns that it names, from which rows nobody saw."""
    found = {}
    for name in result.columns:
        lines = [line for line in plan.splitlines() if f'alias("{name}")' in line]
        named = {each for line in lines for each in re.findall(r'col\("([^"]+)"\)', line)} & set(before)
        of = sorted(named) if named else [name] if name in before else list(before)
        found[name] = Flow(
            tuple(From(0, each, whole=True, assumed=not named and name not in before) for each in of),
            digest=_digest(result, name),
        )
    return found
