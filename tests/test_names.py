"""Things are given by name, name and version, or IRI, and what a name cannot decide is said."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from provkg import vocabulary as v
from provkg.errors import AmbiguousName, UnknownThing
from provkg.index import ReadIndex
from provkg.questions import Naming
from tests import story


@pytest.fixture(scope="module")
def told() -> ReadIndex:
    return story.index()


@pytest.fixture(scope="module")
def naming(told: ReadIndex) -> Naming:
    return Naming(told)


@pytest.mark.parametrize(
    ("text", "kind", "local"),
    [
        ("apple-grader@2", v.ModelVersion, "model-version/apple-grader-2"),
        ("apple-grader@latest", v.ModelVersion, "model-version/apple-grader-3"),
        ("apple-grader@c1c1", v.ModelVersion, "model-version/apple-grader-1"),
        ("raw-grader", v.ModelVersion, "model-version/raw-grader-1"),
        ("apple-grader", v.Model, "model/apple-grader"),
        ("apple-readings", v.Dataset, "dataset/apple-readings"),
        ("apples-train", v.DataSubset, "split/train"),
        ("last crate", v.Slice, "slice/last-crate"),
        ("grade-apples", v.Experiment, "experiment/grade-apples"),
        ("Apple sorting", v.Project, "project/apples"),
        ("sgd-fast", v.TrainingRun, "training-run/sgd-fast"),
        ("sgd-fast", v.Run, "training-run/sgd-fast"),
        ("mara", v.prov_Agent, "agent/mara"),
        ("Mara Lind", v.prov_Person, "agent/mara"),
        ("svc-trainer", v.ServiceAccount, "agent/svc-trainer"),
        ("https://sorting.example.org/grade", v.Endpoint, "endpoint/grade"),
        ("training-run/sgd-fast", v.TrainingRun, "training-run/sgd-fast"),
        ("training-run/sgd-f", v.TrainingRun, "training-run/sgd-fast"),
        (f"{story.BASE}agent/mara", v.prov_Agent, "agent/mara"),
        (f"<{story.BASE}agent/mara>", v.prov_Agent, "agent/mara"),
        ("last-crate-grades row 12", v.Prediction, "prediction/last-crate-12"),
        ("apple-grader-2.joblib", v.ModelVersion, "model-version/apple-grader-2"),
        ("./models/apple-grader-2.joblib", v.ModelVersion, "model-version/apple-grader-2"),
        ("/srv/models/apple-grader-2.joblib@latest", v.ModelVersion, "model-version/apple-grader-2"),
        ("readings-2.csv", v.DatasetVersion, "dataset-version/apple-readings-2"),
        ("  raw-grader@1 ", v.ModelVersion, "model-version/raw-grader-1"),
    ],
)
def test_a_name_means_one_thing_of_its_class(naming: Naming, text: str, kind: NamedNode, local: str) -> None:
    assert naming.resolve(text, [kind]) == story.thing(local)


def test_a_package_is_named_like_a_version(naming: Naming) -> None:
    assert naming.resolve("numpy@2.1.3", [v.SoftwarePackage]) == NamedNode("pkg:pypi/numpy@2.1.3")


@pytest.mark.parametrize("text", ["accuracy", "pvk:MetricKind-accuracy", v.MetricKind_accuracy.value])
def test_a_concept_is_named_by_its_local_name_or_its_iri(naming: Naming, text: str) -> None:
    assert naming.resolve(text, [v.MetricKind]) == v.MetricKind_accuracy


def test_a_concept_of_the_graph_is_named_by_its_label() -> None:
    own = story.thing("metric-kind/crispness")
    said = [Triple(own, v.rdf_type, v.MetricKind), Triple(own, v.skos_prefLabel, Literal("crispness"))]
    with story.index(also=said) as told:
        assert Naming(told).resolve("crispness", [v.MetricKind]) == own


def test_an_ambiguous_name_lists_its_candidates_newest_first(naming: Naming) -> None:
    with pytest.raises(AmbiguousName) as raised:
        naming.resolve("apple-grader", [v.ModelVersion])
    assert [line.split("  ")[0] for line in raised.value.candidates] == [f"apple-grader@{n}" for n in (3, 2, 1)]
    assert raised.value.candidates[0] == (
        "apple-grader@3  model-version/apple-grader-3  2026-03-20T09:13:00Z  made by mlp-small"
        "  by Tomas Berg, svc-trainer"
    )


def test_the_newest_is_the_one_whose_first_record_came_last(told: ReadIndex) -> None:
    """A later record that mentions an older model does not make it the latest."""
    late = story.thing("record/late")
    store = story.store()
    for relation, value in ((v.describes, story.thing("model-version/apple-grader-1")), (v.sequenceNumber, number(99))):
        store.add(quad(late, relation, value))
    again = ReadIndex(story.FOLDER, told.size + 1, store, -1)
    assert Naming(again).resolve("apple-grader@latest", [v.ModelVersion]) == story.thing("model-version/apple-grader-3")


def test_a_name_without_a_class_means_the_versions_of_a_thing(naming: Naming) -> None:
    assert naming.resolve("raw-grader") == story.thing("model-version/raw-grader-1")


def test_the_name_of_a_model_means_neither_its_architecture_nor_the_checkpoint_that_it_is_a_copy_of() -> None:
    model, kept, before, how = (
        story.thing(name)
        for name in ("model-version/net", "checkpoint/kept", "checkpoint/before", "model-architecture/net")
    )
    said = [
        *(Triple(each, v.dct_title, Literal("net")) for each in (model, kept, how)),
        *(Triple(each, v.sha256, Literal("c0ffee" * 10 + "abcd")) for each in (model, kept)),
        Triple(kept, v.rdf_type, v.Checkpoint),
    ]
    with story.index(also=said) as told:
        assert Naming(told).resolve("net") == Naming(told).resolve("net@latest") == model
        assert Naming(told).resolve("checkpoint/kept") == kept
    earlier = [Triple(before, v.dct_title, Literal("net")), Triple(before, v.sha256, Literal("beef" * 16))]
    with story.index(also=[*said, *earlier]) as told, pytest.raises(AmbiguousName):
        Naming(told).resolve("net")


def test_an_unknown_name_suggests_the_nearest(naming: Naming) -> None:
    with pytest.raises(UnknownThing, match=r"no model version is called 'aple-grader'; .*apple-grader"):
        naming.resolve("aple-grader", [v.ModelVersion])
    with pytest.raises(UnknownThing, match="did you mean accuracy"):
        naming.resolve("acuracy", [v.MetricKind])
    with pytest.raises(
        UnknownThing, match=r"no endpoint is called 'nope'; there is: https://sorting\.example\.org/grade"
    ):
        naming.resolve("nope", [v.Endpoint])
    with pytest.raises(UnknownThing, match="no pipeline run is called 'nope'; there is none in this graph"):
        naming.resolve("nope", [v.PipelineRun])


def test_names_that_begin_as_what_was_typed_are_the_nearest() -> None:
    runs = {
        story.thing(f"training-run/{key}"): name for key, name in [("1", "lr C=0.1"), ("2", "rf"), ("3", "lr C=10")]
    }
    said = [Triple(run, v.rdf_type, v.TrainingRun) for run in runs]
    said += [Triple(run, v.dct_title, Literal(name)) for run, name in runs.items()]
    with story.index(also=said) as index, pytest.raises(UnknownThing, match=r"did you mean lr C=10 or lr C=0\.1"):
        Naming(index).resolve("lr", [v.TrainingRun])


def test_a_run_is_named_by_the_first_digits_of_its_key() -> None:
    run, other = (story.thing(f"training-run/{start}{'0' * 56}") for start in ("531f5ccd", "531f5cce"))
    said = [Triple(each, v.rdf_type, kind) for each in (run, other) for kind in (v.TrainingRun, v.prov_Activity)]
    with story.index(also=said) as index:
        assert Naming(index).resolve("531f5ccd") == Naming(index).resolve("531f5ccd0000", [v.Run]) == run
        with pytest.raises(UnknownThing):
            Naming(index).resolve("531f5cc")


def test_a_version_stands_for_its_model_or_dataset_where_that_is_wanted(naming: Naming) -> None:
    model, data = story.thing("model/apple-grader"), story.thing("dataset/apple-readings")
    for name in ("apple-grader", "apple-grader@2", "apple-grader@production", "model-version/apple-grader-2"):
        assert naming.resolve(name, [v.Model]) == model
    assert naming.resolve("apple-readings@1", [v.Dataset]) == data
    with pytest.raises(UnknownThing, match="is a dataset version, and no model"):
        naming.resolve("apple-readings@1", [v.Model])


def test_of_many_things_of_one_name_the_first_are_told_and_the_rest_counted() -> None:
    said = [Triple(story.thing(f"dataset/many-{number}"), v.dct_title, Literal("many")) for number in range(25)]
    with story.index(also=said) as told, pytest.raises(AmbiguousName, match="'many' fits 25 things") as raised:
        Naming(told).resolve("many")
    assert len(raised.value.candidates) == 21
    assert raised.value.candidates[-1] == "… and 5 more"


def test_of_things_whose_iris_tell_no_kind_it_is_told() -> None:
    one, other = NamedNode("https://other.example/1"), NamedNode("https://other.example/2")
    said = [Triple(each, v.dct_title, Literal("twin")) for each in (one, other)]
    said += [Triple(one, v.rdf_type, v.ModelVersion), Triple(other, v.rdf_type, v.DatasetVersion)]
    with story.index(also=said) as told, pytest.raises(AmbiguousName) as raised:
        Naming(told).resolve("twin")
    assert [line.rpartition("  ")[2] for line in raised.value.candidates] == ["model version", "dataset version"]


def test_an_unknown_version_lists_those_that_there_are(naming: Naming) -> None:
    with pytest.raises(UnknownThing, match=r"'apple-grader' has no version '9'; it has 3, 2, 1"):
        naming.resolve("apple-grader@9", [v.ModelVersion])


def test_what_has_no_version_or_one_is_said_so() -> None:
    alone, one = (Triple(NamedNode(f"https://example.org/kg/{each}"), v.dct_title, Literal(each)) for each in "ab")
    with story.index(also=[alone, one, Triple(one.subject, v.dcat_version, Literal("1.0"))]) as index:
        with pytest.raises(UnknownThing, match=r"'a' has no version '9\.9'; no version of it is known$"):
            Naming(index).resolve("a@9.9")
        with pytest.raises(UnknownThing, match=r"'b' has no version '9\.9'; it has 1\.0$"):
            Naming(index).resolve("b@9.9")


def test_a_thing_of_another_class_is_refused(naming: Naming) -> None:
    with pytest.raises(UnknownThing, match="is in the graph, but is no model version"):
        naming.resolve(f"{story.BASE}agent/mara", [v.ModelVersion])
    with pytest.raises(UnknownThing, match="'mara' is an agent, and no model version; there are: "):
        naming.resolve("mara", [v.ModelVersion])


@pytest.mark.parametrize(
    ("text", "local"),
    [("mail@host@1", "a"), ("mail@host@2@3", "b"), ("mail@host@2@latest", "c")],
)
def test_names_and_versions_may_hold_an_at_sign(text: str, local: str) -> None:
    dated = [("mail@host", "1", "a"), ("mail@host", "2@3", "b"), ("mail@host@2", "9", "c")]
    with story.index(also=[triple for said in dated for triple in version(*said)]) as index:
        assert Naming(index).resolve(text, [v.DatasetVersion]) == story.thing(f"dataset-version/{local}")
        with pytest.raises(UnknownThing, match="'mail@host@2' has no version '8'; it has 9"):
            Naming(index).resolve("mail@host@2@8", [v.DatasetVersion])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@latest",
        "/",
        "./",
        "grader-2.joblib",
        'a" } #',
        "x:y z",
        "pvk:",
        "training-run/",
        "<>",
        "\\",
        "é@ü",
        "\ud800",
    ],
)
def test_odd_text_is_an_unknown_thing(naming: Naming, text: str) -> None:
    with pytest.raises(UnknownThing):
        naming.resolve(text, [v.ModelVersion])


@pytest.mark.parametrize("text", ["/", "./", "grader-2.joblib", "data/apple-grader-2.joblib"])
def test_a_file_is_named_by_whole_parts_of_its_path(naming: Naming, text: str) -> None:
    with pytest.raises(UnknownThing):
        naming.resolve(text, [v.ModelVersion])


def version(name: str, label: str, local: str) -> list[Triple]:
    whole, thing = story.thing(f"dataset/of-{local}"), story.thing(f"dataset-version/{local}")
    said = [Triple(thing, v.rdf_type, v.DatasetVersion), Triple(thing, v.versionOf, whole)]
    return [*said, Triple(thing, v.dcat_version, Literal(label)), Triple(whole, v.dct_title, Literal(name))]


def number(value: int) -> Literal:
    return Literal(str(value), datatype=v.xsd_integer)


def quad(subject: NamedNode, relation: NamedNode, value: NamedNode | Literal) -> Quad:
    return Quad(subject, relation, value, story.LEDGER_GRAPH)
