"""Readers have a copy of the index that does not change and is not removed under them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from provkg.errors import Unreadable
from provkg.index import Change, Index, Snapshots
from provkg.index.manifest import FILE, FileState, Manifest
from provkg.vocabulary import dct_title

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index.create(tmp_path / "index", NamedNode("http://e/graph/ledger"))
    yield made
    if hasattr(made, "_store"):
        made.abandon()


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def grow(index: Index) -> None:
    position = index.position
    thing = Triple(NamedNode(f"http://e/{position}"), dct_title, Literal("a thing"))
    index.apply([Change(position, str(position), (Quad(*thing),), ())])


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


def flip(file: Path, place: int) -> None:
    """Turn one bit of a file, as a failing disk does."""
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def rot(file: Path, place: int) -> None:
    """Turn one bit without a trace in the file's times."""
    times = file.stat()
    flip(file, place)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def kept_files(snapshot: Path) -> list[Path]:
    return sorted(file for file in snapshot.iterdir() if file.name != FILE)


def test_a_changed_byte_in_any_file_of_a_snapshot_is_found_on_opening(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    index.settle()
    files = kept_files(snapshots.take(index))
    assert {file.suffix for file in files} >= {".sst", ".log"}
    for file in (file for file in files if file.stat().st_size):
        flip(file, -1)
        with pytest.raises(Unreadable, match=f"{file.name} is not what was written"):
            snapshots.open()
        flip(file, -1)
        opened = snapshots.open()
        assert opened is not None, "the same bytes written again are no damage"
        opened.close()


def test_a_file_that_keeps_its_times_is_found_by_reading_it(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    index.settle()
    snapshot = snapshots.take(index)
    snapshots.check()
    snapshots.check_index(index.path, thorough=True)
    rot(next(snapshot.glob("*.sst")), 0)
    with pytest.raises(Unreadable, match="is not what was written"):
        snapshots.check()
    with pytest.raises(Unreadable, match="is not what was written"):
        snapshots.check_index(index.path, thorough=True)


@pytest.mark.parametrize("broken", [b"", b"[]", b'{"store": "", "files": {"a": 1}}'])
def test_a_snapshot_without_its_list_of_files_is_damaged(index: Index, snapshots: Snapshots, broken: bytes) -> None:
    grow(index)
    (snapshots.take(index) / FILE).write_bytes(broken)
    with pytest.raises(Unreadable, match="missing or broken"):
        snapshots.open()


def test_a_damaged_table_is_not_taken_over_into_the_next_snapshot(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    index.settle()
    flip(next(snapshots.take(index).glob("*.sst")), 0)
    before = snapshots.newest_size()
    # The index shares the table: whichever of the two needs it first says so.
    with pytest.raises(Unreadable, match=r"is not what was written|damaged"):  # noqa: PT012
        grow(index)
        snapshots.take(index)
    assert snapshots.newest_size() == before


def test_another_store_in_the_place_of_the_copied_one_is_let_be(index: Index, snapshots: Snapshots) -> None:
    grow(index)
    index.settle()
    store, snapshot = index.path / "store", snapshots.take(index)
    table = next(snapshot.glob("*.sst")).name
    changed = {table: FileState(1, 1, "")}
    Manifest("of another store", changed).check_store(store)
    with pytest.raises(Unreadable, match=f"{table} is not what was written"):
        Manifest(index.identity, changed).check_store(store)
