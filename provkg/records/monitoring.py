"""Models in operation: what is watched, what was noticed, and what was found out about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from provkg import vocabulary
from provkg.literals import double
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Description, Pointer, points, says, several
from provkg.records.quality import DataProfile
from provkg.records.runs import Run
from provkg.records.things import Activity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MonitoringRun(Run):
    """Compares what a model sees with what it learnt from."""

    CLASS: ClassVar = vocabulary.MonitoringRun
    baseline: DataProfile | Pointer | None = points(vocabulary.baselineProfile)
    current: DataProfile | Pointer | None = points(vocabulary.currentProfile)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Alert(Made):
    """Something that went wrong or may have, and was noticed; `run` is the check that noticed it."""

    CLASS: ClassVar = vocabulary.Alert
    alert_kind: choices.AlertKind | Concept = chosen(vocabulary.alertKind, vocabulary.AlertKind)
    raised_for: tuple[Description | Pointer, ...] = several(vocabulary.raisedFor, sparse=False)
    detected_at: datetime = says(vocabulary.detectedAt)
    threshold: float | None = says(vocabulary.threshold, double)
    value: float | None = says(vocabulary.value, double)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Investigation(Activity):
    """Looks into alerts; `rationale` says what it found."""

    CLASS: ClassVar = vocabulary.Investigation
    investigates: tuple[Alert | Pointer, ...] = several(vocabulary.investigates, sparse=False)
