"""The command that ends what serves: undeploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from provkg.cli.options import TEXT, example, store_option, wait_option
from provkg.cli.reading import reader
from provkg.reading.ending import How

if TYPE_CHECKING:
    from provkg.reading.ending import How as Ended


@click.command()
@click.argument("endpoint", type=TEXT, metavar="ENDPOINT")
@click.option("--reason", type=TEXT, required=True, metavar="TEXT", help="Why, for whoever relies on it.")
@click.option("--stage", type=TEXT, default="production", show_default=True, help="Where it serves.")
@click.option("--as", "how", type=click.Choice(get_args(How)), default="retired", show_default=True, help="What it is.")
@click.option("--by", type=TEXT, metavar="WHO", help="Who decided it; unless given, whoever runs this.")
@store_option
@wait_option("Seconds to wait for a process that holds the graph to let go.")
@example('provkg undeploy https://models.example.org/digits --stage staging --reason "the trial is over"')
def undeploy(endpoint: str, reason: str, stage: str, how: Ended, by: str | None, store: Path, wait: float) -> None:
    """Record that what is live at ENDPOINT serves no longer.

    ENDPOINT is an address, as provkg ask serving takes it.
    """
    with reader(store) as opened:
        click.echo(opened.undeploy(endpoint, reason, stage=stage, how=how, by=by, wait=wait).record)
