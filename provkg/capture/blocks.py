"""What can be said of a run from inside its block: parameters, the data and models that it made, and its values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, SupportsIndex, Unpack
from weakref import WeakMethod

from provkg.capture import contents, models
from provkg.capture.about import About, Params
from provkg.capture.filed_models import keep_version
from provkg.capture.given_data import data_things
from provkg.capture.handles import Data, DataGiven, ModelHandle, Thing, Things, references, things
from provkg.capture.known_data import remember
from provkg.capture.known_models import remember_model
from provkg.capture.measured_runs import MeasuredRun
from provkg.capture.metrics import Metrics, as_place
from provkg.capture.moved_files import place_of
from provkg.capture.parameters import mapped
from provkg.capture.told import completed
from provkg.capture.trouble import attempt
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


class RunBlock(MeasuredRun):
    """One run while it goes on; `run`, `step`, `training` and the others make one."""

    def __init__(self, title: str, kind: type[Run] = Run, **about: Any) -> None:
        super().__init__(title, kind, **about)
        self._models: list[ModelHandle] = []
        self._in_files: list[ModelHandle] = []

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

    def _settle(self) -> None:
        super()._settle()
        for handle in self._in_files:
            attempt(f"look where the file of {handle.name!r} lies", handle.follow)

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
            if handle.path is not None:
                handle.lies = place_of(handle.path)
                self._in_files.append(handle)
            keep_version(handle.said)

        attempt(f"record model {handle.name!r}", record)
        models.let_go(handle)
        return handle

    def _rewrite(self, handle: ModelHandle, said: ModelVersion) -> None:
        if not self._states:
            return
        self._outputs = [said if each.reference() == handle.reference else each for each in self._outputs]
        if self._closing is None:
            self._say([said])
        else:
            self._record("model", [said])
            if self._session is not None:
                self._session.before_end.append(WeakMethod(handle.follow))
        keep_version(said)


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


def _common_role(sources: Iterable[Thing]) -> str | None:
    roles = {source.role for source in sources if isinstance(source, Data)}
    return roles.pop() if len(roles) == 1 else None
