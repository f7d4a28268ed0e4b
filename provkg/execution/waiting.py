"""Runs a command to its end, its signals and exit status as without us."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from resource import struct_rusage
from types import FrameType
from typing import Final

from provkg.errors import CommandNotStarted

# The terminal sends these to the command as well, which answers them; we wait for what it does.
OF_THE_TERMINAL: Final = (signal.SIGINT, signal.SIGQUIT)
PASSED_ON: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
IGNORED_BY_PYTHON: Final = (signal.SIGPIPE, signal.SIGXFSZ)
NOT_FOUND: Final = 127
NOT_RUN: Final = 126


@dataclass(frozen=True)
class Ended:
    """How a command ended: `status` as a shell tells it, `signal` where one ended it, and what it used."""

    status: int
    signal: str | None
    used: struct_rusage


def run_to_end(command: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run `command` and return how it ended; raises `CommandNotStarted`."""
    with _heard() as heard:
        status, used = _waited(_start([*command], environment), heard)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return Ended(128 + number, signal.Signals(number).name, used)
    return Ended(os.waitstatus_to_exitcode(status), None, used)


def _waited(process: int, heard: int) -> tuple[int, struct_rusage]:
    """Wait for `process`, which gets the signals that we get, also those of the moment in which it started."""
    while True:
        for number in os.read(heard, 1):
            if number in PASSED_ON:
                os.kill(process, number)
        ended, status, used = os.wait4(process, os.WNOHANG)
        if ended:
            return status, used


def _start(command: list[str], environment: Mapping[str, str]) -> int:
    try:
        return os.posix_spawnp(command[0], command, environment, setsigdef=IGNORED_BY_PYTHON)
    except FileNotFoundError:
        raise CommandNotStarted(f"there is no command {command[0]!r}", status=NOT_FOUND) from None
    except OSError as error:
        raise CommandNotStarted(f"cannot run {command[0]!r}: {error.strerror}", status=NOT_RUN) from None


@contextmanager
def _heard() -> Iterator[int]:
    """Give a pipe out of which come the numbers of the signals that we get.

    Handlers in Python run between two of its instructions: one might be late for a wait that has just begun.
    """
    pipe, into = os.pipe()
    os.set_blocking(into, False)
    earlier = signal.set_wakeup_fd(into, warn_on_full_buffer=False)
    # Functions rather than SIG_IGN, which the command would inherit; what is ignored (nohup) stays so, for it as well.
    numbers = [each for each in (*OF_THE_TERMINAL, *PASSED_ON) if signal.getsignal(each) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _listen) for number in (*numbers, signal.SIGCHLD)}
    try:
        yield pipe
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier)
        os.close(pipe)
        os.close(into)


def _listen(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: its number is in the pipe."""
