"""`closed` writes out the classes and relations above our own, as a reasoner would find them."""

from __future__ import annotations

import owlrl
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph

from provkg.entailment import closed
from provkg.vocabulary import (
    CLASSES,
    PROPERTIES,
    DatasetVersion,
    FineTuningRun,
    MetricKind,
    TrainingRun,
    dcat_previousVersion,
    hasPoint,
    measuredIn,
    prov_Activity,
    prov_Entity,
    prov_generated,
    prov_invalidated,
    prov_used,
    prov_wasDerivedFrom,
    prov_wasGeneratedBy,
    prov_wasRevisionOf,
    rdf_type,
    selected,
    skos_Concept,
    trainedBy,
    value,
)
from tests.generated.ontology import INFLUENCE, own, prov

RUN, MODEL, DATA, OLD = (NamedNode(f"https://example.org/{name}") for name in ("run", "model", "data", "old"))

# Every node has its most specific class, so that domains and ranges tell a reasoner nothing new.
EXAMPLE = """
PREFIX pvk: <https://w3id.org/provkg#> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dcat: <http://www.w3.org/ns/dcat#> BASE <https://example.org/>

<run> a pvk:FineTuningRun ; pvk:trainingData <train> ; pvk:initializedFrom <old> ; pvk:parameter <rate> ;
  pvk:triggeredBy <mara> ; pvk:ranOn <node> ; pvk:runStatus pvk:RunStatus-succeeded .
<train> a pvk:Split ; pvk:subsetOf <data> .
<data> a pvk:DatasetVersion ; pvk:versionOf <digits> ; pvk:targetFeature <grade> ; pvk:obtainedFrom <source> .
<digits> a pvk:Dataset . <grade> a pvk:Feature . <source> a pvk:DataSource . <rate> a pvk:HyperparameterSetting .
<mara> a prov:Person . <node> a pvk:ComputeNode . <old> a pvk:ModelVersion .
<model> a pvk:Checkpoint ; pvk:trainedBy <run> ; pvk:fineTunedFrom <old> ; dcat:previousVersion <old> .
<accuracy> a pvk:MetricSeries ; pvk:measuredIn <run> ; pvk:metricKind <kind> ; pvk:hasPoint <point> ;
  pvk:hasChunk <chunk> .
<point> a pvk:MetricPoint . <chunk> a pvk:SeriesChunk . <kind> a pvk:MetricKind .
<choice> a pvk:SelectionDecision ; pvk:selected <model> ; pvk:evidence <accuracy> ; pvk:decidedBy <mara> .
<service> a pvk:Deployment ; pvk:deploys <model> ; pvk:deployedAt <endpoint> ; prov:wasInvalidatedBy <end> .
<endpoint> a pvk:Endpoint . <end> a pvk:DeploymentRun .
"""

# PROV-O's upper tier, and the one inverse besides generation that its ontology declares.
WITHHELD = {NamedNode(term) for term in INFLUENCE} | {prov_invalidated}

nodes = st.sampled_from([RUN, MODEL, DATA, OLD])
types = st.builds(Triple, nodes, st.just(rdf_type), st.sampled_from(sorted(CLASSES, key=str)))
relations = st.builds(
    Triple, nodes, st.sampled_from(sorted(PROPERTIES, key=str)), nodes | st.builds(Literal, st.integers())
)
records = st.lists(types | relations, max_size=12)


def test_a_class_brings_every_class_above_it() -> None:
    found = {triple.object for triple in closed([Triple(RUN, rdf_type, FineTuningRun)])}
    assert {FineTuningRun, TrainingRun, prov_Activity} <= found


def test_a_controlled_term_is_a_concept_for_tools_that_know_only_skos() -> None:
    assert Triple(DATA, rdf_type, skos_Concept) in closed([Triple(DATA, rdf_type, MetricKind)])


def test_a_relation_brings_every_relation_above_it() -> None:
    assert Triple(RUN, prov_used, MODEL) in closed([Triple(RUN, selected, MODEL)])


def test_generation_is_written_in_both_directions() -> None:
    forth, back = Triple(MODEL, prov_wasGeneratedBy, RUN), Triple(RUN, prov_generated, MODEL)
    assert closed([Triple(MODEL, trainedBy, RUN)])[1:] == [forth, back]
    assert closed([forth]) == [forth, back]
    assert closed([back]) == [back, forth]


def test_a_measurement_is_generated_by_its_run() -> None:
    assert Triple(RUN, prov_generated, DATA) in closed([Triple(DATA, measuredIn, RUN)])


def test_a_previous_version_is_one_that_was_revised() -> None:
    implied = closed([Triple(DATA, dcat_previousVersion, OLD)])[1:]
    assert implied == [Triple(DATA, prov_wasRevisionOf, OLD), Triple(DATA, prov_wasDerivedFrom, OLD)]


def test_a_point_of_a_series_stays_bare() -> None:
    point = [Triple(RUN, hasPoint, DATA), Triple(DATA, value, Literal(0.5))]
    assert closed(point) == point


def test_no_type_is_inferred_from_the_place_of_a_node() -> None:
    assert not [t for t in closed([Triple(MODEL, trainedBy, RUN)]) if t.predicate == rdf_type]


def test_a_literal_in_the_place_of_a_run_is_left_to_the_gate() -> None:
    wrong = Triple(MODEL, prov_wasGeneratedBy, Literal("yesterday's run"))
    assert closed([wrong]) == [wrong]


def test_what_was_said_comes_first_and_once() -> None:
    said = [Triple(DATA, rdf_type, prov_Entity), Triple(DATA, rdf_type, DatasetVersion)]
    assert closed(said + said) == said


def test_the_lookup_finds_what_a_reasoner_finds() -> None:
    stated = [quad.triple for quad in parse(EXAMPLE.encode(), format=RdfFormat.TURTLE)]
    found = closed(stated)
    assert len(found) > 2 * len(stated), "the example implies more than it says"
    assert set(found) == {triple for triple in reasoned() if is_promised(triple)}


def reasoned() -> set[Triple]:
    """Return what OWL 2 RL finds about the nodes of the example."""
    data = Graph().parse(data=EXAMPLE, format="turtle")
    graph = own() + prov() + data
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    about = Graph()
    for subject in set(data.subjects()):
        for predicate, thing in graph.predicate_objects(subject):
            about.add((subject, predicate, thing))
    return {quad.triple for quad in parse(about.serialize(format="nt").encode(), format=RdfFormat.N_TRIPLES)}


def is_promised(triple: Triple) -> bool:
    """Return whether `closed` says of this kind of triple that it writes out all of them."""
    if triple.predicate == rdf_type:
        return triple.object in (CLASSES | {skos_Concept}) - WITHHELD
    return triple.predicate in (PROPERTIES | {dcat_previousVersion}) - WITHHELD


@given(records)
def test_closing_what_is_closed_adds_nothing(record: list[Triple]) -> None:
    once = closed(record)
    assert closed(once) == once


@given(records, records)
def test_saying_more_never_implies_less(record: list[Triple], more: list[Triple]) -> None:
    assert set(closed(record)) <= set(closed(record + more))


@given(records)
def test_nothing_that_was_said_is_lost_or_repeated(record: list[Triple]) -> None:
    found = closed(record)
    assert found[: len(set(record))] == list(dict.fromkeys(record))
    assert len(found) == len(set(found))
