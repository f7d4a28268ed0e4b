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
    started: list[int] = []
    with _signals_for(started):
        started.append(_start([*command], environment))
        _, status, used = os.wait4(started[0], 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return Ended(128 + number, signal.Signals(number).name, used)
    return Ended(os.waitstatus_to_exitcode(status), None, used)


def _start(command: list[str], environment: Mapping[str, str]) -> int:
    try:
        return os.posix_spawnp(command[0], command, environment)
    except FileNotFoundError:
        raise CommandNotStarted(f"there is no command {command[0]!r}", status=NOT_FOUND) from None
    except OSError as error:
        raise CommandNotStarted(f"cannot run {command[0]!r}: {error.strerror}", status=NOT_RUN) from None


@contextmanager
def _signals_for(started: Sequence[int]) -> Iterator[None]:
    def pass_on(number: int, _: FrameType | None) -> None:
        for process in started:
            os.kill(process, number)

    def wait_on(_number: int, _frame: FrameType | None) -> None:
        """Do nothing: the command has the signal, too."""

    # Functions rather than SIG_IGN, which the command would inherit.
    before = {number: signal.signal(number, wait_on) for number in OF_THE_TERMINAL}
    before |= {number: signal.signal(number, pass_on) for number in PASSED_ON}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
