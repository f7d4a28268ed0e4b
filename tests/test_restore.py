"""A graph that is restored is the one that was backed up, or is not there; and it signs nothing until told."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.errors import HistoryChanged, LedgerBroken, Unreadable
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.backing_up import back_up
from provkg.graph.backup import Backup
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.restoring import restore
from tests import story
from tests import test_redaction as redaction
from tests.commands import ROOT, environment, one_sentence, run, story_graph
from tests.test_backup import ids
from tests.test_checkpoints import keep, newest

SEED = 20261121
QUESTIONS = ("Q2", "Q3", "Q4", "chains", "reused-datasets")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    keep(folder, "a", "b")
    return folder


@pytest.fixture
def backup(folder: Folder, tmp_path: Path) -> Backup:
    return back_up(folder, tmp_path / "b", with_key=True)


def test_questions_get_the_same_answers(tmp_path: Path) -> None:
    original = story_graph(tmp_path / "kg")
    run("backup", tmp_path / "b", "--store", original)
    asked = [["ask", name] for name in QUESTIONS] + [["show", "apple-grader@2"], ["export", "--to", "nquads"]]
    before = [run(*each, "--store", original).stdout for each in asked]
    assert all(before)
    shutil.rmtree(original)
    done = run("restore", tmp_path / "b", original)
    assert done.exit_code == 0, done.output
    assert [run(*each, "--store", original).stdout for each in asked] == before


def test_how_it_stands_is_told(backup: Backup, folder: Folder, tmp_path: Path) -> None:
    done = run("restore", backup.path, tmp_path / "again")
    root = newest(folder).root.hex()
    assert done.stdout == (
        f"{tmp_path / 'again'}: restored and verified: 2 entries, last checkpoint of 2 entries with root {root}; "
        f"backup made {backup.description.made}\n"
    )
    assert f"provkg checkpoint --accept-restore --store {tmp_path / 'again'}" in done.stderr
    verified = run("verify", "--store", tmp_path / "again")
    assert verified.stdout.startswith("verified: 2 entries")
    assert "restored from a backup: nothing is signed until" in verified.stderr


def test_who_may_read_it_is_as_when_it_was_made(backup: Backup, tmp_path: Path) -> None:
    path = restore(backup, tmp_path / "again").folder.path
    expected = {
        "": 0o750, "checkpoints": 0o750, "ledger.db": 0o640,
        "keys": 0o700, "rejected": 0o700, "spool": 0o700, "keys/salt": 0o600, "keys/checkpoint.key": 0o600,
    }  # fmt: skip
    assert {name: stat.S_IMODE((path / name).stat().st_mode) for name in expected} == expected


def test_it_takes_no_graph_s_place_and_no_folder_in_use(backup: Backup, folder: Folder, tmp_path: Path) -> None:
    before = ids(folder.ledger)
    assert "is a knowledge graph already" in one_sentence(run("restore", backup.path, folder.path), 3)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "thesis").write_text("")
    assert "is in use by something else" in one_sentence(run("restore", backup.path, tmp_path / "used"), 3)
    assert "is in use by something else" in one_sentence(run("restore", backup.path, tmp_path / "used" / "thesis"), 3)
    assert "lies in the backup" in one_sentence(run("restore", backup.path, backup.path / "kg"), 2)
    refused = one_sentence(run("restore", folder.path, tmp_path / "again"), 3)
    assert f"is no backup of a knowledge graph; make one with: provkg backup OUT --store {folder.path}" in refused
    assert ids(folder.ledger) == before
    assert {each.name for each in tmp_path.iterdir()} == {"kg", "b", "used"}


def test_an_empty_folder_such_as_a_mounted_disk_is_filled(backup: Backup, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / ".restoring").mkdir()  # as a restore leaves it that was killed
    (tmp_path / "again" / ".restoring" / "kg.toml").write_text("half")
    (tmp_path / "again" / ".restoring.lock").write_text("")
    before = (tmp_path / "again").stat().st_ino
    restored = restore(backup, tmp_path / "again").folder
    assert restored.path.stat().st_ino == before
    assert ids(restored.ledger) == ["a", "b"]
    assert not list(restored.path.glob(".restoring*"))


def test_a_damaged_backup_is_refused_and_leaves_nothing(backup: Backup, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    files = [*backup.digests, "SHA256SUMS"]
    assert len(files) >= 7
    for place in files:
        file = backup.path / place
        whole = file.read_bytes()
        for position in sorted({0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(6))}):
            changed = bytearray(whole)
            changed[position] ^= 1 << chance.randrange(8)
            file.write_bytes(changed)
            assert_refused(backup.path, tmp_path, f"byte {position} of {place}, seed {SEED}")
        for left in (0, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:left])
            assert_refused(backup.path, tmp_path, f"{left} bytes of {place}")
        file.unlink()
        assert_refused(backup.path, tmp_path, f"without {place}")
        file.symlink_to(tmp_path / "kg" / place)
        assert_refused(backup.path, tmp_path, f"{place} a link")
        file.unlink()
        file.write_bytes(whole)
    assert restore(Backup.find(backup.path), tmp_path / "again").entries == 2


def assert_refused(path: Path, tmp_path: Path, how: str) -> None:
    with pytest.raises(Unreadable) as caught:
        restore(Backup.find(path), tmp_path / "again")
    said = str(caught.value)
    assert "is damaged: " in said or "is no backup" in said, how
    assert not (tmp_path / "again").exists(), how


def test_a_backup_that_was_changed_and_listed_anew_is_found_by_its_ledger(backup: Backup, tmp_path: Path) -> None:
    ledger = backup.path / "ledger.db"
    ledger.write_bytes(ledger.read_bytes().replace(b'"a"', b'"z"'))
    sums = subprocess.run(["sha256sum", *sorted(backup.digests)], cwd=backup.path, capture_output=True, check=True)
    (backup.path / "SHA256SUMS").write_bytes(sums.stdout)
    with pytest.raises(LedgerBroken, match=r"b/ledger\.db is not verified: TAMPERED at entry 0"):
        restore(Backup.find(backup.path), tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_nothing_is_signed_until_somebody_says_that_it_goes_on(backup: Backup, tmp_path: Path) -> None:
    restored = restore(backup, tmp_path / "again").folder
    (told,) = keep(restored, "c")
    assert "no checkpoint was signed" in told
    assert f"was restored from a backup of 2 entries, made {backup.description.made}" in told
    assert newest(restored).size == 2
    assert "--accept-restore" in one_sentence(run("checkpoint", "--store", restored.path), 3)
    found = run("doctor", "--store", restored.path)
    assert (found.exit_code, "was restored from a backup of 2 entries" in found.stdout) == (1, True)
    assert run("checkpoint", "--accept-restore", "--store", restored.path).exit_code == 0
    assert newest(restored).size == 3
    assert keep(restored, "d") == []
    assert newest(restored).size == 4
    assert "restored" not in run("doctor", "--store", restored.path).stdout


def test_a_graph_that_was_restored_can_be_backed_up_and_restored_before_it_goes_on(
    backup: Backup, tmp_path: Path
) -> None:
    restored = restore(backup, tmp_path / "again").folder
    keep(restored, "c")
    thence = restore(back_up(restored, tmp_path / "b2"), tmp_path / "third").folder
    assert ids(thence.ledger) == ["a", "b", "c"]
    assert "a backup of 3 entries, made" in thence.restored.read_text()


def test_a_copy_of_the_key_is_needed_to_go_on_or_a_new_one(folder: Folder, tmp_path: Path) -> None:
    done = run("restore", back_up(folder, tmp_path / "b").path, tmp_path / "again")
    assert "the key that signs is not in the backup" in done.stderr
    again = ("--store", tmp_path / "again")
    keep(Folder.find(tmp_path / "again"), "c")
    assert "checkpoint.key is missing" in one_sentence(run("checkpoint", "--accept-restore", *again), 3)
    assert run("key", "--new", *again).exit_code == 0
    assert run("checkpoint", "--accept-restore", *again).exit_code == 0
    assert run("verify", *again).stdout.startswith("verified: 3 entries")


def test_an_older_backup_in_the_place_of_a_newer_graph_signs_only_when_accepted(
    backup: Backup, folder: Folder, tmp_path: Path
) -> None:
    keep(folder, "c")
    later = folder.last_checkpoint.read_bytes()
    folder.path.rename(tmp_path / "kg.lost")
    restored = restore(backup, folder.path).folder
    # What the lost graph signed last outlived it.
    restored.last_checkpoint.write_bytes(later)
    restored.restored.unlink()
    with KnowledgeGraph.hold(restored) as graph, pytest.raises(HistoryChanged, match="2 entries, but 3 were signed"):
        Checkpointing(restored, graph.ledger).sign()
    assert "INCOMPLETE at" in run("verify", "--store", restored.path).stdout
    assert run("checkpoint", "--accept-restore", "--store", restored.path).exit_code == 0
    assert [each.read_bytes() for each in restored.checkpoints.glob("given-up-3-*")] == [later]


def test_two_that_go_on_from_one_backup_are_a_fork_to_whoever_kept_a_checkpoint(
    backup: Backup, folder: Folder, tmp_path: Path
) -> None:
    keep(folder, "c")
    kept = tmp_path / "kept.txt"
    kept.write_bytes(folder.last_checkpoint.read_bytes())
    restored = restore(backup, tmp_path / "again").folder
    keep(restored, "x")
    run("checkpoint", "--accept-restore", "--store", restored.path)
    assert run("verify", "--store", folder.path, "--since", kept).stdout.startswith("verified")
    assert run("verify", "--store", restored.path).stdout.startswith("verified")
    done = run("verify", "--store", restored.path, "--since", kept)
    assert (done.exit_code, f"FORK at {kept}" in done.stdout) == (1, True)


def test_an_erasing_that_was_cut_off_is_completed_and_later_ones_cannot_be_known(tmp_path: Path) -> None:
    original = Folder.create(tmp_path / "kg", base=redaction.BASE)
    redaction.tell(original)
    with KnowledgeGraph.hold(original) as graph:
        graph.redact(redaction.PERSON, "foaf:name", reason="4711", by="Grace")
    early = back_up(original, tmp_path / "early")
    dying = [sys.executable, "-c", redaction.DYING, str(original.path), "logged"]
    assert subprocess.run(dying, cwd=ROOT, env=environment(), check=False).returncode == 9
    late = back_up(original, tmp_path / "late")
    assert b"Ada Lovelace" in (late.path / "ledger.db").read_bytes()

    restored = restore(late, tmp_path / "again")
    assert any("finished 1 erasing" in message for message in restored.messages)
    assert redaction.holding(restored.folder) == []
    assert run("verify", "--store", restored.folder.path).stdout.startswith("verified with 1 redaction: ")
    assert "ledger.db" in redaction.holding(restore(early, tmp_path / "before").folder)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_where_files_cannot_grow_nothing_is_left(command: str, folder: Folder, backup: Backup, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = {"backup": ["backup", out, "--store", folder.path], "restore": ["restore", backup.path, out]}[command]
    # ulimit counts kilobytes: less than the ledger has, and more than the other files.
    typed = ["bash", "-c", 'ulimit -f 16; exec "$@"', "bash", sys.executable, "-m", "provkg", *map(str, given)]
    done = subprocess.run(typed, capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("provkg: "), done.stderr
    assert "Traceback" not in done.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"kg", "b"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk, where the machine allows it")
    return place


def test_on_a_full_disk_nothing_is_left(folder: Folder, backup: Backup, small_disk: Path) -> None:
    try:
        (small_disk / "filler").write_bytes(bytes(24 * 1024))
        out = small_disk / "out"
        asked: list[list[str | Path]] = [["backup", out, "--store", folder.path], ["restore", backup.path, out]]
        for command in asked:
            said = one_sentence(run(*command), 3)
            assert str(out.parent) in said
            assert "No space left on device" in said or "is full" in said
            assert {each.name for each in small_disk.iterdir()} == {"filler"}
        (small_disk / "filler").unlink()
        assert back_up(folder, small_disk / "out").description.entries == 2
    finally:
        subprocess.run(["umount", small_disk], check=True)


def test_a_disk_that_is_full_when_the_index_is_made_keeps_what_was_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up(Folder.find(story_graph(tmp_path / "kg")), tmp_path / "b")
    made = Folder.find(tmp_path / "kg")
    target = tmp_path / "again"
    original = os.mkdir

    def refuse_index(path: str | Path, *given: int, **named: int) -> None:
        if Path(path) == target / "index":
            raise OSError(28, "No space left on device", str(path))
        original(path, *given, **named)

    monkeypatch.setattr(os, "mkdir", refuse_index)
    said = one_sentence(run("restore", backup.path, target), 3)
    assert "is restored and verified, but has no index yet" in said
    monkeypatch.undo()
    assert run("rebuild", "--store", target).exit_code == 0
    assert ids(target / "ledger.db") == ids(made.ledger)
    assert story.BASE in run("export", "--store", target).stdout


def test_it_must_continue_what_somebody_kept(backup: Backup, folder: Folder, tmp_path: Path) -> None:
    kept, again = tmp_path / "kept.txt", tmp_path / "again"
    kept.write_bytes(folder.last_checkpoint.read_bytes())
    other = Folder.create(tmp_path / "other", base=folder.base)
    keep(other, "a")
    key = other.public_keys.read_text().strip()
    said = one_sentence(run("restore", backup.path, again, "--key", key), 3)
    assert "is not verified: TAMPERED at the checkpoint of size 2: none of the keys that are trusted" in said
    assert "--key 'x' is no public key" in one_sentence(run("restore", backup.path, again, "--key", "x"), 2)
    keep(folder, "c")
    later = tmp_path / "later.txt"
    later.write_bytes(folder.last_checkpoint.read_bytes())
    said = one_sentence(run("restore", backup.path, again, "--since", later), 3)
    assert f"INCOMPLETE at {later}: it was signed for 3 entries, and there are 2" in said
    assert not again.exists()
    assert run("restore", backup.path, again, "--since", kept).exit_code == 0
