"""PROV-JSON: PROV documents as JSON objects (W3C Member Submission, 24 April 2013).

An identifier may hold one object or a list of objects: the same identifier stated more than once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

from provkg.errors import MalformedPROV
from provkg.exchange.places import line_of
from provkg.exchange.prov_names import Namespaces, stands_for_a_name
from provkg.prov import Bundle, Document, Statement
from provkg.prov.document import Attribute, Filler, Pair, without_lonely_blanks
from provkg.prov.kinds import DICTIONARY_MEMBERSHIP, INSERTION, KINDS, MEMBERSHIP, REMOVAL, Kind
from provkg.prov.terms import LANG_STRING, PROV, XSD, Blank, Literal, Name, Time, Value

_KINDS: Final = {kind.name.removeprefix("prov:"): kind for kind in KINDS.values()}
_KEYED: Final = f"{PROV}key-entity-set"
_KEYS: Final = f"{PROV}key-set"
_DATATYPES: Final = {bool: "boolean", int: "int", float: "double"}
Object = Mapping[str, Any]


def read(data: bytes | str, source: str = "<text>") -> Document:
    """Return the document that PROV-JSON text says; raises `MalformedPROV` with `source` and, where known, the line."""
    return _Reader(data, source).document()


class _Reader:
    def __init__(self, data: bytes | str, source: str) -> None:
        self._source = source
        self._text = self._decoded(data)
        self._near = ""
        self._reached = (0, 1)
        self._names = Namespaces(self._fail)

    def document(self) -> Document:
        content = self._parsed()
        bundles = self._object(content.get("bundle", {}), "bundle")
        statements = self._statements(content)
        return Document(statements, tuple(self._bundles(bundles)), self._names.prefixes)

    def _bundles(self, bundles: Object) -> Iterator[Bundle]:
        for key, content in bundles.items():
            outer, self._names = self._names, self._names.inner()
            self._near = key
            statements = self._statements(self._object(content, key))
            yield Bundle(self._identifier(key), statements)
            self._names = outer

    def _statements(self, content: Object) -> tuple[Statement, ...]:
        for prefix, namespace in self._object(content.get("prefix", {}), "prefix").items():
            self._names.declare("" if prefix == "default" else prefix, self._string(namespace))
        listed: list[Statement] = []
        for section, described in content.items():
            if section in {"prefix", "bundle"}:
                continue
            kind = _KINDS.get(section.removeprefix("prov:"))
            if kind is None:
                self._near = section
                self._fail(f"PROV-JSON has no statement called {section!r}")
            listed += self._section(kind, self._object(described, section))
        return without_lonely_blanks(listed)

    def _section(self, kind: Kind, described: Object) -> Iterator[Statement]:
        for key, value in described.items():
            self._near = key
            # JSON-schema of PROV-JSON: relations without an identifier still have a key, a blank one.
            name = self._identifier(key) if kind.identified else None
            for each in value if isinstance(value, list) else [value]:
                yield from self._said(kind, name, self._object(each, key), self._line_of_key(key))

    def _line_of_key(self, key: str) -> int | None:
        # Keys come in the order of the text, so that each search goes on where the last one ended.
        pattern = re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:")
        start, line = self._reached
        if not (match := pattern.search(self._text, start)):
            return None
        self._reached = (match.end(), line + self._text.count("\n", start, match.end()))
        return self._reached[1] - match[0].count("\n")

    def _said(self, kind: Kind, name: Name | Blank | None, said: Object, line: int | None) -> Iterator[Statement]:
        fillers: dict[str, list[Filler]] = {}
        attributes: set[Attribute] = set()
        pairs: frozenset[Pair] = frozenset()
        for key, value in said.items():
            attribute = self._names.qualified(key)
            place = attribute.iri.removeprefix(PROV)
            if attribute.iri in {_KEYED, _KEYS} and kind in {INSERTION, REMOVAL, DICTIONARY_MEMBERSHIP}:
                pairs = frozenset(self._pairs(value))
            elif attribute.iri.startswith(PROV) and kind.has(place):
                fillers[place] = self._fillers(kind, place, value)
            else:
                attributes |= {(attribute, each) for each in self._values(value)}
        for arguments in self._combined(kind, fillers):
            yield Statement(kind, name, arguments, frozenset(attributes), pairs, line=line)

    def _fillers(self, kind: Kind, place: str, value: Any) -> list[Filler]:
        values = value if isinstance(value, list) else [value]
        if len(values) != 1 and not (kind is MEMBERSHIP and place == "entity"):
            self._fail(f"{kind.name} has {len(values)} values for prov:{place}, where one may stand")
        if kind.arguments[kind.position(place)].role == "time":
            return [self._time(each) for each in values]
        return [self._identifier(self._string(each)) for each in values]

    def _combined(self, kind: Kind, fillers: Mapping[str, list[Filler]]) -> Iterator[tuple[Filler, ...]]:
        # Only the members of a collection are many; each is a statement of its own.
        for number in range(max(map(len, fillers.values()), default=1)):
            yield tuple(
                fillers[each.name][min(number, len(fillers[each.name]) - 1)] if fillers.get(each.name) else None
                for each in kind.arguments
            )

    def _time(self, value: Any) -> Time:
        time = Time(self._string(value["$"] if isinstance(value, dict) and "$" in value else value))
        if time.instant is None:
            self._fail(f"{time.text!r} is no time; write one like 2012-04-01T12:00:00Z")
        return time

    def _values(self, value: Any) -> Iterator[Value]:
        for each in value if isinstance(value, list) else [value]:
            yield self._value(each)

    def _value(self, value: Any) -> Value:
        match value:
            case {"$": inner, "lang": str(language)}:
                return Literal(self._lexical(inner), LANG_STRING, language.lower())
            case {"$": inner, "type": str(datatype)}:
                return self._typed(self._lexical(inner), self._names.qualified(datatype).iri)
            case {"$": inner}:
                return self._value(inner)
            case _:
                return Literal(self._lexical(value), XSD + _DATATYPES.get(type(value), "string"))

    def _typed(self, text: str, datatype: str) -> Value:
        return self._names.qualified(text) if stands_for_a_name(datatype) else Literal(text, datatype)

    def _pairs(self, value: Any) -> Iterator[Pair]:
        """Yield the pairs of a dictionary, which PROV-JSON writes as an object or a list, or the keys of a removal."""
        if isinstance(value, dict) and "$key-datatype" in value:
            datatype = self._names.qualified(self._string(value["$key-datatype"])).iri
            for key, entity in value.items():
                if key != "$key-datatype":
                    yield self._typed(key, datatype), self._identifier(self._string(entity))
            return
        for each in value if isinstance(value, list) else [value]:
            match each:
                case {"key": key, "$": str(entity)}:
                    yield self._value(key), self._identifier(entity)
                case _:
                    yield self._value(each), None

    def _lexical(self, value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int | float):
            self._fail(f"{json.dumps(value)[:60]} is no attribute value")
        return str(value)

    def _identifier(self, text: str) -> Name | Blank:
        return Blank(text.removeprefix("_:")) if text.startswith("_:") else self._names.qualified(text)

    def _string(self, value: Any) -> str:
        if not isinstance(value, str):
            self._fail(f"a text is expected, not {json.dumps(value)[:60]}")
        return value

    def _object(self, value: Any, name: str) -> Object:
        if not isinstance(value, dict):
            self._near = name
            self._fail(f"{name!r} holds no JSON object")
        return value

    def _decoded(self, data: bytes | str) -> str:
        if isinstance(data, str):
            return data
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise MalformedPROV(self._source, "this is not UTF-8 text", line=line) from None

    def _parsed(self) -> Object:
        try:
            content = json.loads(self._text, object_pairs_hook=self._unrepeated)
        except json.JSONDecodeError as error:
            raise MalformedPROV(self._source, error.msg, line=error.lineno, column=error.colno) from None
        except RecursionError:
            raise MalformedPROV(self._source, "its objects are nested too deep") from None
        except ValueError as error:
            raise MalformedPROV(self._source, str(error)) from None
        return self._object(content, "the document")

    def _unrepeated(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                self._near = key
                self._fail(f"the key {key!r} stands twice in one object; write a list of objects instead")
            found[key] = value
        return found

    def _fail(self, reason: str) -> NoReturn:
        line = line_of(self._text, json.dumps(self._near, ensure_ascii=False)) if self._near else None
        raise MalformedPROV(self._source, reason, line=line)
