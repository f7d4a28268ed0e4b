"""Metrics: each value is kept, repeated ones become series with summaries, and each says what it measures."""

from __future__ import annotations

import math
import os
import threading
import time
import warnings
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import provkg
from provkg import vocabulary
from provkg.capture.metrics import as_number
from provkg.capture.series import CHUNK_POINTS, LOWER_IS_BETTER, NODE_POINTS, Series
from provkg.capture.spool import spool_files
from provkg.records import PROGRESS, Concept, Iri, MetricObservation, MetricSeries, OwnConcept, Reference, Run, concept
from tests.recording import Recorded, described, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


ROWS = np.arange(20.0).reshape(10, 2)


def parts() -> list[provkg.Data]:
    data = provkg.dataset("d", ROWS)
    with provkg.splitting(data, seed=1) as split:
        return list(split.parts(train=0.6, validation=0.2, test=0.2))


def summaries(recorded: Recorded) -> dict[tuple[str, str | None], MetricSeries]:
    return {
        (name(said.metric), name(said.role) if said.role else None): said
        for said in described(recorded.closing(), MetricSeries)
        if said.count is not None
    }


def name(said: str | Concept | None) -> str:
    return said.value.rpartition("-")[2] if isinstance(said, Iri) else getattr(said, "name", str(said))


def observations(recorded: Recorded) -> list[MetricObservation]:
    return described(recorded.closing(), MetricObservation)


# --- single values and series


