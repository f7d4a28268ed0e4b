"""The command that ends what serves: undeploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.options import TEXT, by_option, example, store_option, wait_option
from provkg.cli.reading import reader

if TYPE_CHECKING:
    from provkg.reading.ending import How

# The names of `provkg.reading.ending.How`, not taken from there: that would import the graph for a help text.
WAYS: Final[tuple[How, ...]] = (
    *("recalled", "withdrawn", "retired", "corrected", "licenceRevoked", "legalErasure", "securityIncident"),
)


@click.command()
@click.argument("endpoint", type=TEXT, metavar="ENDPOINT")
@click.option("--reason", type=TEXT, required=True, metavar="TEXT", help="Why, for whoever relies on it.")
@click.option("--stage", type=TEXT, default="production", show_default=True, help="Where it serves.")
@click.option("--as", "how", type=click.Choice(WAYS), default="retired", show_default=True, help="What it is.")
@by_option("Who decided it")
@store_option
@wait_option()
@example('provkg undeploy https://models.example.org/digits --stage staging --reason "the trial is over"')
def undeploy(endpoint: str, reason: str, stage: str, how: How, by: str | None, store: Path, wait: float) -> None:
    """Record that what is live at ENDPOINT serves no longer.

    ENDPOINT is an address, as provkg ask serving takes it.
    """
    with reader(store) as opened:
        click.echo(opened.undeploy(endpoint, reason, stage=stage, how=how, by=by, wait=wait).record)
