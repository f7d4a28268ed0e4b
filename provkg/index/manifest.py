"""The list of a snapshot's files with their digests, by which damage is found before Oxigraph reads it.

Oxigraph may hang for ever on a damaged file instead of raising, so a file is looked at before it is opened.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from provkg.errors import StorageFailed, Unreadable
from provkg.index.version import LAYOUT

FILE: Final = "FILES.json"
TABLE: Final = ".sst"


@dataclass(frozen=True)
class FileState:
    """What a file was when it was listed: its size, when it was written (ns), and its BLAKE2b digest."""

    size: int
    written: int
    digest: str

    @classmethod
    def of(cls, path: Path) -> "FileState":
        """Return the state of the file at `path` as it is now."""
        stat = path.stat()
        return cls(stat.st_size, stat.st_mtime_ns, _digest(path))

    def is_of(self, path: Path, *, thorough: bool) -> bool:
        """Whether the file at `path` is still this; its content is read only if `thorough` or it was written since."""
        stat = path.stat()
        if stat.st_size != self.size:
            return False
        return (stat.st_mtime_ns == self.written and not thorough) or _digest(path) == self.digest


@dataclass(frozen=True)
class Manifest:
    """The files of a snapshot, by name; `store` is the identity of the store that it was copied from.

    That store's tables are the same files: it never writes one again, nor gives a name twice. `layout` is that of the
    index (see `provkg.index.version`), `questions` the mark of those that it lists.
    """

    store: str
    files: dict[str, FileState]
    layout: int = LAYOUT
    questions: str = ""

    @classmethod
    def of(cls, folder: Path, store: str, earlier: "Manifest | None", questions: str = "") -> "Manifest":
        """List the files in `folder`; tables that `earlier` lists keep their digest and are not read again.

        Raises `Unreadable` when such a table is not what it was.
        """
        known = earlier.files if earlier is not None and store and earlier.store == store else {}
        inherited = {name: state for name, state in known.items() if name.endswith(TABLE) and (folder / name).exists()}
        _refuse_changed(folder, inherited, inherited, thorough=False)
        try:
            others = {file.name: FileState.of(file) for file in folder.iterdir() if file.name not in inherited}
        except OSError as error:
            raise Unreadable(f"the index at {folder} is damaged: {error}") from error
        return cls(store, inherited | others, questions=questions)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return the manifest of the snapshot at `folder`; raises `Unreadable` when it is missing or broken."""
        try:
            said = json.loads((folder / FILE).read_text())
            files = {
                str(name): FileState(int(state["size"]), int(state["written"]), str(state["digest"]))
                for name, state in said["files"].items()
            }
            # Lists of files said no layout before 3.
            return cls(str(said["store"]), files, int(said.get("layout", 0)), str(said.get("questions", "")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise Unreadable(f"the snapshot at {folder} is damaged: its {FILE} is missing or broken") from None

    def write(self, folder: Path) -> None:
        """Put the manifest beside the files in `folder`, which nobody reads yet."""
        try:
            with (folder / FILE).open("w") as opened:
                json.dump(asdict(self), opened)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise StorageFailed(f"cannot write {folder / FILE}: {error.strerror}") from error

    def check_snapshot(self, folder: Path, *, thorough: bool = False) -> None:
        """Raise `Unreadable` unless every file is in `folder` as it was listed."""
        _refuse_changed(folder, self.files, self.files, thorough=thorough)

    def check_store(self, folder: Path, *, thorough: bool = False) -> None:
        """Raise `Unreadable` when a table of the store in `folder` is not what it was; another store is let be."""
        if not self.store or identity(folder) != self.store:
            return
        # The store drops tables that it has merged into others.
        there = [name for name in self.files if name.endswith(TABLE) and (folder / name).exists()]
        _refuse_changed(folder, self.files, there, thorough=thorough)


def identity(store: Path) -> str:
    """Return what tells the store at `store` from any other that may come to lie there; empty when it says nothing."""
    try:
        return (store / "IDENTITY").read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _refuse_changed(folder: Path, files: dict[str, FileState], names: Iterable[str], *, thorough: bool) -> None:
    for name in names:
        try:
            same = files[name].is_of(folder / name, thorough=thorough)
        except OSError as error:
            raise Unreadable(f"the index at {folder} is damaged: {name}: {error.strerror}") from error
        if not same:
            raise Unreadable(f"the index at {folder} is damaged: {name} is not what was written")


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "blake2b").hexdigest()
