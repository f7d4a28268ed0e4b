"""One process' way into a graph: its spool file, the delivery of what is in it, and the account of it at exit."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from provkg.capture.account import account, sentences
from provkg.capture.defaults import FALSE, TRUE, defaults
from provkg.capture.delivering import Delivering, Delivery, no_delivery
from provkg.capture.facts import begin_gathering
from provkg.capture.known_models import forget_known
from provkg.capture.openings import Introductions, Openings
from provkg.capture.screening import screened, screened_payload
from provkg.capture.spool.file import SpoolFile
from provkg.capture.spool.verdicts import Outcome, read_outcomes
from provkg.capture.spool.writer import PointsOf, SpoolWriter
from provkg.capture.store import spool_folder
from provkg.capture.trouble import attempt, forget_troubles, trouble, warned
from provkg.errors import IncompleteRecord, RecordConflict, Unreadable
from provkg.records import Description
from provkg.resources import version

EXIT_SECONDS: Final = 30.0
SETTLE_SECONDS: Final = 10.0
ENVIRONMENT: Final = "environment"


class InProgress(Protocol):
    """A run that can write what happened since its last record."""

    def progress(self) -> None:
        """Write it."""


class Session:
    """Everything that this process says to one graph."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.mine: list[str] = []
        self.counts_calls = False
        """Whether tasks were called, each call of which is a record that nobody here has counted."""
        self.before_end: list[Callable[[], Callable[[], object] | None]] = []
        """What is asked of things that are still there when the process ends."""
        self._insisted = 0
        self._said: list[Description] = []
        self._open: weakref.WeakSet[InProgress] = weakref.WeakSet()
        self._reporter: threading.Thread | None = None
        self._pid = os.getpid()
        self.writer = SpoolWriter(spool_folder(store), facts=_header(), strict=defaults().strict)
        self.writer.on_trouble = trouble
        self.writer.before_writing = screened_payload
        self.writer.on_many_points = self.report
        self.introductions = Introductions(store, self._record)
        self.openings = Openings(self.writer, self._record, self.introductions)
        self.delivering = Delivering(store, _delivery, self.outcomes)

    def record(
        self,
        kind: str,
        descriptions: Sequence[Description],
        *,
        project: str | None = None,
        points: PointsOf | None = None,
        supersedes: tuple[str, ...] = (),
    ) -> str:
        """Write a record and return its id."""
        self.openings.write()
        return self._record(kind, descriptions, project=project, points=points, supersedes=supersedes)

    def _record(
        self,
        kind: str,
        descriptions: Sequence[Description],
        *,
        project: str | None = None,
        points: PointsOf | None = None,
        supersedes: tuple[str, ...] = (),
    ) -> str:
        if self._pid != os.getpid():
            self.mine, self._insisted, self._pid = [], 0, os.getpid()  # the parent accounts for its own
        said = descriptions if kind == ENVIRONMENT else [screened(each) for each in descriptions]
        record = self.writer.record(kind, said, project=project, points=points, supersedes=supersedes)
        self.mine.append(record)
        return record

    def record_once(self, kind: str, said: Description, *, project: str | None = None) -> None:
        """Write a record of `said` unless this process has said the same before."""
        if said not in self._said:
            self._said.append(said)
            self.record(kind, [said], project=project)

    # --- runs in progress

    def watch(self, run: InProgress) -> None:
        """Let `run` report its progress from time to time."""
        self._open.add(run)
        if self._reporter is None or not self._reporter.is_alive():
            self._reporter = threading.Thread(target=_report, args=(weakref.ref(self),), name="provkg progress")
            self._reporter.daemon = True
            self._reporter.start()

    def unwatch(self, run: InProgress) -> None:
        """Forget a run that has ended."""
        self._open.discard(run)

    def report(self) -> None:
        """Let every open run write what happened since its last record."""
        for run in list(self._open):
            attempt("record progress", run.progress)

    def end_of_block(self) -> None:
        """Deliver; when capture is strict, raise what was refused since the last block."""
        if not defaults().strict:
            self.delivering.begin_now_and_then()
            return
        records, self._insisted = self.mine[self._insisted :], len(self.mine)
        self.insist(records)

    # --- what becomes of the records

    def outcomes(self) -> dict[str, Outcome]:
        """Return the verdicts known so far."""
        return read_outcomes(self.writer.path)

    def settle(self, seconds: float) -> None:
        """Return when the graph shows what this process recorded, after `seconds` at the latest."""
        if not self.delivering.wanted or not self.writer.begun or self.writer.pid != os.getpid():
            return
        deadline = time.monotonic() + seconds
        self.delivering.wait(self._on_disk() if self.counts_calls else self.mine, seconds)
        # Verdicts come before the copy that readers see; the process that makes it ends with it.
        self.delivering.wait_for_its_end(deadline)

    def insist(self, records: Sequence[str]) -> None:
        """Wait for the verdicts on `records`; raises `IncompleteRecord` or `RecordConflict` for refused ones."""
        known = self.delivering.wait(records, _exit_seconds())
        refused = [known[record] for record in records if record in known and not known[record].kept]
        if any(outcome.verdict == "conflict" for outcome in refused):
            raise RecordConflict("; ".join(sentences(refused, self.store)))
        if refused:
            raise IncompleteRecord(sentences(refused, self.store))

    # --- the end

    def ask_before_end(self) -> None:
        """Ask what is there still what it has to say."""
        asked, self.before_end = self.before_end, []
        for act in filter(None, (each() for each in asked)):
            attempt("look where a file lies", act)

    def end(self, seconds: float | None = None) -> None:
        """Close the spool file, wait a while for the verdicts, and say in one line what became of the records."""
        if not self.writer.begun or self.writer.pid != os.getpid():
            return
        attempt("record the start of runs", self.openings.write)
        gone = self.writer.gone
        self.writer.close()
        records = self._on_disk() if self.writer.lost or self.counts_calls else self.mine
        known = (
            self.delivering.wait(records, _exit_seconds() if seconds is None else seconds)
            if self.delivering.wanted and not gone
            else self.outcomes()
        )
        if said := account(records, known, self.store, self.writer.folder, lost=self.writer.lost, gone=gone):
            sys.stderr.write(f"{said}\n")
        if set(records) <= known.keys() and not self.writer.lost:
            self.writer.remove()

    def _on_disk(self) -> list[str]:
        found: list[str] = []

        def noted(record: str) -> bool:
            found.append(record)
            return False  # its name is enough

        try:
            deque(SpoolFile(self.writer.path).records(noted), maxlen=0)
        except Unreadable:
            return []
        return found


