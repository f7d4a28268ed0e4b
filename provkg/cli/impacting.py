"""The command that tells what is touched if something turns out bad: impact."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from provkg.cli.options import TEXT, at_option, example, format_option, moment, store_option
from provkg.cli.reading import reader, say_state

# The names of `provkg.lineage.impact`, not taken from there: that would import the index for a help text.
FORMATS: Final = ("text", "json", "markdown", "csv")
FAIL_ON: Final = ("production", "canary", "development", "edge", "shadow", "staging", "any")


@click.command()
@click.argument("node", type=TEXT, metavar="NODE")
@store_option
@click.option("--paths", is_flag=True, help="Tell the way that leads from NODE to each.")
@click.option("--all", "everything", is_flag=True, help="Leave nothing out, however much it is.")
@at_option("What existed then, and was live; now unless given")
@format_option(FORMATS, "How it is told.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    multiple=True,
    help="Exit with 1 where NODE touches what serves in that stage, or anything. Several times for several.",
)
@example("provkg impact digits@1.0", "provkg impact digits@1.0 --paths --format markdown")
def impact(
    node: str,
    store: Path,
    paths: bool,  # noqa: FBT001  # click hands options over by name
    everything: bool,  # noqa: FBT001
    at: str | None,
    format_: str,
    fail_on: tuple[str, ...],
) -> None:
    """Tell what is touched if NODE turns out bad, live things first.

    NODE is data, a source, a model, a commit, a package or an environment. First comes what serves now, in production
    before elsewhere, then the rest by kind. What rests on a copy of NODE counts.
    """
    with reader(store) as opened:
        found = opened.impact(node, at=moment(at))
        click.echo(found.text(format_, paths=paths, everything=everything), nl=False)
        say_state(f"{len(found):,} thing(s)", opened)
    if any(map(found.fails, fail_on)):
        sys.exit(1)
