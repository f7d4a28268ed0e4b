"""What is to be archived or purged by a date: SPARQL 1.1 adds no days to a time."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from provkg.answers.asked import Asked, Row
from provkg.errors import BadParameter
from provkg.index import ReadIndex
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
_LAID: Final = f"""
SELECT DISTINCT ?policy ?covers ?days ?project WHERE {{
  ?policy ?_days ?days . ?covers {hasPolicy} ?policy .
  BIND(EXISTS {{ ?covers a {Project} }} AS ?project)
}}"""
_RECEIVED: Final = f"""
SELECT ?record ?recorded WHERE {{
  {{ SELECT DISTINCT ?record WHERE {{ GRAPH ?_ledger {{ %s }} }} }}
  GRAPH ?_ledger {{ ?record {recordedAt} ?recorded }}
}}"""
_MEMBERS: Final = f"?record {inProject} ?_covers"
# Records of many projects tell of a project; its policy is for its own.
_TELLING: Final = f"{{ {_MEMBERS} }} UNION {{ ?record {describes} ?_covers }}"
_NAMED: Final = f"""
SELECT ?record ?key ?type WHERE {{
  VALUES ?record {{ %s }}
  GRAPH ?_ledger {{ ?record {idempotencyKey} ?key ; {recordType} ?type }}
}}"""
_AT_ONCE: Final = 200
"""Records that are named in one query."""


class _Due(NamedTuple):
    """One record that a policy covers."""

    due: datetime
    action: str
    record: NamedNode
    recorded: Literal
    policy: NamedNode
    covers: NamedNode

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Where it stands among the others: the earliest first."""
        return self.due, self.action, f"{self.record} {self.policy} {self.covers}"

    def row(self, named: Row) -> Row:
        said: Row = {"recorded": self.recorded, "policy": self.policy, "covers": self.covers}
        return {**named, **said, "due": literal(self.due), "action": Literal(self.action)}


def rows(asked: Asked) -> Iterator[Row]:
    """Yield what is due, the earliest first."""
    by, only, ledger = asked.moment("by") or datetime.now(UTC), asked.text("action"), asked.index.ledger_graph
    if only not in {None, *ACTIONS}:
        raise BadParameter(f"action is {only!r}; take one of {', '.join(ACTIONS)}")
    if ledger is None:
        return
    actions = [action for action in ACTIONS if only in {None, action}]
    found = [due for action in actions for due in _covered(asked.index, ledger, action) if due.due <= by]
    standing = _standing(asked)
    for due, named in _named(asked.index, ledger, sorted(found, key=lambda each: each.place)):
        if standing is None or getattr(named["key"], "value", "") in standing:
            yield due.row(named)


def _covered(index: ReadIndex, ledger: NamedNode, action: str) -> Iterator[_Due]:
    """Yield every record under a policy that says after how many days the action is due."""
    for policy, covers, days, project in index.query(substitute(_LAID, {"_days": ACTIONS[action]})).rows:
        if not isinstance(policy, NamedNode) or not isinstance(covers, NamedNode):
            continue
        members = _MEMBERS if project == literal(value=True) else _TELLING
        query = substitute(_RECEIVED % members, {"_ledger": ledger, "_covers": covers})
        for record, recorded in index.query(query).rows:
            due = _added(recorded, days)
            if due is not None and isinstance(record, NamedNode) and isinstance(recorded, Literal):
                yield _Due(due, action, record, recorded, policy, covers)


def _named(index: ReadIndex, ledger: NamedNode, found: Sequence[_Due]) -> Iterator[tuple[_Due, Row]]:
    """Yield what was found with its key and type; no more are looked up than are read, and a few."""
    left = iter(found)
    while piece := list(islice(left, _AT_ONCE)):
        listed = " ".join(dict.fromkeys(str(due.record) for due in piece))
        answer = index.query(substitute(_NAMED % listed, {"_ledger": ledger}))
        named = {row[0]: dict(zip(answer.columns, row, strict=True)) for row in answer.rows}
        yield from ((due, named[due.record]) for due in piece if due.record in named)


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
