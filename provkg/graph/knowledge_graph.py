"""The knowledge graph for whoever holds it: the gate judges, the ledger keeps, the index shows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.errors import GraphHeld, IncompleteRecord, StorageFailed, UnknownThing
from provkg.folder import Folder
from provkg.gate import Gate, OwnTerms
from provkg.graph.admitting import Admission, Gates, Submission, submission
from provkg.graph.canonical import lines_of, triples_of
from provkg.graph.describing import record_of, stated
from provkg.graph.draining import Draining
from provkg.graph.forgetting import carry_out
from provkg.graph.hold import Hold
from provkg.graph.intake import DrainReport, check_ends_something
from provkg.graph.redacting import Redacted, Request, requests
from provkg.graph.redactions import approved, declined, requested
from provkg.graph.rejected import Rejected
from provkg.graph.retaining import Kept, retained
from provkg.graph.standing import Standing
from provkg.graph.stores import Stores
from provkg.graph.waiting import Waiting
from provkg.ledger import Entry, Ledger
from provkg.records import Agent, Description


class KnowledgeGraph:
    """A graph that this process holds until `close`; a context manager. Take it with `hold`.

    `messages` are sentences for the person in front: what was mended on the way, such as a damaged index,
    and which of the graph's own shapes and terms are wrong and left out.
    """

    def __init__(self, folder: Folder, hold: Hold, tell: Callable[[str], None] | None = None) -> None:
        self.folder = folder
        self.names = folder.names
        self.messages: list[str] = []
        self._hold = hold
        self._gates = Gates(folder, self.names)
        self._rejected = Rejected(folder.rejected)
        self.stores = Stores(folder, self.names, tell or self.messages.append)
        self._tell = tell or self.messages.append
        for complaint in self._gates.own.complaints:
            self._tell(complaint)
        try:
            self.standing = self._gates.standing = Standing(self.ledger, self.names.salt, self._gates.own.terms)
            self._finish()
        except BaseException:
            self.stores.close()
            raise

    @classmethod
    def hold(cls, folder: Folder, *, wait: float = 0, tell: Callable[[str], None] | None = None) -> "KnowledgeGraph":
        """Take the hold on the graph in `folder`, waiting at most `wait` seconds.

        `tell` is called at once with each of `messages` instead of collecting them. Raises `GraphHeld` saying who has
        the graph.
        """
        hold = Hold.take(folder.lock, wait=wait)
        try:
            return cls(folder, hold, tell)
        except BaseException:
            hold.release()
            raise

    def __enter__(self) -> "KnowledgeGraph":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the graph."""
        try:
            self.stores.close()
        finally:
            self._hold.release()

    def _finish(self) -> None:
        """Go on with what was logged and not carried out to the end."""
        try:
            if count := carry_out(self.folder, self.names, self.stores, self.standing):
                self._tell(f"finished {count} erasing(s) that were logged and not carried out to the end")
        except (GraphHeld, StorageFailed) as error:
            # Records can still be kept; whoever takes the graph next goes on with it.
            self._tell(f"text that a logged act took out is not gone from everywhere yet: {error}")

    @property
    def ledger(self) -> Ledger:
        """The ledger, to read from."""
        return self.stores.ledger

    def add(
        self,
        record_id: str | None,
        record_type: str,
        triples: Iterable[Triple],
        *,
        project: str | None = None,
        level: str | None = None,
        engine: str | None = None,
        supersedes: Sequence[str] = (),
        emitter: str = "provkg",
    ) -> Admission:
        """Keep a record and return its admission, with the warnings that do not stand in its way.

        Without an id it gets one from its content. Sending a record again changes nothing. Raises `IncompleteRecord`
        with all problems, and then the record lies in `rejected/`; `RecordConflict` when the id is taken.
        """
        sent = submission(
            record_id, record_type, triples, self.names,
            emitter=emitter, project=project, supersedes=supersedes, terms=self._gates.own.terms,
            standing=self.standing,
        )  # fmt: skip
        position = self.ledger.position_of(sent.record, sent.lines, sent.supersedes, plain=sent.plain)
        if position is not None:
            return Admission(record=sent.record, position=position, duplicate=True)
        sent = Waiting().completed(sent, self.stores.index, self._withdrawn, self.standing)
        verdict = self._gates.judge(
            sent, self._known, held=self.ledger.holds, superseding=self.ledger.superseding, level=level, engine=engine
        )
        if not verdict.accepted:
            self._rejected.keep(sent.record, sent.stated, verdict)
            raise IncompleteRecord(verdict.problems)
        (position,) = self.stores.append([self._gates.entry(sent, verdict, level=level)])
        self._rejected.forget(sent.record)
        return Admission(warnings=verdict.warnings, infos=verdict.infos, record=sent.record, position=position)

    def record(
        self,
        *descriptions: Description,
        id: str | None = None,  # noqa: A002 - the word of the record
        project: str | None = None,
        level: str | None = None,
        engine: str | None = None,
        supersedes: Sequence[str] = (),
    ) -> Admission:
        """Keep `descriptions` as one record and return its admission; `add` says what can be raised, and when.

        `UnknownThing` is raised for a thing given by name: names are looked up by `provkg.open(...)`.
        """
        made = record_of(descriptions, self.names, given=id, supersedes=supersedes)
        live_at = self.live_at(made.id)
        check_ends_something(made, self.names, live_at)
        triples = stated(made, self.names, live_at)
        return self.add(
            made.id, made.type, triples, project=project, level=level, engine=engine, supersedes=supersedes
        )  # fmt: skip

    def act(
        self,
        record: str,
        kind: str,
        record_type: str,
        *descriptions: Description,
        also: Sequence[Triple] = (),
        project: str | None = None,
        supersedes: Sequence[str] = (),
        **said: Any,
    ) -> Entry:
        """Return the entry of an act upon the log, judged like any record; `also` is stated without being judged.

        `said` is what its leaf says of other records.
        """
        made = record_of(descriptions, self.names, given=record, supersedes=supersedes)
        sent = submission(
            record, record_type, stated(made, self.names), self.names,
            project=project, supersedes=supersedes, terms=self._gates.own.terms,
        )  # fmt: skip
        verdict = self._gates.judge(
            sent, self._known, held=self.ledger.holds, superseding=self.ledger.superseding, level="minimal"
        )
        if not verdict.accepted:
            raise IncompleteRecord(verdict.problems)
        entry = self._gates.entry(sent, verdict, level="minimal", kind=kind, **said)
        return replace(entry, lines=(*entry.lines, *lines_of(also)))

    def log(self, acts: Sequence[Entry]) -> None:
        """Keep `acts` together, and carry them out; what is not finished, the next to take the graph goes on with."""
        self.stores.append(acts)
        self.standing.read()
        carry_out(self.folder, self.names, self.stores, self.standing)

    def redact(
        self,
        node: str | NamedNode,
        relation: str,
        *,
        reason: str,
        value: str | None = None,
        by: str | Agent | None = None,
    ) -> Request:
        """Ask that a property of a thing, given by IRI, be taken out of every record, or one value of it.

        Nothing goes yet: another agent has to approve. `by` is who asks; unless given, whoever runs this process.
        """
        return requested(self, _iri(node), relation, reason=reason, value=value, by=by)

    def requests(self) -> list[Request]:
        """Return the redactions that were asked for and wait to be approved, the oldest first."""
        return requests(self.ledger, self.standing, self.names)

    def approve(self, request: str, *, by: str | Agent | None = None, alone: bool = False) -> Redacted:
        """Carry out a redaction that another agent asked for, and return what it took out.

        The value, its salt, and every copy in the graph's folder are gone when this returns. Raises `NotApproved` for
        the agent that asked; a graph that no other agent works with says so with `alone`, which is logged.
        """
        return approved(self, request, by=by, alone=alone)

    def decline(self, request: str, *, reason: str, by: str | Agent | None = None) -> None:
        """Log that a redaction which was asked for is not carried out, and why."""
        declined(self, request, reason=reason, by=by)

    def retain(self, project: str, days: int, *, by: str | Agent | None = None) -> Kept:
        """Log that the records of `project` are kept for so many days, in place of what held before."""
        return retained(self, project, days, by=by)

    @property
    def terms(self) -> OwnTerms:
        """The classes and properties of the graph's owner."""
        return self._gates.own.terms

    def _known(self, sent: Submission, gate: Gate) -> list[Triple]:
        withdrawn, known = self._withdrawn(sent), Waiting().known(sent, gate, self.stores.index)
        return [triple for triple in known if triple not in withdrawn]

    def _withdrawn(self, sent: Submission) -> set[Triple]:
        # A correction and what it takes back do not speak against each other, whichever comes first.
        return self.stores.without([*sent.supersedes, *self.ledger.superseding(sent.record)])

    def drain(self, *, workers: int | None = None) -> DrainReport:
        """Take in what training processes left in the spool, close the runs of those that died, and copy the index.

        So many `workers`, processes beside this one, help to judge; a few where there is much to do, if not said.
        """
        report = Draining(
            self.folder, self.names, self.stores, self._gates, self._rejected, self.live_at, workers
        ).run()
        self.snapshot()
        return report

    def snapshot(self) -> None:
        """Copy the index for readers, if they have not seen this state."""
        self.stores.snapshot()

    def rebuild(self) -> None:
        """Make the index anew from the ledger; questions get the same answers as before."""
        self.stores.rebuild()

    def live_at(self, record_id: str) -> Callable[[NamedNode, NamedNode], Sequence[NamedNode]]:
        """Return what tells which deployments a record ends: those live now, or, sent again, those it ended then."""
        index, kept = self.stores.index, self.ledger.find(record_id)
        if kept is None:
            return index.live_deployments
        said = triples_of(kept.lines)
        ended = {triple.subject for triple in said if triple.predicate == vocabulary.prov_wasInvalidatedBy}
        return lambda endpoint, stage: [node for node in index.deployments(endpoint, stage) if node in ended]


def _iri(node: str | NamedNode) -> NamedNode:
    if isinstance(node, NamedNode):
        return node
    try:
        return NamedNode(node)
    except ValueError:
        raise UnknownThing(f"{node!r} is no IRI; names are looked up by provkg.open(...).resolve(name)") from None
