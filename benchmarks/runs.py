"""Generated runs of a realistic shape: data prepared once and used by many, sweeps, tests, choices, models in service.

A sweep is fifty training runs on one version of a dataset; two sweeps make an experiment, ten experiments share the
names of their models. What is generated depends only on the number of runs and the seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from benchmarks import data, service
from benchmarks.data import ENVIRONMENT, PACKAGES, PEOPLE, SUCCEEDED, TEST, TRAIN, VALIDATION, digest, moment, pointer
from provkg import records as r
from provkg import vocabulary as v

SWEEP = 50
EPOCHS = 10
FAILING = 20
"""One run in so many fails."""
OPEN = 400
"""One run in so many has not ended."""
NAMES_OF_MODELS = 10
ACCURACY, LOSS, DURATION = (r.concept(v.MetricKind, kind) for kind in ("accuracy", "loss", "epochDuration"))
FAILED = r.Iri(v.RunStatus_failed.value)


@dataclass
class Sweep:
    """The training runs on one version of a dataset, as far as they have come."""

    number: int
    chance: random.Random
    start_from: r.Reference | None
    epochs: int = EPOCHS
    scores: dict[r.Reference, tuple[float, r.Reference]] = field(default_factory=dict)
    """Model version: validation accuracy, and the series that says so."""

    @property
    def experiment(self) -> int:
        """Two sweeps make an experiment."""
        return self.number // 2

    @property
    def project(self) -> str:
        """Five projects share the work."""
        return f"project-{self.number % 5}"


def generated(runs: int, seed: int = 0, *, first: int = 0, epochs: int = EPOCHS) -> Iterator[r.Record]:
    """Yield the records of `runs` training runs and of everything around them, in the order of time.

    Sweeps count from `first`, so that several may generate at once; a run has so many `epochs`.
    """
    chance = random.Random(seed)
    chosen: dict[str, r.Reference] = {}
    yield r.Record("benchmark-environment", "environment", (ENVIRONMENT,))
    for number in range(first, first + -(-runs // SWEEP)):
        sweep = Sweep(number, chance, chosen.get(_model_name(number // 2)), epochs)
        yield from data.prepared(number, sweep.project)
        for inside in range(min(SWEEP, runs - (number - first) * SWEEP)):
            yield from _trained(sweep, number * SWEEP + inside)
        if sweep.scores:
            best = max(sweep.scores, key=lambda model: sweep.scores[model][0])
            chosen[_model_name(sweep.experiment)] = best
            yield from service.put_into_service(number, sweep.project, best, sweep.scores, ACCURACY, VALIDATION)


def _model_name(experiment: int) -> str:
    return f"model-{experiment % NAMES_OF_MODELS}"


def _trained(sweep: Sweep, number: int) -> Iterator[r.Record]:
    opened = _opened(sweep, number)
    yield r.Record(f"benchmark-run-{number}-0", r.OPENED, (opened,), sweep.project)
    if number % OPEN == OPEN - 2:
        return
    ended = moment(number) + timedelta(minutes=6)
    if number % FAILING == FAILING - 1:
        failed = replace(
            opened, ended=ended, status=FAILED, error_type="FloatingPointError", error_message="the loss is no number"
        )
        yield r.Record(f"benchmark-run-{number}-1", r.CLOSED, (failed,), sweep.project)
        return
    top = sweep.chance.uniform(0.5, 0.99)
    closed = replace(opened, ended=ended, status=SUCCEEDED)
    model = r.ModelVersion(
        model=r.Model(name=_model_name(sweep.experiment)),
        version=f"{number}",
        sha256=digest("model", number),
        run=pointer(closed),
        made=ended,
        trained_on=opened.training_data,
        fine_tuned_from=opened.initialized_from,
    )
    measures = _measures(closed, model, top, sweep.epochs)
    sweep.scores[pointer(model)] = (top, pointer(measures[1]))
    yield r.Record(f"benchmark-run-{number}-1", r.CLOSED, (closed, model, *measures), sweep.project)
    yield _tested(sweep, number, model, top, ended)


def _opened(sweep: Sweep, number: int) -> r.TrainingRun:
    chance, person = sweep.chance, PEOPLE[sweep.chance.randrange(len(PEOPLE))]
    algorithm = chance.choice(["sgd", "mlp"])
    params = {
        "algorithm": algorithm,
        "learning_rate": chance.choice([0.1, 0.01, 0.001, 0.0001]),
        "batch_size": chance.choice([32, 64]),
        "epochs": EPOCHS,
        "layers": chance.randrange(1, 9),
        "seed": number,
    }
    used = r.settings(params, learning=True)
    tuned = sweep.start_from if number % SWEEP == SWEEP - 3 else None
    train, validation, _ = data.scaled(sweep.number)
    return (r.TrainingRun if tuned is None else r.FineTuningRun)(
        id=f"run-{number}",
        title=f"{algorithm} {number}",
        started=moment(number),
        triggered_by=person,
        executed_by=person,
        responsible=data.TEAM,
        trigger=r.concept(v.TriggerKind, "manual"),
        experiment=r.Experiment(name=f"experiment-{sweep.experiment}", purpose="find a good model"),
        environment=pointer(ENVIRONMENT),
        parameters=used,
        configuration=r.configuration(used),
        training_data=(pointer(train),),
        validation_data=(pointer(validation),),
        initialized_from=tuned,
        entry_point="train.py",
        command_line="python train.py",
        code=data.code(sweep.number),
        libraries=(PACKAGES[0],),
    )


def _measures(run: r.TrainingRun, model: r.ModelVersion, top: float, epochs: int) -> list[r.MetricSeries]:
    rising = [top * (1 - 0.5 ** (epoch + 1)) for epoch in range(epochs)]
    falling = [1 - value for value in rising]
    seconds = [20 + 10 * value for value in rising]
    about = {TRAIN: run.training_data, VALIDATION: run.validation_data}
    return [
        *(
            _series(run, kind, values, role=role, of=pointer(model), on=on)
            for kind, values in ((ACCURACY, rising), (LOSS, falling))
            for role, on in about.items()
        ),
        _series(run, DURATION, seconds, role=None, of=pointer(run), on=()),
    ]


def _series(
    run: r.TrainingRun,
    kind: r.Iri | r.OwnConcept,
    values: Sequence[float],
    *,
    role: r.Iri | r.OwnConcept | None,
    of: r.Reference,
    on: tuple[r.Entity | r.Pointer, ...],
) -> r.MetricSeries:
    return r.MetricSeries(
        run=pointer(run),
        metric=kind,
        role=role,
        of=of,
        on=on,
        count=len(values),
        first=values[0],
        last=values[-1],
        low=min(values),
        high=max(values),
        mean=sum(values) / len(values),
        total=sum(values),
        best_step=values.index(min(values) if kind == LOSS else max(values)),
        nodes=tuple((epoch, epoch, None, value) for epoch, value in enumerate(values)),
    )


def _tested(sweep: Sweep, number: int, model: r.ModelVersion, top: float, at: datetime) -> r.Record:
    test = pointer(data.scaled(sweep.number)[2])
    person = PEOPLE[number % len(PEOPLE)]
    run = r.EvaluationRun(
        id=f"test-{number}",
        title=f"test {number}",
        started=at,
        ended=at + timedelta(seconds=10),
        status=SUCCEEDED,
        triggered_by=person,
        executed_by=person,
        responsible=data.TEAM,
        model=pointer(model),
        data=(test,),
        environment=pointer(ENVIRONMENT),
    )
    score = r.MetricObservation(
        run=pointer(run),
        metric=ACCURACY,
        role=TEST,
        of=pointer(model),
        on=(test,),
        value=top - sweep.chance.uniform(0, 0.05),
        sample_size=20_000,
    )
    return r.Record(f"benchmark-run-{number}-2", r.CLOSED, (run, score), sweep.project)
