"""Models and what they say: versions, files, predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import double, json_literal
from provkg.records.datasets import DataSource
from provkg.records.description import Pointer, node, points, says, several
from provkg.records.environments import ArtifactFile
from provkg.records.things import Activity, Artifact, Entity, Made

if TYPE_CHECKING:
    from provkg.records.plans import ModelArchitecture, Tokenizer
    from provkg.records.runs import TrainingRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Model(Artifact, Made):
    """The continuing model that a team names."""

    CLASS: ClassVar = vocabulary.Model
    KEY: ClassVar[tuple[str, ...]] = ("name",)
    name: str = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    purpose: str | None = says(vocabulary.purpose, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ModelVersion(Artifact):
    """Immutable trained parameters: made by `run`, or a third party's with a `source`."""

    CLASS: ClassVar = vocabulary.ModelVersion
    KEY: ClassVar[tuple[str, ...]] = ("model", "run", "version", "sha256")
    model: Model | Pointer = points(vocabulary.versionOf)
    version: str = says(vocabulary.dcat_version)
    run: TrainingRun | Pointer | None = points(vocabulary.trainedBy)
    generated_by: Activity | Pointer | None = points(vocabulary.prov_wasGeneratedBy)
    made: datetime | None = says(vocabulary.prov_generatedAtTime)
    trained_on: tuple[Entity | Pointer, ...] = several(vocabulary.trainedOn, sparse=False)
    derived_from: tuple[Entity | Pointer, ...] = several(vocabulary.prov_wasDerivedFrom)
    fine_tuned_from: ModelVersion | Pointer | tuple[ModelVersion | Pointer, ...] | None = points(
        vocabulary.fineTunedFrom
    )
    distilled_from: tuple[ModelVersion | Pointer, ...] = several(vocabulary.distilledFrom)
    pruned_from: tuple[ModelVersion | Pointer, ...] = several(vocabulary.prunedFrom)
    quantized_from: tuple[ModelVersion | Pointer, ...] = several(vocabulary.quantizedFrom)
    merged_from: tuple[ModelVersion | Pointer, ...] = several(vocabulary.mergedFrom)
    exported_from: tuple[ModelVersion | Pointer, ...] = several(vocabulary.exportedFrom)
    adapter_of: tuple[ModelVersion | Pointer, ...] = several(vocabulary.adapterOf)
    selected_checkpoint: Checkpoint | Pointer | None = points(vocabulary.selectedCheckpoint, sparse=True)
    previous_version: ModelVersion | Pointer | None = points(vocabulary.dcat_previousVersion, sparse=True)
    source: DataSource | tuple[DataSource, ...] | None = points(vocabulary.prov_hadPrimarySource)
    architecture: ModelArchitecture | Pointer | None = points(vocabulary.hasArchitecture, sparse=True)
    tokenizers: tuple[Tokenizer | Pointer, ...] = several(vocabulary.hasTokenizer)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    parameter_count: int | None = says(vocabulary.parameterCount)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Checkpoint(ModelVersion):
    """The state of a model at an epoch or step of its training."""

    CLASS: ClassVar = vocabulary.Checkpoint
    KEY: ClassVar[tuple[str, ...]] = ("model", "run", "version", "sha256", "epoch", "step")
    epoch: int | None = says(vocabulary.atEpoch)
    step: int | None = says(vocabulary.atStep)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PredictionBatch(Made):
    """The output of one inference run; rows lie in its file."""

    CLASS: ClassVar = vocabulary.PredictionBatch
    KEY: ClassVar[tuple[str, ...]] = ("run", "name")
    name: str = says(vocabulary.dct_title)
    model: ModelVersion | Pointer | None = points(vocabulary.predictedBy)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    predictions: tuple[Prediction | Pointer, ...] = several(vocabulary.hasPrediction)
    window_start: datetime | None = says(vocabulary.windowStart, sparse=True)
    window_end: datetime | None = says(vocabulary.windowEnd, sparse=True)
    record_count: int | None = says(vocabulary.recordCount)
    sha256: str | None = says(vocabulary.sha256)
    digest_form: str | None = says(vocabulary.digestForm)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Prediction(Made):
    """One output that somebody asks about: contested, sampled or reviewed."""

    CLASS: ClassVar = vocabulary.Prediction
    KEY: ClassVar[tuple[str, ...]] = ("batch", "row")
    batch: PredictionBatch | Pointer = points(vocabulary.inBatch)
    row: int = says(vocabulary.rowIndex)
    value: str | bool | int | float | None = says(vocabulary.predictedValue, json_literal)
    confidence: float | None = says(vocabulary.confidence, double)
    model: ModelVersion | Pointer | None = points(vocabulary.predictedBy)
    about: tuple[Entity | Pointer, ...] = several(vocabulary.aboutInput)
    input_digest: str | None = says(vocabulary.inputDigest, sparse=True)
    title: str | None = says(vocabulary.dct_title)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the membership from the side of the batch too, as PROV does."""
        if self.batch is not None:
            yield Triple(node(self.batch, names), vocabulary.prov_hadMember, subject)
