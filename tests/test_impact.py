"""What is touched if a thing turns out bad is found whole, told with its way, and first where it serves people."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.cli import impacting
from provkg.errors import AmbiguousName, BadParameter, UsageError
from provkg.index import ReadIndex
from provkg.lineage import Impact, impact
from provkg.lineage.impact import AT_ONCE, FAIL_ON, FORMATS
from provkg.reading import Reader
from tests import story
from tests.commands import run, story_graph

READINGS = story.thing("dataset-version/apple-readings-2")
SERVING, BEFORE = story.thing("deployment/second").value, story.thing("deployment/first").value
LIVE = "apple-grader@2 at https://sorting.example.org/grade"
SERVED = story.thing("model-version/apple-grader-2").value
BETWEEN = datetime(2026, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def told() -> Iterator[ReadIndex]:
    with story.index() as index:
        yield index


@pytest.fixture(scope="module")
def found(told: ReadIndex) -> Impact:
    return impact(told, READINGS)


def test_what_is_live_in_production_comes_first(found: Impact) -> None:
    assert [(each.node.iri, each.stage) for each in list(found)[:2]] == [
        (SERVING, "production"),
        (SERVED, "production"),
    ]
    assert [each.node.iri for each in found.live] == [SERVING, SERVED]
    assert found.fails("production")


def test_everything_that_rests_on_it_is_counted_by_kind(found: Impact) -> None:
    counts = found.counts()
    assert list(counts)[:4] == ["Deployment", "ModelVersion", "PredictionBatch", "Prediction"]
    assert (counts["Deployment"], counts["ModelVersion"], counts["Split"], counts["Slice"]) == (2, 4, 3, 1)
    assert sum(counts.values()) == len(found)
    made = {run.label for run in found.runs}
    assert {"sgd-fast", "split the readings", "deploy apple-grader 2"} <= made
    assert "read the apples again" not in made, "the run that made what was asked for is not touched"


def test_each_is_told_with_a_shortest_way(found: Impact) -> None:
    for each in found:
        way = found.path(each.node.iri)
        assert (way[0].source, way[-1].target in found.lineage.roots) == (each.node.iri, True)
        assert all(one.target == other.source for one, other in itertools.pairwise(way))
        assert sum(step.relation != "sameContent" for step in way) == each.distance
    assert [step.target.rpartition("/")[2] for step in found.path(SERVING)][:2] == [
        "apple-grader-2",
        "apples-train-ready",
    ]
    with pytest.raises(BadParameter, match="does not rest on"):
        found.path(story.thing("agent/mara").value)


def test_what_was_live_at_another_moment_is_told_of_that_moment(told: ReadIndex) -> None:
    then = impact(told, READINGS, at=BETWEEN)
    assert {each.node.iri for each in then.live} == {BEFORE, story.thing("model-version/apple-grader-1").value}
    with pytest.raises(BadParameter, match="no time zone"):
        impact(told, READINGS, at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused


def test_at_a_moment_only_what_existed_then_is_touched(told: ReadIndex, found: Impact) -> None:
    early = impact(told, READINGS, at=datetime(2020, 1, 1, tzinfo=UTC))
    assert (list(early), early.live, early.runs, early.fails("any")) == ([], (), (), False)
    assert str(early) == "nothing that existed at 2020-01-01T00:00:00+00:00 rests on apple-readings@2\n"
    then = {each.node.iri for each in impact(told, READINGS, at=BETWEEN)}
    assert {each.node.iri for each in found} - then >= {SERVING}, "the second deployment was made later"
    assert {BEFORE, story.thing("model-version/apple-grader-1").value} <= then
    after = impact(told, READINGS, at=datetime(2030, 1, 1, tzinfo=UTC))
    assert [each.node.iri for each in after] == [each.node.iri for each in found]


def test_what_was_looked_up_is_told_when_the_state_is_closed_and_the_rest_is_said_to_be_missing() -> None:
    many = [
        Triple(story.thing(f"dataset-version/copy-{number:04}"), relation, value)
        for number in range(AT_ONCE + 1)
        for relation, value in ((v.rdf_type, v.DatasetVersion), (v.prov_wasDerivedFrom, READINGS))
    ]
    with story.index(also=many) as index:
        few, plenty = impact(index, story.thing("model-version/apple-grader-1")), impact(index, READINGS)
    del index
    assert few.text(paths=True, everything=True).startswith("apple-grader@1: ")
    assert (len(plenty) > AT_ONCE, plenty.counts()["Deployment"], plenty.live[0].node.iri) == (True, 2, SERVING)
    with pytest.raises(UsageError, match="is closed, and not all of it was looked up; ask while it is open"):
        plenty.text()


def test_once_a_deployment_has_ended_nothing_is_live() -> None:
    ended = Triple(
        NamedNode(SERVING), v.prov_invalidatedAtTime, Literal("2026-04-01T00:00:00Z", datatype=v.xsd_dateTime)
    )
    with story.index(also=[ended]) as index:
        assert impact(index, READINGS).live == ()


def test_code_environments_packages_and_sources_have_an_impact_too(told: ReadIndex) -> None:
    for thing in (NamedNode("pkg:pypi/numpy@2.1.3"), story.thing("environment/workstation")):
        assert impact(told, thing).fails("production"), thing
    assert impact(told, story.thing("data-source/line-sensors")).fails("production")


def test_a_thing_on_which_nothing_rests_is_said(told: ReadIndex) -> None:
    alone = impact(told, story.thing("prediction/last-crate-12"))
    assert (len(alone), alone.fails("any"), alone.runs) == (0, False, ())
    assert str(alone) == "nothing rests on last-crate-grades row 12\n"


def test_a_way_from_a_copy_says_of_what_it_is_one() -> None:
    copy = story.thing("dataset-version/copy-of-readings")
    on_it = story.thing("dataset-version/made-of-the-copy")
    said = [
        Triple(copy, v.rdf_type, v.DatasetVersion),
        Triple(copy, v.sha256, Literal("d2" * 32)),
        Triple(on_it, v.rdf_type, v.DatasetVersion),
        Triple(on_it, v.prov_wasDerivedFrom, copy),
    ]
    with story.index(also=said) as index:
        found = impact(index, READINGS)
        way = found.path(on_it.value)
        assert [(step.relation, step.target) for step in way] == [
            ("wasDerivedFrom", copy.value),
            ("sameContent", READINGS.value),
        ]
        lines = found.text(paths=True).splitlines()
        assert "      same content as apple-readings@2" in lines
        document = json.loads(found.text("json"))
    (told_of,) = (each for each in document["affected"] if each["iri"] == on_it.value)
    assert told_of["path"] == [copy.value, READINGS.value]


def test_what_programs_read_tells_how_many_things_and_of_how_long_a_ledger(found: Impact) -> None:
    document = json.loads(found.text("json"))
    assert document["things"] == len(document["affected"]) == sum(document["counts"].values())
    assert document["ledgerEntries"] == len(story.records())
    assert "size" not in document


def test_in_words_as_a_table_and_for_programs_it_is_the_same(found: Impact) -> None:
    document = json.loads(found.text("json"))
    assert (document["counts"], document["live"]) == (found.counts(), [SERVING, SERVED])
    assert document["affected"][0]["path"][-1] == READINGS.value
    assert len(document["affected"]) == len(found)
    text = found.text(paths=True)
    assert text.splitlines()[0] == (f"apple-readings@2: {len(found)} things rest on it, live: {LIVE} (production)")
    assert "      serves apple-grader@2\n      trained on apples-train-ready@1\n" in text
    assert "Left out: 20 of files" in text
    assert "Left out" not in found.text(everything=True)
    rows = found.text("markdown", paths=True).splitlines()
    assert rows[2] == "| thing | kind | live | steps | way |"
    assert rows[4].startswith(f"| {LIVE} | deployment | production | 8 | apple-grader@2 ← ")
    with pytest.raises(BadParameter, match="take one of text, json, markdown, csv"):
        found.text("yaml")
    with pytest.raises(BadParameter, match="take one of production, canary, development"):
        found.fails("tomorrow")


def test_of_many_that_serve_three_are_named_at_once() -> None:
    many = [story.thing(f"deployment/many-{number}") for number in range(5)]
    said = [
        triple
        for each in many
        for triple in (
            Triple(each, v.rdf_type, v.Deployment),
            Triple(each, v.dct_identifier, Literal(each.value[-6:])),
            Triple(each, v.deploys, NamedNode(SERVED)),
            Triple(each, v.deploymentStage, v.DeploymentStage_shadow),
        )
    ]
    with story.index(also=said) as index:
        first = str(impact(index, READINGS)).splitlines()[0]
    assert first.endswith("(production), many-0 (shadow), many-1 (shadow) and 3 more")


def test_a_long_list_is_cut_and_says_so() -> None:
    many = [
        triple
        for number in range(30)
        for triple in (
            Triple(story.thing(f"dataset-version/copy-{number}"), v.rdf_type, v.DatasetVersion),
            Triple(story.thing(f"dataset-version/copy-{number}"), v.prov_wasDerivedFrom, READINGS),
            Triple(story.thing(f"dataset-version/copy-{number}"), v.dependsOn, READINGS),
        )
    ]
    with story.index(also=many) as index:
        found = impact(index, READINGS)
    assert "dataset version (41)\n" in str(found)
    assert "… and 21 more (--all)\n" in str(found)
    assert "--all" not in found.text(everything=True)


# --- the command


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("impact") / "kg")


def test_the_command_tells_it_and_fails_where_it_is_asked_to(kg: Path) -> None:
    done = run("impact", "apple-readings@2", "--store", kg)
    assert done.exit_code == 0, done.output
    assert "live in production (2)" in done.output
    for on, node, status in (
        ("production", "apple-readings@2", 1),
        ("production", "apple-grader@3", 0),
        ("any", "apple-grader@1", 1),
        ("any", "last-crate-grades row 12", 0),
        ("staging", "apple-readings@2", 0),
    ):
        assert run("impact", node, "--store", kg, "--fail-on", on).exit_code == status, (on, node)
    then = run("impact", "apple-readings@2", "--store", kg, "--fail-on", "production", "--at", "2026-03-01T00:00:00Z")
    assert then.exit_code == 0, then.output


def test_what_serves_in_any_stage_can_be_failed_on_and_several_at_once(kg: Path) -> None:
    assert FAIL_ON == impacting.FAIL_ON
    assert FORMATS == impacting.FORMATS
    beside = story.thing("deployment/beside")
    said = [Triple(beside, v.rdf_type, v.Deployment), Triple(beside, v.deploymentStage, v.DeploymentStage_staging)]
    grader = story.thing("model-version/raw-grader-1")
    said += [Triple(beside, each, grader) for each in (v.deploys, v.prov_wasDerivedFrom)]
    with story.index(also=said) as index:
        found = impact(index, grader)
        assert (found.fails("staging"), found.fails("production"), found.fails("canary")) == (True, False, False)
    both = run("impact", "apple-readings@2", "--store", kg, "--fail-on", "staging", "--fail-on", "production")
    assert both.exit_code == 1


def test_as_csv_it_has_a_row_for_each_thing_with_where_it_is_live(kg: Path) -> None:
    told = run("impact", "apple-readings@2", "--store", kg, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(told)))
    found = json.loads(run("impact", "apple-readings@2", "--store", kg, "--format", "json").stdout)
    assert [row["iri"] for row in rows] == [each["iri"] for each in found["affected"]]
    assert {row["iri"] for row in rows if row["liveIn"] == "production"} == {SERVING, SERVED}
    (model,) = (row for row in rows if row["iri"] == SERVED)
    assert (model["name"], model["version"], model["madeBy"]) == ("apple-grader", "2", "sgd-fast")


def test_the_command_writes_json_and_markdown(kg: Path) -> None:
    document = json.loads(run("impact", "apple-readings@2", "--store", kg, "--format", "json").stdout)
    assert document["live"] == [SERVING, SERVED]
    assert run("impact", "apple-readings@2", "--store", kg, "--format", "markdown").stdout.startswith(
        "**apple-readings@2**"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["apple-raedings@2"], "did you mean apple-readings or"),
        (["apple-readings"], "fits 2 things; say which"),
        (["apple-readings@2", "--at", "tomorrow"], "'tomorrow' is no time; give one such as 2026-03-01T12:00:00Z"),
        (["apple-readings@2", "--at", "2026-03-01T12:00:00"], "has no time zone"),
    ],
)
def test_what_the_command_cannot_take_it_says(kg: Path, arguments: list[str], said: str) -> None:
    done = run("impact", *arguments, "--store", kg)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_a_project_or_experiment_of_the_same_name_is_never_what_is_traced() -> None:
    project, other = story.thing("project/orchard"), story.thing("dataset/apple-readings-of-old")
    said = [Triple(each, v.dct_title, Literal("apple-grader 2")) for each in (project, NamedNode(SERVED))]
    with Reader(story.index(also=said)) as reader:
        with pytest.raises(AmbiguousName, match="fits 2 things"):
            reader.resolve("apple-grader 2")
        assert reader.impact("apple-grader 2").lineage.roots[0] == SERVED
        assert reader.lineage("apple-grader 2").roots == (SERVED,)
    namesakes = [*said, Triple(other, v.dct_title, Literal("apple-grader 2")), Triple(READINGS, v.dependsOn, other)]
    with Reader(story.index(also=namesakes)) as reader, pytest.raises(AmbiguousName, match="fits 2 things"):
        reader.impact("apple-grader 2")
