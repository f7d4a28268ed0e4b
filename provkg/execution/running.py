"""Runs a command and records it: when, with which code, what it read and made, how it ended and what it used."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final, Unpack

from provkg import resources
from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.configuring import configure
from provkg.capture.defaults import defaults, set_defaults, told_everywhere
from provkg.capture.digest_cache import DigestCache
from provkg.capture.facts import PATIENT, facts
from provkg.capture.file_digests import files_below, files_matching, is_pattern
from provkg.capture.handles import references
from provkg.capture.trouble import attempt, warned
from provkg.execution.command import Program, environment_of
from provkg.execution.command_python import python_of
from provkg.execution.inputs import Inputs, behind_others
from provkg.execution.outputs import record_outputs
from provkg.execution.touched import Touched, changed, looked_at
from provkg.execution.trace import Trace
from provkg.execution.waiting import Ended, run_to_end
from provkg.records import Reference, Run, TrainingRun

LOOK_SECONDS: Final = 0.2
WISHED: Final = frozenset({"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"})


class CommandBlock(RunBlock):
    """The run of a command while it goes on."""

    KIND: ClassVar[type[Run]] = Run
    USE: ClassVar[str] = "used"

    def __init__(self, program: Program, title: str | None, **about: Unpack[About]) -> None:
        super().__init__(title or program.title, self.KIND, **about)
        self._program = program
        self.inputs: Inputs | None = None
        self.exit_status: int | None = None

    def ran(self, ended: Ended) -> None:
        """Take how the command ended and what it used."""
        self.exit_status = ended.status
        if self._consumption is not None:
            self._consumption.command_used(ended.used)

    def _open(self) -> None:
        super()._open()
        if self._consumption is not None:
            self._consumption.launches()

    def _specific(self) -> dict[str, Any]:
        said = {"entry_point": self._program.title, "command_line": self._program.line, "exit_code": self.exit_status}
        return {**said, self.USE: self._used()}

    def _used(self) -> tuple[Reference, ...]:
        return references(self.inputs.data) if self.inputs is not None else ()


class TrainingCommandBlock(CommandBlock):
    """The run of a command that trains a model from all that it reads, as whoever ran it says."""

    KIND: ClassVar[type[Run]] = TrainingRun
    USE: ClassVar[str] = "training_data"
    LEARNS: ClassVar[bool] = True

    def _origin_of_models(self) -> dict[str, Any]:
        return {"run": self._maker, "trained_on": self._used()}


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
        self.trace = Trace(scratch / "opened")
        spool = (Path(os.environ["PROVKG_SPOOL"]).absolute(),) if os.environ.get("PROVKG_SPOOL") else ()
        cache = DigestCache.of_user()
        ours = (resources.ONTOLOGY, resources.SHAPES, resources.QUERIES, resources.RULES)
        self.apart = (defaults().folder, scratch, *spool, *((cache.path,) if cache is not None else ()), *ours)
        self.touched = Touched(time.time_ns(), self.apart)
        self._over = threading.Event()

    def run(self, inputs: Sequence[str], outputs: Sequence[str], frameworks: Sequence[str]) -> int:
        """Run it within its block; returns the exit status."""
        before = looked_at(self.folder, self.apart)
        with suppress(CommandFailed, CommandAborted), self.block:
            self.block.inputs = read = Inputs(self.folder, inputs)
            ended = self._watched(read, frameworks)
            self.block.ran(ended)
            self._compare_pythons()
            attempt("record what the command read", read.record)
            made = self.touched.outputs([*_named(self.folder, outputs), *changed(before, self._looked_at())])
            attempt("record what the command made", lambda: record_outputs(self.block, made, self.folder, read.data))
            ended_badly(self.program.title, ended)
        return self.block.exit_status or 0

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
            if (path := self.touched.take(opened)) is not None:
                read.look(path)

    def _looked_at(self) -> dict[Path, tuple[int, int]] | None:
        return looked_at(self.folder, self.apart)


def _named(folder: Path, patterns: Sequence[str]) -> list[Path]:
    found: list[Path] = []
    for pattern in patterns:
        path = folder / pattern
        found += files_matching(path)[1] if is_pattern(path) else files_below(path) if path.is_dir() else [path]
    return found


class CommandFailed(Exception):
    """The command ended with a status other than 0, or by a signal that nobody sends on purpose."""

    recorded_as = "exit status"


class CommandAborted(BaseException):
    """Somebody ended the command."""

    recorded_as = "signal"


def ended_badly(title: str, ended: Ended) -> None:
    """Raise what a record is to say of a command that did not succeed."""
    if ended.signal in WISHED:
        raise CommandAborted(f"{title} was ended by {ended.signal}")
    if ended.signal is not None:
        raise CommandFailed(f"{title} was ended by {ended.signal}")
    if ended.status:
        raise CommandFailed(f"{title} ended with exit status {ended.status}")
