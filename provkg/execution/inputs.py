"""The files that a run reads: their digests are taken while it goes on, soon after it opens them."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from provkg.capture import dataset
from provkg.capture.file_digests import FileDigest, file_digest, files_below, files_matching, is_pattern
from provkg.capture.files import Files
from provkg.capture.handles import Data
from provkg.capture.trouble import attempt, trouble
from provkg.errors import Unreadable

FEW: Final = 20
"""So many files of one folder are data each for itself; more are one dataset."""
NICE: Final = 10


class Inputs:
    """What a run reads; `data` is there when it has ended."""

    def __init__(self, folder: Path, named: Sequence[str]) -> None:
        self.data: list[Data] = []
        self._folder = folder
        self._read: dict[Path, FileDigest] = {}
        for each in named:
            self.look(*_named(folder / each))

    def look(self, *paths: Path) -> None:
        """Take the digests of files, unless they have been taken; what cannot be read is said."""
        for path in paths:
            found = attempt(f"read {path}", partial(file_digest, path)) if path not in self._read else None
            if found is not None:
                self._read[path] = found

    def record(self) -> None:
        """Record what was read as datasets, the few files of a folder one by one, many together."""
        self.data += [dataset(name, files) for name, files in grouped(self._read.values(), self._folder)]


def _named(path: Path) -> Sequence[Path]:
    if is_pattern(path):
        found = files_matching(path)[1]
    elif path.is_dir():
        found = attempt(f"read {path}", lambda: files_below(path)) or []
    else:
        found = [path] if path.is_file() else []
    if not found:
        trouble(f"no file is at {path}, which was named as an input", error=Unreadable)
    return [each.absolute() for each in found]


def grouped(files: Iterable[FileDigest], folder: Path) -> Iterator[tuple[str, Files]]:
    """Yield files as they are to be recorded, each group with its name: its path as seen from `folder`."""
    folders: defaultdict[Path, list[FileDigest]] = defaultdict(list)
    for file in files:
        folders[file.path.parent].append(file)
    for parent, together in folders.items():
        if len(together) <= FEW:
            yield from ((name_of(file.path, folder), Files(file.path, (file,))) for file in together)
        else:
            ordered = sorted(together, key=lambda file: os.fsencode(file.path))
            yield name_of(parent, folder), Files(parent, tuple(ordered))


def name_of(path: Path, folder: Path) -> str:
    """Return what to call a file: its path below `folder`, its last parts where it lies elsewhere."""
    if path.is_relative_to(folder) and path != folder:
        return str(path.relative_to(folder))
    return str(Path(*path.parts[-2:])).lstrip(os.sep)


def behind_others() -> None:
    """Let this thread have the processor after the run's own, where the system allows it."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
