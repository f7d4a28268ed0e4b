"""A block of a training script as one run: an opening record, what happens in between, a closing record."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextvars import ContextVar, Token
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, ClassVar, Final, Self, Unpack

from provkg import vocabulary
from provkg.capture import contents, models
from provkg.capture.about import About, Params, Telling
from provkg.capture.facts import PATIENT, SOON
from provkg.capture.handles import Data, Handle, ModelHandle, Things, references, things
from provkg.capture.metrics import Metrics, Subject, as_place
from provkg.capture.secrets import filtered_text
from provkg.capture.session import Session, session
from provkg.capture.signals import ending_on_sigterm
from provkg.capture.spool.process import new_emitter
from provkg.capture.trouble import attempt, failed, trouble
from provkg.errors import BadParameter
from provkg.records import (
    CLOSED,
    OPENED,
    PROGRESS,
    Checkpoint,
    Description,
    Iri,
    ModelVersion,
    PipelineRun,
    Reference,
    Run,
    configuration,
)
from provkg.records.encoding import encoded

LONGEST_MESSAGE: Final = 4000

_current: ContextVar[RunBlock | None] = ContextVar("provkg run", default=None)


class RunBlock:
    """One run while it goes on; `run`, `step`, `training` and the others make one."""

    ROLE: ClassVar[str | None] = None
    LEARNS: ClassVar[bool] = False

    def __init__(
        self,
        title: str,
        kind: type[Run] = Run,
        *,
        uses: Things = None,
        seed_scope: str = "global",
        **about: Unpack[About],
    ) -> None:
        self.title = str(title)
        self.told = Telling(about, learns=self.LEARNS, seed_scope=seed_scope)
        self._kind, self._id = kind, new_emitter()
        self._uses = things(uses, "uses")
        self._outputs: list[Description] = []
        self._pending: list[Description] = []
        self._models: list[ModelHandle] = []
        self._parent: RunBlock | None = None
        self._metrics: Metrics | None = None
        self._session: Session
        self._started: datetime
        self._ended: datetime | None = None
        self._clock, self._pid, self._steps = 0.0, 0, 0
        self._begun = False

    # --- what a user calls

    def metric(
        self,
        name: str,
        value: Any,
        *,
        epoch: int | None = None,
        step: int | None = None,
        role: str | None = None,
        label: str | None = None,
        data: Data | None = None,
    ) -> None:
        """Record one value of the metric `name`; with `epoch` or `step`, or called again, it becomes a series.

        `role` is the part it was taken on (`train`, `validation`, `test`), `label` a class or group that it is about.
        """
        metrics = self._metrics
        if metrics is None or self._ended is not None:
            self._out_of_time(f"metric {name!r}")
            return
        key = (name, role, label, data)
        try:
            metrics.log(name, value, epoch, step, key, lambda: self._subject(name, role, data))
        except Exception as error:  # noqa: BLE001 - recording must never stop training
            failed(f"record metric {name!r}", error)

    def param(self, name: str, value: Any) -> None:
        """Record one parameter."""
        self.params({name: value})

    def params(self, params: Params) -> None:
        """Record parameters; nested ones get dotted names, `seed` and `random_state` count as seeds."""
        if self._ended is not None:
            self._out_of_time(f"parameters {', '.join(map(str, params))}")
            return
        attempt("record parameters", lambda: self.told.add_params(params))
        if self._begun:
            more = self._kind(id=self._id, parameters=self.told.settings())
            attempt("record parameters", lambda: self._say([more]))

    def dataset(
        self,
        name: str,
        rows: Any,
        *,
        of: Things = None,
        version: str | None = None,
        role: str | None = None,
        synthetic: bool | None = None,
        description: str | None = None,
    ) -> Data:
        """Record rows (or a file) that this run made `of` its inputs, all of them unless said; the role is kept."""
        sources = things(of, "of") or self._inputs()
        data = Data(name, rows=contents.given(rows), role=role or _common_role(sources))
        data.synthetic = synthetic if synthetic is not None else self._synthetic(sources)
        data.target = next((source.target for source in sources if isinstance(source, Data)), None)

        def record() -> None:
            said = contents.dataset_version(
                data,
                version=version,
                description=description,
                project=self.told.project,
                run=self.reference,
                made=self._now(),
                of=references(sources),
            )
            self._made(data, said)

        attempt(f"record dataset {name!r}", record)
        return data

    def model(self, name: str, model: Any, *, version: str | None = None, framework: str | None = None) -> ModelHandle:
        """Record the model that this run made: an object, serialised for its digest, or a path to a file or folder."""
        handle = self._model(name, model, ModelVersion, version, framework)
        self._models.append(handle)
        return handle

    def checkpoint(
        self,
        name: str,
        model: Any,
        *,
        epoch: int | None = None,
        step: int | None = None,
        version: str | None = None,
        framework: str | None = None,
    ) -> ModelHandle:
        """Record the state of the model at an epoch or step, an object or a path."""
        places = {
            what: as_place(place, name, what) for what, place in (("epoch", epoch), ("step", step)) if place is not None
        }
        return self._model(name, model, Checkpoint, version, framework, **places)

    @property
    def reference(self) -> Reference:
        """A pointer to the run."""
        return Reference(self._kind.kind(), ("provkg", self._id))

    # --- the block

    def __enter__(self) -> Self:
        self._started, self._clock, self._pid = datetime.now(UTC), time.monotonic(), os.getpid()
        self._parent = _open_run()
        self._token: Token[RunBlock | None] = _current.set(self)
        if self._parent is None:
            ending_on_sigterm(begin=True)
        attempt(f"record the start of {self.title!r}", self._open)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            _current.reset(self._token)
        except ValueError:  # closed in another context than it was opened in, as generators do
            _current.set(self._parent)
        if self._pid != os.getpid() or self._ended is not None:
            return  # a forked child leaves the run to its parent
        if self._parent is None:
            ending_on_sigterm(begin=False)
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        self._ended = self._now()
        try:
            if self._begun:
                attempt(f"record the end of {self.title!r}", lambda: self._close(error))
            if self._parent is None and self._begun:
                attempt("deliver what was recorded", self._session.end_of_block)
        except Exception as trouble_of_ours:
            if error is None:
                raise
            error.add_note(f"provkg: {trouble_of_ours}")  # what the user's code raised matters more

    def _open(self) -> None:
        self._session = own = session()
        self._begun = True
        self._metrics = Metrics(self.reference, own.writer, of=self._measured_thing(), epochs=self._kind_times_epochs())
        self._metrics.begin_clock(self._clock)
        own.watch(self)
        self._record(OPENED, [self._run(SOON)])

    def _close(self, error: BaseException | None) -> None:
        said: list[Description] = [*self._outputs]
        if self._metrics is not None:
            said += self._metrics.final(self._judged(error))
            self._keep_evidence(self._metrics)
        self._pending.clear()
        status, facts_of_error = _status(error)
        run = self._run(PATIENT)
        used = configuration(run.parameters)
        run = replace(run, ended=self._ended, status=status, configuration=used, **facts_of_error)
        self._record(CLOSED, [run, *said])
        self._session.unwatch(self)

    def progress(self) -> None:
        """Write a record of what happened since the last one; the session calls this from time to time."""
        if self._metrics is None or self._ended is not None or self._pid != os.getpid():
            return
        points, cut = self._metrics.progress()
        if points:
            self._record(PROGRESS, points, cut=cut)

    # --- what kinds of runs differ in

    def _specific(self) -> dict[str, Any]:
        return {}

    def _inputs(self) -> tuple[Any, ...]:
        return self._uses

    def _measured_thing(self) -> Reference | None:
        return None

    def _kind_times_epochs(self) -> bool:
        return False

    def _keep_evidence(self, metrics: Metrics) -> None:
        if len(self._models) == 1:
            self._models[0].measured += metrics.measured()

    def _judged(self, error: BaseException | None) -> Reference | None:
        made = [model.reference for model in self._models if model.reference is not None]
        if len(made) == 1:
            return made[0]
        return self.reference if error is None and (made or not self.LEARNS) else None

    def _subject(self, name: str, role: str | None, data: Data | None) -> Subject:  # noqa: ARG002 - for subclasses
        if data is not None:
            on = references((data,))
            return Subject(role or data.role, on[0] if on else None, on)
        return Subject(role or self.ROLE, None, self._data_of(role or self.ROLE))

    def _data_of(self, role: str | None) -> tuple[Reference, ...]:
        fitting = [each for each in self._inputs() if isinstance(each, Data) and role and each.role == role]
        return references(fitting)

    # --- composing records

    def _run(self, patience: float) -> Run:
        if self._parent is not None:
            self.told.experiment = self.told.experiment or self._parent.told.experiment
        return self._kind(
            id=self._id,
            title=self.title,
            started=self._started,
            part_of=self._parent.reference if self._parent is not None else None,
            **{"used": references(self._uses), **self.told.fields(self._session, patience), **self._specific()},
        )

    def _record(self, kind: str, said: Sequence[Description], *, cut: dict[int, int] | None = None) -> None:
        self._session.record(kind, said, project=self.told.project, cut=cut)

    def _say(self, said: Sequence[Description]) -> None:
        """Leave `said` in the spool for the case that this process dies before the closing record."""
        if self._begun and self._pid == os.getpid():
            self._session.writer.event("said", run=encoded(self.reference), says=encoded(tuple(said)))

    def _made(self, handle: Handle, *said: Description) -> None:
        """Take an output into the closing record, or into one at once when something refers to it before."""
        reference = said[-1].reference()
        handle.reference = reference if isinstance(reference, Reference) else None
        self._outputs += said
        self._pending += said
        self._say(said)
        handle.describe = self._describe_outputs
        if not self._begun or self._ended is not None:
            self._out_of_time(f"output {handle.name!r}", lost=not self._begun)
            self._describe_outputs()

    def _describe_outputs(self) -> None:
        if self._pending and _current.get() is not self and self._begun:
            said, self._pending = self._pending, []
            self._record(PROGRESS, said)

    def _model(
        self,
        name: str,
        model: Any,
        kind: type[ModelVersion],
        version: str | None,
        framework: str | None,
        **places: Any,
    ) -> ModelHandle:
        handle = models.handle(name, model)

        def record() -> None:
            origin = models.origin(handle, version=version, framework=framework, project=self.told.project)
            handle.said = kind(**origin, **self._origin_of_models(), made=self._now(), **places)
            handle.version = handle.said.version
            handle.rewrite = lambda said: self._rewrite(handle, said)
            self.told.add_libraries(models.library(handle))
            self._made(handle, handle.said)

        attempt(f"record model {name!r}", record)
        return handle

    def _origin_of_models(self) -> dict[str, Any]:
        return {"generated_by": self.reference}

    def _rewrite(self, handle: ModelHandle, said: ModelVersion) -> None:
        self._outputs = [said if each.reference() == handle.reference else each for each in self._outputs]
        if self._ended is None:
            self._say([said])
        else:
            self._record("model", [said])

    # --- small things

    def _synthetic(self, sources: Sequence[Any]) -> bool | None:
        said = {source.synthetic for source in sources if isinstance(source, Data)}
        return True if True in said else False if said == {False} else None

    def _now(self) -> datetime:
        # A clock set back must not let a run end before it began.
        return self._ended or self._started + timedelta(seconds=time.monotonic() - self._clock)

    def _out_of_time(self, what: str, *, lost: bool = True) -> None:
        when = "has ended" if self._ended is not None else "has not begun: use it as `with … as run:`"
        outcome = "not recorded" if lost else "recorded as of its end"
        trouble(f"run {self.title!r} {when}; {what} is {outcome}", kind=f"{self._id} {what}", error=BadParameter)


def run(title: str, *, kind: str | None = None, uses: Things = None, **about: Unpack[About]) -> RunBlock:
    """Record any block of work as one run; blocks inside it become its parts.

    `kind="pipeline"` says that the blocks inside are the steps of a pipeline; any other kind is that of a step.
    """
    if kind is None or kind == "pipeline":
        return RunBlock(title, PipelineRun if kind else Run, uses=uses, **about)
    from provkg.capture.steps import StepBlock  # which builds on this module

    return StepBlock(title, kind=kind, uses=uses, **about)


def current_run() -> RunBlock | None:
    """Return the block that this thread or task is in."""
    return _open_run()


def outermost(block: RunBlock) -> RunBlock:
    """Return the block that `block` lies in and that lies in none."""
    while (parent := block._parent) is not None:  # noqa: SLF001 - same class
        block = parent
    return block


def _open_run() -> RunBlock | None:
    block = _current.get()
    while block is not None and block._ended is not None:  # noqa: SLF001 - closed out of order
        block = block._parent  # noqa: SLF001
    return block


def _common_role(sources: Sequence[Any]) -> str | None:
    roles = {source.role for source in sources if isinstance(source, Data)}
    return roles.pop() if len(roles) == 1 else None


def _status(error: BaseException | None) -> tuple[Iri, dict[str, Any]]:
    if error is None or (isinstance(error, SystemExit) and error.code in {None, 0}):
        return Iri(vocabulary.RunStatus_succeeded.value), {}
    if not isinstance(error, Exception):  # KeyboardInterrupt, SystemExit, a cancelled task
        return Iri(vocabulary.RunStatus_aborted.value), {}
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    message = attempt("read the exception's message", lambda: filtered_text(str(error)))
    return Iri(vocabulary.RunStatus_failed.value), {
        "error_type": name,
        "error_message": (message or name)[:LONGEST_MESSAGE],
    }
