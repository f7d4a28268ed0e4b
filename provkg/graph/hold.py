"""The hold on a knowledge graph: one process writes, and everybody else can see which."""

import fcntl
import json
import os
import shlex
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from provkg.errors import GraphHeld, StorageFailed

POLL_SECONDS: Final = 0.05


class Hold:
    """An exclusive lock on a graph, which ends with the process at the latest; the file's text says who has it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path, *, wait: float = 0) -> "Hold":
        """Take the lock at `path`, waiting at most `wait` seconds; raises `GraphHeld` saying who has it."""
        descriptor = _opened(path)
        try:
            _lock(descriptor, path, until=time.monotonic() + wait)
            _write(descriptor, _this_process())
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go."""
        # Emptied, not deleted: another process may be waiting for this very file. A disk that fails keeps the text, and
        # says nothing by that: the lock does.
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageFailed(
            f"cannot write {path}: {error.strerror}; check the folder's permissions and disk"
        ) from error


def _lock(descriptor: int, path: Path, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                holder = _holder(descriptor)
                said = f"{path.parent} is held by {holder}; try again when that has ended"
                raise GraphHeld(said, holder) from None
            time.sleep(POLL_SECONDS)
        else:
            return


def _holder(descriptor: int) -> str:
    try:
        said = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {said['pid']} on {said['host']} ({said['command']})"
    except (ValueError, KeyError, TypeError):
        return "a process that is just starting or ending"


def _write(descriptor: int, text: str) -> None:
    try:
        # Whatever a process that died left here says nothing any more: the lock does.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
    except OSError:
        # A full disk must not keep anybody from reading or from making room; the lock holds without its text.
        return


def _this_process() -> str:
    program = Path(sys.argv[0]).name or "python"
    command = shlex.join([program, *_without_values(sys.argv[1:])])[:200]
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "command": command})


def _without_values(arguments: list[str]) -> list[str]:
    """Return a command's arguments without the values that it is to take out of the graph: the file would keep them."""
    before = ["", *arguments]
    shown = ("..." if last == "--value" else each for last, each in zip(before, arguments, strict=False))
    return ["--value=..." if each.startswith("--value=") else each for each in shown]
