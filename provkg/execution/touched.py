"""Which of the files that a run opened are its inputs, which its outputs, and which neither."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Final

from provkg.execution.trace import Opened

# Beneath the home folder, hidden places hold settings and caches; of these, data and models that others made.
CACHES_OF_DATA: Final = ("huggingface", "torch", "keras", "kagglehub", "fsspec")
HIDDEN: Final = frozenset(
    {".git", ".hg", ".svn", ".dvc", ".venv", ".tox", ".mypy_cache", ".pytest_cache", "__pycache__"}
)
MOST_LOOKED_AT: Final = 20_000
"""Beyond so many files below the working folder, changes that no program reported are not looked for."""


@dataclass
class Touched:
    """The files of one run, in the order in which they were first opened."""

    began: int
    """When the run began, in nanoseconds: a file that changed since is no input, whoever wrote it."""
    apart: tuple[Path, ...] = ()
    """Folders whose files are the recording's own."""
    read: dict[Path, int] = field(default_factory=dict)
    written: dict[Path, int] = field(default_factory=dict)
    recorded: set[Path] = field(default_factory=set)
    """What the program recorded itself: a model it saved, for example, which is known better there."""
    pythons: set[Path] = field(default_factory=set)
    """The Pythons that ran, by their prefixes."""

    def take(self, opened: Opened) -> Path | None:
        """Take one file into account; returns it where it is an input seen for the first time."""
        if opened.how == "k":
            self.recorded.add(opened.path)
            return None
        if opened.how == "p":
            self.pythons.add(opened.path)
            return None
        if opened.how == "m":
            self._moved(opened)
            return None
        if not self._counts(opened.path):
            return None
        path, first = opened.path, opened.path not in self.read and opened.path not in self.written
        if opened.how in "ru" and first and self._lay_there(path):
            self.read[path] = opened.at
        if opened.how in "wu":
            self.written.setdefault(path, opened.at)
        return path if path in self.read and first else None

    def _lay_there(self, path: Path) -> bool:
        try:
            status = path.stat()
        except OSError:
            return False
        return S_ISREG(status.st_mode) and status.st_mtime_ns < self.began

    def _moved(self, opened: Opened) -> None:
        self.written.pop(opened.path, None)
        if opened.to is not None and self._counts(opened.to):
            self.written.setdefault(opened.to, opened.at)

    def _counts(self, path: Path) -> bool:
        if any(path.is_relative_to(folder) for folder in self.apart) or HIDDEN.intersection(path.parts):
            return False
        home = Path.home()
        if not path.is_relative_to(home):
            return True
        hidden = next((part for part in path.relative_to(home).parts if part.startswith(".")), None)
        return hidden is None or (hidden == ".cache" and bool(set(CACHES_OF_DATA).intersection(path.parts)))

    def outputs(self, others: Iterable[Path] = ()) -> Iterator[Path]:
        """Yield the files that the run made or changed and that are still there, and of `others` those it may have.

        What its programs recorded themselves is left to them.
        """
        for path in dict.fromkeys((*self.written, *(path for path in others if self._counts(path)))):
            if path.is_file() and path not in self.recorded:
                yield path


def looked_at(folder: Path, apart: tuple[Path, ...]) -> dict[Path, tuple[int, int]] | None:
    """Return when each file below `folder` changed last, and its size; None where there are too many to look at."""
    found: dict[Path, tuple[int, int]] = {}
    for path in _below(folder, apart):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
        if len(found) > MOST_LOOKED_AT:
            return None
    return found


def _below(folder: Path, apart: tuple[Path, ...]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = [name for name in folders if name not in HIDDEN and here / name not in apart]
        if "pyvenv.cfg" in names:
            folders[:] = []
            continue
        yield from (here / name for name in names if not name.endswith((".pyc", ".py")))


def changed(before: dict[Path, tuple[int, int]] | None, after: dict[Path, tuple[int, int]] | None) -> list[Path]:
    """Return the files that are new or another size or age."""
    if before is None or after is None:
        return []
    return sorted(path for path, looks in after.items() if before.get(path) != looks)
