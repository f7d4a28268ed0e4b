"""What answers say of a record: what it is called, who wrote it, and when it was kept."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.answers.asked import Asked
from provkg.graph.canonical import triples_of
from provkg.graph.following import record_iri, writer_of
from provkg.ledger import StoredEntry
from provkg.literals import DATE_TIME, literal
from provkg.questions import called

Facts = dict[str, NamedNode | Literal]
_BY: frozenset[NamedNode] = frozenset({v.prov_wasAssociatedWith, v.prov_wasAttributedTo})


def facts_of(entry: StoredEntry, asked: Asked) -> Facts:
    """Return the columns `record`, `type`, `writer`, `by`, `recorded` and `position` of the record in `entry`."""
    leaf, names = entry.leaf, asked.kept.names
    return {
        "record": record_iri(leaf.record, names),
        "type": Literal(leaf.type),
        "writer": Literal(writer_of(leaf, names)),
        "by": Literal(_people(triples_of(entry.lines), asked)),
        "recorded": Literal(leaf.received, datatype=DATE_TIME),
        "position": literal(entry.position),
    }


def _people(said: Iterable[Triple], asked: Asked) -> str:
    """Return what the agents are called that a record holds responsible for what it tells."""
    agents = {t.object for t in said if t.predicate in _BY and isinstance(t.object, NamedNode)}
    names = called(asked.index, agents)
    return ", ".join(sorted(names.get(agent.value, agent.value) for agent in agents))
