"""The command that tells whether a thing may go on, for a release or a deployment to ask."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from provkg.cli.auditing import FAIL_ON
from provkg.cli.options import TEXT, example, format_option, level_option, store_option
from provkg.cli.reading import reader, say_state

FORMATS: Final = ("text", "json")


@click.command()
@click.argument("node", type=TEXT)
@level_option("standard", "What the records have to say, and which rules are asked.")
@click.option(
    "--at-least",
    type=click.IntRange(0, 100),
    default=100,
    show_default=True,
    metavar="PERCENT",
    help="The score that NODE needs.",
)
@click.option(
    "--fail-on", type=click.Choice(FAIL_ON), default="violation", show_default=True, help="What holds NODE back."
)
@store_option
@format_option(FORMATS, "How it is written.")
@click.pass_context
@example("provkg gate digits-classifier@latest", "provkg gate digits-classifier@latest --level audit --at-least 60")
def gate(ctx: click.Context, node: str, level: str, at_least: int, fail_on: str, store: Path, format_: str) -> None:
    """Tell whether NODE may go on, such as a model to production.

    It may if its record and those of all that it rests on say what the level asks, none of these was recalled,
    withdrawn or otherwise ended, and no rule across records finds anything grave that concerns it, what it rests on, or
    what speaks of it. Exits with 0 if nothing holds it back, 1 if something does.
    """
    with reader(store) as opened:
        found = opened.promotion(node, level, at_least=at_least, fail_on=fail_on)
        click.echo(found.to_json() if format_ == "json" else str(found))
        say_state("nothing holds it back" if found else "held back", opened)
    ctx.exit(0 if found else 1)
