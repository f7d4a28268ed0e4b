"""`provkg doctor` finds what is wrong with a graph, says what to type, and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from tests.commands import ROOT, environment, run, story_graph

SPOOL = """
import os, sys
from pathlib import Path
from provkg.capture.spool import SpoolWriter
from provkg.records import Dataset
writer = SpoolWriter(Path(sys.argv[1]))
writer.record("dataset", [Dataset(name="left")])
os._exit(9)
"""


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    return story_graph(tmp_path / "kg")


def died_after_one_record(kg: Path) -> Path:
    command = [sys.executable, "-c", SPOOL, str(Folder.find(kg).spool)]
    assert subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 9
    [file] = Folder.find(kg).spool.glob("*.spool")
    return file


def test_a_sound_graph_has_nothing_wrong(kg: Path) -> None:
    result = run("doctor", "--store", kg)
    assert result.exit_code == 0
    assert "problem:" not in result.stdout
    assert "nothing is wrong" in result.stderr


def test_records_that_say_too_little_are_counted_with_the_command_that_lists_them(kg: Path) -> None:
    said = run("doctor", "--store", kg).stdout
    assert "record(s) miss something that audit asks" in said
    assert f"provkg check --level audit --store {kg}" in said


def test_an_empty_graph_is_told_to_be_empty(tmp_path: Path) -> None:
    run("init", tmp_path / "kg")
    result = run("doctor", "--store", tmp_path / "kg")
    assert (result.exit_code, result.stdout) == (0, "note: the graph holds no record yet\n")


def test_a_wrong_level_of_a_project_is_said_with_its_place(kg: Path) -> None:
    with (kg / "kg.toml").open("a") as settings:
        settings.write('[projects."fraud"]\nlevel = "strict"\n')
    result = run("doctor", "--store", kg)
    assert result.exit_code == 3
    assert """kg.toml: [projects."fraud"] 'strict' is no level; take one of minimal, standard, audit""" in result.stderr


def test_a_project_that_no_record_is_of_may_be_misspelt(kg: Path) -> None:
    with (kg / "kg.toml").open("a") as settings:
        settings.write('[projects."frued"]\nlevel = "audit"\n')
    result = run("doctor", "--store", kg)
    assert result.exit_code == 0, result.stdout
    assert "note: kg.toml gives the project 'frued' a level, and no record is of that project" in result.stdout


def test_records_of_a_dead_process_wait_until_somebody_takes_them_in(kg: Path) -> None:
    file = died_after_one_record(kg)
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert f"the process that wrote {file} is gone and 1 record(s) wait" in result.stdout
    assert f"provkg sync --store {kg}" in result.stdout
    run("sync", "--store", kg)
    assert run("doctor", "--store", kg).exit_code == 0


def test_a_torn_tail_is_told_and_the_intact_part_kept(kg: Path) -> None:
    file = died_after_one_record(kg)
    with file.open("ab") as spool:
        spool.write(file.read_bytes()[-20:-5])
    assert run("doctor", "--store", kg).exit_code == 1
    assert "1 record(s) kept" in run("sync", "--store", kg).stderr


def test_refused_records_are_listed_with_their_reasons(kg: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<https://example.org/kg/dataset/b> a <https://w3id.org/provkg#Dataset> .")
    run("add", "--store", kg, tmp_path / "bad.ttl")
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert "1 refused record(s) lie in" in result.stdout
    assert "(dct:title)." in result.stdout
    assert f"provkg add --store {kg} {kg / 'rejected'}/RECORD.ttl" in result.stdout


def test_a_missing_index_is_told_with_the_command_that_mends_it(kg: Path) -> None:
    shutil.rmtree(kg / "index")
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert f"provkg rebuild --store {kg}" in result.stdout
    run("rebuild", "--store", kg)
    assert run("doctor", "--store", kg).exit_code == 0


def test_who_holds_the_graph_is_told(kg: Path) -> None:
    with KnowledgeGraph.hold(Folder.find(kg)):
        command = [sys.executable, "-m", "provkg", "doctor", "--store", str(kg)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert done.returncode == 0
    assert f"is held by process {os.getpid()} on" in done.stdout


def test_a_ledger_that_is_none_is_told(kg: Path) -> None:
    (kg / "ledger.db").write_bytes(b"no database" * 1000)
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert "ledger" in result.stdout
    assert "backup" in result.stdout


@pytest.mark.parametrize("place", ["index/store", "snapshots"])
def test_silent_damage_is_named_with_the_command_that_mends_it(kg: Path, place: str) -> None:
    files = sorted((kg / place).rglob("*.sst"))
    assert files
    for file in files:
        times, content = file.stat(), bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert "is not what was written" in result.stdout
    assert f"provkg rebuild --store {kg}" in result.stdout
    assert run("rebuild", "--store", kg).exit_code == 0
    assert run("doctor", "--store", kg).exit_code == 0


def test_a_lost_ledger_beside_an_index_is_told(kg: Path) -> None:
    for file in kg.glob("ledger.db*"):
        file.unlink()
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert "ledger.db is empty or missing, though the graph had" in result.stdout
    assert "restore the ledger from your backup" in result.stdout
    assert not (kg / "ledger.db").exists()


def test_files_in_the_spool_that_are_no_spool_files_are_told(kg: Path) -> None:
    spool = Folder.find(kg).spool
    (spool / "notes.txt").write_text("mine")
    result = run("doctor", "--store", kg)
    assert (result.exit_code, "notes.txt is no spool file" in result.stdout) == (0, True)
    (spool / "strange.spool").write_text("not frames at all")
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert "strange.spool is no spool file" in result.stdout
    assert "move it to another folder" in result.stdout


def test_nothing_is_changed_by_looking(kg: Path) -> None:
    died_after_one_record(kg)
    files = {file: file.stat().st_mtime_ns for file in kg.rglob("*") if file.is_file() and file.name != "lock"}
    run("doctor", "--store", kg)
    assert {file: file.stat().st_mtime_ns for file in files} == files


def test_own_rules_that_are_none_are_told_with_their_line(kg: Path) -> None:
    (kg / "rules").mkdir()
    (kg / "rules" / "headless.rq").write_text("SELECT ?this { ?this ?p ?o }", "utf-8")
    result = run("doctor", "--store", kg)
    assert result.exit_code == 1
    assert f"problem: {kg / 'rules' / 'headless.rq'} has no header" in result.stdout
    assert "mend it, or move it away" in result.stdout


def test_a_secret_that_is_missing_is_told_once_and_with_its_own_cure(kg: Path) -> None:
    (kg / "keys" / "salt").unlink()
    done = run("doctor", "--store", kg)
    assert done.exit_code == 1
    assert done.stdout.count("keys/salt") == 1
    assert "restore the ledger" not in done.stdout


def test_a_damaged_last_checkpoint_is_told_with_its_own_cure_and_hides_nothing_else(kg: Path) -> None:
    before = run("doctor", "--store", kg).stdout.splitlines()[:-1]
    (kg / "checkpoints" / "latest").write_bytes(b"")
    told = run("doctor", "--store", kg).stdout
    assert "provkg checkpoint --accept-restore" in told
    assert "restore the ledger" not in told
    assert set(before) <= set(told.splitlines())
