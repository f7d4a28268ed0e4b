"""A process that asks one graph, so that what takes too long can be ended, and that tells how much memory it took."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from types import TracebackType
from typing import Any

Act = Callable[[Any], int]
"""Asks an opened graph, and returns how many rows it answered."""
LIMIT = 10.0
OPENING = 120.0


@dataclass(frozen=True)
class Taken:
    """Seconds that an act took, by the clock and of the processor, and how many rows it gave.

    None where it was ended, with what was said of it.
    """

    seconds: float | None
    worked: float = 0.0
    rows: int = 0
    said: str = ""


class Worker:
    """One process at a time, with a graph opened in it; a new one takes the place of one that had to be ended."""

    def __init__(self, opened: Callable[[], Any], limit: float = LIMIT) -> None:
        self._opened, self._limit = opened, limit
        self._peak = 0
        self.opening = self._start()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end()

    def ask(self, act: Act) -> Taken:
        """Return what `act` took."""
        self._line.send(act)
        if not self._line.poll(self._limit):
            self._end()
            self._start()
            return Taken(None, said=f"more than {self._limit:g} s")
        seconds, worked, rows, said = self._line.recv()
        return Taken(None, said=said) if said else Taken(seconds, worked, rows)

    @property
    def peak(self) -> int:
        """The highest memory of any of the processes so far, in bytes."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self._process.pid}/status").read_text())
        self._peak = max(self._peak, int(found[1]) * 1024 if found else 0)
        return self._peak

    def _start(self) -> float:
        # A fresh interpreter: a fork would share what was opened before it, which an engine does not survive.
        context = multiprocessing.get_context("spawn")
        self._line, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, self._opened), daemon=True)
        self._process.start()
        there.close()
        if not self._line.poll(OPENING):
            raise TimeoutError(f"the graph did not open within {OPENING:g} s")
        seconds: float = self._line.recv()
        return seconds

    def _end(self) -> None:
        _ = self.peak
        self._process.kill()
        self._process.join()
        self._line.close()


def _serve(line: Connection, opened: Callable[[], Any]) -> None:
    start = perf_counter()
    engine = opened()
    line.send(perf_counter() - start)
    while True:
        try:
            act: Act = line.recv()
        except EOFError:
            return
        start, worked, rows, said = perf_counter(), process_time(), 0, ""
        try:
            rows = act(engine)
        except Exception as error:  # noqa: BLE001 - an engine's refusal is a result here
            said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        line.send((perf_counter() - start, process_time() - worked, rows, said))
