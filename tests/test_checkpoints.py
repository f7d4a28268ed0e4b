"""Whoever holds a graph signs what its ledger holds, and never two histories."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.errors import BadKey, HistoryChanged
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.signing_key import public_keys, signing_key
from provkg.ledger import Ledger
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note, PrivateKey
from tests.commands import one_sentence, run
from tests.test_merkle import recursive_root


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base="https://example.org/kg/")


def keep(folder: Folder, *names: str) -> list[str]:
    """Keep a record a name, and return what the holder had to tell."""
    with KnowledgeGraph.hold(folder) as graph:
        for name in names:
            graph.add(name, "dataset", dataset(name))
    return graph.messages


def dataset(name: str) -> list[Triple]:
    thing = NamedNode(f"https://example.org/kg/dataset/{name}")
    return [Triple(thing, v.rdf_type, v.Dataset), Triple(thing, v.dct_title, Literal(name))]


def newest(folder: Folder) -> Checkpoint:
    note = Note.parse(folder.last_checkpoint.read_bytes())
    assert note.signed_by(public_keys(folder))
    return Checkpoint.of(note)


def sizes(folder: Folder) -> list[int]:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return [size for size, _ in ledger.checkpoints()]


def test_a_holder_that_lets_go_signs_what_is_new(folder: Folder) -> None:
    assert keep(folder, "a", "b", "c") == []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        leaves = [entry.leaf.to_bytes() for entry in ledger.entries()]
        (kept,) = ledger.checkpoints()
    assert newest(folder) == Checkpoint("example.org/kg", 3, recursive_root(leaves))
    assert kept == (3, folder.last_checkpoint.read_bytes())


def test_nothing_new_is_not_signed_again(folder: Folder) -> None:
    keep(folder)
    assert not folder.last_checkpoint.exists()
    keep(folder, "a")
    before = folder.last_checkpoint.stat().st_mtime_ns
    keep(folder)
    keep(folder, "a")
    assert folder.last_checkpoint.stat().st_mtime_ns == before
    keep(folder, "b")
    assert sizes(folder) == [1, 2]


def test_a_long_holder_signs_now_and_then(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provkg.graph.stores.CHECKPOINT_SECONDS", 0.0)
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("a", "dataset", dataset("a"))
        assert newest(folder).size == 1
        graph.add("b", "dataset", dataset("b"))
        assert newest(folder).size == 2


def test_a_holder_does_not_sign_at_every_record(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("a", "dataset", dataset("a"))
        graph.snapshot()
        assert not folder.last_checkpoint.exists()


def test_the_secret_is_for_the_owner_alone_and_the_public_key_for_all_who_read_the_graph(folder: Folder) -> None:
    signing_key(folder)
    assert stat.S_IMODE((folder.keys / "checkpoint.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.public_keys.stat().st_mode) == 0o640
    assert signing_key(folder).public == public_keys(folder)[0]


def restored(folder: Folder, tmp_path: Path) -> Folder:
    """Put an old copy of the ledger in the place of one that was signed with more entries."""
    keep(folder, "a", "b")
    shutil.copy(folder.ledger, tmp_path / "backup.db")
    keep(folder, "c")
    shutil.copy(tmp_path / "backup.db", folder.ledger)
    for beside in folder.path.glob("ledger.db-*"):
        beside.unlink()
    return folder


def test_a_restored_old_backup_is_not_signed_until_told_and_work_goes_on(folder: Folder, tmp_path: Path) -> None:
    restored(folder, tmp_path)
    (refusal,) = [message for message in keep(folder) if "checkpoint" in message]
    assert "has 2 entries, but 3 were signed; restore the newest backup" in refusal
    assert "provkg checkpoint --accept-restore" in refusal
    assert newest(folder).size == 3
    said = run("checkpoint", "--store", folder.path)
    assert "has 2 entries, but 3 were signed" in said.stderr
    assert (said.exit_code, said.stdout) == (3, "")


def test_a_history_that_went_on_from_a_backup_is_another_one_however_long(folder: Folder, tmp_path: Path) -> None:
    restored(folder, tmp_path)
    told = keep(folder, "x", "y")
    assert any("is not the ledger whose 3 entries were signed" in message for message in told)
    with Ledger.open(folder.ledger) as ledger:
        assert ledger.size == 4
        with pytest.raises(HistoryChanged, match="its history was changed, or went on from a backup"):
            Checkpointing(folder, ledger).sign()


def test_an_accepted_restore_is_signed_and_what_it_gave_up_is_kept_for_auditors(folder: Folder, tmp_path: Path) -> None:
    restored(folder, tmp_path)
    given_up = folder.last_checkpoint.read_bytes()
    done = run("checkpoint", "--accept-restore", "--store", folder.path)
    assert done.exit_code == 0, done.stderr
    assert newest(folder).size == 2
    assert Note.parse(done.stdout.encode()) == Note.parse(folder.last_checkpoint.read_bytes())
    (aside,) = folder.checkpoints.glob("given-up-3-*")
    assert aside.read_bytes() == given_up
    assert [m for m in keep(folder, "d") if "checkpoint" in m] == []
    assert sizes(folder) == [2, 3]


def test_doctor_names_a_ledger_that_is_not_the_signed_one(folder: Folder, tmp_path: Path) -> None:
    keep(folder, "a")
    assert "signed" not in run("doctor", "--store", folder.path).stdout
    restored(folder, tmp_path)
    found = run("doctor", "--store", folder.path)
    assert found.exit_code == 1
    assert "problem: " in found.stdout
    assert "has 2 entries, but 3 were signed" in found.stdout


def test_a_rewritten_ledger_is_not_signed(folder: Folder) -> None:
    """Whoever changes a leaf and the tree above it in the file still does not get the next checkpoint."""
    keep(folder, "a", "b")
    with closing(sqlite3.connect(folder.ledger)) as other, other:
        other.execute("UPDATE tree SET hash = zeroblob(32) WHERE level = 1")
    assert any("is not the ledger whose 2 entries were signed" in message for message in keep(folder, "c"))
    assert newest(folder).size == 2


def test_a_damaged_last_checkpoint_is_named_and_stops_nothing_else(folder: Folder) -> None:
    keep(folder, "a")
    folder.last_checkpoint.write_bytes(folder.last_checkpoint.read_bytes().replace(b"\n1\n", b"\n2\n"))
    (told,) = keep(folder, "b")
    assert str(folder.last_checkpoint) in told
    assert "does not fit the note" in told
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.size == 2


def test_a_damaged_last_checkpoint_is_put_aside_once_somebody_says_so(folder: Folder) -> None:
    keep(folder, "a")
    folder.last_checkpoint.write_bytes(b"")
    (told,) = keep(folder, "b")
    assert f"or go on without it: provkg checkpoint --accept-restore --store {folder.path}" in told
    assert run("checkpoint", "--accept-restore", "--store", folder.path).exit_code == 0
    assert [file.read_bytes() for file in folder.checkpoints.glob("given-up-damaged-*")] == [b""]
    assert run("verify", "--store", folder.path).stdout.startswith("verified: 2 entries")
    assert keep(folder, "c") == []


def test_a_damaged_checkpoint_in_the_ledger_is_named_too(folder: Folder) -> None:
    keep(folder, "a")
    with closing(sqlite3.connect(folder.ledger)) as other, other:
        other.execute("UPDATE checkpoint SET note = CAST('nonsense' AS BLOB)")
    (told,) = keep(folder, "b")
    assert f"the last checkpoint in {folder.ledger} is damaged: a note is a text" in told


def test_a_last_checkpoint_that_is_missing_is_written_again(folder: Folder) -> None:
    keep(folder, "a")
    before = folder.last_checkpoint.read_bytes()
    folder.last_checkpoint.unlink()
    keep(folder)
    assert folder.last_checkpoint.read_bytes() == before


def test_a_lost_key_is_not_silently_replaced(folder: Folder) -> None:
    keep(folder, "a")
    (folder.keys / "checkpoint.key").unlink()
    (told,) = keep(folder, "b")
    assert "is missing, though the graph has signed with it" in told
    assert run("key", "--new", "--store", folder.path).exit_code == 0
    assert keep(folder) == []
    assert newest(folder).size == 2
    assert len(public_keys(folder)) == 2


def test_a_key_whose_maker_died_before_publishing_it_is_published_with_what_it_signs(folder: Folder) -> None:
    signing_key(folder)
    folder.public_keys.unlink()
    keep(folder, "a")
    assert newest(folder).size == 1
    assert run("verify", "--store", folder.path).exit_code == 0


def test_a_key_that_others_can_read_is_not_used(folder: Folder) -> None:
    signing_key(folder)
    (folder.keys / "checkpoint.key").chmod(0o644)
    with pytest.raises(BadKey, match="chmod 600"):
        signing_key(folder)


def test_init_shows_the_public_key_and_key_shows_it_again(tmp_path: Path) -> None:
    made = run("init", tmp_path / "kg", "--base", "https://example.org/kg/")
    shown = run("key", "--store", tmp_path / "kg")
    assert shown.stdout.startswith("example.org/kg+")
    assert shown.stdout.strip() in made.stderr


def test_ones_own_key_signs(tmp_path: Path) -> None:
    own = Ed25519PrivateKey.generate()
    file = tmp_path / "my.pem"
    file.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    run("init", tmp_path / "kg", "--base", "https://example.org/kg/", "--key", file)
    expected = PrivateKey("example.org/kg", own.private_bytes_raw()).public
    assert run("key", "--store", tmp_path / "kg").stdout == f"{expected}\n"
    other = PrivateKey.make("example.org/kg")
    (tmp_path / "go.key").write_text(other.to_text())
    (tmp_path / "go.key").chmod(0o600)
    used = run("key", "--use", tmp_path / "go.key", "--store", tmp_path / "kg")
    assert used.stdout == f"{expected}\n{other.public}\n"
    folder = Folder.find(tmp_path / "kg")
    assert keep(folder, "a") == []
    assert Note.parse(folder.last_checkpoint.read_bytes()).signed_by([other.public])


def test_a_key_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("not a key")
    (tmp_path / "notes").chmod(0o600)
    run("init", tmp_path / "kg")
    for file, why in (("notes", "no signing key"), ("absent", "cannot read the signing key")):
        assert why in one_sentence(run("key", "--use", tmp_path / file, "--store", tmp_path / "kg"), 3)
    assert "not both" in one_sentence(run("key", "--new", "--use", "x", "--store", tmp_path / "kg"), 2)
