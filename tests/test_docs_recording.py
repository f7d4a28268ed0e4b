"""What `docs/recording.md` shows runs in an empty folder, and its numbers are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.capture.defaults import Defaults
from provkg.capture.series import CHUNK_POINTS, NODE_POINTS
from provkg.capture.spool import appending, disks, segments
from provkg.capture.spool.points import SLOT
from provkg.capture.spool.writer import SYNC_SECONDS
from provkg.index.functions import VALUE_AT

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "recording.md"


BLOCKS = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```\n", PAGE.read_text("utf-8"), re.DOTALL)


def test_there_are_blocks() -> None:
    assert len(BLOCKS) == 2


@pytest.mark.parametrize(("program", "printed"), BLOCKS, ids=["metrics", "tasks"])
def test_a_block_runs_and_prints_what_stands_there(program: str, printed: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": str(PAGE.parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, printed), done.stderr


def test_its_numbers_are_those_of_the_code() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    assert f"{segments.BLOCK_SLOTS:,} at most" in text
    assert f"files of {SLOT.size} bytes a point" in text
    assert f"in memory ({appending.BUFFER_BYTES // 2**20} MiB)" in text
    assert f"<{VALUE_AT.value}>(?packed, ?step)" in text
    assert f"literals of up to {CHUNK_POINTS:,}" in text
    assert NODE_POINTS == 1000, "the first thousand"
    assert SYNC_SECONDS == 0.5, "twice a second"
    assert Defaults().progress_seconds == 10, "every ten seconds"
    assert f"`{disks.SWITCH}=off`" in text
