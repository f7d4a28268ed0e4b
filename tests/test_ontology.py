"""The ontology says what its terms mean, extends PROV-O, and stays free of contradictions."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Literal, URIRef

from provkg import vocabulary
from provkg.resources import ONTOLOGY
from tests.generated import context, examples, released
from tests.generated.files import same_or_rewritten
from tests.generated.ontology import (
    CLASS_TYPES,
    INFLUENCE,
    PROPERTY_TYPES,
    PROV,
    PVK,
    classes_above,
    declared,
    own,
    properties_above,
    prov,
    whole,
)
from tests.reasoning import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

TERMS = sorted(PVK + name for name in released.declared_names())
CONCEPTS = sorted(
    {
        concept
        for kind in own().subjects(RDFS.subClassOf, SKOS.Concept)
        for concept in own().subjects(RDF.type, kind)
        if isinstance(concept, URIRef)
    }
)
EXEMPLIFIED = declared(own(), (*CLASS_TYPES, *PROPERTY_TYPES, OWL.AnnotationProperty, RDFS.Datatype), PVK)
REWRITE = "run: python -m pytest tests/test_ontology.py --rewrite"
DATATYPES = {XSD.string, XSD.boolean, XSD.integer, XSD.decimal, XSD.double, XSD.dateTime, XSD.anyURI}


def local(term: str) -> str:
    return term.removeprefix(PVK)


def is_english(text: Node) -> bool:
    return isinstance(text, Literal) and text.language == "en"


# What a term says of itself


@pytest.mark.parametrize("term", TERMS, ids=local)
def test_every_term_has_one_label_and_is_defined_in_one_sentence(term: str) -> None:
    labels = [*own().objects(URIRef(term), RDFS.label), *own().objects(URIRef(term), SKOS.prefLabel)]
    assert [is_english(label) for label in labels] == [True]
    (text,) = own().objects(URIRef(term), SKOS.definition)
    assert is_english(text)
    definition = str(text)
    assert definition.endswith(".")
    assert ". " not in definition
    assert len(definition.split()) > 3, "a definition says more than the label"


def test_no_two_terms_are_defined_alike() -> None:
    definitions = [str(text) for text in own().objects(None, SKOS.definition)]
    assert len(definitions) == len(TERMS)
    assert sorted(definitions) == sorted(set(definitions))


@pytest.mark.parametrize("term", EXEMPLIFIED, ids=local)
def test_every_class_and_property_has_an_example_in_turtle_that_uses_it(term: URIRef) -> None:
    found = examples.turtle_of(term)
    assert found
    for example in found:
        said = examples.read(example)
        assert said
        assert {term} <= {word for triple in said for word in _words(triple)}, example
        words = {str(word) for triple in said for word in _words(triple)}
        named = {word for word in words if word.startswith((PVK, PROV))}
        assert named <= {known.value for known in vocabulary.TERMS}, example


def _words(triple: tuple[Node, Node, Node]) -> Iterator[URIRef]:
    """Yield the names in a triple, with the datatype of a literal, and the class of a concept beside the concept."""
    for term in triple:
        word = term.datatype if isinstance(term, Literal) else term
        if isinstance(word, URIRef):
            yield word
            yield from (kind for kind in own().objects(word, RDF.type) if isinstance(kind, URIRef))


@pytest.mark.parametrize("kind", sorted(own().subjects(RDFS.subClassOf, SKOS.Concept), key=str), ids=local)
def test_every_kind_of_concept_shows_one_of_its_concepts_in_use(kind: URIRef) -> None:
    said = [examples.read(example) for example in examples.turtle_of(kind)]
    used = {word for graph in said for word in (*graph.objects(), *graph.subjects()) if word in CONCEPTS}
    assert any((concept, RDF.type, kind) in own() for concept in used)


def test_the_examples_together_contradict_nothing() -> None:
    """Read as one story, they type no node as both entity and activity, and every literal has its datatype."""
    assert len(examples.all_examples()) > 300
    assert errors(examples.all_examples()) == []


def test_the_examples_state_literals_of_the_datatypes_that_the_ontology_gives() -> None:
    compared = 0
    for _, relation, value in examples.all_examples():
        wanted = own().value(relation, RDFS.range)
        if isinstance(value, Literal) and wanted is not None:
            compared += 1
            assert (value.datatype or XSD.string) == wanted, (relation, value)
    assert compared > 100


@pytest.mark.parametrize("term", declared(own(), PROPERTY_TYPES, PVK), ids=local)
def test_a_property_has_domain_and_range_or_says_why_not(term: URIRef) -> None:
    note = str(own().value(term, SKOS.scopeNote) or "").lower()
    assert ("no domain, as " in note) == (own().value(term, RDFS.domain) is None)
    assert ("no range, as " in note) == (own().value(term, RDFS.range) is None)


def test_the_ontology_names_its_version_licence_and_imports() -> None:
    ontology = URIRef("https://w3id.org/provkg")
    version = own().value(ontology, OWL.versionInfo)
    assert own().value(ontology, OWL.versionIRI) == URIRef(f"https://w3id.org/provkg/{version}")
    assert own().value(ontology, URIRef("http://purl.org/dc/terms/license")) is not None
    assert list(own().objects(ontology, OWL.imports)) == [URIRef("http://www.w3.org/ns/prov-o#")]


# Hierarchies


@pytest.mark.parametrize("term", declared(own(), CLASS_TYPES, PVK), ids=local)
def test_every_class_lies_below_prov_or_is_a_kind_of_concept(term: URIRef) -> None:
    above = classes_above(term)
    assert SKOS.Concept in above or any(wider.startswith(PROV) for wider in above)


@pytest.mark.parametrize("term", declared(own(), PROPERTY_TYPES, PVK), ids=local)
def test_every_property_relates_known_classes(term: URIRef) -> None:
    classes = {*declared(whole(), CLASS_TYPES)}
    assert set(own().objects(term, RDFS.domain)) <= classes
    allowed = classes if (term, RDF.type, OWL.ObjectProperty) in own() else DATATYPES
    assert set(own().objects(term, RDFS.range)) <= allowed


def test_every_super_property_is_known() -> None:
    stated = set(own().subject_objects(RDFS.subPropertyOf))
    assert stated
    known = {*declared(whole(), PROPERTY_TYPES)}
    assert {wider for _, wider in stated} <= known


def test_a_property_below_another_relates_the_same_sort_of_things() -> None:
    """Where both state a domain, the narrower one lies within the wider one, so that no type is inferred anew."""
    pairs = [(term, wider) for term in declared(own(), PROPERTY_TYPES, PVK) for wider in properties_above(term)]
    assert pairs
    for term, wider in pairs:
        for side in (RDFS.domain, RDFS.range):
            ours, theirs = whole().value(term, side), whole().value(wider, side)
            if isinstance(ours, URIRef) and isinstance(theirs, URIRef):
                assert theirs in {ours, *classes_above(ours)}, f"{local(term)} is not within {wider} on {side}"


def test_a_relation_and_its_inverse_swap_domain_and_range() -> None:
    pairs = [(one, other) for one, other in own().subject_objects(OWL.inverseOf) if isinstance(one, URIRef)]
    assert len(pairs) > 5
    for one, other in pairs:
        assert own().value(one, RDFS.domain) == own().value(other, RDFS.range), one
        assert own().value(one, RDFS.range) == own().value(other, RDFS.domain), one


def test_an_inverse_is_declared_of_our_own_relations_only() -> None:
    """The inverse of a relation of PROV-O would follow from every statement that some other tool makes with it."""
    assert {end for pair in own().subject_objects(OWL.inverseOf) for end in pair} <= {URIRef(term) for term in TERMS}


# Controlled terms


@pytest.mark.parametrize("concept", CONCEPTS, ids=local)
def test_every_concept_is_named_after_its_class_and_stands_in_its_scheme(concept: URIRef) -> None:
    kind, name = local(concept).split("-")
    assert set(own().objects(concept, RDF.type)) == {URIRef(PVK + kind), SKOS.Concept}
    assert list(own().objects(concept, SKOS.inScheme)) == [URIRef(f"{PVK}{kind}-scheme")]
    assert list(own().objects(concept, SKOS.notation)) == [Literal(name)]


def test_broader_concepts_are_of_the_same_class_and_end_at_the_top() -> None:
    pairs = list(own().subject_objects(SKOS.broader))
    assert pairs
    for concept, broader in pairs:
        assert broader in CONCEPTS
        assert str(concept).split("-")[0] == str(broader).split("-")[0]
        assert concept not in own().transitive_objects(broader, SKOS.broader), f"{concept} is broader than itself"


def test_every_kind_of_metric_says_which_values_are_better() -> None:
    kinds = list(own().subjects(RDF.type, URIRef(PVK + "MetricKind")))
    assert kinds
    for kind in kinds:
        (direction,) = own().objects(kind, URIRef(PVK + "direction"))
        assert (direction, RDF.type, URIRef(PVK + "OptimizationDirection")) in own()


# Files that repeat the ontology, and files that it rests on


def test_the_json_ld_context_is_what_the_ontology_renders_to(rewrite: bool) -> None:
    file = ONTOLOGY / "context.jsonld"
    assert same_or_rewritten(file, context.render(), rewrite=rewrite), REWRITE


def test_json_with_the_context_says_the_same_as_turtle() -> None:
    document = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8")) | {
        "id": "https://example.org/run",
        "type": "TrainingRun",
        "trainingData": "https://example.org/data",
        "runStatus": "RunStatus-succeeded",
        "durationSeconds": 2,
        "prov:startedAtTime": "2026-05-01T12:00:00Z",
        "dct:title": "a run",
    }
    turtle = """
        PREFIX pvk: <https://w3id.org/provkg#> PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX dct: <http://purl.org/dc/terms/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        <https://example.org/run> a pvk:TrainingRun ; pvk:trainingData <https://example.org/data> ;
          pvk:runStatus pvk:RunStatus-succeeded ; pvk:durationSeconds "2.0E0"^^xsd:double ; dct:title "a run" ;
          prov:startedAtTime "2026-05-01T12:00:00Z"^^xsd:dateTime ."""
    said = {quad.triple for quad in parse(json.dumps(document).encode(), format=RdfFormat.JSON_LD)}
    assert said == {quad.triple for quad in parse(turtle.encode(), format=RdfFormat.TURTLE)}


def test_a_misspelt_json_key_is_kept_as_an_unknown_term_for_the_gate_to_refuse() -> None:
    document = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8")) | {"trainigData": "x"}
    (quad,) = parse(json.dumps(document).encode(), format=RdfFormat.JSON_LD)
    assert quad.predicate.value == PVK + "trainigData"
    assert quad.predicate not in vocabulary.TERMS


def test_the_list_of_released_terms_is_complete(rewrite: bool) -> None:
    assert same_or_rewritten(released.FILE, released.render(), rewrite=rewrite), REWRITE


def test_the_pinned_imports_are_the_files_that_their_list_describes() -> None:
    folder = ONTOLOGY / "imports"
    with (folder / "SOURCES.csv").open(encoding="utf-8", newline="") as listing:
        sources = {row["file"]: row for row in csv.DictReader(listing)}
    assert sources
    assert sources.keys() == {file.name for file in folder.iterdir()} - {"SOURCES.csv"}
    for name, source in sources.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == source["sha256"], name
        assert source["version"]
        assert source["licence"]
        assert source["origin"]


def test_the_influence_tier_that_entailment_leaves_out_is_prov_o_s() -> None:
    assert set(prov().subjects(RDF.type)) >= INFLUENCE
