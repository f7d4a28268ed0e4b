"""Data: the continuing dataset, its immutable versions, their parts, and where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import any_uri
from provkg.records.concepts import OwnConcept
from provkg.records.description import Description, Iri, Reference, says
from provkg.records.environments import ArtifactFile


@dataclass(frozen=True, kw_only=True)
class Project(Description):
    """An organisational grouping, and the unit of who may see what."""

    CLASS: ClassVar = vocabulary.Project
    KEY: ClassVar = ("name",)
    name: str = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True)
class Dataset(Description):
    """The continuing thing that a team names; it has no bytes."""

    CLASS: ClassVar = vocabulary.Dataset
    KEY: ClassVar = ("name",)
    name: str = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True)
class DataSource(Description):
    """An upstream system, table, file or URL."""

    CLASS: ClassVar = vocabulary.DataSource
    KEY: ClassVar = ("identifier",)
    identifier: str = says(vocabulary.dct_identifier)
    url: str | None = says(vocabulary.sourceUrl, any_uri)


@dataclass(frozen=True, kw_only=True)
class DataSchema(Description):
    """Columns with their types, as JSON text."""

    CLASS: ClassVar = vocabulary.DataSchema
    columns: str = says(vocabulary.dct_description)


@dataclass(frozen=True, kw_only=True)
class Feature(Description):
    """One column of one version."""

    CLASS: ClassVar = vocabulary.Feature
    KEY: ClassVar = ("version", "name")
    version: Reference
    name: str = says(vocabulary.featureName)
    type: str | None = says(vocabulary.featureType)
    role: Iri | None = says(vocabulary.featureRole)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """Say whose column it is."""
        yield Triple(self.version.iri(names), vocabulary.hasFeature, subject)


@dataclass(frozen=True, kw_only=True)
class DatasetVersion(Description):
    """One immutable state of a dataset, identified by its content; `run` made it, or it is a source."""

    CLASS: ClassVar = vocabulary.DatasetVersion
    KEY: ClassVar = ("run", "dataset", "version", "sha256")
    dataset: Dataset | Reference = says(vocabulary.versionOf)
    version: str = says(vocabulary.dcat_version)
    sha256: str = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    run: Reference | None = says(vocabulary.prov_wasGeneratedBy)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    of: tuple[Reference, ...] = says(vocabulary.prov_wasDerivedFrom, default=())
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    record_count: int | None = says(vocabulary.recordCount)
    feature_count: int | None = says(vocabulary.featureCount)
    schema: DataSchema | None = says(vocabulary.hasSchema)
    source: DataSource | None = says(vocabulary.obtainedFrom)
    license: Iri | None = says(vocabulary.dct_license)
    synthetic: bool | None = says(vocabulary.isSynthetic)
    files: tuple[ArtifactFile, ...] = says(vocabulary.hasFile, default=())
    project: Project | None = says(vocabulary.inProject)
    absent: tuple[Iri, ...] = says(vocabulary.declaredAbsent, default=())


@dataclass(frozen=True, kw_only=True)
class SplitSet(Description):
    """All parts that one split made of one version."""

    CLASS: ClassVar = vocabulary.SplitSet
    KEY: ClassVar = ("run", "partition_of")
    run: Reference = says(vocabulary.prov_wasGeneratedBy)
    partition_of: Reference = says(vocabulary.partitionOf)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    title: str | None = says(vocabulary.dct_title)
    strategy: Iri | OwnConcept | None = says(vocabulary.splitStrategy)
    stratified_by: Feature | None = says(vocabulary.stratifiedBy)
    grouped_by: Feature | None = says(vocabulary.groupedBy)


@dataclass(frozen=True, kw_only=True)
class Split(Description):
    """One part with a role in model building."""

    CLASS: ClassVar = vocabulary.Split
    KEY: ClassVar = ("run", "of", "role", "fold")
    run: Reference = says(vocabulary.prov_wasGeneratedBy)
    of: Reference = says(vocabulary.subsetOf)
    role: Iri | OwnConcept = says(vocabulary.splitRole)
    fold: int | None = says(vocabulary.foldIndex)
    split_set: SplitSet | Reference | None = says(vocabulary.inSplitSet)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    title: str | None = says(vocabulary.dct_title)
    ratio: Decimal | None = says(vocabulary.splitRatio)
    record_count: int | None = says(vocabulary.recordCount)
    sha256: str | None = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    membership_digest: str | None = says(vocabulary.membershipDigest)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the membership from the side of the set too, as PROV does."""
        if self.split_set is not None:
            yield Triple(self.split_set.iri(names), vocabulary.prov_hadMember, subject)
