"""However a training ends, it ends as it would without provkg, and the graph says how it ended and what was said."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provkg import vocabulary as v
from provkg.capture.spool import spool_files
from provkg.capture.spool.points import SLOT
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from tests.endings.programs import ENDINGS, NOTHING, STEPS, Ending, program
from tests.recording import CHECKOUT

EACH = pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: re.sub(r"[^a-z0-9]+", "-", ending.happens.lower()))


@EACH
def test_a_training_ends_as_it_would_and_the_graph_says_how(ending: Ending, tmp_path: Path) -> None:
    Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    ended, would = ran(ending, tmp_path, CHECKOUT), ran(ending, tmp_path, without_provkg(tmp_path))
    assert (ended.returncode, ended.stdout) == (would.returncode, would.stdout), ended.stderr
    told = without_ours(ended.stderr)
    assert told == without_ours(would.stderr), "what the training says for itself is untouched"
    assert ending.says in ended.stderr
    if ending.status is None:
        return
    found = drained(tmp_path / "kg")
    run = found.pop("t")
    assert (run.status, run.error) == (ending.status, ending.error)
    assert run.ended >= run.started
    assert run.points >= ending.points if ending.more else run.points == ending.points
    assert {title: told.status for title, told in found.items()} == dict(ending.runs)


PAGE = Path(__file__).parent.parent / "docs" / "recording.md"
# Rows whose tests stand elsewhere, by the function that shows them.
ELSEWHERE = {
    "a kernel of a notebook that is restarted": ("integrations/test_notebook_kernels.py", "test_a_restarted_kernel"),
    "a byte of a segment that changed": ("test_draining_points.py", "test_a_damaged_block_is_left_out"),
    "a rank of many that is killed": ("test_capture_ranks.py", "test_a_rank_that_is_killed_is_interrupted"),
    "no space can be reserved (NFS, btrfs …)": ("test_spool_points.py", "test_where_no_space_can_be_allocated"),
}


@pytest.mark.checkout
def test_the_page_lists_every_end_with_the_status_that_is_tested() -> None:
    table = PAGE.read_text("utf-8").partition("## What survives what")[2].partition("\n\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("|")][2:]
    told = {happens: status for happens, status, _ in rows}
    tested = {each.happens: each.status or "none" for each in (*ENDINGS, POWER, READ_ONLY)}
    assert {happens: status for happens, status in told.items() if happens in tested} == tested
    assert told.keys() - tested.keys() == ELSEWHERE.keys()
    for file, name in ELSEWHERE.values():
        assert f"def {name}" in (Path(__file__).parent / file).read_text("utf-8"), file


POWER = Ending(
    "a power cut",
    """
from provkg.capture.session import session
session().writer.sync()
for step in range(20, 25):
    run.metric("loss", float(step), step=step)
os.kill(os.getpid(), signal.SIGKILL)
time.sleep(60)
""",
    "interrupted",
)
READ_ONLY = Ending("a disk that is read-only", "", None, says="lost because the spool could not be written")


def test_a_power_cut_takes_what_was_not_synced_and_nothing_else(tmp_path: Path) -> None:
    Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    assert ran(POWER, tmp_path, CHECKOUT).returncode == -signal.SIGKILL
    (file,) = spool_files(tmp_path / "kg" / "spool")
    (segment,) = file.segments()
    with segment.open("r+b") as points:  # the pages behind the last sync never reached the disk
        points.seek(STEPS * SLOT.size)
        points.write(bytes(segment.stat().st_size - STEPS * SLOT.size))
    run = drained(tmp_path / "kg")["t"]
    assert (run.status, run.points) == (POWER.status, STEPS)


def test_a_disk_that_is_read_only_keeps_no_training_from_ending(read_only: Path, tmp_path: Path) -> None:
    store = {"PROVKG_STORE": str(read_only / "kg")}
    ended, would = ran(READ_ONLY, tmp_path, CHECKOUT, **store), ran(READ_ONLY, tmp_path, without_provkg(tmp_path))
    assert (ended.returncode, ended.stdout) == (would.returncode, would.stdout) == (0, "trained\n")
    assert ended.stderr.count("cannot write the spool file") == 1, "said once"
    assert READ_ONLY.says in ended.stderr


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    superuser = os.getuid() == 0
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if superuser and subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("this superuser may not mount, and no mode of a folder keeps a superuser from writing")
    Folder.create(folder / "kg", base="https://example.org/kg/")
    if superuser:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    else:
        (folder / "kg" / "spool").chmod(0o500)
    yield folder
    if superuser:
        subprocess.run(["umount", "-l", str(folder)], check=True)
    else:
        (folder / "kg" / "spool").chmod(0o700)


def drained(store: Path) -> dict[str, Told]:
    """Take in what waits, and return what the graph says of its runs."""
    with KnowledgeGraph.hold(Folder.find(store)) as graph:
        report = graph.drain()
    assert report.rejected == 0, report
    return runs_in(store)


def ran(ending: Ending, folder: Path, *path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the training, with what is in `path` as its provkg."""
    file = folder / "train.py"
    file.write_text(program(ending), "utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")},
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PROVKG_DELIVER": "off",
        **variables,
    }
    command = [sys.executable, str(file)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def without_provkg(folder: Path) -> Path:
    """Return a folder whose provkg does nothing."""
    (folder / "nothing").mkdir()
    (folder / "nothing" / "provkg.py").write_text(NOTHING, "utf-8")
    return folder / "nothing"


def without_ours(stderr: str) -> list[str]:
    """Return what is said on stderr, without our lines and without where in the file an exception was."""
    lines = re.sub(r"(?m)^.*CaptureWarning: .*\n(?:  .*\n)?", "", stderr).splitlines()
    return [line for line in lines if not line.startswith("provkg: ")]


@dataclass(frozen=True)
class Told:
    """What a graph says of one run."""

    status: str
    error: str
    started: str
    ended: str
    points: int


def runs_in(store: Path) -> dict[str, Told]:
    """Return what the graph at `store` says of its runs, by title."""
    about = f"""SELECT ?title ?status ?started ?ended ?error (SUM(?count) AS ?points) {{
      ?run {v.runStatus} ?status ; {v.dct_title} ?title .
      ?run {v.prov_startedAtTime} ?started ; {v.prov_endedAtTime} ?ended .
      OPTIONAL {{ ?run {v.errorType} ?error }}
      OPTIONAL {{ ?series {v.measuredIn} ?run ; {v.pointCount} ?count }}
    }} GROUP BY ?title ?status ?started ?ended ?error"""
    with read(Folder.find(store)) as reader:
        rows = [[getattr(term, "value", "") for term in row] for row in reader.query(about).rows]
    return {
        str(title): Told(str(status).rpartition("-")[2], str(error), str(started), str(ended), int(points or 0))
        for title, status, started, ended, error, points in rows
    }
