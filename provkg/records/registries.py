"""Names that registries give to models; moving an alias is another entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg import vocabulary
from provkg.records.description import Pointer, points, says
from provkg.records.models import ModelVersion
from provkg.records.things import Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RegistryEntry(Made):
    """A name, a version and aliases under which a registry keeps a model version from `made` on."""

    CLASS: ClassVar = vocabulary.RegistryEntry
    registers: ModelVersion | Pointer = points(vocabulary.registers)
    registry_name: str = says(vocabulary.registryName)
    registry_version: str = says(vocabulary.registryVersion)
    aliases: tuple[str, ...] = says(vocabulary.alias, default=())
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
