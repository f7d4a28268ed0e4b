"""The command that verifies: the whole ledger of a graph, or a bundle without the graph."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.kept_notes import content_of, kept_note
from provkg.cli.options import ANY_PATH, TEXT, example, store_option
from provkg.errors import BadBundle, BadKey, BadParameter
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.ledger.note import PublicKey
    from provkg.ledger.verification import Verification

SHOWN: Final = 20
PROGRESS_SECONDS: Final = 2.0


@click.command()
@click.argument("bundle", type=ANY_PATH, required=False, metavar="[BUNDLE]")
@store_option
@click.option(
    "--since",
    type=ANY_PATH,
    metavar="FILE",
    help="An earlier checkpoint, kept where nobody could change it; the ledger must continue it.",
)
@click.option(
    "--key", "keys", type=TEXT, multiple=True, metavar="VKEY", help="Trust this public key, not those that lie there."
)
@click.option("--program", is_flag=True, help="Print the program that verifies bundles without provkg, and end.")
@click.pass_context
@example(
    "provkg verify",
    "provkg checkpoint > kept.txt && provkg verify --since kept.txt",
    "provkg verify --program > verify_bundle.py",
)
def verify(
    ctx: click.Context,
    bundle: Path | None,
    store: Path,
    since: Path | None,
    keys: tuple[str, ...],
    program: bool,  # noqa: FBT001  # click hands options over by name
) -> None:
    """Verify the whole ledger, or a BUNDLE without the graph.

    A bundle is what provkg prove wrote. Of a ledger, the text gives the leaves, the leaves give the tree, the tree
    gives what was signed. Says verified; or TAMPERED and where, when something was changed; FORK, when all is in order
    but is not what was signed; INCOMPLETE, when something is missing. Exits with 0 if it is verified, 1 if it is not, 3
    if it could not be read.

    Who can change the folder can also change the keys and checkpoints in it: what provkg checkpoint and provkg key
    printed earlier, and was kept elsewhere, is proof against that.
    """
    _check_keys(keys)
    if program:
        _print_program()
    elif bundle is not None:
        ctx.exit(_verify_bundle(bundle, since, keys))
    else:
        ctx.exit(_verify_ledger(store, since, keys))


def _check_keys(keys: Sequence[str]) -> None:
    from provkg.ledger.note import PublicKey

    for key in keys:
        try:
            PublicKey.parse(key)
        except BadKey as error:
            raise BadParameter(f"--key {key!r} is no public key: {error}") from None


def _verify_ledger(store: Path, since: Path | None, keys: Sequence[str]) -> int:
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
    return 1 if found else 0


def _verify_bundle(bundle: Path, since: Path | None, keys: Sequence[str]) -> int:
    from provkg.ledger.verify_bundle import judge  # with `cryptography`, 40 ms

    earlier = None if since is None else kept_note(since)
    verdict, said, verified = judge(content_of(bundle), earlier, keys)
    if verdict is None:
        raise BadBundle(f"{bundle}: {said}")
    click.echo(f"{verdict}: {said}")
    if verified is None:
        return 1
    if not keys:
        listed = " ".join(verified["keys"])
        click.echo(f"signed with {listed}: compare it with what the owner published, or give --key", err=True)
    return 0


def _print_program() -> None:
    # Read, not imported: whoever prints it need not have `cryptography` at hand.
    click.echo((files("provkg") / "ledger" / "verify_bundle.py").read_text("utf-8"), nl=False)


def _verification(folder: Folder, since: Path | None, keys: Sequence[str]) -> Verification:
    from provkg.graph.signing_key import public_keys
    from provkg.ledger.checkpoint import origin_of
    from provkg.ledger.note import PublicKey
    from provkg.ledger.verification import Signed, Verification

    last = folder.last_checkpoint
    remembered = [Signed(str(last), content_of(last))] if last.exists() else []
    remembered += [] if since is None else [Signed(str(since), kept_note(since))]
    trusted = [PublicKey.parse(key) for key in keys] or public_keys(folder)
    return Verification(folder.ledger, origin_of(folder.base), trusted, remembered, _progress())


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
