"""One pass over a spool: its records with the points they tell of, and what its process left without a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from provkg import vocabulary
from provkg.capture.epochs import Epochs
from provkg.capture.series import EPOCH_DURATION, Series, is_resource
from provkg.capture.spool.calls import Calls
from provkg.capture.spool.frames import Damage, Frame, read_frames
from provkg.capture.spool.points import NUMBERS, Slot
from provkg.capture.spool.stored import StoredPoints
from provkg.errors import Unreadable
from provkg.records import (
    CLOSED,
    OPENED,
    Concept,
    Description,
    Iri,
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
class _Measuring:
    """The series of one run as its points come, and its closing summaries once a record told them."""

    series: list[Series]
    epochs: Epochs | None = None
    final: tuple[Description, ...] = ()

    def all_series(self) -> list[Series]:
        derived = [self.epochs.series] if self.epochs is not None and self.epochs.series.count else []
        return [*(series for series in self.series if series.count), *derived]

    def progress(self) -> Iterator[Description]:
        for series in self.all_series():
            if not series.single:
                yield from series.of_points(series.cut())

    def conclude(self, of: Reference | None) -> tuple[Description, ...]:
        # A closing record may be said again with what came late, and then tells the same.
        if not self.final:
            if self.epochs is not None:
                self.epochs.end()
            self.final = tuple(self._conclusions(of))
        return self.final

    def _conclusions(self, of: Reference | None) -> Iterator[Description]:
        for series in self.all_series():
            about = {} if is_resource(series.about.metric) else {"of": series.about.of or of}
            yield from series.final(**about)


class Reading:
    """Follows the frames in `content`, the spool file at `path`, and the points that they tell of.

    `unreadable` gets the records of a newer version, each with the reason.
    """

    def __init__(self, path: Path, content: bytes, unreadable: list[tuple[str, str]]) -> None:
        self._content, self._unreadable = content, unreadable
        # Most files have no points, and every frame is read once for the segments and once for the rest.
        self.points = StoredPoints(path, self._frames() if b'{"kind":"segment"' in content else ())
        self.project: str | None = None
        self._openings: dict[Reference, Record] = {}
        self._closed: set[Reference] = set()
        self._said: dict[Reference, list[Description]] = {}
        self._series: dict[int, tuple[Series, Epochs | None, Concept | None]] = {}
        self._runs: dict[Reference, _Measuring] = {}
        self._calls = Calls(path.stem)
        self._last = 0
        self._ended = False

    def _frames(self) -> Iterator[Frame]:
        self.damages: list[Damage] = []
        for each in read_frames(self._content):
            if isinstance(each, Frame):
                yield each
            else:
                self.damages.append(each)

    def records(self, wanted: Callable[[str], bool]) -> Iterator[Record]:
        """Yield the records whose id is `wanted`, in order."""
        for frame in self._frames():
            said = frame.payload
            try:
                self._last = max(self._last, said.get("at", 0))
                if frame.kind == "record":
                    yield from self._record(said, wanted)
                else:
                    self._follow(frame.kind, said)
            except (Unreadable, KeyError, TypeError) as error:
                self._skip(frame.kind, said, error)
            yield from self._calls.records(wanted)
        for block in self.points.rest():
            self._take(iter([block]))
            yield from self._calls.records(wanted)

    def _skip(self, kind: str, said: dict[str, Any], error: Exception) -> None:
        if self.points.gone:
            raise error
        if kind == "record":
            self._unreadable.append((str(said.get("record")), str(error)))

    def _follow(self, kind: str, said: dict[str, Any]) -> None:
        match kind:
            case "series":
                self._begin(said)
            case "point":
                self._take(self.points.upto(said.get("upto", 0)))
                self._add(self._series[said["n"]], said.get("e"), said.get("s"), float(said["v"]), said["mono"])
            case "begun":
                # Before its opening record, which waits for facts; of what died between there is no other.
                self._follow_run(Record.from_json(said))
            case "end":
                self._ended = True
            case "task":
                self._calls.begin(said)
            case "thing":
                self._calls.name(said)
            case "said":
                self._said.setdefault(decoded(said["run"]), []).extend(decoded(said["says"]))
            case _:
                pass

    # --- records

    def _record(self, said: dict[str, Any], wanted: Callable[[str], bool]) -> Iterator[Record]:
        measured = self._measured(said["points"]) if "points" in said else ()
        is_wanted = wanted(said["record"])
        if is_wanted or said["type"] in {OPENED, CLOSED}:
            record = Record.from_json(said)
            self._follow_run(record)
            if is_wanted:
                yield replace(record, descriptions=(*record.descriptions, *measured))

    def _measured(self, said: dict[str, Any]) -> tuple[Description, ...]:
        self._take(self.points.upto(said["upto"]))
        run = self._runs.get(decoded(said["run"]))
        if run is None:
            return ()
        return run.conclude(decoded(said.get("of"))) if said["final"] else tuple(run.progress())

    def _follow_run(self, record: Record) -> None:
        if record.type not in {OPENED, CLOSED} or not any(isinstance(said, Run) for said in record.descriptions):
            return  # or somebody else's statements about a run, handed over
        self.project = record.project
        run = opened_run(record).reference()
        if isinstance(run, Reference):
            if record.type == OPENED:
                self._openings[run] = record
            else:
                self._closed.add(run)

    # --- points

    def _begin(self, said: dict[str, Any]) -> None:
        about = decoded(said["is"])
        if not isinstance(about, MetricSeries) or not isinstance(about.run, Reference):
            raise Unreadable("a series frame describes no series of a run")
        run = self._runs.setdefault(about.run, _Measuring([]))
        if run.epochs is None and "since" in said:
            run.epochs = Epochs(about.run, said["since"])
        series = Series(said["n"], about, sampled=said.get("sampled") is True)
        run.series.append(series)
        role = about.role if isinstance(about.role, Concept) else None
        self._series[series.number] = (series, run.epochs, role)

    def _take(self, blocks: Iterator[list[Slot]]) -> None:
        known, calls = self._series, self._calls
        for slot in chain.from_iterable(blocks):
            head, epoch, value, mono, step, places = slot
            if (found := known.get(head & NUMBERS)) is not None:
                self._add(found, epoch if places & 1 else None, step if places & 2 else None, value, mono)
            elif calls.tasks:
                calls.take(slot)

    @staticmethod
    def _add(
        to: tuple[Series, Epochs | None, Concept | None], epoch: int | None, step: int | None, value: float, mono: int
    ) -> None:
        series, epochs, role = to
        series.add(epoch, step, value)
        if epochs is not None and epoch is not None:
            if _is_epoch_duration(series):
                epochs.leave_to_user()
            else:
                epochs.tick(epoch, role, mono)

    # --- what a dead process left

    @property
    def last(self) -> datetime | None:
        """The last sign of life, None where nothing tells."""
        last = max(self._last, self.points.last)
        return datetime.fromtimestamp(last / 1_000_000, UTC) if last else None

    def open_runs(self) -> list[OpenRun]:
        """Return the runs opened here and not closed, once all records were followed."""
        last = self.last
        return [
            OpenRun(opening, (*self._said.get(run, ()), *self._rest_of(run)), last)
            for run, opening in self._openings.items()
            if run not in self._closed and last is not None
        ]

    def _rest_of(self, run: Reference) -> Iterator[Description]:
        if run in self._runs:
            for series in self._runs[run].all_series():
                yield from series.final()

    def loose(self) -> tuple[Description, ...]:
        """Return what a forked process measured of a run that its parent opened, with what it was."""
        elsewhere = [run for run in self._runs if run not in self._openings]
        return tuple(said for run in elsewhere for said in (*self._forked(run), *self._rest_of(run)))

    def _forked(self, run: Reference) -> Iterator[Description]:
        status = vocabulary.RunStatus_succeeded if self._ended else vocabulary.RunStatus_interrupted
        for said in self._said.get(run, ()):
            if isinstance(said, Run) and said.reference() == run:
                yield replace(said, ended=self.last, status=Iri(status.value))
            else:
                yield said


def _is_epoch_duration(series: Series) -> bool:
    metric = series.about.metric
    return isinstance(metric, Iri) and metric.value.endswith(f"-{EPOCH_DURATION}")
