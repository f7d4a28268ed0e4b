"""The ontology stays within OWL 2 RL, says which version it is, and keeps every term that was ever released."""

from __future__ import annotations

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from tests.generated import released
from tests.generated.alignments import alignment, files
from tests.generated.ontology import PVK, own
from tests.owl_profile import broken_promises, outside_owl_2_rl

ONTOLOGY = URIRef("https://w3id.org/provkg")
PREFIXES = """
    PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX dct: <http://purl.org/dc/terms/>
    PREFIX pvk: <https://w3id.org/provkg#>
"""
# Each says one thing that OWL 2 RL leaves out, or that we leave out to stay safely within it.
OUTSIDE = {
    "pvk:Run rdfs:subClassOf [ owl:unionOf ( pvk:Run pvk:Model ) ] .": "unionOf of OWL",
    "pvk:Run rdfs:subClassOf [ a owl:Restriction ; owl:minCardinality 1 ] .": "minCardinality of OWL",
    "pvk:Level owl:oneOf ( pvk:Level-audit ) .": "oneOf of OWL",
    "pvk:Run owl:disjointWith pvk:Model .": "disjointWith of OWL",
    "pvk:precedes a owl:ObjectProperty , owl:ReflexiveProperty .": "ReflexiveProperty of OWL",
    "pvk:Run rdfs:subClassOf owl:Thing .": "owl:Thing in a hierarchy of classes",
    "pvk:age a owl:DatatypeProperty ; rdfs:range xsd:duration .": "the datatype duration",
    'pvk:Run rdfs:comment "P1D"^^xsd:dayTimeDuration .': "the datatype dayTimeDuration",
    "pvk:level a owl:AnnotationProperty ; rdfs:domain pvk:Run .": "an axiom about the annotation level",
    "pvk:age a owl:ObjectProperty , owl:DatatypeProperty .": "age as both kinds of property",
}
OLD = "pvk:Old a owl:Class ; owl:deprecated"
BROKEN = {
    f"{OLD} true .": f"{PVK}Old is deprecated without a replacement or a comment",
    f'{OLD} "yes" ; rdfs:comment "Nobody needs it." .': f"{PVK}Old is deprecated, but not by the literal true",
    f"{OLD} true ; dct:isReplacedBy pvk:Gone .": f"{PVK}Old is replaced by {PVK}Gone, which is no term in force",
    "pvk:New a owl:Class .": f"{PVK}Old was released and is gone",
}
KEPT = [
    "pvk:Old a owl:Class .",
    f'{OLD} true ; rdfs:comment "Nobody needs it." .',
    f"{OLD} true ; dct:isReplacedBy pvk:New . pvk:New a owl:Class .",
]


def graph_of(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def test_the_ontology_is_within_owl_2_rl() -> None:
    assert outside_owl_2_rl(own()) == []


def test_so_is_every_alignment() -> None:
    assert files()
    assert [outside_owl_2_rl(alignment(file)) for file in files()] == [[]] * len(files())


@pytest.mark.parametrize(("turtle", "fault"), OUTSIDE.items(), ids=OUTSIDE.values())
def test_what_lies_outside_owl_2_rl_is_found(turtle: str, fault: str) -> None:
    assert fault in outside_owl_2_rl(graph_of(turtle))


def test_no_released_term_is_gone_and_no_deprecated_one_leaves_a_reader_alone() -> None:
    assert released.listed()
    assert broken_promises(own(), [PVK + name for name in released.listed()]) == []


@pytest.mark.parametrize(("turtle", "fault"), BROKEN.items(), ids=BROKEN.values())
def test_a_broken_promise_about_released_terms_is_found(turtle: str, fault: str) -> None:
    assert broken_promises(graph_of(turtle), [PVK + "Old"]) == [fault]


@pytest.mark.parametrize("turtle", KEPT)
def test_a_term_may_stay_or_be_deprecated_with_a_word_about_it(turtle: str) -> None:
    assert broken_promises(graph_of(turtle), [PVK + "Old"]) == []


def test_the_ontology_says_which_version_it_is_and_which_came_before() -> None:
    version = str(own().value(ONTOLOGY, OWL.versionInfo))
    prior = own().value(ONTOLOGY, OWL.priorVersion)
    assert own().value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in own()
    assert (prior is None) == (version == "0.1.0"), "only the first version has none before it"
    if prior is not None:
        assert numbers(str(prior).removeprefix(f"{ONTOLOGY}/")) < numbers(version)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
