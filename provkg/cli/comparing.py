"""The command that tells in what two things differ: diff."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from provkg.cli.options import TEXT, example, format_option, store_option
from provkg.cli.reading import reader, say_state

# The names of `provkg.lineage.difference`, not taken from there: that would import the index for a help text.
FORMATS: Final = ("text", "json", "markdown", "html")


@click.command()
@click.argument("left", type=TEXT, metavar="LEFT")
@click.argument("right", type=TEXT, metavar="RIGHT")
@store_option
@format_option(FORMATS, "How it is told.")
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit with 1 where they differ in data, code, settings, seeds or environment; data, pipelines and the like, "
    "where they differ at all.",
)
@example("provkg diff digits-clean digits-known", "provkg diff digits-known digits-unseen --format markdown")
def diff(left: str, right: str, store: Path, format_: str, exit_code: bool) -> None:  # noqa: FBT001
    """Tell in what two runs, models, datasets or environments differ.

    Pipelines, packages and commits are compared, too. Data with their versions, rows and columns, code, settings, seeds
    and the environment with its packages are compared one by one, then metrics and what came of it. A pair that differs
    in one factor, such as one setting, is named as such.
    """
    with reader(store) as opened:
        found = opened.difference(left, right)
        click.echo(found.text(format_), nl=False)
        say_state(f"{sum(len(facet.changes) for facet in found.facets):,} fact(s) differ", opened)
    if exit_code and found.matters:
        sys.exit(1)
