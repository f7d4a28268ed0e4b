"""The command that says what is wrong with a graph, and what to type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provkg.cli.options import example, store_option
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.cli.diagnosis import Finding


@click.command()
@store_option
@click.pass_context
@example("provkg doctor --store kg")
def doctor(ctx: click.Context, store: Path) -> None:
    """Say what is wrong with a graph, and what to type. Changes nothing; exits with 1 if anything is wrong."""
    from provkg.cli.diagnosis import findings

    folder = Folder.find(store)
    found = list(findings(folder))
    for finding in found:
        _print(finding)
    wrong = sum(finding.wrong for finding in found)
    click.echo(
        f"{wrong} thing(s) wrong with {folder.path}" if wrong else f"nothing is wrong with {folder.path}", err=True
    )
    ctx.exit(1 if wrong else 0)


def _print(finding: Finding) -> None:
    click.echo(f"{'problem' if finding.wrong else 'note'}: {finding.what}")
    for line in finding.details:
        click.echo(f"    {line}")
    if finding.cure:
        click.echo(f"  {finding.cure}")
