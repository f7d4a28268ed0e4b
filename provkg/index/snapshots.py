"""Snapshots of the index: read-only copies for everybody who asks, one folder per ledger size.

A reader holds a shared lock on its snapshot's folder; only folders without one are removed.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from provkg.errors import StorageFailed, Unreadable
from provkg.index.changed import Changed
from provkg.index.index import STORE, Index
from provkg.index.keeping import Keeping
from provkg.index.manifest import FILE, Manifest
from provkg.index.reading import ReadIndex
from provkg.index.version import LAYOUT

KEPT: Final = 2
GOING: Final = ".going"
DRAFT: Final = ".new"


class Snapshots:
    """The snapshots in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keeping = Keeping()

    def newest_size(self) -> int | None:
        """Return the ledger size that the newest snapshot stands for, or None without one."""
        found = self._newest_first()
        return _size_of(found[0]) if found else None

    def is_of_another_layout(self) -> bool:
        """Whether the newest snapshot was made by a provkg that gives other statements for the same entries."""
        newest = self._newest_first()[:1]
        return any(_layout_of(path) not in {LAYOUT, None} for path in newest)

    def newest_questions(self) -> str | None:
        """Return the mark of the questions that the newest snapshot lists, or None where nothing is known of it."""
        manifest = self._newest_manifest()
        return None if manifest is None else manifest.questions

    def take(self, index: Index, *, anew: bool = False) -> Path:
        """Copy `index` for readers and remove old copies.

        A snapshot of this size that is there already is returned as it is, unless it lists other questions, has another
        layout, or `anew` is said: then the index was rebuilt, and nobody is to be sent to an older copy any more.
        Raises `Unreadable` when a file of either is damaged.
        """
        target = self.folder / str(index.position)
        if anew or self.is_of_another_layout():
            for path in self._newest_first():
                _rename(path, self._hidden(path))
        if target.exists() and _questions_of(target) not in {index.questions, None}:
            _rename(target, self._hidden(target))
        if target.exists():
            _check(target, thorough=False)
        else:
            self._copy(index, target)
        self._prune()
        return target

    def resume(self, index: Index) -> None:
        """Let `index` note what changes since the file of dependencies was made that the newest snapshot has.

        To be called before it takes anything in. What it took in after that snapshot, a process that ended knew.
        """
        newest = self._newest_first()[:1]
        for path in newest:
            with suppress(Unreadable):
                same = _size_of(path) == index.position and Manifest.read(path).store == index.identity
                index.changed = Changed.read(path) if same and index.identity else None

    def outdated(self) -> int:
        """Return how many copies that nobody is sent to are still there, because somebody reads them."""
        return len(list(self.folder.glob(f".*{GOING}")))

    def open(self) -> ReadIndex | None:
        """Return the newest snapshot for reading, or None without one; close it when done.

        Raises `Unreadable` when it is damaged.
        """
        found = self._checked(thorough=False)
        return None if found is None else ReadIndex.open(found[0], _size_of(found[0]), found[1])

    def check(self) -> None:
        """Read every file of the newest snapshot; raises `Unreadable` when one is damaged."""
        found = self._checked(thorough=True)
        if found is not None:
            os.close(found[1])

    def check_index(self, path: Path, *, thorough: bool = False) -> None:
        """Raise `Unreadable` when files that the index at `path` shares with the newest snapshot are damaged.

        What a snapshot itself has lost says nothing of the index. Unless `thorough`, only files that were written
        since are read.
        """
        manifest = self._newest_manifest()
        if manifest is not None:
            manifest.check_store(path / STORE, thorough=thorough)

    def _checked(self, *, thorough: bool) -> tuple[Path, int] | None:
        """Return the newest snapshot and a descriptor that keeps it there."""
        for path in self._newest_first():
            descriptor = _shared(path)
            if descriptor is None:
                continue
            try:
                _check(path, thorough=thorough)
            except BaseException:
                os.close(descriptor)
                raise
            return path, descriptor
        return None

    def _newest_manifest(self) -> Manifest | None:
        for path in self._newest_first():
            with suppress(Unreadable):
                return Manifest.read(path)
        return None

    def _copy(self, index: Index, target: Path) -> None:
        draft = self.folder / f".{target.name}{DRAFT}"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"cannot make {self.folder}: {error.strerror}") from error
        index.backup(draft)
        Manifest.of(draft, index.identity, self._newest_manifest(), index.questions).write(draft)
        self._keeping.put(index, draft, next(iter(self._newest_first()), None))
        _rename(draft, target)

    def _prune(self) -> None:
        # Drafts are those of processes that died: only the one that holds the graph makes any.
        left = [*self.folder.glob(f".*{GOING}"), *self.folder.glob(f".*{DRAFT}")]
        for path in [*left, *self._newest_first()[KEPT:]]:
            # What a failing disk keeps here goes with the next.
            with suppress(OSError), _exclusive(path) as unused:
                if unused:
                    # Hidden first, so that a reader never opens a snapshot of which half is gone.
                    shutil.rmtree(path.rename(self._hidden(path)), ignore_errors=True)

    def _hidden(self, path: Path) -> Path:
        return self.folder / f".{path.name.strip('.').partition('.')[0]}.{time.time_ns()}{GOING}"

    def _newest_first(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.iterdir() if path.name.isdecimal() and path.is_dir())
        return sorted(found, key=_size_of, reverse=True)


def _size_of(path: Path) -> int:
    return int(path.name)


def _layout_of(path: Path) -> int | None:
    """Return the layout of the snapshot at `path`, or None where its list of files is damaged."""
    if not (path / FILE).exists():
        return 0  # There were no lists of files yet.
    with suppress(Unreadable):
        return Manifest.read(path).layout
    return None


def _questions_of(path: Path) -> str | None:
    """Return the mark of the questions that the snapshot at `path` lists, or None where that is damaged."""
    with suppress(Unreadable):
        return Manifest.read(path).questions
    return None


def _rename(path: Path, target: Path) -> None:
    try:
        path.rename(target)
    except OSError as error:
        raise StorageFailed(f"cannot rename {path} to {target}: {error.strerror}") from error


def _shared(path: Path) -> int | None:
    """Return a descriptor that keeps the snapshot at `path` from being removed, or None when it is going already."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        # Between opening and locking it may have been removed: then the path is gone, or another folder's.
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    os.close(descriptor)
    return None


@contextmanager
def _exclusive(path: Path) -> Iterator[bool]:
    """Tell whether nobody reads the snapshot at `path`, and keep it so within the block."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _check(snapshot: Path, *, thorough: bool) -> None:
    # A copy from before there were lists of files has nothing to be compared with.
    if (snapshot / FILE).exists():
        Manifest.read(snapshot).check_snapshot(snapshot, thorough=thorough)
