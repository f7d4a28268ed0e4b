"""Asks git about a working folder: for a limited time, without changing anything, whatever the user's settings are."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from select import POLLHUP, POLLIN, poll
from typing import Final, Self

GIT_SECONDS: Final = 10.0
"""How long git may take for all that it is asked about one repository."""
PIECE: Final = 1 << 16
# A hook that starts a training has set these for its own repository (git-rev-parse(1), --local-env-vars).
OF_A_HOOK: Final = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"),
    }
)


class Git:
    """git in the working folder at `top`; once it has taken too long, it is asked no more, and `hung` is true."""

    def __init__(self, program: str, top: Path, *, trusted: bool, seconds: float | None = None) -> None:
        self.top, self.hung = top, False
        self._program = program
        self._until = time.monotonic() + (GIT_SECONDS if seconds is None else seconds)
        # A status of ours must not get in the way of the user's own git, nor start a daemon.
        self._options = ["--no-optional-locks", "-c", "core.fsmonitor=false"]
        if trusted:
            self._options += ["-c", f"safe.directory={top}"]

    @classmethod
    def around(cls, folder: Path, *, trusted: bool) -> Self | None:
        """Return git for the repository that `folder` lies in; None where there is none, or no git.

        `trusted` says that code from there runs already, so that its owner need not be the user: in a container it
        often is another.
        """
        folder = folder.resolve()
        top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
        program = shutil.which("git") if top is not None else None
        return cls(program, top, trusted=trusted) if top is not None and program is not None else None

    def nested(self, path: str) -> Self | None:
        """Return git for a repository inside this one, within the same time; None where nothing is checked out."""
        there = self.top / path
        left = self._until - time.monotonic()
        inside = (there / ".git").exists()
        return type(self)(self._program, there.resolve(), trusted=True, seconds=left) if inside else None

    def ask(self, *arguments: str) -> str | None:
        """Return the text that a git command prints; None where it fails or takes too long."""
        answer = self.output(*arguments)
        return answer.decode("utf-8", "surrogateescape").strip() if answer is not None else None

    def output(self, *arguments: str) -> bytes | None:
        """Return the bytes that a git command prints; None where it fails or takes too long."""
        try:
            process = self._started(*arguments)
        except OSError:
            return None
        with process:
            try:
                read = self._read(process)
            finally:
                _end(process)
        if read is None:
            self.hung = True
        return read if process.returncode == 0 else None

    def _started(self, *arguments: str) -> subprocess.Popen[bytes]:
        if self.hung:
            raise OSError
        variables = {name: value for name, value in os.environ.items() if name not in OF_A_HOOK}
        return subprocess.Popen(  # noqa: S603 - the program is found once, the arguments are ours
            [self._program, *self._options, "-C", str(self.top), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**variables, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            process_group=0,
        )

    def _read(self, process: subprocess.Popen[bytes]) -> bytes | None:
        """Return all that the process prints until it is done, None when that is not in time."""
        assert process.stdout is not None  # noqa: S101 - asked for above
        pieces: list[bytes] = []
        waiting, file = poll(), process.stdout.fileno()
        waiting.register(file, POLLIN | POLLHUP)
        while (left := self._until - time.monotonic()) > 0 and waiting.poll(left * 1000):
            if not (piece := os.read(file, PIECE)):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.1, left))
                    return b"".join(pieces)
                return None
            pieces.append(piece)
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        # With what it has started, which may hold the pipe.
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
