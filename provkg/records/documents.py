"""What people wrote about things: datasheets, model cards, instructions, test reports, licence texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg import vocabulary
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Iri, Pointer, says, several
from provkg.records.environments import ArtifactFile
from provkg.records.fields import licences
from provkg.records.things import Entity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Documentation(Made):
    """A text about things, and of which kind it is: `modelCard`, `datasheet`, `testReport` or another."""

    CLASS: ClassVar = vocabulary.Documentation
    title: str = says(vocabulary.dct_title)
    kind_of_document: choices.DocumentKind | Concept = chosen(vocabulary.documentKind, vocabulary.DocumentKind)
    documents: tuple[Entity | Pointer, ...] = several(vocabulary.documents, sparse=False)
    description: str | None = says(vocabulary.dct_description)
    version: str | None = says(vocabulary.dcat_version)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)
    sha256: str | None = says(vocabulary.sha256)
    license: Iri | str | tuple[Iri | str, ...] | None = licences()
