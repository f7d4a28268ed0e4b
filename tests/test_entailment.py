"""`closed` writes out the classes and relations above our own, as a reasoner would find them."""

from __future__ import annotations

from pathlib import Path

import owlrl
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph

from provkg.entailment import closed, mirrors, one_way_echoes
from provkg.vocabulary import (
    CLASSES,
    INVERSES,
    PROPERTIES,
    SUPERPROPERTIES,
    DatasetVersion,
    FineTuningRun,
    MetricKind,
    TrainingRun,
    dcat_previousVersion,
    hasPoint,
    measuredIn,
    prov_Activity,
    prov_atTime,
    prov_Entity,
    prov_entity,
    prov_generated,
    prov_generatedAtTime,
    prov_qualifiedGeneration,
    prov_qualifiedRevision,
    prov_qualifiedUsage,
    prov_used,
    prov_wasDerivedFrom,
    prov_wasGeneratedBy,
    prov_wasRevisionOf,
    rdf_type,
    selected,
    skos_Concept,
    trainedBy,
    value,
    xsd_dateTime,
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
<told> a prov:Activity ; prov:qualifiedUsage <usage> ; prov:qualifiedAssociation <part> ; prov:qualifiedStart <start> ;
  prov:qualifiedCommunication <word> .
<usage> a prov:Usage ; prov:entity <data> . <part> a prov:Association ; prov:agent <mara> .
<start> a prov:Start ; prov:entity <grade> . <word> a prov:Communication ; prov:activity <run> .
<made> a prov:Entity ; prov:qualifiedGeneration <generation> ; prov:qualifiedRevision <revision> ;
  prov:qualifiedInvalidation <loss> ; prov:qualifiedAttribution <credit> .
<generation> a prov:Generation ; prov:activity <told> . <revision> a prov:Revision ; prov:entity <data> .
<loss> a prov:Invalidation ; prov:activity <end> . <credit> a prov:Attribution ; prov:agent <mara> .
"""

WITHHELD = {NamedNode(term) for term in INFLUENCE}
STORY = Path(__file__).parent / "story"

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
    assert {forth, back} <= set(closed([Triple(MODEL, trainedBy, RUN)]))
    assert closed([forth]) == [forth, back]
    assert closed([back]) == [back, forth]


def test_a_qualified_relation_is_read_as_the_plain_one_and_what_lies_above_it() -> None:
    said = [Triple(MODEL, prov_qualifiedRevision, RUN), Triple(RUN, prov_entity, OLD)]
    assert closed(said)[2:] == [Triple(MODEL, prov_wasRevisionOf, OLD), Triple(MODEL, prov_wasDerivedFrom, OLD)]


def test_the_time_of_a_qualified_generation_is_the_time_of_its_entity() -> None:
    noon = Literal("2026-05-01T12:00:00Z", datatype=xsd_dateTime)
    said = [Triple(MODEL, prov_qualifiedGeneration, RUN), Triple(RUN, prov_atTime, noon)]
    assert closed(said)[2:] == [Triple(MODEL, prov_generatedAtTime, noon)]


def test_the_time_of_a_use_is_no_time_of_the_activity() -> None:
    said = [Triple(RUN, prov_qualifiedUsage, DATA), Triple(DATA, prov_atTime, Literal("noon"))]
    assert closed(said) == said


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
    assert len(found) > 1.8 * len(stated), "the example implies more than it says"
    data = Graph().parse(data=EXAMPLE, format="turtle")
    assert set(found) == {triple for triple in reasoned(data) if is_promised(triple)}


def test_the_lookup_finds_in_the_worked_story_what_a_reasoner_finds() -> None:
    files = [file for file in sorted(STORY.iterdir()) if file.suffix in {".ttl", ".trig"}]
    assert files, f"the worked story is missing from {STORY}"
    data = Graph()
    for file in files:
        data.parse(file)
    # Both start from the text that rdflib writes, because it gives some numbers another form.
    found, reasoner = (set(filter(is_promised, triples)) for triples in (closed(triples_of(data)), reasoned(data)))
    assert found - reasoner == set(), "nothing is made up"
    points = {triple.object for triple in found if triple.predicate == hasPoint}
    missed = {triple for triple in reasoner - found if triple.subject not in points}
    assert missed == set(), "nothing is missed but the types of points, which stay bare"


def reasoned(data: Graph) -> set[Triple]:
    """Return what OWL 2 RL finds about the nodes of `data`."""
    graph = own() + prov() + data
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    about = Graph()
    for subject in set(data.subjects()):
        for predicate, thing in graph.predicate_objects(subject):
            about.add((subject, predicate, thing))
    return triples_of(about)


def triples_of(graph: Graph) -> set[Triple]:
    return {quad.triple for quad in parse(graph.serialize(format="nt").encode(), format=RdfFormat.N_TRIPLES)}


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


def test_what_may_follow_from_the_other_end_has_an_inverse_or_is_listed_with_all_that_it_follows_from() -> None:
    relations = {*INVERSES, *SUPERPROPERTIES}
    echoes = {(other, relation) for relation in relations for other in mirrors(relation)}
    listed = {(other, source) for other, sources in one_way_echoes().items() for source in sources}
    assert listed == {(other, source) for other, source in echoes if other not in INVERSES}
    assert all((INVERSES[relation], relation) in echoes for relation in INVERSES)
    assert listed
