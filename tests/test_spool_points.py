"""Points in segments: each call that returned is there, a damaged block is told, and any disk will do."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provkg.capture.spool import SpoolFile, SpoolWriter, segments, spool_files
from provkg.capture.spool import disks as disks_module
from provkg.capture.spool.disks import kind_of_disk, may_be_mapped
from provkg.capture.spool.frames import Frame
from provkg.capture.spool.points import SLOT, is_whole, packed, slots
from provkg.capture.spool.segments import BLOCK_SLOTS, FIRST_SLOTS, segment_path, segments_of
from provkg.capture.spool.stored import StoredPoints
from provkg.records import CLOSED, OPENED, MetricSeries
from tests.recording import CHECKOUT
from tests.test_spool import RUN, reference, series, told

Bytes = st.integers(1, 255)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SpoolWriter]:
    made = SpoolWriter(tmp_path)
    made.record(OPENED, [RUN])
    series(made)
    yield made
    made.remove()


# --- slots


@given(st.integers(1, 2**32 - 1), st.floats(), st.integers(1, 2**62), st.integers(0, 2**63 - 1), st.integers(0, 2))
def test_a_slot_that_lacks_any_16_bytes_is_not_whole(
    number: int, value: float, time_: int, step: int, lacking: int
) -> None:
    slot = bytearray(packed(number, None, step, value, time_))
    assert is_whole(SLOT.unpack(slot))
    slot[16 * lacking : 16 * (lacking + 1)] = bytes(16)
    assert not is_whole(SLOT.unpack(slot))


@given(st.integers(0, SLOT.size - 8))
def test_a_slot_that_ends_early_is_not_whole(length: int) -> None:
    slot = packed(7, 1, 2, 0.5, 99)[:length]
    assert not is_whole(SLOT.unpack(slot + bytes(SLOT.size - length)))


# --- what is read of a broken segment


class Stored:
    """A segment of `sealed` points in blocks, and `unsealed` ones behind them, of which the value is the number."""

    def __init__(self, folder: Path, blocks: list[int], unsealed: int) -> None:
        self.spool = folder / "e.spool"
        self.spool.touch()
        self.count = sum(blocks) + unsealed
        self.sealed = sum(blocks)
        self.content = b"".join(packed(1, None, n, float(n), 1 + n) for n in range(self.count))
        self.frames = [_frame("segment", segment=0, base=0, slots=self.count + 3, mono=0, at=0)]
        self.blocks: list[range] = []
        for size in blocks:
            first = self.blocks[-1].stop if self.blocks else 0
            self.blocks.append(range(first, first + size))
            checksum = crc32(self.content[first * SLOT.size : (first + size) * SLOT.size])
            self.frames.append(_frame("seal", segment=0, first=first, end=first + size, crc=checksum))

    def read(self, content: bytes) -> tuple[list[float], StoredPoints]:
        segment_path(self.spool, 0).write_bytes(content)
        points = StoredPoints(self.spool, self.frames)
        return [slot[2] for block in points.rest() for slot in block], points


def _frame(kind: str, **said: int) -> Frame:
    return Frame(0, kind, {"kind": kind, "at": 0, **said}, 0)


Layouts = st.tuples(st.lists(st.integers(1, 5), max_size=4), st.integers(0, 4)).filter(
    lambda each: any([*each[0], each[1]])
)
in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@in_one_folder
@given(Layouts, st.data())
def test_a_changed_byte_loses_its_sealed_block_and_no_other(
    tmp_path: Path, layout: tuple[list[int], int], data: st.DataObject
) -> None:
    stored = Stored(tmp_path, *layout)
    content = bytearray(stored.content)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(Bytes)
    found, points = stored.read(bytes(content) + bytes(3 * SLOT.size))
    victim = place // SLOT.size
    if victim < stored.sealed:
        (block,) = [block for block in stored.blocks if victim in block]
        assert found == [float(n) for n in range(stored.count) if n not in block]
        assert points.lost == len(block)
    else:
        assert found[:victim] == [float(n) for n in range(victim)]
        assert points.lost == 0
        assert points.unsealed + points.torn >= 1, "whoever reads is told that nothing vouches for it"
    assert points.unsealed == len(found) - sum(len(block) for block in stored.blocks if victim not in block)


@in_one_folder
@given(Layouts, st.data())
def test_a_cut_segment_gives_a_prefix_and_says_what_is_missing(
    tmp_path: Path, layout: tuple[list[int], int], data: st.DataObject
) -> None:
    stored = Stored(tmp_path, *layout)
    length = data.draw(st.integers(0, len(stored.content) - 1))
    found, points = stored.read(stored.content[:length])
    assert found == [float(n) for n in range(len(found))]
    whole_blocks = [block for block in stored.blocks if block.stop * SLOT.size <= length]
    assert points.lost == stored.sealed - sum(map(len, whole_blocks)), "sealed points were promised"


def test_a_block_that_was_sealed_again_with_more_points_counts_as_it_was_sealed_last(tmp_path: Path) -> None:
    stored = Stored(tmp_path, [1] * 50, 0)
    checksum = crc32(stored.content[20 * SLOT.size : 23 * SLOT.size])
    stored.frames.append(_frame("seal", segment=0, first=20, end=23, crc=checksum))
    found, points = stored.read(stored.content)
    assert (found, points.lost, points.unsealed) == ([float(n) for n in range(50)], 0, 0)


def test_points_that_a_power_cut_took_from_the_end_are_counted_only_if_something_told_of_them(tmp_path: Path) -> None:
    stored = Stored(tmp_path, [2], 2)
    segment_path(stored.spool, 0).write_bytes(stored.content[: 3 * SLOT.size] + bytes(SLOT.size))
    points = StoredPoints(stored.spool, stored.frames)
    found = [slot[2] for block in points.upto(4) for slot in block]
    assert (found, points.lost, points.unsealed) == ([0.0, 1.0, 2.0], 1, 1)


def test_points_of_a_segment_that_no_frame_tells_of_are_lost_and_later_ones_are_not(tmp_path: Path) -> None:
    spool = tmp_path / "e.spool"
    spool.touch()
    segment_path(spool, 1).write_bytes(packed(1, None, 5, 5.0, 1))
    points = StoredPoints(spool, [_frame("segment", segment=1, base=5, slots=1, mono=0, at=0)])
    found = [slot[2] for block in points.upto(6) for slot in block]
    assert (found, points.lost) == ([5.0], 5)


@given(st.binary(max_size=300))
def test_any_bytes_are_slots_or_not_and_never_an_error(content: bytes) -> None:
    whole = content[: len(content) // SLOT.size * SLOT.size]
    assert all(is_whole(slot) in {True, False} for slot in slots(whole))


# --- writing


def values(file: SpoolFile) -> list[float]:
    return [point[3] for point in told(file)]


def test_points_fill_one_segment_after_another(writer: SpoolWriter) -> None:
    count = FIRST_SLOTS * 6
    for step in range(count):
        writer.point(1, None, step, float(step))
    file = SpoolFile(writer.path)
    assert values(file) == [float(step) for step in range(count)]
    assert len(segments_of(writer.path)) >= 2
    assert not [frame for frame in file.frames() if frame.kind == "point"]


def test_a_closed_file_vouches_for_every_point_and_takes_no_more_room_than_they_need(writer: SpoolWriter) -> None:
    count = BLOCK_SLOTS + 10
    for step in range(count):
        writer.point(1, None, step, float(step))
    writer.close()
    file = SpoolFile(writer.path)
    assert values(file) == [float(step) for step in range(count)]
    assert (file.lost_points, file.unsealed_points) == (0, 0)
    assert sum(segment.stat().st_size for segment in segments_of(writer.path)) == count * SLOT.size


def test_points_are_sealed_within_a_second(writer: SpoolWriter) -> None:
    writer.point(1, None, 0, 0.5)
    deadline = time.monotonic() + 10
    while not [frame for frame in SpoolFile(writer.path).frames() if frame.kind == "seal"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    writer.point(1, None, 1, 0.5)
    writer.sync()
    file = SpoolFile(writer.path)
    assert (values(file), file.unsealed_points) == ([0.5, 0.5], 0)


def test_only_the_owner_can_read_a_segment(writer: SpoolWriter) -> None:
    writer.point(1, None, 0, 0.5)
    assert [path.stat().st_mode & 0o777 for path in segments_of(writer.path)] == [0o600]


def test_a_place_beyond_64_bits_keeps_its_turn(writer: SpoolWriter) -> None:
    for step in (1, 2**70, 3):
        writer.point(1, None, step, 0.5)
    assert [point[2] for point in told(SpoolFile(writer.path))] == [1, 2**70, 3]


def test_with_the_spool_go_its_segments(writer: SpoolWriter) -> None:
    writer.point(1, None, 0, 0.5)
    writer.remove()
    assert list(writer.folder.iterdir()) == []


def test_a_child_never_writes_into_its_parents_segment(writer: SpoolWriter) -> None:
    writer.point(1, None, 0, 0.5)
    put = writer.segments.put
    child = os.fork()
    if child == 0:
        try:
            put(packed(1, None, 1, 9.0, 1))
        except ValueError:
            series(writer)
            for step in range(2 * FIRST_SLOTS):
                writer.point(1, None, step, 8.0)
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the parent's mapping takes nothing from a child"
    writer.point(1, None, 1, 0.25)
    (its,) = [file for file in spool_files(writer.folder) if file.path != writer.path]
    assert values(SpoolFile(writer.path)) == [0.5, 0.25]
    (loose,) = its.remaining()
    points = [p for said in loose.descriptions if isinstance(said, MetricSeries) for p in (*said.nodes, *said.packed)]
    assert [value for *_, value in points] == [8.0] * 2 * FIRST_SLOTS
    its.remove()


def test_threads_lose_nothing_when_segments_change(writer: SpoolWriter) -> None:
    each = FIRST_SLOTS * 3

    def log(thread: int) -> None:
        for step in range(each):
            writer.point(1, thread, step, float(step))

    threads = [threading.Thread(target=log, args=(thread,)) for thread in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    points = told(SpoolFile(writer.path))
    for number in range(2):
        assert [step for _, epoch, step, _ in points if epoch == number] == list(range(each)), "in its own order"


def test_a_segment_that_is_missing_is_said(writer: SpoolWriter) -> None:
    for step in range(5):
        writer.point(1, None, step, 0.5)
    writer.sync()
    for segment in segments_of(writer.path):
        segment.unlink()
    file = SpoolFile(writer.path)
    assert (values(file), file.lost_points, file.damaged) == ([], 5, True)


# --- a killed process


KILLED = """
import os, sys
sys.path.insert(0, {checkout!r})
import provkg
provkg.configure(store={store!r}, responsible="a test")
with provkg.run("r") as run:
    bound = run.series("bound")
    for step in range(10**9):
        run.metric("loss", float(step), step=step)
        bound(float(step), step)
        os.write(1, b".")
