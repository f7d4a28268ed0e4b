"""Opening a run waits for nothing: what takes long to learn joins its opening record later."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from provkg.capture.spool import SpoolFile, spool_files
from provkg.records import CLOSED, OPENED, Run
from tests.recording import described, left_in, ran, script

BEGUN = """
import time, provkg
from provkg.capture.facts import begin_gathering
provkg.configure(responsible="ada")
with provkg.run("work") as run:
    print(begin_gathering().done, flush=True)
"""


@pytest.fixture
def slow_git(tmp_path: Path) -> dict[str, str]:
    """A git that answers after a while, in a repository."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (tmp_path / ".git").mkdir()
    (programs / "git").write_text("#!/bin/sh\nsleep ${GIT_SECONDS:-0.4}\nexit 1\n", "utf-8")
    (programs / "git").chmod(0o755)
    return {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def waited_for(spool: Path, kind: str) -> SpoolFile:
    for _ in range(200):
        for file in spool_files(spool):
            if any(frame.kind == "record" and frame.payload["type"] == kind for frame in file.frames()):
                return file
        time.sleep(0.05)
    raise AssertionError(f"no {kind} came")


def test_a_run_begins_while_git_is_still_asked(tmp_path: Path, slow_git: dict[str, str]) -> None:
    done = ran(BEGUN, tmp_path, **slow_git)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False"
    records = list(left_in(tmp_path / "kg").records())
    assert [record.type for record in records] == ["environment", OPENED, CLOSED], "nothing comes before the opening"
    for record in records[1:]:
        (run,) = described(record, Run)
        assert run.code is not None, "each tells the code, which was not known when the run began"
        assert run.environment is not None


def test_the_opening_record_is_written_while_the_run_goes_on(tmp_path: Path, slow_git: dict[str, str]) -> None:
    process = script(BEGUN + "    time.sleep(30)\n", tmp_path, **slow_git)
    try:
        file = waited_for(tmp_path / "kg" / "spool", OPENED)
        assert [record.type for record in file.records()] == ["environment", OPENED]
    finally:
        process.kill()
        process.communicate()
    (left,) = file.open_runs()
    assert left.run.code is not None, "the record took the place of what lay in the spool before"
    assert left.run.title == "work"


def test_a_run_that_is_killed_before_that_is_known_all_the_same(tmp_path: Path, slow_git: dict[str, str]) -> None:
    text = BEGUN + "    run.param('alpha', 1)\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    done = ran(text, tmp_path, GIT_SECONDS="20", **slow_git)
    assert done.returncode == -signal.SIGKILL
    file = left_in(tmp_path / "kg")
    assert OPENED not in {record.type for record in file.records()}, "it was not known yet with which code it ran"
    (closing,) = file.remaining()
    (run,) = described(closing, Run)
    assert (run.title, [setting.name for setting in run.parameters]) == ("work", ["alpha"])


def test_what_is_said_of_a_run_comes_after_its_opening(tmp_path: Path, slow_git: dict[str, str]) -> None:
    done = ran(
        """
        import provkg
        data = provkg.dataset("d", [[1.0]], source="https://example.org/d")
        with provkg.run("outer"):
            with provkg.training("inner", data=data) as run:
                model = run.model("m", b"weights")
            with provkg.evaluation(model, data=data) as run:
                run.metric("accuracy", 0.5)
        """,
        tmp_path,
        **slow_git,
    )
    assert done.returncode == 0, done.stderr
    records = list(left_in(tmp_path / "kg").records())
    titles = [(record.type, described(record, Run)[0].title) for record in records if described(record, Run)]
    assert titles[:3] == [(OPENED, "outer"), (OPENED, "inner"), (CLOSED, "inner")]
    assert titles[-1] == (CLOSED, "outer")


def test_a_child_of_a_fork_leaves_the_opening_to_its_parent(tmp_path: Path, slow_git: dict[str, str]) -> None:
    done = ran(
        """
        import os, provkg
        with provkg.run("work") as run:
            if (child := os.fork()) == 0:
                run.metric("loss", 0.5, step=1)
                with provkg.run("of the child"):
                    pass
                os._exit(0)
            os.waitpid(child, 0)
        """,
        tmp_path,
        **slow_git,
    )
    assert done.returncode == 0, done.stderr
    said = [
        (record.type, run.title)
        for file in spool_files(tmp_path / "kg" / "spool")
        for record in file.records()
        for run in described(record, Run)
    ]
    assert sorted(said) == sorted((kind, title) for kind in (OPENED, CLOSED) for title in ("work", "of the child"))
