"""What is true of the whole process (environment, host, code, people), gathered in the background while work begins."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from provkg.capture.agents import Involved, involved
from provkg.capture.defaults import defaults
from provkg.capture.environment import compute_node, environment
from provkg.capture.interpreters import UNKNOWN, Interpreter, interpreter
from provkg.capture.persons import unnamed
from provkg.capture.secrets import without_known
from provkg.capture.source_code import Command, command, entry_script, source_code
from provkg.capture.trouble import trouble, warned
from provkg.records import ComputeNode, Description, Environment, SourceRevision
from provkg.records.rebuilding import rebuilt

AT_ONCE: Final = 0.0
SOON: Final = 1.0
PATIENT: Final = 15.0
HEAD_START: Final = 0.05
"""So long a gathering lets the work go first that it is begun with: two threads of Python take turns of 5 ms."""


@dataclass(frozen=True)
class Facts:
    """Facts that take long to gather; None where they could not be."""

    environment: Environment | None = None
    python: Interpreter | None = None
    """Which Python the environment tells about."""
    code: SourceRevision | None = None
    patches: tuple[bytes, ...] = ()
    """What no commit holds of the code, to be kept beside the graph."""


class Gathering:
    """One gathering of `Facts`; the child of a fork gathers its own when the parent's was not done."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self.about = named()
        self._script = self.about[0] or entry_script()
        self._left = False
        self._facts = Facts()
        self._patience_lost = False
        self._failure: Exception | None = None
        self._notes: tuple[str, ...] = ()
        self._done, self._wanted = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._after: list[Callable[[], object]] = []
        threading.Thread(target=self._gather, name="provkg facts", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether all is known that will be."""
        return self._done.is_set()

    @property
    def known(self) -> Facts:
        """What is known by now."""
        return self._facts

    @property
    def lost(self) -> bool:
        """Whether the thread that gathers stayed behind in the parent process."""
        return self._pid != os.getpid() and not self._done.is_set()

    def _gather(self) -> None:
        self._wanted.wait(HEAD_START)
        if self._left and not self._after:
            return
        # The environment first: git may wait for a slow disk.
        for learn in (self._learn_environment, self._learn_code):
            self._try(learn)
        with self._lock:
            self._done.set()
        for act in self._after:
            self._try(act)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told by the thread that asks
            self._failure = error

    def _learn_environment(self) -> None:
        python = interpreter(self.about[1])
        if python is UNKNOWN:
            self._notes += (f"{self.about[1]} did not tell its version and packages; they are not recorded",)
        # Cleaned before its digest is known to anybody.
        found = without_names(environment(self._script, python))
        self._facts = replace(self._facts, environment=found, python=python)

    def _learn_code(self) -> None:
        found = source_code(self._script)
        self._facts = replace(self._facts, code=found.revision, patches=found.patches)
        self._notes += found.notes

    def leave(self) -> None:
        """Gather no more unless somebody waits for it: another gathering takes its place."""
        self._left = True

    def when_done(self, act: Callable[[], object]) -> None:
        """Do `act` once all is known: now, or in the thread that learns it."""
        with self._lock:
            if waiting := not self._done.is_set():
                self._after.append(act)
        if not waiting:
            act()

    def facts(self, seconds: float) -> Facts:
        """Return what is known after waiting at most `seconds`."""
        if seconds > AT_ONCE:
            self._wanted.set()
        if not self._done.wait(0 if self._patience_lost else seconds):
            self._patience_lost = seconds >= PATIENT  # once is enough: training must not wait again and again
        if (failure := self._failure) is not None:
            self._failure = None
            trouble(f"could not learn all about this environment: {type(failure).__name__}: {failure}")
        notes, self._notes = self._notes, ()
        for note in notes:
            warned(note)
        return self._facts


def without_names(found: Environment) -> Environment:
    """Return an environment whose texts hold no known secrets and no names of people and hosts."""

    def clean(_described: Description, _field: str, value: Any) -> Any:
        return unnamed(without_known(value)) if isinstance(value, str) else value

    return rebuilt(found, clean)


def named() -> tuple[Path | None, Path | None]:
    """Return the code, and the Python for it, that facts are to be about where it is not this process's own."""
    return defaults().code, defaults().python


_gathering: Gathering | None = None
_lock = threading.Lock()


def begin_gathering() -> Gathering:
    """Start to gather, once in a process, and again when other code, or another Python for it, is named."""
    global _gathering
    with _lock:
        if _gathering is not None and _gathering.about != named():
            _gathering.leave()
            _gathering = None
        if _gathering is None or _gathering.lost:
            _gathering = Gathering()
        return _gathering


def facts(seconds: float) -> Facts:
    """Return the facts of this process after waiting at most `seconds`."""
    return begin_gathering().facts(seconds)


def this_command() -> Command:
    """Return how this process was started."""
    return command()


def this_node() -> ComputeNode:
    """Return the host."""
    return compute_node()


def people() -> Involved:
    """Return who is involved in runs of this process."""
    return involved(defaults().agent)


def _renew_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_lock)