"""


@pytest.mark.parametrize("mapped", ["on", "off"])
def test_every_call_that_returned_before_a_kill_is_there(tmp_path: Path, mapped: str) -> None:
    program = KILLED.format(checkout=str(CHECKOUT), store=str(tmp_path / "kg"))
    environment = {**os.environ, "PROVKG_DELIVER": "off", "PROVKG_SPOOL_MAPPED": mapped}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        heard = process.stdout.read(random.randint(2000, 9000))
        process.send_signal(signal.SIGKILL)
        heard += process.stdout.read()
    (file,) = spool_files(tmp_path / "kg" / "spool")
    assert bool(file.segments()) is (mapped == "on")
    (closing,) = [record for record in file.remaining() if record.type == CLOSED]
    said = [each for each in closing.descriptions if isinstance(each, MetricSeries)]
    for name in ("loss", "bound"):
        mine = [each for each in said if getattr(each.metric, "name", "loss") == name]
        points = [point for each in mine for point in (*each.nodes, *each.packed)]
        assert len(heard) <= len(points) <= len(heard) + 1
        assert points == [(step, None, step, float(step)) for step in range(len(points))]
        assert [each.last for each in mine if each.count] == [points[-1][3]]
    assert file.lost_points == 0


def test_a_killed_run_ends_when_its_last_point_came(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    child = os.fork()
    if child == 0:
        writer.record(OPENED, [RUN])
        series(writer)
        time.sleep(0.3)
        writer.point(1, None, 5, 0.5)
        (tmp_path / "now").write_text(str(time.time()))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (file,) = spool_files(tmp_path)
    (run,) = file.open_runs()
    assert abs(run.last.timestamp() - float((tmp_path / "now").read_text())) < 0.2
    assert file.unsealed_points == 1, "nothing vouches for what came in the last half second"


# --- disks


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EOPNOTSUPP, errno.EFBIG])
def test_where_no_space_can_be_allocated_points_go_by_frames(
    writer: SpoolWriter, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_file: int, _offset: int, _length: int) -> None:
        raise OSError(code, os.strerror(code))

    writer.point(1, None, 0, 0.0)
    monkeypatch.setattr("os.posix_fallocate", refuse)
    for step in range(1, FIRST_SLOTS + 10):
        writer.point(1, None, step, float(step))
    assert [frame for frame in SpoolFile(writer.path).frames() if frame.kind == "point"]
    monkeypatch.undo()
    monkeypatch.setattr(writer.segments, "_retry_at", 0.0)
    for step in range(FIRST_SLOTS + 10, FIRST_SLOTS + 20):
        writer.point(1, None, step, float(step))
    assert values(SpoolFile(writer.path)) == [float(step) for step in range(FIRST_SLOTS + 20)], "in order, all of them"
    assert len(segments_of(writer.path)) >= 2, "once there is room, it is used"


FILLING = """
import json, os, resource, signal, sys, warnings
sys.path.insert(0, {checkout!r})
from pathlib import Path
from provkg.capture.spool import SpoolWriter
from provkg.records import OPENED
from tests.test_spool import RUN, series
{before}
told = []
writer = SpoolWriter(Path({folder!r}))
writer.on_trouble = told.append
writer.record(OPENED, [RUN])
series(writer)
for step in range({count}):
    writer.point(1, None, step, float(step))
