"""`provkg verify` says in a word whether a graph's ledger is what was signed, and exits accordingly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import rmtree

import pytest

from provkg.folder import Folder
from provkg.ledger import Ledger
from tests.commands import one_sentence, run
from tests.test_checkpoints import keep
from tests.test_ledger import entry


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    keep(folder, "a", "b")
    return folder


def change(folder: Folder, statement: str) -> None:
    with closing(sqlite3.connect(folder.ledger)) as connection, connection:
        connection.execute(statement)


def test_a_graph_s_ledger_is_verified_with_its_rate_and_key(folder: Folder) -> None:
    done = run("verify", "--store", folder.path)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("verified: 2 entries, ")
    assert "statements a second; signed with example.org/kg+" in done.stderr


def test_a_changed_ledger_is_told_and_the_exit_code_is_1(folder: Folder) -> None:
    change(folder, "UPDATE text SET lines = replace(lines, '\"b\"', '\"c\"') WHERE position = 1")
    done = run("verify", "--store", folder.path)
    assert done.exit_code == 1
    first, last = done.stdout.splitlines()
    assert first.startswith("TAMPERED at entry 1: the commitments of its statements")
    assert last.startswith("TAMPERED: 2 entries")


def test_many_damages_are_counted_not_listed(folder: Folder) -> None:
    keep(folder, *(f"d{number}" for number in range(30)))
    change(folder, "UPDATE text SET lines = lines || ' '")
    lines = run("verify", "--store", folder.path).stdout.splitlines()
    assert len(lines) == 22
    assert lines[20].startswith("… and ")


def test_an_earlier_checkpoint_must_be_continued(folder: Folder, tmp_path: Path) -> None:
    early = tmp_path / "early.txt"
    early.write_text(run("checkpoint", "--store", folder.path).stdout)
    keep(folder, "c")
    assert run("verify", "--since", early, "--store", folder.path).exit_code == 0
    other = Folder.create(tmp_path / "other", base="https://example.org/kg/")
    keep(other, "x", "y")
    (other.public_keys).write_text(folder.public_keys.read_text() + other.public_keys.read_text())
    done = run("verify", "--since", early, "--store", other.path)
    assert done.exit_code == 1
    assert f"FORK at {early}: " in done.stdout


def test_only_the_key_that_is_named_is_trusted(folder: Folder) -> None:
    key = run("key", "--store", folder.path).stdout.strip()
    assert run("verify", "--key", key, "--store", folder.path).exit_code == 0
    run("key", "--new", "--store", folder.path)
    other = run("key", "--store", folder.path).stdout.splitlines()[1]
    done = run("verify", "--key", other, "--store", folder.path)
    assert done.exit_code == 1
    assert "none of the keys that are trusted here has signed" in done.stdout


def test_entries_that_nobody_signed_yet_are_said(folder: Folder) -> None:
    # As a holder leaves it that was killed before it could sign.
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("c")])
    done = run("verify", "--store", folder.path)
    assert done.exit_code == 0
    assert "the last 1 entries await a checkpoint" in done.stderr


def test_a_key_that_is_none_is_wrong_use_for_ledgers_and_bundles_alike(folder: Folder, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    assert run("prove", "dataset/a", "--store", folder.path, "-o", bundle).exit_code == 0
    for given in ((), (bundle,)):
        said = one_sentence(run("verify", *given, "--key", "x", "--store", folder.path), 2)
        assert "--key 'x' is no public key: a key is written as" in said


def test_what_cannot_be_read_exits_with_3(folder: Folder, tmp_path: Path) -> None:
    cannot = one_sentence(run("verify", "--since", tmp_path / "absent", "--store", folder.path), 3)
    assert "cannot read" in cannot
    folder.ledger.unlink()
    said = one_sentence(run("verify", "--store", folder.path), 3)
    assert "ledger.db is empty or missing, though the graph had one" in said


def test_a_graph_without_a_record_is_verified_and_what_was_signed_of_one_that_is_gone_is_missing(
    folder: Folder, tmp_path: Path
) -> None:
    run("init", tmp_path / "new", "--base", "https://example.org/new/")
    fresh = run("verify", "--store", tmp_path / "new")
    assert (fresh.exit_code, fresh.stdout) == (0, "verified: 0 entries, 0 statements, 0 checkpoints\n")
    no_log = one_sentence(run("tiles", tmp_path / "public", "--store", tmp_path / "new"), 3)
    assert "ledger.db is not there: no record was kept yet, or it was lost" in no_log
    folder.ledger.unlink()
    rmtree(folder.index)
    gone = run("verify", "--store", folder.path)
    assert gone.exit_code == 1
    assert gone.stdout.startswith("INCOMPLETE at "), gone.stdout
    assert "it was signed for 2 entries, and there are 0" in gone.stdout


def test_all_keys_that_a_graph_ever_had_are_trusted_as_they_are_printed(folder: Folder) -> None:
    run("key", "--new", "--store", folder.path)
    keep(folder, "c")
    keys = run("key", "--store", folder.path).stdout
    assert len(keys.splitlines()) == 2
    assert run("verify", "--key", keys, "--store", folder.path).exit_code == 0
