"""The life of one run: begun, told to the graph as it goes, ended in one of several ways."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from contextvars import Token
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, ClassVar, Self, Unpack

from provkg.capture.about import RESOLVED, About, Telling
from provkg.capture.around import entered, surrounding
from provkg.capture.command_around import run_around_the_process
from provkg.capture.endings import outcome
from provkg.capture.facts import AT_ONCE, PATIENT
from provkg.capture.given_data import data_things
from provkg.capture.handles import DataGiven, Handle, references
from provkg.capture.metrics import Metrics
from provkg.capture.ranks import of_each
from provkg.capture.screening import screened
from provkg.capture.session import Session, end_session, session
from provkg.capture.signals import Terminated, die_of_sigterm, ending_on_sigterm
from provkg.capture.spool.writer import PointsOf
from provkg.capture.timed_runs import TimedRun
from provkg.capture.told import completed
from provkg.capture.trouble import attempt, trouble, warned
from provkg.capture.usage import Consumption
from provkg.capture.wording import worded
from provkg.errors import BadParameter
from provkg.records import CLOSED, PROGRESS, Configuration, Description, Reference, Run, configuration
from provkg.records.encoding import encoded


class Lifecycle(TimedRun):
    """One run as a context manager: an opening record, what it made, a closing record."""

    LEARNS: ClassVar[bool] = False
    expects_more = False
    """Whether outputs may come after the end, as what a framework's user saves after the fit."""

    def __init__(
        self,
        title: str,
        kind: type[Run] = Run,
        *,
        uses: DataGiven = None,
        seed_scope: str = "global",
        **about: Unpack[About],
    ) -> None:
        title = worded(title, "the title of a run")
        self.told = Telling(about, learns=self.LEARNS, seed_scope=seed_scope, title=title)
        super().__init__(kind, title)
        self._uses, self._within = data_things(uses, "uses"), about.get("within")
        self._outputs: list[Description] = []
        self._undescribed: list[Description] = []
        self._closing: tuple[Run, PointsOf | None] | None = None
        self._parent: Lifecycle | None = None
        self._metrics: Metrics | None = None
        self._consumption: Consumption | None = None
        self._session: Session | None = None
        self._pid = 0
        self.steps = itertools.count(1)  # of all threads, so a counter that hands each number out once
        self._token: Token[Lifecycle | None] | None = None
        self._again = 0
        self._ending: list[Callable[[BaseException | None], object]] = []

    @property
    def outermost(self) -> Lifecycle:
        """The run that it lies in, however deep, and that lies in none."""
        return self if self._parent is None else self._parent.outermost

    @property
    def parent(self) -> Lifecycle | None:
        """The run that it is a part of."""
        return self._parent

    def lies_in(self, other: Lifecycle) -> bool:
        """Whether it is a part of `other`, directly or through runs in between."""
        return self._parent is not None and (self._parent is other or self._parent.lies_in(other))

    # --- the block

    def __enter__(self) -> Self:
        if self._started is not None:
            when = "has ended" if self._ended is not None else "goes on already"
            trouble(f"run {self.title!r} {when}; make a new block to record it again", error=BadParameter)
            self._again += 1
            return self
        self._pid = os.getpid()
        self._start()
        self._parent = surrounding(self.title, self._within)
        self._token = entered.set(self)
        if self._parent is None:
            ending_on_sigterm(begin=True)
        try:
            attempt(f"record the start of {self.title!r}", self._open)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._again:
            self._again -= 1
            return
        if self._token is None and not self.goes_on:
            when = "has ended already" if self._ended is not None else "has not begun"
            trouble(f"run {self.title!r} {when}; this end of it changes nothing", error=BadParameter)
            return
        self._leave()
        if self._pid == os.getpid() and self._ended is None:  # a forked child leaves the run to its parent
            self._end(error)

    def _leave(self) -> None:
        token, self._token = self._token, None
        if token is None:  # left before
            return
        inner = entered.get()
        if inner is not None and inner is not self and inner.goes_on and inner.lies_in(self):
            warned(
                f"run {self.title!r} is closed before {inner.title!r}, which lies in it; both are recorded, each with "
                "its own end. Use them as `with` blocks, one within the other"
            )
        try:
            entered.reset(token)
        except ValueError:  # closed in another context than it was opened in, as generators do
            entered.set(self._parent)
        if self._parent is None and self._pid == os.getpid():
            ending_on_sigterm(begin=False)

    def _end(self, error: BaseException | None) -> None:
        for end in self._ending:  # what began in here and whose end nobody marks
            attempt(f"end what began in {self.title!r}", partial(end, error))
        self._ended = self._now()
        own = self._session
        if own is None:
            return  # that it could not begin has been said
        try:
            attempt(f"record the end of {self.title!r}", lambda: self._close(own, error))
            if self._parent is None:
                attempt("deliver what was recorded", own.end_of_block)
            if self._parent is None and isinstance(error, Terminated):
                attempt("deliver what was recorded", lambda: end_session(seconds=0))
                die_of_sigterm()
        except Exception as ours:
            if error is None:
                raise
            error.add_note(f"provkg: {ours}")  # what the user's code raised matters more

    def _open(self) -> None:
        self._session = own = session()
        self.told.begin()
        since = self._clock if self.LEARNS else None
        self._metrics = Metrics(self.reference, own.writer, of=self._measured_thing(), since=since, fork=self._forked)
        self._consumption = Consumption(self._doing, own.writer, self.told.energy)
        own.watch(self)
        run = self._run(own, AT_ONCE)
        for opened in (run, *self._first_rank(run)):
            own.openings.open(opened, self.told.project)

    def _forked(self) -> Reference:
        """Say, in a forked child that measures something, what it does: an activity of its own, part of the run."""
        own = self._session
        if own is None:
            return self.reference
        about = of_each(self.told.fields(own, 0)) | {"title": f"{self.title}, forked process"}
        said = Run(id=own.writer.emitter, part_of=self.reference, started=datetime.now(UTC), **about)
        reference = Reference(said.kind(), ("provkg", own.writer.emitter))
        own.writer.event("said", run=encoded(reference), says=encoded((screened(said),)))
        return reference

    def _close(self, own: Session, error: BaseException | None) -> None:
        own.unwatch(self)
        energy, used_up = self._consumption.final() if self._consumption is not None else ({}, ())
        self._settle()
        points = attempt("summarise the metrics", lambda: self._measurements(error))
        status, facts_of_error = outcome(error)
        run = self._run(own, PATIENT)
        # Of a training it is asked with which settings it ran, and none is an answer too.
        used = configuration(run.parameters) or (Configuration() if self.LEARNS and self._states else None)
        run = replace(run, ended=self._ended, status=status, configuration=used, **facts_of_error)
        self._undescribed.clear()
        firsts = self._first_rank(run)
        if firsts:  # of what all ranks use nobody knows the sum
            itself = PointsOf(self._doing, final=True)
            self._record(CLOSED, [replace(firsts[0], **energy), *used_up], points=itself)
        else:
            run = replace(run, **energy)
            self._outputs += used_up
        self._closing = (run, points)
        self._record(CLOSED, [run, *self._outputs], points=points)

    def _settle(self) -> None:
        """Let what was given to this run, and is seen only as it passes, be what has passed by now."""
        for given in [each for value in vars(self).values() if isinstance(value, tuple) for each in value]:
            if isinstance(given, Handle) and given.settle is not None:
                given.settle()

    def _measurements(self, error: BaseException | None) -> PointsOf | None:
        if self._metrics is None:
            return None
        points = self._metrics.final(self._judged(error))
        self._keep_evidence(self._metrics)
        return points

    def progress(self) -> None:
        """Write a record of what was measured since the last one; the session calls this from time to time."""
        if self._metrics is None or self._ended is not None or self._pid != os.getpid():
            return
        if self._session is not None:
            self._session.openings.write()  # before points are held up for the record: this may wait for facts
        self._metrics.progress(lambda points: self._record(PROGRESS, [], points=points))

    # --- what kinds of runs differ in

    def _specific(self) -> dict[str, Any]:
        return {}

    def _measured_thing(self) -> Reference | None:
        return None

    def _judged(self, error: BaseException | None) -> Reference | None:
        return self.reference if error is None else None

    def _keep_evidence(self, metrics: Metrics) -> None:
        """Let the judged models know their measurements."""

    # --- records

    def _run(self, own: Session, patience: float) -> Run:
        if self._parent is not None:
            self.told.experiment = self.told.experiment or self._parent.told.experiment
        about: dict[str, Any] = {"title": self.title, **self.told.fields(own, patience)}
        about["part_of"] = self._parent.reference if self._parent is not None else run_around_the_process()
        if self._share is not None and self._share.leads:
            about["worker_count"] = self._share.size
        elif self._share is not None:
            title = f"{self.title}, rank {self._share.rank}"
            about = {**of_each(about), "title": title, "part_of": self.whole}
        specific = self._specific() if self._states else {}
        used = {"used": references(self._uses)}
        run = self._stated(id=self._id, started=self._started, **{**used, **about, **specific})
        return completed(run, "runs", self.title, but=RESOLVED)

    def _record(self, kind: str, said: Sequence[Description], *, points: PointsOf | None = None) -> None:
        if self._session is not None:
            self._session.record(kind, said, project=self.told.project, points=points)

    def _say(self, said: Sequence[Description]) -> None:
        """Leave `said` in the spool for the case that this process dies before the closing record."""
        if self._session is not None and self._pid == os.getpid():
            self._session.writer.event("said", run=encoded(self.reference), says=encoded(tuple(map(screened, said))))

    def _made(self, handle: Handle, said: Description) -> None:
        """Take an output into the closing record, or into one at once when something refers to it before."""
        reference = said.reference()
        handle.reference = reference if isinstance(reference, Reference) else None
        if not self._states:
            return
        handle.describe = self._describe_outputs
        self._outputs.append(said)
        self._undescribed.append(said)
        self._say([said])
        if self._ended is not None:
            if not self.expects_more:
                trouble(f"run {self.title!r} has ended; output {handle.name!r} is recorded as of its end")
            self._describe_outputs()

    def _describe_outputs(self) -> None:
        if self._undescribed and entered.get() is not self:
            said, self._undescribed = self._undescribed, []
            if self._closing is None:
                self._record(PROGRESS, said)
            else:
                # Said again with what came late: a closing record is asked what the run made, and was perhaps refused.
                run, points = self._closing
                self._record(CLOSED, [run, *self._outputs], points=points)

    def _is_out_of_time(self, what: str) -> bool:
        if self._ended is None and self._started is not None:
            return self._session is None  # that it could not begin has been said
        when = "has ended" if self._ended is not None else "has not begun: use it as `with … as run:`"
        trouble(f"run {self.title!r} {when}; {what} is not recorded", error=BadParameter)
        return True
