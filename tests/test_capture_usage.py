"""What runs use of their machine: series sampled beside the work, sums and peaks at the end, or nothing."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import provkg
from provkg import vocabulary
from provkg.capture.defaults import Defaults, defaults, forget_defaults
from provkg.capture.series import NODE_POINTS, Series
from provkg.capture.usage.gpus import Gpus, chosen
from provkg.capture.usage.processes import Processes, highest_memory
from provkg.capture.usage.sampling import sampler
from provkg.records import Iri, MetricObservation, MetricSeries, Reference, SeriesChunk
from tests.recording import Recorded, described, left_in, ran, recording

MIB = 1 << 20
KIND = vocabulary.MetricKind.value


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as found:
        provkg.configure(resources_seconds=0.25)
        yield found


def short(kind: object) -> str:
    assert isinstance(kind, Iri)
    return kind.value.removeprefix(f"{KIND}-")


def work(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(1000))


def wait(seconds: float) -> None:
    """Go on for `seconds`, letting others work."""
    time.sleep(seconds)


def test_a_run_that_takes_a_while_has_series_sums_and_peaks(recorded: Recorded, tmp_path: Path) -> None:
    with provkg.run("work"):
        (tmp_path / "written").write_bytes(os.urandom(4 * MIB))
        with (tmp_path / "written").open("rb") as written:
            os.fsync(written.fileno())
        work(1.5)
    closing = recorded.closing()
    series = {short(each.metric): each for each in described(closing, MetricSeries) if each.count}
    assert set(series) >= {"cpuUtilization", "memoryUse", "bytesRead", "bytesWritten"}
    run = described(closing, provkg.records.Run)[0].reference()
    assert {each.run for each in series.values()} == {each.of for each in series.values()} == {run}
    assert 0 < (series["cpuUtilization"].high or 0) <= (os.cpu_count() or 1) * 1.5
    sums = {short(each.metric): each.value for each in described(closing, MetricObservation)}
    assert set(sums) == {"cpuTime", "memoryPeak"}
    assert 0.1 < sums["cpuTime"] < 60
    # The kernel's own highest lags a few pages behind what it says at the moment.
    assert MIB < (series["memoryUse"].high or 0) <= sums["memoryPeak"] <= highest_memory() + MIB


def test_a_run_that_takes_no_time_says_nothing_of_it(recorded: Recorded) -> None:
    with provkg.run("work"):
        pass
    assert described(recorded.closing(), MetricObservation) == []
    assert described(recorded.closing(), MetricSeries) == []


def test_many_short_runs_keep_nothing_from_the_one_around_them(recorded: Recorded) -> None:
    with provkg.run("outer"):
        until = time.monotonic() + 2
        while time.monotonic() < until:
            with provkg.run("inner"):
                wait(0.05)
    closing = recorded.closing()
    assert described(closing, provkg.records.Run)[0].title == "outer"
    (memory,) = (each for each in described(closing, MetricSeries) if each.count and short(each.metric) == "memoryUse")
    assert (memory.count or 0) >= 3


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    text = "import threading, time, provkg\nwith provkg.run('work'):\n    time.sleep(1.2)\n"
    told = text + "print(sorted(each.name for each in threading.enumerate() if each.name == 'provkg usage'))\n"
    for variables, threads in (({"PROVKG_RESOURCES_SECONDS": "off"}, "[]"), ({}, "['provkg usage']")):
        place = tmp_path / ("off" if variables else "on")
        place.mkdir()
        done = ran(told, place, **variables)
        assert done.stdout.strip() == threads, done.stderr
        last = list(left_in(place / "kg").records())[-1]
        assert bool(described(last, MetricObservation)) == (threads != "[]")


@pytest.mark.parametrize(("said", "seconds"), [("off", 0.0), ("0", 0.0), ("2.5", 2.5), ("", 10.0), ("often", 10.0)])
def test_the_rate_is_told_by_a_variable(monkeypatch: pytest.MonkeyPatch, said: str, seconds: float) -> None:
    monkeypatch.setenv("PROVKG_RESOURCES_SECONDS", said)
    forget_defaults()
    assert defaults().resources_seconds == seconds
    monkeypatch.undo()
    forget_defaults()
    assert Defaults().resources_seconds == 10


def test_each_run_has_what_was_used_in_it(recorded: Recorded) -> None:
    with provkg.run("outer"):
        with provkg.run("busy"):
            work(1.3)
        with provkg.run("idle"):
            wait(1.3)
    found = {
        described(record, provkg.records.Run)[0].title: {
            short(each.metric): each.value for each in described(record, MetricObservation)
        }["cpuTime"]
        for record in recorded.records("run-closed")
    }
    assert found["outer"] >= found["busy"] > 5 * found["idle"]


def test_the_work_of_children_counts_and_that_of_other_sessions_does_not(recorded: Recorded) -> None:
    burn = "import time\nuntil = time.process_time() + 0.5\nwhile time.process_time() < until: pass\n"
    processes = Processes()
    before = processes.used()
    for own, least, most in ((False, 0.3, 5.0), (True, 0.0, 0.1)):
        child = subprocess.Popen(
            [sys.executable, "-c", f"{burn}input()"], stdin=subprocess.PIPE, start_new_session=own, text=True
        )
        cpu = 0.0
        until = time.monotonic() + 20
        while cpu < 0.45 and time.monotonic() < until:
            fields = Path(f"/proc/{child.pid}/stat").read_text("ascii").rpartition(")")[2].split()
            cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            wait(0.05)
        now = processes.used()
        children = (now.cpu - now.own_cpu) - (before.cpu - before.own_cpu)
        assert least <= children < most, own
        child.communicate("")
        assert processes.used().cpu >= now.cpu, "what a child used stays used once it is gone"
        before = processes.used()


def test_memory_that_a_run_took_and_gave_back_is_its_peak(tmp_path: Path) -> None:
    held = bytearray(b"x") * (500 << 20)  # what starts the program has more than the program ever will
    done = ran(
        """
        import time, provkg
        with provkg.run("work"):
            much = bytearray(300 << 20)
            much[::4096] = b"x" * len(much[::4096])
            del much
            time.sleep(1.1)
        with provkg.run("little"):
            time.sleep(1.1)
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    records = [record for record in left_in(tmp_path / "kg").records() if record.type == "run-closed"]
    work_, little = (
        next(each.value for each in described(record, MetricObservation) if short(each.metric) == "memoryPeak")
        for record in records
    )
    assert work_ > 300 * MIB, "also between two samples: the kernel keeps the highest"
    assert little < 200 * MIB, "which is not that of the next run"
    assert held


