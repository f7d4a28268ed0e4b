"""One process' way into a graph: its spool file, the delivery of what is in it, and the account of it at exit."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

from provkg.capture.defaults import defaults
from provkg.capture.facts import begin_gathering
from provkg.capture.spool.verdicts import Outcome, read_outcomes
from provkg.capture.spool.writer import SpoolWriter
from provkg.capture.trouble import attempt, trouble
from provkg.errors import IncompleteRecord, NotAKnowledgeGraph, ProvkgError, RecordConflict
from provkg.folder import Folder
from provkg.records import Description, Environment

Delivery = Callable[[Path], Callable[[], bool]]
"""Starts the process that drains the spool of a graph, unless one runs already; returns whether it still runs."""
POLL_SECONDS: Final = 0.05
EXIT_SECONDS: Final = 30.0
DELIVERY_SECONDS: Final = 5.0
"""How far apart deliveries are while the process goes on: each costs the start of an interpreter."""
OTHERS_SECONDS: Final = 3.0
"""How long to wait for another holder of the graph, when our own process has found it held and ended."""


def _no_delivery(_store: Path) -> Callable[[], bool]:
    return lambda: False


class InProgress(Protocol):
    """A run that can write what happened since its last record."""

    def progress(self) -> None:
        """Write it."""


class Session:
    """Everything that this process says to one graph."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.mine: list[str] = []
        self._insisted = 0
        self._deliver_at = 0.0
        self._introduced: Environment | None = None
        self._said: list[Description] = []
        self._open: weakref.WeakSet[InProgress] = weakref.WeakSet()
        self._reporter: threading.Thread | None = None
        self._pid = os.getpid()
        self._deliver: Delivery = _delivery
        self._running: Callable[[], bool] = lambda: False
        self.writer = SpoolWriter(_spool_folder(store), facts=_header(), strict=defaults().strict)
        self.writer.on_trouble = trouble

    def record(
        self,
        kind: str,
        descriptions: Sequence[Description],
        *,
        project: str | None = None,
        cut: dict[int, int] | None = None,
    ) -> str:
        """Write a record and return its id."""
        if self._pid != os.getpid():
            self.mine, self._pid = [], os.getpid()  # the parent accounts for its own
        record = self.writer.record(kind, descriptions, project=project, cut=cut)
        self.mine.append(record)
        return record

    def record_once(self, kind: str, said: Description, *, project: str | None = None) -> None:
        """Write a record of `said` unless this process has said the same before."""
        if said not in self._said:
            self._said.append(said)
            self.record(kind, [said], project=project)

    def introduce(self, environment: Environment) -> None:
        """Describe what all runs of a process share in a record of its own, once."""
        if self._introduced is not environment:
            self._introduced = environment
            self.record("environment", [environment])

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
            if time.monotonic() >= self._deliver_at:
                self._deliver_at = time.monotonic() + DELIVERY_SECONDS
                self.deliver()
            return
        records, self._insisted = self.mine[self._insisted :], len(self.mine)
        self.insist(records)

    # --- delivery

    @property
    def delivers(self) -> bool:
        """Whether this process may start the one that drains."""
        told = os.environ.get("PROVKG_DELIVER", "").lower()
        return self._deliver is not _no_delivery and told not in {"off", "0", "no", "false"}

    def deliver(self) -> None:
        """See that a process drains the spool."""
        if self.delivers:
            self._running = self._deliver(self.store)

    def outcomes(self) -> dict[str, Outcome]:
        """Return the verdicts known so far."""
        return read_outcomes(self.writer.path)

    def wait(self, records: Sequence[str], seconds: float) -> dict[str, Outcome]:
        """Deliver, and return the verdicts on `records` that came within `seconds`."""
        deadline = time.monotonic() + seconds
        self.deliver()
        restarted = not self._running()
        idle_since: float | None = None
        while not (known := self.outcomes()).keys() >= set(records) and time.monotonic() < deadline:
            if self._running():
                idle_since = None
            elif not restarted:
                restarted = True  # it may have begun before the last records were written
                self.deliver()
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since > OTHERS_SECONDS:
                    break
            time.sleep(POLL_SECONDS)
        return known

    def insist(self, records: Sequence[str]) -> None:
        """Wait for the verdicts on `records`; raises `IncompleteRecord` or `RecordConflict` for refused ones."""
        known = self.wait(records, _exit_seconds())
        refused = [known[record] for record in records if record in known and not known[record].kept]
        if any(outcome.verdict == "conflict" for outcome in refused):
            raise RecordConflict("; ".join(_sentences(refused, self.store)))
        if refused:
            raise IncompleteRecord(_sentences(refused, self.store))

    # --- the end

    def end(self) -> None:
        """Close the spool file, wait a while for the verdicts, and say in one line what became of the records."""
        if not self.writer.begun or self.writer.pid != os.getpid():
            return
        self.writer.close()
        records = self.mine
        known = self.wait(records, _exit_seconds()) if self.delivers else self.outcomes()
        sys.stderr.write(account(records, known, self.store, self.writer.folder, lost=self.writer.lost) + "\n")
        if set(records) <= known.keys() and not self.writer.lost:
            self.writer.remove()


