"""The index follows the ledger, derives `dependsOn` whatever comes first, and never claims more than it took in."""

import os
import stat
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.errors import StorageFailed, Unreadable
from provkg.index import Change, Index, ReadIndex, Snapshots
from provkg.index.version import Version

LEDGER_GRAPH = NamedNode("http://e/graph/ledger")


def node(local: str) -> NamedNode:
    return NamedNode(f"http://e/{local}")


def mark_at(position: int) -> str:
    return f"mark {position}"


def change(position: int, added: Sequence[Triple], removed: Sequence[Triple] = ()) -> Change:
    about = Triple(node(f"record/{position}"), v.sequenceNumber, Literal(position))
    stated = tuple(Quad(*triple) for triple in closed(added))
    return Change(position, mark_at(position), stated, (about,), tuple(closed(removed)))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index.create(tmp_path / "index", LEDGER_GRAPH)
    yield made
    if hasattr(made, "_store"):
        made.abandon()


def default_graph(index: Index) -> set[Triple]:
    return {quad.triple for quad in index._store.quads_for_pattern(None, None, None, DefaultGraph())}


def edges(index: Index) -> set[tuple[str, str]]:
    found = [quad.triple for quad in index._store.quads_for_pattern(None, v.dependsOn, None, DefaultGraph())]
    return {(local(triple.subject), local(triple.object)) for triple in found}


def local(term: object) -> str:
    return str(term).removeprefix("<http://e/").removesuffix(">")


def test_statements_of_several_records_are_merged_and_records_stand_apart(index: Index) -> None:
    shared = Triple(node("a"), v.dct_title, Literal("shared"))
    index.apply([change(0, [shared]), change(1, [shared, Triple(node("b"), v.dct_title, Literal("b"))])])
    assert default_graph(index) == {shared, Triple(node("b"), v.dct_title, Literal("b"))}
    about = {quad.triple for quad in index._store.quads_for_pattern(None, None, None, LEDGER_GRAPH)}
    assert about == {Triple(node(f"record/{n}"), v.sequenceNumber, Literal(n)) for n in (0, 1)}
    assert index.position == 2


def test_taking_in_an_entry_twice_changes_nothing(index: Index) -> None:
    changes = [
        change(0, [Triple(node("x"), v.hasFile, node("y"))]),
        change(1, [], [Triple(node("x"), v.hasFile, node("y"))]),
    ]
    index.apply(changes)
    once = default_graph(index)
    index.apply(changes, replay=True)
    assert default_graph(index) == once == set()


# --- dependsOn: what the definition says, told by a SPARQL query instead of the code

DEFINITION = """
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX pvk: <https://w3id.org/provkg#>
SELECT DISTINCT ?x ?y WHERE {
  { ?x prov:wasDerivedFrom ?y FILTER NOT EXISTS { ?x prov:wasRevisionOf ?y } }
  UNION { VALUES ?reason { pvk:trainedOn pvk:fineTunedFrom pvk:subsetOf pvk:obtainedFrom prov:hadPrimarySource }
          ?x ?reason ?y }
  UNION { ?x pvk:hasFile ?y }
  UNION { VALUES ?use { pvk:fitsOn pvk:validationData pvk:initializedFrom pvk:rewardModel pvk:usedModel
                        pvk:usedPrompt pvk:referenceData pvk:usedCode pvk:usedLibrary pvk:ranIn }
          ?x prov:wasGeneratedBy ?run . ?run ?use ?y }
  UNION { VALUES ?part { pvk:Environment pvk:SoftwareEnvironment pvk:HardwareConfiguration pvk:ContainerImage }
          ?x a ?part ; prov:hadMember ?y }
  UNION { ?x a pvk:Deployment ; pvk:referenceData ?y }
  FILTER(?x != ?y)
}"""


def defined_edges(stated: Sequence[Triple]) -> set[tuple[str, str]]:
    store = Store()
    store.extend(Quad(*triple) for triple in closed(stated))
    found = store.query(DEFINITION)
    assert isinstance(found, QuerySolutions)
    return {(local(x), local(y)) for x, y in found}