def test_the_points_of_sampled_series_are_packed_at_the_end() -> None:
    run = Reference("run", ("provkg", "a"))
    series = Series(1, MetricSeries(run=run, metric=Iri(f"{KIND}-memoryUse"), of=run), sampled=True)
    for second in range(10):
        series.add(None, second, 1.0)
    assert series.cut() == [], "a record of a few points costs more than it says"
    (points, summary) = series.final()
    assert isinstance(points, MetricSeries)
    assert isinstance(summary, MetricSeries)
    assert (len(points.packed), points.nodes, summary.count) == (10, (), 10)
    for second in range(NODE_POINTS):
        series.add(None, second, 1.0)
    assert len(series.cut()) >= NODE_POINTS, "in a long run they go on their way before the end"


def test_what_is_used_is_asked_by_its_name_and_is_no_evidence(tmp_path: Path) -> None:
    done = ran(
        """
        import time, provkg
        provkg.configure(store="kg", base="https://example.org/", resources_seconds=0.25)
        data = provkg.dataset("d", [[1.0]], source="https://example.org/d", license="CC0-1.0")
        with provkg.training("t", data=data) as run:
            for epoch in range(6):
                run.metric("accuracy", epoch / 10, epoch=epoch, role="train")
                time.sleep(0.25)
            model = run.model("m", b"weights")
        print(sorted({each.metric if isinstance(each.metric, str) else each.metric.value.rpartition("-")[2]
                      for each in model.measured}))
        with provkg.open("kg") as graph:
            print(len(graph.ask("learning-curve", run="t", metric="memoryUse").rows))
            print([str(row[-1].value) for row in graph.ask("learning-curve", run="t").rows][-1])
        """,
        tmp_path,
        PROVKG_DELIVER="on",
    )
    assert done.returncode == 0, done.stderr
    evidence, points, accuracy = done.stdout.splitlines()
    assert evidence == "['accuracy', 'epochDuration']"
    assert int(points) > 0
    assert accuracy == "0.5"


