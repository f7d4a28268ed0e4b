"""Restoring a graph from a backup: verified before it is there, with a new index, and not signing until told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from provkg.capture.spool import spool_files
from provkg.durable import sync_folder
from provkg.errors import CannotRun, NotAKnowledgeGraph, ProvkgError, StorageFailed, UsageError
from provkg.folder import SETTINGS_FILE, Folder
from provkg.graph.backing_up import Progress, verified
from provkg.graph.backup import Backup, Description, damaged
from provkg.graph.copying import created, settled
from provkg.graph.drafting import LOCK, draft
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.index import Index
from provkg.ledger.note import PublicKey
from provkg.ledger.verification import Signed

DRAFT: Final = ".restoring"
# For the owner alone, as `provkg init` makes them; the rest is for the group, too.
_PRIVATE: Final = ("keys", "rejected", "spool")


@dataclass(frozen=True)
class Restored:
    """A graph that was restored: how many entries its ledger has, and how many files wait in its spool."""

    folder: Folder
    backup: Description
    entries: int
    waiting: int
    messages: tuple[str, ...]


def restore(
    backup: Backup,
    path: Path,
    *,
    remembered: Sequence[Signed] = (),
    keys: Sequence[PublicKey] = (),
    progress: Progress = lambda _what, _done, _all: None,
) -> Restored:
    """Make the graph at `path` from `backup` and return how it stands.

    Its ledger must continue the checkpoints `remembered`, and be signed with one of `keys`, if they are given.

    Raises `NotAKnowledgeGraph` where something is at `path`, `Unreadable` or `LedgerBroken` where the backup is
    damaged, `StorageFailed` where the graph cannot be written; nothing is left at `path` then.
    """
    path = path.absolute()
    if path.resolve().is_relative_to(backup.path.resolve()):
        raise UsageError(f"{path} lies in the backup; name a folder elsewhere")
    try:
        with _place(path) as drafted:
            backup.copy(drafted, _mode)
            called = backup.folder
            entries = verified(Folder.read(drafted), called, partial(progress, "entries verified"), remembered, keys)
            _finish(drafted, backup, entries)
            _move(drafted, path)
    except OSError as error:
        what = f"{error.strerror or error}"
        raise StorageFailed(f"cannot restore to {path}: {what}; nothing of it was left") from error
    folder = Folder.find(path)
    messages = _make_index(folder)
    return Restored(folder, backup.description, entries, len(spool_files(folder.path / "spool")), messages)


@contextmanager
def _place(path: Path) -> Iterator[Path]:
    """Give a folder in `path` to fill, where nothing else may be; what the block made there goes when it fails."""
    made = not path.exists()
    _check_free(path)
    # A mounted disk cannot be replaced by a folder from beside it, so what is restored is made within.
    path.mkdir(mode=0o750, parents=True, exist_ok=True)
    try:
        with draft(path / DRAFT, f"restoring to {path}") as drafted:
            yield drafted
        sync_folder(path)
        sync_folder(path.parent)
    except BaseException:
        if made:
            with suppress(OSError):  # somebody else may have put something there
                path.rmdir()
        raise


def _check_free(path: Path) -> None:
    if (path / SETTINGS_FILE).exists():
        raise NotAKnowledgeGraph(
            f"{path} is a knowledge graph already, and a restore takes no graph's place; move it away first, and keep "
            "it until you have compared"
        )
    # A restore that was killed leaves its draft, which is cleared.
    ours = {DRAFT, DRAFT + LOCK}
    names = {each.name for each in path.iterdir()} if path.is_dir() else set()
    if names & ours and names - ours:
        raise NotAKnowledgeGraph(f"{path} has parts from a restore that was killed; remove it, and restore again")
    if names - ours or (path.exists() and not path.is_dir()):
        raise NotAKnowledgeGraph(f"{path} is in use by something else; name an empty or new folder")


def _finish(path: Path, backup: Backup, entries: int) -> None:
    """Make of the files in `path` what a graph's folder is: with all its parts, and who may read them."""
    if entries != backup.description.entries:
        raise damaged(backup.path, f"its ledger has {entries:,} entries, not {backup.description.entries:,}")
    for name in _PRIVATE:
        (path / name).mkdir(exist_ok=True)
    restored = Folder.read(path).restored
    restored.unlink(missing_ok=True)  # of a graph that was restored before
    with created(restored, 0o640) as marker:
        marker.write(f"a backup of {entries:,} entries, made {backup.description.made}\n".encode())
    for parent, _, _ in os.walk(path):
        private = str(Path(parent).relative_to(path)).split("/")[0] in _PRIVATE
        Path(parent).chmod(0o700 if private else 0o750)
    settled(path)


def _mode(place: str) -> int:
    return 0o600 if place.split("/")[0] in _PRIVATE else 0o640


def _move(drafted: Path, path: Path) -> None:
    # kg.toml last: a folder is a graph once it is there.
    names = sorted((each.name for each in drafted.iterdir()), key=lambda name: name == SETTINGS_FILE)
    moved: list[Path] = []
    try:
        for name in names:
            (drafted / name).rename(path / name)
            moved.append(path / name)
    except BaseException:
        for each in moved:
            each.rename(drafted / each.name)
        raise


def _make_index(folder: Folder) -> tuple[str, ...]:
    """Make the index by opening the graph as every command does, which also completes what it finds unfinished."""
    messages: list[str] = []
    try:
        if not folder.index.exists():
            Index.create(folder.index, folder.names.ledger_graph).close()
        with KnowledgeGraph.hold(folder, tell=messages.append) as graph:
            graph.snapshot()
    except ProvkgError as error:
        raise CannotRun(
            f"{folder.path} is restored and verified, but has no index yet: {error}; when that is mended, type: "
            f"provkg rebuild --store {folder.path}"
        ) from error
    return tuple(messages)
