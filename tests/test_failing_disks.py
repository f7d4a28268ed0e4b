"""Where the disk refuses, draining says so in a sentence, and goes on later as if nothing had been."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal

from provkg import vocabulary as v
from provkg.capture.spool import SpoolFile, SpoolWriter
from provkg.errors import GraphHeld, StorageFailed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.graph.hold import Hold
from provkg.records import Dataset, TrainingRun
from tests.test_draining import STARTED
from tests.test_spool import series


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base="https://example.org/kg/")


@pytest.fixture
def writer(folder: Folder) -> SpoolWriter:
    return SpoolWriter(folder.spool)


def refused(writer: SpoolWriter) -> str:
    """Write a record of a training that nobody triggered."""
    return writer.record("added", [TrainingRun(id="t", title="fit", started=STARTED)])


def test_a_refused_record_survives_a_power_cut_before_anybody_is_told(
    folder: Folder, writer: SpoolWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", noting)
    record = refused(writer)
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
    kept = sorted(folder.rejected.glob(f"{record}*"))
    assert len(kept) == 3
    assert {str(folder.rejected), *map(str, kept)} <= set(synced), "its files, and the folder that names them"


def test_a_verdict_that_cannot_be_written_is_told_and_its_record_kept_once(folder: Folder, writer: SpoolWriter) -> None:
    record = writer.record("dataset", [Dataset(name="readings")])
    verdicts = SpoolFile(writer.path).verdicts
    verdicts.mkdir()
    with KnowledgeGraph.hold(folder) as graph:
        with pytest.raises(StorageFailed, match=r"cannot write .*\.verdicts: .*provkg sync"):
            graph.drain()
        verdicts.rmdir()
        assert graph.drain().duplicates == 1
        assert [entry.leaf.record for entry in graph.ledger.entries()] == [record]


def test_a_report_that_cannot_be_removed_is_told_and_its_record_kept(folder: Folder, writer: SpoolWriter) -> None:
    record = writer.record("dataset", [Dataset(name="readings")])
    in_the_way = folder.rejected / f"{record}.ttl"
    in_the_way.mkdir()
    with KnowledgeGraph.hold(folder) as graph:
        with pytest.raises(StorageFailed, match=f"record {record} is kept, but"):
            graph.drain()
        assert graph.ledger.holds(record)
        in_the_way.rmdir()
        assert graph.drain().rejected == 0


def test_a_spool_file_that_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "e.spool").mkdir()
    with pytest.raises(StorageFailed, match="cannot remove the spool file"):
        SpoolFile(tmp_path / "e.spool").remove()


def test_a_hold_ends_on_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = Hold.take(tmp_path / "lock")

    monkeypatch.setattr(os, "ftruncate", failing)
    with pytest.raises(GraphHeld):
        Hold.take(tmp_path / "lock")
    hold.release()
    monkeypatch.undo()
    again = Hold.take(tmp_path / "lock")
    assert "command" in (tmp_path / "lock").read_text()
    again.release()
    assert (tmp_path / "lock").read_text() == ""


def test_an_index_that_could_not_be_rebuilt_is_rebuilt_when_the_disk_lets_it(folder: Folder) -> None:
    in_the_way = folder.index.with_name("index.new")
    with KnowledgeGraph.hold(folder) as graph:
        graph.record(Dataset(name="one"), id="r-1")
        in_the_way.write_text("no folder")
        with pytest.raises(StorageFailed, match="cannot make an index"):
            graph.rebuild()
        with pytest.raises(StorageFailed, match="cannot make an index"):
            graph.record(Dataset(name="two"), id="r-2")
        in_the_way.unlink()
        graph.record(Dataset(name="two"), id="r-2")
    assert names(folder) == {"one", "two"}


@pytest.mark.parametrize("act", [KnowledgeGraph.snapshot, KnowledgeGraph.rebuild])
def test_a_renaming_that_the_disk_refuses_is_told_and_done_later(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, act: Callable[[KnowledgeGraph], None]
) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.record(Dataset(name="one"), id="r-1")
        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(StorageFailed, match=r"cannot (rename|put the rebuilt index)"):
            act(graph)
        monkeypatch.undo()
        act(graph)
        graph.snapshot()
        assert graph.messages == []
    assert names(folder) == {"one"}


def test_a_spool_ends_well_on_a_disk_that_gives_no_space_back(
    writer: SpoolWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(writer)
    monkeypatch.setattr(os, "ftruncate", failing)
    writer.close()
    assert SpoolFile(writer.path).ended


def test_a_spool_that_the_disk_does_not_let_go_is_left_to_others(
    writer: SpoolWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(writer)
    writer.close()
    monkeypatch.setattr(Path, "unlink", failing)
    writer.remove()
    monkeypatch.undo()
    assert [record.descriptions for record in SpoolFile(writer.path).records()] == [(Dataset(name="readings"),)]


def filled(writer: SpoolWriter) -> None:
    """Write a record and a point, which takes a segment."""
    writer.record("dataset", [Dataset(name="readings")])
    series(writer)
    writer.point(1, 0, None, 0.5)
    assert SpoolFile(writer.path).segments()


def failing(*_given: object, **_named: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def names(folder: Folder) -> set[str]:
    with read(folder) as reader:
        titles = [said.object for said in reader.statements(predicate=v.dct_title)]
    return {title.value for title in titles if isinstance(title, Literal)}