def account(records: Sequence[str], known: dict[str, Outcome], store: Path, spool: Path, *, lost: int = 0) -> str:
    """Return the line that says what became of `records`."""
    outcomes = [known[record] for record in records if record in known]
    kept = [outcome for outcome in outcomes if outcome.kept]
    refused, lacking = len(outcomes) - len(kept), sum(outcome.warnings > 0 for outcome in kept)
    said = [f"{_counted(len(kept), 'record')} kept in {store}"] if outcomes or not records else []
    if refused:
        said.append(f"{refused} refused")
    if lacking:
        said.append(f"{lacking} miss what level `standard` asks")
    if waiting := len(records) - len(outcomes):
        said.append(f"{_counted(waiting, 'record')} wait in {spool} (take them in: provkg sync --store {store})")
    if lost:
        said.append(f"{_counted(lost, 'event')} lost because the spool could not be written")
    listing = f"; list them: provkg doctor --store {store}" if refused or lacking else ""
    return f"provkg: {', '.join(said)}{listing}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _sentences(refused: Iterable[Outcome], store: Path) -> list[str]:
    return [
        sentence
        for outcome in refused
        for sentence in outcome.messages
        or (f"record {outcome.record} is refused ({outcome.verdict}); see: provkg doctor --store {store}",)
    ]


def _exit_seconds() -> float:
    try:
        return float(os.environ["PROVKG_EXIT_WAIT"])
    except (KeyError, ValueError):
        return EXIT_SECONDS


def _header() -> dict[str, str]:
    from provkg.capture.source_code import command

    return {"version": _version(), "command": command().line}


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("provkg")
    except PackageNotFoundError:
        return "unknown"


def _spool_folder(store: Path) -> Path:
    try:
        return _found_or_made(store).spool
    except (ProvkgError, OSError) as error:
        beside = Path(os.environ.get("PROVKG_SPOOL") or store.with_name(f"{store.name}-spool"))
        trouble(
            f"{error}. What this process records waits in {beside}; "
            f"take it in with: PROVKG_SPOOL={beside} provkg sync --store FOLDER",
            error=NotAKnowledgeGraph,
        )
        return beside


def _found_or_made(store: Path) -> Folder:
    try:
        return Folder.find(store)
    except NotAKnowledgeGraph:
        said = defaults()
        made = Folder.create(store, base=said.base, level=said.level or "minimal")
        if said.base is None:
            sys.stderr.write(
                f"provkg: made the knowledge graph {made.path}; its IRIs start with {made.base}. To choose a base of "
                f"your own, before recording: provkg init {made.path} --base https://example.org/kg/\n"
            )
        return made


def _report(reference: weakref.ref[Session]) -> None:
    while True:
        time.sleep(defaults().progress_seconds)
        own = reference()
        if own is None or own is not _session:
            return
        own.report()
        del own


# --- one session per process

_delivery: Delivery = _no_delivery
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
            end_session()
            _session = Session(defaults().folder)
            begin_gathering()
        if not _registered:
            _registered = True
            atexit.register(end_session)
        return _session


def end_session() -> None:
    """Deliver and account for what this process recorded; the next call begins anew."""
    global _session
    with _lock:
        ended, _session = _session, None
        if ended is not None:
            ended.end()


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)
