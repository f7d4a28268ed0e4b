"""Renders `provkg/vocabulary.py` from the ontology, PROV-O and the list of foreign terms below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rdflib import OWL, RDF, RDFS, SKOS, URIRef

from tests.generated.ontology import (
    CLASS_TYPES,
    PROPERTY_TYPES,
    PROV,
    PVK,
    classes_above,
    declared,
    inverses,
    own,
    properties_above,
    prov,
    reverse_names,
    unqualified,
)

NAMESPACES: Final = {
    "pvk": PVK,
    "prov": PROV,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sh": "http://www.w3.org/ns/shacl#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
}

# Terms of other vocabularies that records, shapes and reports use as they are.
FOREIGN: Final = {
    "rdf": "type langString",
    "rdfs": "label comment subClassOf subPropertyOf domain range",
    "owl": "Class ObjectProperty DatatypeProperty",
    "xsd": "string boolean integer decimal double dateTime anyURI",
    "skos": "Concept ConceptScheme prefLabel notation broader inScheme definition example",
    "sh": "NodeShape PropertyShape ValidationReport ValidationResult conforms result focusNode resultPath value "
    "resultMessage resultSeverity sourceShape sourceConstraint sourceConstraintComponent Violation Warning Info "
    "severity property path inversePath message targetClass targetNode targetSubjectsOf targetObjectsOf minCount "
    "maxCount datatype nodeKind IRI Literal pattern flags sparql select deactivated "
    "or and not xone node in hasValue closed ignoredProperties minInclusive maxInclusive lessThan "
    "lessThanOrEquals equals disjoint uniqueLang minLength maxLength prefixes",
    "dct": "title description identifier license conformsTo",
    "dcat": "version previousVersion",
    "foaf": "name",
    "org": "memberOf unitOf",
}

HEAD: Final = '''\
"""The terms of the provkg ontology, of PROV-O, and of other vocabularies that records use as they are.

Rendered from `ontology/`; change it there, then run: python -m pytest tests/test_vocabulary.py --rewrite
"""

from typing import Final

from pyoxigraph import NamedNode
'''

Names = Mapping[URIRef, str]


def render() -> str:
    """Return the text of `provkg/vocabulary.py`."""
    names = constants()
    parts = [HEAD, _namespaces()]
    parts += [_section(prefix, names) for prefix in NAMESPACES]
    parts += [_tables(names)]
    return "\n".join(part for part in parts if part)


def constants() -> dict[URIRef, str]:
    """Return every term with the name of its constant, in the order of the file."""
    terms = {
        prefix: [URIRef(NAMESPACES[prefix] + name) for name in listed.split()] for prefix, listed in FOREIGN.items()
    }
    terms |= {"pvk": sorted(t for t in set(own().subjects(RDF.type)) if isinstance(t, URIRef) and t.startswith(PVK))}
    terms |= {"prov": declared(prov(), CLASS_TYPES + PROPERTY_TYPES, PROV)}
    return {term: constant_name(prefix, term) for prefix in NAMESPACES for term in terms[prefix]}


def constant_name(prefix: str, term: URIRef) -> str:
    """Return a term's name in Python: ours as in the ontology, a foreign one behind its prefix."""
    local = term.removeprefix(NAMESPACES[prefix]).replace("-", "_")
    return local if prefix == "pvk" else f"{prefix}_{local}"


def _namespaces() -> str:
    lines = (f'    "{prefix}": "{iri}",' for prefix, iri in NAMESPACES.items())
    return "\n".join(["NAMESPACES: Final[dict[str, str]] = {", *lines, "}", ""])


def _section(prefix: str, names: Names) -> str:
    own_terms = [(term, name) for term, name in names.items() if term.startswith(NAMESPACES[prefix])]
    return "\n".join([*(_constant(name, term) for term, name in own_terms), ""])


def _constant(name: str, term: URIRef) -> str:
    line = f'{name}: Final = NamedNode("{term}")'
    # As ruff format breaks it.
    return line if len(line) <= 120 else f'{name}: Final = NamedNode(\n    "{term}"\n)'


