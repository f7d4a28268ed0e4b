"""Each call of a task that returned is one complete record, whatever happens to the process then."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import provkg
from provkg.capture.session import session
from provkg.capture.spool import SpoolFile, spool_files
from provkg.capture.spool.points import SLOT
from provkg.capture.spool.segments import FIRST_SLOTS, segments_of
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from provkg.records import DatasetVersion, Iri, Record, TransformationRun, opened_run
from provkg.vocabulary import RunStatus_succeeded
from tests.recording import Recorded, described, recording, script

FIRST, SECOND = "ab" * 32, "0f" * 31 + "80"


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        provkg.configure(responsible="team:tests")
        yield made


def raw() -> provkg.Data:
    return provkg.dataset("raw", [1, 2, 3], source="https://example.org/raw", license="CC0-1.0")


def calls(recorded: Recorded) -> list[Record]:
    return [record for record in recorded.records() if "-task-" in record.id]


def said(record: Record) -> tuple[TransformationRun, DatasetVersion]:
    (run,), (made,) = described(record, TransformationRun), described(record, DatasetVersion)
    return run, made


def test_a_call_is_a_whole_record(recorded: Recorded) -> None:
    data = raw()
    normalise = provkg.task("normalise", kind="scaling", output="normalised", params={"by": 2})
    since = time.monotonic_ns() - 2_000_000_000
    normalise(data, FIRST, since=since)
    (record,) = calls(recorded)
    run, made = said(record)
    assert record.type == "run-closed"
    assert (run.title, run.status, run.used) == ("normalise", Iri(RunStatus_succeeded.value), (data.reference,))
    assert [setting.name for setting in run.parameters] == ["by"]
    assert run.kinds
    assert run.responsible is not None
    assert run.ended is not None
    assert run.started is not None
    assert timedelta(seconds=2) <= run.ended - run.started < timedelta(seconds=60)
    assert (made.sha256, made.of, made.run, made.made) == (FIRST, run.used, run.reference(), run.ended)
    assert made.dataset.name == "normalised"  # type: ignore[union-attr]  # described here


def test_what_is_made_may_be_data_that_is_known(recorded: Recorded) -> None:
    data, other = raw(), provkg.dataset("other", [[4], [5]])
    provkg.task("t")(data, other)
    (record,) = calls(recorded)
    _, made = said(record)
    assert (made.sha256, made.digest_form, made.record_count) == (other.sha256, "table-2", 2)
    assert made.reference() != other.reference, "what this run made, no other did"


def test_calls_go_on_from_what_others_made(recorded: Recorded) -> None:
    data, known = raw(), provkg.dataset("known", [4])
    clean, scale = provkg.task("clean"), provkg.task("scale")
    scale(clean(data, FIRST), SECOND)
    clean(data, known)
    scale(known, FIRST)
    runs = [said(record) for record in calls(recorded)]
    assert [run.title for run, _ in runs] == ["clean", "scale", "clean", "scale"]
    assert runs[1][0].used == (runs[0][1].reference(),)
    assert runs[1][1].of == (runs[0][1].reference(),)
    assert runs[3][0].used == (runs[2][1].reference(),), "data that a task made is what that task made"


def test_a_task_may_use_or_make_nothing(recorded: Recorded) -> None:
    data = raw()
    provkg.task("look")(data)
    provkg.task("make")(None, FIRST)
    looked, made = calls(recorded)
    assert described(looked, DatasetVersion) == []
    assert said(made)[0].used == ()


def test_calls_are_part_of_the_run_that_is_open(recorded: Recorded) -> None:
    data = raw()
    with provkg.run("nightly") as run:
        provkg.task("t")(data, FIRST)
    (record,) = calls(recorded)
    assert said(record)[0].part_of == run.reference
    assert opened_run(record).title == "t"


@pytest.mark.parametrize("digests", [True, False])
def test_calls_fill_segment_after_segment(digests: bool, recorded: Recorded) -> None:
    data, known = raw(), provkg.dataset("known", [4])
    work = provkg.task("t")
    with provkg.training("between", data=data) as run:
        for number in range(FIRST_SLOTS):
            work(data, f"{number:064x}" if digests else known)
            run.metric("loss", number)
    runs = [said(record) for record in calls(recorded)]
    assert len(runs) == FIRST_SLOTS
    if digests:
        assert [made.sha256 for _, made in runs] == [f"{number:064x}" for number in range(FIRST_SLOTS)]
    assert len(segments_of(recorded.spool.path)) > 1
    ended = [run.ended for run, _ in runs if run.ended is not None]
    assert ended == sorted(ended)


def test_threads_call_one_task(recorded: Recorded) -> None:
    data = raw()
    work = provkg.task("t")

    def some(first: int) -> None:
        for number in range(500):
            work(data, f"{first + number:064x}")

    threads = [threading.Thread(target=some, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = calls(recorded)
    assert len({record.id for record in found}) == len(found) == 2000
    assert {said(record)[1].sha256 for record in found} == {
        f"{1000 * n + m:064x}" for n in range(4) for m in range(500)
    }


def test_handles_that_are_gone_leave_no_trace_in_those_that_come(recorded: Recorded) -> None:
    work, data = provkg.task("t"), raw()
    names = []
    for number in range(20):
        handle = provkg.Data(f"n{number}", reference=data.reference, sha256=f"{number:064x}")
        work(handle, FIRST)
        work(handle, handle)
        names.append(handle.sha256)
        del handle
        gc.collect()
    made = [said(record)[1].sha256 for record in calls(recorded)]
    assert made == [digest for name in names for digest in (FIRST, name)]


@pytest.mark.parametrize(
    ("used", "made", "what"),
    [
        ("raw", FIRST, "what was used of a task is what provkg.dataset"),
        (7, FIRST, "not a int"),
        (None, "no digest", "could not record task 't'"),
        (None, "ab", "could not record task 't'"),
        (None, [1], "what was made of a task is what"),
        (provkg.Data("lost"), FIRST, "dataset 'lost' could not be recorded"),
    ],
)
def test_what_cannot_be_recorded_is_said(used: Any, made: Any, what: str, recorded: Recorded) -> None:
    raw()
    with pytest.warns(provkg.CaptureWarning, match=what) as warned:
        assert provkg.task("t")(used, made) == 0
    assert warned[0].filename == __file__
    assert calls(recorded) == []


def test_where_nothing_can_be_mapped_it_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_SPOOL_MAPPED", "off")
    with recording(tmp_path / "kg") as recorded:
        data, work = raw(), provkg.task("t")
        with pytest.warns(provkg.CaptureWarning, match=r"need a disk that can be mapped; use provkg\.step there"):
            _ = [work(data, FIRST) for _ in range(3)]
        assert calls(recorded) == []


def drained(store: Path) -> Any:
    with KnowledgeGraph.hold(Folder.find(store)) as graph:
        return graph.drain()


def test_calls_are_kept_by_the_gate_and_answer_questions(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        provkg.configure(responsible="team:tests")
        data = raw()
        clean, scale = provkg.task("clean"), provkg.task("scale", output="scaled")
        scale(clean(data, FIRST), SECOND)
    report = drained(tmp_path / "kg")
    assert (report.rejected, report.messages) == (0, [])
    with Reader.open(tmp_path / "kg") as reader:
        found = reader.lineage("scaled")
    assert {"raw", "clean", "scale"} <= {text.split("@")[0] for text in map(str, _titles(found))}


def _titles(found: Any) -> list[str]:
    return [str(each) for each in str(found).replace("\n", " ").split()]


KILLED = """
    import os, signal, sys
    import provkg
    provkg.configure(responsible="team:tests")
    data = provkg.dataset("raw", [1], source="https://example.org/raw")
    work = provkg.task("t")
    for number in range(700):
        work(data, f"{number:064x}")
        if number == 600:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_each_call_that_returned_survives_a_kill(tmp_path: Path) -> None:
    process = script(KILLED, tmp_path)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    (file,) = spool_files(tmp_path / "kg" / "spool")
    assert [said(record)[1].sha256 for record in file.records() if "-task-" in record.id] == [
        f"{number:064x}" for number in range(601)
    ]
    first = drained(tmp_path / "kg")
    assert (first.rejected, first.removed) == (0, 1)
    assert first.stored >= 601
    assert drained(tmp_path / "kg").stored == 0, "once"


