"""Draining the spool: every record that a training process left goes through the gate and gets its verdict."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from provkg.capture.spool import SpoolFile, remove_orphans, spool_files
from provkg.errors import ProvkgError, StorageFailed
from provkg.folder import Folder
from provkg.graph.admitting import Gates
from provkg.graph.ahead import Ahead
from provkg.graph.collecting import collecting_seldom
from provkg.graph.intake import DrainReport, Intake, LiveAt
from provkg.graph.rejected import Rejected
from provkg.graph.scrubbing import Scrubbing
from provkg.graph.stores import Stores
from provkg.graph.workers import Workers
from provkg.identity import Names
from provkg.records import Record

# Of a process on another host we never learn that it is gone; it said that it was done, and had time to read verdicts.
PATIENCE: Final = timedelta(days=1)
HELP_AFTER: Final = 300
"""Records after which other processes are started to help: they need half a second until they can."""


class Draining:
    """One pass over the spool of a graph that this process holds."""

    def __init__(
        self,
        folder: Folder,
        names: Names,
        stores: Stores,
        gates: Gates,
        rejected: Rejected,
        live_at: Callable[[str], LiveAt],
        workers: int | None = None,
    ) -> None:
        self._folder, self._names, self._gates, self._rejected = folder, names, gates, rejected
        self._report = DrainReport()
        self._intake = Intake(names, stores, gates, rejected, live_at, self._report, self._scrubbed, self._mark)
        self._helpers = workers
        self._taken = 0
        self._ahead: Ahead | None = None
        # Left by a draining that was cut off: then every file is gone through.
        self._left_unscrubbed = folder.unscrubbed.exists()

    def _mark(self) -> None:
        self._folder.unscrubbed.touch()

    def _scrub(self) -> None:
        """Take out of the spool what redactions kept out of the ledger."""
        standing, records = self._gates.standing, self._intake.withheld
        if standing is not None and (records or self._left_unscrubbed):
            Scrubbing(self._folder, self._names, standing).spool(None if self._left_unscrubbed else records)
            self._folder.unscrubbed.unlink(missing_ok=True)

    def _scrubbed(self, said: dict[str, Any]) -> dict[str, Any]:
        standing = self._gates.standing
        return said if standing is None else Scrubbing(self._folder, self._names, standing).record(said)

    def run(self) -> DrainReport:
        """Take in every spool file and return what came of it."""
        try:
            if self._helpers and self._may_get_help:
                self._get_help(self._helpers).await_ready()
            with collecting_seldom():
                self._drain_all()
        finally:
            if self._ahead is not None:
                self._ahead.workers.stop()
        return self._report

    def _drain_all(self) -> None:
        for file in spool_files(self._folder.spool):
            try:
                self._drain(file)
            except StorageFailed:
                raise
            except ProvkgError as error:
                # One file that nobody can read must not keep the others waiting. One whose process has seen all its
                # verdicts and took it away is no trouble.
                if file.path.exists():
                    self._report.messages.append(f"{file.path}: {error}")
        self._finish()
        self._intake.settle()
        self._scrub()
        remove_orphans(self._folder.spool)

    def _drain(self, file: SpoolFile) -> None:
        # Asked before reading: what a process writes after this is read next time.
        gone = file.process_gone()
        for record in file.pending():
            self._take(file, record)
        if gone:
            self._finish()
            self._close_runs(file)
            self._report.messages += _doubts(file)
        self._report.messages += [f"{file.path}: record {record}: {reason}" for record, reason in file.unreadable]
        self._remove_if_done(file, gone=gone)

    def _close_runs(self, file: SpoolFile) -> None:
        known = file.outcomes()
        for record in file.remaining():
            if record.id not in known:
                self._take(file, record)
                self._report.interrupted.append(record.id)
        self._finish()

    def _take(self, file: SpoolFile, record: Record) -> None:
        self._taken += 1
        if self._taken == HELP_AFTER and self._helpers is None and self._may_get_help and (cores := Workers.useful()):
            self._get_help(cores)
        if self._ahead is not None and (self._ahead.items or self._ahead.ready):
            self._ahead.put(file, record)
        else:
            self._intake.take(file, record)

    @property
    def _may_get_help(self) -> bool:
        # Which redactions stand, the other processes do not know.
        return self._gates.standing is None or not self._gates.standing.any

    def _get_help(self, count: int) -> Workers:
        workers = Workers(self._folder.path, self._gates.digest, count)
        self._ahead = Ahead(self._intake, workers)
        return workers

    def _finish(self) -> None:
        if self._ahead is not None:
            self._ahead.finish()
        self._intake.flush()

    def _remove_if_done(self, file: SpoolFile, *, gone: bool) -> None:
        # Without a whole frame nobody can tell whose it is, and there is nothing in it.
        over = file.ended or next(file.frames(), None) is None
        if file.unreadable or not (gone or (over and datetime.now(UTC) - file.last_sign > PATIENCE)):
            return
        self._finish()
        if file.damaged:
            for part in (*file.segments(), file.path):
                self._rejected.keep_file(part)
            kept = self._folder.rejected / file.path.name
            self._report.messages.append(f"{file.path} was damaged; its intact records were taken, look at {kept}")
        file.remove()
        self._report.removed += 1


def _doubts(file: SpoolFile) -> list[str]:
    """Say which points of a process that died are not as it wrote them, or may not be."""
    said = []
    if file.lost_points:
        said.append(f"{file.path}: {file.lost_points:,} point(s) of its metrics are damaged and were left out")
    if file.unsealed_points and not file.ended:
        said.append(
            f"{file.path}: its process died before the last {file.unsealed_points:,} point(s) of its metrics had their "
            "checksum; they were read as they lie there"
        )
    return said
