"""What comes first in a graph: the environment and code of a process, and the opening records of its runs.

No run waits for what takes long to learn: its opening lies in the spool until that is known, or something follows it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from provkg.capture.facts import SOON, Facts, begin_gathering, facts
from provkg.capture.patches import keep, located
from provkg.capture.screening import screened
from provkg.capture.spool.writer import SpoolWriter
from provkg.capture.trouble import attempt
from provkg.folder import SETTINGS_FILE
from provkg.records import OPENED, Description, Environment, Iri, Record, Reference, Run, SourceRevision


class Recording(Protocol):
    """Writes a record at once."""

    def __call__(self, kind: str, descriptions: Sequence[Description], *, project: str | None = None) -> str:
        """Return its id."""


class Introductions:
    """What all runs of a process share, said once to the graph at `store`."""

    def __init__(self, store: Path, record: Recording) -> None:
        self._store, self._record = store, record
        self._environment: Environment | None = None
        self._pointer: Reference | Iri | None = None
        self._code: tuple[SourceRevision | None, SourceRevision | None] = None, None

    def environment(self, known: Facts) -> Reference | Iri | None:
        """Describe the environment in a record of its own, once, and return a pointer to it."""
        if known.environment is not None and self._environment is not known.environment:
            self._environment = known.environment
            self._pointer = known.environment.reference()  # a digest of hundreds of packages: once is enough
            self._record("environment", [known.environment])
        return self._pointer if known.environment is not None else None

    def code(self, known: Facts) -> SourceRevision | None:
        """Return the code, after putting what no commit holds of it beside the graph, once."""
        code = known.code
        if code is None or not known.patches:
            return code
        if self._code[0] is not code:
            is_graph = (self._store / SETTINGS_FILE).exists()
            what = "keep the changes that no commit holds"
            kept = is_graph and attempt(what, lambda: keep(known.patches, self._store))
            self._code = code, located(code, self._store if kept else None)
        return self._code[1]


@dataclass(frozen=True)
class Opening:
    """What an opening record says but for the code and the environment."""

    run: Run
    project: str | None


class Openings:
    """The opening records of one process, in order."""

    def __init__(self, writer: SpoolWriter, record: Recording, introductions: Introductions) -> None:
        self._writer, self._record, self._introductions = writer, record, introductions
        self._begin()

    def _begin(self) -> None:
        self._pid, self._waiting = os.getpid(), deque[Opening]()

    def open(self, run: Run, project: str | None) -> None:
        """Write the opening record of a run, at once where all is known; else the spool holds it until then."""
        gathering, opening = begin_gathering(), Opening(run, project)
        if not self.waiting and gathering.done:
            self._write(opening)
            return
        begun = Record(f"{self._writer.emitter}-begun-{run.id}", OPENED, (screened(run),), project)
        self._writer.event("begun", **begun.to_json())
        self._waiting.append(opening)
        gathering.when_done(self._flush)

    @property
    def waiting(self) -> bool:
        """Whether records are to be written before any other."""
        # A forked child leaves its parent's to the parent.
        if self._pid != os.getpid():
            self._begin()
        return bool(self._waiting)

    def write(self) -> None:
        """Write all that wait: what follows refers to what they open."""
        if self.waiting:
            facts(SOON)
            self._flush()

    def _flush(self) -> None:
        while self.waiting:
            # The writer's own lock: whoever writes points holds it already when a record makes openings come first.
            with self._writer.lock:
                if self._waiting:
                    # Taken away once it is written, so that nobody who finds none waiting comes before it.
                    try:
                        self._write(self._waiting[0])
                    finally:
                        self._waiting.popleft()

    def _write(self, opening: Opening) -> None:
        known = begin_gathering().known  # what is wrong with it is told to the thread that runs the user's code
        run = replace(
            opening.run, environment=self._introductions.environment(known), code=self._introductions.code(known)
        )
        self._record(OPENED, [run], project=opening.project)
