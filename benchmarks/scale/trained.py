"""Generated models: sweeps of trials with their series and tests, and long chains of fine-tuning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from benchmarks.data import ENVIRONMENT, PACKAGES, TEAM, TEST, TRAIN, VALIDATION, digest, pointer
from benchmarks.scale.prepared import Parts
from benchmarks.scale.shape import METRICS, SERVING, Block, code, kept
from provkg import records as r
from provkg import vocabulary as v

FAILING = 20
"""One trial in so many fails."""
WHOLE = 4
"""One sweep in so many measures accuracy on training data too, and how long its epochs take."""
FAILED = r.Iri(v.RunStatus_failed.value)
SCORES_OF_SWEEP = 10
BASELINE = "baseline"
CLOSELY = 10
"""One trial in so many is tested for precision, too; those that are measured whole keep checkpoints."""


@dataclass
class Sweep:
    """The trials on one part of data, as far as they have come."""

    number: int
    parts: Parts
    project: str
    scores: dict[r.Reference, tuple[float, r.Reference]] = field(default_factory=dict)
    """Model version: test accuracy, and the observation that says so."""
    first: r.Reference = field(init=False)

    @property
    def experiment(self) -> r.Experiment:
        """Two sweeps make an experiment."""
        project = pointer(r.Project(name=self.project))
        return r.Experiment(name=f"experiment-{self.number // 2}", purpose="find a good model", project=project)

    @property
    def model(self) -> str:
        """The name that all models of an experiment share."""
        return f"model-{self.number // 2}"

    @property
    def best(self) -> r.Reference:
        """The model version of the best test."""
        return max(self.scores, key=lambda model: self.scores[model][0])


def sweep(block: Block, work: Sweep) -> Iterator[r.Record]:
    """Yield the records of the trials of one sweep, each with its test."""
    for place in range(block.shape.trials):
        number = block.next()
        opened = _opened(block, work, number, r.TrainingRun)
        if not place:
            opened = _baseline(block, opened)
            work.first = pointer(opened)
        yield r.Record(f"scale-run-{number}-0", r.OPENED, (opened,), block.project)
        trial = work.number * block.shape.trials + place
        if (trial + 1) % (block.shape.sweeps * block.shape.trials) == 0:
            continue  # the last of a block has not ended
        if trial % FAILING == FAILING - 3:
            yield _failed(block, opened, number)
            continue
        yield from _finished(block, work, opened, number, None)


def _baseline(block: Block, opened: r.TrainingRun) -> r.TrainingRun:
    """Return the first trial of a sweep, which has the same settings on all data of a block."""
    used = r.settings(
        {"algorithm": "sgd", "learning_rate": 0.01, "batch_size": 32, "layers": 2, "seed": block.number}, learning=True
    )
    return replace(opened, title=BASELINE, parameters=used, configuration=r.configuration(used))


def replayed(block: Block, work: Sweep) -> r.Record:
    """Return the record of running the first trial of a sweep once more, where models serve, and of comparing both."""
    number, (accuracy, before) = block.next(), next(iter(work.scores.values()))
    run = r.ReplayRun(
        id=f"run-{number}",
        title=f"{BASELINE} once more",
        **block.account(4),
        replay_of=work.first,
        outcome=r.concept(v.ReplayOutcome, "withinTolerance"),
        tolerance=0.01,
        code=code(number),
        environment=pointer(SERVING),
    )
    again = r.MetricObservation(
        run=pointer(run), metric=METRICS["accuracy"], role=TEST, of=pointer(run), on=(work.parts.test,), value=accuracy
    )
    return kept(f"run-{number}", replace(run, used=(before, pointer(again))), again, project=block.project)


def tuning(block: Block, work: Sweep) -> Iterator[r.Record]:
    """Yield the records of a chain of fine-tuning, each run starting from the model of the one before."""
    base: r.Reference | None = None
    for place in range(block.shape.tuned):
        number = block.next()
        kind = r.TrainingRun if base is None else r.FineTuningRun
        opened = replace(_opened(block, work, number, kind), initialized_from=base)
        yield r.Record(f"scale-run-{number}-0", r.OPENED, (opened,), block.project)
        yield from _finished(block, work, opened, number, base, score=place % SCORES_OF_SWEEP == 0)
        base = pointer(_model(work, opened, number, base))


def tested(
    block: Block, model: r.Reference, on: r.Reference, accuracy: float, *, closely: bool
) -> tuple[r.Record, r.Reference]:
    """Return the record of one test, and its observation."""
    number = block.next()
    run = r.EvaluationRun(
        id=f"run-{number}",
        title=f"test {number}",
        **block.account(0.5),
        model=model,
        data=(on,),
        environment=pointer(ENVIRONMENT),
    )
    score = r.MetricObservation(
        run=pointer(run), metric=METRICS["accuracy"], role=TEST, of=model, on=(on,), value=accuracy, sample_size=20_000
    )
    precision = replace(score, metric=METRICS["precision"], value=round(accuracy - 0.01, 6))
    scores = (score, precision) if closely else (score,)
    return kept(f"run-{number}", run, *scores, project=block.project), pointer(score)


def _opened(block: Block, work: Sweep, number: int, kind: type[r.TrainingRun]) -> r.TrainingRun:
    chance, who = block.chance, block.person()
    algorithm = chance.choice(["sgd", "mlp"])
    used = r.settings(
        {
            "algorithm": algorithm,
            "learning_rate": chance.choice([0.1, 0.03, 0.01, 0.003, 0.001, 0.0003]),
            "batch_size": chance.choice([32, 64, 128]),
            "layers": chance.randrange(1, 9),
            "seed": number % 1000,
        },
        learning=True,
    )
    return kind(
        id=f"run-{number}",
        title=f"{algorithm} {number}",
        started=block.now,
        triggered_by=who,
        executed_by=who,
        responsible=TEAM,
        experiment=work.experiment,
        environment=pointer(ENVIRONMENT),
        parameters=used,
        configuration=r.configuration(used),
        training_data=(work.parts.train,),
        validation_data=(work.parts.validation,),
        entry_point="train.py",
        code=code(number),
        libraries=(PACKAGES[0],),
    )


def _failed(block: Block, opened: r.TrainingRun, number: int) -> r.Record:
    failed = replace(
        opened,
        ended=block.now + timedelta(minutes=1),
        status=FAILED,
        error_type="FloatingPointError",
        error_message="the loss is no number",
    )
    return r.Record(f"scale-run-{number}-1", r.CLOSED, (failed,), block.project)


def _finished(
    block: Block,
    work: Sweep,
    opened: r.TrainingRun,
    number: int,
    base: r.Reference | None,
    *,
    score: bool = True,
) -> Iterator[r.Record]:
    top = round(block.chance.uniform(0.5, 0.99), 6)
    whole, closely = work.number % WHOLE == 0, len(work.scores) % CLOSELY == 0
    closed = replace(opened, **{key: value for key, value in block.account(4).items() if key in {"ended", "status"}})
    if whole:
        closed = replace(closed, energy_kilowatt_hours=round(top / 10, 4), energy_method="RAPL")
    model = replace(_model(work, opened, number, base), made=closed.ended)
    series = _measures(closed, model, top, block.shape.epochs, whole=whole)
    kept_on_the_way = _checkpoints(model, closed, block.shape.epochs) if whole and closely else ()
    yield r.Record(f"scale-run-{number}-1", r.CLOSED, (closed, model, *series, *kept_on_the_way), block.project)
    if score:
        accuracy = round(top - block.chance.uniform(0, 0.05), 6)
        record, observed = tested(block, pointer(model), work.parts.test, accuracy, closely=closely)
        work.scores[pointer(model)] = accuracy, observed
        yield record


def _model(work: Sweep, run: r.TrainingRun, number: int, base: r.Reference | None) -> r.ModelVersion:
    return r.ModelVersion(
        model=r.Model(name=work.model),
        version=f"{number}",
        sha256=digest("model", number),
        run=pointer(run),
        trained_on=run.training_data,
        fine_tuned_from=base,
    )


def _checkpoints(model: r.ModelVersion, run: r.TrainingRun, epochs: int) -> Iterator[r.Checkpoint]:
    for epoch in range(1, epochs, 2):
        yield r.Checkpoint(
            model=model.model,
            version=f"{model.version}-epoch-{epoch}",
            sha256=digest("checkpoint", model.version, epoch),
            run=pointer(run),
            trained_on=run.training_data,
            epoch=epoch,
            made=run.ended,
        )


def _measures(
    run: r.TrainingRun, model: r.ModelVersion, top: float, epochs: int, *, whole: bool
) -> Iterator[r.MetricSeries]:
    rising = [round(top * (1 - 0.5 ** (epoch + 1)), 6) for epoch in range(epochs)]
    falling = [round(1 - value, 6) for value in rising]
    yield _series(run, "loss", falling, TRAIN, pointer(model), run.training_data)
    yield _series(run, "accuracy", rising, VALIDATION, pointer(model), run.validation_data)
    if whole:
        yield _series(run, "accuracy", rising, TRAIN, pointer(model), run.training_data)
        yield _series(run, "epochDuration", [20 + 10 * value for value in rising], None, pointer(run), ())


def _series(
    run: r.TrainingRun,
    kind: str,
    values: Sequence[float],
    role: r.Iri | r.OwnConcept | None,
    of: r.Reference,
    on: tuple[r.Entity | r.Pointer, ...],
) -> r.MetricSeries:
    return r.MetricSeries(
        run=pointer(run),
        metric=METRICS[kind],
        role=role,
        of=of,
        on=on,
        count=len(values),
        first=values[0],
        last=values[-1],
        low=min(values),
        high=max(values),
        mean=sum(values) / len(values),
        best_step=values.index(min(values) if kind == "loss" else max(values)),
        nodes=tuple((epoch, epoch, None, value) for epoch, value in enumerate(values)),
    )
