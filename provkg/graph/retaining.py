"""How long the records of a project are kept: policies are acts of the log, and what is due follows from them."""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from provkg import vocabulary as v
from provkg.errors import BadParameter
from provkg.graph.canonical import triples_of
from provkg.graph.redactions import who
from provkg.ledger import Leaf, Ledger
from provkg.ledger.acts import RETENTION
from provkg.records import Agent, Project, RetentionPolicy

if TYPE_CHECKING:
    from provkg.graph.knowledge_graph import KnowledgeGraph

POLICY: Final = "retention-policy"
# A year of law is at least as long as any: the one of the Gregorian calendar, rounded up with the days.
_DAYS: Final = {"d": 1.0, "w": 7.0, "m": 365.2425 / 12, "y": 365.2425}
_SPAN: Final = re.compile(r"(\d{1,6})\s*([dwmy])(?:ays?|eeks?|onths?|ears?)?")


@dataclass(frozen=True)
class Kept:
    """The policy of a project: its records are kept for so many days after they were received."""

    project: str
    days: int
    record: str
    since: str


@dataclass(frozen=True)
class Due:
    """A record whose time is over, since `until`."""

    position: int
    record: str
    type: str
    project: str
    received: datetime
    until: datetime


def days_of(text: str) -> int:
    """Return the days that `7y`, `18m`, `6w` or `90d` are, at least; raises `BadParameter` for anything else."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise BadParameter(f"{text!r} is no time to keep records; write it like 7y, 18m, 6w or 90d")
    return math.ceil(int(found[1]) * _DAYS[found[2]])


def retained(graph: KnowledgeGraph, project: str, days: int, *, by: str | Agent | None) -> Kept:
    """Log that the records of `project` are kept for `days`, in place of what held before."""
    if days < 0 or not project.strip():
        raise BadParameter("a policy names a project and a number of days, 0 or more")
    policy = RetentionPolicy(
        title=f"records of {project} are kept for {days} days", retention_days=days,
        absent=("archiveAfterDays",), attributed_to=(who(by),),
    )  # fmt: skip
    before = policies(graph.ledger).get(project)
    id_ = f"{RETENTION}-{secrets.token_hex(4)}"
    act = graph.act(
        id_, RETENTION, POLICY, Project(name=project, policies=(policy,)),
        project=project, supersedes=() if before is None else (before.record,),
    )  # fmt: skip
    graph.log([act])
    return policies(graph.ledger)[project]


def policies(ledger: Ledger) -> dict[str, Kept]:
    """Return the policies that hold, by project."""
    found: dict[str, Kept] = {}
    for act in ledger.acts():
        if act.leaf.type == POLICY and act.leaf.project is not None:
            days = next(t.object for t in triples_of(act.lines) if t.predicate == v.retentionDays)
            if isinstance(days, Literal):
                kept = Kept(act.leaf.project, int(days.value), act.leaf.record, act.leaf.received)
                found[act.leaf.project] = kept
    return dict(sorted(found.items()))


def due(ledger: Ledger, at: datetime | None = None) -> list[Due]:
    """Return the records whose time is over at `at`, now unless given, and whose text is still there."""
    return list(_due(ledger, at or datetime.now(UTC)))


def _due(ledger: Ledger, at: datetime) -> Iterator[Due]:
    kept = policies(ledger)
    for position, leaf in ledger.with_text() if kept else ():
        policy = kept.get(leaf.project or "")
        if policy is not None and leaf.kind == "record":
            received = received_at(leaf)
            until = received + timedelta(days=policy.days)
            if until <= at:
                yield Due(position, leaf.record, leaf.type, policy.project, received, until)


def received_at(leaf: Leaf) -> datetime:
    """Return when the record of `leaf` came into the ledger."""
    return datetime.fromisoformat(leaf.received)
