"""What people decided: activities with agents, candidates and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from provkg import vocabulary
from provkg.literals import double
from provkg.records import choices
from provkg.records.agents import Agent
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Pointer, points, says, several
from provkg.records.models import Prediction, PredictionBatch
from provkg.records.things import Activity, Entity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Decision(Activity):
    """Something that people decided: `ended` is when, `rationale` why."""

    CLASS: ClassVar = vocabulary.Decision
    ended: datetime = says(vocabulary.prov_endedAtTime)
    decided_by: Agent | Pointer | tuple[Agent | Pointer, ...] = points(vocabulary.decidedBy)
    applies_to: tuple[Entity | Pointer, ...] = several(vocabulary.appliesTo)
    outcome: choices.DecisionOutcome | Concept | None = chosen(
        vocabulary.decisionOutcome, vocabulary.DecisionOutcome, sparse=True
    )
    considered: tuple[Entity | Pointer, ...] = several(vocabulary.considered, sparse=False)
    criterion: choices.MetricKind | str | Concept | tuple[str | Concept, ...] | None = chosen(
        vocabulary.criterion, vocabulary.MetricKind, own=True
    )
    evidence: tuple[Entity | Pointer, ...] = several(vocabulary.evidence, sparse=False)
    conditions: tuple[str, ...] = says(vocabulary.condition, default=(), sparse=True)
    threshold: float | None = says(vocabulary.threshold, double, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SelectionDecision(Decision):
    """Chooses one among candidates."""

    CLASS: ClassVar = vocabulary.SelectionDecision
    selected: Entity | Pointer = points(vocabulary.selected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ApprovalDecision(Decision):
    """Permits or refuses the use of something; `approvedWithConditions` states its `conditions`."""

    CLASS: ClassVar = vocabulary.ApprovalDecision


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OversightDecision(Decision):
    """A person confirms or overrides what a model said."""

    CLASS: ClassVar = vocabulary.OversightDecision
    applies_to: tuple[Prediction | PredictionBatch | Pointer, ...] = several(vocabulary.appliesTo)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RetirementDecision(Decision):
    """Ends the use of something; `reason` says why, and an `Invalidation` that it is over."""

    CLASS: ClassVar = vocabulary.RetirementDecision


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CandidateSet(Made):
    """The candidates that were looked at together."""

    CLASS: ClassVar = vocabulary.CandidateSet
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    members: tuple[Entity | Pointer, ...] = several(vocabulary.prov_hadMember, sparse=False)
