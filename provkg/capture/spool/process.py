"""Which process writes a spool file, told well enough to prove later that it is gone."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

PROC = Path("/proc")


def new_emitter() -> str:
    """Return a UUID of version 7 (RFC 9562, section 5.7): names sort by the time at which they were made."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


def this_process() -> dict[str, Any]:
    """Return host, boot, pid namespace, pid and start of this process."""
    return process_facts(os.getpid())


def process_facts(pid: int) -> dict[str, Any]:
    """Return host, boot, pid namespace, pid and start of a process on this host."""
    started = _start_and_state(pid)
    return {
        "host": socket.gethostname(),
        "boot": _boot(),
        "namespace": _namespace(),
        "pid": pid,
        "started": started[0] if started else None,
    }


def is_gone(process: Mapping[str, Any]) -> bool:
    """Whether the process that `this_process` once described is proven gone; False on another host or in doubt."""
    if process.get("host") != socket.gethostname():
        return False
    if process.get("boot") != _boot():
        return True
    pid = process.get("pid")
    if not isinstance(pid, int) or process.get("namespace") != _namespace():
        return False  # the pid means something else in another container
    return _pid_is_gone(pid, process.get("started"))


def _pid_is_gone(pid: int, started: int | None) -> bool:
    if not PROC.is_dir():
        return _no_such_process(pid)
    now = _start_and_state(pid)
    # Another start is another process under a reused pid; a zombie or dead one writes nothing more.
    return now is None or now[1] in "ZX" or (started is not None and now[0] != started)


def _no_such_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _start_and_state(pid: int) -> tuple[int, str] | None:
    # proc(5): the command in parentheses may hold anything, so fields count from the last parenthesis.
    try:
        fields = (PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return int(fields[19]), fields[0]
    except (OSError, IndexError, ValueError):
        return None


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str((PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
