"""What `docs/environment.md` shows runs in an empty folder, and its numbers and names are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.capture import lock_files, patches
from provkg.capture.clusters import NAMESPACE_VARIABLES, NODE_VARIABLES, POD_ID_VARIABLES
from provkg.capture.containers import IMAGE_VARIABLES
from provkg.capture.defaults import Defaults
from provkg.capture.git import GIT_SECONDS
from provkg.capture.usage.block import SHORTEST_SECONDS
from provkg.capture.usage.energy import SCOPES
from provkg.folder import CODE_FOLDER

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "environment.md"


def test_the_block_runs_and_prints_what_stands_there(tmp_path: Path) -> None:
    ((program, printed),) = re.findall(
        r"```python\n(.*?)```\n\n```text\n(.*?)```\n", PAGE.read_text("utf-8"), re.DOTALL
    )
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": str(PAGE.parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, printed), done.stderr


def test_its_numbers_and_names_are_those_of_the_code() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    assert patches.MOST_BYTES == 1 << 20, "over 1 MiB"
    assert f"`kg/{CODE_FOLDER}/<sha256>.patch`" in text
    assert patches.MEDIA_TYPE.endswith("secrets=removed")
    assert GIT_SECONDS == 10, "for ten seconds at most"
    assert Defaults().resources_seconds == 10, "every ten seconds"
    assert SHORTEST_SECONDS == 1, "of a second or more"
    assert SCOPES["process"] in text
    named = [*IMAGE_VARIABLES, POD_ID_VARIABLES[0], NAMESPACE_VARIABLES[0], NODE_VARIABLES[0]]
    files = [name for name in (*lock_files.NAMES, *lock_files.CONDA, lock_files.REQUIREMENTS) if "*." not in name]
    missing = [name for name in (*named, *files) if f"`{name}`" not in text and not name.endswith(".yaml")]
    assert missing == []


def test_its_links_lead_somewhere() -> None:
    found = re.findall(r"\]\(([^)#]+)[)#]", PAGE.read_text("utf-8"))
    assert found
    assert all(link.startswith("https://") or (PAGE.parent / link).exists() for link in found)
