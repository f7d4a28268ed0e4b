"""A lineage says what a thing rests on, tells cycles and copies apart from the rest, and draws itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary as v
from provkg.errors import BadParameter
from provkg.index import ReadIndex
from provkg.lineage import Lineage, downstream, upstream
from provkg.questions import Naming, all_questions, bind
from tests import story

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def told() -> ReadIndex:
    return story.index()


@pytest.fixture(scope="module")
def grader(told: ReadIndex) -> Lineage:
    return upstream(told, story.thing("model-version/apple-grader-2"))


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - what our own code has just written


def labels(lineage: Lineage) -> set[str]:
    return {node.label for node in lineage}


def test_a_model_rests_on_its_data_and_what_this_was_made_from(grader: Lineage) -> None:
    assert {
        "apples-train-ready@1",
        "apples-train",
        "apples-clean@1",
        "apple-readings@2",
        "sorting-line-sensors",
    } <= labels(grader)
    assert {"scikit-learn@1.5.2", "4f1c09d2a7b3"} <= labels(grader), "also on code and packages"


def test_test_data_is_not_what_a_model_rests_on(grader: Lineage) -> None:
    assert "apples-test" not in labels(grader)
    assert "apples-test-ready@1" not in labels(grader)


def test_a_version_does_not_rest_on_the_one_before(grader: Lineage) -> None:
    assert "apple-readings@1" not in labels(grader)


def test_what_was_fitted_on_the_training_part_rests_on_it(told: ReadIndex) -> None:
    scaled = upstream(told, story.thing("dataset-version/apples-test-scaled"))
    fitted = [d for d in scaled.dependencies if d.target == story.thing("split/train").value]
    assert [(d.source, d.relation, d.run) for d in fitted] == [
        (
            story.thing("dataset-version/apples-test-scaled").value,
            "fitsOn",
            story.thing("transformation-run/standardize").value,
        )
    ]


def test_runs_and_agents_explain_how_things_came_about(grader: Lineage) -> None:
    run = grader.made_by[story.thing("model-version/apple-grader-2").value]
    assert grader.nodes[run].label == "sgd-fast"
    assert {grader.nodes[agent].label for agent in grader.agents[run]} == {"Mara Lind", "svc-trainer"}


def test_downstream_starts_from_every_copy_of_the_data(told: ReadIndex) -> None:
    lineage = downstream(told, story.thing("dataset-version/tomas-readings-1"))
    assert {"raw-grader@1", "apple-grader@1", "apple-grader@2", "apple-grader@3", "last-crate-grades"} <= labels(
        lineage
    )
    assert lineage.roots[0] == story.thing("dataset-version/tomas-readings-1").value
    assert story.thing("dataset-version/apple-readings-2").value in lineage.roots


CLEAN, MODEL = "d4" * 32, "77" * 32
COPIED = f"""
    # Team two took a copy of what drop-incomplete made (apples-clean), and trained on a part of it.
    <dataset-version/taken> a pvk:DatasetVersion ; dct:title "taken" ; pvk:sha256 "{CLEAN}" .
    <dataset-version/part> a pvk:DatasetVersion ; dct:title "part" ; prov:wasDerivedFrom <dataset-version/taken> .
    <model-version/two> a pvk:ModelVersion ; dct:title "two" ; prov:wasDerivedFrom <dataset-version/part> ;
        pvk:sha256 "{MODEL}" .
    # Team three got that model as a file, and tuned it.
    <file/two.bin> a pvk:ArtifactFile ; pvk:storageLocation <file:///three/two.bin> ; pvk:sha256 "{MODEL}" .
    <model-version/got> a pvk:ModelVersion ; dct:title "got" ; pvk:hasFile <file/two.bin> .
    <model-version/three> a pvk:ModelVersion ; dct:title "three" ; pvk:fineTunedFrom <model-version/got> .
