"""Commands that keep a graph safe: backup, restore."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provkg.cli.holding import tell
from provkg.cli.kept_notes import keys_option, public_keys_of, signed_in, since_option
from provkg.cli.options import ANY_PATH, example, store_option
from provkg.cli.progress import now_and_then
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.graph.backup import Description


@click.command()
@click.argument("out", type=ANY_PATH, metavar="OUT")
@store_option
@click.option("--with-key", is_flag=True, help="Put the secret keys in, with which checkpoints are signed.")
@example('provkg backup "kg-$(date +%F)"')
def backup(out: Path, store: Path, with_key: bool) -> None:  # noqa: FBT001
    """Copy the whole graph to OUT while others use it, verified.

    OUT is a new folder; a backup takes no other's place. It has the ledger as it was at one moment, verified as provkg
    verify does, the configuration, shapes, terms, queries and rules of your own, public keys and checkpoints, what
    waits in the spool, and what was refused. It holds all that the graph holds, and only you can read it. The index is
    not in it: it is made from the ledger. Nor are secret keys, unless you say --with-key. Whoever writes need not wait.
    If it fails, nothing of it is left.
    """
    from provkg.graph.backing_up import back_up  # 80 ms that help texts do without

    made = back_up(Folder.find(store), out, with_key=with_key, progress=now_and_then(_how_far))
    said = made.description
    size = sum((made.path / place).stat().st_size for place in made.digests)
    click.echo(f"{made.path}: verified: {standing(said)}; {said.files:,} files, {size:,} bytes")
    for left in said.left_out:
        click.echo(f"not in it: {left}", err=True)
    if said.signs:
        click.echo("the key that signs checkpoints is in it: whoever has this backup can sign as this graph", err=True)


@click.command()
@click.argument("backup", type=ANY_PATH, metavar="BACKUP")
@click.argument("directory", type=ANY_PATH, metavar="DIR")
@since_option
@keys_option
@example("provkg restore kg.backup restored")
def restore(backup: Path, directory: Path, since: Path | None, keys: tuple[str, ...]) -> None:
    """Make a graph in DIR from a BACKUP, verified.

    DIR is a new or empty folder. Every file is compared with what was written, and the ledger is verified; a damaged
    backup is refused, and nothing is left. Then the index is made from the ledger. What the graph holds after that can
    be asked and added to, but is signed only once you say that it goes on from there: provkg checkpoint
    --accept-restore. If the graph that the backup is of went on, too, there are two histories.
    """
    from provkg.graph.backup import Backup
    from provkg.graph.restoring import restore as restored

    trusted, kept = public_keys_of(keys), signed_in(since)
    done = restored(Backup.find(backup), directory, remembered=kept, keys=trusted, progress=now_and_then(_how_far))
    click.echo(f"{done.folder.path}: restored and verified: {standing(done.backup)}; backup made {done.backup.made}")
    for message in done.messages:
        tell(message)
    if done.waiting:
        # With another spool named, that one would be taken in.
        here = "PROVKG_SPOOL= " if os.environ.get("PROVKG_SPOOL") else ""
        sync = f"{here}provkg sync --store {done.folder.path}"
        click.echo(f"{done.waiting} file(s) wait in its spool; take them in with: {sync}", err=True)
    if done.backup.checkpoint is not None and not done.backup.signs:
        click.echo("the key that signs is not in the backup; put it into keys/, or type: provkg key --new", err=True)


def standing(said: Description) -> str:
    """Return in words how much the graph in a backup holds, and how much of it is signed."""
    entries = f"{said.entries:,} entries"
    if (signed := said.signed) is None:
        return f"{entries}, no checkpoint"
    waiting = f", {said.entries - signed.size:,} entries await the next" if signed.size < said.entries else ""
    return f"{entries}, last checkpoint of {signed.size:,} entries with root {signed.root.hex()}{waiting}"


def _how_far(what: str, done: int, whole: int) -> str:
    return f"{done:,} of {whole:,} {what}"
