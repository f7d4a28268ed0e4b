"""What of a graph's folder enters a backup, and in which order: nothing that moves meanwhile may be missed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import Final

from provkg.capture.spool import SpoolFile, spool_files
from provkg.errors import Unreadable
from provkg.folder import BACKUP_FILE, SUMS_FILE, Folder
from provkg.graph.copying import copied, digest_of
from provkg.ledger.copying import Progress, copy

OWN_FOLDERS: Final = frozenset({"shapes", "ontology", "queries", "rules"})
"""What people link into a graph's folder from where they keep it."""
SALT: Final = "keys/salt"
# What is made from the rest, and what says who holds the graph.
_DISPOSABLE: Final = frozenset(
    {"index", "index.new", "index.old", "snapshots", "lock", ".restoring", ".restoring.lock"}
)
# Files without a spool file of that name belong to a process that came later, or whose records are all kept.
_SPOOLED: Final = frozenset({".spool", ".points", ".verdicts"})
# What SQLite keeps beside the ledger: it is in the copy.
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


@dataclass
class Gathering:
    """One copy of the graph in `folder` to `target`, with the keys that sign only where they are wanted.

    `digests` has the SHA-256 of each file by its place, `left_out` says what was not copied.
    """

    target: Path
    folder: Folder
    with_keys: bool = False
    digests: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def run(self, progress: Progress) -> None:
        """Copy everything.

        What others write moves on: from the spool to rejected/ or to the ledger, from there to the ledger; a checkpoint
        follows the ledger that it signs, a key comes before the list of keys that names it. So each is copied before
        what it moves to, and the list of keys, by which all that was signed is verified, last.
        """
        self._spool()
        for source, place in self._regular(self.folder.path, ""):
            if not self._later(place):
                self._copy(source, place)
        self._ledger(progress)
        for source, place in self._regular(self.folder.keys, "keys/"):
            if place == SALT or self.with_keys:
                self._copy(source, place)
            else:
                self.left_out.append(f"{place} (a secret)")
        self._copy(self.folder.public_keys, self._place(self.folder.public_keys))

    def _later(self, place: str) -> bool:
        ledger = self._place(self.folder.ledger)
        of_others = {f"{ledger}{ending}" for ending in _BESIDE} | {self._place(self.folder.public_keys)}
        return place in of_others or place.startswith(("keys/", "spool/"))

    def _place(self, path: Path) -> str:
        return path.relative_to(self.folder.path).as_posix()

    def _spool(self) -> None:
        for spool in dict.fromkeys((self.folder.path / "spool", self.folder.spool.absolute())):
            for source, place in self._regular(spool, "spool/"):
                if source.suffix not in _SPOOLED and place not in self.digests:
                    self._copy(source, place)
            for file in spool_files(spool):
                if f"spool/{file.path.name}" not in self.digests:
                    self._written(file)

    def _written(self, file: SpoolFile) -> None:
        """Copy what one process wrote and may be writing: its events first, which tell what of its points is sealed.

        Points that come later are under no seal, and do no harm; points from before a seal would not fit it. The
        verdicts, by which nothing is taken in twice, come last. What was taken in whole meanwhile, and so is deleted,
        its events first, is left out, for the ledger has it.
        """
        self._copy(file.path, f"spool/{file.path.name}")
        # Listed only now: events may tell of points in a file that was made a moment ago.
        beside = [*file.segments(), file.verdicts]
        for source in beside:
            self._copy(source, f"spool/{source.name}")
        if not file.path.exists():
            for place in (f"spool/{source.name}" for source in (file.path, *beside)):
                self.digests.pop(place, None)
                (self.target / place).unlink(missing_ok=True)

    def _ledger(self, progress: Progress) -> None:
        ledger = self.folder.ledger
        if ledger.exists():
            place = self._place(ledger)
            copy(ledger, self.target / place, progress)
            self.digests[place] = digest_of(self.target / place)

    def _copy(self, source: Path, place: str) -> None:
        try:
            self.digests[place] = copied(source, self.target / place)
        except Unreadable:
            if source.exists():
                raise
            # Taken in, or taken back, since it was listed: then it lies where we come later.
            (self.target / place).unlink(missing_ok=True)

    def _regular(self, folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
        """Yield the files below `folder` that are copied, each with its place; note what is not."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Unreadable(f"cannot read {folder}: {error.strerror}") from None
        for entry in entries:
            path, place = Path(entry.path), prefix + entry.name
            if place in {BACKUP_FILE, SUMS_FILE}:
                self.left_out.append(f"{place} (a backup has its own)")
            elif place not in _DISPOSABLE:
                yield from self._below(path, place)

    def _below(self, path: Path, place: str) -> Iterator[tuple[Path, str]]:
        try:
            is_link = S_ISLNK(path.lstat().st_mode)
            mode = path.stat().st_mode
        except OSError:
            if path.is_symlink():
                self.left_out.append(f"{place} (a link that leads nowhere)")
            return
        if S_ISREG(mode):
            yield path, place
        elif S_ISDIR(mode) and (not is_link or place in OWN_FOLDERS):
            yield from self._regular(path, f"{place}/")
        else:
            self.left_out.append(f"{place} ({'a link to a folder' if S_ISDIR(mode) else 'no regular file'})")
