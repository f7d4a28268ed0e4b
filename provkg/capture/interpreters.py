"""Which Python code runs in, where it is not this one: its version, and where it looks for packages."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ASKED: Final = "import json, platform, sys; print(json.dumps([platform.python_version(), sys.prefix, sys.path]))"
SECONDS: Final = 10.0


@dataclass(frozen=True)
class Interpreter:
    """One Python; `prefix` tells it from others of the same version, as virtual environments are."""

    version: str | None = None
    prefix: str = ""
    path: tuple[str, ...] = ()
    """Where it looks for packages."""


UNKNOWN: Final = Interpreter()


def this_interpreter() -> Interpreter:
    """Return the Python that this process runs in."""
    return Interpreter(platform.python_version(), sys.prefix, tuple(sys.path))


def interpreter(python: Path | None) -> Interpreter:
    """Return what the Python at `python` tells of itself, this one's where none is named; `UNKNOWN` if it is silent."""
    own = Path(sys.executable)
    if python is None or (python.parent == own.parent and python.resolve() == own.resolve()):
        return this_interpreter()
    try:
        told = subprocess.run(  # noqa: S603 - the program that the user has just named
            [python, "-c", ASKED], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True
        )
        # Something may be printed before, by a sitecustomize for example.
        version, prefix, path = json.loads(told.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return UNKNOWN
    return Interpreter(version, prefix, tuple(filter(None, path)))
