"""Reads a spool file: its records in order, and what a process that died left without a record."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provkg.capture.spool.frames import Damage, Frame, read_frames
from provkg.capture.spool.process import is_gone
from provkg.capture.spool.reading import OpenRun, Reading
from provkg.capture.spool.segments import segments_of
from provkg.capture.spool.verdicts import Outcome, read_outcomes, verdicts_path, write_outcomes
from provkg.errors import StorageFailed, Unreadable
from provkg.records import PROGRESS, Record


@dataclass
class SpoolFile:
    """The spool file at `path`; every call reads it anew, since its process may still write."""

    path: Path
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Records that this version cannot read, each with the reason; filled while `records` runs."""
    damages: list[Damage] = field(default_factory=list)
    """What is broken in the file, torn tail included; filled by `frames` and `records`."""
    lost_points: int = 0
    """How many points were written and cannot be read; counted by `records`, `open_runs` and `remaining`."""
    unsealed_points: int = 0
    """How many points were read for which no checksum vouches, as the last ones of a process that was killed."""

    def frames(self, start: int = 0) -> Iterator[Frame]:
        """Yield the intact frames from `start` on; raises `Unreadable` when the file cannot be opened."""
        content = self._content()
        self.damages.clear()
        for each in read_frames(content, start):
            if isinstance(each, Frame):
                yield each
            else:
                self.damages.append(each)

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise Unreadable(f"cannot read the spool file {self.path}: {error.strerror}") from error

    @property
    def torn(self) -> bool:
        """Whether the last reading found an unfinished frame at the end: normal while its process runs."""
        return any(damage.torn for damage in self.damages)

    @property
    def damaged(self) -> bool:
        """Whether the last reading found broken bytes before intact ones: the file is worth keeping for a look."""
        return self.lost_points > 0 or any(not damage.torn for damage in self.damages)

    @property
    def header(self) -> dict[str, Any]:
        """What the file says about its process; empty when that frame is lost."""
        first = next(self.frames(), None)
        return first.payload if first is not None and first.kind == "header" else {}

    @property
    def emitter(self) -> str:
        """The id of the process that wrote it, which its name holds too."""
        return self.path.stem

    def records(self, wanted: Callable[[str], bool] = lambda _id: True) -> Iterator[Record]:
        """Yield the complete records whose id is `wanted`, in order; those of a newer version go to `unreadable`."""
        yield from self._followed(wanted)[1]

    def _followed(self, wanted: Callable[[str], bool]) -> tuple[Reading, Iterator[Record]]:
        self.unreadable.clear()
        reading = Reading(self.path, self._content(), self.unreadable)

        def records() -> Iterator[Record]:
            yield from reading.records(wanted)
            self.damages = reading.damages
            self.lost_points, self.unsealed_points = reading.points.lost, reading.points.unsealed

        return reading, records()

    def _all_followed(self) -> Reading:
        reading, records = self._followed(lambda _id: False)
        deque(records, maxlen=0)
        return reading

    @property
    def ended(self) -> bool:
        """Whether its process said that it wrote everything."""
        return any(frame.kind == "end" for frame in self.frames())

    def process_gone(self) -> bool:
        """Whether its process is proven gone, ended or not; False on another host and when the header is lost."""
        header = self.header
        return bool(header) and is_gone(header)

    @property
    def last_sign(self) -> datetime:
        """When its process last wrote."""
        return self._all_followed().last or datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    # --- verdicts

    @property
    def verdicts(self) -> Path:
        """Where the verdicts on its records lie."""
        return verdicts_path(self.path)

    def outcomes(self) -> dict[str, Outcome]:
        """Return the outcomes known so far, by record id."""
        return read_outcomes(self.path)

    def judge(self, *outcomes: Outcome) -> None:
        """Note what became of records."""
        write_outcomes(self.path, outcomes)

    def pending(self) -> Iterator[Record]:
        """Yield the records that have no verdict yet, in order; one may hold many points, so take them one by one."""
        known = self.outcomes()
        return self.records(lambda record: record not in known)

    def waiting(self) -> int:
        """Return how many records have no verdict yet, without looking at their points."""
        known = self.outcomes()
        said = [frame.payload for frame in self.frames() if frame.kind == "record"]
        return sum(record.get("record") not in known and _is_readable(record) for record in said)

    def segments(self) -> list[Path]:
        """Return the files beside it that hold its points."""
        return segments_of(self.path)

    def remove(self) -> None:
        """Delete the file, its segments and its verdicts; raises `StorageFailed` where the disk refuses."""
        try:
            # The file first: whoever misses a segment must see that all of it is gone.
            self.path.unlink(missing_ok=True)
            for segment in self.segments():
                segment.unlink(missing_ok=True)
            self.verdicts.unlink(missing_ok=True)
        except OSError as error:
            raise StorageFailed(
                f"cannot remove the spool file {self.path}, whose records are all kept or refused: {error.strerror}"
            ) from error

    # --- what a dead process left

    def open_runs(self) -> list[OpenRun]:
        """Return the runs opened here and not closed here, in order, with everything that no record holds."""
        return self._all_followed().open_runs()

    def remaining(self) -> list[Record]:
        """Return the records to make when the process is gone: closings as interrupted, and points of runs elsewhere.

        A forked worker logs points of a run that its parent opened; those become one progress record.
        """
        reading = self._all_followed()
        loose = reading.loose()
        found = [Record(f"{self.emitter}-loose", PROGRESS, loose, reading.project)] if loose else []
        return [*found, *(run.closing() for run in reversed(reading.open_runs()))]


def spool_files(folder: Path) -> list[SpoolFile]:
    """Return the spool files in `folder`, oldest first; none when there is no such folder."""
    try:
        return [SpoolFile(path) for path in sorted(folder.iterdir()) if path.suffix == ".spool"]
    except FileNotFoundError:
        return []


def remove_orphans(folder: Path) -> None:
    """Delete segments whose spool file is gone: somebody was interrupted while deleting both."""
    # Segments first: a process makes its spool file before them.
    segments = list(folder.glob("*-*.points"))
    spools = {file.emitter for file in spool_files(folder)}
    for segment in segments:
        if segment.stem.rpartition("-")[0] not in spools:
            segment.unlink(missing_ok=True)


def _is_readable(record: dict[str, Any]) -> bool:
    try:
        Record.from_json(record)
    except Unreadable:
        return False
    return True
