"""A published log is added to and never rewritten, and whoever has the files can tell any change in them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provkg.errors import HistoryChanged, StorageFailed, Unreadable
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.publishing import publish_tiles
from provkg.graph.signing_key import public_keys
from provkg.ledger import Ledger
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note, PrivateKey, signed
from provkg.ledger.publishing import publish
from provkg.ledger.tile_folder import TileFolder
from provkg.ledger.tile_verification import TileVerification
from provkg.ledger.tiles import Tile, tiles_of
from provkg.ledger.verification import Signed
from provkg.merkle.hashes import leaf_hash
from tests.commands import one_sentence, run
from tests.test_checkpoints import dataset, keep
from tests.test_ledger import entry
from tests.test_merkle import recursive_root
from tests.test_merkle_proofs import naive_proof


def graph(path: Path, *names: str, base: str = "https://example.org/kg/") -> Folder:
    folder = Folder.create(path, base=base)
    keep(folder)
    grow(folder, *names)
    return folder


def grow(folder: Folder, *names: str) -> None:
    """Add entries and sign them; what they say is not looked at here."""
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry(name) for name in names])
        Checkpointing(folder, ledger).sign()


def names(start: int, stop: int) -> list[str]:
    return [f"r-{number}" for number in range(start, stop)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def verdicts(out: Path, folder: Folder, *remembered: Signed) -> list[str]:
    return [str(damage) for damage in TileVerification(out, public_keys(folder), remembered).damages()]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, Path]:
    place = tmp_path_factory.mktemp("published")
    folder = graph(place / "kg", *names(0, 300))
    publish_tiles(folder, place / "out")
    return folder, place / "out"


@pytest.fixture
def out(published: tuple[Folder, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(published[1], tmp_path / "copy"))


def test_the_files_are_those_of_the_specification_and_nothing_else(published: tuple[Folder, Path]) -> None:
    folder, out = published
    assert set(files(out)) == {
        "checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44",
    }  # fmt: skip
    assert (out / "checkpoint").read_bytes() == folder.last_checkpoint.read_bytes()


def test_what_is_new_is_added_and_full_tiles_take_the_place_of_partial_ones(tmp_path: Path) -> None:
    folder, out = graph(tmp_path / "kg", *names(0, 200)), tmp_path / "out"
    assert publish_tiles(folder, out).written == 3
    assert publish_tiles(folder, out).written == 0
    grow(folder, *names(200, 220))
    publish_tiles(folder, out)
    # Who read the checkpoint of 200 entries may still ask for their tile.
    assert {"tile/0/000.p/200", "tile/0/000.p/220"} <= set(files(out))
    before = {path: (out / path).stat().st_mtime_ns for path in files(out)}
    grow(folder, *names(220, 600))
    assert publish_tiles(folder, out).size == 600
    assert set(files(out)) == {
        "checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000",
        "tile/entries/001", "tile/entries/002.p/88",
    }  # fmt: skip
    assert verdicts(out, folder) == []
    assert before
    full = {path: (out / path).stat().st_mtime_ns for path in files(out) if path != "checkpoint"}
    grow(folder, "one-more")
    publish_tiles(folder, out)
    assert {path: (out / path).stat().st_mtime_ns for path in full} == full


def test_the_checkpoint_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = graph(tmp_path / "kg", *names(0, 300)), tmp_path / "out"
    written: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda _: written.append("|".join(sorted(files(out)))))
    publish_tiles(folder, out)
    assert written
    assert all("|tile" in seen or not seen.startswith("checkpoint") for seen in written)
    complete = {tile.path for tile in tiles_of(300)}
    first = next(seen for seen in written if seen.startswith("checkpoint") or ".checkpoint." in seen)
    assert complete <= set(first.split("|"))


def test_a_run_that_was_cut_short_is_carried_on(tmp_path: Path) -> None:
    folder, out = graph(tmp_path / "kg", *names(0, 300)), tmp_path / "out"
    publish_tiles(folder, out)
    (out / "checkpoint").unlink()
    (out / "tile/0/000").unlink()
    (out / "tile/entries/.001.p.99.abcd").write_bytes(b"half a dra")
    assert publish_tiles(folder, out).written == 2
    assert verdicts(out, folder) == []


def test_another_history_is_not_published_over_the_first(tmp_path: Path) -> None:
    folder, out = graph(tmp_path / "kg", *names(0, 300)), tmp_path / "out"
    publish_tiles(folder, out)
    before = files(out)
    fork = graph(tmp_path / "fork", *names(1, 400))
    shutil.copytree(folder.keys, fork.keys, dirs_exist_ok=True)
    shutil.copytree(folder.checkpoints, fork.checkpoints, dirs_exist_ok=True)
    with Ledger.open(fork.ledger) as ledger:
        key = PrivateKey.parse((fork.keys / "checkpoint.key").read_text())
        note = signed(Checkpoint("example.org/kg", 399, ledger.root()).text, key)
        with pytest.raises(HistoryChanged, match="holds 300 entries that the ledger does not continue"):
            publish(ledger, note, public_keys(fork), out)
        (out / "checkpoint").unlink()
        with pytest.raises(HistoryChanged, match="holds something else than the ledger, and is not written over"):
            publish(ledger, note, public_keys(fork), out)
    assert files(out) == {path: content for path, content in before.items() if path != "checkpoint"}


def test_a_ledger_that_lost_its_end_does_not_publish_less(tmp_path: Path) -> None:
    folder, out = graph(tmp_path / "kg", "a", "b"), tmp_path / "out"
    shutil.copy(folder.ledger, tmp_path / "backup.db")
    grow(folder, "c")
    publish_tiles(folder, out)
    with Ledger.open(tmp_path / "backup.db") as ledger:
        note = Note.parse(ledger.checkpoints()[-1][1])
        with pytest.raises(HistoryChanged, match="holds 3 entries that the ledger does not continue"):
            publish(ledger, note, public_keys(folder), out)


def test_wherever_publishing_is_cut_short_the_folder_is_whole_and_the_next_run_carries_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that makes something last is made to fail in turn, as when a disk is full or a process is killed."""
    folder, out = graph(tmp_path / "kg", *names(0, 200)), tmp_path / "out"
    publish_tiles(folder, out)
    grow(folder, *names(200, 600))
    real, calls = os.fsync, 0
    shutil.copytree(out, tmp_path / "before")
    for failing in range(1, 40):
        shutil.rmtree(out)
        shutil.copytree(tmp_path / "before", out)
        calls = 0

        def fails(descriptor: int, failing: int = failing) -> None:
            nonlocal calls
            calls += 1
            if calls >= failing:
                raise OSError(28, "No space left on device")
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fails)
        try:
            publish_tiles(folder, out)
            break
        except StorageFailed as error:
            said = str(error)
        finally:
            monkeypatch.undo()
        assert "No space left on device; what is there stays, and is whole" in said
        assert verdicts(out, folder) == [], failing
        assert not [name for name in files(out) if "/." in name]
        publish_tiles(folder, out)
        assert verdicts(out, folder) == []
        assert (out / "checkpoint").read_bytes() == folder.last_checkpoint.read_bytes()
    assert 12 <= calls < 39


