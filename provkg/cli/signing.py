"""Commands that sign what the ledger holds, and show by which key: checkpoint, key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provkg.cli.holding import held, tell
from provkg.cli.kept_notes import kept_note
from provkg.cli.options import ANY_PATH, TEXT, example, store_option, wait_option
from provkg.errors import BadKey, BadParameter, ProvkgError, UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.ledger.cosignature import WitnessKey
    from provkg.ledger.note import Note


@click.command()
@store_option
@click.option(
    "--accept-restore",
    is_flag=True,
    help="Go on from a ledger that does not continue what was signed last, as after restoring a backup.",
)
@click.option(
    "--witness",
    "witnesses",
    type=(TEXT, TEXT),
    multiple=True,
    metavar="VKEY WHERE",
    help="Have it cosigned by the witness of this key, at this address, in this folder, or by the lines in this file.",
)
@click.option(
    "--since", type=ANY_PATH, metavar="FILE", help="Print before it the proof that it continues this checkpoint."
)
@click.option(
    "--anchor",
    "anchors",
    type=ANY_PATH,
    multiple=True,
    metavar="PATH",
    help="Put it, and each later one, into this folder or git repository.",
)
@click.option(
    "--no-anchor", "given_up", type=ANY_PATH, multiple=True, metavar="PATH", help="Put no more checkpoints there."
)
@wait_option()
@example("provkg checkpoint > checkpoint.txt", "provkg checkpoint --since checkpoint.txt > for-a-witness.txt")
def checkpoint(
    store: Path,
    accept_restore: bool,  # noqa: FBT001
    witnesses: tuple[tuple[str, str], ...],
    since: Path | None,
    anchors: tuple[Path, ...],
    given_up: tuple[Path, ...],
    wait: float,
) -> None:
    """Sign what the ledger holds, and print the signed note.

    The note says the size and root of the ledger (C2SP tlog-checkpoint). Every process that holds the graph does this
    by itself when it lets go, and once a minute; the newest note lies in the graph's folder checkpoints/. Keep a copy
    where the graph's owner cannot change it: with that, any later change to what it stands for is found by provkg
    verify --since.

    A witness keeps a copy by itself and cosigns what continues it (C2SP tlog-witness); with --since, what is printed
    can be sent to one that has no network. Nothing but what is named here is ever asked. An anchor is a folder, which
    gets a file for each checkpoint, or a git repository, which gets a commit on the branch provkg-checkpoints.
    """
    from provkg.graph.anchoring import anchor_from_now_on, anchor_no_longer
    from provkg.graph.checkpointing import Checkpointing

    keys = [(_witness_key(key), where) for key, where in witnesses]
    folder = Folder.find(store)
    with held(folder, wait) as graph:
        note = Checkpointing(folder, graph.ledger).sign(accept_restore=accept_restore)
        size = graph.ledger.size
        for path in given_up:
            anchor_no_longer(folder, path)
        for path in anchors:
            anchor_from_now_on(folder, path, note)
    note, failed = _cosigned(folder, note, keys, wait)
    click.echo(_with_proof(folder, note, since).decode(), nl=False)
    click.echo(f"signed the {size:,} entries of {folder.ledger}", err=True)
    if failed is not None:
        raise failed


def _witness_key(text: str) -> WitnessKey:
    from provkg.ledger.cosignature import WitnessKey

    try:
        return WitnessKey.parse(text)
    except BadKey as error:
        raise BadParameter(f"--witness {text!r} is no public key of a witness: {error}") from None


def _cosigned(
    folder: Folder, note: Note, witnesses: Sequence[tuple[WitnessKey, str]], wait: float
) -> tuple[Note, ProvkgError | None]:
    """Return the note with what the witnesses made of it, and the last error: one of them does not stop the others."""
    from provkg.graph.witnessing import have_cosigned
    from provkg.ledger.checkpoint import Checkpoint

    failed: ProvkgError | None = None
    for key, where in witnesses:
        try:
            cosigned = have_cosigned(folder, note, key, where, wait=wait)
            note = cosigned if cosigned.text == note.text else note
            click.echo(f"{key.name} cosigned {Checkpoint.of(cosigned).size:,} entries", err=True)
        except ProvkgError as error:
            if failed is not None:
                tell(str(failed))
            failed = error
    return note, failed


def _with_proof(folder: Folder, note: Note, since: Path | None) -> bytes:
    from provkg.graph.witnessing import submission_since
    from provkg.ledger import Ledger
    from provkg.ledger.note import Note

    if since is None:
        return note.to_bytes()
    earlier = Note.parse(kept_note(since))
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return submission_since(ledger, note, earlier).to_bytes()


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