def test_what_is_in_the_spool_at_the_end_waits_until_it_is_taken_in(tmp_path: Path) -> None:
    process = script(KILLED.replace("number == 600", "number > 1000"), tmp_path)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "records wait" in told
    assert drained(tmp_path / "kg").stored >= 700


def test_a_child_that_was_forked_has_calls_of_its_own(recorded: Recorded) -> None:
    data, work = raw(), provkg.task("t")
    work(data, FIRST)
    child = os.fork()
    if child == 0:
        work(data, SECOND)
        os._exit(0)
    os.waitpid(child, 0)
    work(data, FIRST)
    found = {
        file.path == recorded.spool.path: [said(record)[1].sha256 for record in file.records() if "-task-" in record.id]
        for file in spool_files(session().writer.folder)
    }
    assert found == {True: [FIRST, FIRST], False: [SECOND]}


def test_another_session_tells_the_task_again(tmp_path: Path) -> None:
    work = None
    for name in ("a", "b"):
        with recording(tmp_path / name) as recorded:
            work = work or provkg.task("t")
            work(raw(), FIRST)
            assert len(calls(recorded)) == 1, name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_of_a_call_that_lacks_a_part_nothing_is_told(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with recording(tmp_path_factory.mktemp("torn") / "kg") as recorded:
        source, work = raw(), provkg.task("t")
        for number in range(4):
            work(source, f"{number:064x}")
        (segment,) = segments_of(recorded.spool.path)
        whole = segment.read_bytes()
        end = data.draw(st.integers(0, 4 * 3 * SLOT.size))
        copy = tmp_path_factory.mktemp("copy") / recorded.spool.path.name
        copy.write_bytes(recorded.spool.path.read_bytes())
        copy.with_name(segment.name).write_bytes(whole[:end] + bytes(len(whole) - end))
        found = [said(record)[1].sha256 for record in SpoolFile(copy).records() if "-task-" in record.id]
    assert found == [f"{number:064x}" for number in range(len(found))]
    assert len(found) <= -(-end // (3 * SLOT.size))
    # Where a checksum stood for more than was left, nothing of that block is told.
    if not any(frame.kind == "seal" for frame in SpoolFile(copy).frames()):
        assert len(found) >= end // (3 * SLOT.size)