def _exit_seconds() -> float:
    try:
        return float(os.environ["PROVKG_EXIT_WAIT"])
    except (KeyError, ValueError):
        return EXIT_SECONDS


def _say_unknown_words() -> None:
    for variable in ("PROVKG_STRICT", "PROVKG_DELIVER"):
        told = os.environ.get(variable, "")
        if told.lower() not in FALSE | TRUE:
            warned(f"{variable}={told!r} is neither on nor off; it is taken as on")


def _say_complaints() -> None:
    from provkg.capture.told import told_facts  # which builds on what sessions do not need

    for complaint in told_facts().complaints:
        warned(complaint)


def _header() -> dict[str, str]:
    from provkg.capture.source_code import command

    return {"version": version(), "command": command().line}


def _report(reference: weakref.ref[Session]) -> None:
    while True:
        time.sleep(defaults().progress_seconds)
        own = reference()
        if own is None or own is not _session:
            return
        own.report()
        del own


# --- one session per process

_delivery: Delivery = no_delivery
_session: Session | None = None
_lock = threading.RLock()
_registered = False


def deliver_with(delivery: Delivery) -> None:
    """Name the function that starts deliveries: capture itself must not know the layers above it."""
    global _delivery
    _delivery = delivery


def session() -> Session:
    """Return this process' session with the graph that holds now, begun at the first call."""
    global _session, _registered
    with _lock:
        if _session is None or _session.store != defaults().folder:
            if _session is not None:  # else what was said on the way here would be said again
                end_session()
            _say_unknown_words()
            attempt("read what people tell", _say_complaints)
            _session = Session(defaults().folder)
            begin_gathering()
        if not _registered:
            _registered = True
            atexit.register(end_session)
        return _session


def settle(store: Path, seconds: float = SETTLE_SECONDS) -> None:
    """Return when the graph at `store` shows what this process recorded there, so that it can read its own writes."""
    own = _session
    if own is not None and own.store.resolve() == store.resolve():
        attempt("wait for the graph", lambda: own.settle(seconds))


def end_session(*, seconds: float | None = None) -> None:
    """Deliver and account for what this process recorded, waiting at most `seconds`; the next call begins anew."""
    global _session
    with _lock:
        if _session is not None and _session.writer.begun:
            _session.ask_before_end()
        ended, _session = _session, None
        forget_troubles()
        forget_known()
        if ended is not None:
            ended.end(seconds)


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)
