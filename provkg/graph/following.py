"""How the index follows the ledger: what each entry adds, takes back, and what is said about its record."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.graph.canonical import quads_of, triples_of
from provkg.identity import Names
from provkg.index import Change
from provkg.ledger import Leaf, Ledger, StoredEntry
from provkg.ledger.text import subjects
from provkg.literals import DATE_TIME, literal

# Many records repeat these nodes, so that "which record describes it" would say little and cost much.
SHARED: Final = frozenset(
    {
        v.ArtifactFile,
        v.ParameterSetting,
        v.Environment,
        v.SoftwareEnvironment,
        v.HardwareConfiguration,
        v.Accelerator,
        v.ContainerImage,
        v.SoftwarePackage,
        v.ComputeNode,
        v.skos_Concept,
    }
)
LEVELS: Final = {"minimal": v.Level_minimal, "standard": v.Level_standard, "audit": v.Level_audit}


class Following:
    """Turns entries of `ledger` into changes of the index of the graph that `names` belongs to."""

    def __init__(self, ledger: Ledger, names: Names) -> None:
        self._ledger, self._names = ledger, names

    def change(self, entry: StoredEntry) -> Change:
        """Return what `entry` changes; it depends on nothing that comes after it in the ledger."""
        stated = entry.lines if self._is_live(entry, entry.position) else ()
        added = quads_of(stated)
        about = about_record(entry, (quad.triple for quad in added), self._names)
        removed = triples_of(sorted(self._taken_back(entry) - set(stated)))
        return Change(entry.position, mark(entry.leaf), tuple(added), tuple(about), tuple(removed))

    def mark_at(self, position: int) -> str | None:
        """Return the mark of the entry at `position`, or None when the ledger is shorter."""
        return mark(self._ledger.entry(position).leaf) if position < self._ledger.size else None

    def without(self, records: Sequence[str]) -> set[Triple]:
        """Return what nobody would say any longer if `records` were superseded now."""
        return set(triples_of(sorted(self._said_only_by(records, self._ledger.size))))

    def _taken_back(self, entry: StoredEntry) -> set[str]:
        """Return the lines that no live record states any longer, now that `entry` supersedes others."""
        return self._said_only_by(entry.leaf.supersedes, entry.position)

    def _said_only_by(self, records: Sequence[str], position: int) -> set[str]:
        """Return the lines of `records` that no other record before `position` states which is live there."""
        found = [self._ledger.find(record) for record in records]
        stated = {line for earlier in found if earlier and earlier.position < position for line in earlier.lines}
        others = {
            line
            for subject in subjects(stated)
            for other in self._ledger.records_describing(subject)
            if other.position < position and other.leaf.record not in records and self._is_live(other, position)
            for line in other.lines
        }
        return stated - others

    def _is_live(self, entry: StoredEntry, position: int) -> bool:
        """Whether nothing up to `position` took back what `entry` says."""
        taken_back = self._ledger.superseded_at(entry.leaf.record)
        return taken_back is None or taken_back > position


def mark(leaf: Leaf) -> str:
    """Return what tells this leaf from all others."""
    return sha256(leaf.to_bytes()).hexdigest()


def record_iri(record: str, names: Names) -> NamedNode:
    """Return the IRI of the record with that id."""
    return names.iri("record", [record])


def writer_of(leaf: Leaf, names: Names) -> str:
    """Return the identifier of the account that wrote the record of `leaf`: its key, since its name may tell much."""
    return f"emitter-{_account(leaf, names).value.rpartition('/')[2][:8]}"


def about_record(entry: StoredEntry, stated: Iterable[Triple], names: Names) -> list[Triple]:
    """Return what the graph says of the record behind `entry`, which states `stated`."""
    return closed(_about(entry, list(stated), names))


def _about(entry: StoredEntry, stated: list[Triple], names: Names) -> Iterator[Triple]:
    leaf, record = entry.leaf, record_iri(entry.leaf.record, names)
    yield Triple(record, v.rdf_type, v.Record)
    yield Triple(record, v.rdf_type, v.prov_Bundle)
    yield Triple(record, v.recordType, literal(leaf.type))
    yield Triple(record, v.schemaVersion, literal(leaf.schema))
    yield Triple(record, v.recordedAt, Literal(leaf.received, datatype=DATE_TIME))
    yield Triple(record, v.recordRoot, literal(leaf.root))
    yield Triple(record, v.sequenceNumber, literal(entry.position))
    yield Triple(record, v.idempotencyKey, literal(leaf.record))
    yield from _judged(leaf, record, names)
    yield from _written(leaf, record, names)
    for superseded in leaf.supersedes:
        yield Triple(record, v.supersedes, record_iri(superseded, names))
    for node in described(stated):
        yield Triple(record, v.describes, node)


def _judged(leaf: Leaf, record: NamedNode, names: Names) -> Iterator[Triple]:
    report = names.iri("validation-report", [leaf.record])
    yield Triple(record, v.validatedAgainst, LEVELS[leaf.level])
    yield Triple(record, v.hasValidation, report)
    yield Triple(report, v.rdf_type, v.ValidationReport)
    yield Triple(report, v.violationCount, literal(0))
    yield Triple(report, v.warningCount, literal(leaf.warnings))


def _written(leaf: Leaf, record: NamedNode, names: Names) -> Iterator[Triple]:
    commit, emitter = names.iri("record-commit", [leaf.record]), _account(leaf, names)
    yield Triple(record, v.committedBy, commit)
    yield Triple(commit, v.rdf_type, v.RecordCommit)
    yield Triple(commit, v.prov_wasAssociatedWith, emitter)
    yield Triple(emitter, v.rdf_type, v.ServiceAccount)
    yield Triple(emitter, v.dct_identifier, literal(writer_of(leaf, names)))
    if leaf.project is not None:
        yield Triple(record, v.inProject, names.iri("project", [leaf.project]))


def _account(leaf: Leaf, names: Names) -> NamedNode:
    return names.iri("service-account", ["provkg", leaf.emitter])


def described(stated: list[Triple]) -> list[NamedNode]:
    """Return the subjects of `stated` that are the record's own, in order."""
    shared = {triple.subject for triple in stated if triple.predicate == v.rdf_type and triple.object in SHARED}
    nodes = dict.fromkeys(triple.subject for triple in stated if isinstance(triple.subject, NamedNode))
    return [node for node in nodes if node not in shared]
