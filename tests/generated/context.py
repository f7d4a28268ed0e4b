"""Renders `ontology/context.jsonld`: our terms as plain JSON keys, foreign ones behind their prefix."""

from __future__ import annotations

import json
from typing import Any, Final

from rdflib import OWL, RDFS, SKOS, Graph, URIRef

from tests.generated.ontology import CLASS_TYPES, PROPERTY_TYPES, PROV, PVK, declared, own, prov
from tests.generated.vocabulary import NAMESPACES

# How the values of foreign properties are to be read; the rest of them are plain strings.
FOREIGN_VALUES: Final = {
    "dct:license": "@id",
    "dct:conformsTo": "@id",
    "dcat:previousVersion": "@id",
    "org:memberOf": "@id",
    "org:unitOf": "@id",
}


def render() -> str:
    """Return the text of `ontology/context.jsonld`."""
    context: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type", "graph": "@graph"}
    # A misspelt key becomes a misspelt term, which the gate refuses; without this it would silently be dropped.
    context["@vocab"] = PVK
    context |= NAMESPACES
    context |= _own_terms()
    context |= {f"prov:{_local(term)}": _definition(prov(), term) for term in declared(prov(), PROPERTY_TYPES, PROV)}
    context |= {name: {"@id": name, "@type": kind} for name, kind in FOREIGN_VALUES.items()}
    return json.dumps({"@context": context}, indent=2) + "\n"


def _own_terms() -> dict[str, Any]:
    classes = {_local(term): f"pvk:{_local(term)}" for term in declared(own(), CLASS_TYPES, PVK)}
    return classes | {_local(term): _definition(own(), term) for term in declared(own(), PROPERTY_TYPES, PVK)}


def _definition(graph: Graph, term: URIRef) -> dict[str, str]:
    prefix = "prov" if graph is prov() else "pvk"
    kind = _kind_of_value(graph, term)
    return {"@id": f"{prefix}:{_local(term)}"} | ({"@type": kind} if kind else {})


def _kind_of_value(graph: Graph, term: URIRef) -> str | None:
    """Return how JSON-LD reads the values of a property: as names, IRIs or literals of one datatype."""
    reached = graph.value(term, RDFS.range)
    if reached is not None and (reached, RDFS.subClassOf, SKOS.Concept) in graph:
        return "@vocab"  # so that "RunStatus-failed" will do
    if term in declared(graph, (OWL.ObjectProperty,)):
        return "@id"
    return _datatype(reached)


def _datatype(reached: object) -> str | None:
    local = str(reached).removeprefix(NAMESPACES["xsd"])
    return None if reached is None or local in {"string", str(reached)} else f"xsd:{local}"


def _local(term: URIRef) -> str:
    return term.split("#")[1]