"""


def copied() -> ReadIndex:
    text = f"@base <{story.BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in v.NAMESPACES.items()) + COPIED
    return story.index(also=[quad.triple for quad in parse(text, format=RdfFormat.TURTLE)])


def asked(index: ReadIndex, path: str, **values: NamedNode) -> set[str]:
    """Return the things that the saved question `path` answers with."""
    question = next(each for each in all_questions() if each.path == path)
    rows = index.query(bind(question, values, Naming(index).resolve)).rows
    return {str(getattr(row[0], "value", "")) for row in rows}


def local(iris: Iterable[str]) -> set[str]:
    return {iri.removeprefix(story.BASE) for iri in iris}


def test_a_copy_of_what_was_made_in_between_passes_a_fault_on() -> None:
    with copied() as index:
        source = story.thing("dataset-version/apple-readings-2")
        found = local(node.iri for node in downstream(index, source))
        others = {f"{kind}/{name}" for kind, name in [("dataset-version", "taken"), ("dataset-version", "part")]}
        others |= {"model-version/two", "file/two.bin", "model-version/got", "model-version/three"}
        assert others <= found
        alone = downstream(story.index(), source)
        assert found - others == local(node.iri for node in alone), "and nothing else is added"
        assert asked(index, "lineage/downstream", data=source) == {story.BASE + each for each in found}


def test_the_way_back_from_a_copy_leads_to_where_its_content_was_made() -> None:
    with copied() as index:
        three = story.thing("model-version/three")
        lineage = upstream(index, three)
        found = local(node.iri for node in lineage)
        way = ["model-version/got", "file/two.bin", "model-version/two", "dataset-version/part"]
        way += ["dataset-version/taken", "dataset-version/apples-clean", "dataset-version/apple-readings-2"]
        assert found.issuperset(way)
        assert "model-version/apple-grader-2" not in found, "what else was made of the content is no part of the way"
        assert asked(index, "lineage/upstream", thing=three) == {node.iri for node in lineage}
        assert "same content as: apples-clean@1" in lineage.text()


def test_a_copy_is_as_near_as_what_it_is_a_copy_of() -> None:
    with copied() as index:
        distances = upstream(index, story.thing("model-version/two")).distances()
        steps = ["part", "taken", "apples-clean", "apples-unique"]
        assert [distances[story.thing(f"dataset-version/{name}").value] for name in steps] == [1, 2, 2, 3]


@pytest.mark.parametrize("kind", ["upstream", "downstream"])
def test_every_lineage_holds_what_the_saved_question_answers(kind: str) -> None:
    trace = {"upstream": upstream, "downstream": downstream}[kind]
    with copied() as index:
        things = [row[0] for row in index.query(f"SELECT DISTINCT ?d {{ ?d {v.sha256} ?s }}").rows]
        assert len(things) > 20
        for thing in things:
            assert isinstance(thing, NamedNode)
            parameter = {"upstream": "thing", "downstream": "data"}[kind]
            lineage = trace(index, thing)
            assert asked(index, f"lineage/{kind}", **{parameter: thing}) == {node.iri for node in lineage}, thing


def test_what_was_made_twice_is_drawn_once_and_counted() -> None:
    again = f"""
        <dataset-version/again> a pvk:DatasetVersion ; dct:title "again" ; pvk:sha256 "{CLEAN}" ;
            prov:wasGeneratedBy <transformation-run/again> ; prov:wasDerivedFrom <dataset-version/apple-readings-1> .
    """
    said = [q.triple for q in parse(f"@base <{story.BASE}> .\n@prefix pvk: <{v.NAMESPACES['pvk']}> .\n"
        f"@prefix prov: <{v.NAMESPACES['prov']}> .\n@prefix dct: <{v.NAMESPACES['dct']}> .\n{again}",
        format=RdfFormat.TURTLE)]  # fmt: skip
    with story.index(also=said) as index:
        whole = upstream(index, story.thing("model-version/apple-grader-2"))
    assert {"again", "apple-readings@1"} <= labels(whole)
    drawn_ones = labels(whole.without_surroundings())
    assert not {"again", "apple-readings@1"} & drawn_ones
    assert whole.text().splitlines()[-1].endswith("and things made again with the same content.")


def test_many_things_of_one_content_are_linked_without_all_pairs() -> None:
    copies = [story.thing(f"dataset-version/copy-{number:03}") for number in range(500)]
    said = [Triple(copy, v.rdf_type, v.DatasetVersion) for copy in copies]
    said += [Triple(copy, v.sha256, Literal("99" * 32)) for copy in copies]
    user = story.thing("dataset-version/user")
    said += [Triple(user, v.rdf_type, v.DatasetVersion), Triple(user, v.prov_wasDerivedFrom, copies[7])]
    with story.index(also=said) as index:
        lineage = upstream(index, user)
    assert len(lineage) == 500
    assert len(lineage.dependencies) == 500, "one derivation, and a step to each other copy"
    assert set(lineage.distances().values()) == {0, 1}


def test_a_depth_ends_the_walk(told: ReadIndex) -> None:
    near = upstream(told, story.thing("model-version/raw-grader-1"), depth=1)
    assert "tomas-readings@1" in labels(near)
    assert "sorting-line-sensors" not in labels(near)
    assert set(near.distances().values()) == {0, 1}
    for depth in (0, -1):
        with pytest.raises(BadParameter, match=f"a depth of {depth} leads nowhere; give 1 or more"):
            upstream(told, story.thing("model-version/raw-grader-1"), depth=depth)


def test_a_cycle_is_walked_once() -> None:
    clean, unique = (story.thing(f"dataset-version/{name}") for name in ("apples-clean", "apples-unique"))
    with story.index(also=[Triple(unique, v.prov_wasDerivedFrom, clean)]) as told:
        lineage = upstream(told, clean)
        assert "apples-unique@1" in labels(lineage)
        for form in ("tree", "dot", "mermaid", "json", "svg"):
            assert "apples-unique" in lineage.text(form)


def test_a_long_chain_is_told_without_recursion() -> None:
    chain = [story.thing(f"dataset-version/link-{number:04}") for number in range(1500)]
    said = [Triple(link, v.rdf_type, v.DatasetVersion) for link in chain]
    said += [Triple(chain[n], v.prov_wasDerivedFrom, chain[n + 1]) for n in range(len(chain) - 1)]
    with story.index(also=said) as told:
        lineage = upstream(told, chain[0])
        assert len(lineage) == 1499
        assert lineage.text("tree").count("\n") == 1500
        with pytest.raises(BadParameter, match="give a depth"):
            lineage.text("svg")


def test_the_tree_tells_a_thing_once_and_then_points_at_it(grader: Lineage) -> None:
    lines = grader.text("tree").splitlines()
    assert lines[0] == "apple-grader@2  model version, by sgd-fast (Mara Lind, svc-trainer)"
    working = [line for line in lines if "apples-working@1" in line]
    assert [line.endswith("[see above]") for line in working] == [False, True]
    assert not any("numpy" in line for line in lines), "packages are left out"
    assert lines[-1].startswith("Left out: ")
    assert "numpy@2.1.3" in grader.text("tree", everything=True)


def test_nothing_behind_a_thing_is_said_in_words(told: ReadIndex) -> None:
    assert "It rests on nothing that is known." in str(upstream(told, story.thing("data-source/line-sensors")))
    assert "Nothing that is known rests on it." in str(downstream(told, story.thing("model-version/apple-grader-3")))


def test_a_run_rests_on_what_it_used_and_what_that_rests_on(told: ReadIndex) -> None:
    lineage = upstream(told, story.thing("training-run/sgd-fast"))
    root = lineage.nodes[lineage.roots[0]]
    assert (root.kind, root.label) == ("activity", "sgd-fast")
    used = {lineage.nodes[each.target].label: each.relation for each in lineage.next_to(root.iri)}
    assert used["apples-train-ready@1"] == "trainingData"
    assert used["apples-validation-ready@1"] == "validationData"
    assert {"ranIn", "usedCode"} <= {*used.values()}
    assert {"apple-readings@2", "sorting-line-sensors", "numpy@2.1.3"} <= labels(lineage)
    assert not any(node.type.endswith("Setting") for node in lineage), "settings are values"
    lines = str(lineage).splitlines()
    assert lines[0] == "sgd-fast  training run, by Mara Lind, svc-trainer"
    assert any(line.startswith("├─ trained on: apples-train-ready@1") for line in lines)


def test_what_a_run_made_rests_on_it_and_what_was_made_of_that(told: ReadIndex) -> None:
    lineage = downstream(told, story.thing("training-run/sgd-fast"))
    model = story.thing("model-version/apple-grader-2").value
    assert lineage.distances()[model] == 1
    assert {"apple-grader@2", "last-crate-grades"} <= labels(lineage)
    assert len(lineage) == len(list(lineage))
    assert "apple-grader@2  model version  (trained by it)" in str(lineage)
    assert "trained by" not in lineage.text("dot"), "drawn once, as all that is made by a run"


def test_a_lineage_of_a_run_leaves_out_what_did_not_exist_yet(told: ReadIndex) -> None:
    before = datetime(2020, 1, 1, tzinfo=UTC)
    assert len(upstream(told, story.thing("training-run/sgd-fast"), at=before)) == 0
    assert "It did not exist then" in str(upstream(told, story.thing("training-run/sgd-fast"), at=before))


def test_json_holds_every_node_and_dependency(grader: Lineage) -> None:
    said = json.loads(grader.text("json"))
    assert {node["iri"] for node in said["nodes"]} == set(grader.nodes)
    assert len(said["dependencies"]) == len(grader.dependencies)
    assert said["size"] == len(story.records())


def test_the_picture_is_svg_with_a_box_for_each_thing_and_run(grader: Lineage) -> None:
    drawing = grader._repr_svg_()
    assert drawing is not None
    picture = drawn(drawing)
    assert picture.tag == f"{SVG}svg"
    words = {text.text for text in picture.iter(f"{SVG}text")}
    reduced = grader.without_surroundings()
    shown = {node.label for node in reduced.nodes.values() if node.kind != "agent"}
    assert shown <= words
    assert {"thing", "run", "agent", "Mara Lind, svc-trainer"} <= words, "a legend, and the agents on their runs"
    lines = [path for path in picture.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(lines) >= len(shown) - 1


def test_boxes_of_the_picture_do_not_overlap(grader: Lineage) -> None:
    picture = drawn(grader.text("svg", everything=True))
    boxes = [
        tuple(float(rect.get(side, "0")) for side in ("x", "y", "width", "height"))
        for group in picture.iter(f"{SVG}g")
        if len(rects := group.findall(f"{SVG}rect")) > 0
        for rect in rects[:1]
    ]
    assert len(boxes) > 20
    for place, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[place + 1 :]:
            apart = (
                x + width <= other_x
                or other_x + other_width <= x
                or y + height <= other_y
                or other_y + other_height <= y
            )
            assert apart


@pytest.mark.parametrize("form", ["tree", "dot", "mermaid", "json", "svg"])
def test_hostile_names_are_escaped(form: str) -> None:
    name = 'a"]; <script>&\\"x'
    thing = story.thing("dataset-version/hostile")
    said = [Triple(thing, v.rdf_type, v.DatasetVersion), Triple(thing, v.dct_title, Literal(name))]
    with story.index(also=said) as told:
        text = upstream(told, thing).text(form)
    if form == "svg":
        assert name in {element.text for element in drawn(text).iter(f"{SVG}text")}
    elif form == "json":
        assert json.loads(text)["nodes"][0]["name"] == name
    elif form == "dot":
        assert '"a\\"]; <script>&\\\\\\"x\\n' in text
    elif form == "mermaid":
        assert "<script>" not in text
        assert 'a"]' not in text


def test_an_unknown_format_is_refused(grader: Lineage) -> None:
    with pytest.raises(BadParameter, match="take one of tree, table"):
        grader.text("pdf")


def test_a_thing_that_nothing_is_known_of_stands_alone(told: ReadIndex) -> None:
    lineage = upstream(told, NamedNode("https://example.org/kg/dataset-version/unheard-of"))
    assert len(lineage) == 0
    assert lineage.roots == ("https://example.org/kg/dataset-version/unheard-of",)


def test_a_measurement_of_a_kind_that_the_graph_added_has_its_label() -> None:
    kind, seen = story.thing("metric-kind/" + "5e" * 32), story.thing("seen")
    said = [
        Triple(kind, v.rdf_type, v.MetricKind),
        Triple(kind, v.skos_prefLabel, Literal("crispness")),
        Triple(seen, v.rdf_type, v.MetricObservation),
        Triple(seen, v.metricKind, kind),
        Triple(seen, v.measures, story.thing("model-version/apple-grader-2")),
        Triple(seen, v.prov_wasDerivedFrom, story.thing("model-version/apple-grader-2")),
    ]
    with story.index(also=said) as told:
        assert "crispness" in labels(downstream(told, story.thing("model-version/apple-grader-2")))


def test_of_a_thing_that_did_not_exist_then_that_is_said(told: ReadIndex) -> None:
    model = story.thing("model-version/apple-grader-2")
    before, after = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 5))
    assert "It did not exist then; it was made 2026-03-10T10:00:05Z." in str(upstream(told, model, at=before))
    assert "did not exist" not in str(upstream(told, model, at=after))
    assert "did not exist" not in str(upstream(told, model))
