"""The keys of the tables in `provkg.toml` as fields of descriptions (`provkg.records`), with plain values."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from pyoxigraph import NamedNode

from provkg.capture.agents import agent
from provkg.capture.packages import package
from provkg.capture.parameters import cleaned
from provkg.capture.secrets import filtered_text
from provkg.capture.sources import source_of
from provkg.capture.told_keys import KEYS
from provkg.errors import BadParameter
from provkg.records import (
    DataSchema,
    DatasetVersion,
    Deployment,
    Description,
    Experiment,
    InRole,
    Iri,
    Measurement,
    ModelVersion,
    Project,
    Run,
)

KINDS: Final[Mapping[str, type[Description]]] = {
    "datasets": DatasetVersion,
    "models": ModelVersion,
    "experiments": Experiment,
    "runs": Run,
    "metrics": Measurement,
    "deployments": Deployment,
}
"""The tables, and what kind of thing each speaks of; a run may be of any kind."""
OF_HANDLES: Final = frozenset({"target", "role"})
"""What the handle of a dataset knows rather than its record."""
STEWARD: Final = "steward"
_OF_DATASETS: Final = (*sorted(OF_HANDLES), STEWARD)
ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "datasets": ("absent", "description", *_OF_DATASETS),
    "models": ("absent", "description", "source"),
    "experiments": ("absent", "hypothesis"),
    "runs": ("absent", "description", "purpose"),
    "metrics": ("absent",),
    "deployments": ("absent", "description"),
}
"""Keys that no constraint asks for, or that answer one in another way than a field of the record."""
# What belongs to which run is a matter of the code.
_OF_RUNS: Final = {"part_of", "generated_by"}
_PLAIN: Final[tuple[tuple[str, tuple[type, ...], str], ...]] = (
    ("bool", (bool,), "true or false"),
    ("int", (int,), "a whole number"),
    ("float", (int, float), "a number"),
    ("Decimal", (int, float), "a number"),
    ("str", (str,), "a text"),
    ("datetime", (datetime,), "a time with its zone, such as 2026-01-31T12:00:00Z"),
)


@dataclasses.dataclass(frozen=True)
class ToldField:
    """A key: the field of the description that it fills, and that field's type as it is written."""

    name: str
    type: str

    @property
    def several(self) -> bool:
        """Whether the field holds any number of values."""
        return "tuple[" in self.type


def field_of(table: str, key: str) -> ToldField:
    """Return the field that `key` fills; raises `BadParameter` for what that table does not take."""
    if key in KEYS[table]:
        return _fields_of(KINDS[table])[key]  # type: ignore[arg-type]  # a class is hashable
    near = get_close_matches(key, KEYS[table], 2)
    said = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(KEYS[table])}"
    raise BadParameter(f"{key} is nothing that people tell of {table}; {said}")


@cache
def _fields_of(kind: type[Description]) -> dict[str, ToldField]:
    found = {name: field for each in (kind, *_below(kind)) for name, field in tellable(each).items()}
    return found | ({name: ToldField(name, "str | None") for name in _OF_DATASETS} if kind is DatasetVersion else {})


