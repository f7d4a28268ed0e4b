"""What can be said of a run from inside its block: metrics, parameters, the data and models that it made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Self, SupportsIndex, Unpack

from provkg.capture import contents, models
from provkg.capture.about import About, Params
from provkg.capture.given_data import data_things
from provkg.capture.handles import Data, DataGiven, ModelHandle, Thing, Things, references, things
from provkg.capture.hot_path import PLAIN, Log, bound, now, pack
from provkg.capture.known_data import remember
from provkg.capture.known_models import remember_model
from provkg.capture.lifecycle import Lifecycle
from provkg.capture.metrics import Metrics, Subject, as_number, as_place, kind_and_role
from provkg.capture.parameters import mapped
from provkg.capture.spool.points import AT_BOTH, AT_EPOCH, AT_STEP, BARE
from provkg.capture.spool.segments import Put, nowhere
from provkg.capture.told import completed
from provkg.capture.trouble import attempt, failed
from provkg.capture.wording import text_if_any, texted, worded
from provkg.records import (
    Checkpoint,
    Description,
    ModelArchitecture,
    ModelVersion,
    PipelineRun,
    Reference,
    Run,
    Tokenizer,
)


class RunBlock(Lifecycle):
    """One run while it goes on; `run`, `step`, `training` and the others make one."""

    ROLE: ClassVar[str | None] = None

    def __init__(self, title: str, kind: type[Run] = Run, **about: Any) -> None:
        super().__init__(title, kind, **about)
        self._models: list[ModelHandle] = []
        self._names: dict[str, tuple[str, str | None]] = {}
        self._put: Put = nowhere
        self._at_step: dict[Any, int] = {}
        self._at_epoch: dict[Any, int] = {}

    def metric(
        self,
        name: str,
        value: Any,
        *,
        epoch: SupportsIndex | None = None,
        step: SupportsIndex | None = None,
        role: str | None = None,
        label: str | None = None,
        data: Data | None = None,
    ) -> None:
        """Record one value of the metric `name`; with `epoch` or `step`, or called again, it becomes a series.

        `role` is the part it was taken on (`train`, `validation`, `test`), `label` a class or group that it is about.
        In a training, `val_loss` is the `loss` of the role `validation`, and `test_loss` that of `test`.
        """
        called: Any = name
        try:
            number = value if isinstance(value, PLAIN) else as_number(value)
            called = name if role is None and label is None and data is None else (name, role, label, data)
            if epoch is None:
                if step is None:
                    self._put(pack(self._at_step[called], 0, number, now(), 0, BARE))
                else:
                    self._put(pack(self._at_step[called], 0, number, now(), step, AT_STEP))
            elif step is None:
                self._put(pack(self._at_epoch[called], epoch, number, now(), 0, AT_EPOCH))
            else:
                self._put(pack(self._at_epoch[called], epoch, number, now(), step, AT_BOTH))
        except Exception:  # noqa: BLE001, S110 - something is new, wrong or full, which the long way settles or says
            pass
        else:
            return
        self._measure(called, name, value, epoch, step, role, label, data)

    def series(self, name: str, *, role: str | None = None, label: str | None = None, data: Data | None = None) -> Log:
        """Return what records values of one metric, as `loss(value, step)`: the quickest call there is.

        It takes `epoch=` as well, and is `metric` with the words said once.
        """
        called = object()
        return bound(
            called,
            lambda value, epoch, step: self._measure(called, name, value, epoch, step, role, label, data),
            lambda: (self._put, self._at_step, self._at_epoch),
        )

    def _measure(
        self,
        called: Any,
        name: str,
        value: Any,
        epoch: SupportsIndex | None,
        step: SupportsIndex | None,
        role: str | None,
        label: str | None,
        data: Data | None,
    ) -> None:
        metrics = self._metrics
        if metrics is None or self._ended is not None:
            self._is_out_of_time(f"metric {name!r}")
            return
        called, name, role, label, data = _words(called, name, role, label, data)
        try:
            kind, said = self._kind_and_role(name, role, data) if self.LEARNS else (name, role)
            key = (kind, said, label, data)
            metrics.log(called, kind, value, epoch, step, key, lambda: self._subject(said, data))
            self._put, self._at_step, self._at_epoch = metrics.put, metrics.at_step, metrics.at_epoch
        except Exception as error:  # noqa: BLE001 - recording must never stop training
            failed(f"record metric {name!r}", error)

    def param(self, name: str, value: Any) -> None:
        """Record one parameter."""
        self.params({worded(name, "the name of a parameter"): value})

    def params(self, params: Params) -> None:
        """Record parameters; nested ones get dotted names, `seed` and `random_state` count as seeds."""
        if self._ended is not None:
            self._is_out_of_time(f"parameters {', '.join(mapped(params))}")
            return
        attempt("record parameters", lambda: self.told.add_params(params))
        if self._session is not None and self._states:
            attempt("record parameters", self._say_params)

    def _say_params(self) -> None:
        self._say([self._kind(id=self._id, parameters=self.told.all_settings())])

    def use(self, *used: Any) -> None:
        """Say what else the run used, where that is known only inside the block: data, or rows and files themselves."""
        self._uses += data_things(used, "uses")

    def tag(self, key: str, value: Any) -> None:
        """Attach a key and a value, by which the run is found."""
        named, said = worded(key, "the key of a tag"), texted(value, "the value of a tag")
        attempt(f"record tag {named!r}", lambda: self.told.add_tag(named, said))

    def known_as(self, external_id: str) -> None:
        """Say what another system calls this run, with the system's name: `mlflow:<run id>`."""
        attempt("record an external id", lambda: self.told.add_external_id(external_id))

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
        row_digests: contents.RowsWanted = False,
    ) -> Data:
        """Record rows (or a file) that this run made `of` its inputs, all of them unless said; the role is kept.

        `row_digests` is as in `provkg.dataset`.
        """
        sources, role = things(of, "of") or self._inputs(), text_if_any(role, "role=")
        data = Data(name, rows=contents.given(rows), role=role or _common_role(sources), synthetic=synthetic)
        attempt(f"read what is told of dataset {data.name!r}", lambda: contents.take_told(data))
        data.synthetic = data.synthetic if data.synthetic is not None else self._synthetic(sources)
        data.target = next((source.target for source in sources if isinstance(source, Data)), data.target)

        def record() -> None:
            said = contents.dataset_version(
                data,
                version=version,
                description=description,
                project=self.told.project,
                run=self._maker,
                made=self._now(),
                of=references(sources),
                row_digests=row_digests,
            )
            self._made(data, said)
            remember(data)

        attempt(f"record dataset {data.name!r}", record)
        return data

    def model(
        self,
        name: str,
        model: Any,
        *,
        version: str | None = None,
        framework: str | None = None,
        architecture: ModelArchitecture | None = None,
        selected: ModelHandle | None = None,
        tokenizer: Tokenizer | None = None,
    ) -> ModelHandle:
        """Record the model that this run made: an object, serialised for its digest, or a path to a file or folder.

        `architecture` says how it computes (`provkg.records.ModelArchitecture`); a torch module and a Keras model say
        it themselves. `selected` is the checkpoint that it is a copy of, `tokenizer` cuts the text that it reads.
        """
        more = {"selected_checkpoint": next(iter(references(things(selected, "selected"))), None)}
        handle = self._model(
            name, model, ModelVersion, version, framework, architecture, tokenizers=_listed(tokenizer), **more
        )
        self._models.append(handle)
        return handle

    def checkpoint(
        self,
        name: str,
        model: Any,
        *,
        epoch: SupportsIndex | None = None,
        step: SupportsIndex | None = None,
        version: str | None = None,
        framework: str | None = None,
        architecture: ModelArchitecture | None = None,
        tokenizer: Tokenizer | None = None,
    ) -> ModelHandle:
        """Record the state of the model at an epoch or step, an object or a path."""
        said = (("epoch", epoch), ("step", step))
        places = {what: as_place(place, name, what) for what, place in said if place is not None}
        cut = _listed(tokenizer)
        return self._model(name, model, Checkpoint, version, framework, architecture, tokenizers=cut, **places)

    def begin(self, end: Callable[[BaseException | None], object] | None = None) -> Self:
        """Begin outside of a `with`, for work whose end nobody marks: later blocks lie beside it; `end` ends it.

        Where a block is around it, that ends it at the latest, by calling `end`.
        """
        self.__enter__()
        if self._parent is not None:
            self._parent._ending.append(end or self.end)  # noqa: SLF001 - same family
        if self._pid == os.getpid() and not self._again:
            self._leave()
        return self

    def end(self, error: BaseException | None = None) -> None:
        """End what `begin` began."""
        if self.goes_on and self._pid == os.getpid():
            self._end(error)

    def describes(self, said: Sequence[Description]) -> None:
        """Take `said` into the record of this run: what more is known of what it made."""
        if self._states and said:
            self._outputs += said
            self._say(said)

    # --- what kinds of runs differ in

    def _inputs(self) -> tuple[Thing, ...]:
        return self._uses

    def _synthetic(self, sources: Iterable[Thing]) -> bool | None:
        said = {source.synthetic for source in sources if isinstance(source, Data)}
        return True if True in said else False if said == {False} else None

    def _origin_of_models(self) -> dict[str, Any]:
        return {"generated_by": self._maker}

    def _judged(self, error: BaseException | None) -> Reference | None:
        made = [model.reference for model in self._models if model.reference is not None]
        if len(made) == 1:
            return made[0]
        # Of several models nobody knows which one is meant, and of none there is none: then the run as a whole is.
        return self.reference if error is None else None

    def _take_settings(self, model: ModelHandle) -> None:
        """Record how a model was made, as far as it knows itself and nothing was said."""

    def _keep_evidence(self, metrics: Metrics) -> None:
        if len(self._models) == 1:
            self._models[0].measured += metrics.measured()

    def _kind_and_role(self, name: str, role: str | None, data: Data | None) -> tuple[str, str | None]:
        if name not in self._names:
            self._names[name] = kind_and_role(name)
        kind, named = self._names[name]
        said = role or (data.role if data is not None else None)
        if named is None or said not in {None, named}:
            return name, role  # where name and role disagree, both are kept as they were said
        return kind, named

    def _subject(self, role: str | None, data: Data | None) -> Subject:
        if data is not None:
            on = references((data,))
            return Subject(role or data.role, on[0] if on else None, on)
        return Subject(role or self.ROLE, None, self._data_of(role or self.ROLE))

    def _data_of(self, role: str | None) -> tuple[Reference, ...]:
        return references(each for each in self._inputs() if role and isinstance(each, Data) and each.role == role)

    # --- models

    def _model(
        self,
        name: str,
        model: Any,
        kind: type[ModelVersion],
        version: str | None,
        framework: str | None,
        architecture: ModelArchitecture | None,
        **more: Any,
    ) -> ModelHandle:
        handle = models.handle(name, model)

        def record() -> None:
            how = architecture or attempt(
                f"read the architecture of {handle.name!r}", lambda: models.architecture(handle)
            )
            origin = models.origin(handle, version=version, framework=framework, project=self.told.project)
            if how is not None and origin["parameter_count"] is None:
                origin["parameter_count"] = how.parameter_count
            origin |= self._origin_of_models() | {"attributed_to": self.told.answerable(), "made": self._now()}
            at = (handle.path,) if handle.path is not None else ()
            handle.said = completed(kind(**origin, architecture=how, **more), "models", name, at)
            handle.version = handle.said.version
            handle.rewrite = lambda said: self._rewrite(handle, said)
            self.told.add_libraries(models.library(handle))
            self._take_settings(handle)
            self._made(handle, handle.said)
            remember_model(handle)

        attempt(f"record model {handle.name!r}", record)
        models.let_go(handle)
        return handle

    def _rewrite(self, handle: ModelHandle, said: ModelVersion) -> None:
        if not self._states:
            return
        self._outputs = [said if each.reference() == handle.reference else each for each in self._outputs]
        if self._ended is None:
            self._say([said])
        else:
            self._record("model", [said])


