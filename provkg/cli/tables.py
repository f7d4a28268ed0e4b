"""What `provkg lineage` tells of a watched table: its operations, and where cells, rows and columns went."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provkg.cli.options import TEXT

if TYPE_CHECKING:
    from provkg.capture.watching.lineage import Dropped, TableLineage
    from provkg.capture.watching.tracing import Source

Command = TypeVar("Command", bound=Callable[..., Any])
ROWS_SHOWN = 100


def table_options(command: Command) -> Command:
    """Add the options that ask a watched table about its operations, cells, rows and columns."""
    options = (
        click.option("--operations", is_flag=True, help="Of a watched table: what was done to it, in order."),
        click.option("--cell", nargs=2, type=TEXT, metavar="ROW COLUMN", help="Where that cell came from."),
        click.option("--dropped", is_flag=True, help="Which rows of the input were dropped, by which operation."),
        click.option(
            "--row",
            "rows",
            type=int,
            multiple=True,
            help="Of predictions: what is behind that row. Of tables: with --dropped.",
        ),
        click.option("--of", "of_", type=TEXT, metavar="INPUT", help="With --dropped: of this input, not the first."),
        click.option("--made-from", type=TEXT, metavar="COLUMN", help="Which columns were made from that of an input."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def asks_of_table(asked: dict[str, Any]) -> bool:
    """Whether one of the options was given."""
    return any(bool(value) for value in asked.values())


def told_of_table(
    table: TableLineage,
    *,
    operations: bool,
    cell: tuple[str, str] | None,
    dropped: bool,
    rows: tuple[int, ...],
    of_: str | None,
    made_from: str | None,
    as_json: bool,
) -> str:
    """Return the answers to what was asked, in words or as JSON."""
    said: dict[str, Any] = {}
    if operations:
        said["operations"] = table.operations()
    if cell:
        said["cell"] = table.inputs_of_cell(_number(cell[0]), cell[1])
    if dropped or rows or of_:
        said["dropped"] = table.dropped(list(rows) or None, of=of_)
    if made_from:
        said["made from"] = table.made_from(made_from)
    if as_json:
        plain = {
            name: [each if isinstance(each, str) else asdict(each) for each in value] for name, value in said.items()
        }
        return json.dumps(plain, ensure_ascii=False, indent=2, default=dict)
    lines = [line for name, value in said.items() for line in _LINES[name](value)]
    return "\n".join(lines)


def _plain(told: Any) -> Any:
    return dict(told) if isinstance(told, Mapping) else asdict(told)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no row number; rows count from 0", param_hint="--cell") from None


def _of_operations(found: list[Any]) -> Iterator[str]:
    yield from (f"{each.number}. {each.sentence}" for each in found)


def _of_cell(found: list[Source]) -> Iterator[str]:
    if not found:
        yield "it came from no cell of an input"
    for each in found:
        rows = "all rows" if each.rows is None else _listed(each.rows)
        yield f"{each.dataset}: {each.column}, {rows}{' (assumed: it was read before)' if each.assumed else ''}"


def _of_rows(found: list[Dropped]) -> Iterator[str]:
    if not found:
        yield "no row was dropped"
    for each in found:
        told = f"{each.operation.number}. {each.operation.sentence}" if each.operation else "still there"
        yield f"row {each.row:,}: {told}"


def _of_columns(found: list[str]) -> Iterator[str]:
    yield from found or ["no column was made from it"]


def _listed(rows: tuple[int, ...]) -> str:
    more = f" and {len(rows) - ROWS_SHOWN:,} more" if len(rows) > ROWS_SHOWN else ""
    return f"row{'' if len(rows) == 1 else 's'} {', '.join(map(str, rows[:ROWS_SHOWN]))}{more}"


_LINES: dict[str, Callable[[Any], Iterator[str]]] = {
    "operations": _of_operations,
    "cell": _of_cell,
    "dropped": _of_rows,
    "made from": _of_columns,
}
