"""How many rows two recorded datasets share, by the digests of rows that were kept when they were recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary
from provkg.capture.facts import people
from provkg.capture.overlaps import Overlap, measurement
from provkg.capture.row_digests import NAME, kept, shared
from provkg.capture.spool.process import new_emitter
from provkg.errors import BadParameter
from provkg.folder import Folder
from provkg.records import Iri, QualityCheckRun, Reference
from provkg.sparql import substitute

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.reading.reader import Reader

DATA: Final = (vocabulary.DatasetVersion, vocabulary.DataSubset)
_ADDRESSES: Final = f"""
PREFIX pvk: <https://w3id.org/provkg#>
SELECT ?digest WHERE {{ ?thing pvk:otherDigest ?digest . FILTER(STRSTARTS(?digest, "{NAME}:")) }} ORDER BY ?digest
"""


def overlap(reader: Reader, index: ReadIndex, folder: Folder, left: str, right: str) -> Overlap:
    """Measure it, record it as a quality check, and return it; raises `BadParameter` for data without such digests.

    Also raises `Unreadable` where a file of digests is gone, or tells of rows with other columns.
    """
    began = datetime.now(UTC)
    nodes = [reader.resolve(name, DATA) for name in (left, right)]
    ours, theirs = (kept(_address(index, node, name), folder) for node, name in zip(nodes, (left, right), strict=True))
    found = shared(ours, theirs)
    who, (one, other) = people(), [Iri(node.value) for node in nodes]
    run = QualityCheckRun(
        id=new_emitter(),
        title=f"overlap of {left!r} and {right!r}",
        started=began,
        ended=datetime.now(UTC),
        status="succeeded",
        used=(one, other),
        triggered_by=who.triggered_by,
        executed_by=who.executed_by,
        trigger=who.trigger,
    )
    reference = run.reference()
    if isinstance(reference, Reference):
        reader.record(run, measurement(reference, one, other, found, len(theirs)))
    return Overlap(found.contents, found.left_rows, found.right_rows, found.examples)


def _address(index: ReadIndex, node: NamedNode, name: str) -> str:
    answer = index.query(substitute(_ADDRESSES, {"thing": node}))
    found = [row[0].value.partition(":")[2] for row in answer.rows if isinstance(row[0], Literal)]
    if not found:
        raise BadParameter(f"no digests of the rows of {name!r} were kept; record it once more with row_digests=True")
    return found[0]
