"""Metrics are compared number by number: on which data, slice, class and feature, and of which model of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.lineage import Difference, difference
from tests import company, story
from tests.test_difference import FAST, SLOW, changes, of
from tests.test_difference_recorded import unrecorded


@pytest.fixture(scope="module")
def of_company() -> Iterator[ReadIndex]:
    with ReadIndex(company.FOLDER, len(company.records()), company.store(company.stated()), -1) as index:
        yield index


def test_the_whole_test_part_and_each_of_its_slices_are_compared_by_themselves(of_company: ReadIndex) -> None:
    found = of(of_company, "model-version/scorer-5", "model-version/scorer-15")
    metrics = changes(found, "metrics")
    assert metrics["accuracy on test"] == ("0.84", "0.86")
    assert metrics["accuracy on test: data"] == ("standard-test-ready@1", "april-test-ready@1")
    assert metrics["accuracy on test, slice under 30"] == ("0.7", "0.81")
    assert metrics["accuracy on test, slice from 30"] == ("0.84", "0.87")
    assert "demographicParityDifference on test: data" not in metrics, "of both it was taken on one part"


def test_numbers_that_the_data_do_not_tell_apart_are_named_by_the_run_that_took_them(of_company: ReadIndex) -> None:
    found = of(of_company, "model-version/scorer-5", "model-version/scorer-15")
    assert unrecorded(found, "metrics") == {
        "accuracy on inference, in predict march-again-0.5": (None, "0.83"),
        "accuracy on inference, in predict march-again-0.6": (None, "0.86"),
    }


def test_runs_are_compared_by_the_evaluations_of_the_models_that_they_made(of_company: ReadIndex) -> None:
    metrics = changes(of(of_company, "training-run/a01", "training-run/a02"), "metrics")
    assert metrics["its model: accuracy on test"] == ("0.73", "0.76"), "as one-factor-pairs reports it"
    assert metrics["accuracy on validation"] == ("0.74", "0.77")


# --- numbers told by hand


def number(
    name: str, value: float, *said: tuple[NamedNode, NamedNode | Literal], run: NamedNode = SLOW
) -> list[Triple]:
    measure = story.thing(f"metric-observation/{name}")
    told: list[tuple[NamedNode, NamedNode | Literal]] = [
        (v.rdf_type, v.MetricObservation),
        (v.measuredIn, run),
        (v.metricKind, v.MetricKind_recall),
        (v.value, Literal(value)),
        *said,
    ]
    return [Triple(measure, relation, end) for relation, end in told]


def with_numbers(*numbers: list[Triple]) -> Difference:
    with story.index(also=[triple for each in numbers for triple in each]) as index:
        return difference(index, SLOW, FAST, ("slow", "fast"))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ([(v.forLabel, Literal("ripe"))], "recall, for ripe"),
        ([(v.forFeature, story.thing("feature/grade-2"))], "recall, of grade"),
        ([(v.onSplitRole, v.SplitRole_test)], "recall on test"),
    ],
)
def test_classes_features_and_roles_are_compared_by_themselves(
    said: list[tuple[NamedNode, NamedNode | Literal]], name: str
) -> None:
    found = changes(
        with_numbers(
            number("one", 0.5),
            number("two", 0.25, *said),
            number("three", 0.6, run=FAST),
            number("four", 0.3, *said, run=FAST),
        ),
        "metrics",
    )
    assert (found["recall"], found[name]) == (("0.5", "0.6"), ("0.25", "0.3"))


def test_numbers_on_several_data_are_named_by_these() -> None:
    first, second = (story.thing(f"dataset-version/apple-readings-{each}") for each in (1, 2))
    found = with_numbers(
        number("one", 0.5, (v.measuredOn, first)),
        number("two", 0.7, (v.measuredOn, second)),
        number("three", 0.6, (v.measuredOn, second), run=FAST),
    )
    assert changes(found, "metrics")["recall, apple-readings@2"] == ("0.7", "0.6")
    assert unrecorded(found, "metrics")["recall, apple-readings@1"] == ("0.5", None)


def test_equal_numbers_on_different_data_both_stand() -> None:
    first, second = (story.thing(f"dataset-version/apple-readings-{each}") for each in (1, 2))
    same = [number("one", 0.5, (v.measuredOn, first)), number("two", 0.5, (v.measuredOn, second))]
    other = [
        number("three", 0.4, (v.measuredOn, first), run=FAST),
        number("four", 0.3, (v.measuredOn, second), run=FAST),
    ]
    found = changes(with_numbers(*same, *other), "metrics")
    assert found["recall, apple-readings@1"] == ("0.5", "0.4")
    assert found["recall, apple-readings@2"] == ("0.5", "0.3")


def test_of_numbers_taken_epoch_by_epoch_the_last_counts() -> None:
    slow = [
        number(f"slow-{epoch}", value, (v.atEpoch, Literal(epoch))) for epoch, value in ((2, 0.5), (9, 0.6), (10, 0.4))
    ]
    fast = [
        number(f"fast-{epoch}", value, (v.atEpoch, Literal(epoch)), run=FAST) for epoch, value in ((1, 0.9), (2, 0.7))
    ]
    assert changes(with_numbers(*slow, *fast), "metrics")["recall"] == ("0.4", "0.7")


def test_numbers_at_several_thresholds_are_named_by_these() -> None:
    found = with_numbers(
        number("one", 0.5, (v.threshold, Literal(0.5))),
        number("two", 0.7, (v.threshold, Literal(0.6))),
        number("three", 0.6, (v.threshold, Literal(0.5)), run=FAST),
    )
    assert changes(found, "metrics")["recall, at threshold 0.5"] == ("0.5", "0.6")
    assert unrecorded(found, "metrics")["recall, at threshold 0.6"] == ("0.7", None)


def test_of_a_run_that_made_several_models_each_is_named() -> None:
    said = []
    for version, value in (("1", 0.5), ("2", 0.7)):
        model = story.thing(f"model-version/made-{version}")
        said += [
            Triple(model, v.rdf_type, v.ModelVersion),
            Triple(model, v.prov_wasGeneratedBy, SLOW),
            Triple(model, v.dcat_version, Literal(version)),
            *number(version, value, (v.measures, model), run=story.thing("evaluation-run/later")),
        ]
    found = with_numbers(said)
    assert unrecorded(found, "metrics")["its model: recall, version 1"] == ("0.5", None)
    assert unrecorded(found, "metrics")["its model: recall, version 2"] == ("0.7", None)
