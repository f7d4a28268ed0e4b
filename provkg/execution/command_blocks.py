"""The run of a command while it goes on: what it used and made, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Unpack

from provkg import vocabulary
from provkg.capture import contents
from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data, Thing, references
from provkg.capture.trouble import attempt
from provkg.execution.command import Program
from provkg.execution.inputs import Inputs
from provkg.execution.waiting import Ended
from provkg.records import Reference, Run, TrainingRun

WISHED: Final = frozenset({"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"})


class CommandBlock(RunBlock):
    """The run of a command while it goes on."""

    KIND: ClassVar[type[Run]] = Run

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

    def made(self, data: Data, *, of: tuple[Thing, ...], version: str | None, at: datetime) -> None:
        """Record what it made out of `of`, as a program in it recorded it already: with that time."""

        def record() -> None:
            said = contents.dataset_version(
                data,
                version=version,
                description=None,
                project=self.told.project,
                run=self._maker,
                made=at,
                of=references(of),
            )
            self._made(data, said)

        attempt(f"record dataset {data.name!r}", record)

    def _open(self) -> None:
        super()._open()
        if self._consumption is not None:
            self._consumption.launches()

    def _specific(self) -> dict[str, Any]:
        said = {"entry_point": self._program.title, "command_line": self._program.line, "exit_code": self.exit_status}
        return {**said, **self._used()}

    def _used(self) -> dict[str, tuple[Reference, ...]]:
        return {"used": references(self.inputs.things if self.inputs is not None else ())}


class TrainingCommandBlock(CommandBlock):
    """The run of a command that trains a model from all that it reads, as whoever ran it says."""

    KIND: ClassVar[type[Run]] = TrainingRun
    LEARNS: ClassVar[bool] = True

    def _origin_of_models(self) -> dict[str, Any]:
        return {"run": self._maker, "trained_on": self._used()["training_data"]}

    def _used(self) -> dict[str, tuple[Reference, ...]]:
        things = self.inputs.things if self.inputs is not None else []
        data = [each for each in things if isinstance(each, Data)]
        return {"training_data": references(data), "used": references(each for each in things if each not in data)}


class CommandFailed(Exception):
    """The command ended with a status other than 0, or by a signal that nobody sends on purpose."""

    recorded_as = "exit status"


class CommandAborted(BaseException):
    """Somebody ended the command."""

    recorded_as = "signal"


class CommandKilled(BaseException):
    """The command was gone before it could say how it ended: killed for want of memory, for example."""

    recorded_as = "signal"
    ended_as = vocabulary.RunStatus_interrupted


def ended_badly(title: str, ended: Ended, error: str | None) -> None:
    """Raise what a record is to say of a command that did not succeed; `error` is what a program in it said last."""
    if ended.signal == "SIGKILL":
        raise CommandKilled(f"{title} was ended by {ended.signal}")
    if ended.signal in WISHED:
        raise CommandAborted(f"{title} was ended by {ended.signal}")
    if ended.signal is not None:
        raise CommandFailed(f"{title} was ended by {ended.signal}")
    if ended.status:
        raise CommandFailed(f"{title} ended with exit status {ended.status}" + (f": {error}" if error else ""))
