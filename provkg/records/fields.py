"""Fields that take what people type: the names of licences, and of properties that a thing lacks on purpose."""

from __future__ import annotations

import dataclasses
import re
from difflib import get_close_matches
from typing import Any, Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.errors import BadParameter
from provkg.records.description import Iri, Named, Reference, pointed, says

PVK: Final = vocabulary.NAMESPACES["pvk"]
SPDX: Final = "http://spdx.org/licenses/"
_SPDX_ID: Final = re.compile(r"[A-Za-z0-9.+-]+")


def absences() -> Any:
    """Declare the field for properties that a thing lacks on purpose, by their names: `hasContainer`."""
    return says(vocabulary.declaredAbsent, default=(), sparse=True, taken=_property)


def licences(*, sparse: bool = True) -> Any:
    """Declare the field for licences: SPDX identifiers such as `CC-BY-4.0`, or IRIs."""
    return says(vocabulary.dct_license, sparse=sparse, taken=_licence)


def owner() -> Any:
    """Declare the field for what has the thing as its part, where the statement is about the whole."""
    return dataclasses.field(default=None, metadata={"taken": pointed})


def records(term: NamedNode) -> Any:
    """Declare the field for records, by their ids."""
    return says(term, default=(), taken=_record)


def _record(given: Any, field: str) -> Any:
    taken = pointed(given, field)
    return Reference("record", (taken.value,)) if isinstance(taken, Named) else taken


def _licence(given: Any, field: str) -> Any:
    taken = pointed(given, field)
    if not isinstance(taken, Named):
        return taken
    if _SPDX_ID.fullmatch(taken.value):
        return Iri(SPDX + taken.value)
    raise BadParameter(f"{field}={taken.value!r} is neither an SPDX identifier (like CC-BY-4.0) nor an IRI")


def _property(given: Any, field: str) -> Any:
    if isinstance(given, Iri):
        return given
    name = given.value if isinstance(given, NamedNode) else str(given)
    known = {each.value for each in vocabulary.PROPERTIES}
    for spelling in (name, f"{PVK}{name.removeprefix('pvk:')}"):
        if spelling in known:
            return Iri(spelling)
    near = get_close_matches(name, [each.removeprefix(PVK) for each in known], 3)
    said = f"; did you mean {' or '.join(near)}?" if near else ""
    raise BadParameter(f"{field}={name!r} is no property of the ontology{said}")
