"""The command that archives: records go into a file that proves itself, and may then leave the graph."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.holding import drain, held
from provkg.cli.options import TEXT, by_option, example, store_option, wait_option
from provkg.errors import BadParameter, UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.graph.archiving import Archived

SHOWN: Final = 20


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--project", type=TEXT, metavar="NAME", help="Only the records of this project.")
@click.option("--before", type=TEXT, metavar="DATE", help="Only records received before this day (UTC): 2019-01-31.")
@click.option(
    "--purge", is_flag=True, help="Take the text of what is due out of the graph, once the archive is verified."
)
@click.option("--even-needed", is_flag=True, help="Purge also what records that stay rest on.")
@by_option("Who purges")
@store_option
@wait_option()
@example(
    "provkg archive due.json",
    "provkg archive old.json --project digits --before 2099-01-31 --purge && provkg verify old.json",
)
def archive(
    out: Path,
    project: str | None,
    before: str | None,
    purge: bool,  # noqa: FBT001  # click hands options over by name
    even_needed: bool,  # noqa: FBT001
    by: str | None,
    store: Path,
    wait: float,
) -> None:
    """Archive records in OUT, with the proofs that they were logged.

    Without --project and --before, those that are due by the policies of provkg retain. The file is verified after
    writing, and by anybody later: provkg verify OUT. With --purge, the text of those that are due goes from ledger,
    index and snapshots; the log keeps that they were there, and an act that says so. What a live deployment or a record
    that stays rests on is kept, unless told otherwise.
    """
    if even_needed and not purge:
        raise UsageError("--even-needed says what to purge; give --purge with it")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent} to write {out.name} into")
    folder, day = Folder.find(store), None if before is None else _day(before)
    from provkg.graph.archiving import archived

    with held(folder, wait) as graph:
        drain(graph)
        done = archived(graph, out, project=project, before=day, purge=purge, even_needed=even_needed, by=by)
        graph.snapshot()
    _tell(done, purge=purge)


def _day(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadParameter(f"--before {text!r} is no date; write it like 2019-01-31") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _tell(done: Archived, *, purge: bool) -> None:
    for file in done.files:
        click.echo(str(file))
    archived = f"{len(done.positions):,} record(s) archived"
    if not done.files:
        archived = "nothing to archive: no record is due, or of that project and time"
    click.echo(f"{archived}, {len(done.purged):,} purged" if purge and done.files else archived, err=True)
    _say(done.needed, "stay, because live deployments or later records rest on them (--even-needed purges them, too)")
    _say(done.early, "stay, because no policy of their project says that their time is over (provkg retain)")


def _say(positions: Sequence[int], why: str) -> None:
    if positions:
        listed = ", ".join(map(str, positions[:SHOWN])) + (" …" if len(positions) > SHOWN else "")
        click.echo(f"{len(positions):,} {why}: entries {listed}", err=True)