def _below(kind: type[Description]) -> Iterator[type[Description]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def tellable(kind: type[Description]) -> dict[str, ToldField]:
    """Return the fields of a kind that a plain value can fill, and that do not identify the thing."""
    fields = {each.name: ToldField(each.name, str(each.type)) for each in dataclasses.fields(kind)}
    # The part of data that a metric was taken on is often what only its reader knows.
    identifying = {key for key in kind.KEY or () if key != "role"} | _OF_RUNS
    return {name: field for name, field in fields.items() if name not in identifying and _way(field) is not None}


def value_of(kind: type[Description], field: ToldField, given: Any) -> Any:
    """Return what a record holds where a file says `given`; raises `BadParameter` for what it cannot hold."""
    way = _way(field)
    if way is None:
        raise BadParameter(f"{field.name} names another record; it is said in Python")
    several = given if isinstance(given, list) else [given]
    if not several:
        raise BadParameter(f"{field.name} is an empty list")
    values = tuple(way(field, each) for each in several)
    if field.name == "parameters":
        return values[0]
    if not field.several and len(values) > 1:
        raise BadParameter(f"{field.name} takes one value, not a list")
    value = values if field.several and "| tuple" not in field.type else values[0] if len(values) == 1 else values
    kept = _as_kept(kind, field.name, value)
    for each in kept if isinstance(kept, tuple) else (kept,):
        _check_iri(field, each)
    return kept


def _check_iri(field: ToldField, value: Any) -> None:
    """Raise `BadParameter` for an IRI that no graph can hold: where it is told is the place to say so."""
    if isinstance(value, Iri):
        try:
            NamedNode(value.value)
        except ValueError:
            raise BadParameter(f"{field.name} = {value.value!r} is no IRI") from None


def _as_kept(kind: type[Description], name: str, value: Any) -> Any:
    """Return `value` as a description keeps it: concepts and licences looked up, absences named in full."""
    for each in (kind, *_below(kind)):
        if name in {field.name for field in dataclasses.fields(each)}:
            return getattr(each(**{name: value}), name)
    return value


Way = Callable[[ToldField, Any], Any]


def _way(field: ToldField) -> Way | None:
    """Return what makes a value for `field` of what a file says; None where only Python can say it."""
    for word, way in _WAYS:
        if word in field.type:
            return way
    words = {
        each.strip() for each in field.type.replace("tuple[", "").replace(", ...]", "").replace("]", "").split("|")
    }
    return _plain if words & {word for word, *_ in _PLAIN} else _pointer if "Pointer" in words else None


def _plain(field: ToldField, given: Any) -> Any:
    for word, types, expected in _PLAIN:
        if word in field.type.replace("tuple[", "").replace(",", "").split():
            if isinstance(given, types) and (word == "bool" or not isinstance(given, bool)):
                return filtered_text(given) if isinstance(given, str) else given
            raise BadParameter(f"{field.name} = {given!r} is not {expected}")
    raise BadParameter(f"{field.name} = {given!r} cannot be said here")


def _text(field: ToldField, given: Any) -> str:
    if isinstance(given, str):
        return given
    raise BadParameter(f"{field.name} = {given!r} is no text")


def _pointer(field: ToldField, given: Any) -> Iri:
    text = _text(field, given)
    if ":" in text:
        return Iri(text)
    raise BadParameter(f"{field.name} = {given!r} is no IRI, by which another thing is named here")


def _agent(field: ToldField, given: Any) -> Any:
    return agent(_text(field, given))


def _project(field: ToldField, given: Any) -> Any:
    return Project(name=_text(field, given))


def _experiment(field: ToldField, given: Any) -> Any:
    return Experiment(name=_text(field, given))


def _source(field: ToldField, given: Any) -> Any:
    return source_of(_text(field, given), None)


def _library(field: ToldField, given: Any) -> Any:
    found = package(_text(field, given))
    if found is None:
        raise BadParameter(f"{field.name} = {given!r} is no installed package")
    return found


def _parameters(field: ToldField, given: Any) -> Any:
    if not isinstance(given, dict):
        raise BadParameter(f"{field.name} = {given!r} is no table; write {field.name} = {{NAME = VALUE}}")
    return cleaned(given)


def _schema(field: ToldField, given: Any) -> Any:
    if isinstance(given, dict) and all(isinstance(kind, str) for kind in given.values()):
        return DataSchema(columns=json.dumps([*given.items()], ensure_ascii=False))
    raise BadParameter(f"{field.name} = {given!r} is no table of columns; write {field.name} = {{NAME = 'TYPE'}}")


_WAYS: Final[tuple[tuple[str, Way], ...]] = (
    ("Agent", _agent),
    ("Project", _project),
    ("Experiment", _experiment),
    ("DataSource", _source),
    ("SoftwarePackage, ...", _library),
    ("ParameterSetting", _parameters),
    ("DataSchema", _schema),
    ("choices.", _text),
    ("Iri | str", _text),
    ("Concept", _text),
)


def steward(name: str) -> InRole:
    """Return the part that looks after data."""
    return InRole(agent=agent(name), role="dataSteward")
