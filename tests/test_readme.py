"""The README does what it says: its blocks run one after another in an empty folder, and print what stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from provkg.folder import Folder

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
# These two make an environment of their own: .ci/run calls them as they stand here.
SET_UP = ("demo", "tests")

pytestmark = pytest.mark.checkout


class Block(NamedTuple):
    language: str
    text: str
    output: str | None


def blocks() -> list[Block]:
    found = re.findall(r"(<!-- \w+ -->\n)?```(\w+)\n(.*?)```\n", README.read_text("utf-8"), re.DOTALL)
    outputs = [*(text if language == "text" else None for _, language, text in found[1:]), None]
    pairs = zip(found, outputs, strict=True)
    return [
        Block(language, text, output) for (mark, language, text), output in pairs if language != "text" and not mark
    ]


def run(block: Block, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": "error"}
    command = (
        [sys.executable, "-c", block.text]
        if block.language == "python"
        else ["bash", "-euo", "pipefail", "-c", block.text]
    )
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def matches(said: str, printed: str) -> bool:
    """Whether `printed` is `said`, where `…` stands for anything and widths of columns do not count."""
    lines = [re.sub(r"-+", "-", re.sub(r" +", " ", line)).strip() for line in said.splitlines()]
    pattern = "\n".join("(?s:.*)" if line == "…" else re.escape(line).replace("…", ".*") for line in lines)
    seen = "\n".join(re.sub(r"-+", "-", re.sub(r" +", " ", line)).strip() for line in printed.strip().splitlines())
    return re.fullmatch(pattern, seen) is not None


def test_the_blocks_run_in_an_empty_folder_and_print_what_stands_there(tmp_path: Path) -> None:
    runnable = [block for block in blocks() if "serve" not in block.text]
    assert sum(block.language == "python" for block in runnable) >= 1
    assert sum(block.output is not None for block in runnable) >= 3
    for block in runnable:
        done = run(block, tmp_path)
        assert done.returncode == 0, f"{block.text}\n{done.stderr}"
        assert block.output is None or matches(block.output, done.stdout), f"{block.text}\nprinted:\n{done.stdout}"


def test_the_server_of_the_readme_answers(tmp_path: Path) -> None:
    (block,) = [block for block in blocks() if "serve" in block.text]
    Folder.create(tmp_path / "kg")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        ["bash", "-c", f"exec {block.text}"], cwd=tmp_path, env={**os.environ, "PATH": path}
    ) as server:
        try:
            answer = eventually("http://127.0.0.1:7880/sparql", {"query": "ASK {}"})
            assert answer.json()["boolean"] is True
        finally:
            server.terminate()


def eventually(address: str, parameters: dict[str, str]) -> httpx.Response:
    until = time.monotonic() + 30
    while True:
        try:
            return httpx.get(address, params=parameters, headers={"Accept": "application/sparql-results+json"})
        except httpx.ConnectError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_the_two_commands_of_the_first_screen_are_run_by_ci() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for mark in SET_UP:
        assert f"<!-- {mark} -->" in README.read_text("utf-8")
        assert f"command_of {mark}" in script


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
