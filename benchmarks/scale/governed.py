"""Generated governance: projects with their policies, sources that two systems told of, and what was redacted."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.data import TEAM
from benchmarks.scale.shape import Block, named
from provkg import records as r
from provkg import vocabulary as v

PARTNER = r.Organization(issuer="scale", subject="partner-bank", name="the partner bank")
ACCESS = r.AccessPolicy(title="who sees models", description="the team may change, the risk officer may view")
AGREEMENT = r.SharingAgreement(
    title="agreement with the partner bank",
    description="the partner sees how scores come to be",
    assigner=TEAM,
    assignee=PARTNER,
)
RETENTION = r.RetentionPolicy(title="keep one year", retention_days=365, archive_after_days=30)
PROJECTS = 5
"""Projects that begin with every ten blocks; the records of the first of them go after a while."""


def governed(block: Block) -> Iterator[r.Record]:
    """Yield the records of a project as it begins, and of a source that the catalogue and a service found."""
    if block.number % 10 < PROJECTS:
        policies = (ACCESS, AGREEMENT, *([RETENTION] if block.number % PROJECTS == 0 else []))
        project = r.Project(name=block.project, policies=policies)
        yield r.Record(f"scale-{block.project}", "policy", (project,), block.project)
    for place, url in enumerate((None, f"https://catalogue.example.org/{block.number}")):
        source = r.DataSource(identifier=f"catalogue/{block.number}", external_id=f"catalogue:{block.number}", url=url)
        yield r.Record(f"scale-source-{block.number}-{place}", "data-source", (source,), block.project)


def redacted(block: Block, record: str) -> r.Record:
    """Return the record of taking a person out of a record."""
    redaction = r.Redaction(
        id=f"redaction-{block.number}",
        title="erase a customer",
        redacts=(named(record),),
        anonymization_methods=(r.concept(v.AnonymizationMethod, "suppression"),),
        reidentification_risk="low: a row number alone leads to nobody",
        rationale="asked for by the customer",
        started=block.now,
        ended=block.now,
        associated_with=(block.person(),),
    )
    return r.Record(f"scale-redaction-{block.number}", "redaction", (redaction,), block.project)
