"""Generated decisions and service: the best model of a sweep is chosen, takes another's place, and predicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from benchmarks import data
from benchmarks.data import ENVIRONMENT, PEOPLE, digest, moment, pointer
from provkg import records as r
from provkg import vocabulary as v

ENDPOINTS = 10
PREDICTIONS = 5
PREPROCESSING = r.Pipeline(title="preprocessing", steps=(data.SCALE,))
PRODUCTION = r.concept(v.DeploymentStage, "production")


def put_into_service(
    number: int,
    project: str,
    best: r.Reference,
    scores: Mapping[r.Reference, tuple[float, r.Reference]],
    criterion: r.Iri | r.OwnConcept,
    role: r.Iri | r.OwnConcept,
) -> Iterator[r.Record]:
    """Yield the records of choosing `best` among the models of `scores`, deploying it, and predicting with it."""
    at = moment(50 * (number + 1)) - timedelta(seconds=30)
    decision = r.SelectionDecision(
        id=f"selection-{number}",
        title=f"choose from sweep {number}",
        started=at,
        ended=at,
        decided_by=PEOPLE[number % 20],
        selected=best,
        considered=tuple(scores),
        criterion=criterion,
        evidence=tuple(series for _, series in scores.values()),
        rationale=f"highest accuracy on {_name(role)} of {len(scores)} candidates",
    )
    yield r.Record(f"benchmark-selection-{number}", "selection", (decision,), project)
    deployment, deployed = _deployed(number, best, at)
    yield r.Record(f"benchmark-deployment-{number}", r.CLOSED, deployed, project)
    yield r.Record(f"benchmark-inference-{number}", r.CLOSED, _inferred(number, best, deployment, at), project)


def _name(role: r.Iri | r.OwnConcept) -> str:
    return role.value.rpartition("-")[2] if isinstance(role, r.Iri) else role.name


def _deployed(number: int, model: r.Reference, at: datetime) -> tuple[r.Reference, tuple[r.Description, ...]]:
    run = r.DeploymentRun(
        id=f"deployment-{number}",
        title=f"deploy {number}",
        **data.account(number, at),
        used=(model,),
        environment=pointer(ENVIRONMENT),
    )
    deployment = r.Deployment(
        run=pointer(run),
        model=model,
        endpoint=r.Endpoint(address=f"https://models.example.org/{number % ENDPOINTS}"),
        stage=PRODUCTION,
        made=at,
        preprocessing=PREPROCESSING,
        absent=data.IN_MEMORY,
    )
    return pointer(deployment), (run, deployment)


def _inferred(number: int, model: r.Reference, deployment: r.Reference, at: datetime) -> tuple[r.Description, ...]:
    source = pointer(data.scaled(number)[2])
    run = r.InferenceRun(
        id=f"inference-{number}",
        title=f"predict {number}",
        **data.account(number, at, at + timedelta(seconds=5)),
        model=model,
        deployment=deployment,
        data=(source,),
        environment=pointer(ENVIRONMENT),
    )
    batch = r.PredictionBatch(
        run=pointer(run),
        name=f"batch {number}",
        model=model,
        made=at + timedelta(seconds=5),
        of=(source,),
        record_count=20_000,
        sha256=digest("batch", number),
        digest_form="table-1",
        absent=data.IN_MEMORY,
    )
    predictions = (
        r.Prediction(batch=pointer(batch), row=row, value=row % 10, confidence=0.9, run=pointer(run), model=model)
        for row in range(PREDICTIONS)
    )
    return run, batch, *predictions
