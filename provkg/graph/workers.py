"""The processes that help whoever holds a graph to judge, seen from there: tasks go out, answers come back.

A process that dies is not replaced: what it had is done by the holder, and so is all the rest when none is left.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

MOST: Final = 8


class Worker:
    """One such process; `numbers` are those of the records that it has."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "provkg.graph.bench", str(theirs.fileno()), str(folder)]
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,  # an interrupt is for the holder alone
            )  # fmt: skip
            self.connection = Connection(ours.detach())
        self.numbers: set[int] = set()
        self.ready = self.gone = False

    def send(self, kind: str, items: list[Any]) -> None:
        """Give it a task."""
        if items and not self.gone:
            try:
                self.connection.send_bytes(json.dumps({kind: items}).encode())
            except OSError:
                self.gone = True

    def received(self) -> dict[str, Any]:
        """Return its next answer; an empty one when it has ended."""
        try:
            answer: dict[str, Any] = json.loads(self.connection.recv_bytes())
        except (EOFError, OSError, ValueError):
            self.gone = True
            return {}
        return answer

    def stop(self) -> None:
        """End the process."""
        self.gone = True
        self.connection.close()
        self._process.kill()
        self._process.wait()


class Workers:
    """A process for each core that this one may use."""

    def __init__(self, folder: Path, digest: str, count: int) -> None:
        self._digest = digest
        self._all: list[Worker] = []
        # Where no more processes can be started, those that there are do.
        with suppress(OSError):
            self._all += (Worker(folder) for _ in range(count))

    def await_ready(self) -> None:
        """Wait until each can take a task, or has ended."""
        while any(not each.ready for each in self._all if not each.gone):
            for _ in self.answers(wait_for_one=True):
                pass

    @staticmethod
    def useful() -> int:
        """Return how many make sense here: none on a single core."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return min(cores, MOST) if cores > 1 else 0

    @property
    def ready(self) -> list[Worker]:
        """Those that can take a task."""
        return [each for each in self._all if each.ready and not each.gone]

    @property
    def gone(self) -> list[Worker]:
        """Those that have ended."""
        return [each for each in self._all if each.gone]

    def answers(self, *, wait_for_one: bool) -> Iterator[tuple[Worker, dict[str, Any]]]:
        """Yield the answers that are there; none of a process that has ended."""
        there = [each.connection for each in self._all if not each.gone]
        found = wait(there, None if wait_for_one else 0) if there else []
        for worker in self._all:
            if worker.connection in found:
                answer = worker.received()
                if worker.gone:
                    continue
                if "digest" in answer:
                    # With other shapes than ours, as after a change of the graph's own, it would judge otherwise.
                    worker.ready = answer["digest"] == self._digest
                    if not worker.ready:
                        worker.stop()
                else:
                    yield worker, answer

    def stop(self) -> None:
        """End them all."""
        for each in self._all:
            each.stop()
