"""What ran: activities with times, people, code, settings and environment, and the plans that they follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names, canonical_json
from provkg.literals import double, literal
from provkg.records import choices
from provkg.records.agents import Agent
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Pointer, node, points, says, several
from provkg.records.encoding import encoded
from provkg.records.environments import ComputeNode, Environment, SoftwarePackage, SourceRevision
from provkg.records.parameters import Configuration, FeatureFlag, ParameterDefinition, ParameterSetting
from provkg.records.things import Activity, Entity, Made

if TYPE_CHECKING:
    from provkg.records.datasets import DatasetVersion
    from provkg.records.deployments import Deployment
    from provkg.records.models import ModelVersion
    from provkg.records.plans import ModelArchitecture, Port, PromptTemplate


Code = SoftwarePackage | SourceRevision | Entity | Pointer
"""What carries out a plan."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Planned(Made):
    """Something that runs are meant to follow."""

    implementation: Code | tuple[Code, ...] | None = points(vocabulary.implementation, sparse=True)
    declares_parameters: tuple[ParameterDefinition | Pointer, ...] = several(vocabulary.declaresParameter)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Experiment(Planned):
    """The declared purpose of a group of runs."""

    CLASS: ClassVar = vocabulary.Experiment
    KEY: ClassVar = ("name",)
    name: str = says(vocabulary.dct_title)
    purpose: str | None = says(vocabulary.purpose)
    hypothesis: str | None = says(vocabulary.hypothesis)
    varies: ParameterDefinition | Pointer | None = points(vocabulary.variesFactor, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Step(Planned):
    """A planned transformation, identified by its definition."""

    CLASS: ClassVar = vocabulary.Step
    KEY: ClassVar = ("title", "kinds", "implementation", "definition")
    title: str = says(vocabulary.dct_title)
    kinds: tuple[choices.TransformationKind | str | Concept, ...] = chosen(
        vocabulary.transformationKind, vocabulary.TransformationKind, default=(), own=True
    )
    implementation: Code | tuple[Code, ...] | None = points(vocabulary.implementation)
    definition: str = "{}"
    description: str | None = says(vocabulary.dct_description, sparse=True)
    input_ports: tuple[Port | Pointer, ...] = several(vocabulary.inputPort)
    output_ports: tuple[Port | Pointer, ...] = several(vocabulary.outputPort)
    precedes: tuple[Step | Pointer, ...] = several(vocabulary.precedes)
    step_of: tuple[Pipeline | Pointer, ...] = several(vocabulary.stepOf)
    step_index: int | None = says(vocabulary.stepIndex, sparse=True)
    architecture: ModelArchitecture | Pointer | None = points(vocabulary.hasArchitecture, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Pipeline(Planned):
    """An ordered set of steps, identified by its definition."""

    CLASS: ClassVar = vocabulary.Pipeline
    KEY: ClassVar = ("title", "steps")
    title: str = says(vocabulary.dct_title)
    steps: tuple[Step | Pointer, ...] = several(vocabulary.hasStep, sparse=False)
    description: str | None = says(vocabulary.dct_description, sparse=True)
    version: str | None = says(vocabulary.dcat_version, sparse=True)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the digest of the definition and the order of the steps."""
        yield Triple(
            subject, vocabulary.sha256, literal(sha256(canonical_json(encoded(self, sparse=False))).hexdigest())
        )
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            yield Triple(node(before, names), vocabulary.precedes, node(after, names))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Run(Activity):
    """Anything executed; a run without `ended` is open."""

    CLASS: ClassVar = vocabulary.Run
    status: choices.RunStatus | Concept | None = chosen(vocabulary.runStatus, vocabulary.RunStatus)
    triggered_by: Agent | Pointer | None = points(vocabulary.triggeredBy)
    executed_by: Agent | Pointer | tuple[Agent | Pointer, ...] | None = points(vocabulary.executedBy)
    trigger: choices.TriggerKind | Concept | None = chosen(vocabulary.triggerKind, vocabulary.TriggerKind)
    experiment: Experiment | Pointer | None = points(vocabulary.inExperiment)
    plan: Entity | Pointer | tuple[Entity | Pointer, ...] | None = points(vocabulary.executesPlan, sparse=True)
    part_of: Run | Pointer | None = points(vocabulary.partOfRun)
    retry_of: Run | Pointer | None = points(vocabulary.retryOf, sparse=True)
    code: SourceRevision | Pointer | None = points(vocabulary.usedCode)
    entry_point: str | None = says(vocabulary.entryPoint)
    command_line: str | None = says(vocabulary.commandLine)
    environment: Environment | Pointer | None = points(vocabulary.ranIn)
    node: ComputeNode | Pointer | tuple[ComputeNode | Pointer, ...] | None = points(vocabulary.ranOn)
    libraries: tuple[SoftwarePackage, ...] = several(vocabulary.usedLibrary)
    prompts: tuple[PromptTemplate | Pointer, ...] = several(vocabulary.usedPrompt)
    parameters: tuple[ParameterSetting, ...] = several(vocabulary.parameter)
    configuration: Configuration | None = points(vocabulary.configuredBy)
    feature_flags: tuple[FeatureFlag | Pointer, ...] = several(vocabulary.featureFlag)
    reference_data: tuple[DatasetVersion | Pointer, ...] = several(vocabulary.referenceData)
    error_type: str | None = says(vocabulary.errorType)
    error_message: str | None = says(vocabulary.errorMessage)
    exit_code: int | None = says(vocabulary.exitCode, sparse=True)
    is_deterministic: bool | None = says(vocabulary.isDeterministic, sparse=True)
    worker_count: int | None = says(vocabulary.workerCount, sparse=True)
    participant_count: int | None = says(vocabulary.participantCount, sparse=True)
    round_index: int | None = says(vocabulary.roundIndex, sparse=True)
    energy_kilowatt_hours: float | None = says(vocabulary.energyKilowattHours, double, sparse=True)
    energy_method: str | None = says(vocabulary.energyMethod, sparse=True)
    energy_scope: str | None = says(vocabulary.energyScope, sparse=True)
    co2e_kilograms: float | None = says(vocabulary.co2eKilograms, double, sparse=True)
    carbon_intensity: float | None = says(vocabulary.carbonIntensity, double, sparse=True)
    grid_region: str | None = says(vocabulary.gridRegion, sparse=True)
    floating_point_operations: float | None = says(vocabulary.floatingPointOperations, double, sparse=True)
    purpose: str | None = says(vocabulary.purpose, sparse=True)
    ml_tasks: tuple[choices.MlTask | Concept, ...] = chosen(
        vocabulary.mlTask, vocabulary.MlTask, default=(), sparse=True
    )
    learning_paradigms: tuple[choices.LearningParadigm | Concept, ...] = chosen(
        vocabulary.learningParadigm, vocabulary.LearningParadigm, default=(), sparse=True
    )

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """State the duration: SPARQL engines cannot turn a difference of times into a number."""
        if self.started is not None and self.ended is not None:
            yield Triple(subject, vocabulary.durationSeconds, double((self.ended - self.started).total_seconds()))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PipelineRun(Run):
    """The execution of a pipeline: the parent of its steps' runs."""

    CLASS: ClassVar = vocabulary.PipelineRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TransformationRun(Run):
    """One executed preprocessing step."""

    CLASS: ClassVar = vocabulary.TransformationRun
    kinds: tuple[choices.TransformationKind | str | Concept, ...] = chosen(
        vocabulary.transformationKind, vocabulary.TransformationKind, default=(), own=True
    )
    step_index: int | None = says(vocabulary.stepIndex)
    fits_on: tuple[Entity | Pointer, ...] = several(vocabulary.fitsOn)
    anonymization_methods: tuple[choices.AnonymizationMethod | Concept, ...] = chosen(
        vocabulary.anonymizationMethod, vocabulary.AnonymizationMethod, default=(), sparse=True
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Transformed(TransformationRun):
    """A run that turns out to be a transformation when it ends; it keeps the name under which it began."""

    @classmethod
    def kind(cls) -> str:
        """Return the kind that its opening record named."""
        return Run.kind()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TuningRun(Run):
    """Searches for parameters; the trials are runs with `part_of` this one."""

    CLASS: ClassVar = vocabulary.TuningRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SplitRun(Run):
    """Splits one dataset version."""

    CLASS: ClassVar = vocabulary.SplitRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrainingRun(Run):
    """Fits a model."""

    CLASS: ClassVar = vocabulary.TrainingRun
    training_data: tuple[Entity | Pointer, ...] = several(vocabulary.trainingData)
    validation_data: tuple[Entity | Pointer, ...] = several(vocabulary.validationData)
    initialized_from: ModelVersion | Pointer | tuple[ModelVersion | Pointer, ...] | None = points(
        vocabulary.initializedFrom
    )
    reward_models: tuple[ModelVersion | Pointer, ...] = several(vocabulary.rewardModel)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Trained(TrainingRun):
    """A run that turns out to be a training; it keeps the name under which it began."""

    @classmethod
    def kind(cls) -> str:
        """Return the kind that its opening record named."""
        return Run.kind()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FineTuningRun(TrainingRun):
    """Fits a model that starts from another."""

    CLASS: ClassVar = vocabulary.FineTuningRun


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EvaluationRun(Run):
    """Measures a model on data."""

    CLASS: ClassVar = vocabulary.EvaluationRun
    model: ModelVersion | Pointer | None = points(vocabulary.evaluatedModel)
    data: tuple[Entity | Pointer, ...] = several(vocabulary.evaluationData)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InferenceRun(Run):
    """Predicts with a model."""

    CLASS: ClassVar = vocabulary.InferenceRun
    model: ModelVersion | Pointer | None = points(vocabulary.usedModel)
    deployment: Deployment | Pointer | None = points(vocabulary.usedDeployment)
    data: tuple[Entity | Pointer, ...] = several(vocabulary.inputData)
    input_digest: str | None = says(vocabulary.inputDigest, sparse=True)
    input_token_count: int | None = says(vocabulary.inputTokenCount, sparse=True)
    output_token_count: int | None = says(vocabulary.outputTokenCount, sparse=True)
    threshold: float | None = says(vocabulary.threshold, double, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DeploymentRun(Run):
    """The act of deploying a model or ending its deployment."""

    CLASS: ClassVar = vocabulary.DeploymentRun
