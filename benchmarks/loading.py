"""Graphs of generated runs: ledger and index as they are in use, but loaded without judging each record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Triple

from benchmarks.runs import generated
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.gate import Verdict
from provkg.graph import KnowledgeGraph
from provkg.graph.admitting import Gates, submission
from provkg.ledger import Entry
from provkg.records import Deployment, Record, statements

GROUP = 256
BASE = "https://example.org/kg/"


def loaded(path: Path, runs: int) -> Folder:
    """Return the graph of `runs` generated runs at `path`, made unless it is there; its gate is left out."""
    ready = path / "ready"
    folder = Folder.create(path, base=BASE)
    if not ready.exists():
        with KnowledgeGraph.hold(folder) as graph:
            for entries in _groups(graph, runs):
                graph.stores.append(entries)
            graph.snapshot()
        ready.touch()
    return folder


def entry_of(record: Record, graph: KnowledgeGraph, gates: Gates) -> Entry:
    """Return what the ledger keeps of `record`, as if the gate had had nothing to say."""
    stated = statements(record, graph.names, graph.live_at(record.id))
    sent = submission(record.id, record.type, stated, graph.names, emitter="benchmark", project=record.project)
    return gates.entry(sent, Verdict.of([]))


def said(records: Iterator[Record], graph: KnowledgeGraph) -> Iterator[list[Triple]]:
    """Yield the closed statements of each record."""
    return (closed(statements(record, graph.names)) for record in records)


def _groups(graph: KnowledgeGraph, runs: int) -> Iterator[list[Entry]]:
    gates, group = Gates(graph.folder, graph.names), list[Entry]()
    for record in generated(runs):
        # What a deployment replaces is looked up in the index, which must have seen what came before.
        if group and (len(group) >= GROUP or any(isinstance(each, Deployment) for each in record.descriptions)):
            yield group
            group = []
        group.append(entry_of(record, graph, gates))
    yield group
