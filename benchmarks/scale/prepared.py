"""Generated data: sources and their parts, long chains of cleaning with their columns, and what is known of quality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.data import (
    ENVIRONMENT,
    IN_MEMORY,
    PACKAGES,
    PARTS,
    RECORDS,
    SCHEMA,
    STANDARDIZATION,
    SUCCEEDED,
    TEAM,
    digest,
    pointer,
)
from benchmarks.scale.examined import correlated, profile, quality
from benchmarks.scale.shape import DAY_ONE, HUB, TABLES, Block, code, kept, person, stored
from provkg import records as r
from provkg import vocabulary as v

MISTAKEN = 1
COLUMNS = ("age", "income", "region")
SCALE = r.Step(title="scale", kinds=STANDARDIZATION, implementation=PACKAGES[1])
RANGE = r.Step(title="range", kinds=(r.concept(v.TransformationKind, "normalization"),), implementation=PACKAGES[1])
FULL = r.concept(v.SamplingStrategy, "fullPopulation")
SAMPLE = r.Step(title="sample", kinds=(r.concept(v.TransformationKind, "sampling"),), implementation=PACKAGES[2])
CLEANING = tuple(
    r.Step(title=title, kinds=(r.concept(v.TransformationKind, kind),), implementation=PACKAGES[2])
    for title, kind in (("impute", "imputation"), ("encode", "encoding"), ("normalise", "normalization"))
)


@dataclass(frozen=True)
class Parts:
    """What a sweep works on: where to train, validate and test."""

    train: r.Reference
    validation: r.Reference
    test: r.Reference
    whole: r.Reference
    file: r.ArtifactFile | None = None
    """What the whole was read from, where that is a file."""


def hub() -> Iterator[r.Record]:
    """Yield the records of the dataset that many trainings share: collected and split once, on the first day."""
    version = _version(HUB, "1", 0, made_of=())
    run = r.SplitRun(
        id="split-hub",
        title="split customers",
        started=DAY_ONE,
        ended=DAY_ONE,
        status=SUCCEEDED,
        triggered_by=person(0),
        executed_by=person(0),
        responsible=TEAM,
        parameters=r.settings({"seed": 0}, seed_scope="split"),
        used=(pointer(version),),
        environment=pointer(ENVIRONMENT),
    )
    yield kept("hub", version, run, *_split(HUB, "hub", pointer(run), pointer(version)), project="project-0-0")


def hub_parts() -> Parts:
    """Return the parts of that dataset."""
    run = r.Reference("split-run", ("provkg", "split-hub"))
    whole = pointer(_version(HUB, "1", 0, made_of=()))
    train, validation, test = (pointer(each) for each in _split(HUB, "hub", run, whole))
    return Parts(train, validation, test, whole, table_file(HUB, 0))


def table(block: Block, sweep: int) -> Iterator[r.Record | Parts]:
    """Yield the records of a version of a table that is split and scaled for one sweep, and last its parts."""
    number = block.number * block.shape.sweeps + sweep
    name = f"table-{number % TABLES}"
    version = _version(name, f"{number // TABLES}.0", number, made_of=())
    run = r.SplitRun(
        id=f"run-{block.next()}",
        title=f"split {name}",
        **block.account(1),
        parameters=r.settings({"seed": number}, seed_scope="split"),
        used=(pointer(version),),
        environment=pointer(ENVIRONMENT),
        tags=(r.Tag(key="reason", value="correction" if number % 2 else "new month"),),
    )
    parts = _split(name, number, pointer(run), pointer(version))
    seen = quality(block, number, version, run, parts)
    yield kept(f"split-{number}", version, run, *parts, *seen, project=block.project)
    scaling, scaled = _scaled(block, name, number, parts, pointer(version))
    yield kept(f"scaling-{number}", scaling, *scaled, project=block.project)
    train, validation, test = (pointer(each) for each in scaled)
    yield Parts(train, validation, test, pointer(version), table_file(name, number))


def chain(block: Block) -> Iterator[r.Record | Parts]:
    """Yield the records of a dataset cleaned step by step, each version made from the one before, and last its end."""
    name = f"refined-{block.number}"
    before: r.DataSource | r.DatasetVersion = r.DataSource(identifier=f"warehouse/{name}")
    for place in range(block.shape.chain):
        number = block.next()
        step = CLEANING[place % len(CLEANING)] if place else SAMPLE
        run = r.TransformationRun(
            id=f"run-{number}",
            title=f"{step.title} {name}",
            **block.account(2),
            kinds=step.kinds,
            plan=step,
            code=code(number),
            parameters=r.settings({"columns": len(COLUMNS)}),
            used=(pointer(before) if place else before,),
            environment=pointer(ENVIRONMENT),
            libraries=(PACKAGES[2],),
        )
        version = _version(name, str(place), ("chain", number), made_of=(pointer(before),), run=run)
        columns = _columns(version, before)
        yield kept(f"run-{number}", run, version, *columns, project=block.project)
        if not place:
            yield correlated(block, pointer(version), pointer(columns[0]), pointer(columns[1]))
        before = version
    end = pointer(before)
    yield Parts(end, end, hub_parts().test, end)


def table_file(name: str, number: int) -> r.ArtifactFile:
    """Return the file that a version which came from outside was read from."""
    return stored(f"{name}/{number}", name, number)


def _version(
    name: str, version: str, content: object, *, made_of: tuple[r.Reference, ...], run: r.Run | None = None
) -> r.DatasetVersion:
    first = content if isinstance(content, int) else None
    return r.DatasetVersion(
        dataset=r.Dataset(name=name),
        version=version,
        sha256=digest("version", name, content),
        record_count=RECORDS,
        source=None if made_of else r.DataSource(identifier=f"warehouse/{name}"),
        license=None if made_of else r.Iri("http://spdx.org/licenses/CC-BY-4.0"),
        synthetic=False,
        digest_form="table-1",
        schema=SCHEMA,
        absent=IN_MEMORY if first is None else (),
        files=() if first is None else (table_file(name, first),),
        profiles=() if first is None else (profile(name, first),),
        sampling_strategies=() if first is None else (FULL,),
        of=made_of,
        run=None if run is None else pointer(run),
        made=None if run is None else run.ended,
    )


def _split(name: str, content: object, run: r.Reference, of: r.Reference) -> tuple[r.Split, ...]:
    whole = r.SplitSet(run=run, partition_of=of, strategy=r.concept(v.SplitStrategy, "random"))
    return tuple(
        r.Split(
            run=run,
            of=of,
            role=role,
            split_set=whole,
            title=f"{name} {part}",
            ratio=Decimal(ratio),
            record_count=int(RECORDS * Decimal(ratio)),
            sha256=digest("part", name, content, part),
            membership_digest=digest("rows", name, content, part),
        )
        for part, role, ratio in PARTS
    )


def _scaled(
    block: Block, name: str, content: int, parts: tuple[r.Split, ...], whole: r.Reference
) -> tuple[r.TransformationRun, tuple[r.DatasetVersion, ...]]:
    number, step = block.next(), RANGE if content % 2 else SCALE
    splits = tuple(pointer(part) for part in parts)
    # One in five is fitted on all rows, the test's too: a mistake that is made.
    seen = whole if content % 5 == MISTAKEN else splits[0]
    run = r.TransformationRun(
        id=f"run-{number}",
        title=f"{step.title} {name}",
        **block.account(1),
        kinds=step.kinds,
        plan=step,
        parameters=r.settings({"with_mean": True}),
        code=code(number),
        used=(*splits, *({seen} - {*splits})),
        fits_on=(seen,),
        environment=pointer(ENVIRONMENT),
        libraries=(PACKAGES[1],),
    )
    scaled = tuple(
        _version(f"{name} {part} scaled", str(content), (content, part), made_of=(pointer(split),), run=run)
        for split, (part, _, _) in zip(parts, PARTS, strict=True)
    )
    return run, scaled


def _columns(version: r.DatasetVersion, before: r.DataSource | r.DatasetVersion) -> tuple[r.Feature, ...]:
    return tuple(
        r.Feature(
            version=pointer(version),
            name=name,
            type="float64",
            derived_from=(pointer(r.Feature(version=pointer(before), name=name)),)
            if isinstance(before, r.DatasetVersion)
            else (),
        )
        for name in COLUMNS
    )
