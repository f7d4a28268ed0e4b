"""Models in service: where, at which stage, from when to when.

A training process cannot know what is live at an endpoint, so a deployment says `ends_live` and an undeployment names
endpoint and stage; what that ends is looked up in the graph when the record is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import literal
from provkg.records.concepts import OwnConcept
from provkg.records.description import Description, Iri, Reference, says
from provkg.records.environments import ArtifactFile
from provkg.records.runs import Pipeline

LiveAt = Callable[[NamedNode, NamedNode], Sequence[NamedNode]]
"""Deployments that are live at an endpoint and stage."""


@dataclass(frozen=True, kw_only=True)
class Endpoint(Description):
    """A long-lived serving address."""

    CLASS: ClassVar = vocabulary.Endpoint
    KEY: ClassVar = ("address",)
    address: str = says(vocabulary.dct_identifier)


@dataclass(frozen=True, kw_only=True)
class Deployment(Description):
    """One model version at one endpoint for one period."""

    CLASS: ClassVar = vocabulary.Deployment
    KEY: ClassVar = ("run",)
    run: Reference = says(vocabulary.prov_wasGeneratedBy)
    title: str | None = says(vocabulary.dct_title)
    model: Reference = says(vocabulary.deploys)
    endpoint: Endpoint = says(vocabulary.deployedAt)
    stage: Iri | OwnConcept = says(vocabulary.deploymentStage)
    made: datetime = says(vocabulary.prov_generatedAtTime)
    files: tuple[ArtifactFile, ...] = says(vocabulary.hasFile, default=())
    preprocessing: Pipeline | Reference | None = says(vocabulary.servesPreprocessing)
    ends_live: bool = True
    absent: tuple[Iri, ...] = says(vocabulary.declaredAbsent, default=())

    def endings(self, names: Names, live_at: LiveAt) -> Iterator[Triple]:
        """Yield the end of what this deployment replaces."""
        if not self.ends_live:
            return
        subject = self.iri(names)
        for earlier in live_at(self.endpoint.iri(names), self.stage.iri(names)):
            if earlier != subject:
                yield Triple(subject, vocabulary.replaces, earlier)
                yield from _ended(earlier, self.run.iri(names), self.made)
                yield Triple(
                    self.run.iri(names), vocabulary.invalidationReason, vocabulary.InvalidationReason_superseded
                )


@dataclass(frozen=True, kw_only=True)
class Undeployment(Description):
    """Ends what is live at an endpoint and stage; it is said of those deployments, not a thing of its own."""

    KEY: ClassVar = ("run",)
    run: Reference
    endpoint: Endpoint
    stage: Iri | OwnConcept
    at: datetime

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield the endpoint; the rest depends on what is live."""
        yield from self.endpoint.statements(names)

    def endings(self, names: Names, live_at: LiveAt) -> Iterator[Triple]:
        """Yield the end of everything live there."""
        for live in live_at(self.endpoint.iri(names), self.stage.iri(names)):
            yield from _ended(live, self.run.iri(names), self.at)


def _ended(deployment: NamedNode, run: NamedNode, at: datetime) -> Iterator[Triple]:
    yield Triple(deployment, vocabulary.rdf_type, vocabulary.Deployment)
    yield Triple(deployment, vocabulary.prov_invalidatedAtTime, literal(at))
    yield Triple(deployment, vocabulary.prov_wasInvalidatedBy, run)
