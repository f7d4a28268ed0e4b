"""A real server for the tests: `provkg serve` in a process of its own on a free loopback port."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.commands import ROOT, environment


@contextmanager
def served(store: Path, *options: str) -> Iterator[httpx.Client]:
    """Serve the graph in `store` and yield a client whose addresses start at the server."""
    command = [sys.executable, "-m", "provkg", "serve", "--store", str(store), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment()) as process:
        try:
            with httpx.Client(base_url=_address(process), timeout=60, trust_env=False) as client:
                yield client
        finally:
            process.terminate()
            process.communicate(timeout=20)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"(http://\S+)/sparql", line)
    assert found is not None, line + process.stderr.read()
    return found[1]
