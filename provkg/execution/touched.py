"""Which of the files that a run opened are its inputs, which its outputs, and which neither."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import Final

from provkg.capture.file_digests import FileDigest
from provkg.capture.handles import Data, ModelHandle
from provkg.errors import Unreadable
from provkg.execution.listing import HIDDEN
from provkg.execution.trace import Opened
from provkg.records import DatasetVersion, Reference
from provkg.records.encoding import decoded

# Beneath the home folder, hidden places hold settings and caches; of these, data and models that others made.
CACHES_OF_DATA: Final = ("huggingface", "torch", "keras", "kagglehub", "fsspec")
DIGEST: Final = re.compile(r"([0-9a-f]{64}) (\d+) (\d+)")
TICK: Final = 10_000_000
"""So many nanoseconds may a file's time be behind the clock: systems count them in ticks."""


@dataclass(frozen=True)
class Seen:
    """An input, and where it lies by now."""

    path: Path
    place: Path
    digest: FileDigest | None = None
    """What the program told of it before it changed it."""


@dataclass(frozen=True)
class Named:
    """As which data or model a program recorded a file; `made` where it found that the run around it made that."""

    thing: Data | ModelHandle
    reference: Reference
    made: datetime | None


@dataclass
class Touched:
    """The files of one run, in the order in which they were first opened."""

    began: int
    """When the run began, in nanoseconds: a file that changed since is no input, whoever wrote it."""
    apart: tuple[Path, ...] = ()
    """Folders whose files are the recording's own."""
    store: Path | None = None
    """Where the graph lies that the run is recorded in."""
    read: dict[Path, int] = field(default_factory=dict)
    unsure: dict[Path, int] = field(default_factory=dict)
    """Files that were read, and had changed or were gone when they were to be looked at."""
    written: dict[Path, int] = field(default_factory=dict)
    moved: dict[Path, Path] = field(default_factory=dict)
    """Where inputs lie that were moved, and where they lay."""
    recorded: dict[Path, set[str]] = field(default_factory=dict)
    """The digests that files had which the program recorded itself, such as a model that it saved."""
    named: dict[tuple[Path, str], Named] = field(default_factory=dict)
    """As what the program recorded a file of one digest that it read."""
    pythons: set[Path] = field(default_factory=set)
    """The Pythons that ran, by their prefixes."""
    error: str | None = None
    """What the last error said that ended a Python program."""

    def take(self, opened: Opened) -> Seen | None:
        """Take one line of a trace into account; returns the input that is seen for the first time."""
        match opened.how:
            case "k":
                self.recorded.setdefault(opened.path, set()).add(opened.said or "")
            case "n":
                self._take_name(opened.path, opened.said or "")
            case "p":
                self.pythons.add(opened.path)
            case "e":
                self.error = opened.said
            case "m":
                return self._take_move(opened)
            case "d" if self.counts(opened.path):
                return self._take_digest(opened)
            case _ if self.counts(opened.path):
                return self._take_use(opened)
        return None

    def _take_use(self, opened: Opened) -> Seen | None:
        path, seen = opened.path, None
        known = path in self.written or path in self.read or path in self.unsure
        if opened.how in "ru" and not known:
            seen = self._read(path, path, opened.at)
        if opened.how in "wu":
            self.written.setdefault(path, opened.at)
        return seen

    def _read(self, path: Path, place: Path, at: int) -> Seen | None:
        if self.lay_there(place):
            self.unsure.pop(path, None)
            self.read.setdefault(path, at)
            return Seen(path, place)
        # What changed first and was read then is something that the run made.
        if not changed_before(place, at):
            self.unsure[path] = at
        return None

    def lay_there(self, path: Path) -> bool:
        """Whether a file lies at `path` that has not changed since the run began."""
        try:
            status = path.stat()
        except OSError:
            return False
        return S_ISREG(status.st_mode) and status.st_mtime_ns < self.began

    def _take_move(self, opened: Opened) -> Seen | None:
        path = self.moved.pop(opened.path, opened.path)
        at = self.read.get(path, self.unsure.get(path))
        if at is not None and opened.path not in self.written and self.lay_there(opened.to):
            self.moved[opened.to] = path
            return self._read(path, opened.to, at)
        self.written.pop(opened.path, None)
        if self.counts(opened.to):
            self.written.setdefault(opened.to, opened.at)
        return None

    def _take_digest(self, opened: Opened) -> Seen | None:
        told = DIGEST.fullmatch(opened.said or "")
        if told is None or opened.path in self.written or int(told[3]) >= self.began:
            return None
        self.unsure.pop(opened.path, None)
        self.read.setdefault(opened.path, opened.at)
        return Seen(opened.path, opened.path, FileDigest(opened.path, told[1], int(told[2])))

    def _take_name(self, path: Path, said: str) -> None:
        with suppress(ValueError, KeyError, TypeError, Unreadable):
            about = json.loads(said)
            reference = decoded(about["is"])
            if not isinstance(reference, Reference) or Path(about["store"]) != self.store:
                return
            kind = Data if reference.kind == DatasetVersion.kind() else ModelHandle
            if kind is ModelHandle and (path in self.written or not self.lay_there(path)):
                return  # the run saved it, and read it again
            thing = kind(about["name"], reference, version=about["version"], sha256=about["sha256"])
            if isinstance(thing, Data):
                thing.synthetic = about["synthetic"]
            self.named.setdefault((path, about["file"]), Named(thing, reference, decoded(about["made"])))

    def counts(self, path: Path) -> bool:
        """Whether a file may be an input or output: it is neither the recording's own, nor settings or a cache."""
        if any(path.is_relative_to(folder) for folder in self.apart) or HIDDEN.intersection(path.parts):
            return False
        home = Path.home()
        if not path.is_relative_to(home):
            return True
        hidden = next((part for part in path.relative_to(home).parts if part.startswith(".")), None)
        return hidden is None or (hidden == ".cache" and bool(set(CACHES_OF_DATA).intersection(path.parts)))

    def outputs(self, others: Iterable[Path] = ()) -> Iterator[Path]:
        """Yield the files that the run made or changed and that are still there, and of `others` those it may have.

        An input that was moved, and not written, is none.
        """
        for path in dict.fromkeys((*self.written, *(path for path in others if self.counts(path)))):
            only_moved = path in self.moved and path not in self.written and self.lay_there(path)
            if path.is_file() and not only_moved:
                yield path

    def is_recorded(self, path: Path, sha256: str) -> bool:
        """Whether the program recorded the file at `path`, with that digest, as something that it made."""
        return sha256 in self.recorded.get(path, ()) and (path, sha256) not in self.named


def changed_before(path: Path, at: int) -> bool:
    """Whether the file at `path` changed last before the moment `at`."""
    try:
        return path.stat().st_mtime_ns < at - TICK
    except OSError:
        return False
