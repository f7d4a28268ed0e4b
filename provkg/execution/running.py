"""Runs a command and records it: when, with which code, what it read and made, how it ended and what it used."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Unpack

from provkg import resources
from provkg.capture.about import About
from provkg.capture.configuring import configure
from provkg.capture.defaults import defaults, set_defaults, told_everywhere
from provkg.capture.digest_cache import DigestCache
from provkg.capture.facts import PATIENT, facts
from provkg.capture.trouble import attempt, trouble, warned
from provkg.errors import Unreadable
from provkg.execution.command import Program, environment_of
from provkg.execution.command_blocks import (
    CommandAborted,
    CommandBlock,
    CommandFailed,
    CommandKilled,
    TrainingCommandBlock,
    ended_badly,
)
from provkg.execution.command_python import python_of
from provkg.execution.inputs import FEW, Inputs, behind_others
from provkg.execution.listing import Listing, changed, looked_at, moved
from provkg.execution.outputs import NamedOutputs, record_outputs
from provkg.execution.streams import given_file, is_given
from provkg.execution.touched import Seen, Touched
from provkg.execution.trace import Opened, Trace
from provkg.execution.waiting import Ended, run_to_end

LOOK_SECONDS: Final = 0.2


def execute(
    arguments: Sequence[str],
    *,
    title: str | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    frameworks: Sequence[str] = (),
    trains: bool = False,
    **about: Unpack[About],
) -> int:
    """Run a command as a recorded run and return its exit status, as a shell tells it.

    `inputs` and `outputs` are files, folders or patterns that count besides those that Python programs are seen to open
    and those that change below the working folder. `frameworks` record by themselves in Python programs. A command that
    `trains` makes versions of models out of what it reads. Raises `CommandNotStarted`.
    """
    program, folder = Program(tuple(arguments)), Path.cwd()
    set_defaults(python=python_of(arguments, os.environ.get("PATH")))
    configure(code=program.code(folder))
    block = (TrainingCommandBlock if trains else CommandBlock)(program, title, **about)
    with tempfile.TemporaryDirectory(prefix="provkg-") as scratch:
        going = _Execution(block, program, folder, Path(scratch), _words(about))
        return going.run(inputs, outputs, frameworks)


def _words(about: About) -> dict[str, str | None]:
    """Return what was said of the run that holds for those in it, too, as far as it is a word."""
    said = {name: about.get(name) or told_everywhere(name) for name in ("project", "experiment", "responsible")}
    return {name: value if isinstance(value, str) else None for name, value in said.items()}


class _Execution:
    """One command from its start to its end."""

    def __init__(
        self, block: CommandBlock, program: Program, folder: Path, scratch: Path, about: Mapping[str, str | None]
    ) -> None:
        self.block, self.program, self.folder, self.about = block, program, folder, about
        spool = (Path(os.environ["PROVKG_SPOOL"]).absolute(),) if os.environ.get("PROVKG_SPOOL") else ()
        cache = DigestCache.of_user()
        ours = (resources.ONTOLOGY, resources.SHAPES, resources.QUERIES, resources.RULES)
        self.apart = (defaults().folder, scratch, *spool, *((cache.path,) if cache is not None else ()), *ours)
        self.touched = Touched(time.time_ns(), self.apart, defaults().folder)
        self.trace = Trace(scratch / "opened", self.touched.began, folder)
        self._over = threading.Event()

    def run(self, inputs: Sequence[str], outputs: Sequence[str], frameworks: Sequence[str]) -> int:
        """Run it within its block; returns the exit status."""
        before = looked_at(self.folder, self.apart)
        with suppress(CommandFailed, CommandAborted, CommandKilled), self.block:
            self.block.inputs = read = Inputs(self.folder, inputs)
            if (given := given_file(0)) is not None and self.touched.counts(given):
                read.look(Seen(given, given))
            ended = self._watched(read, frameworks)
            self.block.ran(ended)
            self._compare_pythons()
            after = looked_at(self.folder, self.apart)
            self._find_moved(read, before, after)
            attempt("record what the command read", lambda: read.record(self.touched.named))
            named = attempt("look for outputs", lambda: NamedOutputs.found(self.folder, outputs)) or NamedOutputs()
            if named.missing:
                trouble(f"no file is at {', '.join(named.missing)}, which was named as an output", error=Unreadable)
            # What provkg itself has to say goes to the same place as the command's errors, and is no output of it.
            made = [*self.touched.outputs([*named.files, *changed(before, after)])]
            made = [path for path in made if not is_given(path, 2)]
            attempt("record what the command made", lambda: self._record_outputs(made, read, named))
            ended_badly(self.program.title, ended, self.touched.error)
        return self.block.exit_status or 0

    def _find_moved(self, read: Inputs, before: Listing | None, after: Listing | None) -> None:
        """Find the inputs that other programs than Python moved, and say which ones are lost."""
        for place, to in moved(before, after):
            self._take(Opened("m", self.touched.began, place, str(to)), read)
        lost = [str(path) for path in (*self.touched.read, *self.touched.unsure) if path not in read]
        lost = [path for path in lost if before is not None and Path(path) in before]
        if lost:
            named = ", ".join(lost[:FEW]) + (f" and {len(lost) - FEW} more" if len(lost) > FEW else "")
            trouble(f"{named}: read, and changed or gone before a digest was taken; missing among what the run used")

    def _record_outputs(self, made: Iterable[Path], read: Inputs, named: NamedOutputs) -> None:
        record_outputs(self.block, made, self.folder, read.things, self.touched, named)

    def _compare_pythons(self) -> None:
        """Say so if all that ran were other Pythons than the one that the environment tells about."""
        told, ran = facts(PATIENT).python, self.touched.pythons
        if told is not None and ran and Path(told.prefix) not in ran:
            others = ", ".join(map(str, sorted(ran)))
            warned(f"the packages that are recorded are those of the Python in {told.prefix}; the command ran {others}")

    def _watched(self, read: Inputs, frameworks: Sequence[str]) -> Ended:
        variables = environment_of(
            os.environ,
            trace=self.trace.path,
            store=defaults().folder,
            within=self.block.reference,
            frameworks=frameworks,
            about=self.about,
        )
        looking = threading.Thread(target=self._look, args=(read,), name="provkg inputs", daemon=True)
        looking.start()
        try:
            return run_to_end(self.program.arguments, variables)
        finally:
            self._over.set()
            looking.join()
            self._look_once(read)

    def _look(self, read: Inputs) -> None:
        behind_others()
        while not self._over.wait(LOOK_SECONDS):
            self._look_once(read)

    def _look_once(self, read: Inputs) -> None:
        for opened in self.trace.new():
            self._take(opened, read)

    def _take(self, opened: Opened, read: Inputs) -> None:
        if (seen := self.touched.take(opened)) is not None:
            read.look(seen)
