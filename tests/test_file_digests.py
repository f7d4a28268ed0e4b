"""Files and folders are read whole, by two threads, and not again while they stay as they are."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from provkg.capture import file_digests as digests
from provkg.capture import file_progress
from provkg.capture.digest_cache import DigestCache
from provkg.capture.file_digests import file_digest, files_below, path_digest
from provkg.capture.files import content_of
from provkg.errors import Unreadable

LONG_AGO = time.time_ns() - 3600 * 10**9


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files that are read in full from now on."""
    found: list[Path] = []

    def noted(path: Path, progress: Callable[[int], None] = lambda _: None) -> digests.FileDigest:
        found.append(path)
        return file_digest(path, progress)

    monkeypatch.setattr(digests, "file_digest", noted)
    return found


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "cache" / "digests.db"
    monkeypatch.setenv("PROVKG_DIGEST_CACHE", str(place))
    return place


def made(path: Path, content: bytes, *, at: int = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(at, at))
    return path


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let files that were just made count as unchanged for long: nobody can set when an inode changed."""
    monkeypatch.setattr("provkg.capture.digest_cache.SETTLED_SECONDS", -60.0)
    return iter(())


def test_many_pieces_give_the_digest_of_the_whole(tmp_path: Path) -> None:
    content = os.urandom(3 * digests.PIECE + 17)
    told: list[int] = []
    found = file_digest(made(tmp_path / "a", content), told.append)
    assert (found.sha256, found.size) == (sha256(content).hexdigest(), len(content))
    assert sum(told) == len(content)


def test_a_folder_read_by_two_threads_is_the_folder_read_in_order(tmp_path: Path) -> None:
    files = {f"{n % 7}/{n}.txt": os.urandom(n * 100) for n in range(50)}
    for name, content in files.items():
        made(tmp_path / "data" / name, content)
    lines = [f"{name}\0{sha256(content).hexdigest()}\0{len(content)}\n" for name, content in sorted(files.items())]
    expected = sha256(b"manifest-1\0" + "".join(lines).encode()).hexdigest()
    assert path_digest(tmp_path / "data").sha256 == expected
    assert content_of(tmp_path / "data")[0].sha256 == expected


@pytest.mark.usefixtures("settled")
def test_an_unchanged_file_is_not_read_again(tmp_path: Path, read: list[Path]) -> None:
    folder = tmp_path / "data"
    for n in range(5):
        made(folder / f"{n}", b"%d" % n)
    first = content_of(folder)
    assert len(read) == 5
    assert content_of(folder) == first
    assert len(read) == 5, "everything was known"
    made(folder / "3", b"x")
    assert content_of(folder) != first
    assert [path.name for path in read[5:]] == ["3"]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "change",
    [
        lambda path: made(path, b"other"),
        lambda path: made(path, b"1234", at=LONG_AGO + 1),
        lambda path: (path.rename(path.with_name("gone")), made(path, b"1234")),
    ],
    ids=["another size", "the time by a nanosecond", "another inode"],
)
def test_whatever_shows_that_a_file_was_changed_makes_it_be_read(
    tmp_path: Path, read: list[Path], change: Callable[[Path], object]
) -> None:
    file = made(tmp_path / "a", b"0000")
    content_of(file)
    change(file)
    assert content_of(file)[0].sha256 == sha256(file.read_bytes()).hexdigest()
    assert read == [file, file]


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path, read: list[Path]) -> None:
    file = made(tmp_path / "a", b"0000")
    content_of(file)
    content_of(file)
    assert read == [file, file], "a change within the tick of the clock would not show"


@pytest.mark.usefixtures("settled")
def test_what_provkg_knows_of_files_holds_no_names_and_is_the_users_alone(tmp_path: Path, cache: Path) -> None:
    file = made(tmp_path / "patients-of-doctor-who.csv", b"0000")
    content_of(file)
    assert b"patients" not in cache.read_bytes()
    assert sha256(b"0000").digest() in cache.read_bytes()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.parent.stat().st_mode) == 0o700


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("broken", [b"no database", b""])
def test_a_broken_cache_costs_nothing_but_time(tmp_path: Path, read: list[Path], cache: Path, broken: bytes) -> None:
    made(cache, broken)
    file = made(tmp_path / "a", b"0000")
    assert content_of(file)[0].sha256 == content_of(file)[0].sha256 == sha256(b"0000").hexdigest()
    assert read


@pytest.mark.usefixtures("settled")
def test_a_cache_that_another_process_writes_keeps_nobody_waiting(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(tmp_path / "a", b"0000")
    content_of(file)
    with sqlite3.connect(cache, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert content_of(file)[0].sha256 == sha256(b"0000").hexdigest()
        assert time.monotonic() - began < 5
    other.close()


def test_no_cache_is_kept_where_it_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_DIGEST_CACHE", "off")
    assert DigestCache.of_user() is None
    monkeypatch.delenv("PROVKG_DIGEST_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    assert DigestCache.of_user() is None


def test_a_pattern_is_the_manifest_of_what_it_matches(tmp_path: Path) -> None:
    for name in ("a/one.csv", "b/two.csv", "b/notes.txt", "b/deep/three.csv"):
        made(tmp_path / "data" / name, name.encode())
    found, files = content_of(tmp_path / "data" / "*" / "*.csv")
    assert [Path(str(file.location)).name for file in files] == ["one.csv", "two.csv"]
    chosen = tmp_path / "chosen"
    for name in ("a/one.csv", "b/two.csv"):
        made(chosen / name, name.encode())
    assert found == path_digest(chosen), "the paths count from the folder before the first wildcard"
    assert len(content_of(tmp_path / "data" / "**" / "*.csv")[1]) == 3
    with pytest.raises(Unreadable, match=r"no file is named .*\*\.parquet"):
        content_of(tmp_path / "data" / "*.parquet")


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    file = made(tmp_path / "what[1].csv", b"x")
    assert content_of(file)[0].sha256 == sha256(b"x").hexdigest()


def test_a_folder_that_cannot_be_listed_is_told_and_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "data" / "locked" / "a", b"x")
    listed = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(Unreadable, match=r"cannot list .*locked: Permission denied"):
        files_below(tmp_path / "data")


def test_an_unreadable_file_among_many_is_named(tmp_path: Path) -> None:
    for n in range(20):
        made(tmp_path / "data" / f"{n:02}", b"x")
    (tmp_path / "data" / "13").unlink()
    (tmp_path / "data" / "13").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Unreadable, match=r"cannot read .*13: No such file"):
        content_of(tmp_path / "data")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "said"), [(Terminal(), True), (io.StringIO(), False)])
def test_long_reading_is_told_on_a_terminal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, said: bool
) -> None:
    monkeypatch.setattr(file_progress, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr("sys.stderr", stream)
    content_of(made(tmp_path / "big", bytes(5 * digests.PIECE)))
    told = stream.getvalue()
    assert (f"taking the digest of {tmp_path / 'big'}: 0.0 of 0.0 GB" in told) is said
    assert told.endswith("\n") is said
