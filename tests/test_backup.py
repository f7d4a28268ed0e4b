"""A backup has everything that cannot be made again, is verified before it is there, and only the owner reads it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provkg.capture.spool import PointsOf, SpoolFile, SpoolWriter, spool_files
from provkg.errors import CannotRun, LedgerBroken, Unreadable, UsageError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, gathering
from provkg.graph import copying as copying_files
from provkg.graph.backing_up import back_up
from provkg.graph.backup import Backup
from provkg.graph.drafting import draft
from provkg.graph.restoring import restore
from provkg.ledger import Ledger, copying
from provkg.records import OPENED, PROGRESS
from tests.commands import one_sentence, run
from tests.recording import ran
from tests.test_checkpoints import dataset, keep, newest
from tests.test_ledger import entry
from tests.test_spool import RUN, reference, series

# Leaves a record in the spool of `kg`, as nobody delivers it.
SCRIPT = "import provkg\nprovkg.dataset('fruit', [1, 2, 3], source='market', license='CC0-1.0')"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    keep(folder, "a", "b")
    return folder


def ids(path: Path) -> list[str]:
    with Ledger.open(path, read_only=True) as ledger:
        return [each.leaf.record for each in ledger.entries()]


def modes(path: Path) -> set[int]:
    return {stat.S_IMODE(each.lstat().st_mode) for each in [path, *path.rglob("*")] if each.is_file()}


def test_it_is_verified_and_says_how_much_it_holds(folder: Folder, tmp_path: Path) -> None:
    done = run("backup", tmp_path / "b", "--store", folder.path)
    assert done.exit_code == 0, done.output
    root = newest(folder).root.hex()
    assert done.stdout.startswith(
        f"{tmp_path / 'b'}: verified: 2 entries, last checkpoint of 2 entries with root {root}; 5 files, "
    )


def test_it_is_a_folder_that_other_tools_can_check(folder: Folder, tmp_path: Path) -> None:
    made = back_up(folder, tmp_path / "b")
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made.path, check=True, capture_output=True)
    assert ids(made.path / "ledger.db") == ["a", "b"]
    assert {each.name for each in tmp_path.iterdir()} == {"kg", "b"}


def test_only_its_owner_reads_it(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "shapes" / "of" / "ours").mkdir(parents=True)
    (folder.path / "shapes" / "of" / "ours" / "own.ttl").write_text("")
    made = back_up(folder, tmp_path / "b")
    assert modes(made.path) == {0o600}
    folders = [made.path, *(each for each in made.path.rglob("*") if each.is_dir())]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folders} == {0o700}


def test_it_has_what_is_the_owner_s_and_what_is_undecided_and_no_index(folder: Folder, tmp_path: Path) -> None:
    for place in (
        "shapes/own.ttl",
        "ontology/own.ttl",
        "queries/own.rq",
        "rules/own.rq",
        "rejected/x.ttl",
        "notes.txt",
    ):
        (folder.path / place).parent.mkdir(exist_ok=True)
        (folder.path / place).write_text(place)
    (folder.path / "spool" / "events.spool").write_bytes(b"events")
    made = back_up(folder, tmp_path / "b")
    assert set(made.digests) == {
        "backup.json", "kg.toml", "ledger.db", "keys/salt", "checkpoints/latest", "checkpoints/vkey", "notes.txt",
        "shapes/own.ttl", "ontology/own.ttl", "queries/own.rq", "rules/own.rq", "rejected/x.ttl", "spool/events.spool",
    }  # fmt: skip


def test_a_spool_on_another_disk_is_in_it(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_SPOOL", str(tmp_path / "spool"))
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "events.spool").write_bytes(b"events")
    assert "spool/events.spool" in back_up(folder, tmp_path / "b").digests


def test_the_key_that_signs_is_in_it_only_when_asked_for_and_that_is_said(folder: Folder, tmp_path: Path) -> None:
    without = run("backup", tmp_path / "b1", "--store", folder.path)
    assert "not in it: keys/checkpoint.key (a secret)" in without.stderr
    assert not (tmp_path / "b1" / "keys" / "checkpoint.key").exists()
    with_key = run("backup", tmp_path / "b2", "--with-key", "--store", folder.path)
    assert "whoever has this backup can sign as this graph" in with_key.stderr
    assert (tmp_path / "b2/keys/checkpoint.key").read_bytes() == (folder.keys / "checkpoint.key").read_bytes()


def test_links_are_followed_to_files_and_to_shapes_and_other_things_are_named(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "own.ttl").write_text("")
    (folder.path / "shapes").symlink_to(elsewhere)
    (folder.path / "readme").symlink_to(elsewhere / "own.ttl")
    (folder.path / "big").symlink_to(elsewhere)
    (folder.path / "lost").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder.path / "pipe")
    made = back_up(folder, tmp_path / "b")
    assert {"shapes/own.ttl", "readme"} <= set(made.digests)
    assert not (made.path / "shapes").is_symlink()
    assert made.description.left_out == (
        "big (a link to a folder)",
        "keys/checkpoint.key (a secret)",
        "lost (a link that leads nowhere)",
        "pipe (no regular file)",
    )


def test_it_takes_no_other_s_place_and_lies_outside_the_graph(folder: Folder, tmp_path: Path) -> None:
    run("backup", tmp_path / "b", "--store", folder.path)
    said = one_sentence(run("backup", tmp_path / "b", "--store", folder.path), 2)
    assert "is there already, and no backup takes another's place" in said
    assert "own folder" in one_sentence(run("backup", folder.path / "b", "--store", folder.path), 2)
    assert "there is no folder" in one_sentence(run("backup", tmp_path / "x" / "b", "--store", folder.path), 2)


def test_a_graph_that_nobody_wrote_to_or_signed_can_be_backed_up(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg")
    assert back_up(folder, tmp_path / "empty").description.entries == 0
    assert restore(Backup.find(tmp_path / "empty"), tmp_path / "again").entries == 0
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("a")])
    made = back_up(folder, tmp_path / "unsigned")
    assert (made.description.entries, made.description.checkpoint) == (1, None)


def test_entries_that_await_a_checkpoint_are_counted(folder: Folder, tmp_path: Path) -> None:
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("c")])
    done = run("backup", tmp_path / "b", "--store", folder.path)
    assert "3 entries, last checkpoint of 2 entries" in done.stdout
    assert ", 1 entries await the next;" in done.stdout


def test_of_a_ledger_that_is_not_verified_no_backup_is_left(folder: Folder, tmp_path: Path) -> None:
    keep(folder, "c")
    early = folder.ledger.read_bytes()
    keep(folder, "d")
    folder.ledger.write_bytes(early)
    said = one_sentence(run("backup", tmp_path / "b", "--store", folder.path), 3)
    assert f"{folder.ledger} is not verified: INCOMPLETE at {folder.last_checkpoint}" in said
    folder.ledger.unlink()
    with pytest.raises(LedgerBroken, match=r"ledger\.db is missing, though .*latest was signed for it"):
        back_up(folder, tmp_path / "b")
    assert {each.name for each in tmp_path.iterdir()} == {"kg"}


def test_what_a_killed_backup_left_is_cleared_and_two_at_once_do_not_mix(folder: Folder, tmp_path: Path) -> None:
    leftover = tmp_path / ".b.incomplete"
    (leftover / "shapes").mkdir(parents=True)
    (leftover / "ledger.db").write_bytes(b"half")
    leftover.with_name(leftover.name + ".lock").write_bytes(b"")
    with draft(leftover, "making a backup"), pytest.raises(CannotRun, match="another process is making a backup at"):
        back_up(folder, tmp_path / "b")
    (leftover / "shapes").mkdir(parents=True)
    back_up(folder, tmp_path / "b").check()
    assert {each.name for each in tmp_path.iterdir()} == {"kg", "b"}


def test_the_ledger_is_copied_as_it_was_when_the_copy_began(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGES", 1)
    written: list[str] = []
    with Ledger.open(folder.ledger) as ledger:

        def write(done: int, whole: int) -> None:
            ledger.append([entry(f"later-{len(written)}")])
            written.append(f"later-{len(written)}")

        copying.copy(folder.ledger, tmp_path / "copy.db", write)
    assert len(written) > 5
    assert ids(tmp_path / "copy.db") == ["a", "b"]
    assert ids(folder.ledger) == ["a", "b", *written]


def test_a_record_that_is_taken_in_meanwhile_is_in_it_once(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran(SCRIPT, tmp_path).returncode == 0
    assert list((folder.path / "spool").glob("*.spool"))

    def drain_first(ledger: Path, target: Path, progress: copying.Progress) -> None:
        with KnowledgeGraph.hold(folder) as graph:
            assert graph.drain().stored == 1
        copying.copy(ledger, target, progress)

    monkeypatch.setattr(gathering, "copy", drain_first)
    made = back_up(folder, tmp_path / "b")
    assert list((made.path / "spool").glob("*.spool"))
    restored = restore(made, tmp_path / "again")
    assert (restored.entries, restored.waiting) == (3, 1)
    with KnowledgeGraph.hold(restored.folder) as graph:
        report = graph.drain()
    assert (report.stored, report.duplicates) == (0, 1)
    assert ids(restored.folder.ledger) == ids(folder.ledger)


def test_a_spool_file_that_is_taken_in_whole_while_it_is_copied_is_left_out(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran(SCRIPT, tmp_path).returncode == 0
    segments = SpoolFile.segments

    def drain_first(file: SpoolFile) -> list[Path]:
        monkeypatch.setattr(SpoolFile, "segments", segments)
        with KnowledgeGraph.hold(folder) as graph:
            assert graph.drain().removed == 1
        return segments(file)

    monkeypatch.setattr(SpoolFile, "segments", drain_first)
    made = back_up(folder, tmp_path / "b")
    assert not [place for place in made.digests if place.startswith("spool/")]
    restored = restore(made, tmp_path / "again")
    assert (restored.entries, restored.waiting) == (3, 0)


def test_what_waits_in_the_spool_is_taken_in_by_the_restored_graph(folder: Folder, tmp_path: Path) -> None:
    assert ran(SCRIPT, tmp_path).returncode == 0
    run("backup", tmp_path / "b", "--store", folder.path)
    done = run("restore", tmp_path / "b", tmp_path / "again")
    assert "1 file(s) wait in its spool" in done.stderr
    assert '"fruit"' in run("export", "--store", tmp_path / "again").stdout


@pytest.fixture
def live(folder: Folder) -> Iterator[SpoolWriter]:
    """A process that has told of five points, and goes on."""
    writer = SpoolWriter(folder.spool)
    writer.record(OPENED, [RUN])
    series(writer)
    for step in range(5):
        writer.point(1, None, step, 0.5)
    writer.record(PROGRESS, [], points=PointsOf(reference(RUN)))
    yield writer
    writer.remove()


def after_copying(monkeypatch: pytest.MonkeyPatch, ending: str, act: Callable[[], object]) -> None:
    """Let `act` happen right after a file of that ending was copied."""

    def copied(source: Path, target: Path) -> str:
        digest = copying_files.copied(source, target)
        if source.name.endswith(ending):
            act()
        return digest

    monkeypatch.setattr(gathering, "copied", copied)


@pytest.mark.parametrize("ending", [".points", ".spool"])
def test_points_that_come_meanwhile_are_in_it_wherever_a_record_in_it_tells_of_them(
    folder: Folder, tmp_path: Path, live: SpoolWriter, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    def go_on() -> None:
        live.point(1, None, 5, 0.25)
        live.record(PROGRESS, [], points=PointsOf(reference(RUN)))

    after_copying(monkeypatch, ending, go_on)
    made = back_up(folder, tmp_path / "b")
    (file,) = spool_files(made.path / "spool")
    told = [record for record in file.records() if record.type == PROGRESS]
    assert len(told) >= 1
    assert all(record.descriptions for record in told)
    assert file.lost_points == 0


def test_a_spool_that_is_taken_in_while_it_is_copied_is_left_to_the_ledger(
    folder: Folder, tmp_path: Path, live: SpoolWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_copying(monkeypatch, ".spool", live.remove)
    made = back_up(folder, tmp_path / "b")
    assert [place for place in made.digests if place.startswith("spool/")] == []
    assert list((made.path / "spool").iterdir()) == []


def test_a_graph_with_a_file_that_is_called_like_one_of_a_backup_is_a_graph(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "backup.json").write_text("{}")
    keep(folder, "c")
    made = back_up(folder, tmp_path / "b")
    assert "backup.json (a backup has its own)" in made.description.left_out
    assert restore(made, tmp_path / "again").entries == 3


def test_it_is_no_graph_to_write_to(folder: Folder, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "b")
    said = one_sentence(run("export", "--store", tmp_path / "b"), 3)
    assert "is the backup of a knowledge graph; look into it with: provkg verify" in said


def test_it_is_verified_where_it_lies(folder: Folder, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(folder.last_checkpoint.read_bytes())
    made = back_up(folder, tmp_path / "b")
    done = run("verify", made.path, "--since", kept)
    assert (done.exit_code, done.stdout) == (0, "verified: 2 entries, 6 statements, 1 checkpoints\n")
    keep(folder, "c")
    kept.write_bytes(folder.last_checkpoint.read_bytes())
    assert f"INCOMPLETE at {kept}" in run("verify", made.path, "--since", kept).stdout
    (made.path / "kg.toml").write_text("")
    assert "kg.toml is not what was written" in one_sentence(run("verify", made.path), 3)
    assert "is no backup" in one_sentence(run("verify", tmp_path), 3)


def test_its_list_of_files_is_read_strictly(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "notes").mkdir()
    (folder.path / "notes" / "two\nlines \\ and a slash").write_text("")
    made = back_up(folder, tmp_path / "b")
    made.check()
    sums = made.path / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    outside = lines[-1].replace(lines[-1].split("  ")[1], "../kg/kg.toml\n")
    for text in ("".join(lines[:-1]), "".join([*lines, lines[-1]]), "".join(lines)[:-1], "".join([*lines, outside])):
        sums.write_text(text)
        with pytest.raises(Unreadable, match="SHA256SUMS"):
            Backup.find(made.path)


def test_a_backup_of_a_later_form_is_not_guessed_at(folder: Folder, tmp_path: Path) -> None:
    made = back_up(folder, tmp_path / "b")
    file = made.path / "backup.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": "provkg backup 2"}))
    listing = subprocess.run(["sha256sum", *sorted(made.digests)], cwd=made.path, capture_output=True, check=True)
    (made.path / "SHA256SUMS").write_bytes(listing.stdout)
    assert "in a form that this provkg does not know: 'provkg backup 2'" in one_sentence(run("verify", made.path), 3)


def test_a_graph_can_be_backed_up_while_it_is_held(folder: Folder, tmp_path: Path) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("c", "dataset", dataset("c"))
        assert back_up(folder, tmp_path / "b").description.entries == 3


def test_without_a_graph_or_with_wrong_use_nothing_is_made(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        back_up(folder, tmp_path)
    one_sentence(run("backup", tmp_path / "b", "--store", tmp_path / "none"), 3)
    assert not (tmp_path / "b").exists()
