"""Runs the command line as people do, and gives it the worked story to talk about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from provkg.cli import main
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from tests import story

ROOT = Path(__file__).parent.parent
STORY_FILES = [str(file) for file in sorted(story.FOLDER.glob("*.ttl"))]


def run(*arguments: str | Path, given: str | bytes | None = None) -> Result:
    """Run a command in this process; an exception that is none of ours fails the test."""
    return CliRunner().invoke(main, [str(each) for each in arguments], input=given, catch_exceptions=False)


def run_apart(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "provkg", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, cwd=ROOT, env=environment(), check=False)


def environment() -> dict[str, str]:
    """Return what a command's process needs to find this checkout, and no graph of the tester's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def story_graph(path: Path) -> Path:
    """Make a graph at `path` that holds the story, with a snapshot to read."""
    with KnowledgeGraph.hold(Folder.create(path, base=story.BASE, level="standard")) as graph:
        story.tell(graph)
        graph.snapshot()
    return path


def one_sentence(result: Result, code: int) -> str:
    """Return the sentence with which a command ended; asserts its exit code, and that it printed nothing else."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    sentence = result.stderr.strip()
    assert sentence.startswith("provkg: "), sentence
    assert "Traceback" not in sentence
    return sentence.removeprefix("provkg: ")