def test_a_killed_run_keeps_the_samples_that_were_taken(tmp_path: Path) -> None:
    done = ran(
        """
        import os, signal, time, provkg
        provkg.configure(resources_seconds=0.2)
        with provkg.run("work"):
            time.sleep(1.5)
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        tmp_path,
    )
    assert done.returncode == -9
    (closing,) = left_in(tmp_path / "kg").remaining()
    assert {short(each.metric) for each in described(closing, MetricSeries) if each.count} >= {"memoryUse"}
    assert described(closing, MetricSeries)[0].packed or described(closing, SeriesChunk)


def test_nothing_is_looked_at_while_no_run_goes_on(recorded: Recorded) -> None:
    with provkg.run("work"):
        wait(0.5)
    wait(0.5)
    ours = next(each for each in threading.enumerate() if each.name == "provkg usage")
    before = sampler()._at
    wait(0.8)
    assert ours.is_alive()
    assert sampler()._at == before


def test_a_forked_child_samples_for_itself(recorded: Recorded) -> None:
    with provkg.run("work"):
        wait(0.5)
        parent = id(sampler())
        queue = multiprocessing.get_context("fork").SimpleQueue()
        child = multiprocessing.get_context("fork").Process(target=lambda: queue.put(id(sampler()) != parent))
        child.start()
        assert queue.get()
        child.join()


def test_each_rank_tells_what_it_used_itself(tmp_path: Path) -> None:
    text = """
        import time, provkg
        provkg.configure(base="https://example.org/", resources_seconds=0.25)
        with provkg.run("work"):
            time.sleep(1.3)
    """
    told: dict[str, set[str]] = {}
    for rank in ("0", "1"):
        place = tmp_path / rank
        place.mkdir()
        launch = {"PROVKG_RUN_ID": "night-3", "PROVKG_RANK": rank, "PROVKG_WORLD_SIZE": "2"}
        done = ran(text, place, **launch)
        assert done.returncode == 0, done.stderr
        for record in left_in(place / "kg").records():
            for said in described(record, MetricObservation) + described(record, MetricSeries):
                assert isinstance(said.run, Reference)
                told.setdefault(str(said.run.key[-1]).rpartition("/")[2], set()).add(short(said.metric))
    assert set(told) == {"rank-0", "rank-1"}, "of what all ranks use together nobody knows"
    assert all({"cpuTime", "memoryPeak", "memoryUse"} <= kinds for kinds in told.values())


# --- GPUs: what is asked of the driver's library needs one; which of them count does not


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, [0, 1, 2]),
        ("", []),
        ("1", [1]),
        ("2,0", [2, 0]),
        ("GPU-b", [1]),
        ("GPU-bb11, GPU-cc22", [1, 2]),
        ("GPU-", []),
        ("0,7,1", [0]),
        ("-1", []),
        ("0,NoDevFiles", [0]),
    ],
)
def test_only_gpus_that_cuda_may_use_count(said: str | None, expected: list[int]) -> None:
    # CUDA C++ Programming Guide, "CUDA Environment Variables": numbers or beginnings of ids, up to the first wrong one.
    assert chosen(said, ["GPU-aa00", "GPU-bb11", "GPU-cc22"]) == expected


def test_without_a_driver_no_gpu_is_looked_at() -> None:
    if provkg.capture.accelerators.has_driver():
        pytest.skip("this machine has a driver of NVIDIA's")
    assert list(Gpus.here().doing()) == []
