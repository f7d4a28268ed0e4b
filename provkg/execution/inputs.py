"""The files that a run reads: their digests are taken while it goes on, soon after it opens them."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from provkg.capture import dataset
from provkg.capture.command_around import name_of
from provkg.capture.file_digests import FileDigest, file_digest, files_below, files_matching, is_pattern
from provkg.capture.filed_models import version_of
from provkg.capture.files import Files
from provkg.capture.handles import Data, ModelHandle
from provkg.capture.trouble import attempt, trouble
from provkg.errors import Unreadable
from provkg.execution.touched import Named, Seen

FEW: Final = 20
"""So many files of one folder are data each for itself; more are one dataset."""
NICE: Final = 10


class Inputs:
    """What a run reads; `things` are there when it has ended."""

    def __init__(self, folder: Path, named: Sequence[str]) -> None:
        self.things: list[Data | ModelHandle] = []
        self._folder = folder
        self._read: dict[Path, FileDigest] = {}
        self._unreadable: set[Path] = set()
        for each in named:
            for path in _named(folder / each):
                self.look(Seen(path, path))

    def __contains__(self, path: Path) -> bool:
        return path in self._read or path in self._unreadable

    def look(self, seen: Seen) -> None:
        """Take the digest of a file, unless it is known; what cannot be read is said, what changes meanwhile is not."""
        if seen.path in self:
            return
        before, found = _looks(seen.place), seen.digest
        if found is None and before is not None:
            found = attempt(f"read {seen.place}", partial(file_digest, seen.place))
            if found is None:
                self._unreadable.add(seen.path)
        if found is not None and (found is seen.digest or before == _looks(seen.place)):
            self._read[seen.path] = replace(found, path=seen.path)

    def record(self, named: Mapping[tuple[Path, str], Named]) -> None:
        """Record what was read as datasets, the few files of a folder one by one, many together.

        What the program recorded itself, `named` by file and digest, is the data or model that it says, unless the run
        made it.
        """
        outside = {at: each for at, each in named.items() if each.made is None}
        others = [file for file in self._read.values() if (file.path, file.sha256) not in outside]
        found = {each.reference: each.thing for each in outside.values()}
        # What an earlier run trained and wrote is that model.
        models = {file: model for file in others if (model := version_of(file.sha256, file.path.stem)) is not None}
        found |= {model.reference: model for model in models.values() if model.reference is not None}
        data = grouped([file for file in others if file not in models], self._folder)
        self.things += [*found.values(), *(dataset(name, files) for name, files in data)]


def _looks(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


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


def behind_others() -> None:
    """Let this thread have the processor after the run's own, where the system allows it."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
