"""Who sits at a terminal is told how far a long command is; files and pipes get no such lines."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT, environment, run, story_graph

IMPATIENT = "import sys; from provkg.cli import main, progress; progress.PROGRESS_SECONDS = 0; main(sys.argv[1:])"


def at_a_terminal(*arguments: str | Path) -> str:
    """Return what a command that is in a hurry to tell prints on a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-c", IMPATIENT, *map(str, arguments)], environment())  # noqa: S606
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) in {0, 1}, shown
    return shown.decode()


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("progress") / "kg")


def test_a_terminal_is_told_and_a_pipe_is_not(kg: Path, tmp_path: Path) -> None:
    shown = at_a_terminal("backup", tmp_path / "b", "--store", kg)
    assert " pages of the ledger copied" in shown
    assert " entries verified" in shown
    assert "entries verified" in at_a_terminal("restore", tmp_path / "b", tmp_path / "again")
    assert " entries" in at_a_terminal("verify", "--store", kg)
    assert " bytes read" in at_a_terminal("verify", "--files", "--store", kg).replace("bytes read;", "")
    assert "entries verified" not in run("backup", tmp_path / "b2", "--store", kg).output