@pytest.mark.parametrize("place", ["file", "file/below", "n" * 300])
def test_where_nothing_can_be_published_is_said(tmp_path: Path, place: str) -> None:
    folder = graph(tmp_path / "kg", "a")
    (tmp_path / "file").write_text("")
    assert "cannot publish to" in one_sentence(run("tiles", tmp_path / place, "--store", folder.path), 3)


def test_a_folder_of_strangers_is_read_no_further_than_a_tile_goes(published: tuple[Folder, Path], out: Path) -> None:
    folder, _ = published
    for path in ("tile/0/000", "checkpoint"):
        (out / path).unlink()
        (out / path).symlink_to("/dev/zero")
        with pytest.raises(Unreadable, match="has more bytes than any tile"):
            verdicts(out, folder)
        (out / path).unlink()
        shutil.copy(published[1] / path, out / path)


def test_what_else_lies_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    folder, other = graph(tmp_path / "kg", "a"), graph(tmp_path / "other", "a", base="https://example.org/other/")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter-1.tex").write_text("…")
    with pytest.raises(Unreadable, match=r"holds something else, such as chapter-1\.tex"):
        publish_tiles(folder, tmp_path / "thesis")
    publish_tiles(other, tmp_path / "out")
    with pytest.raises(Unreadable, match="is no checkpoint of this log"):
        publish_tiles(folder, tmp_path / "out")


