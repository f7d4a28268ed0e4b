"""What ran: activities with times, people, code, settings and environment, and the plans that they follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names, canonical_json
from provkg.literals import double, literal
from provkg.records.agents import Agent
from provkg.records.concepts import OwnConcept
from provkg.records.datasets import Project
from provkg.records.description import Description, Iri, Reference, says
from provkg.records.encoding import encoded
from provkg.records.environments import ComputeNode, Environment, SoftwarePackage, SourceRevision
from provkg.records.parameters import Configuration, ParameterSetting


@dataclass(frozen=True, kw_only=True)
class Experiment(Description):
    """The declared purpose of a group of runs."""

    CLASS: ClassVar = vocabulary.Experiment
    KEY: ClassVar = ("name",)
    name: str = says(vocabulary.dct_title)
    purpose: str | None = says(vocabulary.purpose)
    hypothesis: str | None = says(vocabulary.hypothesis)
    project: Project | None = says(vocabulary.inProject)


@dataclass(frozen=True, kw_only=True)
class Step(Description):
    """A planned transformation, identified by its definition."""

    CLASS: ClassVar = vocabulary.Step
    KEY: ClassVar = ("title", "kinds", "implementation", "definition")
    title: str = says(vocabulary.dct_title)
    kinds: tuple[Iri | OwnConcept, ...] = says(vocabulary.transformationKind, default=())
    implementation: SoftwarePackage | SourceRevision | Reference | None = says(vocabulary.implementation)
    definition: str = "{}"


@dataclass(frozen=True, kw_only=True)
class Pipeline(Description):
    """An ordered set of steps, identified by its definition."""

    CLASS: ClassVar = vocabulary.Pipeline
    KEY: ClassVar = ("title", "steps")
    title: str = says(vocabulary.dct_title)
    steps: tuple[Step, ...] = says(vocabulary.hasStep, default=())

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:
        """State the digest of the definition and the order of the steps."""
        yield Triple(subject, vocabulary.sha256, literal(sha256(canonical_json(encoded(self))).hexdigest()))
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            yield Triple(before.iri(names), vocabulary.precedes, after.iri(names))


@dataclass(frozen=True, kw_only=True)
class Run(Description):
    """Anything executed; a run without `ended` is open."""

    CLASS: ClassVar = vocabulary.Run
    KEY: ClassVar = ("authority", "id")
    authority: str = "provkg"
    id: str
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    started: datetime | None = says(vocabulary.prov_startedAtTime)
    ended: datetime | None = says(vocabulary.prov_endedAtTime)
    status: Iri | None = says(vocabulary.runStatus)
    triggered_by: Agent | Reference | None = says(vocabulary.triggeredBy)
    executed_by: Agent | Reference | None = says(vocabulary.executedBy)
    responsible: Agent | Reference | None = says(vocabulary.responsibleAgent)
    trigger: Iri | OwnConcept | None = says(vocabulary.triggerKind)
    experiment: Experiment | Reference | None = says(vocabulary.inExperiment)
    part_of: Reference | None = says(vocabulary.partOfRun)
    code: SourceRevision | Reference | None = says(vocabulary.usedCode)
    entry_point: str | None = says(vocabulary.entryPoint)
    command_line: str | None = says(vocabulary.commandLine)
    environment: Environment | Reference | None = says(vocabulary.ranIn)
    node: ComputeNode | Reference | None = says(vocabulary.ranOn)
    libraries: tuple[SoftwarePackage, ...] = says(vocabulary.usedLibrary, default=())
    parameters: tuple[ParameterSetting, ...] = says(vocabulary.parameter, default=())
    configuration: Configuration | None = says(vocabulary.configuredBy)
    used: tuple[Reference, ...] = says(vocabulary.prov_used, default=())
    error_type: str | None = says(vocabulary.errorType)
    error_message: str | None = says(vocabulary.errorMessage)
    external_id: str | None = says(vocabulary.externalId)
    absent: tuple[Iri, ...] = says(vocabulary.declaredAbsent, default=())

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """State the duration: SPARQL engines cannot turn a difference of times into a number."""
        if self.started is not None and self.ended is not None:
            yield Triple(subject, vocabulary.durationSeconds, double((self.ended - self.started).total_seconds()))


@dataclass(frozen=True, kw_only=True)
class PipelineRun(Run):
    """The execution of a pipeline: the parent of its steps' runs."""

    CLASS: ClassVar = vocabulary.PipelineRun


@dataclass(frozen=True, kw_only=True)
class TransformationRun(Run):
    """One executed preprocessing step."""

    CLASS: ClassVar = vocabulary.TransformationRun
    kinds: tuple[Iri | OwnConcept, ...] = says(vocabulary.transformationKind, default=())
    step_index: int | None = says(vocabulary.stepIndex)
    plan: Step | Reference | None = says(vocabulary.executesPlan)
    fits_on: tuple[Reference, ...] = says(vocabulary.fitsOn, default=())


@dataclass(frozen=True, kw_only=True)
class SplitRun(Run):
    """Splits one dataset version."""

    CLASS: ClassVar = vocabulary.SplitRun


@dataclass(frozen=True, kw_only=True)
class TrainingRun(Run):
    """Fits a model."""

    CLASS: ClassVar = vocabulary.TrainingRun
    training_data: tuple[Reference, ...] = says(vocabulary.trainingData, default=())
    validation_data: tuple[Reference, ...] = says(vocabulary.validationData, default=())
    initialized_from: Reference | None = says(vocabulary.initializedFrom)


@dataclass(frozen=True, kw_only=True)
class FineTuningRun(TrainingRun):
    """Fits a model that starts from another."""

    CLASS: ClassVar = vocabulary.FineTuningRun


@dataclass(frozen=True, kw_only=True)
class EvaluationRun(Run):
    """Measures a model on data."""

    CLASS: ClassVar = vocabulary.EvaluationRun
    model: Reference | None = says(vocabulary.evaluatedModel)
    data: tuple[Reference, ...] = says(vocabulary.evaluationData, default=())


@dataclass(frozen=True, kw_only=True)
class InferenceRun(Run):
    """Predicts with a model."""

    CLASS: ClassVar = vocabulary.InferenceRun
    model: Reference | None = says(vocabulary.usedModel)
    deployment: Reference | None = says(vocabulary.usedDeployment)
    data: tuple[Reference, ...] = says(vocabulary.inputData, default=())


@dataclass(frozen=True, kw_only=True)
class DeploymentRun(Run):
    """The act of deploying a model or ending its deployment."""

    CLASS: ClassVar = vocabulary.DeploymentRun
    reason: Iri | None = says(vocabulary.invalidationReason)
