"""What a process and those that it started use, as Linux tells below /proc (proc(5))."""

from __future__ import annotations

import os
import re
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
KIBIBYTE: Final = 1024
MOST_THREADS: Final = 256
"""A process of more threads is asked only for what its first one started."""
MOST_CHILDREN: Final = 256


@dataclass(frozen=True)
class Used:
    """What was used until a moment: seconds of processors (`own_cpu` without children), bytes moved, memory in use."""

    at: float
    cpu: float
    own_cpu: float
    memory: int | None
    read: int
    written: int


class Processes:
    """Our process with its children of one session; those that ended count with what was last seen of them.

    Where our process only waits for a command that it `launched`, memory is that of its children together.
    """

    def __init__(self) -> None:
        self.launched = False
        self._in_use: dict[tuple[str, str], int] = {}
        self._cpu: dict[tuple[str, str], float] = {}
        self._moved: dict[tuple[str, str], tuple[int, int]] = {}
        self._session = str(os.getsid(0))

    def used(self) -> Used:
        """Return what was used until now."""
        self._in_use.clear()
        for child in self._children():
            self._look_at(child)
        read, written = _moved("self")
        moved = self._moved.values()
        own = time.process_time()
        return Used(
            at=time.monotonic(),
            cpu=own + sum(self._cpu.values()),
            own_cpu=own,
            memory=sum(self._in_use.values()) if self.launched else _resident(),
            read=read + sum(each[0] for each in moved),
            written=written + sum(each[1] for each in moved),
        )

    def _look_at(self, child: str) -> None:
        fields = _text(f"/proc/{child}/stat").rpartition(")")[2].split()
        # What we start ourselves to take records in has a session of its own, and is none of the user's work.
        if len(fields) > 19 and fields[3] == self._session:
            known = child, fields[19]  # when it started: numbers of processes come again
            self._cpu[known] = (int(fields[11]) + int(fields[12])) / TICKS
            self._moved[known] = _moved(child)
            self._in_use[known] = (_resident(child) or 0) if self.launched else 0

    def _children(self) -> Iterator[str]:
        waiting, seen = ["self"], 0
        while waiting and seen < MOST_CHILDREN:
            for child in _started_by(waiting.pop()):
                seen += 1
                waiting.append(child)
                yield child


def _started_by(process: str) -> list[str]:
    try:
        threads = os.listdir(f"/proc/{process}/task")  # noqa: PTH208 - names alone, many times
    except OSError:
        return []
    first = threads if len(threads) <= MOST_THREADS else threads[:1]
    return [child for thread in first for child in _text(f"/proc/{process}/task/{thread}/children").split()]


def _moved(process: str) -> tuple[int, int]:
    """Return how many bytes a process read from storage and wrote to it."""
    said = dict(line.split(": ", 1) for line in _text(f"/proc/{process}/io").splitlines() if ": " in line)
    return int(said.get("read_bytes", 0)), int(said.get("write_bytes", 0))


def _resident(process: str = "self") -> int | None:
    fields = _text(f"/proc/{process}/statm").split()
    return int(fields[1]) * PAGE if len(fields) > 1 else None


def highest_memory() -> int:
    """Return the most memory that this program has had so far.

    What the process had before the program was put into it counts in the `ru_maxrss` of getrusage(2): its parent's.
    """
    found = re.search(r"^VmHWM:\s+(\d+) kB", _text("/proc/self/status"), re.MULTILINE)
    if found is not None:
        return int(found[1]) * KIBIBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE


def _text(file: str) -> str:
    try:
        # The plainest way: it is taken several times a sample.
        with open(file, "rb", buffering=0) as opened:  # noqa: PTH123
            return opened.read().decode("ascii", "replace")
    except OSError:
        return ""
