"""Generated runs of a realistic shape: datasets used by many, sweeps over two algorithms, series, tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import cast

from provkg import records as r
from provkg import vocabulary as v

START = datetime(2026, 1, 1, tzinfo=UTC)
EPOCHS = 10
PACKAGES = tuple(r.SoftwarePackage(name=f"package-{n}", version=f"1.{n}") for n in range(30))
ENVIRONMENT = r.Environment(
    os_name="Debian GNU/Linux 12",
    kernel_version="6.1.0",
    software=r.SoftwareEnvironment(python_version="3.11.7", packages=PACKAGES),
    hardware=r.HardwareConfiguration(cpu_model="x", cpu_count=2, memory_bytes=24 << 30, architecture="x86_64"),
)
PEOPLE = tuple(r.Person(issuer="benchmark", subject=f"engineer-{n}") for n in range(10))
TRAIN, VALIDATION, TEST = (r.concept(v.SplitRole, role) for role in ("train", "validation", "test"))
ACCURACY, LOSS = (r.concept(v.MetricKind, kind) for kind in ("accuracy", "loss"))
SUCCEEDED = r.Iri(v.RunStatus_succeeded.value)


def generated(runs: int, seed: int = 0) -> Iterator[r.Record]:
    """Yield the records of `runs` training runs: one dataset and split per 50 runs, three records per run."""
    chance = random.Random(seed)
    for number in range(runs):
        group, inside = divmod(number, 50)
        if inside == 0:
            yield _data(group)
        yield from _training(number, group, chance)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _moment(number: int) -> datetime:
    return START + timedelta(minutes=7 * number)


def _version(group: int) -> r.DatasetVersion:
    return r.DatasetVersion(
        dataset=r.Dataset(name=f"dataset-{group % 20}"),
        version=f"{group // 20}.0",
        sha256=_digest("data", group),
        record_count=100_000,
        source=r.DataSource(identifier=f"warehouse/table-{group % 20}"),
        license=r.Iri("http://spdx.org/licenses/CC-BY-4.0"),
        synthetic=False,
        digest_form="table-1",
        schema=r.DataSchema(columns='[["x","float64"],["y","int64"]]'),
    )


def _parts(group: int) -> tuple[r.Split, ...]:
    version, run = _version(group), r.SplitRun(id=f"split-{group}").reference()
    whole = r.SplitSet(
        run=_pointer(run),
        partition_of=_pointer(version.reference()),
        strategy=r.concept(v.SplitStrategy, "random"),
        made=_moment(50 * group),
    )
    return tuple(
        r.Split(
            run=_pointer(run),
            of=_pointer(version.reference()),
            role=role,
            split_set=whole,
            made=_moment(50 * group),
            ratio=ratio,
            record_count=int(100_000 * ratio),
            sha256=_digest("part", group, name),
            membership_digest=_digest("rows", group, name),
        )
        for name, role, ratio in (
            ("train", TRAIN, Decimal("0.7")),
            ("validation", VALIDATION, Decimal("0.1")),
            ("test", TEST, Decimal("0.2")),
        )
    )


def _pointer(reference: r.Reference | r.Iri) -> r.Reference:
    return cast("r.Reference", reference)


def _data(group: int) -> r.Record:
    at = _moment(50 * group)
    run = r.SplitRun(
        id=f"split-{group}",
        title=f"split {group}",
        started=at,
        ended=at,
        status=SUCCEEDED,
        triggered_by=PEOPLE[group % 10],
        executed_by=PEOPLE[group % 10],
        responsible=PEOPLE[0],
        parameters=r.settings({"seed": group}, seed_scope="split"),
        used=(_pointer(_version(group).reference()),),
        environment=ENVIRONMENT,
    )
    return r.Record(f"benchmark-data-{group}", r.CLOSED, (_version(group), run, *_parts(group)), f"project-{group % 5}")


def _training(number: int, group: int, chance: random.Random) -> Iterator[r.Record]:
    train, validation, test = (_pointer(part.reference()) for part in _parts(group))
    started = _moment(number)
    rate, person = chance.choice([0.1, 0.01, 0.001, 0.0001]), PEOPLE[chance.randrange(10)]
    params = {
        "algorithm": chance.choice(["sgd", "mlp"]),
        "learning_rate": rate,
        "batch_size": chance.choice([32, 64]),
        "epochs": EPOCHS,
        "layers": chance.randrange(1, 9),
        "seed": number,
    }
    used = r.settings(params, learning=True)
    opened = r.TrainingRun(
        id=f"run-{number}",
        title=f"run {number}",
        started=started,
        triggered_by=person,
        executed_by=person,
        responsible=PEOPLE[0],
        experiment=r.Experiment(name=f"experiment-{group % 40}", purpose="find a good model"),
        environment=ENVIRONMENT,
        parameters=used,
        configuration=r.configuration(used),
        training_data=(train,),
        validation_data=(validation,),
        entry_point="train.py",
        code=r.SourceRevision(commit=f"{group:040x}", is_dirty=False),
        libraries=(PACKAGES[0],),
    )
    yield r.Record(f"benchmark-run-{number}-0", r.OPENED, (opened,), f"project-{group % 5}")
    ended = started + timedelta(minutes=6)
    closed = replace(opened, ended=ended, status=SUCCEEDED)
    run = _pointer(closed.reference())
    model = r.ModelVersion(
        model=r.Model(name=f"model-{group % 40}"),
        version=f"{number}",
        sha256=_digest("model", number),
        run=run,
        made=ended,
        trained_on=(train,),
    )
    top = chance.uniform(0.5, 0.99)
    series = [
        _series(run, model, kind, role, on, [top * (1 - 0.5 ** (e + 1)) for e in range(EPOCHS)])
        for kind in (ACCURACY, LOSS)
        for role, on in ((TRAIN, train), (VALIDATION, validation))
    ]
    yield r.Record(f"benchmark-run-{number}-1", r.CLOSED, (closed, model, *series), f"project-{group % 5}")
    judged = r.EvaluationRun(
        id=f"test-{number}",
        title=f"test {number}",
        started=ended,
        ended=ended,
        status=SUCCEEDED,
        triggered_by=person,
        executed_by=person,
        responsible=PEOPLE[0],
        model=_pointer(model.reference()),
        data=(test,),
        environment=ENVIRONMENT,
    )
    score = r.MetricObservation(
        run=_pointer(judged.reference()),
        metric=ACCURACY,
        role=TEST,
        of=_pointer(model.reference()),
        on=(test,),
        value=top - chance.uniform(0, 0.05),
    )
    yield r.Record(f"benchmark-run-{number}-2", r.CLOSED, (judged, score), f"project-{group % 5}")


def _series(
    run: r.Reference,
    model: r.ModelVersion,
    kind: r.Iri | r.OwnConcept,
    role: r.Iri | r.OwnConcept,
    on: r.Reference,
    values: list[float],
) -> r.MetricSeries:
    return r.MetricSeries(
        run=run,
        metric=kind,
        role=role,
        of=_pointer(model.reference()),
        on=(on,),
        count=len(values),
        first=values[0],
        last=values[-1],
        low=min(values),
        high=max(values),
        mean=sum(values) / len(values),
        total=sum(values),
        best_step=len(values) - 1,
        nodes=tuple((n, n, None, value) for n, value in enumerate(values)),
    )