def test_entries_that_nobody_signed_are_signed_first_and_a_held_graph_is_published_as_far_as_it_is(
    tmp_path: Path,
) -> None:
    folder, out = Folder.create(tmp_path / "kg", base="https://example.org/kg/"), tmp_path / "out"
    keep(folder, "a")
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("b")])
    with KnowledgeGraph.hold(folder):
        assert publish_tiles(folder, out).size == 1
    assert publish_tiles(folder, out).size == 2


def test_whoever_may_only_read_a_graph_publishes_what_was_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = graph(tmp_path / "kg", "a")
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("b")])

    def refused(*_: object, **__: object) -> None:
        raise StorageFailed("cannot write lock: Permission denied")

    monkeypatch.setattr(KnowledgeGraph, "hold", refused)
    assert publish_tiles(folder, tmp_path / "out").size == 1


# --- verifying


def test_published_tiles_are_verified_without_the_graph(published: tuple[Folder, Path]) -> None:
    folder, out = published
    done = run("verify", out, "--key", run("key", "--store", folder.path).stdout.strip())
    assert (done.exit_code, done.stdout) == (0, "verified: 300 entries, 5 tiles\n")


def test_tiles_name_no_key_and_so_one_must_be_given(published: tuple[Folder, Path], tmp_path: Path) -> None:
    assert "names no keys" in one_sentence(run("verify", published[1]), 2)
    other = graph(tmp_path / "other", "a")
    done = run("verify", published[1], "--key", run("key", "--store", other.path).stdout.strip())
    assert (done.exit_code, done.stdout.splitlines()[0]) == (
        1, "TAMPERED at checkpoint: none of the keys that are trusted here has signed the note",
    )  # fmt: skip


def test_any_byte_of_any_file_is_under_the_verdict(published: tuple[Folder, Path], out: Path) -> None:
    folder, _ = published
    there = files(out)
    assert len(there) == 6
    for path, content in there.items():
        for place in {0, 1, len(content) // 3, len(content) // 2, len(content) - 1}:
            wrong = bytearray(content)
            wrong[place] ^= 0x10
            (out / path).write_bytes(wrong)
            found = verdicts(out, folder)
            assert found, (path, place)
            assert found[0].startswith(f"TAMPERED at {path}") or path.startswith("tile/entries"), found
        (out / path).write_bytes(content + b"\0")
        assert verdicts(out, folder), path
        (out / path).write_bytes(content)
    assert verdicts(out, folder) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_to_the_files_they_are_not_verified(
    published: tuple[Folder, Path], tmp_path: Path, data: st.DataObject
) -> None:
    folder, original = published
    out = tmp_path / "changed"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(original, out)
    there = files(out)
    path = data.draw(st.sampled_from(sorted(there)))
    content = there[path]
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.sampled_from(sorted(set(there) - {path})))
    length = data.draw(st.integers(1, 64))
    changed = data.draw(
        st.sampled_from(
            [
                content[:place],
                content + data.draw(st.binary(min_size=1, max_size=64)),
                content[:place] + content[place + length :],
                content[:place] + content[place : place + length] * 2 + content[place + length :],
                content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :],
                there[other],
                b"",
                None,
            ]
        )
    )
    if changed is None:
        (out / path).unlink()
    else:
        (out / path).write_bytes(changed)
    try:
        found = verdicts(out, folder)
    except Unreadable:
        return
    assert found, (path, place)


