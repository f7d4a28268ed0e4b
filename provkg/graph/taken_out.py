"""What a graph says of its redactions: which things lack which properties by them, and which records they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary as v
from provkg.sparql import substitute

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_TERMS: Final = {
    "_describes": v.describes, "_type": v.recordType, "_absent": v.declaredAbsent, "_redacts": v.redacts,
    "_record": v.Record,
}  # fmt: skip
_TAKEN_OUT: Final = """SELECT DISTINCT ?thing ?property {
    GRAPH ?ledger { ?act ?_type "redaction" ; ?_describes ?thing } ?thing ?_absent ?property }"""
_RECORDS: Final = "SELECT DISTINCT ?record { ?act ?_redacts ?record . GRAPH ?ledger { ?record a ?_record } }"


def taken_out(index: ReadIndex) -> set[tuple[str, str | None]]:
    """Return things with the properties that redactions took from them: at no level are these missed."""
    found = index.query(substitute(_TAKEN_OUT, _TERMS)).rows
    return {(_iri(thing), _iri(relation)) for thing, relation in found}


def redacted_records(index: ReadIndex) -> set[str]:
    """Return the records that redactions point at; what they are is said in the ledger's own graph."""
    return {_iri(record) for (record,) in index.query(substitute(_RECORDS, _TERMS)).rows}


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""
