"""What of an ontology lies outside OWL 2 RL, and what of it breaks the rule that a released term never goes away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import DCTERMS, OWL, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

# OWL 2 Profiles, section 4.2.1, of those that a store keeps as they are.
DATATYPES = {XSD.string, XSD.boolean, XSD.integer, XSD.decimal, XSD.double, XSD.dateTime, XSD.anyURI, RDF.langString}
DECLARATIONS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology}
HEADER = {OWL.imports, OWL.versionIRI, OWL.versionInfo, OWL.priorVersion, OWL.deprecated}
AXIOMS = {RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.inverseOf}


def outside_owl_2_rl(graph: Graph) -> list[str]:
    """Return what `graph` says beyond named classes in hierarchies, domains, ranges and inverses: OWL 2 RL and less."""
    return sorted({fault for triple in graph for fault in _faults_of(triple, graph)})


def _faults_of(triple: tuple[Node, Node, Node], graph: Graph) -> Iterator[str]:
    subject, relation, value = triple
    if any(isinstance(term, BNode) for term in triple):
        yield "an anonymous class or individual"
    yield from (f"{_local(word)} of OWL" for word in (relation, value) if _is_strange(word))
    if relation == RDFS.subClassOf and OWL.Thing in (subject, value):
        yield "owl:Thing in a hierarchy of classes"
    if relation in AXIOMS and (subject, RDF.type, OWL.AnnotationProperty) in graph:
        yield f"an axiom about the annotation {_local(subject)}"
    if relation == RDFS.range and (subject, RDF.type, OWL.DatatypeProperty) in graph and value not in DATATYPES:
        yield f"the datatype {_local(value)}"
    if (subject, RDF.type, OWL.ObjectProperty) in graph and (subject, RDF.type, OWL.DatatypeProperty) in graph:
        yield f"{_local(subject)} as both kinds of property"
    if isinstance(value, Literal) and value.datatype is not None and value.datatype not in DATATYPES:
        yield f"the datatype {_local(value.datatype)}"


def _is_strange(word: Node) -> bool:
    return str(word).startswith(str(OWL)) and word not in {*DECLARATIONS, *HEADER, *AXIOMS, OWL.Thing}


def broken_promises(graph: Graph, released: Iterable[str]) -> list[str]:
    """Return the released terms that `graph` no longer declares, and the deprecated ones that leave a reader alone."""
    gone = [f"{term} was released and is gone" for term in released if (URIRef(term), RDF.type, None) not in graph]
    return sorted([*gone, *_lonely(graph)])


def _lonely(graph: Graph) -> Iterator[str]:
    for term, said in graph.subject_objects(OWL.deprecated):
        replacements = list(graph.objects(term, DCTERMS.isReplacedBy))
        if said != Literal(True):
            yield f"{term} is deprecated, but not by the literal true"
        if not replacements and not list(graph.objects(term, RDFS.comment)):
            yield f"{term} is deprecated without a replacement or a comment"
        for other in replacements:
            if (other, RDF.type, None) not in graph or (other, OWL.deprecated, None) in graph:
                yield f"{term} is replaced by {other}, which is no term in force"


def _local(term: Node) -> str:
    return str(term).rpartition("#")[2]
