"""Reads a spool file: its records in order, and what a process that died left without a record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provkg.capture.series import Series
from provkg.capture.spool.frames import Damage, Frame, read_frames
from provkg.capture.spool.process import is_gone
from provkg.capture.spool.verdicts import Outcome, read_outcomes, verdicts_path, write_outcomes
from provkg.errors import Unreadable
from provkg.records import (
    CLOSED,
    OPENED,
    PROGRESS,
    Description,
    MetricSeries,
    Record,
    Reference,
    Run,
    configuration,
    interrupted,
    opened_run,
)
from provkg.records.encoding import decoded


@dataclass(frozen=True)
class OpenRun:
    """A run that no record of its file closes: its opening, what no record says of it yet, its last sign of life."""

    opening: Record
    also: tuple[Description, ...]
    last: datetime

    @property
    def run(self) -> Run:
        """The run as its opening describes it."""
        return opened_run(self.opening)

    def closing(self) -> Record:
        """Return the record that closes it as interrupted; its id is the same whoever makes it."""
        mine = self.run.reference()
        later = [said for said in self.also if isinstance(said, Run) and said.reference() == mine]
        parameters = (*self.run.parameters, *(setting for said in later for setting in said.parameters))
        closed = interrupted(self.opening, id=f"{self.opening.id}-interrupted", at=self.last, also=self.also)
        run = replace(opened_run(closed), parameters=parameters, configuration=configuration(parameters))
        return replace(closed, descriptions=(run, *(said for said in closed.descriptions[1:] if said not in later)))


@dataclass
class SpoolFile:
    """The spool file at `path`; every call reads it anew, since its process may still write."""

    path: Path
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Records that this version cannot read, each with the reason; filled while `records` runs."""
    damages: list[Damage] = field(default_factory=list)
    """What is broken in the file, torn tail included; filled by `frames`."""

    def frames(self, start: int = 0) -> Iterator[Frame]:
        """Yield the intact frames from `start` on; raises `Unreadable` when the file cannot be opened."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise Unreadable(f"cannot read the spool file {self.path}: {error.strerror}") from error
        self.damages.clear()
        for each in read_frames(content, start):
            if isinstance(each, Frame):
                yield each
            else:
                self.damages.append(each)

    @property
    def torn(self) -> bool:
        """Whether the last reading found an unfinished frame at the end: normal while its process runs."""
        return any(damage.torn for damage in self.damages)

    @property
    def damaged(self) -> bool:
        """Whether the last reading found broken bytes before intact frames: the file is worth keeping for a look."""
        return any(not damage.torn for damage in self.damages)

    @property
    def header(self) -> dict[str, Any]:
        """What the file says about its process; empty when that frame is lost."""
        first = next(self.frames(), None)
        return first.payload if first is not None and first.kind == "header" else {}

    @property
    def emitter(self) -> str:
        """The id of the process that wrote it, which its name holds too."""
        return self.path.stem

    def records(self) -> Iterator[Record]:
        """Yield the complete records in order; those of a newer version go to `unreadable` instead."""
        self.unreadable.clear()
        for frame in self.frames():
            if frame.kind == "record" and (record := self._record(frame)) is not None:
                yield record

    def _record(self, frame: Frame) -> Record | None:
        try:
            return Record.from_json(frame.payload)
        except Unreadable as error:
            self.unreadable.append((str(frame.payload.get("record")), str(error)))
            return None

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
        times = [frame.payload["at"] for frame in self.frames() if isinstance(frame.payload.get("at"), int)]
        return _time(times[-1]) if times else datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

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

    def pending(self) -> list[Record]:
        """Return the records that have no verdict yet, in order."""
        known = self.outcomes()
        return [record for record in self.records() if record.id not in known]

    def remove(self) -> None:
        """Delete the file and its verdicts."""
        self.path.unlink(missing_ok=True)
        self.verdicts.unlink(missing_ok=True)

    # --- what a dead process left

    def open_runs(self) -> list[OpenRun]:
        """Return the runs opened here and not closed here, in order, with everything that no record holds."""
        return _Reading(self).open_runs()

    def remaining(self) -> list[Record]:
        """Return the records to make when the process is gone: closings as interrupted, and points of runs elsewhere.

        A forked worker logs points of a run that its parent opened; those become one progress record.
        """
        reading = _Reading(self)
        loose = reading.loose()
        found = [Record(f"{self.emitter}-loose", PROGRESS, loose, reading.project)] if loose else []
        return [*found, *(run.closing() for run in reversed(reading.open_runs()))]


class _Reading:
    """One pass over a file that follows runs and series."""

    def __init__(self, file: SpoolFile) -> None:
        self.openings: dict[Reference, Record] = {}
        self.closed: set[Reference] = set()
        self.said: dict[Reference, list[Description]] = {}
        self.series: dict[int, Series] = {}
        self.signs: dict[Reference, int] = {}
        self.project: str | None = None
        self.last = 0
        for frame in file.frames():
            self._follow(frame)

    def _follow(self, frame: Frame) -> None:
        said = frame.payload
        self.last = max(self.last, said.get("at", 0))
        try:
            match frame.kind:
                case "record":
                    self._record(said)
                case "series":
                    self.series[said["n"]] = Series(said["n"], _series(said))
                case "point":
                    self._point(said)
                case "said":
                    self.said.setdefault(decoded(said["run"]), []).extend(decoded(said["says"]))
                case _:
                    pass
        except (Unreadable, KeyError):
            return  # of a newer version; `records` reports those that are records

    def _record(self, said: dict[str, Any]) -> None:
        for series, ordinal in said.get("cut", {}).items():
            if int(series) in self.series:
                self.series[int(series)].forget(ordinal)
        if said["type"] not in {OPENED, CLOSED}:
            return
        record = Record.from_json(said)
        self.project = record.project
        run = opened_run(record).reference()
        if not isinstance(run, Reference):
            return
        if record.type == OPENED:
            self.openings[run] = record
        else:
            self.closed.add(run)

    def _point(self, said: dict[str, Any]) -> None:
        if (series := self.series.get(said["n"])) is not None:
            series.skip_to(said["i"])
            series.add(said.get("e"), said.get("s"), float(said["v"]))

    def open_runs(self) -> list[OpenRun]:
        return [
            OpenRun(opening, tuple(self._also(run)), _time(self.last))
            for run, opening in self.openings.items()
            if run not in self.closed
        ]

    def _also(self, run: Reference) -> Iterator[Description]:
        yield from self.said.get(run, ())
        for series in self.series.values():
            if series.about.run == run and series.count:
                yield from series.final()

    def loose(self) -> tuple[Description, ...]:
        elsewhere = [series for series in self.series.values() if series.about.run not in self.openings]
        return tuple(said for series in elsewhere if series.count for said in series.final())


def spool_files(folder: Path) -> list[SpoolFile]:
    """Return the spool files in `folder`, oldest first; none when there is no such folder."""
    try:
        return [SpoolFile(path) for path in sorted(folder.iterdir()) if path.suffix == ".spool"]
    except FileNotFoundError:
        return []


def _series(said: dict[str, Any]) -> MetricSeries:
    about = decoded(said["is"])
    if not isinstance(about, MetricSeries):
        raise Unreadable("a series frame describes no series")
    return about


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
