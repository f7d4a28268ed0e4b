"""Draining the spool: every record that a training process left goes through the gate and gets its verdict."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from pyoxigraph import NamedNode, Triple

from provkg.capture.spool import Outcome, SpoolFile, remove_orphans, spool_files
from provkg.errors import BadParameter, ProvkgError, RecordConflict, StorageFailed
from provkg.folder import LEVELS, Folder
from provkg.gate import ENGINES, Gate
from provkg.graph.admitting import Gates, Submission, submission
from provkg.graph.rejected import Rejected
from provkg.graph.scrubbing import Scrubbing
from provkg.graph.stores import Stores
from provkg.graph.waiting import Waiting
from provkg.identity import Names
from provkg.records import TELLS_ALL, Deployment, Record, Stated, Undeployment, statements
from provkg.records.description import node

GROUP: Final = 128
GROUP_CHARACTERS: Final = 16_000_000
SHOWN_MESSAGES: Final = 20
# Of a process on another host we never learn that it is gone; it said that it was done, and had time to read verdicts.
PATIENCE: Final = timedelta(days=1)

LiveAt = Callable[[NamedNode, NamedNode], Sequence[NamedNode]]


@dataclass
class DrainReport:
    """What one draining did; `interrupted` are the ids of runs' closings made for processes that died."""

    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    warnings: int = 0
    interrupted: list[str] = field(default_factory=list)
    removed: int = 0
    messages: list[str] = field(default_factory=list)

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return self == DrainReport()


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
    ) -> None:
        self._folder, self._names, self._stores, self._gates = folder, names, stores, gates
        self._rejected, self._live_at = rejected, live_at
        self._waiting = Waiting()
        self._verdicts: list[tuple[SpoolFile, Outcome]] = []
        self._weight = 0
        self._report = DrainReport()
        self._withheld = False

    def run(self) -> DrainReport:
        """Take in every spool file and return what came of it."""
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
        if self._withheld and self._gates.standing is not None:
            Scrubbing(self._folder, self._names, self._gates.standing).spool()
        remove_orphans(self._folder.spool)
        return self._report

    def _drain(self, file: SpoolFile) -> None:
        # Asked before reading: what a process writes after this is read next time.
        gone = file.process_gone()
        for record in file.pending():
            self._take(file, record)
        self._flush()
        if gone:
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
        self._flush()

    def _take(self, file: SpoolFile, record: Record) -> None:
        live = self._live(record)
        try:
            check_ends_something(record, self._names, live)
            stated = statements(record, self._names, live)
            sent, asked = self._submission(file, record, stated), _asked(record)
            self._withheld |= bool(sent.withheld)
        except (ProvkgError, ValueError) as error:
            self._refuse_unmade(file, record, error)
            return
        if sent.record in self._waiting.ids or sent.supersedes:
            # What a record takes back is looked up where it is kept.
            self._flush()
        self._judge(file, sent, asked)
        # Points make few statements and long ones.
        self._weight += sum(map(len, sent.lines))
        if len(self._waiting.entries) >= GROUP or self._weight > GROUP_CHARACTERS:
            self._flush()

    def _live(self, record: Record) -> LiveAt:
        if not any(isinstance(said, Deployment | Undeployment) for said in record.descriptions):
            return lambda _endpoint, _stage: ()
        # Whether it ends an earlier deployment is looked up in the index, which must have seen what came before.
        self._flush()
        return self._live_at(record.id)

    def _submission(self, file: SpoolFile, record: Record, stated: list[Triple]) -> Submission:
        return submission(
            record.id, record.type, stated, self._names,
            emitter=file.emitter, project=record.project, supersedes=record.supersedes, closing=_tells_all(record),
            terms=self._gates.own.terms, standing=self._gates.standing,
        )  # fmt: skip

    def _judge(self, file: SpoolFile, sent: Submission, asked: Stated) -> None:
        if (outcome := self._earlier(sent)) is not None:
            self._note(file, outcome)
            return
        sent = self._waiting.completed(sent, self._stores.index, self._withdrawn, self._gates.standing)
        verdict = self._gates.judge(
            sent, self._known, held=self._held, superseding=self._superseding, level=asked.level, engine=asked.engine
        )
        if not verdict.accepted:
            self._rejected.keep(sent.record, sent.stated, verdict)
            messages = tuple(str(problem) for problem in verdict.problems[:SHOWN_MESSAGES])
            self._note(file, Outcome(sent.record, "rejected", len(verdict.problems), len(verdict.warnings), messages))
            return
        gate = self._gates.gate(self._gates.level(asked.level, sent.project), asked.engine)
        self._waiting.add(sent, self._gates.entry(sent, verdict, level=asked.level), gate.backwards)
        messages = tuple(str(warning) for warning in verdict.warnings[:SHOWN_MESSAGES])
        self._note(file, Outcome(sent.record, "stored", 0, len(verdict.warnings), messages))

    def _earlier(self, sent: Submission) -> Outcome | None:
        """Return the outcome for a record whose id the ledger has."""
        try:
            position = self._stores.ledger.position_of(sent.record, sent.lines, sent.supersedes, plain=sent.plain)
        except RecordConflict as error:
            return Outcome(sent.record, "conflict", 1, messages=(str(error),))
        return None if position is None else Outcome(sent.record, "duplicate")

    def _held(self, record: str) -> bool:
        return record in self._waiting.ids or self._stores.ledger.holds(record)

    def _superseding(self, record: str) -> list[str]:
        waiting = [entry.record for entry in self._waiting.entries if record in entry.supersedes]
        return [*self._stores.ledger.superseding(record), *waiting]

    def _known(self, sent: Submission, gate: Gate) -> list[Triple]:
        withdrawn, known = self._withdrawn(sent), self._waiting.known(sent, gate, self._stores.index)
        return [triple for triple in known if triple not in withdrawn]

    def _withdrawn(self, sent: Submission) -> set[Triple]:
        return self._stores.without([*sent.supersedes, *self._stores.ledger.superseding(sent.record)])

    def _refuse_unmade(self, file: SpoolFile, record: Record, error: Exception) -> None:
        told = said = record.to_json()
        if self._gates.standing is not None:
            told = Scrubbing(self._folder, self._names, self._gates.standing).record(said)
            self._withheld |= told != said
        self._rejected.keep_unmade(record.id, json.dumps(told, ensure_ascii=False, indent=1), str(error))
        self._note(file, Outcome(record.id, "rejected", 1, messages=(f"{record.id}: {error}",)))

    def _note(self, file: SpoolFile, outcome: Outcome) -> None:
        self._verdicts.append((file, outcome))

    def _flush(self) -> None:
        """Keep what waits, and only then tell anybody."""
        self._stores.ledger.append(self._waiting.entries)
        for file, outcome in self._verdicts:
            file.judge(outcome)
            self._count(outcome)
            if outcome.verdict == "stored":
                self._rejected.forget(outcome.record)
        self._waiting, self._verdicts, self._weight = Waiting(), [], 0
        self._stores.follow()
        self._stores.snapshot_now_and_then()

    def _count(self, outcome: Outcome) -> None:
        match outcome.verdict:
            case "stored":
                self._report.stored += 1
            case "duplicate":
                self._report.duplicates += 1
            case "conflict":
                self._report.conflicts += 1
            case "rejected":
                self._report.rejected += 1
        self._report.warnings += outcome.warnings

    def _remove_if_done(self, file: SpoolFile, *, gone: bool) -> None:
        # Without a whole frame nobody can tell whose it is, and there is nothing in it.
        over = file.ended or next(file.frames(), None) is None
        if file.unreadable or not (gone or (over and datetime.now(UTC) - file.last_sign > PATIENCE)):
            return
        if file.damaged:
            for part in (*file.segments(), file.path):
                self._rejected.keep_file(part)
            kept = self._folder.rejected / file.path.name
            self._report.messages.append(f"{file.path} was damaged; its intact records were taken, look at {kept}")
        file.remove()
        self._report.removed += 1


def check_ends_something(record: Record, names: Names, live: LiveAt) -> None:
    """Raise `BadParameter` for the end of a service that nobody knows: its record would create an endpoint."""
    for said in record.descriptions:
        if isinstance(said, Undeployment) and not live(said.endpoint.iri(names), node(said.stage, names)):
            stage = getattr(said.stage, "name", node(said.stage, names).value.rpartition("-")[2])
            raise BadParameter(
                f"nothing serves at {said.endpoint.address} in stage {stage}, so nothing was ended or recorded; "
                "compare address and stage with: provkg ask deployment/serving --endpoint URL"
            )


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


def _tells_all(record: Record) -> bool:
    # What somebody else stated and handed over may have more coming, whatever it is called.
    return record.type in TELLS_ALL and not any(isinstance(said, Stated) for said in record.descriptions)


def _asked(record: Record) -> Stated:
    """Return what says by which level and engine to judge `record`; most leave that to the graph."""
    asked = next((said for said in record.descriptions if isinstance(said, Stated)), Stated(lines=()))
    for value, known in ((asked.level, LEVELS), (asked.engine, ENGINES)):
        if value is not None and value not in known:
            raise BadParameter(f"{value!r} is none of {', '.join(known)}")
    return asked
