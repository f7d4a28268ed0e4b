"""What is recorded of one of two things only is told apart from what differs, and a repetition is what it repeats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.lineage import Difference, difference
from provkg.lineage.difference import Facet
from tests import company, story
from tests.test_difference import FAST, SLOW, changes, of, stated_of, varied


@pytest.fixture(scope="module")
def of_company() -> Iterator[ReadIndex]:
    with ReadIndex(company.FOLDER, len(company.records()), company.store(company.stated()), -1) as index:
        yield index


def facet(found: Difference, name: str) -> Facet:
    return next(each for each in found.facets if each.name == name)


def unrecorded(found: Difference, name: str) -> dict[str, tuple[str | None, str | None]]:
    return {each.fact: (each.left, each.right) for each in facet(found, name).unrecorded}


def without(*removed: Iterable[Triple], also: Iterable[Triple] = ()) -> Difference:
    """Return the difference of the two runs of the story without some statements."""
    with story.index(without=[triple for each in removed for triple in each], also=also) as index:
        return difference(index, SLOW, FAST, ("slow", "fast"))


def test_settings_that_were_not_recorded_are_no_difference() -> None:
    found = without(stated_of(FAST, v.parameter))
    assert (found.factors, found.only_factor, found.matters) == ((), None, False)
    assert unrecorded(found, "settings")["learning_rate"] == ("0.01", None)
    assert changes(found, "settings") == {}
    assert found.unrecorded("right") == ("settings", "seeds")
    assert found.unrecorded("left") == ()
    assert "no factor differs, and yet what came of it does; not recorded for fast: settings and seeds.\n" in str(found)
    assert "learning_rate  0.01 → not recorded\n" in str(found)


def test_programs_are_told_what_was_not_recorded() -> None:
    document = json.loads(without(stated_of(FAST, v.parameter)).text("json"))
    assert document["notRecorded"] == {"left": [], "right": ["settings", "seeds"]}
    assert document["factors"] == []
    settings = document["facets"]["settings"]
    assert (settings["changes"], settings["factors"]) == ([], [])
    assert {"fact": "learning_rate", "left": "0.01", "right": None} in settings["notRecorded"]


def test_pages_are_told_what_was_not_recorded() -> None:
    found = without(stated_of(FAST, v.parameter))
    assert "| settings | learning_rate | 0.01 | not recorded |" in found.text("markdown")
    assert "<td>learning_rate</td><td>0.01</td><td>not recorded</td>" in found.text("html")


def test_a_run_that_says_that_it_has_no_settings_differs() -> None:
    found = without(stated_of(FAST, v.parameter), also=[Triple(FAST, v.declaredAbsent, v.parameter)])
    assert changes(found, "settings")["learning_rate"] == ("0.01", None)
    assert varied(found) == ["settings", "seeds"]


def test_a_setting_that_one_of_two_runs_with_settings_lacks_differs() -> None:
    extra = story.thing("hyperparameter-setting/momentum")
    said = [
        Triple(SLOW, v.parameter, extra),
        Triple(extra, v.paramName, Literal("momentum")),
        Triple(extra, v.paramValue, Literal(0.9)),
    ]
    found = without(also=said)
    assert changes(found, "settings")["momentum"] == ("0.9", None)
    assert found.factors == ("learning_rate", "momentum")


def test_code_data_and_environment_that_were_not_recorded_are_no_difference() -> None:
    found = without(
        *(stated_of(FAST, each) for each in (v.usedCode, v.entryPoint, v.trainingData, v.validationData, v.ranIn))
    )
    assert found.unrecorded("right") == ("data", "code", "environment")
    assert found.only_factor == "learning_rate"


def test_a_package_is_missing_where_others_are_recorded_and_unknown_where_none_are() -> None:
    bare, other = story.thing("software-environment/bare"), story.thing("environment/other")
    said = [
        Triple(FAST, v.ranIn, other),
        Triple(other, v.hasSoftware, bare),
        Triple(bare, v.pythonVersion, Literal("3.12")),
    ]
    found = without(stated_of(FAST, v.ranIn), also=said)
    assert unrecorded(found, "environment")["scikit-learn"] == ("1.5.2", None)
    assert unrecorded(found, "environment").keys() >= {"system", "kernel"}
    numpy = [Triple(bare, v.includesPackage, NamedNode("pkg:pypi/numpy@2.1.3"))]
    found = without(stated_of(FAST, v.ranIn), also=[*said, *numpy])
    assert changes(found, "environment")["scikit-learn"] == ("1.5.2", None)


def test_a_container_is_missing_where_the_environment_says_so() -> None:
    place, image = story.thing("environment/workstation"), story.thing("container-image/one")
    other = story.thing("environment/other")
    kept = [
        Triple(other, each, term) for each, term in ((v.hasSoftware, story.thing("software-environment/workstation")),)
    ]
    said = [
        Triple(place, v.hasContainer, image),
        Triple(image, v.imageReference, Literal("one@sha256:5f0c")),
        Triple(FAST, v.ranIn, other),
        *kept,
    ]
    found = without(stated_of(FAST, v.ranIn), also=said)
    assert unrecorded(found, "environment")["container image"] == ("one@sha256:5f0c", None)
    found = without(stated_of(FAST, v.ranIn), also=[*said, Triple(other, v.declaredAbsent, v.hasContainer)])
    assert changes(found, "environment")["container image"] == ("one@sha256:5f0c", None)


def test_columns_that_nobody_described_are_not_gone() -> None:
    one, other = story.thing("dataset-version/one"), story.thing("dataset-version/other")
    feature = story.thing("feature/age")
    said = [
        *(Triple(each, v.rdf_type, v.DatasetVersion) for each in (one, other)),
        *(Triple(each, v.recordCount, Literal(3)) for each in (one, other)),
        Triple(one, v.featureCount, Literal(1)),
        Triple(one, v.hasFeature, feature),
        Triple(feature, v.featureName, Literal("age")),
    ]
    with story.index(also=said) as index:
        found = difference(index, one, other, ("one", "other"))
    assert changes(found, "itself") == {}
    assert unrecorded(found, "itself") == {"columns": ("1", None)}
    assert "nothing that is recorded of both differs" in str(found)


def test_metrics_that_one_of_both_was_not_measured_by_are_told_as_such() -> None:
    measure = story.thing("metric-observation/more")
    said = [
        Triple(measure, v.rdf_type, v.MetricObservation),
        Triple(measure, v.measuredIn, SLOW),
        Triple(measure, v.metricKind, v.MetricKind_recall),
        Triple(measure, v.value, Literal(0.5)),
    ]
    found = without(also=said)
    assert unrecorded(found, "metrics")["recall"] == ("0.5", None)
    assert "recall" not in changes(found, "metrics")


# --- repetitions

A04, AGAIN = "training-run/a04", "replay-run/a04"


def test_a_repetition_differs_in_what_it_states_otherwise(of_company: ReadIndex) -> None:
    found = of(of_company, A04, AGAIN)
    assert varied(found) == ["environment"]
    assert found.factors == ("Python", "container image", "kernel", "scikit-learn")
    assert (found.unrecorded("left"), found.unrecorded("right")) == ((), ())
    note = f"{AGAIN} repeats a04: what it does not state of data, settings and seeds is taken from there"
    assert found.notes == (note,)
    for format_ in ("text", "markdown", "html", "json"):
        assert note in found.text(format_), format_


def test_a_repetition_with_a_setting_of_its_own_differs_in_that() -> None:
    again, rate = story.thing("replay-run/fast"), story.thing("hyperparameter-setting/new-rate")
    said = [
        Triple(again, v.rdf_type, v.ReplayRun),
        Triple(again, v.replayOf, FAST),
        Triple(again, v.runStatus, v.RunStatus_succeeded),
        Triple(again, v.parameter, rate),
        Triple(rate, v.paramName, Literal("learning_rate")),
        Triple(rate, v.paramValue, Literal(0.2)),
    ]
    with story.index(also=said) as index:
        found = difference(index, FAST, again, ("fast", "again"))
    assert changes(found, "settings") == {"learning_rate": ("0.1", "0.2")}
    assert found.only_factor == "learning_rate"
    assert found.unrecorded("right") == ("environment",), "on which machine it ran, only it can say"


def test_a_repetition_of_itself_ends() -> None:
    with story.index(also=[Triple(FAST, v.replayOf, FAST), Triple(FAST, v.rdf_type, v.ReplayRun)]) as index:
        assert difference(index, SLOW, FAST).only_factor == "learning_rate"
