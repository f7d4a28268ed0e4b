"""What may be said of anything that exists or that happened, whatever kind it is: the arguments that kinds share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import double
from provkg.records import choices
from provkg.records.agents import Agent, InRole, in_roles
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Description, Iri, Pointer, points, says, several
from provkg.records.fields import absences, licences

if TYPE_CHECKING:
    from provkg.records.datasets import DataSchema, DataSource, Feature, Project
    from provkg.records.documents import Documentation
    from provkg.records.environments import ArtifactFile
    from provkg.records.licences import LicenseGrant
    from provkg.records.parameters import Tag
    from provkg.records.policies import Policy, ProvenanceRequirement
    from provkg.records.quality import DataIssue, DataProfile


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Location(Description):
    """A place that is no address of a service: a data centre, a room, a folder."""

    CLASS: ClassVar = vocabulary.prov_Location
    title: str = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Activity(Description):
    """Something that happened; without an `id` it is known by all that is said of it."""

    CLASS: ClassVar = vocabulary.prov_Activity
    KEY: ClassVar[tuple[str, ...] | None] = ("authority", "id")
    authority: str = "provkg"
    id: str | None = None
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    started: datetime | None = says(vocabulary.prov_startedAtTime)
    ended: datetime | None = says(vocabulary.prov_endedAtTime)
    used: tuple[Entity | Pointer, ...] = several(vocabulary.prov_used, sparse=False)
    associated_with: tuple[Agent | Pointer, ...] = several(vocabulary.prov_wasAssociatedWith)
    responsible: Agent | Pointer | tuple[Agent | Pointer, ...] | None = points(vocabulary.responsibleAgent, sparse=True)
    roles: tuple[InRole, ...] = in_roles()
    informed_by: tuple[Activity | Pointer, ...] = several(vocabulary.prov_wasInformedBy)
    started_by: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasStartedBy)
    ended_by: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasEndedBy)
    location: Location | Pointer | None = points(vocabulary.prov_atLocation, sparse=True)
    rationale: str | None = says(vocabulary.rationale, sparse=True)
    change_kind: choices.ChangeKind | Concept | None = chosen(vocabulary.changeKind, vocabulary.ChangeKind, sparse=True)
    reason: choices.InvalidationReason | Concept | None = chosen(
        vocabulary.invalidationReason, vocabulary.InvalidationReason, sparse=True
    )
    privacy_epsilon: float | None = says(vocabulary.privacyEpsilon, double, sparse=True)
    privacy_delta: float | None = says(vocabulary.privacyDelta, double, sparse=True)
    external_id: str | tuple[str, ...] | None = says(vocabulary.externalId, sparse=True)
    tags: tuple[Tag, ...] = several(vocabulary.tagged)
    absent: tuple[Iri | str, ...] = absences()

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield everything said, and the roles that agents had in it."""
        yield from super().statements(names)
        for each in self.roles:
            yield from each.association(self.iri(names), names)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Entity(Description):
    """Something that exists."""

    CLASS: ClassVar[NamedNode | None] = vocabulary.prov_Entity
    attributed_to: tuple[Agent | Pointer, ...] = several(vocabulary.prov_wasAttributedTo)
    roles: tuple[InRole, ...] = in_roles()
    revision_of: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasRevisionOf)
    alternate_of: tuple[Entity | Pointer, ...] = several(vocabulary.prov_alternateOf)
    location: Location | Pointer | None = points(vocabulary.prov_atLocation, sparse=True)
    invalidated: datetime | None = says(vocabulary.prov_invalidatedAtTime, sparse=True)
    invalidated_by: tuple[Activity | Pointer, ...] = several(vocabulary.prov_wasInvalidatedBy)
    documented_by: tuple[Documentation | Pointer, ...] = several(vocabulary.documentedBy)
    policies: tuple[Policy | Pointer, ...] = several(vocabulary.hasPolicy)
    requirements: tuple[ProvenanceRequirement | Pointer, ...] = several(vocabulary.hasRequirement)
    project: Project | Pointer | tuple[Project | Pointer, ...] | None = points(vocabulary.inProject, sparse=True)
    sensitivity: choices.SensitivityLevel | Concept | None = chosen(
        vocabulary.sensitivity, vocabulary.SensitivityLevel, sparse=True
    )
    contains_personal_data: bool | None = says(vocabulary.containsPersonalData, sparse=True)
    legal_basis: tuple[Pointer, ...] = several(vocabulary.legalBasis)
    external_id: str | tuple[str, ...] | None = says(vocabulary.externalId, sparse=True)
    tags: tuple[Tag, ...] = several(vocabulary.tagged)
    absent: tuple[Iri | str, ...] = absences()

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield everything said, and the roles that agents have in it."""
        yield from super().statements(names)
        for each in self.roles:
            yield from each.attribution(self.iri(names), names)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Made(Entity):
    """Something that a run may have made, of other things."""

    run: Activity | Pointer | None = points(vocabulary.prov_wasGeneratedBy, sparse=True)
    made: datetime | None = says(vocabulary.prov_generatedAtTime, sparse=True)
    of: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasDerivedFrom)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Artifact(Entity):
    """Data or a model: what it holds, what it is for, and under which terms."""

    license: Iri | str | tuple[Iri | str, ...] | None = licences()
    license_grants: tuple[LicenseGrant | Pointer, ...] = several(vocabulary.hasLicenseGrant)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)
    sha256: str | None = says(vocabulary.sha256, sparse=True)
    digest_form: str | None = says(vocabulary.digestForm, sparse=True)
    hash_algorithm: choices.HashAlgorithm | Concept | None = chosen(
        vocabulary.hashAlgorithm, vocabulary.HashAlgorithm, sparse=True
    )
    other_digests: tuple[str, ...] = says(vocabulary.otherDigest, default=(), sparse=True)
    schema: DataSchema | None = points(vocabulary.hasSchema, sparse=True)
    input_schema: DataSchema | None = points(vocabulary.inputSchema, sparse=True)
    output_schema: DataSchema | None = points(vocabulary.outputSchema, sparse=True)
    features: tuple[Feature | Pointer, ...] = several(vocabulary.hasFeature)
    feature_count: int | None = says(vocabulary.featureCount, sparse=True)
    target_feature: Feature | Pointer | tuple[Feature | Pointer, ...] | None = points(
        vocabulary.targetFeature, sparse=True
    )
    profiles: tuple[DataProfile | Pointer, ...] = several(vocabulary.hasProfile)
    issues: tuple[DataIssue | Pointer, ...] = several(vocabulary.hasIssue)
    source: DataSource | tuple[DataSource, ...] | None = points(vocabulary.obtainedFrom, sparse=True)
    modalities: tuple[choices.DataModality | Concept, ...] = chosen(
        vocabulary.modality, vocabulary.DataModality, default=(), sparse=True
    )
    synthetic: bool | None = says(vocabulary.isSynthetic, sparse=True)
    is_fully_automated: bool | None = says(vocabulary.isFullyAutomated, sparse=True)
    collection_methods: tuple[str, ...] = says(vocabulary.collectionMethod, default=(), sparse=True)
    sampling_strategies: tuple[choices.SamplingStrategy | Concept, ...] = chosen(
        vocabulary.samplingStrategy, vocabulary.SamplingStrategy, default=(), sparse=True
    )
    intended_uses: tuple[str, ...] = says(vocabulary.intendedUse, default=(), sparse=True)
    out_of_scope_uses: tuple[str, ...] = says(vocabulary.outOfScopeUse, default=(), sparse=True)
    known_limitations: tuple[str, ...] = says(vocabulary.knownLimitation, default=(), sparse=True)
    application_domains: tuple[str, ...] = says(vocabulary.applicationDomain, default=(), sparse=True)
    risk_level: choices.RiskLevel | Concept | None = chosen(vocabulary.riskLevel, vocabulary.RiskLevel, sparse=True)
    framework: str | tuple[str, ...] | None = says(vocabulary.framework, sparse=True)
    change_kind: choices.ChangeKind | Concept | None = chosen(vocabulary.changeKind, vocabulary.ChangeKind, sparse=True)
    ml_tasks: tuple[choices.MlTask | Concept, ...] = chosen(
        vocabulary.mlTask, vocabulary.MlTask, default=(), sparse=True
    )
    learning_paradigms: tuple[choices.LearningParadigm | Concept, ...] = chosen(
        vocabulary.learningParadigm, vocabulary.LearningParadigm, default=(), sparse=True
    )
