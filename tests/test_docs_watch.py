"""What `docs/watch.md` shows runs in an empty folder, and its numbers are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.capture.watching import pandas_kinds, recording, shelf
from provkg.capture.watching.side_file import FOLDER
from provkg.capture.watching.states import GRANULARITIES

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "watch.md"
TEXT = PAGE.read_text("utf-8")


def ran(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": str(PAGE.parent.parent)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_blocks_run_and_print_what_stands_there(tmp_path: Path) -> None:
    ((program, printed),) = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```\n", TEXT, re.DOTALL)
    done = ran([sys.executable, "-c", program], tmp_path)
    assert (done.returncode, done.stdout) == (0, printed), done.stderr
    commands = [line for block in re.findall(r"```sh\n(.*?)```\n", TEXT, re.DOTALL) for line in block.splitlines()]
    assert commands
    for command in commands:
        done = ran([sys.executable, "-m", *command.split()], tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_its_numbers_and_names_are_those_of_the_code() -> None:
    text = " ".join(TEXT.split())
    assert f"More than {recording.MOST_RUNS} operations" in text
    assert f"`{recording.FORM}`" in text
    assert f"of more than {shelf.LONG >> 10} KiB" in text
    assert f"`kg/{FOLDER}`" in text
    assert all(f"| `{each}` |" in TEXT for each in GRANULARITIES)
    assert {"dropna", "merge"} <= pandas_kinds.ROWS_TAGGED
