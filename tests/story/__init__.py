"""The worked story: how Orchard & Sons came to grade apples, one Turtle file a record, used by tests everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.index import ReadIndex
from provkg.index.dependencies import Dependencies
from provkg.literals import literal

if TYPE_CHECKING:
    from provkg.graph import KnowledgeGraph

FOLDER = Path(__file__).parent
BASE = "https://example.org/kg/"
LEDGER_GRAPH = NamedNode(f"{BASE}graph/ledger")
FIRST_RECORDED = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
# What `pvk:describes` leaves out: nodes that many records repeat.
SHARED = {
    vocabulary.ArtifactFile,
    vocabulary.ParameterSetting,
    vocabulary.Environment,
    vocabulary.SoftwareEnvironment,
    vocabulary.HardwareConfiguration,
    vocabulary.Accelerator,
    vocabulary.SoftwarePackage,
}


@dataclass(frozen=True)
class StoryRecord:
    """One record of the story; `triples` are as its file states them."""

    name: str
    type: str
    triples: tuple[Triple, ...]


@cache
def records() -> tuple[StoryRecord, ...]:
    """Return the records in the order in which they were told."""
    files = sorted(FOLDER.glob("*.ttl"))
    assert files, f"{FOLDER} holds no records"
    return tuple(_record(file) for file in files)


def store(without: Iterable[Triple] = (), also: Iterable[Triple] = ()) -> Store:
    """Return the story as an index holds it: closed and merged, with `dependsOn`, and what is said about its records.

    `without` are stated triples to leave out, `also` some to add.
    """
    missing = set(without)
    told = Store()
    stated = {triple for record in records() for triple in record.triples}
    assert missing <= stated, f"the story does not say {missing - stated}"
    merged = closed([triple for triple in dict.fromkeys((*_stated(), *also)) if triple not in missing])
    told.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in merged)
    dependencies = Dependencies(told)
    dependencies.refresh(dependencies.touched(merged), all_stay=True)
    about = (triple for position, record in enumerate(records()) for triple in _about(position, record))
    told.extend(Quad(triple.subject, triple.predicate, triple.object, LEDGER_GRAPH) for triple in about)
    return told


def index(without: Iterable[Triple] = (), also: Iterable[Triple] = ()) -> ReadIndex:
    """Return the story as something to ask."""
    return ReadIndex(FOLDER, len(records()), store(without, also), -1)


def index_of_nothing() -> ReadIndex:
    """Return an empty index."""
    return ReadIndex(FOLDER, 0, Store(), -1)


def tell(graph: KnowledgeGraph) -> None:
    """Write the story into a knowledge graph whose base is the story's."""
    for record in records():
        graph.add(record.name, record.type, list(record.triples))


def thing(local: str) -> NamedNode:
    """Return the story's IRI of `local`, for example `model-version/apple-grader-2`."""
    return NamedNode(BASE + local)


def _stated() -> Iterator[Triple]:
    return (triple for record in records() for triple in record.triples)


def _record(file: Path) -> StoryRecord:
    text = file.read_text("utf-8")
    said = "# record type: "
    type_ = next(line.removeprefix(said) for line in text.splitlines() if line.startswith(said))
    triples = tuple(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    return StoryRecord(file.stem, type_, triples)


def _about(position: int, record: StoryRecord) -> Iterator[Triple]:
    subject = thing(f"record/{record.name}")
    yield Triple(subject, vocabulary.rdf_type, vocabulary.Record)
    yield Triple(subject, vocabulary.recordType, literal(record.type))
    yield Triple(subject, vocabulary.sequenceNumber, literal(position))
    yield Triple(subject, vocabulary.recordedAt, literal(FIRST_RECORDED + timedelta(minutes=position)))
    typed = (triple for triple in closed(record.triples) if triple.predicate == vocabulary.rdf_type)
    shared = {triple.subject for triple in typed if triple.object in SHARED}
    for described in dict.fromkeys(triple.subject for triple in record.triples):
        if described not in shared:
            yield Triple(subject, vocabulary.describes, described)
