"""Redaction in two steps by two people: one asks and says why, another one carries it out; both are logged."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.errors import BadParameter, NotApproved
from provkg.gate.own_terms import NO_TERMS
from provkg.graph.canonical import triples_of
from provkg.graph.standing import Standing
from provkg.graph.targets import Target, local_name, target, text_of
from provkg.identity import Names
from provkg.ledger import Ledger, StoredEntry
from provkg.records import Activity, Agent, Description, InRole, Redaction
from provkg.records.description import Iri

REQUEST: Final = "redaction-request"
REDACTION: Final = "redaction"
DECLINED: Final = "redaction-declined"
RISK: Final = (
    "The text and its salt are gone from this graph; known remain the thing, the property, and that there was a value. "
    "Backups and copies that were exported before may still hold it."
)


@dataclass(frozen=True)
class Request:
    """A redaction that was asked for; `asked_by` is the agent's IRI, `records` how many state what is to go.

    `values` are those that are to go, or None for all.
    """

    id: str
    node: NamedNode
    relation: NamedNode
    values: frozenset[str] | None
    records: int
    reason: str
    asked_by: NamedNode
    asked_at: str

    @property
    def whole(self) -> bool:
        """Whether every value is to go."""
        return self.values is None


@dataclass(frozen=True)
class Redacted:
    """What a redaction took out; `also` are other statements that the graph makes with the same values."""

    id: str
    statements: int
    records: int
    also: tuple[Triple, ...] = ()
    copies: int = 0
    """Old copies of the index that somebody still reads; they go when that ends."""


def new_id() -> str:
    """Return the id of another request."""
    return f"{REDACTION}-{secrets.token_hex(4)}"


def asking(id_: str, wanted: Target, reason: str, by: Agent) -> Activity:
    """Return the description of a request; raises `BadParameter` for a reason that would keep the value."""
    if not reason.strip():
        raise BadParameter("a redaction needs a reason; give it with --reason")
    if any(len(text := text_of(value)) > 1 and text in reason for value in wanted.values):
        raise BadParameter("the reason holds the very value that is to go, and a reason stays; say it without")
    return Activity(
        authority=REDACTION, id=id_, title=f"request to redact {local_name(wanted.relation)}", rationale=reason,
        roles=(InRole(agent=by, role="trigger"),), started=datetime.now(UTC),
    )  # fmt: skip


def acting(
    request: Request,
    wanted: Target,
    positions: Sequence[int],
    ledger: Ledger,
    by: Agent,
    at: datetime,
    *,
    alone: bool,
) -> tuple[Description, ...]:
    """Return the description of a redaction of the records at `positions`, a part of those of `wanted`."""
    asker = Iri(request.asked_by.value)
    said = " It was asked for and approved by the same agent, as the only one of this graph." if alone else ""
    records = tuple(ledger.entry(position).leaf.record for position in positions)
    return (
        Redaction(
            authority=REDACTION, id=f"{request.id}-done", title=f"redaction of {local_name(wanted.relation)}",
            redacts=records, anonymization_methods=("suppression",), reidentification_risk=RISK,
            rationale=request.reason + said, informed_by=(Activity(authority=REDACTION, id=request.id).reference(),),
            roles=(InRole(agent=asker, role="trigger"), InRole(agent=by, role="approver")),
            started=_time(request.asked_at), ended=at,
        ),
    )  # fmt: skip


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def requests(ledger: Ledger, standing: Standing, names: Names) -> list[Request]:
    """Return the requests that nobody has carried out, the oldest first."""
    asked = [act for act in ledger.acts() if act.leaf.type == REQUEST and not _is_answered(act.leaf.record, ledger)]
    return [found for act in asked if (found := _request(act, ledger, standing, names)) is not None]


def _is_answered(id_: str, ledger: Ledger) -> bool:
    return ledger.holds(f"{id_}-1") or ledger.holds(declined_id(id_))


def declined_id(id_: str) -> str:
    """Return the id of the act that declines a request."""
    return f"{id_}-declined"


def declining(request: Request, reason: str, by: Agent) -> Activity:
    """Return the description of an act that declines a request; raises `BadParameter` without a reason."""
    if not reason.strip():
        raise BadParameter("declining needs a reason; give it with --reason")
    return Activity(
        authority=REDACTION, id=declined_id(request.id), title=f"declined: redaction of {local_name(request.relation)}",
        rationale=reason, roles=(InRole(agent=by, role="approver"),), ended=datetime.now(UTC),
        informed_by=(Activity(authority=REDACTION, id=request.id).reference(),),
    )  # fmt: skip


def _request(act: StoredEntry, ledger: Ledger, standing: Standing, names: Names) -> Request | None:
    said = triples_of(act.lines)
    activity = Activity(authority=REDACTION, id=act.leaf.record).iri(names)
    told = {t.predicate: t.object for t in said if t.subject == activity}
    by = next((t.object for t in said if t.subject == activity and t.predicate == v.prov_wasAssociatedWith), None)
    meant = _meant(act, ledger, standing)
    if meant is None or not isinstance(by, NamedNode):
        return None  # what it asks for went with another one
    node, relation, values = meant
    found = target(ledger, node, relation, NO_TERMS, values).found
    return Request(
        act.leaf.record,
        node,
        relation,
        values,
        len(found),
        text_of(told.get(v.rationale, Literal(""))),
        by,
        act.leaf.received,
    )


def _meant(
    act: StoredEntry, ledger: Ledger, standing: Standing
) -> tuple[NamedNode, NamedNode, frozenset[str] | None] | None:
    """Return thing, property and, where not all are meant, values of which a request speaks: its digests tell which."""
    closes, values = set(act.leaf.closes or ()), set[str]()
    meant: tuple[NamedNode, NamedNode] | None = None
    for node, relation, value in _asked(act, ledger):
        if standing.digest(node, relation) in closes and isinstance(node, NamedNode):
            return node, relation, None
        if standing.digest(node, relation, value) in closes and isinstance(node, NamedNode):
            meant = node, relation
            values.add(text_of(value))
    return None if meant is None else (*meant, frozenset(values))


def _asked(act: StoredEntry, ledger: Ledger) -> list[Triple]:
    """Return the statements that a request names, as far as they are still there."""
    rows = [ledger.payload(position)[first : last + 1] for position, first, last in act.leaf.asks or ()]
    return triples_of(line for part in rows for _, _, line in part if line is not None)


def check_approver(request: Request, by: NamedNode, others: Iterable[NamedNode], *, alone: bool) -> None:
    """Raise `NotApproved` unless another agent approves than the one who asked, or there is no other."""
    others = set(others) - {request.asked_by}
    if by != request.asked_by:
        return
    if not alone:
        raise NotApproved(
            f"{request.id} was asked for by the same agent; another one has to approve it. Where this graph has no "
            "other, say so with --alone, which is logged"
        )
    if others:
        raise NotApproved(
            f"{len(others)} other agent(s) work with this graph, so that --alone does not hold; let one of them "
            f"approve {request.id}"
        )
