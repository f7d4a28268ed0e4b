"""Commands that sign what the ledger holds, and show by which key: checkpoint, key."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.holding import held
from provkg.cli.options import ANY_PATH, example, store_option, wait_option
from provkg.errors import UsageError
from provkg.folder import Folder


@click.command()
@store_option
@click.option(
    "--accept-restore",
    is_flag=True,
    help="Go on from a ledger that does not continue what was signed last, as after restoring a backup.",
)
@wait_option("Seconds to wait for a process that holds the graph to let go.")
@example("provkg checkpoint > checkpoint.txt")
def checkpoint(store: Path, accept_restore: bool, wait: float) -> None:  # noqa: FBT001
    """Sign what the ledger holds, and print the signed note.

    The note says the size and root of the ledger (C2SP tlog-checkpoint). Every process that holds the graph does this
    by itself when it lets go, and once a minute; the newest note lies in the graph's folder checkpoints/. Keep a copy
    where the graph's owner cannot change it: with that, any later change to what it stands for is found by provkg
    verify --since.
    """
    from provkg.graph.checkpointing import Checkpointing

    folder = Folder.find(store)
    with held(folder, wait) as graph:
        note = Checkpointing(folder, graph.ledger).sign(accept_restore=accept_restore)
        size = graph.ledger.size
    click.echo(note.to_bytes().decode(), nl=False)
    click.echo(f"signed the {size:,} entries of {folder.ledger}", err=True)


@click.command()
@store_option
@click.option("--new", is_flag=True, help="Make another key; checkpoints are signed with it from now on.")
@click.option("--use", "file", type=ANY_PATH, metavar="FILE", help="Sign with this Ed25519 key from now on.")
@example("provkg key", "provkg key --new")
def key(store: Path, new: bool, file: Path | None) -> None:  # noqa: FBT001
    """Print the public keys that check what the graph signs.

    They are C2SP verifier keys. The last one is the key in use; give it to whoever checks. FILE is a PEM file without a
    password, or a signer key as Go's note package writes it, which others cannot read. What former keys signed can
    still be checked.
    """
    from provkg.graph.signing_key import public_keys, read_key, signing_key, use_key
    from provkg.ledger.checkpoint import origin_of
    from provkg.ledger.note import PrivateKey

    if new and file is not None:
        raise UsageError("give --new or --use FILE, not both")
    folder = Folder.find(store)
    if new or file is not None:
        use_key(folder, PrivateKey.make(origin_of(folder.base)) if file is None else read_key(file, folder))
    elif not public_keys(folder):
        signing_key(folder)
    for public in public_keys(folder):
        click.echo(str(public))