def _tables(names: Names) -> str:
    classes = declared(own(), CLASS_TYPES, PVK) + declared(prov(), CLASS_TYPES, PROV)
    relations = declared(own(), PROPERTY_TYPES) + declared(prov(), PROPERTY_TYPES, PROV)
    known = [term for term in relations if str(term).startswith((PVK, PROV))]
    known += declared(own(), (OWL.AnnotationProperty,), PVK)
    return "\n".join(
        [
            "# Every class above a class, nearest first.",
            _table("SUPERCLASSES", classes, classes_above, names),
            "# Every property above a property, nearest first.",
            _table("SUPERPROPERTIES", relations, properties_above, names),
            "# The relation that says the same from the other end, for every relation that has one.",
            _pair_table("INVERSES", inverses(), names),
            "# Of the two, the one that is only the other's name from the other end.",
            _set("REVERSED", reverse_names(), names),
            "# PROV-O's qualified relations: over which property of the node in between which plain relation follows.",
            _unqualified_table(unqualified(), names),
            "# The concepts and their schemes, each with its class.",
            _pair_table("INDIVIDUALS", _individuals(), names),
            _set("CLASSES", classes, names),
            _set("PROPERTIES", known, names),
            _set("DATATYPES", declared(own(), (RDFS.Datatype,)), names),
            "# Everything that may stand in our own or PROV-O's namespace.",
            "TERMS: Final[frozenset[NamedNode]] = CLASSES | PROPERTIES | DATATYPES | INDIVIDUALS.keys()",
            "",
        ]
    )


def _table(name: str, terms: list[URIRef], wider: Callable[[URIRef], list[URIRef]], names: Names) -> str:
    entries = {names[term]: [names[other] for other in wider(term)] for term in terms}
    lines = (_entry(term, others) for term, others in entries.items() if others)
    return "\n".join([f"{name}: Final[dict[NamedNode, tuple[NamedNode, ...]]] = {{", *lines, "}", ""])


def _entry(term: str, others: list[str]) -> str:
    return f"    {term}: ({', '.join(others)}{',' if len(others) == 1 else ''}),"


def _individuals() -> dict[URIRef, URIRef]:
    kinds = [SKOS.ConceptScheme, *own().subjects(RDFS.subClassOf, SKOS.Concept)]
    members = {term: kind for kind in kinds for term in own().subjects(RDF.type, kind)}
    found = {term: kind for term, kind in members.items() if isinstance(term, URIRef) and isinstance(kind, URIRef)}
    return dict(sorted(found.items()))


def _pair_table(name: str, pairs: Mapping[URIRef, URIRef], names: Names) -> str:
    lines = (f"    {names[term]}: {names[other]}," for term, other in pairs.items())
    return "\n".join([f"{name}: Final[dict[NamedNode, NamedNode]] = {{", *lines, "}", ""])


def _unqualified_table(chains: Mapping[URIRef, list[tuple[URIRef, URIRef]]], names: Names) -> str:
    head = "UNQUALIFIED: Final[dict[NamedNode, tuple[tuple[NamedNode, NamedNode], ...]]] = {"
    lines = (
        _unqualified(names[qualified], [f"({names[s]}, {names[p]})" for s, p in ends])
        for qualified, ends in chains.items()
    )
    return "\n".join([head, *lines, "}", ""])


def _unqualified(qualified: str, ends: list[str]) -> str:
    if len(ends) == 1:
        return f"    {qualified}: ({ends[0]},),"
    return "\n".join([f"    {qualified}: (", *(f"        {end}," for end in ends), "    ),"])


def _set(name: str, terms: Iterable[URIRef], names: Names) -> str:
    lines = (f"        {names[term]}," for term in terms)
    return "\n".join([f"{name}: Final[frozenset[NamedNode]] = frozenset(", "    {", *lines, "    }", ")", ""])
