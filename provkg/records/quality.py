"""How good data is: profiles, known defects, and the checks that measured both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg import vocabulary
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.datasets import DatasetVersion, DataSubset
from provkg.records.description import Pointer, points, says, several
from provkg.records.measures import MetricObservation
from provkg.records.runs import Run
from provkg.records.things import Entity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataProfile(Made):
    """Summary statistics of data, feature by feature, as JSON text."""

    CLASS: ClassVar = vocabulary.DataProfile
    profile_json: str = says(vocabulary.profileJson)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataIssue(Made):
    """A known defect or bias: what it affects, of which kind it is, and how it shows."""

    CLASS: ClassVar = vocabulary.DataIssue
    affects: tuple[Entity | Pointer, ...] = several(vocabulary.affects, sparse=False)
    issue_kind: choices.IssueKind | Concept = chosen(vocabulary.issueKind, vocabulary.IssueKind)
    description: str = says(vocabulary.dct_description)
    title: str | None = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QualityCheckRun(Run):
    """Checks data before it is used: its quality, or whether parts overlap."""

    CLASS: ClassVar = vocabulary.QualityCheckRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataQualityMeasurement(MetricObservation):
    """One number about the quality of data."""

    CLASS: ClassVar = vocabulary.DataQualityMeasurement


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OverlapMeasurement(DataQualityMeasurement):
    """How many items two datasets, or two parts, share."""

    CLASS: ClassVar = vocabulary.OverlapMeasurement
    KEY: ClassVar = (*DataQualityMeasurement.KEY, "left", "right")
    left: DatasetVersion | DataSubset | Pointer = points(vocabulary.leftSubset)
    right: DatasetVersion | DataSubset | Pointer = points(vocabulary.rightSubset)
    overlap_count: int = says(vocabulary.overlapCount)