def test_one_value_is_an_observation(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.metric("accuracy", 0.9)
    (said,) = observations(recorded)
    assert (name(said.metric), said.value, said.run) == ("accuracy", 0.9, run.reference)


def test_one_value_with_an_epoch_is_a_series_of_one(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.metric("accuracy", 0.9, epoch=4)
    (said,) = summaries(recorded).values()
    assert (said.count, said.first, said.best_step) == (1, 0.9, 4)


def test_values_without_epoch_or_step_get_ordinals(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for value in (0.5, 0.4, 0.3):
            run.metric("loss", value)
    points = [point for said in described(recorded.closing(), MetricSeries) for point in said.nodes]
    assert points == [(0, None, 0, 0.5), (1, None, 1, 0.4), (2, None, 2, 0.3)]


def test_a_series_says_first_last_extremes_mean_and_sum(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for epoch, value in enumerate((0.8, 0.2, 0.5)):
            run.metric("loss", value, epoch=epoch)
    said = summaries(recorded)["loss", None]
    assert (said.count, said.first, said.last, said.low, said.high) == (3, 0.8, 0.5, 0.2, 0.8)
    assert said.mean == pytest.approx(0.5)
    assert said.total == pytest.approx(1.5)


def test_the_best_is_the_least_loss_and_the_most_accuracy(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for epoch, value in enumerate((0.8, 0.2, 0.9, 0.5)):
            run.metric("log_loss", value, epoch=epoch)
            run.metric("accuracy", value, epoch=epoch)
            run.metric("my own score", value, epoch=epoch)
    best = {metric: said.best_step for (metric, _), said in summaries(recorded).items()}
    assert best == {"logLoss": 1, "accuracy": 2, "my own score": 2}


def test_each_label_and_role_is_a_series_of_its_own(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for label in ("cat", "dog"):
            for epoch in range(2):
                run.metric("recall", 0.5, epoch=epoch, label=label, role="test")
        run.metric("recall", 0.5, epoch=0, role="train")
    said = [each for each in described(recorded.closing(), MetricSeries) if each.count]
    assert [(each.label, each.count) for each in said] == [("cat", 2), ("dog", 2), (None, 1)]
    assert len({each.reference() for each in said}) == 3


def test_an_unknown_metric_is_a_concept_of_the_graphs_own(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.metric("furriness", 3)
    assert observations(recorded)[0].metric == OwnConcept(scheme="MetricKind", name="furriness")


def test_many_points_are_packed_beyond_the_first_thousand(recorded: Recorded) -> None:
    count = NODE_POINTS + CHUNK_POINTS + 5
    with provkg.run("r") as run:
        for step in range(count):
            run.metric("loss", 1.0, step=step)
    said = described(recorded.closing(), MetricSeries)
    assert [len(each.nodes) for each in said] == [NODE_POINTS, 0, 0, 0]
    assert [len(each.packed) for each in said] == [0, CHUNK_POINTS, 5, 0]
    assert said[-1].count == count


# --- numbers


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (True, 1.0),
        (Decimal("0.5"), 0.5),
        (Fraction(1, 2), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.array(0.25), 0.25),
        (np.array([0.25]), 0.25),
        (float("inf"), math.inf),
    ],
)
def test_every_kind_of_number_is_one(recorded: Recorded, value: Any, number: float) -> None:
    with provkg.run("r") as run:
        run.metric("x", value)
    assert observations(recorded)[0].value == number


def test_values_that_are_no_number_are_recorded_and_do_not_spoil_the_extremes(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for epoch, value in enumerate((math.nan, 0.5, math.nan, 0.25)):
            run.metric("loss", value, epoch=epoch)
    said = summaries(recorded)["loss", None]
    assert (said.count, said.low, said.high, said.last, said.best_step) == (4, 0.25, 0.5, 0.25, 3)
    assert said.first is not None
    assert math.isnan(said.first)


@pytest.mark.parametrize("value", ["0.5", None, [1.0], object(), 1j, np.array([1.0, 2.0])])
def test_what_is_no_number_is_said_with_the_users_line_and_the_rest_is_recorded(recorded: Recorded, value: Any) -> None:
    with provkg.run("r") as run:
        with pytest.warns(provkg.CaptureWarning, match="metric 'x' is no number") as warned:
            run.metric("x", value)
        run.metric("y", 1.0)
    assert [warning.filename for warning in warned] == [__file__]
    assert [name(said.metric) for said in observations(recorded)] == ["y"]


def test_each_kind_of_fault_on_one_line_is_said_once(recorded: Recorded) -> None:
    values: list[Any] = ["0.5", None, [1.0], "0.7", None, [2.0]]
    places: list[Any] = [0.5, "one", 1.5, "two"]
    with provkg.run("r") as run, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for value, step in [*((each, 1) for each in values), *((1.0, each) for each in places)]:
            run.metric("x", value, step=step)
    said = [str(warning.message).partition(";")[0] for warning in warned]
    assert said == [
        *("metric 'x' is no number: '0.5'", "metric 'x' is no number: None", "metric 'x' is no number: [1.0]"),
        *("step=0.5 of metric 'x' is no whole number", "step='one' of metric 'x' is no whole number"),
    ]


def test_a_loop_of_bad_values_warns_once(recorded: Recorded) -> None:
    with provkg.run("r") as run, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for epoch in range(100):
            run.metric("x", f"bad {epoch}", epoch=epoch)
    assert len(warned) == 1


class Tensor:
    """Answers as a tensor of torch does whose gradient is wanted: its size is asked for, and `float` is not to be."""

    def __init__(self, *numbers: float) -> None:
        self._numbers = numbers

    def size(self) -> tuple[int, ...]:
        return (len(self._numbers),)

    def numel(self) -> int:
        return len(self._numbers)

    def item(self) -> float:
        return self._numbers[0]

    def __float__(self) -> float:
        raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")


def test_a_tensor_is_asked_for_its_number_by_item_alone() -> None:
    assert as_number(Tensor(0.25)) == 0.25
    assert as_number(Tensor(0.25, 0.5)) is None


def test_scalars_of_torch_are_numbers_with_or_without_gradient() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    for value in (torch.tensor(0.25), torch.tensor([0.25], requires_grad=True), torch.tensor(0.25).bfloat16()):
        assert as_number(value) == 0.25
    assert as_number(torch.tensor(7)) == 7
    assert math.isnan(as_number(torch.tensor(float("nan"))) or 0.0)
    assert as_number(torch.zeros(2)) is None


def test_epochs_may_be_numpy_integers_and_whole_floats(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.metric("x", 1.0, epoch=np.int64(3))
        run.metric("x", 1.0, epoch=4.0)  # type: ignore[arg-type]  # people do
        with pytest.warns(provkg.CaptureWarning, match=r"epoch=0\.5 of metric 'x' is no whole number"):
            run.metric("x", 1.0, epoch=0.5)  # type: ignore[arg-type]  # people do
    points = [point[:3] for said in described(recorded.closing(), MetricSeries) for point in said.nodes]
    assert points == [(0, 3, None), (1, 4, None), (2, None, 2)]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=30))
def test_summaries_are_those_of_all_values(values: list[float]) -> None:
    about = MetricSeries(run=Reference("run", ("r",)), metric=concept(vocabulary.MetricKind, "loss"))
    series = Series(1, about)
    for epoch, value in enumerate(values):
        series.add(epoch, None, value)
    (*_, said) = series.final()
    assert isinstance(said, MetricSeries)
    assert (said.low, said.high, said.count) == (min(values), max(values), len(values))
    assert said.total == pytest.approx(sum(values))
    assert said.best_step == values.index(min(values))


# --- what is measured


def test_metrics_of_a_training_measure_its_model_on_the_data_of_their_role(recorded: Recorded) -> None:
    train, validation, _ = parts()
    with provkg.training("t", data=train, validation=validation) as run:
        for epoch in range(2):
            run.metric("loss", 0.5, epoch=epoch)
            run.metric("loss", 0.6, epoch=epoch, role="validation")
        model = run.model("m", b"weights")
    said = summaries(recorded)
    assert said["loss", "train"].on == (train.reference,)
    assert said["loss", "validation"].on == (validation.reference,)
    assert {said["loss", role].of for role in ("train", "validation")} == {model.reference}


def test_metrics_of_an_evaluation_measure_its_model_on_its_data(recorded: Recorded) -> None:
    train, _, test = parts()
    with provkg.training("t", data=train) as run:
        model = run.model("m", b"weights")
    with provkg.evaluation(model, data=test) as evaluation:
        evaluation.metric("accuracy", 0.9)
    (said,) = observations(recorded)
    assert said.of == model.reference
    assert said.on == (test.reference,)
    assert said.role == Iri(vocabulary.SplitRole_test.value)


def test_data_without_a_role_leaves_the_role_unsaid(recorded: Recorded) -> None:
    with provkg.training("t", data=provkg.dataset("d", ROWS)) as run:
        model = run.model("m", b"weights")
    fresh = provkg.dataset("fresh", [(2, 3)])
    with provkg.evaluation(model, data=fresh) as evaluation:
        evaluation.metric("accuracy", 0.9)
    (said,) = observations(recorded)
    assert said.role is None
    assert said.on == (fresh.reference,)


def test_a_metric_can_name_its_data(recorded: Recorded) -> None:
    train, validation, test = parts()
    with provkg.run("r") as run:
        for part in (validation, test):
            run.metric("accuracy", 0.5, data=part)
    assert [(said.on, said.data) for said in observations(recorded)] == [
        ((validation.reference,), validation.reference),
        ((test.reference,), test.reference),
    ]
    assert train.reference is not None


def test_the_time_of_an_epoch_is_measured(recorded: Recorded) -> None:
    train, validation, _ = parts()
    with provkg.training("t", data=train, validation=validation) as run:
        for epoch in range(3):
            time.sleep(0.02)
            run.metric("loss", 0.5, epoch=epoch)
            run.metric("loss", 0.6, epoch=epoch, role="validation")
    said = summaries(recorded)["epochDuration", None]
    assert said.count == 3
    assert said.low is not None
    assert said.low >= 0.02
    assert said.of == run.reference, "it is of the run, not of a model"
    assert said.on == ()
    points = [point[1] for each in described(recorded.closing(), MetricSeries) if each.reference() == said.reference()
              for point in each.nodes]  # fmt: skip
    assert points == [0, 1, 2]


def test_the_time_of_an_epoch_that_the_user_measures_is_left_to_them(recorded: Recorded) -> None:
    with provkg.training("t", data=None) as run:
        for epoch in range(3):
            run.metric("epochDuration", 7.0, epoch=epoch)
            run.metric("loss", 7.0, epoch=epoch)
    assert summaries(recorded)["epochDuration", "train"].mean == 7.0
    assert len(summaries(recorded)) == 2


# --- while the run goes on


def test_an_open_run_reports_its_points(recorded: Recorded) -> None:
    provkg.configure(progress_seconds=0.05)
    with provkg.run("r") as run:
        for epoch in range(3):
            run.metric("loss", 0.5, epoch=epoch)
        deadline = time.monotonic() + 10
        while not recorded.records(PROGRESS) and time.monotonic() < deadline:
            time.sleep(0.02)
        (progress,) = recorded.records(PROGRESS)
        (said,) = described(progress, MetricSeries)
        assert len(said.nodes) == 3
        assert said.count is None, "a summary is not final before the end"
    rest = [point for each in described(recorded.closing(), MetricSeries) for point in each.nodes]
    assert rest == []


def test_values_of_many_threads_are_all_there(recorded: Recorded) -> None:
    with provkg.run("r") as run:

        def log() -> None:
            for step in range(200):
                run.metric("loss", 1.0, step=step)

        threads = [threading.Thread(target=log) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert summaries(recorded)["loss", None].count == 800


def test_a_forked_worker_logs_into_a_file_of_its_own(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.metric("loss", 1.0, epoch=0)
        child = os.fork()
        if child == 0:
            run.metric("loss", 2.0, epoch=1)
            os._exit(0)
        os.waitpid(child, 0)
    assert summaries(recorded)["loss", None].count == 1
    (other,) = [file for file in spool_files(recorded.spool.path.parent) if file.path != recorded.spool.path]
    (loose,) = other.remaining()
    said = described(loose, MetricSeries)
    assert [point[3] for each in said for point in each.nodes] == [2.0]
    (forked,) = described(loose, Run)
    assert {each.run for each in said} == {forked.reference()}, "its points are none of the parent's series"
    assert (forked.title, forked.part_of) == ("r, forked process", run.reference)
    assert forked.status == Iri(vocabulary.RunStatus_interrupted.value), "nobody saw it end"
    other.remove()


def test_every_metric_where_less_is_better_is_a_metric() -> None:
    known = {term.value for term in vocabulary.INDIVIDUALS}
    assert known >= LOWER_IS_BETTER


# --- roles in names


def test_the_split_in_a_metrics_name_becomes_its_role(recorded: Recorded) -> None:
    train, validation, _ = parts()
    with provkg.training("t", data=train, validation=validation) as run:
        for metric in ("loss", "val_loss", "validation_accuracy", "test_accuracy", "val/furriness", "train_accuracy"):
            run.metric(metric, 0.5)
    said = {(name(each.metric), name(each.role) if each.role else None): each for each in observations(recorded)}
    assert said.keys() == {
        *(("loss", "train"), ("loss", "validation"), ("accuracy", "validation"), ("accuracy", "test")),
        *(("furriness", "validation"), ("accuracy", "train")),
    }
    assert said["loss", "validation"].on == (validation.reference,)
    assert said["accuracy", "test"].on == (), "a training does not know the test data"


@pytest.mark.parametrize("own", ["val", "validation", "test", "value_range", "training_time", "val_"])
def test_names_that_only_begin_like_a_split_stay(recorded: Recorded, own: str) -> None:
    with provkg.training("t", data=parts()[0]) as run:
        run.metric(own, 0.5)
    (said,) = observations(recorded)
    assert (name(said.metric), name(said.role) if said.role else None) == (own, "train")


def test_a_role_that_is_said_counts_more_than_the_name(recorded: Recorded) -> None:
    train, _, test = parts()
    with provkg.training("t", data=train) as run:
        run.metric("val_loss", 0.5, role="test")
        run.metric("test_loss", 0.5, data=test)
    said = [(name(each.metric), name(each.role) if each.role else None) for each in observations(recorded)]
    assert said == [("val_loss", "test"), ("loss", "test")]
