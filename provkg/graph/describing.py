"""Descriptions made in Python on their way to the gate: as statements, with names looked up, or only judged."""

import hmac
import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.entailment import closed
from provkg.errors import BadParameter
from provkg.gate import Gate, Verdict
from provkg.graph.canonical import normalised
from provkg.identity import Names
from provkg.records import Description, Iri, LiveAt, Named, Record, described, record_type, statements
from provkg.records.encoding import encoded
from provkg.records.rebuilding import rebuilt

ADRIFT = Names("https://provkg.invalid/", b"")
"""The naming of things that are in no graph."""


def check(*descriptions: Description, level: str = "standard", engine: str = "shifty") -> Verdict:
    """Return what the gate would say of a record with these descriptions; nothing is stored, and no graph is needed.

    `problems` would refuse it at `level`, `warnings` would at the next one. What other records may still say, such as
    the metrics of a run, is not asked here.
    """
    said = looked_up(descriptions, lambda name: ADRIFT.iri("thing", [name]))
    triples = stated(Record("", "", said), ADRIFT)
    told = normalised(closed(triples))
    return Gate(level, engine=engine).check(told, _elsewhere(told))


def _elsewhere(told: Sequence[Triple]) -> list[Triple]:
    # Of things that are ended or added to here, the record that describes them has said what they are.
    typed = {triple.subject for triple in told if triple.predicate == vocabulary.rdf_type}
    untyped = {triple.subject for triple in told if triple.predicate not in vocabulary.REVERSED} - typed
    return [Triple(subject, vocabulary.rdf_type, vocabulary.prov_Entity) for subject in untyped]


def looked_up(descriptions: Sequence[Description], resolve: Callable[[str], NamedNode]) -> tuple[Description, ...]:
    """Return the descriptions with every name replaced by the IRI that `resolve` finds for it."""

    def found(_described: Description, _field: str, value: Any) -> Any:
        return Iri(resolve(value.value).value) if isinstance(value, Named) else value

    return tuple(rebuilt(each, found) for each in described(descriptions))


def record_of(
    descriptions: Sequence[Description], names: Names, *, given: str | None, supersedes: Sequence[str]
) -> Record:
    """Return a record of `descriptions`; without an id `given`, sending it again gives it the same one."""
    said = described(descriptions)
    text = json.dumps([encoded(said), list(supersedes)], ensure_ascii=False, sort_keys=True)
    known = given or hmac.new(names.salt, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()
    return Record(known, record_type(stated(Record(known, "", said), names)), said, supersedes=tuple(supersedes))


def stated(record: Record, names: Names, live_at: LiveAt = lambda _endpoint, _stage: ()) -> list[Triple]:
    """Return what `record` says; raises `BadParameter` for a value that no literal can hold."""
    try:
        return statements(record, names, live_at)
    except (ValueError, ArithmeticError) as error:
        raise BadParameter(str(error)) from None