def run(title: str, *, kind: str | None = None, uses: DataGiven = None, **about: Unpack[About]) -> RunBlock:
    """Record any block of work as one run; blocks inside it become its parts.

    `kind="pipeline"` says that the blocks inside are the steps of a pipeline; any other kind is that of a step.
    """
    kind = text_if_any(kind, "kind=")
    if kind is None or kind == "pipeline":
        return RunBlock(title, PipelineRun if kind else Run, uses=uses, **about)
    from provkg.capture.steps import StepBlock  # which builds on this module

    return StepBlock(title, kind=kind, uses=uses, **about)


def _listed(tokenizer: Tokenizer | None) -> tuple[Tokenizer, ...]:
    return (tokenizer,) if tokenizer is not None else ()


def _words(
    called: Any, name: Any, role: Any, label: Any, data: Any
) -> tuple[Any, str, str | None, str | None, Data | None]:
    """Return the words of a call of `metric`; those that are none of their kind are said and made so."""
    fits = isinstance(name, str) and isinstance(role, str | None) and isinstance(label, str | None)
    if fits and isinstance(data, Data | None):
        return called, name, role, label, data
    name, role = worded(name, "the name of a metric"), text_if_any(role, "role=")
    label, data = (
        text_if_any(label, "label="),
        next((each for each in things(data, "data") if isinstance(each, Data)), None),
    )
    return (name, role, label, data), name, role, label, data


def _common_role(sources: Iterable[Thing]) -> str | None:
    roles = {source.role for source in sources if isinstance(source, Data)}
    return roles.pop() if len(roles) == 1 else None
