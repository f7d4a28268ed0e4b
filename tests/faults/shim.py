"""The shim that is preloaded into the actors: it sets their clock, and knows what of their files was synced."""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("shim.c")
PRELOAD: Final = "LD_PRELOAD"


@cache
def missing() -> str:
    """Return why there is no shim here; empty when there is one, which is tried."""
    if shutil.which("gcc") is None:
        return "gcc is not installed"
    try:
        _built()
    except subprocess.CalledProcessError as error:
        return f"gcc does not build {SOURCE.name} ({error.stderr.strip()[:200]})"
    return ""


@cache
def _built() -> Path:
    target = Path(tempfile.mkdtemp(prefix="faults-shim-")) / "shim.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(target), str(SOURCE), "-ldl"]
    atexit.register(shutil.rmtree, target.parent, ignore_errors=True)
    subprocess.run(command, check=True, capture_output=True, text=True)
    return target


@cache
def begin_actors() -> None:
    """Start the process that actors are forked from, with the shim in it where it can be built."""
    if not missing():
        os.environ[PRELOAD] = str(_built())
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop(PRELOAD, None)


def set_clock(seconds: int) -> None:
    """Let the clock of this process be so many seconds ahead, or behind."""
    ctypes.CDLL(None).faults_clock(ctypes.c_long(seconds))


def keep_synced(zone: Path, kept: Path) -> None:
    """Copy what this process syncs in `zone` to `kept`, from now on."""
    ctypes.CDLL(None).faults_keep(os.fsencode(zone), os.fsencode(kept))
