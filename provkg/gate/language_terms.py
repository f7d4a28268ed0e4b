"""The terms of the languages in which shapes and ontologies are written: RDF, RDF Schema, OWL 2 and XML Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_RDF = """
    type first rest nil value subject predicate object Property Statement List Bag Seq Alt langString HTML JSON
    XMLLiteral PlainLiteral dirLangString CompoundLiteral language direction reifies
"""
_RDFS = """
    label comment subClassOf subPropertyOf domain range seeAlso isDefinedBy Class Resource Literal Datatype member
    Container ContainerMembershipProperty
"""
_OWL = """
    Class ObjectProperty DatatypeProperty AnnotationProperty OntologyProperty Ontology NamedIndividual Thing Nothing
    Restriction FunctionalProperty InverseFunctionalProperty TransitiveProperty SymmetricProperty AsymmetricProperty
    ReflexiveProperty IrreflexiveProperty inverseOf equivalentClass equivalentProperty disjointWith
    propertyDisjointWith disjointUnionOf propertyChainAxiom unionOf intersectionOf complementOf oneOf onProperty
    onProperties onClass onDataRange onDatatype withRestrictions someValuesFrom allValuesFrom hasValue hasSelf
    cardinality minCardinality maxCardinality qualifiedCardinality minQualifiedCardinality maxQualifiedCardinality
    sameAs differentFrom AllDifferent AllDisjointClasses AllDisjointProperties distinctMembers members hasKey
    versionInfo versionIRI priorVersion backwardCompatibleWith incompatibleWith imports deprecated DeprecatedClass
    DeprecatedProperty topObjectProperty bottomObjectProperty topDataProperty bottomDataProperty Axiom Annotation
    annotatedSource annotatedProperty annotatedTarget datatypeComplementOf DataRange rational real
    NegativePropertyAssertion sourceIndividual assertionProperty targetIndividual targetValue
"""
# The datatypes that RDF can use (RDF 1.1 Concepts, section 5.1), those above them, and the facets of OWL 2.
_XSD = """
    string boolean decimal integer double float date time dateTime dateTimeStamp gYear gMonth gDay gYearMonth gMonthDay
    duration yearMonthDuration dayTimeDuration byte short int long unsignedByte unsignedShort unsignedInt unsignedLong
    positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger hexBinary base64Binary anyURI language
    normalizedString token NMTOKEN Name NCName QName NOTATION anyType anySimpleType anyAtomicType
    length minLength maxLength pattern minInclusive minExclusive maxInclusive maxExclusive
"""

LANGUAGE_TERMS: Final[Mapping[str, frozenset[str]]] = {
    prefix: frozenset(names.split()) for prefix, names in (("rdf", _RDF), ("rdfs", _RDFS), ("owl", _OWL), ("xsd", _XSD))
}
