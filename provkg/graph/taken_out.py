"""What a graph says of its redactions: which things lack which properties by them, and which records they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary as v
from provkg.sparql import substitute

if TYPE_CHECKING:
    from provkg.gate import Problem
    from provkg.index import ReadIndex

_TERMS: Final = {
    "_describes": v.describes, "_type": v.recordType, "_absent": v.declaredAbsent, "_redacts": v.redacts,
    "_record": v.Record,
}  # fmt: skip
# From the few redactions on: otherwise every record, and every absence, is read.
_TAKEN_OUT: Final = """SELECT DISTINCT ?thing ?property {
    { GRAPH ?ledger { ?act ?_type "redaction" } } LATERAL { GRAPH ?ledger { ?act ?_describes ?thing } }
    LATERAL { ?thing ?_absent ?property } }"""
_RECORDS: Final = """SELECT DISTINCT ?record {
    { ?act ?_redacts ?record } LATERAL { GRAPH ?ledger { ?record a ?_record } } }"""


class TakenOut:
    """What redactions and purges took out of the graph in `index`."""

    def __init__(self, index: ReadIndex) -> None:
        self._properties, self._records = taken_out(index), redacted_records(index)

    def excuses(self, problem: Problem) -> bool:
        """Whether what `problem` misses may be what was taken out: that is nobody's fault, at no level."""
        # Late: who only reads does without the gate.
        from provkg.gate.presence import may_lack

        match problem.constraint:
            case "Described":
                return problem.focus in self._records
            case "KnownKind":
                # What a thing is may have followed from the link to it, and no record is kept without.
                return bool(self._properties or self._records)
            case _:
                return any((problem.focus, each) in self._properties for each in may_lack(problem))


def taken_out(index: ReadIndex) -> set[tuple[str, str | None]]:
    """Return things with the properties that redactions took from them: at no level are these missed."""
    found = index.query(substitute(_TAKEN_OUT, _TERMS)).rows
    return {(_iri(thing), _iri(relation)) for thing, relation in found}


def redacted_records(index: ReadIndex) -> set[str]:
    """Return the records that redactions point at; what they are is said in the ledger's own graph."""
    return {_iri(record) for (record,) in index.query(substitute(_RECORDS, _TERMS)).rows}


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""
