"""Settings of a run: name and typed value, shared by all runs that use them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names, canonical_json
from provkg.literals import double, json_literal, literal
from provkg.records import choices
from provkg.records.concepts import Concept, chosen, concept
from provkg.records.description import Description, says


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ParameterSetting(Description):
    """One parameter with its value; `component` tells equal names apart (optimizer, loader)."""

    CLASS: ClassVar = vocabulary.ParameterSetting
    KEY: ClassVar[tuple[str, ...]] = ("name", "component", "value_text")
    name: str = says(vocabulary.paramName)
    value: str | bool | int | float = says(vocabulary.paramValue, json_literal)
    component: str | None = says(vocabulary.paramComponent)

    @property
    def value_text(self) -> str:
        """The value with its datatype: 1, 1.0, true and "1" are four settings."""
        return str(json_literal(self.value))

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """State the number beside the value, so that one comparison finds 1, 1.0 and true."""
        if isinstance(self.value, bool | int | float):
            yield Triple(subject, vocabulary.numericValue, double(self.value))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HyperparameterSetting(ParameterSetting):
    """A parameter of learning."""

    CLASS: ClassVar = vocabulary.HyperparameterSetting


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SeedSetting(ParameterSetting):
    """A random seed and what it seeds."""

    CLASS: ClassVar = vocabulary.SeedSetting
    KEY: ClassVar[tuple[str, ...]] = ("name", "component", "value_text", "scope")
    scope: choices.SeedScope | Concept | None = chosen(vocabulary.seedScope, vocabulary.SeedScope)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FeatureFlag(ParameterSetting):
    """A switch of the code around a run or a deployment, and how it was set."""

    CLASS: ClassVar = vocabulary.FeatureFlag


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ParameterDefinition(Description):
    """A parameter before it has a value: its name, its value where nobody sets it, and which ones it takes.

    `parameter_type` is `integer`, `number`, `boolean` or `text`.
    """

    CLASS: ClassVar = vocabulary.ParameterDefinition
    title: str = says(vocabulary.dct_title)
    parameter_type: str | None = says(vocabulary.parameterType, sparse=True)
    default_value: str | None = says(vocabulary.defaultValue)
    description: str | None = says(vocabulary.dct_description)
    min_value: float | None = says(vocabulary.minValue, double)
    max_value: float | None = says(vocabulary.maxValue, double)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Configuration(Description):
    """The set of settings that one run used."""

    CLASS: ClassVar = vocabulary.Configuration
    KEY: ClassVar[tuple[str, ...]] = ("digest",)
    settings: tuple[ParameterSetting, ...] = says(vocabulary.prov_hadMember, default=())

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted settings; equal configurations have one digest in every graph."""
        facts = sorted([type(s).__name__, s.name, s.component or "", s.value_text] for s in self.settings)
        return sha256(canonical_json(facts)).hexdigest()

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """State the digest."""
        yield Triple(subject, vocabulary.configDigest, literal(self.digest))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tag(Description):
    """A key and a value that people attach to things."""

    CLASS: ClassVar = vocabulary.Tag
    key: str = says(vocabulary.tagKey)
    value: str = says(vocabulary.tagValue)


def settings(
    params: Mapping[str, Any], *, learning: bool = False, seed_scope: str = "global"
) -> tuple[ParameterSetting, ...]:
    """Return one setting per parameter, of nested mappings with dotted names; `seed`, `random_state` are seeds."""
    kind = HyperparameterSetting if learning else ParameterSetting
    return tuple(
        SeedSetting(name=name, value=value, scope=concept(vocabulary.SeedScope, seed_scope))
        if is_seed(name) and isinstance(value, int)
        # That a parameter has no value is said too, in Python's word, or a run with one and a run without look alike.
        else kind(name=name, value="None" if value is None else _storable(value))
        for name, value in _flat(params)
    )


def is_seed(name: str) -> bool:
    """Whether a parameter of that name is a random seed."""
    last = re.split(r"\.|__", name)[-1].lower()  # nested ones have dotted names, scikit-learn's two underscores
    return last in {"seed", "random_state"} or last.endswith("_seed")


def configuration(used: tuple[ParameterSetting, ...]) -> Configuration | None:
    """Return the configuration of a run that used these settings; None when it used none."""
    return Configuration(settings=used) if used else None


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in params.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _storable(value: Any) -> str | bool | int | float:
    if isinstance(value, str | bool | int | float):
        return value
    item = getattr(value, "item", None)  # a numpy or torch scalar
    if callable(item) and getattr(value, "ndim", 1) == 0:
        return _storable(item())
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
