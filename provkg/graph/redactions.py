"""Asking for a redaction and approving it, in a graph that this process holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary as v
from provkg.capture.agents import involved
from provkg.capture.defaults import defaults
from provkg.errors import BadParameter, StorageFailed
from provkg.folder import Folder
from provkg.gate.own_terms import NO_TERMS
from provkg.graph.redacting import (
    DECLINED,
    REDACTION,
    REQUEST,
    Redacted,
    Request,
    acting,
    asking,
    check_approver,
    declined_id,
    declining,
    new_id,
    requests,
)
from provkg.graph.standing import Standing
from provkg.graph.targets import Target, parts, property_of, target
from provkg.ledger import Entry, Ledger
from provkg.ledger.acts import places
from provkg.records import Agent

if TYPE_CHECKING:
    from provkg.graph.knowledge_graph import KnowledgeGraph

SPARE_BYTES: Final = 16 << 20
SHOWN: Final = 20
DIGESTS_OF_A_LEAF: Final = 8


def requested(
    graph: KnowledgeGraph, node: NamedNode, relation: str, *, reason: str, value: str | None, by: str | Agent | None
) -> Request:
    """Log a request and return it; nothing is taken out."""
    found = property_of(graph.ledger, node, relation)
    wanted = target(graph.ledger, node, found, graph.terms, None if value is None else [value])
    if not wanted.found:
        raise BadParameter(f"no record says that value of {node.value}; compare with: provkg show {node.value}")
    asker = who(by)
    id_ = new_id()
    chosen = None if wanted.whole else wanted.values
    # All that is asked for need not be named: what it speaks of is looked up again when it is approved.
    named = parts(wanted)[0]
    act = graph.act(
        id_, REDACTION, REQUEST, asking(id_, wanted, reason, asker),
        asks=places(named.items()), closes=tuple(graph.standing.closing(node, found, chosen)),
    )  # fmt: skip
    graph.log([act])
    return next(each for each in graph.requests() if each.id == id_)


def waiting(folder: Folder) -> list[Request]:
    """Return the requests that wait to be approved in the graph in `folder`, whoever holds it."""
    if Ledger.size_at(folder.ledger) == 0:
        return []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return requests(ledger, Standing(ledger, folder.names.salt, NO_TERMS), folder.names)


def approved(graph: KnowledgeGraph, id_: str, *, by: str | Agent | None, alone: bool) -> Redacted:
    """Log a redaction that was asked for and carry it out."""
    request = _request(graph, id_)
    approver = who(by)
    asked_alone = request.asked_by == approver.iri(graph.names)
    check_approver(request, approver.iri(graph.names), _working_here(graph), alone=alone)
    # What waits in the spool may say it, too.
    graph.drain()
    wanted = _wanted(graph, request)
    check_room(graph)
    also = _also_said(graph, wanted)
    graph.log([*_acts(graph, request, wanted, approver, alone=asked_alone)])
    return Redacted(request.id, wanted.statements, len(wanted.found), also, graph.stores.snapshots.outdated())


def declined(graph: KnowledgeGraph, id_: str, *, reason: str, by: str | Agent | None) -> None:
    """Log that a request is not followed; what it asks for stays."""
    request = _request(graph, id_)
    act = graph.act(declined_id(id_), REDACTION, DECLINED, declining(request, reason, who(by)))
    graph.log([act])


def who(said: str | Agent | None) -> Agent:
    """Return the agent that acts: the one named, else whoever started this process."""
    return involved(defaults().agent if said is None else said).triggered_by


def _request(graph: KnowledgeGraph, id_: str) -> Request:
    waiting = graph.requests()
    found = next((each for each in waiting if each.id == id_), None)
    if found is None:
        listed = ", ".join(each.id for each in waiting) or "none"
        raise BadParameter(f"no redaction {id_!r} waits to be approved; waiting are: {listed}")
    return found


def _wanted(graph: KnowledgeGraph, request: Request) -> Target:
    return target(graph.ledger, request.node, request.relation, graph.terms, request.values)


def _acts(graph: KnowledgeGraph, request: Request, wanted: Target, by: Agent, *, alone: bool) -> Iterable[Entry]:
    chosen = None if wanted.whole else wanted.values
    closes = graph.standing.closing(wanted.node, wanted.relation, chosen, wanted.qualified)
    closing = [tuple(closes[at : at + DIGESTS_OF_A_LEAF]) for at in range(0, len(closes), DIGESTS_OF_A_LEAF)]
    absent = [Triple(wanted.node, v.declaredAbsent, wanted.relation)] if _nothing_left(graph, wanted) else []
    at = datetime.now(UTC)
    for number, (part, digests) in enumerate(zip_longest(parts(wanted), closing), start=1):
        found = part or {}
        yield graph.act(
            f"{request.id}-{number}", REDACTION, REDACTION,
            *acting(request, wanted, list(found or parts(wanted)[0]), graph.ledger, by, at, alone=alone),
            also=absent, erases=places(found.items()), closes=digests,
        )  # fmt: skip


def _nothing_left(graph: KnowledgeGraph, wanted: Target) -> bool:
    rest = target(graph.ledger, wanted.node, wanted.relation, graph.terms)
    return rest.values <= wanted.values


def _also_said(graph: KnowledgeGraph, wanted: Target) -> tuple[Triple, ...]:
    """Return what else the graph states with the same values: it stays, unless somebody asks for that, too."""
    found = (each for value in wanted.values for each in graph.stores.index.saying(value, most=SHOWN))
    return tuple(each for each in found if each.subject != wanted.node and each not in wanted.qualified)[:SHOWN]


def _working_here(graph: KnowledgeGraph) -> set[NamedNode]:
    """Return the people who started runs here, or asked for redactions."""
    return graph.stores.index.people_in(v.triggeredBy) | {each.asked_by for each in graph.requests()}


def check_room(graph: KnowledgeGraph) -> None:
    """Raise `StorageFailed` where the ledger and the index cannot be written anew: then nothing is begun."""
    needed = 3 * graph.ledger.path.stat().st_size + 2 * _bytes_in(graph) + SPARE_BYTES
    free = shutil.disk_usage(graph.folder.path).free
    if free < needed:
        raise StorageFailed(
            f"to take text out, ledger and index are written anew, which needs {needed:,} bytes on the disk that holds "
            f"{graph.folder.path}, and {free:,} are free; make room and try again"
        )


def _bytes_in(graph: KnowledgeGraph) -> int:
    return sum(map(_size, graph.folder.index.rglob("*")))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # the store merges its files when it likes
        return 0
