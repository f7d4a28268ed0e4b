"""The command that says how long the records of a project are kept, and what is due."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.holding import drain, held
from provkg.cli.options import TEXT, by_option, example, store_option, wait_option
from provkg.errors import UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.graph.retaining import Due, Kept

SHOWN: Final = 50


@click.command()
@click.argument("project", type=TEXT, required=False)
@click.option("--keep", type=TEXT, metavar="TIME", help="How long its records are kept: 7y, 18m, 6w or 90d.")
@click.option("--list", "list_", is_flag=True, help="List the projects with how long their records are kept.")
@click.option("--due", is_flag=True, help="List the records whose time is over.")
@by_option("Who says so")
@store_option
@wait_option()
@example("provkg retain digits --keep 7y", "provkg retain --list", "provkg retain --due")
def retain(
    project: str | None,
    keep: str | None,
    list_: bool,  # noqa: FBT001  # click hands options over by name
    due: bool,  # noqa: FBT001
    by: str | None,
    store: Path,
    wait: float,
) -> None:
    """Say how long the records of PROJECT are kept.

    The policy is logged, and holds from the time at which a record was received. Nothing goes by itself: what is due
    leaves the graph by provkg archive --purge. A project without a policy keeps its records.
    """
    if sum((list_, due, project is not None)) != 1 or (project is None) != (keep is None):
        raise UsageError("say one thing: PROJECT with --keep TIME, --list, or --due")
    folder = Folder.find(store)
    if due:
        _list_due(folder)
    elif list_:
        _list_policies(folder)
    elif project is not None and keep is not None:
        _retain(folder, project, keep, by, wait)


def _retain(folder: Folder, project: str, keep: str, by: str | None, wait: float) -> None:
    from provkg.graph.retaining import days_of

    days = days_of(keep)
    with held(folder, wait) as graph:
        drain(graph)
        kept = graph.retain(project, days, by=by)
        graph.snapshot()
    click.echo(f"records of {kept.project} are kept for {kept.days:,} days; logged as {kept.record}", err=True)


def _list_policies(folder: Folder) -> None:
    found, over = _policies_and_due(folder)
    for policy in found.values():
        count = sum(each.project == policy.project for each in over)
        click.echo(f"{policy.project}: {policy.days:,} days, since {policy.since[:10]}; {count:,} record(s) are due")
    click.echo(f"{len(found)} project(s) have a policy", err=True)


def _policies_and_due(folder: Folder) -> tuple[dict[str, Kept], list[Due]]:
    from provkg.graph.retaining import due, policies
    from provkg.ledger import Ledger

    if Ledger.size_at(folder.ledger) == 0:
        return {}, []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return policies(ledger), due(ledger)


def _list_due(folder: Folder) -> None:
    _, over = _policies_and_due(folder)
    for each in over[:SHOWN]:
        click.echo(
            f"{each.position}: {each.type} of {each.project}, record {each.record}, due since {each.until:%Y-%m-%d}"
        )
    if len(over) > SHOWN:
        click.echo(f"… and {len(over) - SHOWN:,} more")
    click.echo(f"{len(over):,} record(s) are due; archive them with: provkg archive FILE --purge", err=True)
