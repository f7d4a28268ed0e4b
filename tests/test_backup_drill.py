"""The drill: records are added all the time, a backup is taken, all is lost, and nothing acknowledged is missing."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import provkg
from provkg.capture.spool import SpoolFile, spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.backing_up import back_up
from provkg.graph.backup import Backup
from provkg.graph.restoring import restore
from provkg.records import MetricSeries
from tests.commands import ROOT, environment, run_apart
from tests.recording import script
from tests.test_backup import ids
from tests.test_checkpoints import dataset

BEFORE, AFTER = 40, 40
ROUNDS, SEED = 8, 20261121
# Says each record's number once it is acknowledged, and goes on until it is killed.
WRITER = """
import sys
from itertools import count
from pathlib import Path
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.backing_up import back_up
from provkg.graph.backup import Backup
from provkg.graph.restoring import restore
from tests.test_backup_drill import keep
with KnowledgeGraph.hold(Folder.find(Path(sys.argv[1]))) as graph:
    for number in count():
        keep(graph, number)
        print(number, flush=True)
"""
ASKED = (
    "SELECT (count(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?d ?t { ?d <http://purl.org/dc/terms/title> ?t } ORDER BY ?d",
    "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o",
)


def keep(graph: KnowledgeGraph, number: int) -> None:
    graph.add(f"record-{number}", "dataset", dataset(f"fruit-{number}"))


def graph_of(path: Path, count: int, like: Folder) -> Path:
    """Make the graph that the writer had once it had kept `count` records, with the same names."""
    folder = Folder.create(path, base=like.base)
    (folder.keys / "salt").write_bytes((like.keys / "salt").read_bytes())
    with KnowledgeGraph.hold(folder) as graph:
        for number in range(count):
            keep(graph, number)
    return path


@pytest.mark.checkout
def test_every_record_acknowledged_before_the_backup_began_is_restored_once(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    with KnowledgeGraph.hold(folder) as graph:
        keep(graph, 0)  # signed, as is done once a minute
    command = [sys.executable, "-c", WRITER, str(folder.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(), cwd=ROOT) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(BEFORE)]
        taken = run_apart("backup", tmp_path / "backup", "--store", folder.path)
        # It was not kept waiting, nor stopped.
        later = [int(writer.stdout.readline()) for _ in range(AFTER)]
        writer.kill()
    assert taken.returncode == 0, taken.stderr
    assert later[-1] == BEFORE + AFTER - 1
    shutil.rmtree(folder.path)

    restored = run_apart("restore", tmp_path / "backup", folder.path)
    assert restored.returncode == 0, restored.stderr
    assert b"restored and verified" in restored.stdout
    verified = run_apart("verify", "--store", folder.path)
    there = Counter(ids(folder.ledger))
    assert verified.stdout.startswith(f"verified: {len(there)} entries".encode())
    assert {f"record-{number}" for number in acknowledged} <= set(there)
    assert there == Counter(f"record-{number}" for number in range(len(there)))

    reference = graph_of(tmp_path / "reference", len(there), like=folder)
    with provkg.open(folder.path) as found, provkg.open(reference) as expected:
        assert found.size == expected.size == len(there)
        for query in ASKED:
            assert found.query(query).rows == expected.query(query).rows
            assert found.query(query).rows


# Says how many points were logged, each of which is safe when the call returns.
TRAINING = """
import provkg
provkg.configure(store="kg", project="drill")
with provkg.training("t", data=provkg.dataset("d", [1, 2, 3], source="x", license="CC0-1.0")) as run:
    for step in range(10_000_000):
        run.metric("loss", 0.5, step=step)
        if step % 5_000 == 4_999:
            print(step + 1, flush=True)
"""


def test_no_point_of_a_running_training_is_missing(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    logged, backups = [], []
    with script(TRAINING, tmp_path) as training:
        assert training.stdout is not None
        for number in range(4):
            logged.append([int(training.stdout.readline()) for _ in range(8)][-1])
            backups.append(back_up(folder, tmp_path / f"b{number}"))
        training.kill()
    for number, (least, backup) in enumerate(zip(logged, backups, strict=True)):
        restored = restore(backup, tmp_path / f"r{number}").folder
        (file,) = spool_files(restored.spool)
        assert not file.damaged
        assert points_in(file) >= least, f"backup {number}"
        with KnowledgeGraph.hold(restored) as graph:
            report = graph.drain()
        assert (report.rejected, report.conflicts, len(report.interrupted)) == (0, 0, 1), report
        assert not any("damaged" in message or "left out" in message for message in report.messages), report


def points_in(file: SpoolFile) -> int:
    """Return how many points the records tell of that come of a spool file whose process is gone."""
    records = [*file.pending(), *file.remaining()]
    series = [said for record in records for said in record.descriptions if isinstance(said, MetricSeries)]
    return sum(len([*said.nodes, *said.packed]) for said in series)


@pytest.mark.checkout
def test_a_backup_or_restore_that_is_killed_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    with KnowledgeGraph.hold(folder) as graph:
        for number in range(30):
            keep(graph, number)
    whole = back_up(folder, tmp_path / "whole")
    chance, finished = random.Random(SEED), {"backup": 0, "restore": 0}
    for round_ in range(ROUNDS):
        out, again = tmp_path / f"b{round_}", tmp_path / f"r{round_}"
        # From a moment in which nothing has begun to one in which a quick machine is done.
        seconds = 0.15 * (round_ + 1) * chance.uniform(0.8, 1.2)
        if ended(["backup", str(out), "--store", str(folder.path)], seconds):
            finished["backup"] += 1
        if out.exists():
            Backup.find(out).check()
        else:
            assert back_up(folder, out).description.entries == 30, f"seed {SEED}, round {round_}"
        if ended(["restore", str(whole.path), str(again)], seconds):
            finished["restore"] += 1
        if (again / "kg.toml").exists():
            # It may lack its index: whoever opens it makes that.
            with KnowledgeGraph.hold(Folder.find(again)) as graph:
                assert graph.ledger.size == 30
        else:
            assert restore(whole, again).entries == 30, f"seed {SEED}, round {round_}"
        assert ids(again / "ledger.db") == ids(folder.ledger)
    assert all(number < ROUNDS for number in finished.values()), f"nothing was killed: {finished}"
    left = {each.name for each in tmp_path.iterdir()}
    assert left == {"kg", "whole", *(f"{kind}{round_}" for kind in "br" for round_ in range(ROUNDS))}


def ended(arguments: list[str], seconds: float) -> bool:
    """Whether a command came to its end before it was killed."""
    command = [sys.executable, "-m", "provkg", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
