"""What `docs/records.md` shows runs in an empty folder, and prints what stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated.files import same_or_rewritten
from tests.generated.kinds import render
from tests.test_readme import matches

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "records.md"
REWRITE = "run: python -m pytest tests/test_docs_records.py --rewrite"
END = "=== end of block ==="


def blocks() -> list[tuple[str, str]]:
    """Return each block of Python with what it is said to print."""
    found = re.findall(r"```(\w+)\n(.*?)```\n", PAGE.read_text("utf-8"), re.DOTALL)
    following = [*found[1:], ("", "")]
    pairs = zip(found, following, strict=True)
    return [(text, said if kind == "text" else "") for (language, text), (kind, said) in pairs if language == "python"]


def test_the_list_of_kinds_is_that_of_the_descriptions(rewrite: bool) -> None:
    assert same_or_rewritten(PAGE, render(PAGE.read_text("utf-8")), rewrite=rewrite), REWRITE


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    page = blocks()
    assert sum(bool(printed) for _, printed in page) >= 6
    program = "\n".join(f"{text}\nprint({END!r})\n" for text, _ in page)
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for (text, said), printed in zip(page, done.stdout.split(END), strict=False):
        assert matches(said, printed), f"{text}\nprinted:\n{printed}"
