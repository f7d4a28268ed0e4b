"""The quick way of a metric call: it records what the long way would, and leaves to the latter what it cannot do."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provkg
from provkg.capture.series import CHUNK_POINTS, NODE_POINTS
from provkg.capture.spool import SpoolFile, writer
from provkg.records import PROGRESS, MetricObservation, MetricSeries, Point
from tests.recording import Recorded, described, left_in, ran, recording
from tests.test_capture_metrics import name, summaries

ROWS = np.arange(20.0).reshape(10, 2)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def points(recorded: Recorded, metric: str = "loss") -> list[Point]:
    """Return the points that the records so far tell of `metric`."""
    return [
        point
        for record in recorded.records()
        for said in described(record, MetricSeries)
        if name(said.metric) == metric
        for point in (*said.nodes, *said.packed)
    ]


def by_frames(recorded: Recorded) -> int:
    return sum(frame.kind == "point" for frame in recorded.spool.frames())


def test_points_go_into_a_segment_and_not_into_frames(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for step in range(10):
            run.metric("loss", 0.5, step=step)
    assert by_frames(recorded) == 0
    assert recorded.spool.segments() != []
    assert points(recorded) == [(step, None, step, 0.5) for step in range(10)]


@pytest.mark.parametrize("mapped", ["on", "off"])
def test_every_kind_of_number_and_place_takes_its_turn(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, mapped: str
) -> None:
    monkeypatch.setenv("PROVKG_SPOOL_MAPPED", mapped)
    given: list[Any] = [0.5, True, 7, np.float64(0.25), np.float32(0.5), np.array([0.125]), -math.inf, math.nan, 0.5]
    with provkg.run("r") as run:
        for step, value in enumerate(given):
            run.metric("loss", value, step=step)
        run.metric("loss", 1.0, epoch=3)
        run.metric("loss", 2.0, epoch=4, step=2**70)
        run.metric("loss", 3.0, epoch=np.int64(5), step=6.0)  # type: ignore[arg-type]  # people do
        run.metric("loss", 4.0)
    assert bool(recorded.spool.segments()) is (mapped == "on")
    expected = [0.5, 1.0, 7.0, 0.25, 0.5, 0.125, -math.inf, math.nan, 0.5, 1.0, 2.0, 3.0, 4.0]
    found = points(recorded)
    assert [repr(point[3]) for point in found] == [repr(value) for value in expected]
    assert [point[1:3] for point in found] == [
        *((None, step) for step in range(9)),
        *((3, None), (4, 2**70), (5, 6), (None, 12)),
    ]
    said = summaries(recorded)["loss", None]
    assert (said.count, said.high, said.last) == (13, 7.0, 4.0)


@pytest.mark.parametrize("value", ["0.5", None, 10**400, np.array([1.0, 2.0])])
def test_no_number_amid_numbers_is_said_at_the_users_line(recorded: Recorded, value: Any) -> None:
    with provkg.run("r") as run:
        loss = run.series("loss")
        for step in range(4):
            run.metric("loss", 1.0, step=step)
            loss(1.0, step)
        with pytest.warns(provkg.CaptureWarning, match="metric 'loss' is no number") as warned:
            run.metric("loss", value, step=4)
        with pytest.warns(provkg.CaptureWarning, match="metric 'loss' is no number") as warned_too:
            loss(value, 4)
        run.metric("loss", 1.0, step=5)
    assert {warning.filename for warning in (*warned, *warned_too)} == {__file__}
    assert len(points(recorded)) == 9


def test_a_step_that_is_no_whole_number_is_said_and_the_value_kept(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        for step in range(3):
            run.metric("loss", 1.0, step=step)
        with pytest.warns(provkg.CaptureWarning, match=r"step=0\.5 of metric 'loss' is no whole number"):
            run.metric("loss", 2.0, step=0.5)  # type: ignore[arg-type]  # people do
    assert points(recorded)[3:] == [(3, None, 3, 2.0)]


def test_a_bound_series_records_what_metric_does(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        bound = run.series("bound", role="test", label="cat")
        for step in range(5):
            run.metric("said", step / 2, step=step, role="test", label="cat")
            bound(step / 2, step)
        bound(9.0, epoch=5)
        run.metric("said", 9.0, epoch=5, role="test", label="cat")
        bound(8.0)
        run.metric("said", 8.0, role="test", label="cat")
    assert points(recorded, "bound") == points(recorded, "said")
    found = {name(each.metric): (each.role, each.label, each.count) for each in summaries(recorded).values()}
    assert found["bound"] == found["said"]
    assert found["bound"][1:] == ("cat", 7)


def test_a_bound_series_and_metric_write_one_series(recorded: Recorded) -> None:
    with provkg.training("t", data=provkg.dataset("d", ROWS)) as run:
        loss = run.series("val_loss")
        for step in range(4):
            loss(1.0, step)
            run.metric("loss", 2.0, step=step, role="validation")
    said = [each for each in summaries(recorded).values() if name(each.metric) == "loss"]
    assert [each.count for each in said] == [8]


@pytest.mark.parametrize("calls", [1, 3])
def test_a_run_used_after_its_end_says_so(recorded: Recorded, calls: int) -> None:
    with provkg.run("r") as run:
        loss = run.series("loss")
        for step in range(calls):
            loss(1.0, step)
            run.metric("other", 1.0, step=step)
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has ended; metric 'loss' is not recorded"):
        loss(2.0, 9)
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has ended; metric 'other' is not recorded"):
        run.metric("other", 2.0, step=9)
    assert [len(points(recorded, each)) for each in ("loss", "other")] == [calls, calls]


def test_a_series_bound_before_its_run_begins_says_so_until_then(recorded: Recorded) -> None:
    run = provkg.run("r")
    loss = run.series("loss")
    with pytest.warns(provkg.CaptureWarning, match="has not begun"):
        loss(1.0, 0)
    with run:
        for step in range(3):
            loss(1.0, step)
    assert len(points(recorded)) == 3


def test_one_value_is_an_observation_and_two_are_a_series_whoever_records_them(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.series("once")(1.0)
        twice = run.series("twice")
        twice(1.0)
        twice(2.0)
    assert [name(said.metric) for said in described(recorded.closing(), MetricObservation)] == ["once"]
    assert [key for key, _ in summaries(recorded)] == ["twice"]


def progress_of(recorded: Recorded, act: Callable[[], None], number: int) -> None:
    act()
    deadline = time.monotonic() + 10
    while len(recorded.records(PROGRESS)) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_progress_tells_each_point_once_and_only_when_there_are_new_ones(recorded: Recorded) -> None:
    provkg.configure(progress_seconds=0.05)
    with provkg.run("r") as run, provkg.run("idle") as idle:
        loss = run.series("loss")

        def log() -> None:
            for _ in range(100):
                loss(1.0, 0)
                run.metric("accuracy", 1.0, step=0)

        idle.metric("x", 1.0)
        progress_of(recorded, log, 1)
        time.sleep(0.2)
        before = len(recorded.records(PROGRESS))
        time.sleep(0.3)
        assert len(recorded.records(PROGRESS)) == before, "nothing new, nothing written"
        progress_of(recorded, log, before + 1)
    assert all(record.descriptions for record in recorded.records(PROGRESS))
    assert [ordinal for ordinal, *_ in points(recorded)] == list(range(200))
    assert [ordinal for ordinal, *_ in points(recorded, "accuracy")] == list(range(200))
    assert [said.count for said in summaries(recorded).values()] == [200, 200]


def test_many_points_are_told_of_in_several_records(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MANY_POINTS", 2000)

    def log() -> None:
        for step in range(2500):
            run.metric("loss", 1.0, step=step)

    with provkg.run("r") as run:
        for part in range(3):
            progress_of(recorded, log, part + 1)
    assert len(recorded.records(PROGRESS)) >= 3
    assert [ordinal for ordinal, *_ in points(recorded)] == list(range(7500))


def test_a_long_series_is_packed_in_chunks(recorded: Recorded) -> None:
    count = NODE_POINTS + 2 * CHUNK_POINTS + 5
    with provkg.run("r") as run:
        for step in range(count):
            run.metric("loss", float(step), step=step)
    said = [each for record in recorded.records() for each in described(record, MetricSeries)]
    assert sum(len(each.nodes) for each in said) == NODE_POINTS
    assert sum(len(each.packed) for each in said) == count - NODE_POINTS
    assert max(len(each.packed) for each in said) <= CHUNK_POINTS
    assert points(recorded) == [(step, None, step, float(step)) for step in range(count)]


def test_two_threads_that_write_one_series_keep_their_own_order(recorded: Recorded) -> None:
    with provkg.run("r") as run:

        def log(thread: int) -> None:
            for step in range(5000):
                run.metric("loss", float(thread), step=step)

        threads = [threading.Thread(target=log, args=(thread,)) for thread in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = points(recorded)
    assert [ordinal for ordinal, *_ in found] == list(range(10_000))
    for number in range(2):
        assert [step for _, _, step, value in found if value == number] == list(range(5000))


def test_a_signal_handler_may_record_amid_a_call(recorded: Recorded) -> None:
    heard = 0

    def hear(_number: int, _frame: object) -> None:
        nonlocal heard
        heard += 1
        run.metric("heard", float(heard), step=heard)

    with provkg.run("r") as run:
        before = signal.signal(signal.SIGALRM, hear)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        step = 0
        try:
            while heard < 30:
                run.metric("loss", 0.5, step=step)
                step += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    assert [point[2] for point in points(recorded)] == list(range(step))
    # One may be heard amid another.
    assert sorted(point[3] for point in points(recorded, "heard")) == [float(n + 1) for n in range(heard)]


def test_a_forked_worker_does_not_continue_its_parents_series(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        bound = run.series("bound")
        for step in range(4):
            run.metric("loss", 1.0, step=step)
            bound(1.0, step)
        child = os.fork()
        if child == 0:
            for step in range(4):
                run.metric("loss", 2.0, step=step)
                bound(2.0, step)
            os._exit(0)
        os.waitpid(child, 0)
        run.metric("loss", 1.0, step=4)
    assert {point[3] for metric in ("loss", "bound") for point in points(recorded, metric)} == {1.0}
    (other,) = [SpoolFile(path) for path in recorded.spool.path.parent.glob("*.spool") if path != recorded.spool.path]
    (loose,) = other.remaining()
    found = [(name(said.metric), point[3]) for said in described(loose, MetricSeries) for point in said.nodes]
    assert sorted(found) == [("bound", 2.0)] * 4 + [("loss", 2.0)] * 4
    other.remove()


def test_epochs_of_a_hot_series_are_timed(recorded: Recorded) -> None:
    with provkg.training("t", data=provkg.dataset("d", ROWS)) as run:
        for epoch in range(3):
            for step in range(3):
                time.sleep(0.01)
                run.metric("loss", 0.5, epoch=epoch, step=step)
    said = summaries(recorded)["epochDuration", None]
    assert said.count == 3
    assert said.low is not None
    assert said.low >= 0.03


def test_a_killed_run_keeps_the_durations_of_the_epochs_that_ended(tmp_path: Path) -> None:
    text = """
        import os, signal, provkg
        data = provkg.dataset("d", [1, 2], source="https://example.org/d")
        with provkg.training("t", data=data) as run:
            for epoch in range(3):
                for step in range(3):
                    run.metric("loss", 0.5, epoch=epoch, step=step)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    assert ran(text, tmp_path).returncode == -signal.SIGKILL
    (closing,) = left_in(tmp_path / "kg").remaining()
    durations = [said for said in described(closing, MetricSeries) if name(said.metric) == "epochDuration"]
    assert [point[1] for said in durations for point in said.nodes] == [0, 1], "the third had not ended"
