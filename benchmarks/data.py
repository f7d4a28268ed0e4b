"""Generated data preparation: versions of datasets, each split and scaled, and what all generated runs share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from provkg import records as r
from provkg import vocabulary as v

START = datetime(2026, 1, 1, tzinfo=UTC)
RUN_MINUTES = 7
DATASETS = 20
RECORDS = 100_000
PACKAGES = tuple(r.SoftwarePackage(name=f"package-{n}", version=f"1.{n}") for n in range(30))
ENVIRONMENT = r.Environment(
    os_name="Debian GNU/Linux 12",
    kernel_version="6.1.0",
    software=r.SoftwareEnvironment(python_version="3.11.7", packages=PACKAGES),
    hardware=r.HardwareConfiguration(cpu_model="x", cpu_count=2, memory_bytes=24 << 30, architecture="x86_64"),
)
TEAM = r.Team(issuer="benchmark", subject="team", name="the team")
PEOPLE = tuple(r.Person(issuer="benchmark", subject=f"engineer-{n}", on_behalf_of=TEAM) for n in range(20))
TRAIN, VALIDATION, TEST = (r.concept(v.SplitRole, role) for role in ("train", "validation", "test"))
PARTS = (("train", TRAIN, "0.7"), ("validation", VALIDATION, "0.1"), ("test", TEST, "0.2"))
SUCCEEDED = r.Iri(v.RunStatus_succeeded.value)
IN_MEMORY = (r.Iri(v.hasFile.value),)
SCHEMA = r.DataSchema(columns='[["x","float64"],["y","int64"]]')
STANDARDIZATION = (r.concept(v.TransformationKind, "standardization"),)
SCALE = r.Step(title="scale", kinds=STANDARDIZATION, implementation=PACKAGES[1])


def digest(*parts: object) -> str:
    """Return a digest that stands for generated content."""
    return sha256(repr(parts).encode()).hexdigest()


def moment(number: int) -> datetime:
    """Return when the training run of that number starts."""
    return START + timedelta(minutes=RUN_MINUTES * number)


def pointer(thing: r.Description) -> r.Reference:
    """Return a pointer to `thing`, which is named by a key and not by its content."""
    return cast("r.Reference", thing.reference())


def code(number: int) -> r.SourceRevision:
    """Return the revision of the code that the sweep of that number ran."""
    repository = r.SourceRepository(url="https://example.org/code")
    return r.SourceRevision(commit=f"{number:040x}", is_dirty=False, repository=repository)


def prepared(number: int, project: str) -> Iterator[r.Record]:
    """Yield the records of the data of one sweep: a version, its split, and the scaling of its parts."""
    at = moment(50 * number)
    split = _split_run(number, at)
    yield r.Record(f"benchmark-data-{number}", r.CLOSED, (version(number), split, *parts(number)), project)
    scaling = _scaling(number, at)
    yield r.Record(f"benchmark-scaling-{number}", r.CLOSED, (scaling, *scaled(number)), project)


@lru_cache(maxsize=4)
def version(number: int) -> r.DatasetVersion:
    """Return the version of a dataset that the sweep of that number starts from."""
    name = f"dataset-{number % DATASETS}"
    return r.DatasetVersion(
        dataset=r.Dataset(name=name),
        version=f"{number // DATASETS}.0",
        sha256=digest("data", number),
        record_count=RECORDS,
        source=r.DataSource(identifier=f"warehouse/{name}"),
        license=r.Iri("http://spdx.org/licenses/CC-BY-4.0"),
        synthetic=False,
        digest_form="table-1",
        schema=SCHEMA,
        absent=IN_MEMORY,
    )


@lru_cache(maxsize=4)
def parts(number: int) -> tuple[r.Split, ...]:
    """Return the parts into which that version is split."""
    made, of = moment(50 * number), pointer(version(number))
    run = r.Reference("split-run", ("provkg", f"split-{number}"))
    whole = r.SplitSet(run=run, partition_of=of, strategy=r.concept(v.SplitStrategy, "random"), made=made)
    return tuple(
        r.Split(
            run=run,
            of=of,
            role=role,
            split_set=whole,
            made=made,
            title=f"dataset-{number % DATASETS} {name}",
            ratio=Decimal(ratio),
            record_count=int(RECORDS * Decimal(ratio)),
            sha256=digest("part", number, name),
            membership_digest=digest("rows", number, name),
        )
        for name, role, ratio in PARTS
    )


@lru_cache(maxsize=4)
def scaled(number: int) -> tuple[r.DatasetVersion, ...]:
    """Return the scaled parts, which models are trained, validated and tested on."""
    run = r.Reference("transformation-run", ("provkg", f"scaling-{number}"))
    return tuple(
        r.DatasetVersion(
            dataset=r.Dataset(name=f"dataset-{number % DATASETS} {name} scaled"),
            version=f"{number // DATASETS}.0",
            sha256=digest("scaled", number, name),
            digest_form="array-1",
            record_count=part.record_count,
            run=run,
            made=moment(50 * number),
            of=(pointer(part),),
            synthetic=False,
            schema=SCHEMA,
            absent=IN_MEMORY,
        )
        for part, (name, _, _) in zip(parts(number), PARTS, strict=True)
    )


def account(number: int, started: datetime, ended: datetime | None = None) -> dict[str, Any]:
    """Return what every run of the generated project says of its time, its end and its people."""
    person = PEOPLE[number % 20]
    return {
        "started": started,
        "ended": ended or started,
        "status": SUCCEEDED,
        "triggered_by": person,
        "executed_by": person,
        "responsible": TEAM,
    }


def _split_run(number: int, at: datetime) -> r.SplitRun:
    return r.SplitRun(
        id=f"split-{number}",
        title=f"split {number}",
        **account(number, at),
        parameters=r.settings({"seed": number}, seed_scope="split"),
        used=(pointer(version(number)),),
        environment=pointer(ENVIRONMENT),
    )


def _scaling(number: int, at: datetime) -> r.TransformationRun:
    return r.TransformationRun(
        id=f"scaling-{number}",
        title=f"scale {number}",
        **account(number, at),
        kinds=STANDARDIZATION,
        plan=SCALE,
        parameters=r.settings({"with_mean": True}),
        code=code(number),
        used=tuple(pointer(part) for part in parts(number)),
        fits_on=(pointer(parts(number)[0]),),
        environment=pointer(ENVIRONMENT),
        libraries=(PACKAGES[1],),
    )
