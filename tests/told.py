"""A story in a graph's folder, kept as if its records had come at given times: answers that the ledger gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from provkg.entailment import closed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.canonical import lines_of, normalised
from provkg.graph.schema import ontology_version, shapes_digest
from provkg.ledger import Entry, Ledger
from provkg.literals import date_time_text

SALT = b"thirty-two bytes for these tests"
FIRST_RECEIVED = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """A record as a test tells it; unless said otherwise it comes a minute after the one before it."""

    name: str
    type: str
    triples: tuple[Triple, ...]
    received: datetime | None = None
    emitter: str = "trainer"
    level: str = "minimal"
    warnings: int = 0
    project: str | None = None
    supersedes: tuple[str, ...] = ()


def keep(place: Path, base: str, records: Iterable[Told]) -> Folder:
    """Make a graph of `records` at `place`, with a signed checkpoint over them and a snapshot to read."""
    folder = keep_ledger(place, base, records)
    with KnowledgeGraph.hold(folder) as graph:
        graph.snapshot()
    return folder


def keep_ledger(place: Path, base: str, records: Iterable[Told]) -> Folder:
    """Make a graph at `place` of which there is the ledger only."""
    folder = Folder.create(place, base=base)
    # The same names in every run.
    (folder.keys / "salt").write_bytes(SALT)
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([_entry(record, position) for position, record in enumerate(records)])
    return folder


def readable(folder: Folder, records: Iterable[Told]) -> dict[NamedNode, NamedNode]:
    """Return the keyed IRIs of records and projects, each with one that a person can read in an expected answer."""
    names, known = folder.names, list(records)
    pairs = {("record", record.name) for record in known} | {("project", each.project) for each in known}
    return {names.iri(kind, [name]): NamedNode(f"{folder.base}{kind}/{name}") for kind, name in pairs if name}


def _entry(record: Told, position: int) -> Entry:
    received = record.received or FIRST_RECEIVED + timedelta(minutes=position)
    return Entry(
        record=record.name, type=record.type, lines=tuple(lines_of(normalised(closed(record.triples)))),
        schema=ontology_version(), level=record.level, shapes=shapes_digest(), warnings=record.warnings,
        emitter=record.emitter, received=date_time_text(received), project=record.project,
        supersedes=record.supersedes,
    )  # fmt: skip
