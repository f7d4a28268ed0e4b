"""What is planned before anything runs: protocols, architectures, templates, benchmarks, ports and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg import vocabulary
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.datasets import DataSchema
from provkg.records.description import Iri, Pointer, points, says, several
from provkg.records.environments import ArtifactFile
from provkg.records.fields import licences
from provkg.records.parameters import ParameterDefinition
from provkg.records.things import Entity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Plan(Made):
    """Anything that people meant to follow, such as a protocol of labelling."""

    CLASS: ClassVar = vocabulary.prov_Plan
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    version: str | None = says(vocabulary.dcat_version)
    implementation: Entity | Pointer | tuple[Entity | Pointer, ...] = several(vocabulary.implementation)
    declares_parameters: tuple[ParameterDefinition | Pointer, ...] = several(vocabulary.declaresParameter)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)
    sha256: str | None = says(vocabulary.sha256)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ModelArchitecture(Plan):
    """How a model computes, whatever its parameters are."""

    CLASS: ClassVar = vocabulary.ModelArchitecture
    layer_count: int | None = says(vocabulary.layerCount)
    parameter_count: int | None = says(vocabulary.parameterCount)
    framework: str | tuple[str, ...] | None = says(vocabulary.framework)
    ml_tasks: tuple[choices.MlTask | Concept, ...] = chosen(
        vocabulary.mlTask, vocabulary.MlTask, default=(), sparse=True
    )
    learning_paradigms: tuple[choices.LearningParadigm | Concept, ...] = chosen(
        vocabulary.learningParadigm, vocabulary.LearningParadigm, default=(), sparse=True
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Benchmark(Plan):
    """An evaluation that others can repeat, in one version."""

    CLASS: ClassVar = vocabulary.Benchmark
    license: Iri | str | tuple[Iri | str, ...] | None = licences()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PromptTemplate(Plan):
    """The text around what users say to a generative model."""

    CLASS: ClassVar = vocabulary.PromptTemplate


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tokenizer(Made):
    """Cuts text into what a model reads."""

    CLASS: ClassVar = vocabulary.Tokenizer
    title: str | None = says(vocabulary.dct_title)
    version: str | None = says(vocabulary.dcat_version)
    description: str | None = says(vocabulary.dct_description)
    sha256: str | None = says(vocabulary.sha256)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)
    license: Iri | str | tuple[Iri | str, ...] | None = licences()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Port(Made):
    """A planned input or output of a step; `feeds` names the ports that take what comes out of it."""

    CLASS: ClassVar = vocabulary.Port
    title: str = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
    feeds: tuple[Port | Pointer, ...] = several(vocabulary.feeds, sparse=False)
    schema: DataSchema | None = points(vocabulary.hasSchema)
