"""The command that verifies: the whole ledger of a graph."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.options import ANY_PATH, TEXT, example, store_option
from provkg.errors import Unreadable
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.ledger.note import PublicKey
    from provkg.ledger.verification import Verification

SHOWN: Final = 20
PROGRESS_SECONDS: Final = 2.0


@click.command()
@store_option
@click.option(
    "--since",
    type=ANY_PATH,
    metavar="FILE",
    help="An earlier checkpoint, kept where nobody could change it; the ledger must continue it.",
)
@click.option(
    "--key", "keys", type=TEXT, multiple=True, metavar="VKEY", help="Trust this public key, not those in the folder."
)
@click.pass_context
@example("provkg verify", "provkg checkpoint > checkpoint.txt && provkg verify --since checkpoint.txt")
def verify(ctx: click.Context, store: Path, since: Path | None, keys: tuple[str, ...]) -> None:
    """Verify the whole ledger against what was signed.

    The text has to give the leaves, the leaves the tree, and the tree what was signed. Says verified; or TAMPERED and
    where, when something was changed; FORK, when the ledger is in order but is not the one that was signed; INCOMPLETE,
    when something is missing. Exits with 0 if it is verified, 1 if it is not, 3 if it could not be read. Who can change
    the folder can also change its keys and checkpoints: what was printed by provkg checkpoint and provkg key earlier,
    and kept elsewhere, is proof against that.
    """
    from provkg.ledger.verification import worst

    verification = _verification(Folder.find(store), since, keys)
    began, found = time.monotonic(), []
    for damage in verification.damages():
        found.append(damage)
        if len(found) <= SHOWN:
            click.echo(str(damage))
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN:,} more")
    click.echo(f"{worst(found)}: {_looked_at(verification)}")
    _say_how(verification, time.monotonic() - began)
    ctx.exit(1 if found else 0)


def _verification(folder: Folder, since: Path | None, keys: Sequence[str]) -> Verification:
    from provkg.graph.signing_key import public_keys
    from provkg.ledger.checkpoint import origin_of
    from provkg.ledger.note import PublicKey
    from provkg.ledger.verification import Signed, Verification

    files = [file for file in (folder.last_checkpoint, since) if file is not None]
    remembered = [Signed(str(file), _content(file)) for file in files if file == since or file.exists()]
    trusted = [PublicKey.parse(key) for key in keys] or public_keys(folder)
    return Verification(folder.ledger, origin_of(folder.base), trusted, remembered, _progress())


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read the checkpoint {file}: {error.strerror}") from None


def _progress() -> Callable[[int, int], None]:
    """Return what says now and then how far it is, to whoever sits at a terminal."""
    said = time.monotonic()

    def tell(done: int, whole: int) -> None:
        nonlocal said
        if sys.stderr.isatty() and time.monotonic() - said >= PROGRESS_SECONDS:
            said = time.monotonic()
            click.echo(f"{done:,} of {whole:,} entries", err=True)

    return tell


def _looked_at(done: Verification) -> str:
    return f"{done.entries:,} entries, {done.statements:,} statements, {done.checkpoints:,} checkpoints"


def _say_how(done: Verification, seconds: float) -> None:
    unsigned = done.entries - done.signed
    if unsigned > 0 and done.checkpoints:
        click.echo(f"the last {unsigned:,} entries await a checkpoint; sign them with: provkg checkpoint", err=True)
    rate = done.statements / max(seconds, 1e-6)
    click.echo(f"{seconds:.1f} s, {rate:,.0f} statements a second; signed with {_listed(done.keys)}", err=True)


def _listed(keys: Sequence[PublicKey]) -> str:
    return ", ".join(map(str, keys)) or "no known key"
