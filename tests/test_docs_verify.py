"""What `docs/verify.md` and `docs/backup.md` show runs in an empty folder, and prints what stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import environment
from tests.test_readme import matches

pytestmark = pytest.mark.checkout

DOCS = Path(__file__).parent.parent / "docs"
END = "=== end of block ==="


@pytest.mark.parametrize("page", ["verify.md", "backup.md"])
def test_the_blocks_run_one_after_another_and_print_what_stands_there(page: str, tmp_path: Path) -> None:
    follow(DOCS / page, tmp_path, least=6)


def follow(page: Path, folder: Path, *, least: int) -> None:
    """Run the blocks of `page`, at least so many, one after another in `folder`, and compare what they print."""
    found = re.findall(r"```(\w+)\n(.*?)```\n", page.read_text("utf-8"), re.DOTALL)
    run = {"sh": "{}", "python": "python3 - <<'END'\n{}END\n"}
    commands = [run[language].format(text) for language, text in found if language in run]
    assert len(commands) >= least
    done = shell(folder, "\n".join(f"{text}\necho '{END}'" for text in commands))
    assert done.returncode == 0, done.stderr
    printed = iter(done.stdout.split(f"{END}\n"))
    for (language, text), (following, said) in zip(found, [*found[1:], ("", "")], strict=True):
        if language in run:
            shown = next(printed)
            assert following != "text" or matches(said, shown), f"{text}\nprints\n{shown}"


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    program = folder / "bin" / "provkg"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m provkg "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment() | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
