"""Taking a backup while others write: every file of a graph, its ledger at one moment, verified before it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from provkg.durable import sync_folder
from provkg.errors import LedgerBroken, StorageFailed, UsageError
from provkg.folder import BACKUP_FILE, Folder
from provkg.graph.backup import Backup, Description, write_sums
from provkg.graph.copying import digest_of, settled
from provkg.graph.drafting import draft
from provkg.graph.gathering import Gathering
from provkg.graph.signing_key import KEY_FILE
from provkg.graph.verifying import verification
from provkg.ledger import Ledger
from provkg.ledger.note import PublicKey
from provkg.ledger.verification import Signed
from provkg.literals import date_time_text
from provkg.resources import version

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and how much there is."""


def back_up(
    folder: Folder, out: Path, *, with_key: bool = False, progress: Progress = lambda _what, _done, _all: None
) -> Backup:
    """Make a backup of the graph in `folder` at `out`, which must not be there yet, and return it once it is verified.

    Nobody has to let go of the graph, and nobody who writes has to wait. The index is not in it, nor what is secret:
    the key that signs only `with_key`. Raises `UsageError` where something is at `out`, `StorageFailed` where it cannot
    be written, `LedgerBroken` where what was copied is not verified; nothing is left of it then.
    """
    out = _checked(out.absolute(), folder)
    try:
        with draft(out.with_name(f".{out.name}.incomplete"), f"making a backup at {out}") as drafted:
            _fill(drafted, folder, with_key=with_key, progress=progress)
            _check_free(out)
            drafted.rename(out)
            sync_folder(out.parent)
    except OSError as error:
        what = f"{error.strerror or error}"
        raise StorageFailed(f"cannot write the backup {out}: {what}; nothing of it was left") from error
    return Backup.find(out)


def _checked(out: Path, folder: Folder) -> Path:
    _check_free(out)
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent} to put the backup {out.name} into")
    if out.resolve().is_relative_to(folder.path.resolve()):
        raise UsageError(f"{out} lies in the graph's own folder; put the backup elsewhere, at best on another disk")
    return out


def _check_free(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} is there already, and no backup takes another's place; name a new folder")


def _fill(path: Path, folder: Folder, *, with_key: bool, progress: Progress) -> None:
    gathered = Gathering(path, folder, with_keys=with_key)
    gathered.run(partial(progress, "pages of the ledger copied"))
    there = Folder.read(path)
    entries = verified(there, folder, partial(progress, "entries verified"))
    Description(
        base=folder.base,
        name=folder.name,
        made=date_time_text(datetime.now(UTC)),
        provkg=version(),
        entries=entries,
        files=len(gathered.digests),
        checkpoint=_newest_checkpoint(there),
        signs=f"keys/{KEY_FILE}" in gathered.digests,
        left_out=tuple(sorted(gathered.left_out)),
    ).write(path)
    write_sums(path, {**gathered.digests, BACKUP_FILE: digest_of(path / BACKUP_FILE)})
    settled(path)


def verified(
    there: Folder,
    called: Folder,
    progress: Callable[[int, int], None],
    remembered: Sequence[Signed] = (),
    keys: Sequence[PublicKey] = (),
) -> int:
    """Return how many entries the ledger of `there` has, once it is verified; raises `LedgerBroken` where it is not.

    What passes is no reason against a copy: that nothing was signed yet, or that an erasing is not finished, which
    whoever opens the graph next does. What is wrong is said of the graph `called`. `remembered` and `keys` are as in
    `verification`.
    """
    if not there.ledger.exists():
        if there.last_checkpoint.exists():
            raise LedgerBroken(f"{called.ledger} is missing, though {called.last_checkpoint} was signed for it")
        return 0
    walk = verification(there, remembered, keys, progress)
    try:
        found = next((each for each in walk.damages() if not each.passing), None)
    except LedgerBroken as error:
        raise LedgerBroken(str(error).replace(str(there.path), str(called.path))) from error
    if found is not None:
        what = str(found).replace(str(there.path), str(called.path))
        raise LedgerBroken(f"{called.ledger} is not verified: {what}; see all of it with: provkg verify")
    return walk.entries


def _newest_checkpoint(folder: Folder) -> str | None:
    if not folder.ledger.exists():
        return None
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        newest = ledger.checkpoints()[-1:]
    return newest[0][1].decode() if newest else None
