"""Models and what they say: versions, files, predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import double, json_literal
from provkg.records.agents import Agent
from provkg.records.datasets import DataSource, Project
from provkg.records.description import Description, Iri, Reference, says
from provkg.records.environments import ArtifactFile


@dataclass(frozen=True, kw_only=True)
class Model(Description):
    """The continuing model that a team names."""

    CLASS: ClassVar = vocabulary.Model
    KEY: ClassVar[tuple[str, ...]] = ("name",)
    name: str = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True)
class ModelVersion(Description):
    """Immutable trained parameters: made by `run`, or a third party's with a `source`."""

    CLASS: ClassVar = vocabulary.ModelVersion
    KEY: ClassVar[tuple[str, ...]] = ("model", "run", "version", "sha256")
    model: Model | Reference = says(vocabulary.versionOf)
    version: str = says(vocabulary.dcat_version)
    sha256: str = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    run: Reference | None = says(vocabulary.trainedBy)
    generated_by: Reference | None = says(vocabulary.prov_wasGeneratedBy)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    trained_on: tuple[Reference, ...] = says(vocabulary.trainedOn, default=())
    attributed_to: tuple[Agent | Reference, ...] = says(vocabulary.prov_wasAttributedTo, default=())
    fine_tuned_from: Reference | None = says(vocabulary.fineTunedFrom)
    source: DataSource | None = says(vocabulary.prov_hadPrimarySource)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    framework: str | None = says(vocabulary.framework)
    parameter_count: int | None = says(vocabulary.parameterCount)
    license: Iri | None = says(vocabulary.dct_license)
    files: tuple[ArtifactFile, ...] = says(vocabulary.hasFile, default=())
    project: Project | None = says(vocabulary.inProject)
    absent: tuple[Iri, ...] = says(vocabulary.declaredAbsent, default=())


@dataclass(frozen=True, kw_only=True)
class Checkpoint(ModelVersion):
    """The state of a model at an epoch or step of its training."""

    CLASS: ClassVar = vocabulary.Checkpoint
    KEY: ClassVar[tuple[str, ...]] = ("model", "run", "version", "sha256", "epoch", "step")
    epoch: int | None = says(vocabulary.atEpoch)
    step: int | None = says(vocabulary.atStep)


@dataclass(frozen=True, kw_only=True)
class PredictionBatch(Description):
    """The output of one inference run; rows lie in its file."""

    CLASS: ClassVar = vocabulary.PredictionBatch
    KEY: ClassVar[tuple[str, ...]] = ("run", "name")
    run: Reference = says(vocabulary.prov_wasGeneratedBy)
    name: str = says(vocabulary.dct_title)
    model: Reference | None = says(vocabulary.predictedBy)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    of: tuple[Reference, ...] = says(vocabulary.prov_wasDerivedFrom, default=())
    record_count: int | None = says(vocabulary.recordCount)
    sha256: str | None = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    files: tuple[ArtifactFile, ...] = says(vocabulary.hasFile, default=())
    absent: tuple[Iri, ...] = says(vocabulary.declaredAbsent, default=())


@dataclass(frozen=True, kw_only=True)
class Prediction(Description):
    """One output that somebody asks about: contested, sampled or reviewed."""

    CLASS: ClassVar = vocabulary.Prediction
    KEY: ClassVar[tuple[str, ...]] = ("batch", "row")
    batch: Reference = says(vocabulary.inBatch)
    row: int = says(vocabulary.rowIndex)
    value: str | bool | int | float | None = says(vocabulary.predictedValue, json_literal)
    confidence: float | None = says(vocabulary.confidence, double)
    run: Reference | None = says(vocabulary.prov_wasGeneratedBy)
    model: Reference | None = says(vocabulary.predictedBy)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    of: tuple[Reference, ...] = says(vocabulary.prov_wasDerivedFrom, default=())
    title: str | None = says(vocabulary.dct_title)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the membership from the side of the batch too, as PROV does."""
        yield Triple(self.batch.iri(names), vocabulary.prov_hadMember, subject)
