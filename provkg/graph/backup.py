"""A backup: a folder with a graph's files as they were at one moment, the digest of each, and what the graph was.

`SHA256SUMS` lists the files as `sha256sum` does, `backup.json` says what they come to; the rest lies where it lay in
the graph's folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from provkg.errors import Unreadable
from provkg.folder import BACKUP_FILE, SETTINGS_FILE, SUMS_FILE, Folder
from provkg.graph.copying import copied, created, digest_of, pieces
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note

FORMAT: Final = "provkg backup 1"
_LINE: Final = re.compile(rb"(\\?)([0-9a-f]{64})  (.+)")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a backup is of: the graph's name and base, when it was made, by which provkg, and what is in it.

    `checkpoint` is the newest signed note in it, `left_out` names files that were not copied.
    """

    base: str
    name: str
    made: str
    provkg: str
    entries: int
    files: int
    checkpoint: str | None = None
    signs: bool = False
    left_out: tuple[str, ...] = ()
    format: str = FORMAT

    @property
    def signed(self) -> Checkpoint | None:
        """What the newest checkpoint in it says."""
        return None if self.checkpoint is None else Checkpoint.of(Note.parse(self.checkpoint.encode()))

    def write(self, path: Path) -> None:
        """Write it into the backup at `path`."""
        with created(path / BACKUP_FILE) as file:
            file.write((json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> Description:
        """Return the description in the backup at `path`; raises `Unreadable` where it is none."""
        file = path / BACKUP_FILE
        try:
            said = json.loads(b"".join(pieces(file)))
            if said["format"] != FORMAT:
                raise Unreadable(f"{path} is a backup in a form that this provkg does not know: {said['format']!r:.60}")
            return cls(**said | {"left_out": tuple(said["left_out"])})
        except (ValueError, TypeError, KeyError) as error:
            raise damaged(path, f"{BACKUP_FILE} does not say what it should ({error})") from None


@dataclass(frozen=True)
class Backup:
    """The backup at `path`: what it is of, and the digest of each file by its place."""

    path: Path
    description: Description
    digests: Mapping[str, str] = field(repr=False)

    @property
    def folder(self) -> Folder:
        """The graph's places and settings as they are in the backup."""
        return Folder.read(self.path)

    @classmethod
    def find(cls, path: Path) -> Backup:
        """Return the backup at `path`; raises `Unreadable` when there is none, or its own two files are damaged."""
        path = path.absolute()
        if not (path / BACKUP_FILE).is_file() and not (path / SUMS_FILE).is_file():
            raise Unreadable(f"{path} is no backup of a knowledge graph; make one with: {_command(path)}")
        digests = _read_sums(path)
        _compare(path, BACKUP_FILE, digests.get(BACKUP_FILE), digest_of)
        description = Description.read(path)
        if description.files != len(digests) - 1:
            raise damaged(path, f"{SUMS_FILE} does not list all its {description.files} files")
        return cls(path, description, digests)

    def check(self) -> None:
        """Read every file; raises `Unreadable` when one is missing or is not what was written."""
        for place, digest in self.digests.items():
            _compare(self.path, place, digest, digest_of)

    def copy(self, target: Path, modes: Callable[[str], int]) -> None:
        """Copy the graph's files to `target`, with the mode that `modes` gives for each place; raises as `check`."""
        for place, digest in self.digests.items():
            if place != BACKUP_FILE:
                _compare(self.path, place, digest, partial(copied, target=target / place, mode=modes(place)))


def write_sums(path: Path, digests: Mapping[str, str]) -> None:
    """List the files of the backup at `path`, in the form of `sha256sum`."""
    with created(path / SUMS_FILE) as file:
        for place, digest in sorted(digests.items()):
            name = os.fsencode(place)
            escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
            file.write(b"%s%s  %s\n" % (b"\\" if escaped != name else b"", digest.encode(), escaped))


def damaged(path: Path, what: str) -> Unreadable:
    """Return what to raise about a backup of which something is not as it was written."""
    return Unreadable(f"the backup {path} is damaged: {what}; nothing of it was used: take another backup")


def _command(path: Path) -> str:
    return f"provkg backup OUT --store {path}" if (path / SETTINGS_FILE).is_file() else f"provkg backup {path}"


def _read_sums(path: Path) -> dict[str, str]:
    try:
        *lines, rest = b"".join(pieces(path / SUMS_FILE)).split(b"\n")
    except Unreadable as error:
        raise damaged(path, str(error)) from None
    found = [_LINE.fullmatch(line) for line in lines]
    digests = {_place(each): each[2].decode() for each in found if each is not None}
    if rest or len(digests) != len(lines) or not all(map(_stays_below, digests)):
        raise damaged(path, f"{SUMS_FILE} is no list of its files")
    return digests


def _place(line: re.Match[bytes]) -> str:
    name = line[3]
    if line[1]:
        name = re.sub(rb"\\(.)", lambda found: {b"n": b"\n", b"r": b"\r"}.get(found[1], found[1]), name)
    return os.fsdecode(name)


def _stays_below(place: str) -> bool:
    """Whether `place` is one below the folder: what a stranger wrote into a list must not lead out of it."""
    return all(part not in {"", ".", ".."} for part in place.split("/"))


def _compare(path: Path, place: str, expected: str | None, taken: Callable[[Path], str]) -> None:
    file = path / place
    if file.is_symlink():
        raise damaged(path, f"{place} is a link")
    try:
        found = taken(file)
    except Unreadable as error:
        raise damaged(path, str(error)) from None
    if found != expected:
        raise damaged(path, f"{place} is not what was written")
