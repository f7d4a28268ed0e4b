"""What people decided: activities with agents, candidates and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from provkg import vocabulary
from provkg.records.agents import Agent
from provkg.records.concepts import OwnConcept
from provkg.records.description import Description, Iri, Reference, says


@dataclass(frozen=True, kw_only=True)
class SelectionDecision(Description):
    """Chooses one among candidates."""

    CLASS: ClassVar = vocabulary.SelectionDecision
    KEY: ClassVar = ("authority", "id")
    authority: str = "provkg"
    id: str
    title: str | None = says(vocabulary.dct_title)
    started: datetime | None = says(vocabulary.prov_startedAtTime)
    ended: datetime = says(vocabulary.prov_endedAtTime)
    decided_by: Agent | Reference = says(vocabulary.decidedBy)
    selected: Reference = says(vocabulary.selected)
    considered: tuple[Reference, ...] = says(vocabulary.considered, default=())
    criterion: Iri | OwnConcept | None = says(vocabulary.criterion)
    evidence: tuple[Reference, ...] = says(vocabulary.evidence, default=())
    rationale: str | None = says(vocabulary.rationale)
