"""The values that PROV statements hold: identifiers, times and attribute values (PROV-DM, sections 5 and 5.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Final

PROV: Final = "http://www.w3.org/ns/prov#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD_STRING: Final = f"{XSD}string"
LANG_STRING: Final = f"{RDF}langString"
_DATE_TIME: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
Instant = tuple[datetime, Decimal]


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier: an IRI, written as a qualified name in PROV-N, PROV-XML and PROV-JSON."""

    iri: str

    def __str__(self) -> str:
        return self.iri


@dataclass(frozen=True, slots=True)
class Blank:
    """An identifier that only its own file knows: something is there, and nobody says what it is called."""

    label: str

    def __str__(self) -> str:
        return f"_:{self.label}"


@dataclass(frozen=True, slots=True)
class Literal:
    """An attribute value that is no identifier."""

    text: str
    datatype: str = XSD_STRING
    language: str | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class Time:
    """A point in time; two are equal when they are the same instant, however they are written.

    A time without an offset is compared only with others without one: the clocks may be hours apart.
    """

    text: str

    @cached_property
    def instant(self) -> Instant | None:
        """Return what can be compared, or `None` when the text is no xsd:dateTime of the years 1 to 9999."""
        if not (match := _DATE_TIME.fullmatch(self.text.strip())):
            return None
        *numbers, fraction, offset = match.groups()
        year, month, day, hour, minute, second = map(int, numbers)
        midnight = (hour, minute, second) == (24, 0, 0)
        try:
            moment = datetime(year, month, day, 0 if midnight else hour, minute, second, tzinfo=_zone(offset))
            moment += timedelta(days=midnight)
            return moment.astimezone(UTC) if offset else moment, Decimal(fraction or "0")
        except (ValueError, OverflowError):
            return None

    @property
    def has_offset(self) -> bool:
        """Say whether the time names its distance to UTC."""
        return self.instant is not None and self.instant[0].tzinfo is not None

    def is_after(self, other: Time) -> bool:
        """Say whether this is known to be later than `other`."""
        mine, theirs = self.instant, other.instant
        return mine is not None and theirs is not None and self.has_offset == other.has_offset and mine > theirs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def _key(self) -> tuple[bool, Instant | str]:
        # Python counts a time with and one without an offset as different, as it should be here.
        return self.has_offset, self.instant or self.text


Identifier = Name | Blank
Value = Name | Blank | Literal


def prov(local: str) -> Name:
    """Return the name of a term in the PROV namespace."""
    return Name(PROV + local)


def _zone(offset: str | None) -> timezone | None:
    if offset in {None, "Z"}:
        return UTC if offset else None
    assert offset is not None  # noqa: S101 - for mypy; the set above holds None
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
