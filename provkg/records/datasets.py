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
from provkg.literals import any_uri, decimal
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Description, Iri, Pointer, node, points, says, several
from provkg.records.fields import licences, owner
from provkg.records.things import Activity, Artifact, Entity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Project(Made):
    """An organisational grouping, and the unit of who may see what."""

    CLASS: ClassVar = vocabulary.Project
    KEY: ClassVar = ("name",)
    name: str = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dataset(Artifact, Made):
    """The continuing thing that a team names; it has no bytes."""

    CLASS: ClassVar = vocabulary.Dataset
    KEY: ClassVar = ("name",)
    name: str = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataSource(Made):
    """An upstream system, table, file or URL."""

    CLASS: ClassVar = vocabulary.DataSource
    KEY: ClassVar = ("identifier",)
    identifier: str = says(vocabulary.dct_identifier)
    url: str | tuple[str, ...] | None = says(vocabulary.sourceUrl, any_uri)
    title: str | None = says(vocabulary.dct_title, sparse=True)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    license: Iri | str | tuple[Iri | str, ...] | None = licences()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataSchema(Description):
    """Columns with their types, as JSON text."""

    CLASS: ClassVar = vocabulary.DataSchema
    columns: str = says(vocabulary.dct_description)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Feature(Made):
    """One column of one version."""

    CLASS: ClassVar = vocabulary.Feature
    KEY: ClassVar = ("version", "name")
    version: DatasetVersion | Pointer = owner()
    name: str = says(vocabulary.featureName)
    type: str | None = says(vocabulary.featureType)
    role: choices.FeatureRole | Concept | None = chosen(vocabulary.featureRole, vocabulary.FeatureRole)
    derived_from: tuple[Feature | Pointer, ...] = several(vocabulary.derivedFromFeature)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """Say whose column it is."""
        if self.version is not None:
            yield Triple(node(self.version, names), vocabulary.hasFeature, subject)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DatasetVersion(Artifact, Made):
    """One immutable state of a dataset, identified by its content; `run` made it, or it is a source."""

    CLASS: ClassVar = vocabulary.DatasetVersion
    KEY: ClassVar = ("run", "dataset", "version", "sha256")
    dataset: Dataset | Pointer = points(vocabulary.versionOf)
    version: str = says(vocabulary.dcat_version)
    sha256: str = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    record_count: int | None = says(vocabulary.recordCount)
    previous_version: DatasetVersion | Pointer | None = points(vocabulary.dcat_previousVersion, sparse=True)
    window_start: datetime | None = says(vocabulary.windowStart, sparse=True)
    window_end: datetime | None = says(vocabulary.windowEnd, sparse=True)
    anonymization_methods: tuple[choices.AnonymizationMethod | Concept, ...] = chosen(
        vocabulary.anonymizationMethod, vocabulary.AnonymizationMethod, default=(), sparse=True
    )
    reidentification_risk: str | None = says(vocabulary.reidentificationRisk, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VectorIndex(DatasetVersion):
    """Embeddings of data, to look things up by nearness."""

    CLASS: ClassVar = vocabulary.VectorIndex


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SplitSet(Made):
    """All parts that one split made of one version, or of a part of one."""

    CLASS: ClassVar = vocabulary.SplitSet
    KEY: ClassVar = ("run", "partition_of")
    partition_of: DatasetVersion | DataSubset | Pointer = points(vocabulary.partitionOf)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    strategy: choices.SplitStrategy | Concept | None = chosen(vocabulary.splitStrategy, vocabulary.SplitStrategy)
    stratified_by: Feature | Pointer | tuple[Feature | Pointer, ...] | None = points(vocabulary.stratifiedBy)
    grouped_by: Feature | Pointer | tuple[Feature | Pointer, ...] | None = points(vocabulary.groupedBy)
    splits: tuple[Split | Pointer, ...] = several(vocabulary.hasSplit)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataSubset(Artifact):
    """A part of one version, or of such a part: `selector` says which, in the language `selector_language`."""

    CLASS: ClassVar = vocabulary.DataSubset
    KEY: ClassVar = ("run", "of", "selector", "membership_digest")
    run: Activity | Pointer | None = points(vocabulary.prov_wasGeneratedBy)
    of: DatasetVersion | DataSubset | Pointer = points(vocabulary.subsetOf)
    derived_from: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasDerivedFrom)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    record_count: int | None = says(vocabulary.recordCount)
    sha256: str | None = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    membership_digest: str | None = says(vocabulary.membershipDigest)
    selector: str | None = says(vocabulary.selector, sparse=True)
    selector_language: str | None = says(vocabulary.selectorLanguage, sparse=True)
    sampling_fraction: Decimal | float | None = says(vocabulary.samplingFraction, decimal, sparse=True)
    window_start: datetime | None = says(vocabulary.windowStart, sparse=True)
    window_end: datetime | None = says(vocabulary.windowEnd, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Slice(DataSubset):
    """A part by a criterion: a period, a source, a predicate."""

    CLASS: ClassVar = vocabulary.Slice
    labels: tuple[str, ...] = says(vocabulary.sliceLabel, default=(), sparse=True)
    sources: tuple[str, ...] = says(vocabulary.fromSource, default=(), sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RecordItem(Made):
    """One row, image or other item, traced on its own."""

    CLASS: ClassVar = vocabulary.RecordItem
    key: str = says(vocabulary.recordKey)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FeatureSet(Made):
    """A named group of features."""

    CLASS: ClassVar = vocabulary.FeatureSet
    title: str = says(vocabulary.dct_title)
    version: str | None = says(vocabulary.dcat_version)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    features: tuple[Feature | Pointer, ...] = several(vocabulary.prov_hadMember)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Split(DataSubset):
    """One part with a role in model building."""

    CLASS: ClassVar = vocabulary.Split
    KEY: ClassVar = ("run", "of", "role", "fold")
    role: choices.SplitRole | Concept = chosen(vocabulary.splitRole, vocabulary.SplitRole)
    fold: int | None = says(vocabulary.foldIndex)
    repeat: int | None = says(vocabulary.repeatIndex, sparse=True)
    split_set: SplitSet | Pointer | None = points(vocabulary.inSplitSet)
    ratio: Decimal | float | None = says(vocabulary.splitRatio, decimal)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the membership from the side of the set too, as PROV does."""
        if self.split_set is not None:
            yield Triple(node(self.split_set, names), vocabulary.prov_hadMember, subject)
