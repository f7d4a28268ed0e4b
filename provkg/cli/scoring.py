"""The command that tells how complete a graph's records are, by project and over time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from provkg.cli.options import TEXT, example, format_option, level_option, store_option
from provkg.cli.reading import reader, say_state

# The names of `provkg.score.PERIODS` and `provkg.score.showing.SCORES_WRITERS`.
PERIODS: Final = ("month", "week", "day")
SCORES_FORMATS: Final = ("text", "json", "csv")


@click.command()
@store_option
@click.option("--project", type=TEXT, metavar="PROJECT", help="One project, by name or IRI; all unless given.")
@click.option("--by", type=click.Choice(PERIODS), help="One row for each period in which runs started.")
@level_option("standard", "What the records should say.")
@click.option(
    "--at-least",
    "least",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a row has less.",
)
@format_option(SCORES_FORMATS, "How the rows are written.")
@click.pass_context
@example("provkg score --by month", "provkg score --level audit --at-least 90")
def score(
    ctx: click.Context,
    store: Path,
    project: str | None,
    by: str | None,
    level: str,
    least: int | None,
    format_: str,
) -> None:
    """Tell how complete the records are, by project and over time.

    A row counts the fields that are asked of the runs and models of a project and of all that they rest on, and how
    many of these are present. What one thing lacks: provkg check --explain NODE.
    """
    with reader(store) as opened:
        found = opened.scores(project, by, level)
        click.echo(found.text(format_), nl=False)
        say_state(f"{len(found):,} row(s)", opened)
    ctx.exit(1 if least is not None and any(row.percent < least for row in found) else 0)