RELATIONS = [
    v.prov_wasDerivedFrom, v.prov_wasRevisionOf, v.dcat_previousVersion, v.trainedOn, v.fineTunedFrom, v.subsetOf,
    v.obtainedFrom, v.hasFile, v.prov_wasGeneratedBy, v.trainedBy, v.measuredIn, v.prov_used, v.trainingData,
    v.evaluationData, v.fitsOn, v.validationData, v.initializedFrom, v.rewardModel, v.usedModel, v.usedPrompt,
    v.referenceData, v.usedCode, v.usedLibrary, v.ranIn, v.prov_hadMember, v.hasSoftware, v.includesPackage, v.replaces,
]  # fmt: skip
NODES = st.sampled_from([node(name) for name in "abcd"])
CLASSES = st.sampled_from(
    [v.Environment, v.SoftwareEnvironment, v.ModelVersion, v.HardwareConfiguration, v.ContainerImage, v.Deployment]
)
STATEMENTS = st.builds(Triple, NODES, st.sampled_from(RELATIONS), NODES) | st.builds(
    Triple, NODES, st.just(v.rdf_type), CLASSES
)
TOLD = st.lists(st.lists(STATEMENTS, max_size=4), max_size=6)
PLACES = count()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TOLD, st.data())
def test_edges_are_those_of_the_definition_in_whatever_order_records_come_and_go(
    tmp_path_factory: pytest.TempPathFactory, told: list[list[Triple]], data: st.DataObject
) -> None:
    place = tmp_path_factory.getbasetemp() / f"index {next(PLACES)}"
    index = Index.create(place, LEDGER_GRAPH)
    try:
        for position, said in enumerate(told):
            index.apply([change(position, said)])
        assert edges(index) == defined_edges([triple for said in told for triple in said])
        if told:
            gone = data.draw(st.integers(0, len(told) - 1))
            left = [triple for number, said in enumerate(told) if number != gone for triple in said]
            removed = tuple(set(closed(told[gone])) - set(closed(left)))
            index.apply([Change(len(told), "mark", (), (), removed)])
            assert edges(index) == defined_edges(left)
    finally:
        index.abandon()


def test_the_two_halves_of_an_edge_may_come_in_any_order(tmp_path: Path) -> None:
    halves = [[Triple(node("model"), v.trainedBy, node("run"))], [Triple(node("run"), v.validationData, node("data"))]]
    for name, told in (("forth", halves), ("back", halves[::-1])):
        index = Index.create(tmp_path / name, LEDGER_GRAPH)
        index.apply([change(0, told[0])])
        assert edges(index) == set()
        index.apply([change(1, told[1])])
        assert edges(index) == {("model", "data")}
        index.abandon()


def test_a_revision_is_no_dependency_until_another_reason_is_told(index: Index) -> None:
    index.apply([change(0, [Triple(node("v2"), v.dcat_previousVersion, node("v1"))])])
    assert edges(index) == set()
    index.apply([change(1, [Triple(node("v2"), v.fineTunedFrom, node("v1"))])])
    assert edges(index) == {("v2", "v1")}


def test_a_derivation_that_turns_out_to_be_a_revision_loses_its_edge(index: Index) -> None:
    index.apply([change(0, [Triple(node("v2"), v.prov_wasDerivedFrom, node("v1"))])])
    assert edges(index) == {("v2", "v1")}
    index.apply([change(1, [Triple(node("v2"), v.prov_wasRevisionOf, node("v1"))])])
    assert edges(index) == set()


def test_training_data_reach_the_model_by_derivation_alone(index: Index) -> None:
    """By use and generation, whatever a run merely measured would look like a source of its model."""
    run, model = node("run"), node("model")
    index.apply([change(0, [Triple(run, v.evaluationData, node("test")), Triple(model, v.trainedBy, run)])])
    index.apply([change(1, [Triple(model, v.trainedOn, node("train")), Triple(run, v.trainingData, node("train"))])])
    assert edges(index) == {("model", "train")}


def test_a_model_rests_on_its_judge_and_predictions_on_their_prompt_and_what_was_looked_up(index: Index) -> None:
    told = [
        Triple(node("training"), v.rewardModel, node("judge")),
        Triple(node("model"), v.trainedBy, node("training")),
        Triple(node("inference"), v.usedPrompt, node("prompt")),
        Triple(node("inference"), v.referenceData, node("docs")),
        Triple(node("answers"), v.prov_wasGeneratedBy, node("inference")),
        Triple(node("live"), v.rdf_type, v.Deployment),
        Triple(node("live"), v.referenceData, node("docs")),
    ]
    index.apply([change(0, told)])
    assert edges(index) == {("model", "judge"), ("answers", "prompt"), ("answers", "docs"), ("live", "docs")}, (
        "the inference itself is no thing that rests on anything"
    )


