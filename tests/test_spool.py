"""The spool: what is written is read back, whatever happened to the file or to its process."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg import vocabulary
from provkg.capture.spool import Frame, Outcome, SpoolFile, SpoolWriter, spool_files
from provkg.capture.spool.frames import MAGIC, Damage, framed, read_frames
from provkg.capture.spool.points import is_whole, packed, place_of, slots
from provkg.capture.spool.process import is_gone, new_emitter, this_process
from provkg.capture.spool.writer import PointsOf, point_text
from provkg.errors import StorageFailed, Unreadable
from provkg.records import (
    CLOSED,
    OPENED,
    PROGRESS,
    Dataset,
    Iri,
    MetricObservation,
    MetricSeries,
    Point,
    Reference,
    TrainingRun,
    concept,
    opened_run,
)
from provkg.records.encoding import encoded
from tests.recording import CHECKOUT

RUN = TrainingRun(id="r", title="train", started=datetime(2026, 3, 1, tzinfo=UTC))
LOSS = MetricSeries(run=RUN.reference(), metric=concept(vocabulary.MetricKind, "loss"))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SpoolWriter]:
    made = SpoolWriter(tmp_path, facts={"version": "1"})
    yield made
    made.remove()


def series(writer: SpoolWriter, number: int = 1) -> None:
    writer.event("series", n=number, **{"is": encoded(LOSS)})


def reference(run: TrainingRun) -> Reference:
    found = run.reference()
    assert isinstance(found, Reference)
    return found


def told(file: SpoolFile) -> list[Point]:
    """Return the points of the open runs of `file` that no record tells of."""
    said = [each for run in file.open_runs() for each in run.also]
    return [point for each in said if isinstance(each, MetricSeries) for point in (*each.nodes, *each.packed)]


# --- frames


@given(st.lists(st.binary(max_size=200).map(lambda b: b'{"kind":"x","b":"' + b.hex().encode() + b'"}'), max_size=8))
def test_frames_come_back_in_order(payloads: list[bytes]) -> None:
    content = b"".join(framed(number, payload) for number, payload in enumerate(payloads))
    found = list(read_frames(content))
    assert [frame.sequence for frame in found if isinstance(frame, Frame)] == list(range(len(payloads)))


@given(st.binary(max_size=400))
def test_any_bytes_are_frames_or_damage_and_never_an_error(content: bytes) -> None:
    found = list(read_frames(content))
    assert sum(each.end - each.start for each in found if isinstance(each, Damage)) == len(content)


@given(st.integers(0, 5), st.data())
def test_a_changed_byte_loses_its_own_frame_and_no_other(victim: int, data: st.DataObject) -> None:
    frames = [framed(number, b'{"kind":"x","n":%d}' % number) for number in range(6)]
    place = data.draw(st.integers(0, len(frames[victim]) - 1))
    broken = bytearray(frames[victim])
    broken[place] ^= data.draw(st.integers(1, 255))
    content = b"".join([*frames[:victim], bytes(broken), *frames[victim + 1 :]])
    kept = [frame.sequence for frame in read_frames(content) if isinstance(frame, Frame)]
    assert kept == [number for number in range(6) if number != victim]


@given(st.integers(0, 59))
def test_a_torn_tail_keeps_what_is_before_it(length: int) -> None:
    first, second = framed(0, b'{"kind":"x"}'), framed(1, b'{"kind":"y","text":"' + b"z" * 30 + b'"}')
    *kept, torn = read_frames(first + second[: min(length, len(second) - 1) or 1])
    assert [frame.kind for frame in kept if isinstance(frame, Frame)] == ["x"]
    assert isinstance(torn, Damage)
    assert torn.torn


def test_no_payload_can_look_like_the_start_of_a_frame() -> None:
    with pytest.raises(UnicodeDecodeError):
        MAGIC.decode()


# --- writing and reading


def test_records_come_back_as_they_were_written(writer: SpoolWriter) -> None:
    first = writer.record("dataset", [Dataset(name="digits")], project="p")
    second = writer.record(OPENED, [RUN])
    records = list(SpoolFile(writer.path).records())
    assert [(record.id, record.type, record.project) for record in records] == [
        (first, "dataset", "p"),
        (second, OPENED, None),
    ]
    assert records[1].descriptions == (RUN,)


def test_the_header_tells_whose_file_it_is(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    header = SpoolFile(writer.path).header
    assert header["pid"] == os.getpid()
    assert header["version"] == "1"
    assert header["emitter"] == writer.emitter == SpoolFile(writer.path).emitter


def test_only_the_owner_can_read_the_file(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    assert writer.path.stat().st_mode & 0o777 == 0o600


def test_a_file_says_that_its_process_ended(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    assert not SpoolFile(writer.path).ended
    writer.close()
    assert SpoolFile(writer.path).ended


def test_nothing_is_written_before_something_happens(writer: SpoolWriter) -> None:
    assert not writer.begun
    assert not writer.path.exists()


def test_a_record_of_a_newer_version_is_reported_and_the_others_are_read(writer: SpoolWriter) -> None:
    writer.event("record", record="x-9", type="dataset", says=[{"@": "Hologram", "name": "?"}])
    writer.record(OPENED, [RUN])
    file = SpoolFile(writer.path)
    assert [record.type for record in file.records()] == [OPENED]
    assert file.unreadable == [("x-9", "this version of provkg knows no Hologram; a newer one wrote it")]


def test_a_damaged_middle_is_said_and_the_rest_is_read(writer: SpoolWriter) -> None:
    writer.record("dataset", [Dataset(name="first")])
    middle = writer.path.stat().st_size
    writer.record("dataset", [Dataset(name="second")])
    writer.record("dataset", [Dataset(name="third")])
    content = bytearray(writer.path.read_bytes())
    content[middle + 30] ^= 1
    writer.path.write_bytes(content)
    file = SpoolFile(writer.path)
    assert [record.descriptions for record in file.records()] == [(Dataset(name="first"),), (Dataset(name="third"),)]
    assert file.damaged
    assert not file.torn


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read the spool file"):
        list(SpoolFile(tmp_path / "gone.spool").records())


def test_names_that_are_no_unicode_do_not_lose_a_record(writer: SpoolWriter) -> None:
    writer.record("dataset", [Dataset(name=os.fsdecode(b"caf\xe9.csv"))])
    (record,) = SpoolFile(writer.path).records()
    assert record.descriptions == (Dataset(name="caf?.csv"),)


def test_points_of_many_threads_are_all_there(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    series(writer)

    def log() -> None:
        for step in range(500):
            writer.point(1, None, step, 0.5)

    threads = [threading.Thread(target=log) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    points = told(SpoolFile(writer.path))
    assert [ordinal for ordinal, *_ in points] == list(range(2000)), "each has a place of its own in the series"
    assert sorted(step or 0 for _, _, step, _ in points) == sorted([*range(500)] * 4)


@given(st.floats(), st.one_of(st.none(), st.integers(-(2**62), 2**62)), st.one_of(st.none(), st.integers(0, 2**62)))
def test_every_number_survives_the_spool(value: float, epoch: int | None, step: int | None) -> None:
    (frame,) = read_frames(framed(0, point_text(1, 0, epoch, step, value, now=1)))
    assert isinstance(frame, Frame)
    assert repr(float(frame.payload["v"])) == repr(value)
    assert (frame.payload.get("e"), frame.payload.get("s")) == (epoch, step)
    (slot,) = slots(packed(1, epoch, step, value, 1))
    assert is_whole(slot)
    assert repr(slot[2]) == repr(value)
    assert place_of(slot) == (epoch, step)


# --- verdicts


def test_records_wait_until_they_have_a_verdict(writer: SpoolWriter) -> None:
    first = writer.record("dataset", [Dataset(name="a")])
    second = writer.record("dataset", [Dataset(name="b")])
    file = SpoolFile(writer.path)
    file.judge(Outcome(first, "stored", warnings=2))
    assert [record.id for record in file.pending()] == [second]
    assert file.outcomes()[first] == Outcome(first, "stored", warnings=2)


def test_a_torn_verdict_does_not_swallow_the_next(writer: SpoolWriter) -> None:
    first = writer.record("dataset", [Dataset(name="a")])
    file = SpoolFile(writer.path)
    file.verdicts.write_text('{"record": "torn', "utf-8")
    file.judge(Outcome(first, "rejected", problems=1, messages=("why",)))
    assert file.outcomes() == {first: Outcome(first, "rejected", problems=1, messages=("why",))}


# --- processes that die


def test_a_forked_child_writes_a_file_of_its_own(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    child = os.fork()
    if child == 0:
        series(writer)
        writer.point(1, 3, None, 0.25)
        os._exit(0)
    os.waitpid(child, 0)
    series(writer)
    writer.point(1, 0, None, 0.5)
    mine, its = sorted(spool_files(writer.folder), key=lambda file: file.header["pid"] != os.getpid())
    assert its.header["parent"] == mine.emitter
    assert told(mine) == [(0, 0, None, 0.5)]
    assert its.process_gone()
    (loose,) = its.remaining()
    assert loose.type == PROGRESS
    assert [said.nodes for said in loose.descriptions if isinstance(said, MetricSeries)] == [((0, 3, None, 0.25),), ()]
    its.remove()


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    program = f"""
import os, signal, sys
sys.path.insert(0, {str(CHECKOUT)!r})
from pathlib import Path
from provkg.capture.spool import SpoolWriter
from tests.test_spool import RUN, series
from provkg.records import OPENED
writer = SpoolWriter(Path({str(tmp_path)!r}))
writer.record(OPENED, [RUN])
series(writer)
for epoch in range(3):
    writer.point(1, epoch, None, epoch / 2)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (file,) = spool_files(tmp_path)
    assert file.process_gone()
    assert not file.ended
    (closing,) = file.remaining()
    assert closing.type == CLOSED
    run = opened_run(closing)
    assert run.status == Iri(vocabulary.RunStatus_interrupted.value)
    assert run.ended == file.last_sign
    summary = closing.descriptions[-1]
    assert isinstance(summary, MetricSeries)
    assert (summary.count, summary.last, summary.best_step) == (3, 1.0, 0)
    assert closing.id == next(iter(file.remaining())).id, "whoever makes it gives it the same id"


