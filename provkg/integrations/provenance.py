"""The provenance of one run as PROV-O in Turtle, before any graph has it: what this process recorded of it so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from provkg import vocabulary as v
from provkg.capture.session import session
from provkg.capture.spool import SpoolFile
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.identity import Names
from provkg.records import Description, MetricSeries, Record, Reference, statements

# What leads from a run to what it made; everything else is found along what is said of a thing.
_BACK: Final = frozenset({v.prov_wasGeneratedBy, v.trainedBy, v.measuredIn, v.partOfRun, v.registers})
MOST_BYTES: Final = 32 * 2**20
"""What a process recorded is read anew at the end of each run; beyond this size that would be noticed."""


def turtle(run: Reference) -> bytes | None:
    """Return what this process recorded of `run`, its parts and what they used and made, with PROV's own terms.

    None when this process has recorded so much that reading it would take long; the graph has it all the same.
    """
    own = session()
    if own.writer.path.stat().st_size > MOST_BYTES:
        return None
    names = Folder.find(own.store).names
    said = closed(_recorded(SpoolFile(own.writer.path).records(), names))
    return bytes(serialize(_around(run.iri(names), said), format=RdfFormat.TURTLE, prefixes=dict(v.NAMESPACES)) or b"")


def _recorded(records: Iterable[Record], names: Names) -> Iterator[Triple]:
    for record in records:
        yield from statements(replace(record, descriptions=tuple(map(_without_points, record.descriptions))), names)


def _without_points(said: Description) -> Description:
    """Return what is said; of a series only the summary, since a million points are no reading."""
    return replace(said, nodes=(), packed=()) if isinstance(said, MetricSeries) else said


def _around(run: NamedNode, said: Iterable[Triple]) -> list[Triple]:
    of: dict[object, list[Triple]] = defaultdict(list)
    back: dict[object, list[object]] = defaultdict(list)
    for triple in said:
        of[triple.subject].append(triple)
        if triple.predicate in _BACK:
            back[triple.object].append(triple.subject)
    found: dict[object, None] = {}
    waiting: list[object] = [run]
    while waiting:
        thing = waiting.pop()
        if thing in found or thing not in of:
            continue
        found[thing] = None
        waiting += [each.object for each in of[thing] if each.predicate != v.partOfRun]
        waiting += back[thing] if _is_told(thing, run, of) else []
    return list(dict.fromkeys(triple for thing in found for triple in of[thing]))


def _is_told(thing: object, run: NamedNode, of: dict[object, list[Triple]]) -> bool:
    """Whether what was made in `thing` belongs to the run: itself, its parts, and what they made."""
    kinds = {each.object for each in of[thing] if each.predicate == v.rdf_type}
    return thing == run or bool(kinds & {v.Run, v.ModelVersion})
