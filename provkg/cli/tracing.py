"""The command that draws what a thing rests on, what rests on it, or what lies between two: lineage."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from provkg.cli.options import TEXT, at_option, example, format_option, moment, store_option
from provkg.cli.reading import reader, say_state
from provkg.cli.tables import asks_of_table, table_options, told_of_table
from provkg.errors import UnknownThing, UsageError

if TYPE_CHECKING:
    from provkg.reading import Reader

# The names of `provkg.lineage.graph`, not taken from there: that would import the index for a help text.
FORMATS: Final = ("tree", "table", "paths", "dot", "mermaid", "json", "graphml", "svg")


@click.command()
@click.argument("node", type=TEXT, metavar="NODE")
@store_option
@click.option("--up", is_flag=True, help="What NODE rests on (the default).")
@click.option("--down", is_flag=True, help="What rests on NODE, or on anything of the same content.")
@click.option("--to", type=TEXT, metavar="NODE", help="What lies between the two, whichever rests on the other.")
@click.option("--depth", metavar="STEPS", type=click.IntRange(1), help="How many steps to go; all unless given.")
@click.option(
    "--kind",
    "kinds",
    type=TEXT,
    multiple=True,
    metavar="KIND",
    help="Show only these, such as model or dataset; others are walked through. Several times for several.",
)
@at_option("Only what existed then")
@click.option("--explain", is_flag=True, help="In a tree or table, which record states each step; json always does.")
@format_option(FORMATS, "How it is drawn: for the terminal, other programs, or as a picture.")
@click.option("--all", "everything", is_flag=True, help="Show files, packages, environments and code too.")
@table_options
@example(
    "provkg lineage digits-classifier@latest --up",
    "provkg lineage digits@1.0 --down --format mermaid",
    "provkg lineage digits-classifier@latest --to digits@1.0 --format paths",
    "provkg lineage digits-classifier@latest --kind model --kind dataset --explain",
)
def lineage(
    node: str,
    store: Path,
    up: bool,  # noqa: FBT001  # click hands options over by name
    down: bool,  # noqa: FBT001
    everything: bool,  # noqa: FBT001
    explain: bool,  # noqa: FBT001
    format_: str,
    to: str | None,
    depth: int | None,
    kinds: tuple[str, ...],
    at: str | None,
    **of_table: Any,
) -> None:
    """Draw what NODE rests on, or what rests on it.

    NODE is a name, name@version, name@latest, an alias or stage such as name@production, a file, or an IRI. Of a file
    of predictions, --row tells what stands behind a row; of a table that provkg.watch saw being made, it answers about
    operations, cells, rows and columns, too.
    """
    if up and down:
        raise UsageError("a lineage goes one way; give --up or --down, and ask twice for both")
    if to is not None and (up or down):
        raise UsageError("--to finds the way by itself; leave out --up and --down")
    if asks_of_table(of_table):
        with reader(store) as opened:
            if of_table["rows"] and not of_table["dropped"] and _is_batch(opened, node):
                _tell_predictions(opened, node, of_table["rows"], as_json=format_ == "json")
                return
            click.echo(told_of_table(opened.table(node), **of_table, as_json=format_ == "json"))
            say_state("one table", opened)
        return
    then: datetime | None = moment(at)
    with reader(store) as opened:
        traced = opened.lineage(node, "down" if down else "up", to=to, depth=depth, kinds=kinds, at=then)
        told = traced.explained() if explain else traced
        click.echo(told.text(format_, everything=everything or bool(kinds)), nl=False)
        say_state(f"{len(traced):,} thing(s)", opened)


def _is_batch(opened: Reader, node: str) -> bool:
    from provkg.vocabulary import PredictionBatch  # with the engine, which help texts do without

    try:
        opened.resolve(node, PredictionBatch)
    except UnknownThing:
        return False
    return True


def _tell_predictions(opened: Reader, batch: str, rows: tuple[int, ...], *, as_json: bool) -> None:
    for row in rows:
        click.echo(opened.prediction(batch, row).text("json" if as_json else "text"), nl=False)
    say_state(f"{len(rows):,} row(s)", opened)