def test_a_crash_between_statements_and_edges_is_made_up_for(index: Index) -> None:
    said = [Triple(node("model"), v.hasFile, node("file"))]
    index._store.extend(Quad(*triple) for triple in said)
    index.apply([change(0, said)], replay=True)
    assert edges(index) == {("model", "file")}


# --- what the gate asks


def test_the_gate_learns_all_of_what_is_described_and_types_and_digests_of_the_rest(index: Index) -> None:
    run, data, other = node("run"), node("data"), node("other")
    told = [
        Triple(run, v.rdf_type, v.TrainingRun), Triple(run, v.dct_title, Literal("fit")),
        Triple(run, v.usedCode, node("code")), Triple(data, v.rdf_type, v.DatasetVersion),
        Triple(data, v.sha256, Literal("ab" * 32)), Triple(data, v.dct_title, Literal("d")),
        Triple(other, v.dct_title, Literal("not asked for")), Triple(node("model"), v.trainedBy, run),
    ]  # fmt: skip
    index.apply([change(0, told)])
    known = index.known([Triple(run, v.trainingData, data), Triple(run, v.usedLibrary, node("nowhere"))])
    said = {t for t in closed(told) if t.subject in {run, data}} - {told[5]}
    of_others = {t for t in said if t.predicate in v.REVERSED}
    assert of_others, "the model's statement is also read from the run's end"
    assert set(known) == said - of_others


def test_derived_edges_are_no_knowledge_of_records(index: Index) -> None:
    index.apply([change(0, [Triple(node("a"), v.hasFile, node("b"))])])
    assert v.dependsOn not in {
        triple.predicate for triple in index.known([Triple(node("a"), v.dct_title, Literal("a"))])
    }


def test_live_deployments_are_those_that_nothing_ended(index: Index) -> None:
    there, stage = node("endpoint"), v.DeploymentStage_production
    for name in ("d2", "d1", "ended"):
        index.apply(
            [
                change(
                    index.position,
                    [Triple(node(name), v.deployedAt, there), Triple(node(name), v.deploymentStage, stage)],
                )
            ]
        )
    index.apply(
        [
            change(
                3,
                [
                    Triple(
                        node("ended"),
                        v.prov_invalidatedAtTime,
                        Literal("2026-03-20T09:00:00Z", datatype=v.xsd_dateTime),
                    )
                ],
            )
        ]
    )
    assert index.live_deployments(there, stage) == [node("d1"), node("d2")]
    assert index.deployments(there, stage) == [node("d1"), node("d2"), node("ended")]
    assert index.live_deployments(there, v.DeploymentStage_staging) == []


# --- opening


def test_an_index_that_was_closed_opens_where_it_was(tmp_path: Path, index: Index) -> None:
    index.apply([change(0, [Triple(node("a"), v.hasFile, node("b"))]), change(1, [])])
    before = default_graph(index)
    index.close()
    again = Index.open(tmp_path / "index", LEDGER_GRAPH, mark_at)
    assert (again.position, default_graph(again)) == (2, before)
    again.abandon()


def test_without_settling_the_position_stays_behind_what_was_taken_in(tmp_path: Path, index: Index) -> None:
    index.apply([change(0, [Triple(node("a"), v.hasFile, node("b"))])])
    index.abandon()
    again = Index.open(tmp_path / "index", LEDGER_GRAPH, mark_at)
    assert again.position == 0
    again.abandon()


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        (Version(1, "mark 0", pyoxigraph="0.1.0"), "written by pyoxigraph 0.1.0"),
        (Version(1, "mark 0", layout=0), "another provkg"),
        (Version(1, "another mark"), "knows entries that the ledger does not have"),
        (Version(7, "mark 6"), "knows entries that the ledger does not have"),
    ],
)
def test_an_index_that_cannot_follow_the_ledger_says_why(
    tmp_path: Path, index: Index, version: Version, reason: str
) -> None:
    index.close()
    version.write(tmp_path / "index")
    with pytest.raises(Unreadable, match=reason):
        Index.open(tmp_path / "index", LEDGER_GRAPH, lambda position: mark_at(position) if position < 5 else None)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"position": "many"}', b"\xff"])
def test_a_damaged_version_file_is_told_as_such(tmp_path: Path, index: Index, content: bytes) -> None:
    index.close()
    (tmp_path / "index" / "VERSION").write_bytes(content)
    with pytest.raises(Unreadable, match="VERSION file is missing or broken"):
        Index.open(tmp_path / "index", LEDGER_GRAPH, mark_at)


