"""The command that ends what serves: undeploy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.options import WORDS, by_option, evidence_option, example, store_option, wait_option
from provkg.cli.reading import reader

if TYPE_CHECKING:
    from provkg.reading.ending import How

# The names of `provkg.reading.ending.How`, not taken from there: that would import the graph for a help text.
WAYS: Final[tuple[How, ...]] = (
    *("recalled", "withdrawn", "retired", "corrected", "licenceRevoked", "legalErasure", "securityIncident"),
)


@click.command()
@click.argument("endpoint", type=WORDS, metavar="ENDPOINT")
@click.option("--reason", type=WORDS, required=True, metavar="TEXT", help="Why, for whoever relies on it.")
@click.option("--stage", type=WORDS, default="production", show_default=True, help="Where it serves.")
@click.option("--as", "how", type=click.Choice(WAYS), default="retired", show_default=True, help="What it is.")
@by_option("Who decided it")
@evidence_option
@store_option
@wait_option()
@example('provkg undeploy https://models.example.org/digits --stage staging --reason "the trial is over"')
def undeploy(
    endpoint: str, reason: str, stage: str, how: How, by: str | None, evidence: Sequence[str], store: Path, wait: float
) -> None:
    """Record that what is live at ENDPOINT serves no longer.

    ENDPOINT is an address, as provkg ask serving takes it.
    """
    with reader(store) as opened:
        click.echo(opened.undeploy(endpoint, reason, stage=stage, how=how, by=by, evidence=evidence, wait=wait).record)
