"""What is to be archived or purged by a date: SPARQL 1.1 adds no days to a time."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from pyoxigraph import Literal

from provkg.answers.asked import Asked, Row
from provkg.errors import BadParameter
from provkg.literals import literal, python_value
from provkg.sparql import substitute
from provkg.vocabulary import (
    Project,
    archiveAfterDays,
    describes,
    hasPolicy,
    idempotencyKey,
    inProject,
    recordedAt,
    recordType,
    retentionDays,
)

ACTIONS: Final = {"archive": archiveAfterDays, "purge": retentionDays}
_COVERED: Final = f"""
SELECT DISTINCT ?record ?key ?type ?recorded ?policy ?covers ?days WHERE {{
  ?policy ?_days ?days . ?covers {hasPolicy} ?policy .
  GRAPH ?_ledger {{
    {{ ?record {inProject} ?covers }} UNION {{ ?record {describes} ?covers }}
    ?record {idempotencyKey} ?key ; {recordType} ?type ; {recordedAt} ?recorded .
    BIND(EXISTS {{ ?record {inProject} ?covers }} AS ?member)
  }}
  # Records of many projects tell of a project; its policy is for its own.
  FILTER(?member || NOT EXISTS {{ ?covers a {Project} }})
}}"""


def rows(asked: Asked) -> Iterator[Row]:
    """Yield what is due, the earliest first."""
    by, only, ledger = asked.moment("by") or datetime.now(UTC), asked.text("action"), asked.index.ledger_graph
    if only not in {None, *ACTIONS}:
        raise BadParameter(f"action is {only!r}; take one of {', '.join(ACTIONS)}")
    standing, found = _standing(asked), list[tuple[datetime, str, str, Row]]()
    for action, days in ACTIONS.items():
        if ledger is None or only not in {None, action}:
            continue
        query = substitute(_COVERED, {"_days": days, "_ledger": ledger})
        for record, key, kind, recorded, policy, covers, count in asked.index.query(query).rows:
            due = _added(recorded, count)
            if due is not None and due <= by and (standing is None or getattr(key, "value", "") in standing):
                said = {"record": record, "key": key, "type": kind, "recorded": recorded, "policy": policy}
                row: Row = {**said, "covers": covers, "due": literal(due), "action": Literal(action)}
                found.append((due, action, f"{record} {policy} {covers}", row))
    yield from (row for *_, row in sorted(found, key=lambda each: each[:3]))


def _added(recorded: object, days: object) -> datetime | None:
    if not isinstance(recorded, Literal) or not isinstance(days, Literal):
        return None
    since, count = python_value(recorded), python_value(days)
    try:
        return since + timedelta(days=count) if isinstance(since, datetime) and isinstance(count, int) else None
    except OverflowError:
        return None  # kept for longer than there are dates


def _standing(asked: Asked) -> Container[str] | None:
    """Return the ids of the records that something is left to do with: not purged, and no acts upon the ledger."""
    if asked.folder is None:
        return None
    with asked.ledger() as ledger:
        acts = {act.leaf.record for act in ledger.acts()}
        return {leaf.record for _, leaf in ledger.with_text()} - acts
