"""Runs that make data: collecting it, labelling it, generating it, and trying a run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg import vocabulary
from provkg.literals import double
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Pointer, points, says
from provkg.records.runs import Run, TransformationRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IngestionRun(Run):
    """Collects or imports data."""

    CLASS: ClassVar = vocabulary.IngestionRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LabelingRun(TransformationRun):
    """Annotates data: `plan` is the protocol, `roles` names the annotators."""

    CLASS: ClassVar = vocabulary.LabelingRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SyntheticDataRun(TransformationRun):
    """Generates records with a model or a library."""

    CLASS: ClassVar = vocabulary.SyntheticDataRun
    record_count: int | None = says(vocabulary.recordCount)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReplayRun(Run):
    """Runs an earlier run again, to see whether it comes out the same."""

    CLASS: ClassVar = vocabulary.ReplayRun
    replay_of: Run | Pointer = points(vocabulary.replayOf)
    outcome: choices.ReplayOutcome | Concept = chosen(vocabulary.replayOutcome, vocabulary.ReplayOutcome)
    tolerance: float | None = says(vocabulary.tolerance, double)
