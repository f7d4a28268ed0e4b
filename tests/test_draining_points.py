"""What points a training process leaves in its segments reaches the graph, and what of them is in doubt is said."""

import signal
from pathlib import Path

import pytest

from provkg import vocabulary as v
from provkg.capture.spool import spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.graph.intake import DrainReport
from tests.recording import ran

TRAIN = """
    import os, signal, provkg
    from provkg.capture.session import session
    provkg.configure(responsible="a test")
    data = provkg.dataset("d", [1, 2], version="1", source="https://example.org/d", synthetic=True)
    with provkg.training("t", data=data) as run:
        for step in range(50):
            run.metric("loss", float(step), step=step)
        {before}
"""


def drained(store: Path) -> DrainReport:
    with KnowledgeGraph.hold(Folder.find(store)) as graph:
        return graph.drain()


def one_row(store: Path, text: str) -> tuple[str, ...]:
    with read(Folder.find(store)) as reader:
        (row,) = reader.query(text).rows
    return tuple(str(getattr(term, "value", term)) for term in row)


SUMMARY = f"""SELECT ?status ?count ?last (COUNT(?point) AS ?points) {{
  ?run {v.runStatus} ?status . ?series {v.measuredIn} ?run ; {v.pointCount} ?count ; {v.lastValue} ?last ;
    {v.hasPoint} ?point .
}} GROUP BY ?status ?count ?last"""


def test_a_killed_training_keeps_all_its_points_and_says_that_the_last_have_no_checksum(tmp_path: Path) -> None:
    done = ran(TRAIN.format(before="os.kill(os.getpid(), signal.SIGKILL)"), tmp_path)
    assert done.returncode == -signal.SIGKILL, done.stderr
    report = drained(tmp_path / "kg")
    (said,) = report.messages
    assert "its process died before the last 50 point(s) of its metrics had their checksum" in said
    assert one_row(tmp_path / "kg", SUMMARY) == (v.RunStatus_interrupted.value, "50", "49", "50")
    assert list((tmp_path / "kg" / "spool").iterdir()) == [], "with the last verdict go spool and segments"


def test_points_that_were_sealed_before_a_kill_are_beyond_doubt(tmp_path: Path) -> None:
    done = ran(TRAIN.format(before="session().writer.sync(); os.kill(os.getpid(), signal.SIGKILL)"), tmp_path)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert drained(tmp_path / "kg").messages == []


def test_a_damaged_block_is_left_out_said_and_put_aside(tmp_path: Path) -> None:
    done = ran(TRAIN.format(before="session().writer.sync(); os.kill(os.getpid(), signal.SIGKILL)"), tmp_path)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (file,) = spool_files(tmp_path / "kg" / "spool")
    (segment,) = file.segments()
    content = bytearray(segment.read_bytes())
    content[100] ^= 1
    segment.write_bytes(content)
    report = drained(tmp_path / "kg")
    assert f"{file.path}: 50 point(s) of its metrics are damaged and were left out" in report.messages
    assert one_row(tmp_path / "kg", f"SELECT ?status {{ ?run {v.runStatus} ?status }}") == (
        v.RunStatus_interrupted.value,
    )
    assert (tmp_path / "kg" / "rejected" / segment.name).read_bytes() == content
    assert not segment.exists()


@pytest.mark.parametrize("mapped", ["on", "off"])
def test_a_finished_training_says_the_same_by_either_way(tmp_path: Path, mapped: str) -> None:
    done = ran(TRAIN.format(before="run.model('m', b'w')"), tmp_path, PROVKG_SPOOL_MAPPED=mapped)
    assert done.returncode == 0, done.stderr
    report = drained(tmp_path / "kg")
    assert (report.messages, report.rejected) == ([], 0)
    assert one_row(tmp_path / "kg", SUMMARY) == (v.RunStatus_succeeded.value, "50", "49", "50")
    assert list((tmp_path / "kg" / "spool").iterdir()) == []


def test_segments_whose_spool_file_is_gone_are_removed(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    orphan = folder.spool / "01a1ff78-6001-72b6-9c05-213e9ac2932d-0.points"
    orphan.write_bytes(bytes(48))
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
    assert not orphan.exists()
