"""`deploy` and `undeploy`: models that go into service and leave it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Unpack, get_args

from provkg import vocabulary
from provkg.capture.about import RESOLVED, About, Telling
from provkg.capture.around import surrounding
from provkg.capture.facts import PATIENT
from provkg.capture.files import content_of
from provkg.capture.given_models import ModelGiven, model_given
from provkg.capture.handles import DeploymentHandle, ModelHandle, references, things
from provkg.capture.session import session
from provkg.capture.spool.process import new_emitter
from provkg.capture.steps import StepBlock, plans
from provkg.capture.told import completed
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import text_if_any, worded
from provkg.errors import BadParameter
from provkg.records import (
    DEPLOYMENT,
    Deployment,
    DeploymentRun,
    Description,
    Endpoint,
    Iri,
    OwnConcept,
    Pipeline,
    Reference,
    Step,
    Undeployment,
    concept,
)
from provkg.records.choices import InvalidationReason

How = InvalidationReason
Preprocessing = Sequence[StepBlock | Step]


def deploy(
    model: ModelGiven,
    *,
    at: str,
    stage: str = "production",
    preprocessing: Preprocessing | None = None,
    file: str | os.PathLike[str] | None = None,
    alongside: bool = False,
    title: str | None = None,
    **about: Unpack[About],
) -> DeploymentHandle:
    """Record that `model` serves at the address `at` in `stage` from now on, instead of what was live there.

    `model` is a handle, or in its place what `provkg.model` takes: the path of the model's file, or the model itself.
    `preprocessing` names the steps that its inputs go through (an empty list: none), `file` the bytes that were put
    there when they are not the model's recorded file; `alongside` keeps what is live.
    """
    at, stage = worded(at, "the address of a deployment"), worded(stage, "stage=")
    given, model = model, model_given(model)
    if model is None:
        trouble(
            "deploy takes what run.model() or provkg.model() returned, the path of a model's file, or a model, "
            f"not a {type(given).__name__}; the deployment at {at} is not recorded",
            error=BadParameter,
        )
        return DeploymentHandle(f"a {type(given).__name__} at {at}", endpoint=at, stage=stage)
    handle = DeploymentHandle(f"{model.name} at {at}", model=model, endpoint=at, stage=stage)

    def record() -> None:
        act = _Act(title or f"deploy {model.name} {model.version or ''}".rstrip(), about)
        served = _served(model)
        said = Deployment(
            run=act.reference,
            title=handle.name,
            model=served,
            endpoint=Endpoint(address=at),
            stage=concept(vocabulary.DeploymentStage, stage),
            made=act.moment,
            files=content_of(Path(file))[1] if file is not None else model.files,
            preprocessing=_pipeline(model, preprocessing),
            ends_live=not alongside,
            absent=(Iri(vocabulary.servesPreprocessing.value),) if _none(preprocessing) else (),
        )
        said = completed(said, "deployments", handle.name)
        act.record(said, used=(served,))
        reference = said.reference()
        handle.reference = reference if isinstance(reference, Reference) else None

    attempt(f"record the deployment of {model.name!r}", record)
    return handle


def undeploy(
    *,
    at: str,
    reason: str | None = None,
    stage: str = "production",
    how: How | None = None,
    title: str | None = None,
    **about: Unpack[About],
) -> None:
    """Record that what is live at the address `at` in `stage` serves no longer.

    `reason` says why, for whoever relied on it: "the trial is over". `how` is what it is, by a word of the ontology:
    retired unless given, else recalled, withdrawn, corrected, securityIncident, … Such a word alone as the reason is
    taken for it.
    """
    kind, why = _why(how, reason)

    def record() -> None:
        act = _Act(title or f"end service at {at}", about)
        end = Undeployment(
            run=act.reference,
            endpoint=Endpoint(address=at),
            stage=concept(vocabulary.DeploymentStage, stage),
            at=act.moment,
            rationale=text_if_any(why, "reason="),
        )
        act.record(end, reason=_known_kind(concept(vocabulary.InvalidationReason, kind), kind))

    attempt(f"record the end of service at {at}", record)


class _Act:
    """The run of a call that is over at once."""

    def __init__(self, title: str, about: About) -> None:
        self.title, self.moment = title, datetime.now(UTC)
        self._id, self._parent = new_emitter(), surrounding(title, about.get("within"))
        self._told = Telling(about, learns=False, seed_scope="global", title=title)

    @property
    def reference(self) -> Reference:
        return Reference(DeploymentRun.kind(), ("provkg", self._id))

    def record(self, *said: Description, used: tuple[Reference, ...] = (), reason: Iri | None = None) -> None:
        own = session()
        run = DeploymentRun(
            id=self._id,
            title=self.title,
            started=self.moment,
            ended=self.moment,
            status=Iri(vocabulary.RunStatus_succeeded.value),
            part_of=self._parent.reference if self._parent is not None else None,
            used=used,
            reason=reason,
            **self._told.fields(own, PATIENT),
        )
        own.record(DEPLOYMENT, [completed(run, "runs", self.title, but=RESOLVED), *said], project=self._told.project)


def _served(model: ModelHandle) -> Reference:
    found = references(things(model, "model"))
    if not found:
        raise BadParameter("its model is not recorded")
    return found[0]


def _pipeline(model: ModelHandle, preprocessing: Preprocessing | None) -> Pipeline | None:
    if not preprocessing:
        return None
    return Pipeline(title=f"preprocessing for {model.name}", steps=plans(preprocessing))


def _none(preprocessing: Preprocessing | None) -> bool:
    return preprocessing is not None and len(preprocessing) == 0


def _why(how: str | None, reason: str | None) -> tuple[str, str | None]:
    """Return the ontology's word for an end of service, and the reason in words."""
    if how is None and reason in get_args(InvalidationReason):
        return str(reason), None
    return how or "retired", reason


def _known_kind(said: Iri | OwnConcept, name: str) -> Iri:
    if not isinstance(said, Iri):
        known = ", ".join(get_args(InvalidationReason))
        raise BadParameter(f"how={name!r} is none of the ontology's kinds of an end; take one of {known}")
    return said
