"""Rules that people set: who may see, how long to keep, what a record must say before a model serves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.literals import decimal, double
from provkg.records import choices
from provkg.records.agents import Agent
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Pointer, says, several
from provkg.records.parameters import ParameterDefinition
from provkg.records.things import Entity, Made

ODRL: Final = "http://www.w3.org/ns/odrl/2/"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Policy(Made):
    """A rule for records or things."""

    CLASS: ClassVar = vocabulary.Policy
    title: str = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    version: str | None = says(vocabulary.dcat_version)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RetentionPolicy(Policy):
    """How long records are kept, and when they go to an archive."""

    CLASS: ClassVar = vocabulary.RetentionPolicy
    retention_days: int = says(vocabulary.retentionDays)
    archive_after_days: int | None = says(vocabulary.archiveAfterDays)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AccessPolicy(Policy):
    """Who may create, change and see."""

    CLASS: ClassVar = vocabulary.AccessPolicy


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SharingAgreement(Policy):
    """A contract between who shares provenance and who receives it (ODRL, section 2.1.3: agreement)."""

    CLASS: ClassVar = vocabulary.SharingAgreement
    assigner: Agent | Pointer | tuple[Agent | Pointer, ...] = several(NamedNode(f"{ODRL}assigner"), sparse=False)
    assignee: Agent | Pointer | tuple[Agent | Pointer, ...] = several(NamedNode(f"{ODRL}assignee"), sparse=False)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProvenanceRequirement(Made):
    """What the record of a model or a stage must say, and where drift and delay become too much."""

    CLASS: ClassVar = vocabulary.ProvenanceRequirement
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    required_level: choices.Level | Concept = chosen(vocabulary.requiredLevel, vocabulary.Level)
    completeness_threshold: Decimal | float | None = says(vocabulary.completenessThreshold, decimal)
    drift_threshold: float | None = says(vocabulary.driftThreshold, double)
    max_lateness_seconds: int | None = says(vocabulary.maxLatenessSeconds)
    reuse_limit: int | None = says(vocabulary.reuseLimit)
    implementation: Entity | Pointer | tuple[Entity | Pointer, ...] = several(vocabulary.implementation)
    declares_parameters: tuple[ParameterDefinition | Pointer, ...] = several(vocabulary.declaresParameter)
