"""The calls of tasks as they lie in segments, made into complete records: what each used and made, and when."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from provkg.capture.spool.points import CALL, DIGEST, MORE, NUMBERS, Slot
from provkg.errors import Unreadable
from provkg.records import CLOSED, Dataset, DatasetVersion, Record, Reference, TransformationRun
from provkg.records.encoding import decoded

LABEL_DIGITS: Final = 12


@dataclass(frozen=True)
class Task:
    """What all calls of a task have in common; `mono` and `at` are one moment by both clocks."""

    number: int
    run: TransformationRun
    output: str
    project: str | None
    mono: int
    at: int

    def when(self, mono: int) -> datetime:
        """Return the moment of a reading of the monotonic clock."""
        return datetime.fromtimestamp((self.at + (mono - self.mono) // 1000) / 1_000_000, UTC)


@dataclass(frozen=True)
class Thing:
    """Data that calls name by a number: where it is described, and what its content is."""

    reference: Reference
    name: str
    sha256: str
    form: str | None
    records: int | None


@dataclass(frozen=True)
class Call:
    """One call: `source` is an earlier one that made what it used, which is `used` otherwise."""

    task: Task
    count: int
    mono: int
    seconds: float
    used: Thing | None
    source: Call | None
    made: Thing | None


class Calls:
    """The calls of the tasks of one spool; `emitter` is its name."""

    def __init__(self, emitter: str) -> None:
        self._emitter = emitter
        self.tasks: dict[int, Task] = {}
        self._things: dict[int, Thing] = {}
        self._by_token: dict[int, Call] = {}
        self._makers: dict[Reference, Call] = {}
        """The last call that made a thing."""
        self._begun: tuple[Slot, bytes] | None = None
        self._due: list[Call] = []

    def begin(self, said: dict[str, Any]) -> None:
        """Take what a frame says of a task; raises `Unreadable`."""
        run = decoded(said["is"])
        if not isinstance(run, TransformationRun):
            raise Unreadable("a task frame describes no transformation")
        self.tasks[said["n"]] = Task(said["n"], run, said["output"], said.get("project"), said["mono"], said["at"])

    def name(self, said: dict[str, Any]) -> None:
        """Take what a frame says of a thing that calls use or make."""
        reference = decoded(said["is"])
        if not isinstance(reference, Reference):
            raise Unreadable("a thing frame points at nothing")
        self._things[said["n"]] = Thing(reference, said["name"], said["sha256"], said.get("form"), said.get("records"))

    def take(self, slot: Slot) -> None:
        """Take the next slot; of a call that lacks one, nothing is told."""
        head, first, _, _, second, places = slot
        if places & ~NUMBERS == CALL:
            self._begun = (slot, b"")
            if second != DIGEST:
                self._end(slot, self._things.get(second), is_known=True)
        elif places & ~NUMBERS == MORE and self._begun is not None:
            begun, digest = self._begun
            if (begun[0], begun[5] & NUMBERS) == (head, places & NUMBERS):
                digest += struct.pack("<qq", first, second)
                self._begun = begun, digest
                if len(digest) == 32:
                    self._end(begun, self._made(begun, digest.hex()), is_known=False)

    def _made(self, slot: Slot, sha256: str) -> Thing | None:
        task = self.tasks.get(slot[0] & NUMBERS)
        return None if task is None else Thing(task.run.reference(), task.output, sha256, None, None)  # type: ignore[arg-type]  # a run has a key

    def _end(self, slot: Slot, made: Thing | None, *, is_known: bool) -> None:
        head, used, seconds, mono, _, places = slot
        self._begun = None
        task = self.tasks.get(head & NUMBERS)
        if task is None:
            return
        thing = self._things.get(used)
        source = self._by_token.get(used) if thing is None else self._makers.get(thing.reference)
        call = Call(task, places & NUMBERS, mono, seconds, thing, source, made)
        self._by_token[token(task.number, call.count)] = call
        if is_known and made is not None:
            self._makers[made.reference] = call
        self._due.append(call)

    def records(self, wanted: Callable[[str], bool]) -> Iterator[Record]:
        """Yield the records of the calls taken since the last time whose id is `wanted`."""
        due, self._due = self._due, []
        for call in due:
            if wanted(name := self._id(call)):
                yield self._record(name, call)

    def _id(self, call: Call) -> str:
        return f"{self._emitter}-task-{call.task.number}-{call.count}"

    def _record(self, name: str, call: Call) -> Record:
        ended = call.task.when(call.mono)
        started = ended - timedelta(seconds=max(0.0, call.seconds))
        used = self._used(call)
        run = replace(call.task.run, id=name, started=started, ended=ended, used=used)
        output = self._output(call)
        return Record(name, CLOSED, (run, *([output] if output is not None else [])), call.task.project)

    def _used(self, call: Call) -> tuple[Reference, ...]:
        if call.source is not None and (made := self._output(call.source)) is not None:
            reference = made.reference()
            return (reference,) if isinstance(reference, Reference) else ()
        return (call.used.reference,) if call.used is not None else ()

    def _output(self, call: Call) -> DatasetVersion | None:
        """Return the data that a call made: a version of its own, since what one run made no other did."""
        if call.made is None:
            return None
        return DatasetVersion(
            run=Reference(TransformationRun.kind(), ("provkg", self._id(call))),
            dataset=Dataset(name=call.made.name),
            version=call.made.sha256[:LABEL_DIGITS],
            sha256=call.made.sha256,
            digest_form=call.made.form,
            record_count=call.made.records,
            made=call.task.when(call.mono),
            of=self._used(call),
        )


def token(task: int, count: int) -> int:
    """Return the number by which a call names another one, larger than that of any thing."""
    return task << 32 | count
