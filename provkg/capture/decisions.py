"""`select` and `experiment`: what people decide and intend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provkg import vocabulary
from provkg.capture.agents import agent
from provkg.capture.defaults import defaults
from provkg.capture.facts import people
from provkg.capture.handles import Data, ExperimentHandle, ModelHandle, is_model, references, things
from provkg.capture.session import session
from provkg.capture.spool.process import new_emitter
from provkg.capture.told import completed
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import text_if_any, worded
from provkg.errors import BadParameter
from provkg.records import Experiment, Iri, OwnConcept, Project, Reference, SelectionDecision, concept

if TYPE_CHECKING:
    from provkg.records import Agent


def select(
    model: ModelHandle,
    *,
    among: Iterable[ModelHandle],
    by: str,
    data: Data | None = None,
    reason: str | None = None,
    title: str | None = None,
    decided_by: str | Agent | None = None,
    project: str | None = None,
) -> None:
    """Record that `model` was chosen `among` candidates by the metric `by`, as measured on `data`, and why.

    Measurements of that metric that this process recorded for the candidates become the evidence.
    """
    if not is_model(model):
        trouble(
            "select takes what run.model() or provkg.model() returned, "
            f"not a {type(model).__name__}; the choice is not recorded",
            error=BadParameter,
        )
        return
    candidates = [each for each in (*things(among, "among"), model) if isinstance(each, ModelHandle)]

    def record() -> None:
        now, criterion = datetime.now(UTC), concept(vocabulary.MetricKind, by)
        chosen = references(things(model, "model"))
        if not chosen:
            raise BadParameter("the chosen model is not recorded")
        decision = SelectionDecision(
            id=new_emitter(),
            title=title or f"choose {model.name}",
            started=now,
            ended=now,
            decided_by=agent(decided_by) if decided_by is not None else people().triggered_by,
            selected=chosen[0],
            considered=references(candidates),
            criterion=criterion,
            evidence=_evidence(candidates, criterion, data),
            rationale=text_if_any(reason, "reason="),
        )
        session().record("selection", [decision], project=text_if_any(project, "project=") or defaults().project)

    attempt(f"record the choice of {model.name!r}", record)


def _evidence(
    candidates: Iterable[ModelHandle], criterion: Iri | OwnConcept, data: Data | None
) -> tuple[Reference, ...]:
    found = {
        measured.reference: None
        for model in candidates
        for measured in model.measured
        if measured.metric == criterion
        and (data is None or data.reference in measured.on or (data.role is not None and data.role == measured.role))
    }
    return tuple(found)


def experiment(
    name: str, *, purpose: str | None = None, hypothesis: str | None = None, project: str | None = None
) -> ExperimentHandle:
    """Declare the purpose of a group of runs; pass what it returns, or its name, as `experiment=` to them."""
    name, grouping = worded(name, "the name of an experiment"), text_if_any(project, "project=") or defaults().project
    said = Experiment(
        name=name,
        purpose=text_if_any(purpose, "purpose="),
        hypothesis=text_if_any(hypothesis, "hypothesis="),
        project=Project(name=grouping) if grouping else None,
    )
    said = attempt("read what is told of the experiment", lambda: completed(said, "experiments", name)) or said
    attempt(f"record experiment {name!r}", lambda: session().record_once("experiment", said, project=grouping))
    return ExperimentHandle(name, said)
