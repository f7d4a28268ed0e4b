"""A worked company: Harbour Credit scores loans and sorts letters; every question of the library has an answer here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.graph.following import described
from provkg.index.dependencies import Dependencies
from provkg.literals import literal
from tests.company.record_files import BASE, FOLDER, PREFIXES, CompanyRecord, digested, records

if TYPE_CHECKING:
    from provkg.graph import KnowledgeGraph

__all__ = [
    "BASE",
    "FOLDER",
    "LEDGER_GRAPH",
    "PREFIXES",
    "CompanyRecord",
    "digested",
    "records",
    "stated",
    "store",
    "tell",
    "thing",
]

LEDGER_GRAPH = NamedNode(f"{BASE}graph/ledger")


def stated() -> dict[Triple, None]:
    """Return what live records state: what a record says that another supersedes goes, unless others say it too."""
    gone = {name for record in records() for name in record.supersedes}
    return {triple: None for record in records() if record.name not in gone for triple in record.triples}


def store(triples: Iterable[Triple]) -> Store:
    """Return `triples` as an index holds them: closed and merged, with `dependsOn`, and what is said about records."""
    told = Store()
    merged = closed(triples)
    told.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in merged)
    dependencies = Dependencies(told)
    dependencies.refresh(dependencies.touched(merged), all_stay=True)
    about = closed(triple for position, record in enumerate(records()) for triple in _about(position, record))
    told.extend(Quad(triple.subject, triple.predicate, triple.object, LEDGER_GRAPH) for triple in about)
    return told


def tell(graph: KnowledgeGraph) -> None:
    """Write the company into a knowledge graph whose base is the company's."""
    for each in records():
        graph.add(
            each.name,
            each.type,
            list(each.triples),
            emitter=each.emitter,
            project=each.project,
            supersedes=each.supersedes,
        )


def thing(local: str) -> NamedNode:
    """Return the company's IRI of `local`, for example `model-version/scorer-2`."""
    return NamedNode(BASE + local)


def _about(position: int, record: CompanyRecord) -> Iterator[Triple]:
    """Say of a record what the index says of each (`provkg/graph/following.py`)."""
    subject, report, commit = (
        thing(f"{kind}/{record.name}") for kind in ("record", "validation-report", "record-commit")
    )
    writer = thing(f"service-account/provkg/{record.emitter}")
    yield from (Triple(subject, v.rdf_type, kind) for kind in (v.Record, v.prov_Bundle))
    yield Triple(subject, v.recordType, literal(record.type))
    yield Triple(subject, v.schemaVersion, literal("1.0.0"))
    yield Triple(subject, v.recordedAt, literal(record.recorded_at))
    yield Triple(subject, v.recordRoot, Literal(digested(f'"digest of record {record.name}"').strip('"')))
    yield Triple(subject, v.sequenceNumber, literal(position))
    yield Triple(subject, v.idempotencyKey, literal(record.name))
    yield Triple(subject, v.validatedAgainst, v.Level_standard)
    yield Triple(subject, v.hasValidation, report)
    yield Triple(report, v.rdf_type, v.ValidationReport)
    yield Triple(report, v.violationCount, literal(0))
    yield Triple(report, v.warningCount, literal(0))
    yield Triple(subject, v.committedBy, commit)
    yield Triple(commit, v.rdf_type, v.RecordCommit)
    yield Triple(commit, v.prov_wasAssociatedWith, writer)
    yield Triple(writer, v.rdf_type, v.ServiceAccount)
    yield Triple(writer, v.dct_identifier, literal(record.emitter))
    if record.project is not None:
        yield Triple(subject, v.inProject, thing(f"project/{record.project}"))
    yield from (Triple(subject, v.supersedes, thing(f"record/{name}")) for name in record.supersedes)
    yield from (Triple(subject, v.describes, node) for node in described(list(record.triples)))
