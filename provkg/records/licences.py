"""Licences in force over a time; a change of licence is another grant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from provkg import vocabulary
from provkg.records.description import Iri, says
from provkg.records.fields import licences
from provkg.records.things import Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LicenseGrant(Made):
    """A licence (`CC-BY-4.0`, or its IRI) in force from `window_start` on, until `window_end`."""

    CLASS: ClassVar = vocabulary.LicenseGrant
    license: Iri | str | tuple[Iri | str, ...] = licences(sparse=False)
    window_start: datetime | None = says(vocabulary.windowStart)
    window_end: datetime | None = says(vocabulary.windowEnd)
    title: str | None = says(vocabulary.dct_title)
    description: str | None = says(vocabulary.dct_description)
