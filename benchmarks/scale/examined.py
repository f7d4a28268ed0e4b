"""Generated looks at data: measures of its quality, slices, stored bytes that were read again, and withdrawals."""

from __future__ import annotations

import json
from datetime import timedelta

from benchmarks.data import ENVIRONMENT, PACKAGES, RECORDS, digest, pointer
from benchmarks.scale.shape import DAY_ONE, Block, code, kept, stored
from provkg import records as r
from provkg import vocabulary as v

GROUPS = ("north", "south")
LATE = timedelta(days=2)
"""How long the verdicts of checks of the archive are on their way."""


def profile(name: str, content: int) -> r.DataProfile:
    """Return the profile of a version: each has its own youngest and oldest, and one group is small in all."""
    youngest, oldest, north = 18 + content % 7, 70 + content % 11, RECORDS // (12 + content % 5)
    edges, counts = [youngest, 30, 50, oldest], [RECORDS // 5, RECORDS // 2, RECORDS - RECORDS // 5 - RECORDS // 2]
    said = {
        "age": {"min": youngest, "max": oldest, "histogram": {"edges": edges, "counts": counts}},
        "region": {"values": {"north": north, "south": RECORDS - north}},
    }
    return r.DataProfile(title=f"{name} by age and region", profile_json=json.dumps(said))


def quality(
    block: Block, number: int, version: r.DatasetVersion, run: r.Run, parts: tuple[r.Split, ...]
) -> tuple[r.Description, ...]:
    """Return what was found of a version as it was split: one in five has an issue, and parts of one share rows."""
    missing = r.DataQualityMeasurement(
        run=pointer(run),
        metric=r.concept(v.MetricKind, "missingRatio"),
        of=pointer(version),
        value=round(block.chance.uniform(0, 0.1), 4),
        made=block.now,
    )
    issue = r.DataIssue(
        affects=(pointer(version),),
        issue_kind=r.concept(v.IssueKind, "labelingBias"),
        description=f"labels of the north are late in {version.version}",
        made=block.now + timedelta(minutes=1),
    )
    found = {0: (issue,), 1: (_shared(block, run, parts),)}
    return (missing, *found.get(number % 5, ()))


def _shared(block: Block, run: r.Run, parts: tuple[r.Split, ...]) -> r.OverlapMeasurement:
    train, *_, test = parts
    return r.OverlapMeasurement(
        run=pointer(run),
        metric=r.concept(v.MetricKind, "duplicateRatio"),
        of=pointer(train),
        left=pointer(train),
        right=pointer(test),
        overlap_count=block.chance.randrange(20),
        value=0.0,
    )


def correlated(block: Block, version: r.Reference, first: r.Reference, second: r.Reference) -> r.Record:
    """Return the record of a check that found two columns of a version to say nearly the same."""
    number = block.next()
    run = r.QualityCheckRun(
        id=f"run-{number}",
        title="look for correlated columns",
        **block.account(1),
        used=(version,),
        code=code(number),
        environment=pointer(ENVIRONMENT),
        libraries=(PACKAGES[2],),
    )
    found = r.DataQualityMeasurement(
        run=pointer(run),
        metric=r.concept(v.MetricKind, "featureCorrelation"),
        of=version,
        feature=first,
        related_feature=second,
        value=round(0.99 - 0.03 * (block.number % 5), 4),
        sample_size=RECORDS,
    )
    return kept(f"run-{number}", run, found, project=block.project)


def sliced(block: Block, of: r.Reference) -> tuple[r.Record, tuple[r.Slice, ...]]:
    """Return the record of cutting data into its groups, and the slices."""
    number = block.next()
    run = r.TransformationRun(
        id=f"run-{number}",
        title="slice by region",
        **block.account(1),
        kinds=(r.concept(v.TransformationKind, "slicing"),),
        step_index=0,
        used=(of,),
        parameters=r.settings({"by": "region"}),
        code=code(number),
        environment=pointer(ENVIRONMENT),
        libraries=(PACKAGES[2],),
    )
    slices = tuple(
        r.Slice(
            run=pointer(run),
            of=of,
            title=f"{group} {number}",
            labels=(group,),
            sources=("warehouse",),
            selector=f"region = '{group}'",
            selector_language="SQL",
            window_start=DAY_ONE - timedelta(days=90),
            record_count=RECORDS // 2,
            membership_digest=digest("slice", number, group),
            sampling_strategies=(r.concept(v.SamplingStrategy, "fullPopulation"),),
            made=run.ended,
        )
        for group in GROUPS
    )
    return kept(f"run-{number}", run, *slices, project=block.project), slices


def reread(block: Block, file: r.ArtifactFile) -> r.Record:
    """Return the record of reading a file again, told late; one in five no longer holds what it held."""
    same, ended = block.number % 5 != 4, block.now - LATE
    check = r.IntegrityCheck(
        id=f"integrity-{block.number}",
        title="read the archive again",
        checked=(pointer(file),),
        expected_digest=file.sha256,
        observed_digest=file.sha256 if same else digest("damaged", block.number),
        outcome=r.concept(v.CheckOutcome, "match" if same else "mismatch"),
        started=ended,
        ended=ended,
        associated_with=(block.person(),),
    )
    return r.Record(f"scale-integrity-{block.number}", "integrity-check", (check,), block.project)


def rows(block: Block, version: r.Reference) -> r.Record:
    """Return the record of one customer's row, followed from the data that was learned from to the file it came in."""
    file = stored(f"exports/{block.number}", "export", block.number)
    export = r.RecordItem(key=f"customer {block.number} in export", of=(pointer(file),), made=block.now)
    learned = r.RecordItem(key=f"customer {block.number}", of=(version, pointer(export)), made=block.now)
    return r.Record(f"scale-row-{block.number}", "added", (file, export, learned), block.project)


def withdrawn(block: Block, version: r.Reference) -> r.Record:
    """Return the record of withdrawing a version while models that learned from it serve."""
    at = block.now
    asked = r.Documentation(
        title="Withdrawal of consent",
        kind_of_document=r.concept(v.DocumentKind, "technicalDocumentation"),
        documents=(version,),
        description=f"asked for in week {block.number // 2}",
    )
    decision = r.RetirementDecision(
        id=f"withdrawal-{block.number}",
        title="withdraw data",
        started=at,
        ended=at,
        decided_by=block.person(),
        applies_to=(version,),
        outcome=r.concept(v.DecisionOutcome, "approved"),
        reason=r.concept(v.InvalidationReason, "withdrawn"),
        evidence=(asked,),
        rationale="a customer took back consent",
    )
    ended = r.Invalidation(of=version, by=pointer(decision), at=at)
    return r.Record(f"scale-withdrawal-{block.number}", "decision", (decision, ended), block.project)
