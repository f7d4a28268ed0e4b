"""The columns of data as facts: which two sides have, of what types, and no more than both of them tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from pyoxigraph import NamedNode

Asked = Callable[..., Any]
Text = Callable[[Any], str | None]
Types = Mapping[str, str]
"""Types by the names of columns; empty where no type is told."""
UNTYPED: Final = "there"
SHOWN: Final = 5
LONGEST: Final = 60
# The target is often the one column that is told by itself; it is no list.
_FEATURES: Final = """
SELECT DISTINCT ?column ?type ?target WHERE {
  ?_data pvk:hasFeature ?feature . ?feature pvk:featureName ?column . OPTIONAL { ?feature pvk:featureType ?type }
  BIND(EXISTS { ?_data pvk:targetFeature ?feature } AS ?target)
} ORDER BY ?column ?type"""
_SCHEMAS: Final = """
SELECT DISTINCT ?relation ?schema ?text ?digest WHERE {
  VALUES ?relation { pvk:inputSchema pvk:outputSchema pvk:hasSchema }
  ?_data ?relation ?schema .
  OPTIONAL { ?schema dct:description ?text } OPTIONAL { ?schema pvk:sha256 ?digest }
}"""
_COUNT: Final = "SELECT ?count WHERE { ?_data pvk:featureCount ?count } ORDER BY ?count LIMIT 1"
_WHOLE: Final = "SELECT ?whole WHERE { ?_data pvk:subsetOf ?whole } ORDER BY ?whole LIMIT 1"
_BEFORE: Final = {"inputSchema": "input ", "outputSchema": "output ", "hasSchema": ""}


@dataclass(frozen=True)
class Columns:
    """What is told of columns: those of a schema in their order, those described by themselves, how many there are."""

    schema: Types = field(default_factory=dict)
    features: Types = field(default_factory=dict)
    count: str | None = None
    unread: str | None = None
    """What a schema says that lists no columns, such as the shape of an image."""

    def __or__(self, other: Columns) -> Columns:
        """Return the columns of several data that are used alike."""
        return Columns(
            _together(self.schema, other.schema),
            _together(self.features, other.features),
            _both(self.count, other.count),
            _both(self.unread, other.unread),
        )

    @property
    def names(self) -> Types:
        """All columns, as far as they are listed."""
        return self.schema or self.features


def columns_of(asked: Asked, text: Text, data: NamedNode) -> dict[str, Columns]:
    """Return the columns of data, and of a model those of its input and output; a part has those of its whole."""
    seen: set[NamedNode] = set()
    while data not in seen:
        seen.add(data)
        if found := _own(asked, text, data):
            return found
        rows = asked(_WHOLE, _data=data).rows
        data = rows[0][0] if rows else data
    return {}


def column_facts(left: Columns, right: Columns, before: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the facts of the columns of both sides, named with `before`: by name only where both list them."""
    sides = (left, right)
    found = tuple(_facts(each, before) for each in sides)
    listed = _listed(left, right)
    for facts, types, others in zip(found, listed, reversed(listed), strict=True):
        facts |= {f"{before}column {name}": _type(name, types, others) for name in types}
    if left.schema and left.schema.keys() == right.schema.keys() and [*left.schema] != [*right.schema]:
        for facts, each in zip(found, _orders([*left.schema], [*right.schema]), strict=True):
            facts[f"{before}order of columns"] = each
    return found[0], found[1]


def _own(asked: Asked, text: Text, data: NamedNode) -> dict[str, Columns]:
    rows = asked(_FEATURES, _data=data).rows
    features = {} if all(_is_true(row[2]) for row in rows) else {text(row[0]) or "": text(row[1]) or "" for row in rows}
    counts = asked(_COUNT, _data=data).rows
    found = _schemas(asked, text, data)
    if features or counts:
        plain = found.get("", Columns())
        count = text(counts[0][0]) if counts else None
        found[""] = Columns(plain.schema, features, count or plain.count, plain.unread)
    return found


def _schemas(asked: Asked, text: Text, data: NamedNode) -> dict[str, Columns]:
    rows = asked(_SCHEMAS, _data=data).rows
    uses = {name: [row for row in rows if row[0].value.endswith(name)] for name in _BEFORE}
    special = {row[1] for name in ("inputSchema", "outputSchema") for row in uses[name]}
    found: dict[str, Columns] = {}
    for name, told in uses.items():
        for _, schema, said, digest in told:
            if name != "hasSchema" or schema not in special:  # which input and output schemas are, too
                before, called = _BEFORE[name], text(digest) or schema.value.rpartition("/")[2]
                found[before] = found.get(before, Columns()) | _read(text(said), called)
    return found


def _read(said: str | None, called: str) -> Columns:
    """Return the columns that the text of a schema lists; of another text, itself or its digest."""
    if said is None:
        return Columns(unread=called[:LONGEST])
    try:
        types = _types(json.loads(said))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        types = {}
    if types:
        return Columns(types, count=str(len(types)))
    return Columns(unread=_shape(said) or (said if len(said) <= LONGEST else _digest(said)))


def _types(columns: Any) -> dict[str, str]:
    if isinstance(columns, dict):
        return {} if "row" in columns else {name: kind for name, kind in columns.items() if isinstance(kind, str)}
    return dict(map(_column, columns))


def _column(column: Any) -> tuple[str, str]:
    if isinstance(column, dict):
        return str(column["name"]), str(column.get("type") or "")
    name, kind, *number = column
    return str(name), " x ".join(map(str, (kind or "", *number)))


def _shape(said: str) -> str | None:
    try:
        shape = json.loads(said)
        return f"rows of {' x '.join(map(str, shape['row']))} {shape['type']}"
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _digest(said: str) -> str:
    return f"with digest {sha256(said.encode()).hexdigest()[:12]}"


def _facts(columns: Columns, before: str) -> dict[str, str]:
    told = {f"{before}columns": columns.count, f"{before}schema": columns.unread}
    return {fact: value for fact, value in told.items() if value is not None}


def _listed(left: Columns, right: Columns) -> tuple[Types, Types]:
    """Return the columns that can be laid against each other; none where a side lists none."""
    if not (left.names and right.names):
        return {}, {}
    if left.schema and right.schema and not (left.features and right.features):
        return left.schema, right.schema
    return {**left.features, **left.schema}, {**right.features, **right.schema}


def _type(name: str, types: Types, others: Types) -> str:
    """Return its type, unless the other side tells none of that column: then it is no difference."""
    return (types[name] if others.get(name, UNTYPED) else "") or UNTYPED


def _orders(left: list[str], right: list[str]) -> tuple[str, str]:
    """Return both orders from the first column that stands elsewhere."""
    start = next(place for place, (one, other) in enumerate(zip(left, right, strict=True)) if one != other)
    rest = (left[start:], right[start:])
    one, other = (f"{', '.join(each[:SHOWN])}{', …' if len(each) > SHOWN else ''}" for each in rest)
    before = "…, " if start else ""
    return f"{before}{one}", f"{before}{other}"


def _together(one: Types, other: Types) -> Types:
    return {name: _both(one.get(name), other.get(name)) or "" for name in (*one, *other)}


def _both(one: str | None, other: str | None) -> str | None:
    told: Iterable[str] = {each for each in (one, other) if each}
    return ", ".join(sorted(told)) or None


def _is_true(term: Any) -> bool:
    return getattr(term, "value", None) == "true"
