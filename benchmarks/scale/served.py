"""Generated service: models chosen, approved and deployed in place of others, their predictions, alerts and checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from benchmarks.data import IN_MEMORY, TEST, digest, pointer
from benchmarks.scale.prepared import SCALE
from benchmarks.scale.shape import ENDPOINTS, METRICS, SERVING, Block, kept, stored
from benchmarks.scale.trained import Sweep
from provkg import records as r
from provkg import vocabulary as v

PRODUCTION = r.concept(v.DeploymentStage, "production")
PREPROCESSING = r.Pipeline(title="preprocessing", steps=(SCALE,))
DRIFT = 0.25
LOST = 3
"""Of one sweep in so many, nobody knows for which data a batch was predicted."""
OTHER = 5
"""One deployment in so many serves a file that nobody registered."""
STANDARD = r.ProvenanceRequirement(
    title="what serves is recorded well", required_level=r.concept(v.Level, "standard"), drift_threshold=DRIFT
)


def served(block: Block, work: Sweep) -> Iterator[r.Record]:
    """Yield the records of putting the best model of a sweep into service, and of what it did there."""
    best = work.best
    block.chosen.append((best, work.parts.test))
    yield r.Record(f"scale-selection-{work.number}", "selection", (_selection(block, work, best),), block.project)
    run, deployment = _deployed(block, work, best)
    approval = r.ApprovalDecision(
        id=f"approval-{work.number}",
        title=f"approve {work.model}",
        ended=block.now,
        decided_by=block.person(),
        applies_to=(pointer(deployment),),
        criterion=METRICS["accuracy"],
        evidence=(work.scores[best][1],),
        outcome=r.concept(v.DecisionOutcome, "approved"),
        rationale="better than the one before, on the test data",
    )
    yield kept(f"deployment-{work.number}", run, deployment, project=block.project)
    yield r.Record(f"scale-approval-{work.number}", "approval", (approval,), block.project)
    yield r.Record(f"scale-registry-{work.number}", "registry", (_registered(block, work, best),), block.project)
    yield _predicted(block, work, best, pointer(deployment), labelled=True, lost=False)
    yield _predicted(block, work, best, pointer(deployment), labelled=False, lost=work.number % LOST == 0)
    yield _watched(block, work, pointer(deployment))


def _selection(block: Block, work: Sweep, best: r.Reference) -> r.SelectionDecision:
    return r.SelectionDecision(
        id=f"selection-{work.number}",
        title=f"choose from sweep {work.number}",
        started=block.now,
        ended=block.now,
        decided_by=block.person(),
        selected=best,
        considered=tuple(work.scores),
        criterion=METRICS["accuracy"],
        evidence=tuple(score for _, score in work.scores.values()),
        rationale=f"highest accuracy of {len(work.scores)} candidates",
    )


def _deployed(block: Block, work: Sweep, model: r.Reference) -> tuple[r.DeploymentRun, r.Deployment]:
    number = block.next()
    run = r.DeploymentRun(
        id=f"run-{number}",
        title=f"deploy {work.model}",
        **block.account(1),
        used=(model,),
        environment=pointer(SERVING),
    )
    other = work.number % OTHER == 0
    deployment = r.Deployment(
        run=pointer(run),
        model=model,
        endpoint=r.Endpoint(address=f"https://models.example.org/{work.number % ENDPOINTS}"),
        stage=PRODUCTION,
        made=block.now,
        preprocessing=PREPROCESSING,
        requirements=(STANDARD,),
        files=(stored(f"served/{work.number}", "quantised by hand", work.number),) if other else (),
        absent=() if other else IN_MEMORY,
    )
    return run, deployment


def _registered(block: Block, work: Sweep, model: r.Reference) -> r.RegistryEntry:
    return r.RegistryEntry(
        registers=model,
        registry_name=work.model,
        registry_version=str(work.number),
        aliases=("champion",),
        made=block.now,
    )


def _predicted(
    block: Block, work: Sweep, model: r.Reference, deployment: r.Reference, *, labelled: bool, lost: bool
) -> r.Record:
    number = block.next()
    source = () if lost else (work.parts.test,)
    run = r.InferenceRun(
        id=f"run-{number}",
        title=f"predict {number}",
        **block.account(1),
        model=model,
        deployment=deployment,
        data=source,
        parameters=r.settings({"threshold": 0.5} if labelled else {"threshold": 0.5, "batch_size": 256}),
        absent=(r.Iri(v.inputData.value),) if lost else (),
        environment=pointer(SERVING),
    )
    batch = r.PredictionBatch(
        run=pointer(run),
        name=f"batch {number}",
        model=model,
        made=block.now,
        of=source,
        record_count=20_000,
        sha256=digest("batch", number),
        digest_form="table-1",
        absent=IN_MEMORY,
    )
    rows = tuple(
        r.Prediction(batch=pointer(batch), row=row, value=row % 10, confidence=0.9, run=pointer(run), model=model)
        for row in range(block.shape.predictions)
    )
    oversight = r.OversightDecision(
        id=f"oversight-{number}",
        title=f"look at {number}",
        ended=block.now + timedelta(minutes=2),
        decided_by=block.person(),
        applies_to=(pointer(rows[0]),),
        outcome=r.concept(v.DecisionOutcome, "overridden" if number % 3 == 0 else "confirmed"),
        evidence=(pointer(batch),),
        rationale="looked at by hand",
    )
    seen = r.MetricObservation(
        run=pointer(run),
        metric=METRICS["accuracy"],
        of=pointer(batch),
        on=source,
        value=round(block.chance.uniform(0.5, 0.95), 6),
        sample_size=len(rows),
    )
    told = (oversight, seen) if labelled else (oversight,)
    return kept(f"run-{number}", run, batch, *rows, *told, project=block.project)


def _watched(block: Block, work: Sweep, deployment: r.Reference) -> r.Record:
    number = block.next()
    baseline, current = (
        r.DataProfile(title=f"profile {when} {number}", profile_json='{"x":{"mean":0.1}}', made=block.now, of=(of,))
        for when, of in (("before", work.parts.train), ("now", work.parts.test))
    )
    run = r.MonitoringRun(
        id=f"run-{number}",
        title=f"watch {work.model}",
        **block.account(1),
        used=(deployment, work.parts.test),
        baseline=baseline,
        current=current,
        environment=pointer(SERVING),
    )
    drift = round(block.chance.uniform(0, 0.5), 4)
    seen = r.MetricObservation(
        run=pointer(run),
        metric=r.concept(v.MetricKind, "populationStabilityIndex"),
        role=TEST,
        of=deployment,
        on=(work.parts.test,),
        value=drift,
    )
    alert = r.Alert(
        run=pointer(run),
        alert_kind=r.concept(v.AlertKind, "driftExceeded"),
        raised_for=(deployment,),
        detected_at=block.now,
        threshold=DRIFT,
        value=drift,
        title=f"drift of {work.model}",
    )
    looked = r.Investigation(
        id=f"investigation-{number}",
        title=f"look into the drift of {work.model}",
        started=block.now,
        ended=block.now + timedelta(hours=1),
        associated_with=(block.person(),),
        investigates=(pointer(alert),),
        rationale="a new region",
    )
    told = (seen,) if drift <= DRIFT else (seen, alert) if work.number % 2 else (seen, alert, looked)
    return kept(f"run-{number}", run, *told, project=block.project)