def test_a_changed_entry_is_named_and_so_is_a_missing_file(published: tuple[Folder, Path], out: Path) -> None:
    folder, _ = published
    bundle = out / "tile/entries/001.p/44"
    content = bundle.read_bytes()
    assert content.count(b"r-260") == 1
    bundle.write_bytes(content.replace(b"r-260", b"r-999"))
    assert verdicts(out, folder) == ["TAMPERED at tile/0/001.p/44: it is not the hash of entry 260"]
    bundle.unlink()
    assert verdicts(out, folder) == ["INCOMPLETE at tile/entries/001.p/44: it is missing"]
    (out / "tile/1/000.p/1").unlink()
    assert "INCOMPLETE at tile/1/000.p/1: it is missing" in verdicts(out, folder)


def test_tiles_of_another_history_that_fit_together_are_a_fork(published: tuple[Folder, Path], tmp_path: Path) -> None:
    folder, out = published
    fork = graph(tmp_path / "fork", *names(1, 301))
    publish_tiles(fork, tmp_path / "forked")
    (tmp_path / "forked/checkpoint").write_bytes((out / "checkpoint").read_bytes())
    assert verdicts(tmp_path / "forked", folder) == [
        "FORK at checkpoint: it was signed for another history of the first 300 entries than the one here"
    ]


def test_a_checkpoint_that_somebody_kept_must_be_continued_by_the_tiles(
    published: tuple[Folder, Path],
) -> None:
    folder, out = published
    key = PrivateKey.parse((folder.keys / "checkpoint.key").read_text())

    def kept(size: int, root: bytes, origin: str = "example.org/kg") -> Signed:
        return Signed("kept.txt", signed(Checkpoint(origin, size, root).text, key).to_bytes())

    with Ledger.open(folder.ledger, read_only=True) as ledger:
        root = recursive_root([each.leaf.to_bytes() for each in ledger.entries()][:77])
    assert verdicts(out, folder, kept(77, root)) == []
    (fork,) = verdicts(out, folder, kept(77, leaf_hash(b"other")))
    assert fork.startswith("FORK at kept.txt: it was signed for another history of the first 77 entries")
    (later,) = verdicts(out, folder, kept(301, root))
    assert later == "INCOMPLETE at kept.txt: it was signed for 301 entries, and 300 are published"
    (stranger,) = verdicts(out, folder, kept(77, root, "example.org/other"))
    assert stranger == "TAMPERED at kept.txt: it speaks of another log, example.org/other"


def test_a_partial_tile_of_an_earlier_checkpoint_must_begin_the_later_one(tmp_path: Path) -> None:
    folder, out = graph(tmp_path / "kg", *names(0, 20)), tmp_path / "out"
    publish_tiles(folder, out)
    grow(folder, *names(20, 30))
    publish_tiles(folder, out)
    assert verdicts(out, folder) == []
    old = out / "tile/0/000.p/20"
    old.write_bytes(bytes(32) + old.read_bytes()[32:])
    assert verdicts(out, folder) == ["TAMPERED at tile/0/000.p/20: it does not begin the tile that took its place"]


def test_consistency_is_proven_from_tiles_alone(published: tuple[Folder, Path]) -> None:
    folder, out = published
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        leaves = [each.leaf.to_bytes() for each in ledger.entries()]
    tiles = TileFolder(out, 300)
    assert [tiles.root(size) for size in (1, 255, 256, 257, 300)] == [
        recursive_root(leaves[:size]) for size in (1, 255, 256, 257, 300)
    ]
    for earlier in (1, 2, 100, 255, 256, 257, 299):
        assert tiles.consistency(earlier, 300) == naive_proof(earlier, leaves)


def test_a_record_whose_leaf_no_bundle_would_take_is_refused_at_the_gate(tmp_path: Path) -> None:
    """Otherwise one record would keep a log from being published for ever."""
    from provkg.errors import IncompleteRecord

    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("fits", "dataset", dataset("a"), supersedes=[f"{number:036}" for number in range(1_500)])
        with pytest.raises(IncompleteRecord, match=r"Its leaf in the log would have .* bytes, and 65,535 is the most"):
            graph.add("too-long", "dataset", dataset("b"), supersedes=[f"{number:036}" for number in range(1_700)])
    publish_tiles(folder, tmp_path / "out")
    assert (tmp_path / "out" / Tile(None, 0, 1).path).stat().st_size > 58_000