def test_a_living_process_is_not_gone(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    assert not SpoolFile(writer.path).process_gone()
    assert [run.run for run in SpoolFile(writer.path).open_runs()] == [RUN]


@pytest.mark.parametrize(
    ("changed", "gone"),
    [
        ({}, False),
        ({"boot": "another"}, True),
        ({"started": 1}, True),
        ({"pid": 2**22 + 1}, True),
        ({"host": "elsewhere", "boot": "another"}, False),
        ({"pid": 2**22 + 1, "namespace": "pid:[1]"}, False),
    ],
)
def test_a_process_is_gone_only_when_host_boot_and_start_prove_it(changed: dict[str, object], gone: bool) -> None:
    assert is_gone({**this_process(), **changed}) is gone


def test_a_zombie_is_gone() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    process = {**this_process(), "pid": child, "started": None}
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert is_gone(process)
    os.waitpid(child, 0)


def test_a_run_that_a_record_closed_is_not_open(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    writer.record(CLOSED, [RUN])
    assert SpoolFile(writer.path).open_runs() == []


def test_points_that_a_record_holds_are_not_told_again(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    series(writer)
    for epoch in range(3):
        writer.point(1, epoch, None, 1.0)
    writer.record(PROGRESS, [], points=PointsOf(reference(RUN)))
    writer.point(1, 3, None, 1.0)
    (progress,) = [record for record in SpoolFile(writer.path).records() if record.type == PROGRESS]
    assert [point[1] for said in progress.descriptions if isinstance(said, MetricSeries) for point in said.nodes] == [
        *(0, 1, 2)
    ]
    (run,) = SpoolFile(writer.path).open_runs()
    assert told(SpoolFile(writer.path)) == [(3, 3, None, 1.0)]
    assert [said.count for said in run.also if isinstance(said, MetricSeries)][-1] == 4


def test_one_value_without_a_place_is_an_observation(writer: SpoolWriter) -> None:
    writer.record(OPENED, [RUN])
    series(writer)
    writer.point(1, None, None, 0.5)
    (run,) = SpoolFile(writer.path).open_runs()
    (said,) = run.also
    assert isinstance(said, MetricObservation)
    assert said.value == 0.5


def test_emitters_sort_by_the_time_they_were_made() -> None:
    first = new_emitter()
    while (second := new_emitter())[:13] == first[:13]:
        pass
    assert first < second
    assert first[14] == "7"


# --- disks that fail


def test_a_full_disk_stops_nothing_and_loses_nothing_that_fits_in_memory(tmp_path: Path) -> None:
    told: list[str] = []
    writer = SpoolWriter(tmp_path)
    writer.on_trouble = told.append
    writer.record(OPENED, [RUN])
    full = writer.path.stat().st_size + 10  # room for a torn frame
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, limits[1]))
    try:
        for name in ("a", "b"):
            writer.record("dataset", [Dataset(name=name)])
        assert writer.path.stat().st_size == full - 10, "the torn frame is cut"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert len(told) == 1
    assert "cannot write the spool file" in told[0]
    assert "PROVKG_SPOOL" in told[0]
    writer.close()
    file = SpoolFile(writer.path)
    assert [record.type for record in file.records()] == [OPENED, "dataset", "dataset"]
    assert not file.torn


def test_a_folder_that_cannot_be_made_keeps_events_in_memory_until_it_can(tmp_path: Path) -> None:
    told: list[str] = []
    folder = tmp_path / "spool"
    folder.write_text("in the way", "utf-8")
    writer = SpoolWriter(folder)
    writer.on_trouble = told.append
    writer.record(OPENED, [RUN])
    assert len(told) == 1
    folder.unlink()
    writer.close()
    assert [record.type for record in SpoolFile(writer.path).records()] == [OPENED]


def test_a_strict_writer_raises_when_the_disk_fails(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.write_text("in the way", "utf-8")
    with pytest.raises(StorageFailed, match="cannot write the spool file"):
        SpoolWriter(folder, strict=True).record(OPENED, [RUN])
