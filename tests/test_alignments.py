"""The alignments name terms that exist, contradict nothing, and leave no foreign term without a word."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, BNode, Graph, URIRef

from provkg.resources import ONTOLOGY
from tests import foreign
from tests.generated.alignments import (
    EXACT,
    FOLDER,
    MATCHES,
    SIGNS,
    alignment,
    files,
    header,
    pairs,
    render,
    without_counterpart,
)
from tests.generated.examples import all_examples
from tests.generated.files import same_or_rewritten
from tests.generated.ontology import CLASS_TYPES, PVK, declared, own, prov
from tests.generated.released import declared_names
from tests.reasoning import errors, story

NAMES = {
    *("prov-o", "ml-schema", "mlso", "fair4ml", "dcat", "croissant", "schema-org", "p-plan", "provone", "wf4ever"),
    *("workflow-run-crate", "spdx-3", "cyclonedx", "mldcat-ap", "airo", "dpv", "dqv", "odrl"),
}
# Large vocabularies of which only a part concerns provenance; their files say of the rest why it is left out.
ALIGNED_IN_PART = {
    *(foreign.SCHEMA, foreign.CYCLONEDX, foreign.BIOSCHEMAS, "https://w3id.org/dpv#", "https://w3id.org/dpv/ai#"),
    *("https://w3id.org/dpv/legal/eu/aiact#", "http://www.w3.org/ns/odrl/2/", "https://w3id.org/airo#"),
}
TRAPPED = URIRef("https://example.org/trapped")
REWRITE = "run: python -m pytest tests/test_alignments.py --rewrite"

each_file = pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
pinned = pytest.mark.skipif(
    not foreign.are_here(), reason="the pinned vocabularies are not beside this checkout (../shared/vocabularies)"
)


def foreign_terms(graph: Graph) -> set[str]:
    matched = {str(theirs) for _, _, theirs in pairs(graph)}
    return matched | {str(term) for term in without_counterpart(graph)}


def unknown_terms(graph: Graph) -> set[str]:
    """Return the foreign terms of an alignment that no pinned copy declares."""
    return {term for term in foreign_terms(graph) if term not in foreign.terms_of(foreign.namespace_of(term))}


# Form


def test_every_vocabulary_has_its_file() -> None:
    assert {file.stem for file in files()} == NAMES


@each_file
def test_an_alignment_can_be_loaded_apart(file: Path) -> None:
    """It imports nothing, so that no tool has to fetch anything, and declares what its axioms relate."""
    graph = alignment(file)
    assert header(graph) == URIRef(f"https://w3id.org/provkg/alignments/{file.stem}")
    assert not list(graph.objects(None, OWL.imports))
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]
    for about in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.references):
        assert len(list(graph.objects(header(graph), about))) == 1, about
    related = {end for s, _, o in pairs(graph, (RDFS.subClassOf, RDFS.subPropertyOf)) for end in (s, o)}
    assert related <= {*declared(graph, (OWL.Class, OWL.ObjectProperty))}


@each_file
def test_an_alignment_states_matches_reasons_and_a_few_axioms_and_nothing_else(file: Path) -> None:
    about = {DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.references}
    assert set(alignment(file).predicates()) <= {*MATCHES, *about, RDF.type, SKOS.scopeNote}


@each_file
def test_each_match_leads_from_a_term_of_ours_to_a_foreign_one(file: Path) -> None:
    related = pairs(alignment(file))
    assert related
    assert {str(ours).removeprefix(PVK) for ours, _, _ in related} <= declared_names()
    assert not [theirs for _, _, theirs in related if theirs.startswith(PVK)]


@each_file
def test_no_foreign_term_has_both_a_counterpart_and_a_reason_for_having_none(file: Path) -> None:
    graph = alignment(file)
    assert not {theirs for _, _, theirs in pairs(graph)} & without_counterpart(graph).keys()


@each_file
def test_what_matches_exactly_matches_nothing_else_of_that_vocabulary_exactly(file: Path) -> None:
    same = pairs(alignment(file), EXACT)
    ours = Counter((ours, foreign.namespace_of(theirs)) for ours, _, theirs in same)
    theirs = Counter(theirs for _, _, theirs in same)
    assert [pair for pair, count in ours.items() if count > 1] == []
    assert [term for term, count in theirs.items() if count > 1] == []


@each_file
def test_two_terms_stand_to_each_other_in_one_way_only(file: Path) -> None:
    axioms = {RDFS.subClassOf, RDFS.subPropertyOf}
    found = Counter((ours, theirs) for ours, relation, theirs in pairs(alignment(file)) if relation not in axioms)
    assert [pair for pair, count in found.items() if count > 1] == []


@each_file
def test_an_axiom_puts_classes_below_classes_and_relations_below_relations(file: Path) -> None:
    classes = {*declared(own(), CLASS_TYPES, PVK)}
    graph = alignment(file)
    assert {ours for ours, _, _ in pairs(graph, (RDFS.subClassOf,))} <= classes
    assert not {ours for ours, _, _ in pairs(graph, (RDFS.subPropertyOf,))} & classes


@each_file
def test_a_relation_is_near_relations_and_a_thing_is_near_things(file: Path) -> None:
    """Names of relations begin small in all these vocabularies; only in JSON everything does."""
    if file.stem == "cyclonedx":
        return
    near = (*EXACT, *(sign for sign in SIGNS if sign != SKOS.relatedMatch))
    for ours, _, theirs in pairs(alignment(file), near):
        if "Type/" not in theirs:
            local = re.split(r"[#/]", theirs)[-1]
            assert local[0].isupper() == ours.removeprefix(PVK)[0].isupper(), (ours, theirs)


# What they speak of


@pytest.mark.cases
@pinned
@each_file
def test_each_foreign_term_exists_in_the_pinned_copy(file: Path) -> None:
    assert unknown_terms(alignment(file)) == set()


@pytest.mark.cases
@pinned
@pytest.mark.parametrize(
    "wrong",
    [
        "http://www.w3.org/ns/mls#HyperParameterSeting",
        "https://spdx.org/rdf/3.0.1/terms/AI/hyperparameters",
        "https://schema.org/CreateActoin",
        "http://cyclonedx.org/schema/bom-1.6.schema.json#/definitions/performanceMetrics",
        "https://example.org/unknown#Run",
    ],
)
def test_a_misspelt_foreign_term_is_found(wrong: str) -> None:
    planted = Graph().add((URIRef(PVK + "Run"), SKOS.closeMatch, URIRef(wrong)))
    assert unknown_terms(planted + alignment(FOLDER / "ml-schema.ttl")) == {wrong}


@pytest.mark.cases
@pinned
def test_every_term_of_a_vocabulary_has_a_counterpart_or_a_reason_for_having_none() -> None:
    spoken_of = {term for file in files() for term in foreign_terms(alignment(file))}
    whole = {foreign.namespace_of(term) for term in spoken_of} - ALIGNED_IN_PART
    assert len(whole) > 12
    silent = {term for namespace in whole for term in foreign.terms_of(namespace)} - spoken_of
    assert sorted(silent) == []


@pytest.mark.cases
@pinned
def test_a_vocabulary_aligned_in_part_says_why_of_the_rest() -> None:
    for file in files():
        graph = alignment(file)
        in_part = {foreign.namespace_of(term) for term in foreign_terms(graph)} & ALIGNED_IN_PART
        if in_part - {foreign.BIOSCHEMAS}:
            assert graph.value(header(graph), SKOS.scopeNote), file.stem


# What follows from them


def test_all_alignments_together_contradict_neither_prov_o_nor_the_worked_story() -> None:
    """Whatever follows from one alignment follows from all of them, so that one look suffices."""
    assert errors(story() + together()) == []


@pytest.mark.cases
@pinned
def test_nor_do_they_contradict_the_axioms_of_vocabularies_below_which_they_put_our_terms() -> None:
    """Executions of ProvONE are activities: a plan, and so an entity, that is put among them is all that is found."""
    execution = URIRef("http://purl.dataone.org/provone/2015/01/15/ontology#Execution")
    trap = Graph().add((TRAPPED, RDF.type, URIRef(PVK + "Experiment")))
    trap.add((TRAPPED, RDF.type, execution))
    found = errors(axioms_below_which_we_are() + together() + all_examples() + trap)
    assert found
    assert all(message.startswith("Disjoint classes") and message.endswith(TRAPPED) for message in found)


def together() -> Graph:
    whole = Graph()
    for file in files():
        whole += alignment(file)
    return whole


def axioms_below_which_we_are() -> Graph:
    axioms = (RDFS.subClassOf, RDFS.subPropertyOf)
    wider = {foreign.namespace_of(theirs) for file in files() for _, _, theirs in pairs(alignment(file), axioms)}
    assert len(wider) > 4
    whole = Graph()
    for namespace in wider:
        whole += foreign.axioms_of(namespace)
    return whole


def test_prov_o_itself_is_not_repeated_in_an_alignment() -> None:
    assert not {triple for file in files() for triple in alignment(file) if triple in prov()}


# The table


@pytest.mark.checkout
def test_the_readme_shows_what_maps_exactly_broadly_and_not_at_all(rewrite: bool) -> None:
    file = ONTOLOGY / "README.md"
    assert same_or_rewritten(file, render(file.read_text("utf-8")), rewrite=rewrite), REWRITE
