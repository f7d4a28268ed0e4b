"""Publishing a log as a folder of static files: what is new is added, what was published never changes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.durable import locked, write_durably
from provkg.errors import BadNote, HistoryChanged, StorageFailed, Unreadable
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.ledger import Ledger
from provkg.ledger.note import Note, PublicKey
from provkg.ledger.tiles import CHECKPOINT, FOLDER, Tile, tiles_of
from provkg.ledger.tree import Tree

_OURS: Final = frozenset({CHECKPOINT, FOLDER})


@dataclass(frozen=True)
class Published:
    """What a folder of tiles holds now, and how many files were new."""

    size: int
    written: int


def publish(ledger: Ledger, note: Note, keys: Sequence[PublicKey], folder: Path) -> Published:
    """Let `folder` hold the log up to the checkpoint `note`, as C2SP tlog-tiles lays it out.

    The checkpoint is written last: whoever reads meanwhile finds all that it speaks of. Raises `HistoryChanged` where
    the folder holds a log that this one does not continue; `Unreadable` where it holds something else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            return _published(ledger, note, keys, folder)
    except OSError as error:
        raise StorageFailed(
            f"cannot publish to {folder}: {error.strerror}; what is there stays, and is whole"
        ) from error


def _published(ledger: Ledger, note: Note, keys: Sequence[PublicKey], folder: Path) -> Published:
    with ledger.proving() as tree:
        before, now = _before(folder, keys), Checkpoint.of(note)
        _check_continued(before, now.origin, ledger, folder)
        if before is not None and before.size > now.size:
            return Published(before.size, 0)
        published = before.size if before else 0
        written = sum(_put(tile, published, tree, folder) for tile in tiles_of(now.size))
    file = folder / CHECKPOINT
    if not file.exists() or file.read_bytes() != note.to_bytes():
        write_durably(file, note.to_bytes())
        written += 1
    _drop_partial(published, folder)
    return Published(now.size, written)


def _before(folder: Path, keys: Sequence[PublicKey]) -> Checkpoint | None:
    """Return what was published before, or None."""
    file = folder / CHECKPOINT
    if not file.exists():
        # A first run that was cut short leaves tiles without a checkpoint.
        strange = sorted(each.name for each in folder.iterdir() if each.name not in _OURS and each.name[0] != ".")
        if strange:
            raise Unreadable(f"{folder} holds something else, such as {strange[0]}; name an empty or new folder")
        return None
    try:
        note = Note.parse(file.read_bytes())
        note.signed_by(keys)
        return Checkpoint.of(note)
    except BadNote as error:
        raise Unreadable(f"{file} is no checkpoint of this log: {error}; publish to another folder") from None


def _check_continued(before: Checkpoint | None, origin: str, ledger: Ledger, folder: Path) -> None:
    if before is None:
        return
    if before.origin != origin:
        raise Unreadable(f"{folder} holds another log, {before.origin}; publish {origin} to a folder of its own")
    if before.size > ledger.size or ledger.root(before.size) != before.root:
        raise HistoryChanged(
            f"{folder} holds {before.size:,} entries that the ledger does not continue, and nothing was published; see "
            f"what is wrong with: provkg verify --since {folder / CHECKPOINT}"
        )


def _put(tile: Tile, published: int, tree: Tree, folder: Path) -> bool:
    """Write `tile` unless it is there; whether it was written."""
    file = folder / tile.path
    if file.exists():
        # What lies under a checkpoint was compared by its root; left over from a run that was cut short, it was not.
        if tile.needs > published and file.read_bytes() != tile.content(tree):
            raise HistoryChanged(
                f"{file} holds something else than the ledger, and is not written over: two histories were published, "
                "or the file was changed; compare it with: provkg verify"
            )
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    write_durably(file, tile.content(tree))
    return True


def _drop_partial(published: int, folder: Path) -> None:
    """Remove the partial tiles of the log as it was published before which have become full since."""
    for tile in tiles_of(published):
        if not tile.is_full and (folder / tile.full.path).exists():
            shutil.rmtree((folder / tile.path).parent, ignore_errors=True)
