"""What `docs/secrets.md` shows runs in an empty folder, and what it says of numbers and marks is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.capture.persons import ADDRESS, HOME, HOST, SOMEBODY
from provkg.capture.secrets import REMOVED
from provkg.capture.secrets.density import DENSE
from provkg.capture.secrets.shapes import SHAPES
from tests.test_secret_formats import PARAMETERS, SECRETS, TEXTS

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "secrets.md"


def test_the_block_runs_and_prints_what_stands_there(tmp_path: Path) -> None:
    ((program, printed),) = re.findall(
        r"```python\n(.*?)```\n\n```text\n(.*?)```\n", PAGE.read_text("utf-8"), re.DOTALL
    )
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": str(PAGE.parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, printed), done.stderr


def test_its_numbers_and_marks_are_those_of_the_code() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    assert "over 190 formats" in text
    assert len(SECRETS) > 190
    assert "over 140 [look-alikes]" in text
    assert len(PARAMETERS) + len(TEXTS) > 140
    assert "some 160 shapes of their vendors" in text
    assert len(SHAPES) >= 160
    assert "a word of 32 letters" in text
    assert "{32,}" in DENSE.pattern
    for mark in (REMOVED, ADDRESS, HOST, f"`{HOME}/data.csv`", f"`{SOMEBODY}/data.csv`"):
        assert mark in text


def test_its_links_lead_somewhere() -> None:
    found = re.findall(r"\]\(([^)#]+)\)", PAGE.read_text("utf-8"))
    assert len(found) >= 3
    assert [link for link in found if not (PAGE.parent / link).exists()] == []