held = writer.lost
{after}
writer.close()
print(json.dumps([len(told), held, writer.lost]))
"""


def filled(folder: Path, count: int, before: str, after: str) -> tuple[int, int, int]:
    program = FILLING.format(checkout=str(CHECKOUT), folder=str(folder), count=count, before=before, after=after)
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    complaints, held, lost = json.loads(done.stdout)
    return complaints, held, lost


def test_a_limit_on_file_sizes_kills_nothing_and_loses_nothing_that_fits_in_memory(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, (%d, {limits[1]}))"
    complaints, held, lost = filled(tmp_path, 1500, limit % 40_000, limit % limits[0])
    (file,) = spool_files(tmp_path)
    assert (complaints, lost) == (1, 0), "it says so once"
    assert held > 0
    assert values(file) == [float(step) for step in range(1500)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("only the superuser may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_kills_nothing_and_the_gap_is_recorded(small_disk: Path) -> None:
    before = "from provkg.capture.spool import appending; appending.BUFFER_BYTES = 40_000"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(150_000))
    complaints, held, lost = filled(small_disk, 20_000, before, f"os.unlink({str(ballast)!r})")
    (file,) = spool_files(small_disk)
    found = values(file)
    assert complaints == 1
    assert held >= lost > 0
    assert len(found) == 20_000 - lost
    assert found == [float(step) for step in range(len(found) - (held - lost))] + found[len(found) - (held - lost) :]
    assert [frame.payload["dropped"] for frame in file.frames() if frame.kind == "gap"] == [lost]
    assert len(file.segments()) >= 1


def test_a_disk_that_cannot_be_mapped_gets_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_SPOOL_MAPPED", "off")
    writer = SpoolWriter(tmp_path)
    writer.record(OPENED, [RUN])
    series(writer)
    for step in range(5):
        writer.point(1, None, step, 0.5)
    file = SpoolFile(writer.path)
    assert (file.segments(), len(values(file))) == ([], 5)
    writer.remove()


MOUNTS = r"""
21 1 8:1 / / rw - ext4 /dev/sda1 rw
22 21 0:30 / /home rw shared:5 - nfs4 server:/home rw
23 21 0:31 /sub /data rw - btrfs /dev/sdb rw
24 21 0:32 / /my\040disk rw - xfs /dev/sdc rw
25 21 0:33 / /scratch rw - ext4 /dev/sdd rw
26 21 0:34 / /scratch rw - lustre mds:/scratch rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "mapped"),
    [
        ("/var/kg/spool", "ext4", True),
        ("/home/me/kg/spool", "nfs4", False),
        ("/homes", "ext4", True),
        ("/data/kg", "btrfs", False),
        ("/my disk/kg", "xfs", True),
        ("/scratch/kg", "lustre", False),
    ],
)
def test_the_kind_of_disk_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, kind: str, mapped: bool
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS.strip() + "\n")
    monkeypatch.setattr(disks_module, "MOUNTS", table)
    monkeypatch.delenv("PROVKG_SPOOL_MAPPED", raising=False)
    assert kind_of_disk(Path(folder)) == kind
    assert may_be_mapped(Path(folder)) is mapped
    monkeypatch.setenv("PROVKG_SPOOL_MAPPED", "off" if mapped else "on")
    assert may_be_mapped(Path(folder)) is not mapped
    for unsaid in ("", "auto", "perhaps"):
        monkeypatch.setenv("PROVKG_SPOOL_MAPPED", unsaid)
        assert may_be_mapped(Path(folder)) is mapped


def test_a_system_that_does_not_tell_gets_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks_module, "MOUNTS", tmp_path / "none")
    monkeypatch.delenv("PROVKG_SPOOL_MAPPED", raising=False)
    assert not may_be_mapped(tmp_path)


def test_the_next_segment_is_there_before_it_is_needed(writer: SpoolWriter) -> None:
    for step in range(FIRST_SLOTS // 2 + 2):
        writer.point(1, None, step, 0.5)
    deadline = time.monotonic() + 10
    while len(segments_of(writer.path)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert segments.MOST_SLOTS > FIRST_SLOTS
    assert reference(RUN) is not None
