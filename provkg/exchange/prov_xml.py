"""PROV-XML: PROV documents as XML (W3C Note, 30 April 2013), without DTDs, entities or a network.

Elements that specialise one (`prov:person`, `prov:wasRevisionOf`) are read as that one with a `prov:type`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NoReturn

from provkg.errors import MalformedPROV
from provkg.exchange.prov_names import Namespaces, complete, stands_for_a_name
from provkg.exchange.xml_tree import Element, parsed
from provkg.prov import Bundle, Document, Statement
from provkg.prov.document import Attribute, Filler, Pair, without_lonely_blanks
from provkg.prov.kinds import AGENT, DERIVATION, DICTIONARY_MEMBERSHIP, ENTITY, INSERTION, KINDS, REMOVAL, Kind
from provkg.prov.terms import LANG_STRING, PROV, XSD_STRING, Literal, Name, Time, Value, prov

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_KINDS: Final = {kind.name.removeprefix("prov:"): kind for kind in KINDS.values()}
_SPECIAL: Final = {
    "person": (AGENT, "Person"),
    "organization": (AGENT, "Organization"),
    "softwareAgent": (AGENT, "SoftwareAgent"),
    "plan": (ENTITY, "Plan"),
    "bundle": (ENTITY, "Bundle"),
    "collection": (ENTITY, "Collection"),
    "emptyCollection": (ENTITY, "EmptyCollection"),
    "dictionary": (ENTITY, "Dictionary"),
    "emptyDictionary": (ENTITY, "EmptyDictionary"),
    "wasRevisionOf": (DERIVATION, "Revision"),
    "wasQuotedFrom": (DERIVATION, "Quotation"),
    "hadPrimarySource": (DERIVATION, "PrimarySource"),
}
_DICTIONARY_PLACES: Final = {"newDictionary": "after", "oldDictionary": "before"}
_DEEPEST: Final = 64


def read(data: bytes | str, source: str = "<text>") -> Document:
    """Return the document that PROV-XML text says; raises `MalformedPROV` with `source` and line."""
    root = parsed(data, source)
    if (root.namespace, root.name) != (PROV, "document"):
        raise MalformedPROV(source, f"the root element is {root.name}, not prov:document", line=root.line)
    return _Reader(source, root).document()


class _Reader:
    def __init__(self, source: str, root: Element) -> None:
        self._source, self._root = source, root

    def document(self) -> Document:
        own = [each for each in self._root.children if not _is_bundle(each)]
        bundles = tuple(map(self._bundle, filter(_is_bundle, self._root.children)))
        return Document(self._statements(own), bundles, self._names(self._root).prefixes)

    def _bundle(self, element: Element) -> Bundle:
        name = self._identifier(element, "id")
        if name is None:
            self._fail(element, "a bundle has no prov:id")
        return Bundle(name, self._statements(element.children))

    def _statements(self, elements: list[Element]) -> tuple[Statement, ...]:
        return without_lonely_blanks(each for element in elements for each in self._said(element))

    def _said(self, element: Element) -> Iterator[Statement]:
        if element.namespace != PROV or element.name == "other":
            return  # PROV-XML, section 2.1.2: elements of others may stand beside the statements
        kind, special = _SPECIAL.get(element.name) or (_KINDS.get(element.name), None)
        if kind is None:
            self._fail(element, f"PROV-XML has no statement called prov:{element.name}")
        name = self._identifier(element, "id") if kind.identified else None
        attributes: set[Attribute] = {(prov("type"), prov(special))} if special else set()
        attributes |= {pair for each in element.children if (pair := self._attribute(kind, each))}
        pairs = frozenset(self._pairs(kind, element))
        for arguments in self._combined(kind, self._fillers(kind, element)):
            yield Statement(kind, name, arguments, frozenset(attributes), pairs, line=element.line)

    def _fillers(self, kind: Kind, element: Element) -> dict[str, list[Filler]]:
        fillers: dict[str, list[Filler]] = {}
        for child in element.children:
            if place := _place(kind, child):
                fillers.setdefault(place, []).append(self._filler(kind, place, child))
                if len(fillers[place]) > 1 and (kind.name, place) != ("hadMember", "entity"):
                    self._fail(child, f"{kind.name} has a second prov:{child.name}, where one may stand")
        return fillers

    def _filler(self, kind: Kind, place: str, child: Element) -> Filler:
        if kind.arguments[kind.position(place)].role != "time":
            name = self._identifier(child, "ref")
            if name is None:
                self._fail(child, f"prov:{child.name} has no prov:ref")
            return name
        time = Time(child.text.strip())
        if time.instant is None:
            self._fail(child, f"{time.text!r} is no time; write one like 2012-04-01T12:00:00Z")
        return time

    def _combined(self, kind: Kind, fillers: dict[str, list[Filler]]) -> Iterator[tuple[Filler, ...]]:
        # Only the members of a collection are many; each is a statement of its own.
        for number in range(max(map(len, fillers.values()), default=1)):
            yield tuple(
                fillers[each.name][min(number, len(fillers[each.name]) - 1)] if each.name in fillers else None
                for each in kind.arguments
            )

    def _attribute(self, kind: Kind, child: Element) -> Attribute | None:
        if _place(kind, child) or (child.namespace == PROV and child.name in {"keyEntityPair", "key"}):
            return None
        if not child.namespace:
            self._fail(child, f"the attribute {child.name} has no namespace")
        return Name(complete(child.namespace) + child.name), self._value(child)

    def _value(self, element: Element) -> Value:
        if language := element.attribute(_XML, "lang"):
            return Literal(element.text, LANG_STRING, language.lower())
        datatype = XSD_STRING
        if written := element.attribute(_XSI, "type"):
            datatype = self._names(element).qualified(written.strip()).iri
        if stands_for_a_name(datatype):
            return self._names(element).qualified(element.text.strip())
        return Literal(element.text, XSD_STRING if datatype == f"{PROV}InternationalizedString" else datatype)

    def _pairs(self, kind: Kind, element: Element) -> Iterator[Pair]:
        if kind is REMOVAL:
            yield from ((self._value(each), None) for each in element.children if _is_prov(each, "key"))
        if kind not in {INSERTION, DICTIONARY_MEMBERSHIP}:
            return
        for pair in element.children:
            if _is_prov(pair, "keyEntityPair"):
                keys = [self._value(each) for each in pair.children if _is_prov(each, "key")]
                entities = [self._identifier(each, "ref") for each in pair.children if _is_prov(each, "entity")]
                if (len(keys), len(entities)) != (1, 1):
                    self._fail(pair, "prov:keyEntityPair holds one prov:key and one prov:entity")
                yield keys[0], entities[0]

    def _identifier(self, element: Element, attribute: str) -> Name | None:
        written = element.attribute(PROV, attribute) or element.attribute("", attribute)
        return None if written is None else self._names(element).qualified(written.strip())

    def _names(self, element: Element) -> Namespaces:
        return Namespaces(lambda reason: self._fail(element, reason), element.prefixes)

    def _fail(self, element: Element, reason: str) -> NoReturn:
        raise MalformedPROV(self._source, reason, line=element.line)


def _is_prov(element: Element, name: str) -> bool:
    return (element.namespace, element.name) == (PROV, name)


def _is_bundle(element: Element) -> bool:
    return _is_prov(element, "bundleContent")


def _place(kind: Kind, child: Element) -> str | None:
    if child.namespace != PROV:
        return None
    name = _DICTIONARY_PLACES.get(child.name, child.name) if kind in {INSERTION, REMOVAL} else child.name
    return name if kind.has(name) else None
