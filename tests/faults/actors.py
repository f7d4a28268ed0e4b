"""The processes of a scene: each forked from one that has imported everything, so that a life costs milliseconds."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, Final

from tests.faults import branching, emitting, flipping, writing
from tests.faults.mutants import MUTANTS
from tests.faults.shim import PRELOAD, begin_actors, keep_synced
from tests.faults.telling import Teller

ROLES: Final[dict[str, Callable[..., None]]] = {
    "emit": emitting.emit,
    "write": writing.write,
    "mend": writing.mend,
    "flip": flipping.flip,
    "fork": branching.fork,
    "correct": branching.correct,
    "again": branching.again,
    "accept": branching.accept,
    "make": branching.make,
}
PATIENCE: Final = 60.0


class Actor:
    """A process that plays a role; its parent is a process of the harness that nothing befalls."""

    def __init__(self, role: str, address: Path, mutant: str | None, arguments: dict[str, Any]) -> None:
        self.role = role
        context = _context()
        begin_actors()
        self._process: ForkServerProcess = context.Process(
            target=_play, args=(role, str(address), mutant, arguments), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The process' id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs, or is stopped."""
        return self._process.is_alive()

    def send(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        if self.alive:
            # It may end between the question and this.
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.send(signal.SIGKILL)
        self.join()

    def join(self, patience: float = PATIENCE) -> int:
        """Return its exit code; one that does not end is killed, which counts as a failure."""
        self._process.join(patience)
        if self._process.exitcode is None:
            self.send(signal.SIGKILL)
            self._process.join()
            return 255
        return self._process.exitcode


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preloaded"])
    return context


def _play(role: str, address: str, mutant: str | None, arguments: dict[str, Any]) -> None:
    tell = Teller(Path(address))
    sys.stderr = tell
    # Not in a checkout, whose git would be asked at length what has changed there.
    os.chdir(Path(address).parent)
    os.environ.pop(PRELOAD, None)
    try:
        if synced := arguments.pop("synced", None):
            keep_synced(*map(Path, synced))
        if mutant is not None:
            MUTANTS[mutant].apply()
        if arguments.pop("attached", False):
            _await_attaching(tell)
        ROLES[role](tell, **arguments)
    except Exception:  # noqa: BLE001 - whatever escapes provkg is what the harness looks for
        tell("traceback", text=traceback.format_exc())
        sys.exit(1)


def _await_attaching(tell: Teller) -> None:
    """Wait until somebody traces this process: /proc/self/status says so."""
    tell("waits")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if "TracerPid:\t0\n" not in Path("/proc/self/status").read_text():
            return
        time.sleep(0.002)
