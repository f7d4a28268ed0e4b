"""`task`: a step that is done many times; each call is one record, and costs the caller a few microseconds."""

from __future__ import annotations

import itertools
import os
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from struct import Struct
from typing import Any, Final, Unpack

from provkg import vocabulary
from provkg.capture.about import About
from provkg.capture.around import surrounding
from provkg.capture.facts import PATIENT
from provkg.capture.handles import Data, references
from provkg.capture.metrics import next_number
from provkg.capture.screening import screened
from provkg.capture.session import Session, session
from provkg.capture.spool.calls import token
from provkg.capture.spool.points import CALL, CALL_WITH_DIGEST, DIGEST, MORE, NUMBERS, SERIES, SLOT
from provkg.capture.spool.segments import Put, nowhere
from provkg.capture.steps import StepBlock
from provkg.capture.trouble import attempt, trouble
from provkg.errors import BadParameter
from provkg.records import Iri, Run, configuration
from provkg.records.encoding import encoded

Task = Callable[..., int]
"""Records that a task was done; what it returns stands for what was made, in later calls."""
MOST_SLOTS: Final = 3
"""Which a call takes."""
NONE: Final = 0
"""As what was used or made: nothing."""

_QUARTERS: Final = Struct("<4q")
pack: Final = SLOT.pack
pack_digest: Final = CALL_WITH_DIGEST.pack
now: Final = time.monotonic_ns


class TaskBlock(StepBlock):
    """What all calls of a task have in common; it is no run by itself."""

    def template(self, own: Session) -> Run:
        """Return a run with everything but its name, its times, and what it used."""
        self._share = None  # each rank does what it does
        self._session, self._started = own, datetime.now(UTC)
        self._parent = surrounding(self.title, None)
        run = self._run(own, PATIENT)
        status = Iri(vocabulary.RunStatus_succeeded.value)
        return replace(run, id="task", status=status, configuration=configuration(run.parameters), step_index=None)  # type: ignore[call-arg]  # of a step's run


class Binding:
    """One task in the spool of this process: its number, the numbers of the data it met, and where calls go."""

    def __init__(self, block: TaskBlock, output: str) -> None:
        self._block, self._output = block, output
        self._own: Session | None = None
        self._pid = 0
        self.put: Put = nowhere
        self.word = 0
        self.number = 0
        self.known: dict[int, int] = {}
        """The numbers of data by the identity of their handles, as long as these live."""
        self.count = itertools.count(1)

    def renew(self) -> bool:
        """See that calls can go into a segment, after telling the spool what the task is; returns whether they can."""
        own = session()
        with own.writer.lock:
            if self._own is not own or self._pid != os.getpid():
                self._begin(own)
            put = own.writer.room(MOST_SLOTS)
            self.put = put or nowhere
            return put is not None

    def _begin(self, own: Session) -> None:
        said = screened(self._block.template(own))
        self._own, self._pid, self.number, self.count = own, os.getpid(), next_number(), itertools.count(1)
        self.word = SERIES | self.number
        self.known.clear()
        self.known[id(None)] = NONE
        own.counts_calls = True
        about = {"output": self._output, "project": self._block.told.project, "is": encoded(said)}
        own.writer.event("task", n=self.number, mono=now(), **about)

    def number_of(self, given: Any, what: str) -> int:
        """Return the number by which calls name `given`, told to the spool when it is new."""
        if given is None:
            return NONE
        if type(given) is int and given > NUMBERS:
            return given
        if not isinstance(given, Data):
            raise BadParameter(
                f"{what} of a task is what provkg.dataset() or an earlier call returned, not a {type(given).__name__}"
            )
        if (number := self.known.get(id(given))) is None:
            number = self.known[id(given)] = self._tell(given)
        return number

    def _tell(self, data: Data) -> int:
        found = references((data,))
        if self._own is None or not found or data.sha256 is None:
            raise BadParameter(f"dataset {data.name!r} could not be recorded, so no task can name it")
        number = next_number()
        about = {"name": data.name, "sha256": data.sha256, "form": data.digest_form, "records": data.record_count}
        self._own.writer.event("thing", n=number, **about, **{"is": encoded(found[0])})
        # Another handle may come to lie where this one was.
        weakref.finalize(data, self.known.pop, id(data), None).atexit = False
        return number


def task(title: str, *, kind: str | None = None, output: str | None = None, **about: Unpack[About]) -> Task:
    """Return what records that the task was done, as `normalise(used, made)`: one complete record a call.

    `used` is data with a record, or what an earlier call returned; `made` is data whose digest is known, or a SHA-256
    in hex, of data that are called `output`. With `since=`, a reading of `time.monotonic_ns()`, the record says how
    long it took. What is said here is said of all calls, which are part of the run that is open when the first is made.
    """
    bound = Binding(TaskBlock(title, kind=kind, **about), output or title)
    attempt(f"prepare task {title!r}", bound.renew)

    def done(used: Any = None, made: Any = None, *, since: int | None = None) -> int:
        try:
            known, count = bound.known, next(bound.count)
            source = used if type(used) is int and used > NUMBERS else known[id(used)]
            moment = now()
            seconds = 0.0 if since is None else (moment - since) / 1e9
            if type(made) is str:
                bound.put(_with_digest(bound.word, source, seconds, moment, count, made))
            else:
                bound.put(pack(bound.word, source, seconds, moment, known[id(made)], CALL | count))
            return bound.number << 32 | count
        except Exception:  # noqa: BLE001 - something is new, wrong or full, which the long way settles or says
            return attempt(f"record task {title!r}", lambda: _long(bound, title, used, made, since)) or 0

    return done


def _with_digest(word: int, used: int, seconds: float, moment: int, count: int, sha256: str) -> bytes:
    a, b, c, d = _QUARTERS.unpack(bytes.fromhex(sha256))
    more = MORE | count
    return pack_digest(
        word, used, seconds, moment, DIGEST, CALL | count, word, a, 0.0, moment, b, more, word, c, 0.0, moment, d, more
    )


def _long(bound: Binding, title: str, used: Any, made: Any, since: int | None) -> int:
    if not bound.renew():
        trouble(
            f"task {title!r} is not recorded: calls of tasks need a disk that can be mapped; use provkg.step there",
            kind=f"task {title}",
        )
        return 0
    source = bound.number_of(used, "what was used")
    count, moment = next(bound.count), now()
    seconds = 0.0 if since is None else (moment - since) / 1e9
    if isinstance(made, str):
        bound.put(_with_digest(bound.word, source, seconds, moment, count, made))
    else:
        bound.put(pack(bound.word, source, seconds, moment, bound.number_of(made, "what was made"), CALL | count))
    return token(bound.number, count)
