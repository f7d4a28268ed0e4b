"""Models in service: where, at which stage, from when to when.

A training process cannot know what is live at an endpoint, so a deployment says `ends_live` and an undeployment names
endpoint and stage; what that ends is looked up in the graph when the record is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import ClassVar, Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import decimal, double, literal
from provkg.records import choices
from provkg.records.concepts import Concept, chosen, member
from provkg.records.description import Description, Pointer, node, pointed, points, says, several
from provkg.records.environments import ArtifactFile
from provkg.records.models import ModelVersion
from provkg.records.parameters import FeatureFlag
from provkg.records.runs import Pipeline, Run
from provkg.records.things import Entity, Made

_STAGE: Final = partial(member, vocabulary.DeploymentStage, False)  # noqa: FBT003 - of two
LiveAt = Callable[[NamedNode, NamedNode], Sequence[NamedNode]]
"""Deployments that are live at an endpoint and stage."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Endpoint(Description):
    """A long-lived serving address."""

    CLASS: ClassVar = vocabulary.Endpoint
    KEY: ClassVar = ("address",)
    address: str = says(vocabulary.dct_identifier)
    title: str | None = says(vocabulary.dct_title, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Deployment(Made):
    """One model version at one endpoint for one period."""

    CLASS: ClassVar = vocabulary.Deployment
    KEY: ClassVar = ("run",)
    run: Run | Pointer = points(vocabulary.prov_wasGeneratedBy)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    model: ModelVersion | Pointer = points(vocabulary.deploys)
    endpoint: Endpoint = points(vocabulary.deployedAt)
    stage: choices.DeploymentStage | Concept = chosen(vocabulary.deploymentStage, vocabulary.DeploymentStage)
    made: datetime = says(vocabulary.prov_generatedAtTime)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)
    preprocessing: Pipeline | Pointer | None = points(vocabulary.servesPreprocessing)
    replaces: tuple[Deployment | Pointer, ...] = several(vocabulary.replaces)
    feature_flags: tuple[FeatureFlag | Pointer, ...] = several(vocabulary.featureFlag)
    traffic_share: Decimal | float | None = says(vocabulary.trafficShare, decimal, sparse=True)
    reference_data: tuple[Entity | Pointer, ...] = several(vocabulary.referenceData)
    intended_uses: tuple[str, ...] = says(vocabulary.intendedUse, default=(), sparse=True)
    risk_level: choices.RiskLevel | Concept | None = chosen(vocabulary.riskLevel, vocabulary.RiskLevel, sparse=True)
    threshold: float | None = says(vocabulary.threshold, double, sparse=True)
    change_kind: choices.ChangeKind | Concept | None = chosen(vocabulary.changeKind, vocabulary.ChangeKind, sparse=True)
    ends_live: bool = True

    def endings(self, names: Names, live_at: LiveAt) -> Iterator[Triple]:
        """Yield the end of what this deployment replaces."""
        if not self.ends_live or None in (self.run, self.endpoint, self.stage, self.made):
            return  # the gate says what is missing
        subject, run = self.iri(names), node(self.run, names)
        for earlier in live_at(node(self.endpoint, names), node(self.stage, names)):
            if earlier != subject:
                yield Triple(subject, vocabulary.replaces, earlier)
                yield from _ended(earlier, run, self.made)
                yield Triple(run, vocabulary.invalidationReason, vocabulary.InvalidationReason_superseded)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Undeployment(Description):
    """Ends what is live at an endpoint and stage; it is said of those deployments, not a thing of its own."""

    KEY: ClassVar = ("run",)
    run: Run | Pointer = field(metadata={"taken": pointed})
    endpoint: Endpoint
    stage: choices.DeploymentStage | Concept = field(metadata={"taken": _STAGE})
    at: datetime
    rationale: str | None = None

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield the endpoint, the run and the reason in words; the rest depends on what is live."""
        yield from self.endpoint.statements(names)
        if self.rationale is not None:
            yield Triple(node(self.run, names), vocabulary.rationale, literal(self.rationale))
        if isinstance(self.run, Description):
            yield from self.run.statements(names)

    def endings(self, names: Names, live_at: LiveAt) -> Iterator[Triple]:
        """Yield the end of everything live there."""
        for live in live_at(self.endpoint.iri(names), node(self.stage, names)):
            yield from _ended(live, node(self.run, names), self.at)


def _ended(deployment: NamedNode, run: NamedNode, at: datetime) -> Iterator[Triple]:
    yield Triple(deployment, vocabulary.rdf_type, vocabulary.Deployment)
    yield Triple(deployment, vocabulary.prov_invalidatedAtTime, literal(at))
    yield Triple(deployment, vocabulary.prov_wasInvalidatedBy, run)