@pytest.mark.parametrize("victim", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_damaged_files_are_told_as_such(tmp_path: Path, index: Index, victim: str) -> None:
    index.apply([change(0, [Triple(node("a"), v.hasFile, node("b"))])])
    index.close()
    files = list((tmp_path / "index" / "store").glob(victim))
    assert files, f"there is no {victim} to damage"
    for file in files:
        file.write_bytes(b"\xff" * 10)
    with pytest.raises(Unreadable, match="damaged"):  # noqa: PT012 - some damage shows only when it is read
        again = Index.open(tmp_path / "index", LEDGER_GRAPH, mark_at)
        again.known([Triple(node("a"), v.hasFile, node("b"))])


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="cannot make an index"):
        Index.create(tmp_path / "file" / "index", LEDGER_GRAPH)


# --- asking


@pytest.fixture
def reader(tmp_path: Path, index: Index) -> Iterator[ReadIndex]:
    index.apply([change(0, [Triple(node(name), v.dct_title, Literal(name)) for name in "abc"])])
    snapshots = Snapshots(tmp_path / "snapshots")
    snapshots.take(index)
    opened = snapshots.open()
    assert opened is not None
    with opened:
        yield opened


TITLES = "SELECT ?thing ?title WHERE { ?thing <http://purl.org/dc/terms/title> ?title } ORDER BY ?title"


def test_a_table_comes_with_its_columns_and_the_ledger_size_it_stands_for(reader: ReadIndex) -> None:
    answer = reader.query(TITLES)
    assert (answer.kind, answer.columns, answer.size, answer.cut) == ("table", ("thing", "title"), 1, False)
    assert list(answer) == [(node(name), Literal(name)) for name in "abc"]


def test_an_unbound_variable_is_none(reader: ReadIndex) -> None:
    assert reader.query("SELECT ?x ?y { BIND(1 AS ?x) }").rows == [(Literal(1), None)]


def test_yes_and_no_are_answers(reader: ReadIndex) -> None:
    assert reader.query("ASK { ?s ?p 'a' }").boolean is True
    no = reader.query("ASK { ?s ?p 'z' }")
    assert (no.kind, no.boolean, bool(no)) == ("boolean", False, False)


def test_a_graph_comes_as_its_triples(reader: ReadIndex) -> None:
    answer = reader.query("CONSTRUCT { ?s <http://e/p> ?o } WHERE { ?s ?q ?o FILTER(?o = 'a') }")
    assert (answer.kind, answer.triples) == ("graph", [Triple(node("a"), node("p"), Literal("a"))])
    assert len(reader.query("DESCRIBE <http://e/a>")) == 1


@given(st.integers(0, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_limited_answer_says_whether_anything_is_missing(reader: ReadIndex, limit: int) -> None:
    for text in (TITLES, "CONSTRUCT WHERE { ?s ?p ?o }"):
        answer = reader.query(text, limit=limit)
        assert len(answer) == min(limit, 3)
        assert answer.cut == (limit < 3)


def test_what_is_said_about_records_shows_only_where_its_graph_is_named(reader: ReadIndex) -> None:
    assert not reader.query("ASK { ?record <https://w3id.org/provkg#sequenceNumber> ?n }")
    assert reader.query("ASK { GRAPH ?g { ?record <https://w3id.org/provkg#sequenceNumber> ?n } }")
    assert reader.query("ASK FROM <http://e/graph/ledger> { ?record <https://w3id.org/provkg#sequenceNumber> ?n }")


def test_a_query_that_does_not_parse_is_refused_with_the_engines_reason(reader: ReadIndex) -> None:
    from provkg.errors import RefusedQuery

    with pytest.raises(RefusedQuery, match=r"does not parse \(line 1, column \d+\)"):
        reader.query("SELECT ?x WHERE { ?x }")
    with pytest.raises(RefusedQuery, match="SERVICE"):
        reader.query("SELECT * { SERVICE <http://e/> {} }")


def test_closing_a_reader_again_closes_nothing_of_others(reader: ReadIndex, tmp_path: Path) -> None:
    reader.close()
    # The system gives the descriptors that became free to whoever opens files next.
    others = [os.open(tmp_path, os.O_RDONLY) for _ in range(8)]
    reader.close()
    assert all(stat.S_ISDIR(os.fstat(descriptor).st_mode) for descriptor in others)
    for descriptor in others:
        os.close(descriptor)
