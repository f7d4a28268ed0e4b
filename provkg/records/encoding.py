"""Descriptions as JSON values and back: the form in which a spool keeps them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from provkg.errors import Unreadable
from provkg.records.description import REGISTRY, Description, Iri, Named, Reference


def encoded(value: Any, *, sparse: bool = True) -> Any:
    """Return `value` as JSON values; fields that say nothing are left out, without `sparse` also the rare ones."""
    match value:
        case Description():
            said = {name: encoded(given, sparse=sparse) for name, given in _said(value, sparse=sparse)}
            return {"@": type(value).__name__} | said
        case Reference():
            return {"@ref": value.kind, "key": [encoded(each, sparse=sparse) for each in value.key]}
        case Iri():
            return {"@iri": value.value}
        case Named():
            return {"@name": value.value}
        case datetime():
            return {"@time": value.isoformat()}
        case Decimal():
            return {"@decimal": str(value)}
        case tuple() | list():
            return [encoded(each, sparse=sparse) for each in value]
        case _:
            return value


def _said(described: Description, *, sparse: bool) -> Iterator[tuple[str, Any]]:
    for each in dataclasses.fields(described):
        value = getattr(described, each.name)
        rare = each.metadata.get("sparse", False)
        if value is not None and (not rare or (sparse and value != ())):
            yield each.name, value


def decoded(value: Any) -> Any:
    """Return what `encoded` was given; raises `Unreadable` for a kind or field that this version does not know."""
    match value:
        case list():
            return tuple(decoded(each) for each in value)
        case {"@": str(name)}:
            return _description(name, {field: said for field, said in value.items() if field != "@"})
        case {"@ref": str(kind), "key": list(key)}:
            return Reference(kind, tuple(decoded(each) for each in key))
        case {"@iri": str(iri)}:
            return Iri(iri)
        case {"@name": str(name)}:
            return Named(name)
        case {"@time": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"@decimal": str(number)}:
            return Decimal(number)
        case dict():
            raise Unreadable(f"no description of a thing: {value!r:.200}")
        case _:
            return value


def _description(name: str, said: dict[str, Any]) -> Description:
    if name not in REGISTRY:
        raise Unreadable(f"this version of provkg knows no {name}; a newer one wrote it")
    try:
        return REGISTRY[name](**{field: decoded(value) for field, value in said.items()})
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{name}: {error}") from None
