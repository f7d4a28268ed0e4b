"""Taking records in: each is judged, kept in groups, told its verdict once it is safe, and shown by the index soon."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from provkg.capture.spool import Outcome, SpoolFile
from provkg.errors import BadParameter, ProvkgError, RecordConflict
from provkg.folder import LEVELS
from provkg.gate import ENGINES, Gate, Verdict
from provkg.graph.admitting import Gates, Submission, submission
from provkg.graph.rejected import Rejected
from provkg.graph.stores import Stores
from provkg.graph.waiting import Waiting
from provkg.identity import Names
from provkg.ledger import Entry, Sealed
from provkg.records import TELLS_ALL, Deployment, Record, Stated, Undeployment, statements
from provkg.records.description import node

GROUP: Final = 128
GROUP_CHARACTERS: Final = 16_000_000
INDEX_SECONDS: Final = 1.0
INDEX_RECORDS: Final = 4096
"""How many records the index may be behind: what they say is held in memory until it shows it."""
SHOWN_MESSAGES: Final = 20

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

    def count(self, outcome: Outcome) -> None:
        """Count what became of one record."""
        match outcome.verdict:
            case "stored":
                self.stored += 1
            case "duplicate":
                self.duplicates += 1
            case "conflict":
                self.conflicts += 1
            case "rejected":
                self.rejected += 1
        self.warnings += outcome.warnings


class Intake:
    """The records that one draining has judged, as long as ledger and index do not have them."""

    def __init__(
        self,
        names: Names,
        stores: Stores,
        gates: Gates,
        rejected: Rejected,
        live_at: Callable[[str], LiveAt],
        report: DrainReport,
        scrubbed: Callable[[dict[str, Any]], dict[str, Any]],
        mark: Callable[[], None],
    ) -> None:
        self.names, self.gates = names, gates
        self._scrubbed, self._mark = scrubbed, mark
        self._stores, self._rejected, self._live_at, self._report = stores, rejected, live_at, report
        self._entries: list[Entry | Sealed] = []
        self._verdicts: list[tuple[SpoolFile, Outcome]] = []
        self._waiting = Waiting()
        self._expected: dict[str, tuple[Submission, Gate]] = {}
        """Records that wait for their verdict, which count as kept for those that come after them."""
        self._ids: set[str] = set()
        self._weight = 0
        self.withheld: set[str] = set()
        """The records of which redactions keep something out."""
        self._indexed_at = time.monotonic()

    def take(self, file: SpoolFile, record: Record) -> None:
        """Judge `record` and keep it with others, or refuse it; the process that sent it learns that from `flush`."""
        live = self._live(record)
        try:
            check_ends_something(record, self.names, live)
            sent, asked = composed(record, self.names, self.gates, file.emitter, live), _asked(record)
            if sent.withheld:
                self.withheld.add(record.id)
        except (ProvkgError, ValueError) as error:
            self._refuse_unmade(file, record, error)
            return
        if sent.supersedes:
            # What a record takes back is looked up where it is kept.
            self.settle()
        elif self.has(sent.record):
            self.flush()
        self._judge(file, sent, asked)

    def has(self, record: str) -> bool:
        """Whether a record of that id is judged, or about to be, and not in the ledger yet."""
        return record in self._ids

    def has_accepted(self, record: str) -> bool:
        """Whether a record of that id is kept, or about to be."""
        return self.has(record) or self._stores.ledger.holds(record)

    def earlier(self, sent: Submission) -> Outcome | None:
        """Return the outcome for a record whose id the ledger has."""
        try:
            position = self._stores.ledger.position_of(sent.record, sent.lines, sent.supersedes, plain=sent.plain)
        except RecordConflict as error:
            return Outcome(sent.record, "conflict", 1, messages=(str(error),))
        return None if position is None else Outcome(sent.record, "duplicate")

    def known(self, sent: Submission, gate: Gate) -> list[Triple]:
        """Return what there is to know for judging a record: what is kept, and what was accepted before it."""
        withdrawn, known = self._withdrawn(sent), self._waiting.known(sent, gate, self._stores.index)
        return [triple for triple in known if triple not in withdrawn] if withdrawn else known

    def completed(self, sent: Submission) -> Submission:
        """Return `sent` with what follows from it and what others say of the same qualified relations."""
        return self._waiting.completed(sent, self._stores.index, self._withdrawn, self.gates.standing)

    def expect(self, sent: Submission, gate: Gate) -> None:
        """Let a record count as kept for those after it, until its verdict comes."""
        self._expected[sent.record] = sent, gate
        self._ids.add(sent.record)
        self._waiting.add(sent, gate)

    def unexpect(self, sent: Submission) -> None:
        """Let it count no longer."""
        _, gate = self._expected.pop(sent.record)
        self._ids.discard(sent.record)
        self._waiting.remove(sent, gate)

    def keep(self, file: SpoolFile, sent: Submission, entry: Entry | Sealed, outcome: Outcome) -> None:
        """Keep an expected record that was accepted; it is safe, and its process told, after `flush`."""
        del self._expected[sent.record]
        self._entries.append(entry)
        self.note(file, outcome)
        # Points make few statements and long ones.
        self._weight += sum(map(len, sent.lines))
        if len(self._entries) >= GROUP or self._weight > GROUP_CHARACTERS:
            self.flush()

    def note(self, file: SpoolFile, outcome: Outcome) -> None:
        """Remember the verdict on a record until what came before it is safe."""
        self._verdicts.append((file, outcome))

    def flush(self) -> None:
        """Put what was accepted into the ledger, and only then tell anybody; the index follows when it is time."""
        self._stores.ledger.append(self._entries)
        self._entries, self._weight = [], 0
        self._ids = set(self._expected)
        if self.withheld:
            # A record that has its verdict is not looked at again: somebody has to know that its file is not done.
            self._mark()
        self._tell()
        behind = self._waiting.records >= INDEX_RECORDS
        if behind or time.monotonic() - self._indexed_at >= INDEX_SECONDS:
            self.show()
            self._stores.snapshot_now_and_then()

    def settle(self) -> None:
        """Put what was accepted into the ledger, tell, and let the index show all of it."""
        self.flush()
        self.show()

    def show(self) -> None:
        """Let the index take in what the ledger has."""
        self._stores.follow()
        self._waiting = Waiting()
        for sent, gate in self._expected.values():
            self._waiting.add(sent, gate)
        self._indexed_at = time.monotonic()

    def _tell(self) -> None:
        by_file: dict[int, list[tuple[SpoolFile, Outcome]]] = defaultdict(list)
        for file, outcome in self._verdicts:
            by_file[id(file)].append((file, outcome))
            self._report.count(outcome)
        for together in by_file.values():
            together[0][0].judge(*(outcome for _, outcome in together))
        self._rejected.forget(*(outcome.record for _, outcome in self._verdicts if outcome.verdict == "stored"))
        self._verdicts = []

    def _live(self, record: Record) -> LiveAt:
        if not any(isinstance(said, Deployment | Undeployment) for said in record.descriptions):
            return nothing_live
        # Whether it ends an earlier deployment is looked up in the index, which must have seen what came before.
        self.settle()
        return self._live_at(record.id)

    def _judge(self, file: SpoolFile, sent: Submission, asked: Stated) -> None:
        if (outcome := self.earlier(sent)) is not None:
            self.note(file, outcome)
            return
        sent = self.completed(sent)
        verdict = self.gates.judge(
            sent,
            self.known,
            held=self.has_accepted,
            superseding=self._superseding,
            level=asked.level,
            engine=asked.engine,
        )
        if not verdict.accepted:
            self._rejected.keep(sent.record, sent.stated, verdict)
            messages = tuple(str(problem) for problem in verdict.problems[:SHOWN_MESSAGES])
            self.note(file, Outcome(sent.record, "rejected", len(verdict.problems), len(verdict.warnings), messages))
            return
        self.expect(sent, self.gates.gate(self.gates.level(asked.level, sent.project), asked.engine))
        self.keep(file, sent, self.gates.entry(sent, verdict, level=asked.level), stored(sent.record, verdict))

    def _refuse_unmade(self, file: SpoolFile, record: Record, error: Exception) -> None:
        said = record.to_json()
        told = self._scrubbed(said)
        if told != said:
            self.withheld.add(record.id)
        self._rejected.keep_unmade(record.id, json.dumps(told, ensure_ascii=False, indent=1), str(error))
        self.note(file, Outcome(record.id, "rejected", 1, messages=(f"{record.id}: {error}",)))

    def _withdrawn(self, sent: Submission) -> set[Triple]:
        return self._stores.without([*sent.supersedes, *self._stores.ledger.superseding(sent.record)])

    def _superseding(self, record: str) -> list[str]:
        waiting = [entry.record for entry in self._entries if record in entry.supersedes]
        return [*self._stores.ledger.superseding(record), *waiting]


def composed(record: Record, names: Names, gates: Gates, emitter: str, live: LiveAt) -> Submission:
    """Return `record`, which `emitter` sent, as a record on its way in."""
    return submission(
        record.id, record.type, statements(record, names, live), names,
        emitter=emitter, project=record.project, supersedes=record.supersedes, closing=tells_all(record),
        terms=gates.own.terms, standing=gates.standing,
    )  # fmt: skip


def stored(record: str, verdict: Verdict) -> Outcome:
    """Return the outcome for a record that was accepted."""
    messages = tuple(str(warning) for warning in verdict.warnings[:SHOWN_MESSAGES])
    return Outcome(record, "stored", 0, len(verdict.warnings), messages)


def stands_alone(record: Record) -> bool:
    """Whether `record` can be made into statements without looking at what is kept, and is judged like most."""
    special = Deployment | Undeployment | Stated
    return not record.supersedes and not any(isinstance(said, special) for said in record.descriptions)


def check_ends_something(record: Record, names: Names, live: LiveAt) -> None:
    """Raise `BadParameter` for the end of a service that nobody knows: its record would create an endpoint."""
    for said in record.descriptions:
        if isinstance(said, Undeployment) and not live(said.endpoint.iri(names), node(said.stage, names)):
            stage = getattr(said.stage, "name", node(said.stage, names).value.rpartition("-")[2])
            raise BadParameter(
                f"nothing serves at {said.endpoint.address} in stage {stage}, so nothing was ended or recorded; "
                "compare address and stage with: provkg ask deployment/serving --endpoint URL"
            )


def tells_all(record: Record) -> bool:
    """Whether the run that `record` ends has told all that it made."""
    # What somebody else stated and handed over may have more coming, whatever it is called.
    return record.type in TELLS_ALL and not any(isinstance(said, Stated) for said in record.descriptions)


def nothing_live(_endpoint: NamedNode, _stage: NamedNode) -> Sequence[NamedNode]:
    """Return no deployment: a record that speaks of none ends none."""
    return ()


def _asked(record: Record) -> Stated:
    """Return what says by which level and engine to judge `record`; most leave that to the graph."""
    asked = next((said for said in record.descriptions if isinstance(said, Stated)), Stated(lines=()))
    for value, known in ((asked.level, LEVELS), (asked.engine, ENGINES)):
        if value is not None and value not in known:
            raise BadParameter(f"{value!r} is none of {', '.join(known)}")
    return asked
