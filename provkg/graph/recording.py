"""A record for a graph that this process need not hold: it is kept here, or by whoever holds the graph."""

from collections.abc import Sequence
from typing import Final

from provkg.capture.spool import Outcome
from provkg.errors import GraphHeld, IncompleteRecord, RecordConflict
from provkg.folder import Folder
from provkg.graph.admitting import Admission
from provkg.graph.describing import record_of
from provkg.graph.handing_over import handed_over
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.ledger import Ledger
from provkg.records import Description, Record, Stated

PATIENCE: Final = 0.2
"""Seconds in which a graph that somebody only looks into is let go."""


def recorded(
    folder: Folder,
    descriptions: Sequence[Description],
    *,
    id: str | None,  # noqa: A002 - the word of the record
    project: str | None,
    level: str | None,
    supersedes: Sequence[str],
    wait: float,
) -> Admission:
    """Keep `descriptions` as one record and return its admission, as `KnowledgeGraph.record` does.

    While another process holds the graph, the record goes to it through the spool; raises `GraphHeld` when its verdict
    does not come within `wait` seconds.
    """
    try:
        graph = KnowledgeGraph.hold(folder, wait=min(wait, PATIENCE))
    except GraphHeld as error:
        made = record_of(descriptions, folder.names, given=id, supersedes=supersedes)
        # How it is to be judged travels with it.
        said = made.descriptions if level is None else (*made.descriptions, Stated(lines=(), level=level))
        return _by_the_holder(folder, Record(made.id, made.type, said, project, made.supersedes), wait, error.holder)
    with graph:
        admission = graph.record(*descriptions, id=id, project=project, level=level, supersedes=supersedes)
        graph.drain()
    return admission


def _by_the_holder(folder: Folder, record: Record, wait: float, holder: str) -> Admission:
    outcome = handed_over(folder, [record], wait).get(record.id)
    if outcome is None:
        raise GraphHeld(
            f"the record waits in {folder.spool}, because {folder.path} is held by {holder}; "
            f"when that has ended, take it in with: provkg sync --store {folder.path}",
            holder,
        )
    return _admission(folder, outcome)


def _admission(folder: Folder, outcome: Outcome) -> Admission:
    if outcome.verdict == "conflict":
        raise RecordConflict("; ".join(outcome.messages))
    if not outcome.kept:
        raise IncompleteRecord(outcome.messages)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        kept = ledger.find(outcome.record)
    position = -1 if kept is None else kept.position
    return Admission(record=outcome.record, position=position, duplicate=outcome.verdict == "duplicate")
