"""What lies between two things is every way from one to the other, also in circles; each step names its records."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from provkg import vocabulary as v
from provkg.errors import BadParameter, MissingExtra
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.index import ReadIndex
from provkg.lineage import Lineage, between, downstream, upstream
from provkg.reading import Reader
from tests import story

GRADER, READINGS = story.thing("model-version/apple-grader-2"), story.thing("dataset-version/apple-readings-2")
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
Edges = frozenset[tuple[int, int]]
graphs = st.frozensets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


@pytest.fixture(scope="module")
def told() -> Iterator[ReadIndex]:
    with story.index() as index:
        yield index


def node(number: int) -> str:
    return story.thing(f"dataset-version/n{number}").value


def index_of(edges: Edges) -> ReadIndex:
    """Return an index in which things rest on each other as `edges` say, in circles too."""
    store = Store()
    for source, target in edges:
        ends = (story.thing(f"dataset-version/n{each}") for each in (source, target))
        store.add(Quad(next(ends), v.dependsOn, next(ends)))
    return ReadIndex(Path("none"), 1, store, -1)


def reference(edges: Edges) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(node(number) for number in range(8))
    graph.add_edges_from((node(source), node(target)) for source, target in edges if source != target)
    return graph


@settings(deadline=None)
@given(graphs)
def test_in_any_graph_a_lineage_holds_what_can_be_come_to_at_the_distance_of_the_shortest_way(edges: Edges) -> None:
    with index_of(edges) as index:
        for trace, graph in ((upstream, reference(edges)), (downstream, reference(edges).reverse())):
            found = trace(index, story.thing("dataset-version/n0"))
            assert found.distances() == nx.single_source_shortest_path_length(graph, node(0))
            assert found.text("tree")
            near = trace(index, story.thing("dataset-version/n0"), depth=2)
            assert near.distances() == {iri: far for iri, far in found.distances().items() if far <= 2}


@settings(deadline=None)
@given(graphs)
def test_in_any_graph_the_ways_between_two_things_are_all_simple_ones_shortest_first(edges: Edges) -> None:
    with index_of(edges) as index:
        found = between(index, story.thing("dataset-version/n0"), story.thing("dataset-version/n1"))
    graph = reference(edges)
    forward = [*nx.all_simple_paths(graph, node(0), node(1))]
    expected = forward or [*nx.all_simple_paths(graph, node(1), node(0))]
    ways = [[way[0].source, *(step.target for step in way)] for way in found.paths()]
    assert sorted(ways) == sorted(expected)
    assert [len(way) for way in ways] == sorted(map(len, expected))
    assert {*itertools.chain(*expected)} <= {*found.nodes}


def test_what_lies_between_a_model_and_data_is_the_same_whichever_is_named_first(told: ReadIndex) -> None:
    found, turned = between(told, GRADER, READINGS), between(told, READINGS, GRADER)
    assert found == turned
    assert (found.roots, found.end) == ((GRADER.value,), READINGS.value)
    labels = {each.label for each in found.nodes.values() if each.kind == "entity"}
    assert {"apples-train-ready@1", "apples-clean@1", "apple-readings@2"} <= labels
    assert not labels & {"sorting-line-sensors", "scikit-learn@1.5.2"}, "what lies beyond, or aside, is not between"
    shortest = next(found.paths())
    assert (shortest[0].source, shortest[-1].target) == (GRADER.value, READINGS.value)
    lines = found.text("paths").splitlines()
    assert lines[0].startswith("apple-grader@2 ─ trained on → apples-train-ready@1 ─ ")
    assert lines[0].endswith(" → apple-readings@2")


def test_what_lies_between_a_model_and_a_package_is_drawn_with_the_environment(told: ReadIndex) -> None:
    found = between(told, GRADER, story.thing("environment/workstation"))
    assert "environment" in found.text("tree")


def test_two_things_of_which_neither_rests_on_the_other_are_said(told: ReadIndex) -> None:
    found = between(told, GRADER, story.thing("model-version/raw-grader-1"))
    assert (found.dependencies, list(found.paths())) == ((), [])
    assert "Neither rests on the other: apple-grader@2, raw-grader@1." in found.text()
    assert found.text("paths") == "Neither rests on the other: apple-grader@2, raw-grader@1.\n"
    assert "apple-grader@2, raw-grader@1." in found.only(["source"]).text()


@pytest.mark.parametrize("ends", [(GRADER, READINGS), (READINGS, GRADER)])
def test_of_things_further_apart_than_the_depth_it_is_said_how_far(
    told: ReadIndex, ends: tuple[NamedNode, NamedNode]
) -> None:
    steps = upstream(told, GRADER).distances()[READINGS.value]
    near = between(told, *ends, depth=2)
    said = f"Neither rests on the other within 2 steps: apple-grader@2 rests on apple-readings@2 in {steps}."
    assert steps > 2
    assert (near.dependencies, near.text("paths")) == ((), f"{said}\n")
    assert said in near.text()
    assert between(told, *ends, depth=steps).dependencies
    raw = story.thing("model-version/raw-grader-1")
    assert "Neither rests on the other: apple-grader@2, raw-grader@1." in between(told, GRADER, raw, depth=2).text()


def test_thousands_of_ways_through_a_net_are_not_all_walked_to_tell_the_first() -> None:
    # Twenty layers of three things, each resting on all of the next: 3^20 ways.
    layers = [[story.thing(f"dataset-version/l{layer}-{place}") for place in range(3)] for layer in range(20)]
    pairs = [pair for one, other in itertools.pairwise(layers) for pair in itertools.product(one, other)]
    store = Store()
    store.extend(Quad(one, v.dependsOn, other) for one, other in pairs)
    with ReadIndex(Path("none"), 1, store, -1) as index:
        found = between(index, layers[0][0], layers[-1][0])
    assert len(next(found.paths())) == 19
    assert found.text("paths").splitlines()[-1] == "… and more; the first 20 and shortest are told"


# --- by kinds


def test_kinds_that_are_not_asked_for_are_walked_through_and_drawn_as_one_step(told: ReadIndex) -> None:
    found = upstream(told, GRADER).only(["source"])
    assert {each.type for each in found} == {"DataSource"}
    (step,) = (each for each in found.dependencies if each.source == GRADER.value)
    assert (step.relation, len(step.steps) > 3) == ("dependsOn", True)
    assert (step.steps[0].source, step.steps[-1].target) == (step.source, step.target)
    assert all(one.target == other.source for one, other in itertools.pairwise(step.steps))
    assert f"rests on: sorting-line-sensors  data source  [through {len(step.steps) - 1} others]" in found.text()
    models = downstream(told, READINGS).only(["model", "deployment"])
    assert {each.type for each in models} == {"ModelVersion", "Deployment"}
    assert any(each.relation == "deploys" and not each.steps for each in models.dependencies), "what is direct stays"


def test_a_kind_means_its_narrower_kinds_too(told: ReadIndex) -> None:
    found = upstream(told, GRADER).only(["dataset"])
    assert {each.type for each in found} >= {"DatasetVersion", "Split"}
    assert {each.iri for each in upstream(told, GRADER).only(["DataSubset"])} < {each.iri for each in found}
    for spelling in ("dataset-version", "Dataset Version", "DatasetVersion"):
        assert {each.type for each in upstream(told, GRADER).only([spelling])} == {"DatasetVersion"}


def test_a_kind_that_there_is_not_is_refused_with_those_there_are(told: ReadIndex) -> None:
    with pytest.raises(BadParameter, match=r"'modle' is no kind of thing; take one of data, dataset, model, "):
        upstream(told, GRADER).only(["modle"])


# --- at a time


def test_where_a_kind_a_depth_or_a_time_keeps_all_out_no_more_than_that_is_said(told: ReadIndex) -> None:
    above, near = upstream(told, GRADER), downstream(told, READINGS, depth=1)
    assert downstream(told, READINGS).only(["deployment"]).dependencies
    said = "No deployment or prediction batch rests on it within 1 step, but 3 other things do."
    assert said in near.only(["deployment", "PredictionBatch"]).text()
    assert f"It rests on no deployment, but on {len(above)} other things." in above.only("deployment").text("paths")
    alone = downstream(told, story.thing("model-version/apple-grader-3"))
    assert "Nothing that is known rests on it." in alone.only(["model"]).text(), "where there is nothing of other kinds"
    assert len(downstream(told, GRADER)) == 4
    then = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert "Nothing that existed at 2026-03-10T12:00:00Z rests on it." in downstream(told, GRADER, at=then).text()


def test_kinds_that_were_asked_for_are_shown_whatever_they_are(told: ReadIndex) -> None:
    packages = upstream(told, GRADER).only("package")
    assert "numpy@2.1.3" in packages.text()
    assert "Left out" not in packages.text()


def test_at_a_time_only_what_existed_is_in_a_lineage(told: ReadIndex) -> None:
    moment = datetime(2026, 3, 12, tzinfo=UTC)
    then = {each.iri for each in downstream(told, READINGS, at=moment)}
    now = {each.iri for each in downstream(told, READINGS)}
    assert story.thing("deployment/second").value in now - then
    assert then < now
    before = datetime(2020, 1, 1, tzinfo=UTC)
    assert len(downstream(told, READINGS, at=before)) == 0
    assert len(upstream(told, GRADER, at=before)) == 0
    with pytest.raises(BadParameter, match="no time zone"):
        upstream(told, GRADER, at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused


# --- forms


def test_graphml_is_read_by_networkx_with_every_node_and_step(told: ReadIndex) -> None:
    found = upstream(told, GRADER)
    read = nx.parse_graphml(found.text("graphml"), force_multigraph=True)
    assert set(read.nodes) == set(found.nodes)
    assert read.nodes[GRADER.value] == {
        "label": "apple-grader@2", "name": "apple-grader", "version": "2", "kind": "entity", "type": "ModelVersion",
        "when": found.nodes[GRADER.value].when,
    }  # fmt: skip
    steps = {(one, other, said["relation"]) for one, other, said in read.edges(data=True)}
    assert {(each.source, each.target, each.relation) for each in found.dependencies} <= steps
    made = {(iri, run, "wasGeneratedBy") for iri, run in found.made_by.items()}
    assert made <= steps
    assert len(steps) == len(found.dependencies) + len(made) + sum(map(len, found.agents.values()))


def test_networkx_gets_what_graphml_holds(told: ReadIndex) -> None:
    found = upstream(told, GRADER)
    graph = found.to_networkx()
    read = nx.parse_graphml(found.text("graphml"), force_multigraph=True)
    assert {each: graph.nodes[each] for each in graph} == {each: read.nodes[each] for each in read}
    assert sorted(map(str, graph.edges(data="relation"))) == sorted(map(str, read.edges(data="relation")))
    assert nx.has_path(graph, GRADER.value, READINGS.value)


def test_without_networkx_it_is_said_what_to_install(told: ReadIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    found = upstream(told, GRADER)
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtra, match=r"pip install 'provkg\[networkx\]'"):
        found.to_networkx()


def test_graphml_takes_names_that_xml_has_no_place_for() -> None:
    name = 'bell \x07 <&"] and ￿'
    thing = story.thing("dataset-version/hostile")
    said = [Triple(thing, v.rdf_type, v.DatasetVersion), Triple(thing, v.dct_title, Literal(name))]
    with story.index(also=said) as index:
        read = nx.parse_graphml(upstream(index, thing).text("graphml"), force_multigraph=True)
    assert read.nodes[thing.value]["name"] == 'bell � <&"] and �'


def test_a_table_has_a_line_for_each_thing_nearest_first(told: ReadIndex) -> None:
    found = upstream(told, GRADER)
    lines = found.text("table").splitlines()
    assert lines[0].split() == ["steps", "thing", "kind", "how", "of", "made", "by", "when"]
    assert lines[1].split()[:4] == ["0", "apple-grader@2", "model", "version"]
    drawn = found.without_surroundings()
    steps = [int(line.split()[0]) for line in lines[1 : len(drawn) + 2]]
    assert (steps, steps[-1] > 3) == (sorted(steps), True)


# --- with the records that state it


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Folder.create(tmp_path_factory.mktemp("between") / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        graph.snapshot()
    return folder.path


@pytest.fixture(scope="module")
def opened(kg: Path) -> Iterator[Reader]:
    with Reader.open(kg) as reader:
        yield reader


def test_each_step_is_explained_by_a_record_that_states_it(opened: Reader) -> None:
    found = opened.lineage("apple-grader@2").explained()
    texts = {record.name: {*map(str, record.triples)} for record in story.records()}
    assert len(found.dependencies) > 50
    for each in found.dependencies:
        assert each.stated, each
        for stated in each.stated:
            said = " ".join(texts[stated.record])
            assert any(str(end) in said for end in (each.source, each.target, each.run)), (each, stated)
    (training,) = (each for each in found.dependencies if each.relation == "trainedOn")
    assert [stated.position for stated in training.stated] == sorted(stated.position for stated in training.stated)
    assert training.stated[0].recorded.startswith("20")
    assert training.stated[0].by


def test_which_run_made_a_thing_and_who_stood_behind_it_is_explained_in_every_format(opened: Reader) -> None:
    texts = {record.name: {*map(str, record.triples)} for record in story.records()}
    found = opened.lineage("apple-grader@2")
    steps = json.loads(found.text("json"))["origins"]
    assert {step["relation"] for step in steps} == {"wasGeneratedBy", "wasAssociatedWith"}
    for step in steps:
        assert step["records"], step
        for each in step["records"]:
            said = " ".join(texts[each["record"]])
            assert step["source"] in said, "the record is about the thing or the run"
            assert step["target"] in said, "and names what made it, or who was behind it"
    edges = list(found.to_networkx().edges(data=True))
    assert len(edges) == len(found.dependencies) + len(steps)
    assert all(said["records"] for *_, said in edges)
    drawn = ET.fromstring(found.text("graphml"))  # noqa: S314 - what our own code has just written
    described = [{data.get("key") for data in edge} for edge in drawn.iter(f"{GRAPHML}edge")]
    assert len(described) == len(edges)
    assert all("edge-records" in keys for keys in described)
    made = next(step for step in steps if step["source"] == GRADER.value)["records"][0]["position"]
    first = found.explained().text("tree").splitlines()[0]
    assert first.startswith("apple-grader@2  model version, by sgd-fast (Mara Lind, svc-trainer; record")
    assert str(made) in first
    assert "Mara Lind, svc-trainer; record" in found.explained().text("table").splitlines()[1]
    assert "; record" not in found.text("tree"), "looked up only where it is asked for"
    assert found.explained().only(["model"]).origins()[0].stated


def test_json_always_says_which_records_state_a_step_and_a_tree_when_asked(opened: Reader) -> None:
    found = opened.lineage("apple-grader@2", kinds=["source"])
    document = json.loads(found.text("json"))
    assert all(each["records"] or each["steps"] for each in document["dependencies"])
    leaps = [each for each in document["dependencies"] if "steps" in each]
    assert leaps
    assert all(step["records"] for each in leaps for step in each["steps"])
    assert "(record " not in found.text("tree")
    assert "(record " in found.explained().text("tree"), "of what is walked through, the records of all its steps"
    assert "(record " in opened.lineage("apple-grader@2").explained().text("tree")
    assert "stated by" in opened.lineage("apple-grader@2").explained().text("table").splitlines()[0]


def test_a_record_that_was_taken_back_explains_nothing(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    first = [each for each in story.records() if any(triple.subject == READINGS for triple in each.triples)]
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        again = first[0]
        graph.add(f"{again.name}-again", again.type, list(again.triples), supersedes=[again.name])
        graph.snapshot()
    with Reader.open(folder.path) as reader:
        steps = reader.lineage("apple-grader@2").explained().dependencies
    by = {stated.record for each in steps if each.source == READINGS.value for stated in each.stated}
    assert f"{again.name}-again" in by
    assert again.name not in by


def test_the_whole_story_between_two_names(opened: Reader) -> None:
    found: Lineage = opened.lineage("apple-readings@2", to="apple-grader@2", kinds=["split"])
    assert [each.label for each in found] == ["apples-train", "apples-validation", "apple-readings@2"]
    with pytest.raises(BadParameter, match="take up or down"):
        opened.lineage("apple-grader@2", "sideways")


def test_between_a_model_and_a_run_lies_what_made_it(told: ReadIndex) -> None:
    fast, slow = (story.thing(f"training-run/sgd-{pace}") for pace in ("fast", "slow"))
    made = between(told, fast, GRADER)
    assert [[(each.source, each.target) for each in way] for way in made.paths()] == [[(GRADER.value, fast.value)]]
    assert made.nodes[fast.value].kind == "activity"
    assert "Neither rests on the other" in str(between(told, GRADER, slow))
    used = between(told, fast, READINGS)
    assert (used.roots, used.end) == ((fast.value,), READINGS.value)
    assert next(used.paths())[0].relation == "trainingData"
