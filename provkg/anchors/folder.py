"""A folder as an anchor: a file for each checkpoint, written once, as on a disk that others keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.durable import write_durably
from provkg.errors import AnchorFailed, BadNote
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note
from provkg.ledger.origins import file_name_of
from provkg.ledger.verification import Signed

_NAME: Final = re.compile(r"(0|[1-9][0-9]*)(-[0-9a-f]{16})?\.txt")
_READ_ONLY: Final = 0o444


@dataclass(frozen=True)
class FolderAnchor:
    """The folder at `path`, in which each log has a folder of its own."""

    path: Path

    def begin(self, note: Note) -> None:
        """Take the first checkpoint of a log: the folder may be new, but not the one that it is in."""
        place = self._place(Checkpoint.of(note).origin)
        try:
            self.path.mkdir(exist_ok=True)
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise AnchorFailed(f"cannot anchor to {self.path}: {error.strerror}") from None
        self.keep(note)

    def keep(self, note: Note) -> None:
        """Take another checkpoint. Where one of its size says something else, both stay, and `AnchorFailed` says so."""
        try:
            file = self._file(note)
            if not file.exists():
                write_durably(file, note.to_bytes(), mode=_READ_ONLY)
            elif not _says(file, note.text):
                self._keep_beside(file, note)
        except OSError as error:
            raise AnchorFailed(f"cannot anchor to {self.path}: {error.strerror}") from None

    def holds(self, note: Note) -> bool:
        """Whether that checkpoint is here."""
        try:
            file = self._file(note)
            return file.exists() and _says(file, note.text)
        except OSError as error:
            raise AnchorFailed(f"cannot read in {self.path}: {error.strerror}") from None

    def kept(self, origin: str) -> Iterator[Signed]:
        """Yield the checkpoints of the log `origin`, the smallest first."""
        place = self._place(origin)
        try:
            found = sorted((int(match[1]), file) for file in place.iterdir() if (match := _NAME.fullmatch(file.name)))
            for _, file in found:
                yield Signed(str(file), file.read_bytes())
        except OSError as error:
            raise AnchorFailed(f"cannot read the checkpoints of {origin} in {place}: {error.strerror}") from None

    def _keep_beside(self, file: Path, note: Note) -> None:
        beside = file.with_name(f"{file.stem}-{Checkpoint.of(note).root.hex()[:16]}.txt")
        if not beside.exists():
            write_durably(beside, note.to_bytes(), mode=_READ_ONLY)
        raise AnchorFailed(f"{file} anchors another history of as many entries: both are kept, and show a fork")

    def _file(self, note: Note) -> Path:
        said = Checkpoint.of(note)
        place = self._place(said.origin)
        if not place.is_dir():
            # Where a disk is not mounted, an empty folder stands in its place.
            raise AnchorFailed(f"cannot anchor to {self.path}: it has no folder {place.name}; is the disk mounted?")
        return place / f"{said.size}.txt"

    def _place(self, origin: str) -> Path:
        return self.path / file_name_of(origin)


def _says(file: Path, text: str) -> bool:
    try:
        return Note.parse(file.read_bytes()).text == text
    except BadNote:
        return False
