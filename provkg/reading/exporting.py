"""A graph, or all that one thing rests on, as RDF."""

from __future__ import annotations

from typing import Any, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from provkg.errors import BadParameter
from provkg.index import ReadIndex
from provkg.sparql import prologue, substitute
from provkg.vocabulary import NAMESPACES

EXPORT_FORMATS: Final[dict[str, RdfFormat]] = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
}
_PROLOGUE: Final = prologue("pvk", "prov", "org")
# Derived edges are no statement of any record; the index makes them anew.
_EVERYTHING: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?p != pvk:dependsOn) }"
# What is joined of two records, and the list of questions, are the index's own account as well.
_LEDGER: Final = "SELECT ?s ?p ?o WHERE { GRAPH ?_graph { ?s ?p ?o } }"
_RESTS_ON: Final = """
CONSTRUCT { ?node ?p ?o } WHERE {
  { SELECT DISTINCT ?node WHERE {
      ?_thing (prov:used|prov:wasGeneratedBy|prov:wasDerivedFrom|prov:hadMember|prov:wasAssociatedWith
        |prov:actedOnBehalfOf|prov:atLocation|prov:wasInvalidatedBy|org:memberOf|org:unitOf|pvk:executesPlan|pvk:servesPreprocessing|pvk:hasStep
        |pvk:implementation|pvk:versionOf|pvk:inSplitSet|pvk:stratifiedBy|pvk:groupedBy|pvk:hasFeature|pvk:hasSchema
        |pvk:hasFile|pvk:hasPoint|pvk:inBatch|pvk:inExperiment|pvk:inProject|pvk:inRepository|pvk:uncommittedPatch
        |pvk:hasAccelerator|pvk:partOfRun|pvk:tagged)* ?node .
  } }
  ?node ?p ?o .
  FILTER(?p != pvk:dependsOn)
}"""


def exported(index: ReadIndex, format_: str, thing: NamedNode | None = None) -> bytes:
    """Return the graph, or all that `thing` rests on, in a format of `EXPORT_FORMATS`."""
    if format_ not in EXPORT_FORMATS:
        raise BadParameter(f"{format_!r} is no export format; take one of {', '.join(EXPORT_FORMATS)}")
    form = EXPORT_FORMATS[format_]
    statements = [Quad(triple.subject, triple.predicate, triple.object) for triple in stated(index, thing)]
    if thing is None and form.supports_datasets:
        statements += _about_records(index)
    return serialize(statements, format=form, prefixes=dict(NAMESPACES)) or b""


def stated(index: ReadIndex, thing: NamedNode | None = None) -> list[Triple]:
    """Return what the default graph says, or says of all that `thing` rests on, sorted."""
    text = _EVERYTHING if thing is None else substitute(_RESTS_ON, {"_thing": thing})
    return sorted(set(index.query(_PROLOGUE + text).triples), key=str)


def _about_records(index: ReadIndex) -> list[Quad]:
    if index.ledger_graph is None:
        return []
    rows: list[Any] = index.query(substitute(_LEDGER, {"_graph": index.ledger_graph})).rows
    return sorted((Quad(s, p, o, index.ledger_graph) for s, p, o in rows), key=str)
