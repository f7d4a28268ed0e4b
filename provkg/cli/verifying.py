"""The command that verifies: the whole ledger of a graph, or a bundle or tiles without the graph."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from provkg.cli.kept_notes import (
    content_of,
    kept_note,
    keys_option,
    lines_of,
    parsed_key,
    public_keys_of,
    signed_in,
    since_option,
)
from provkg.cli.looking_at_files import check_use, files_options, verify_files
from provkg.cli.options import ANY_PATH, TEXT, example, store_option
from provkg.cli.patience import patience
from provkg.cli.progress import now_and_then
from provkg.errors import AnchorFailed, BadBundle, BadParameter, UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.ledger.cosignature import WitnessKey
    from provkg.ledger.note import PublicKey
    from provkg.ledger.payload import Damage
    from provkg.ledger.verification import Signed, Verification

SHOWN: Final = 20
ASKING_SECONDS: Final = 60.0


@click.command()
@click.argument("path", type=ANY_PATH, required=False, metavar="[PATH]")
@store_option
@since_option
@keys_option
@click.option(
    "--witness", "witnesses", type=TEXT, multiple=True, metavar="VKEY",
    help="Demand that the witness with this public key cosigned a checkpoint.",
)  # fmt: skip
@click.option(
    "--anchor", "anchors", type=ANY_PATH, multiple=True, metavar="PATH",
    help="Demand that the ledger continues every checkpoint in this folder or git repository.",
)  # fmt: skip
@click.option("--program", is_flag=True, help="Print the program that verifies bundles without provkg, and end.")
@files_options
@click.pass_context
@example(
    "provkg verify",
    "provkg verify --files",
    "provkg checkpoint > kept.txt && provkg verify --since kept.txt",
    "provkg verify --program > verify_bundle.py",
)
def verify(
    ctx: click.Context,
    path: Path | None,
    store: Path,
    since: Path | None,
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    anchors: tuple[Path, ...],
    program: bool,  # noqa: FBT001  # click hands options over by name
    look_at_files: bool,  # noqa: FBT001
    only: str | None,
    search: tuple[Path, ...],
    root: Path | None,
    record: bool,  # noqa: FBT001
    all_: bool,  # noqa: FBT001
    format_: str,
) -> None:
    """Verify the whole ledger, or without it a bundle or tiles.

    PATH is a bundle that provkg prove wrote, or provkg archive; a backup that provkg backup made; or a folder that
    provkg tiles wrote, which needs --key. Of a ledger, the text gives the leaves, the leaves give the tree, the tree
    gives what was signed. Says verified, or verified with N redactions where acts of the log took text out; or TAMPERED
    and where, when something was changed; FORK, when all is in order but is not what was signed; INCOMPLETE, when
    something is missing. Exits with 0 if it is verified, 1 if it is not, 3 if it could not be read.

    Who can change the folder can also change the keys and checkpoints in it: what provkg checkpoint and provkg key
    printed earlier, and was kept elsewhere, is proof against that.

    With --files, every file that the graph names by its address is read, and compared with the digest that was
    recorded: unchanged, changed, moved, gone, not reachable from here, or not to be judged. Exits with 1 if any is
    changed or gone, 3 if any could not be read.
    """
    check_use(
        look_at_files=look_at_files,
        others=(path, since, keys, witnesses, anchors, program),
        of_files=(only, search, root, record, all_, format_ != "text"),
    )
    # What provkg key prints has a line for each key that the graph ever had.
    keys, witnesses = lines_of(keys), lines_of(witnesses)
    against = Against(since, public_keys_of(keys), _witness_keys(witnesses), anchors)
    if look_at_files:
        ctx.exit(verify_files(store, only, search, root, format_, whole=all_, record=record))
    elif program:
        _print_program()
    elif path is None:
        ctx.exit(_verify_ledger(Folder.find(store), against))
    elif (path / "checkpoint").is_file():
        ctx.exit(_verify_tiles(path, against))
    elif path.is_dir():
        ctx.exit(_verify_backup(path, against))
    elif anchors:
        raise UsageError("a bundle shows one checkpoint only; compare the ledger or its tiles with an anchor")
    else:
        ctx.exit(_verify_bundle(path, since, keys, witnesses))


@dataclass(frozen=True)
class Against:
    """What somebody brings along to compare with; nothing of it lies in what is verified."""

    since: Path | None
    keys: Sequence[PublicKey]
    witnesses: Sequence[WitnessKey]
    anchors: Sequence[Path]

    def remembered(self, origin: str) -> list[Signed]:
        """Return the checkpoints of the log `origin` that must be continued; raises `AnchorFailed`."""
        from provkg.anchors import anchor_at

        anchored = [signed for path in self.anchors for signed in anchor_at(path).kept(origin)]
        return [*signed_in(self.since), *anchored]


def _witness_keys(keys: Sequence[str]) -> list[WitnessKey]:
    from provkg.ledger.cosignature import WitnessKey

    return [parsed_key(WitnessKey.parse, key, "--witness") for key in keys]


def _verify_backup(path: Path, against: Against) -> int:
    from provkg.graph.backup import Backup

    found = Backup.find(path)
    found.check()
    click.echo(f"{found.path}: {found.description.files:,} files, each as it was written", err=True)
    return _verify_ledger(found.folder, against) if found.folder.ledger.exists() else 0


def _verify_ledger(folder: Folder, against: Against) -> int:
    from provkg.graph.verifying import verification
    from provkg.ledger.checkpoint import origin_of
    from provkg.ledger.verification import worst

    remembered = [*against.remembered(origin_of(folder.base)), *_anchored(folder, against.anchors)]
    walk = verification(folder, remembered, against.keys, now_and_then(_entries))
    began = time.monotonic()
    found = _told(walk.damages())
    found += _told(_unwitnessed(walk.notes, against.witnesses))
    click.echo(f"{_verdict(worst(found), walk)}: {_looked_at(walk)}")
    _say_how(walk, time.monotonic() - began, restored=folder.restored.exists())
    return 1 if found else 0


def _anchored(folder: Folder, named: Sequence[Path]) -> list[Signed]:
    """Return what lies in the anchors that the graph names itself: one that is gone is said, and is no damage."""
    from provkg.graph.anchoring import anchored, anchors

    found: list[Signed] = []
    for path in anchors(folder):
        if path not in [each.absolute() for each in named]:
            try:
                found += anchored(folder, path)
            except AnchorFailed as error:
                click.echo(f"not compared: {error}", err=True)
    return found


def _verify_tiles(path: Path, against: Against) -> int:
    from provkg.ledger.tile_folder import TileFolder
    from provkg.ledger.tile_verification import TileVerification
    from provkg.ledger.verification import worst

    if not against.keys:
        raise BadParameter(f"{path} names no keys; give the log's, as its owner printed it, with --key")
    origin = TileFolder.checkpoint(path).partition(b"\n")[0].decode("utf-8", "replace")
    verification = TileVerification(path, against.keys, against.remembered(origin))
    found = _told(verification.damages())
    found += _told(_unwitnessed([verification.signed], against.witnesses))
    click.echo(f"{worst(found)}: {verification.entries:,} entries, {verification.tiles:,} tiles")
    return 1 if found else 0


def _told(damages: Iterable[Damage]) -> list[Damage]:
    """Say what is wrong as it is found, and return it."""
    found = []
    for damage in damages:
        found.append(damage)
        if len(found) <= SHOWN:
            click.echo(str(damage))
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN:,} more")
    return found


def _unwitnessed(notes: Sequence[Signed], witnesses: Sequence[WitnessKey]) -> list[Damage]:
    from provkg.ledger.witnessed import witnessed

    seen, damages = witnessed(notes, witnesses)
    for each in seen:
        click.echo(str(each), err=True)
    return damages


def _verify_bundle(path: Path, since: Path | None, keys: Sequence[str], witnesses: Sequence[str]) -> int:
    from provkg.ledger.verify_bundle import judge  # with `cryptography`, 40 ms

    earlier = None if since is None else kept_note(since)
    verdict, said, verified = judge(content_of(path), earlier, keys, witnesses)
    if verdict is None:
        raise BadBundle(f"{path}: {said}")
    click.echo(f"{verdict}: {said}")
    if verified is None:
        return 1
    if not keys:
        listed = " ".join(verified["keys"])
        click.echo(f"signed with {listed}: compare it with what the owner published, or give --key", err=True)
    return 0 if "answer" not in verified else _verify_answer(path, verified["answer"], verified["records"])


def _verify_answer(path: Path, answer: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> int:
    from provkg.evidence import asks_of_records, follows

    click.echo(f"it answers:\n{answer['query'].strip()}", err=True)
    with patience(ASKING_SECONDS):
        same = follows(answer, path, records)
    these = "these statements" + (" and of what the log says of these records" if "names" in answer else "")
    if same:
        click.echo(f"follows: asked of {these}, its query gives the {len(answer['rows']):,} row(s) in it")
        return 0
    unnamed = asks_of_records(answer["query"]) and "names" not in answer
    why = ": it asks about records, and the bundle does not give their names; make it anew" if unnamed else ""
    click.echo(f"INCOMPLETE: asked of {these}, its query does not give the rows in it{why}")
    return 1


def _print_program() -> None:
    # Read, not imported: whoever prints it need not have `cryptography` at hand.
    click.echo((files("provkg") / "ledger" / "verify_bundle.py").read_text("utf-8"), nl=False)


def _entries(done: int, whole: int) -> str:
    return f"{done:,} of {whole:,} entries"


def _verdict(word: str, done: Verification) -> str:
    several = "s" * (done.redactions > 1)
    return f"verified with {done.redactions:,} redaction{several}" if word == "verified" and done.redactions else word


def _looked_at(done: Verification) -> str:
    purged = f", {done.purged:,} records purged" if done.purged else ""
    return f"{done.entries:,} entries, {done.statements:,} statements, {done.checkpoints:,} checkpoints{purged}"


def _say_how(done: Verification, seconds: float, *, restored: bool) -> None:
    unsigned = done.entries - done.signed
    if unsigned > 0 and done.checkpoints:
        click.echo(f"the last {unsigned:,} entries await a checkpoint; sign them with: provkg checkpoint", err=True)
    if restored:
        click.echo("restored from a backup: nothing is signed until: provkg checkpoint --accept-restore", err=True)
    rate = done.statements / max(seconds, 1e-6)
    click.echo(f"{seconds:.1f} s, {rate:,.0f} statements a second; signed with {_listed(done.keys)}", err=True)


def _listed(keys: Sequence[PublicKey]) -> str:
    return ", ".join(map(str, keys)) or "no known key"
