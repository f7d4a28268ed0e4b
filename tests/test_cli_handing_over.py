"""`provkg add` while another process holds the graph: the records go through the spool, the verdicts come back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provkg.capture.spool import SpoolFile, SpoolWriter, spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.records import Dataset, Record, Stated
from tests import story
from tests.commands import ROOT, STORY_FILES, environment, run, run_apart

PREFIXES = "@prefix pvk: <https://w3id.org/provkg#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
GOOD = PREFIXES + '<https://example.org/kg/dataset/%s> a pvk:Dataset ; dct:title "A" .'
BAD = PREFIXES + "<https://example.org/kg/dataset/%s> a pvk:Dataset ."
SECONDS = 60


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    run("init", tmp_path / "kg", "--base", story.BASE)
    return tmp_path / "kg"


@pytest.fixture
def holder(kg: Path) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph.hold(Folder.find(kg)) as graph:
        yield graph


def file_with(folder: Path, text: str, name: str) -> Path:
    (folder / f"{name}.ttl").write_text(text % name)
    return folder / f"{name}.ttl"


def added_beside(holder: KnowledgeGraph, *arguments: str | Path) -> tuple[int, str, str]:
    """Run `provkg add` in a process of its own while `holder` drains; returns exit code and what was printed."""
    command = [sys.executable, "-m", "provkg", "add", "--store", str(holder.folder.path), *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, env=environment()) as process:
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            holder.drain()
            time.sleep(0.05)
        out, said = process.communicate(timeout=SECONDS)
    return process.returncode, out, said


def test_the_holder_takes_the_records_and_its_verdicts_are_printed(holder: KnowledgeGraph, tmp_path: Path) -> None:
    good, bad = file_with(tmp_path, GOOD, "good"), file_with(tmp_path, BAD, "bad")
    code, out, said = added_beside(holder, good, bad)
    assert code == 1, said
    assert f"{good}: kept as record " in out
    assert f"{bad}: refused, 1 problem(s); it lies in {holder.folder.rejected}\n  - dataset/bad: " in out
    assert "(dct:title)" in out
    assert "1 of 2 record(s) are in the graph" in said
    assert f"held by process {os.getpid()} on " in said
    assert holder.ledger.size == 1
    assert spool_files(holder.folder.spool) == [], "nothing stays behind"


def test_a_handed_over_story_is_the_story_added_here(holder: KnowledgeGraph, tmp_path: Path) -> None:
    code, out, said = added_beside(holder, "--level", "standard", *STORY_FILES)
    assert (code, out.count(": kept as record ")) == (0, len(STORY_FILES)), said
    run("init", tmp_path / "other", "--base", story.BASE)
    (tmp_path / "other" / "keys" / "salt").write_bytes((holder.folder.keys / "salt").read_bytes())
    here = run("add", "--store", tmp_path / "other", "--level", "standard", *STORY_FILES)
    assert out == here.stdout, "the same ids, the same warnings"


def test_sending_again_changes_nothing_whether_held_or_not(kg: Path, tmp_path: Path) -> None:
    here, there = file_with(tmp_path, GOOD, "here"), file_with(tmp_path, GOOD, "there")
    [first] = run("add", "--store", kg, here).stdout.splitlines()
    with KnowledgeGraph.hold(Folder.find(kg)) as holder:
        code, out, _ = added_beside(holder, here, there, there)
        assert holder.ledger.size == 2
    assert code == 0
    assert out.splitlines()[0] == first.replace("kept", "was there already")
    assert [line.split(": ")[1].split(" as ")[0] for line in out.splitlines()[1:]] == ["kept", "was there already"]
    assert "was there already" in run("add", "--store", kg, there).stdout


def test_a_level_asked_for_is_the_level_judged_by(holder: KnowledgeGraph) -> None:
    file = story.FOLDER / "03-readings-1.ttl"
    strict, _, _ = added_beside(holder, "--level", "audit", file)
    lax, _, _ = added_beside(holder, "--level", "minimal", "--engine", "pyshacl", file)
    assert (strict, lax) == (1, 0)
    assert [entry.leaf.level for entry in holder.ledger.entries()] == ["minimal"]


def test_a_refused_record_that_was_mended_leaves_the_refused_ones(holder: KnowledgeGraph, tmp_path: Path) -> None:
    assert added_beside(holder, file_with(tmp_path, BAD, "b"))[0] == 1
    [refused] = [file for file in holder.folder.rejected.glob("*.ttl") if ".report" not in file.name]
    refused.write_text(GOOD % "b")
    assert added_beside(holder, refused)[0] == 0
    assert list(holder.folder.rejected.iterdir()) == []


def test_a_holder_that_does_not_drain_is_named_and_the_records_wait(holder: KnowledgeGraph, tmp_path: Path) -> None:
    file, path = file_with(tmp_path, GOOD, "a"), holder.folder.path
    done = run_apart("add", "--wait", "0.3", "--store", path, file)
    assert (done.returncode, done.stdout) == (3, b"")
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith(f"provkg: 1 record(s) wait in {holder.folder.spool}, ")
    assert f"held by process {os.getpid()} on " in last
    assert last.endswith(f"provkg sync --store {path}")


def test_records_that_wait_are_taken_in_by_the_command_that_was_named(kg: Path, tmp_path: Path) -> None:
    file = file_with(tmp_path, GOOD, "a")
    with KnowledgeGraph.hold(Folder.find(kg)):
        assert run_apart("add", "--wait", "0", "--store", kg, file).returncode == 3
    assert "1 record(s) kept" in run("sync", "--store", kg).stderr
    assert "was there already" in run("add", "--store", kg, file).stdout
    assert list((kg / "spool").iterdir()) == []


def test_when_the_holder_lets_go_the_adding_process_takes_the_records_in_itself(kg: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "provkg", "add", "--store", str(kg), str(file_with(tmp_path, GOOD, "a"))]
    with KnowledgeGraph.hold(Folder.find(kg)):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment())
        deadline = time.monotonic() + SECONDS
        while not spool_files(kg / "spool") and time.monotonic() < deadline:
            time.sleep(0.05)
    out, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert b": kept as record " in out


def test_who_adds_takes_in_what_others_left_meanwhile(kg: Path, tmp_path: Path) -> None:
    writer = SpoolWriter(Folder.find(kg).spool)
    writer.record("dataset", [Dataset(name="from-training")])
    assert run("add", "--store", kg, file_with(tmp_path, GOOD, "a")).exit_code == 0
    assert [each.verdict for each in SpoolFile(writer.path).outcomes().values()] == ["stored"]
    writer.remove()


def test_a_wish_to_be_judged_by_what_there_is_not_is_refused(holder: KnowledgeGraph) -> None:
    writer = SpoolWriter(holder.folder.spool)
    line = '<https://example.org/a> <http://purl.org/dc/terms/title> "A" .'
    wishes = [Stated(lines=(line,), level="highest"), Stated(lines=(line,), engine="own"), Stated(lines=("no line",))]
    ids = [writer.record("added", [wish]) for wish in wishes]
    holder.drain()
    outcomes = SpoolFile(writer.path).outcomes()
    writer.remove()
    assert [outcomes[each].verdict for each in ids] == ["rejected"] * 3
    reasons = [outcomes[each].messages[0] for each in ids]
    assert "'highest' is none of minimal" in reasons[0]
    assert "'own' is none of shifty" in reasons[1]
    assert "no N-Triples" in reasons[2]


def test_a_record_written_with_an_id_keeps_it(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    said = Stated(lines=('<urn:a> <urn:b> "ä\\n\\u2028" .',), level="audit")
    assert writer.record("added", [said], id="mine") == "mine"
    assert list(SpoolFile(writer.path).records()) == [Record("mine", "added", (said,))]
    writer.remove()
