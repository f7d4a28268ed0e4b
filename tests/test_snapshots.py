"""Readers have a copy of the index that does not change and is not removed under them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg.index import Change, Index, Snapshots
from provkg.vocabulary import dct_title

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index.create(tmp_path / "index", NamedNode("http://e/graph/ledger"))
    yield made
    made.abandon()


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def grow(index: Index) -> None:
    position = index.position
    thing = Triple(NamedNode(f"http://e/{position}"), dct_title, Literal("a thing"))
    index.apply([Change(position, str(position), (thing,), ())])


def names(snapshots: Snapshots) -> set[str]:
    return {path.name for path in snapshots.folder.iterdir()}


def test_without_a_snapshot_there_is_nothing_to_open(snapshots: Snapshots) -> None:
    assert snapshots.open() is None
    assert snapshots.newest_size() is None


def test_a_snapshot_stays_as_it_was_while_the_index_grows(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    snapshots.take(index)
    reader = snapshots.open()
    assert reader is not None
    with reader:
        grow(index)
        assert reader.size == 1
        assert reader.query(COUNT).rows == [(Literal(1),)]


def test_the_newest_two_are_kept(index: Index, snapshots: Snapshots) -> None:
    for _ in range(12):
        grow(index)
        snapshots.take(index)
    assert names(snapshots) == {"11", "12"}
    assert snapshots.newest_size() == 12


def test_the_same_state_is_copied_once_unless_asked_anew(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    first = snapshots.take(index).stat().st_ino
    assert snapshots.take(index).stat().st_ino == first
    assert snapshots.take(index, anew=True).stat().st_ino != first
    assert names(snapshots) == {"1"}


def test_what_another_process_reads_is_not_removed(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    snapshots.take(index)
    script = (
        "import sys; from pathlib import Path; from provkg.index import Snapshots\n"
        "reader = Snapshots(Path(sys.argv[1])).open(); print('open', flush=True); sys.stdin.readline()\n"
        f"print(reader.query('{COUNT}').rows[0][0].value)\n"
    )
    command = [sys.executable, "-c", script, str(snapshots.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reading:
        assert reading.stdout is not None
        assert reading.stdout.readline() == "open\n"
        for _ in range(4):
            grow(index)
            snapshots.take(index)
        assert names(snapshots) == {"1", "4", "5"}
        out, _ = reading.communicate("go on\n")
    assert out == "1\n"
    grow(index)
    snapshots.take(index)
    assert names(snapshots) == {"5", "6"}


def test_a_reader_that_closes_lets_its_snapshot_go(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    snapshots.take(index)
    reader = snapshots.open()
    assert reader is not None
    reader.close()
    for _ in range(2):
        grow(index)
        snapshots.take(index)
    assert names(snapshots) == {"2", "3"}


def test_what_a_killed_copying_left_is_cleared(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    (snapshots.folder / ".1.new").mkdir(parents=True)
    (snapshots.folder / ".1.new" / "CURRENT").write_text("half")
    (snapshots.folder / "notes.txt").write_text("not ours")
    snapshots.take(index)
    assert names(snapshots) == {"1", "notes.txt"}
    assert snapshots.newest_size() == 1


def test_snapshots_of_a_longer_ledger_give_way_to_a_rebuilt_index(
    index: Index, snapshots: Snapshots, tmp_path: Path
) -> None:
    for _ in range(3):
        grow(index)
    snapshots.take(index)
    shorter = Index.create(tmp_path / "shorter", NamedNode("http://e/graph/ledger"))
    grow(shorter)
    reader = snapshots.open()
    assert reader is not None
    with reader:
        snapshots.take(shorter, anew=True)
        assert reader.query(COUNT).rows == [(Literal(3),)], "who reads already is not disturbed"
    shorter.abandon()
    assert snapshots.newest_size() == 1
