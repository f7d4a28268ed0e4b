"""PROV-O: PROV documents as RDF (W3C Recommendation, 30 April 2013).

RDF has one node where a document may have several statements with one identifier: those that PROV-O merges cannot be
told apart again. A property with two values where a statement has one place makes a statement for each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Triple
from pyoxigraph import Literal as RdfLiteral

from provkg.exchange import prov_o_terms as o
from provkg.exchange.prov_names import stands_for_a_name
from provkg.exchange.prov_o_terms import Form
from provkg.exchange.rdf import RdfFile
from provkg.prov import Bundle, Document, Statement, kinds
from provkg.prov.document import Attribute, Filler, Pair, without_lonely_blanks
from provkg.prov.kinds import Kind
from provkg.prov.terms import LANG_STRING, PROV, Blank, Identifier, Literal, Name, Time, Value, prov
from provkg.vocabulary import NAMESPACES, rdf_type

# Examples often have relative IRIs; what they are relative to says nothing about provenance.
_BASE: Final = "https://provkg.invalid/"
# Only to write names short, and to read those that a dictionary has for keys: parsing knows what the file means.
_PREFIX: Final = re.compile(r"^\s*@?(?i:prefix)\s+([\w.-]*):\s*<([^<>\s]*)>", re.MULTILINE)
_TYPE: Final = rdf_type.value
# More values than this at one node say nothing that fewer do not: any two contradict each other.
_MOST_STATEMENTS: Final = 64
Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | RdfLiteral | Triple


def read(data: bytes, source: str = "<text>", format: str = "turtle") -> Document:  # noqa: A002  # the word of the field
    """Return the document that RDF text says; raises `MalformedRDF` with `source`, line and column."""
    file = RdfFile(source, format, data)
    quads = file.quads(blank_nodes=True, base=_BASE)
    prefixes = dict(_PREFIX.findall(data.decode(errors="replace")))
    return located(document(quads, prefixes), file.places().subjects)


def document(quads: Iterable[Quad], prefixes: Mapping[str, str] | None = None) -> Document:
    """Return the document that a dataset says: its default graph, and each named graph as a bundle."""
    graphs: dict[Identifier | None, list[Triple]] = defaultdict(list)
    for quad in quads:
        name = quad.graph_name
        graphs[_identifier(name) if isinstance(name, NamedNode | BlankNode) else None].append(quad.triple)
    known = dict(NAMESPACES if prefixes is None else prefixes)
    own = _statements(graphs.pop(None, []), known)
    bundles = tuple(Bundle(name, _statements(said, known)) for name, said in graphs.items() if name is not None)
    return Document(own, bundles, known)


def instance(triples: Iterable[Triple]) -> Document:
    """Return triples of any graphs as one PROV instance, for example what a whole graph says.

    Holds all of it in memory, and so does validating it: about 3 KB a statement together. For more than some hundred
    thousand statements ask the store instead.
    """
    known = dict(NAMESPACES)
    return Document(_statements(triples, known), (), known)


def _statements(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> tuple[Statement, ...]:
    return without_lonely_blanks(_Reader(triples, prefixes).statements())


def located(said: Document, lines: Mapping[str, int]) -> Document:
    """Return a document whose statements know their lines, from the lines of the nodes that they are about."""

    def placed(statements: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(replace(each, line=_line(each, lines)) for each in statements)

    bundles = tuple(Bundle(each.id, placed(each.statements)) for each in said.bundles)
    return Document(placed(said.statements), bundles, said.prefixes)


def _line(statement: Statement, lines: Mapping[str, int]) -> int | None:
    named = (each for each in statement.identifiers() if isinstance(each, Name))
    return next((lines[each.iri] for each in named if each.iri in lines), None)


class _Reader:
    """What each node says, by property."""

    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._said: dict[Node, dict[str, list[Term]]] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode | BlankNode):
                said = self._said.setdefault(triple.subject, {})
                said.setdefault(triple.predicate.value, []).append(triple.object)
        self._qualified: set[Term] = set()

    def statements(self) -> Iterator[Statement]:
        for node, said in self._said.items():
            yield from self._elements(node, said)
        for form in o.FORMS:
            if form.kind is not kinds.INFLUENCE:
                yield from self._relations(form)
        # Last: an influence that has another form as well is that, and only implied (inference 15).
        yield from self._relations(next(form for form in o.FORMS if form.kind is kinds.INFLUENCE))
        for node, said in self._said.items():
            yield from self._incomplete(node, said)
            yield from self._plain(node, said)
            yield from self._mentions(node, said)
            yield from self._dictionary_members(node, said)

    def _elements(self, node: Node, said: Mapping[str, Sequence[Term]]) -> Iterator[Statement]:
        classes = _iris(said.get(_TYPE, ()))
        timed = any(each in said for each in o.ACTIVITY_TIMES)
        for kind, its_classes in o.ELEMENTS.items():
            if classes & its_classes or (kind is kinds.ACTIVITY and timed):
                attributes = self._attributes(said)
                values = [_times(said, each) for each in o.ACTIVITY_TIMES] if kind is kinds.ACTIVITY else []
                for arguments in _combined(values):
                    yield Statement(kind, _identifier(node), arguments, attributes)

    def _relations(self, form: Form) -> Iterator[Statement]:
        for subject, said in list(self._said.items()):
            for node in said.get(form.qualified, ()):
                if isinstance(node, NamedNode | BlankNode) and not self._is_implied(form, node):
                    self._qualified.add(node)
                    yield from self._qualified_statements(form, subject, node)
            for thing in said.get(form.short, ()):
                yield from self._short_statement(form, subject, thing)
            for thing in said.get(form.inverse, ()) if form.inverse else ():
                if isinstance(thing, NamedNode | BlankNode) and subject not in self._objects(thing, form.short):
                    yield from self._short_statement(form, thing, subject)

    def _is_implied(self, form: Form, node: Term) -> bool:
        # What is qualified as a revision is a derivation; entailment may have said so.
        return node in self._qualified and form.kind is kinds.INFLUENCE

    def _qualified_statements(self, form: Form, subject: Node | None, node: Node) -> Iterator[Statement]:
        said = self._said.get(node, {})
        values: list[list[Filler]] = []
        for place in form.kind.arguments:
            if place.name == form.subject:
                values.append([_identifier(subject)] if subject is not None else [])
                continue
            named = [each for each, fills in form.places.items() if fills == place.name]
            found = [filler for each in named for filler in _fillers(said.get(each, ()), place.role)]
            if not found and form.kind is kinds.INFLUENCE:
                found = [filler for each in o.INFLUENCERS for filler in _fillers(said.get(each, ()), place.role)]
            values.append(found)
        attributes = self._attributes(said) | _special(form)
        pairs = frozenset(self._pairs(said))
        for arguments in _combined(values):
            yield Statement(form.kind, _identifier(node), arguments, attributes, pairs)

    def _short_statement(self, form: Form, subject: Node, thing: Term) -> Iterator[Statement]:
        if isinstance(thing, NamedNode | BlankNode):
            fillers = {form.subject: _identifier(subject), form.object: _identifier(thing)}
            arguments = tuple(fillers.get(place.name) for place in form.kind.arguments)
            yield Statement(form.kind, None, arguments, _special(form))

    def _incomplete(self, node: Node, said: Mapping[str, Sequence[Term]]) -> Iterator[Statement]:
        """Yield the relation that a node is said to be, when nothing says whose."""
        if node in self._qualified:
            return
        classes = _iris(said.get(_TYPE, ()))
        forms = [form for form in o.FORMS if form.node_class in classes]
        specific = [form for form in forms if form.kind is not kinds.INFLUENCE] or forms
        for form in specific:
            yield from self._qualified_statements(form, None, node)

    def _plain(self, node: Node, said: Mapping[str, Sequence[Term]]) -> Iterator[Statement]:
        for predicate, kind in o.PLAIN.items():
            for thing in said.get(predicate, ()):
                if isinstance(thing, NamedNode | BlankNode):
                    yield Statement(kind, None, (_identifier(node), _identifier(thing)))
        for predicate, (kind, place) in o.TIMES.items():
            for time in _times(said, predicate):
                yield _at(kind, place, _identifier(node), time)

    def _mentions(self, node: Node, said: Mapping[str, Sequence[Term]]) -> Iterator[Statement]:
        if o.MENTION_OF in said:
            general, bundle = (_fillers(said.get(each, ()), "entity") for each in (o.MENTION_OF, o.AS_IN_BUNDLE))
            for arguments in _combined([[_identifier(node)], general, bundle]):
                yield Statement(kinds.MENTION, None, arguments)
        for mention in said.get(o.QUALIFIED_MENTION, ()):
            inner = self._said.get(mention, {}) if isinstance(mention, NamedNode | BlankNode) else {}
            general, bundle = (_fillers(inner.get(PROV + each, ()), "entity") for each in ("entity", "bundle"))
            for arguments in _combined([[_identifier(node)], general, bundle]):
                yield Statement(kinds.MENTION, None, arguments)

    def _dictionary_members(self, node: Node, said: Mapping[str, Sequence[Term]]) -> Iterator[Statement]:
        for member in said.get(o.DICTIONARY_MEMBER, ()):
            pairs = frozenset(self._pair(member))
            yield Statement(kinds.DICTIONARY_MEMBERSHIP, None, (_identifier(node),), pairs=pairs)

    def _pairs(self, said: Mapping[str, Sequence[Term]]) -> Iterator[Pair]:
        for pair in said.get(o.INSERTED_PAIR, ()):
            yield from self._pair(pair)
        for key in said.get(o.REMOVED_KEY, ()):
            yield from ((self._key(each), None) for each in _values([key]))

    def _pair(self, node: Term) -> Iterator[Pair]:
        said = self._said.get(node, {}) if isinstance(node, NamedNode | BlankNode) else {}
        for key in _values(said.get(o.PAIR_KEY, ())):
            for entity in said.get(o.PAIR_ENTITY, ()):
                if isinstance(entity, NamedNode | BlankNode):
                    yield self._key(key), _identifier(entity)

    def _key(self, value: Value) -> Value:
        """Return the name that a key is when RDF holds it as text (PROV-DICTIONARY, section 4)."""
        if isinstance(value, Literal) and stands_for_a_name(value.datatype):
            prefix, colon, local = value.text.partition(":")
            namespace = self._prefixes.get(prefix if colon else "")
            return value if namespace is None else Name(namespace + (local if colon else prefix))
        return value

    def _objects(self, node: Node, predicate: str) -> Sequence[Term]:
        return self._said.get(node, {}).get(predicate, ())

    def _attributes(self, said: Mapping[str, Sequence[Term]]) -> frozenset[Attribute]:
        found: set[Attribute] = set()
        for predicate, objects in said.items():
            if predicate == _TYPE:
                named = [each for each in objects if _iri(each) not in o.SILENT_CLASSES]
                found |= {(prov("type"), each) for each in _values(named)}
            elif not predicate.startswith(PROV) or predicate in o.ATTRIBUTES or predicate == f"{PROV}type":
                name = Name(o.ATTRIBUTES.get(predicate, predicate))
                found |= {(name, each) for each in _values(objects)}
        return frozenset(found)


def _special(form: Form) -> frozenset[Attribute]:
    return frozenset({(prov("type"), Name(form.type))}) if form.type else frozenset()


def _at(kind: Kind, place: str, subject: Identifier, time: Time) -> Statement:
    fillers: dict[str, Filler] = {place: subject, "time": time}
    return Statement(kind, None, tuple(fillers.get(each.name) for each in kind.arguments))


def _combined(values: Sequence[Sequence[Filler]]) -> Iterator[tuple[Filler, ...]]:
    return islice(product(*(each or [None] for each in values)), _MOST_STATEMENTS)


def _fillers(terms: Iterable[Term], role: str) -> list[Filler]:
    if role == "time":
        return [Time(each.value) for each in terms if isinstance(each, RdfLiteral)]
    return [_identifier(each) for each in terms if isinstance(each, NamedNode | BlankNode)]


def _times(said: Mapping[str, Sequence[Term]], predicate: str) -> list[Time]:
    return [Time(each.value) for each in said.get(predicate, ()) if isinstance(each, RdfLiteral)]


def _values(terms: Iterable[Term]) -> Iterator[Value]:
    for term in terms:
        if isinstance(term, RdfLiteral):
            language = term.language
            datatype = LANG_STRING if language else term.datatype.value
            yield Literal(term.value, datatype, language.lower() if language else None)
        elif isinstance(term, NamedNode | BlankNode):
            yield _identifier(term)


def _identifier(node: Node) -> Identifier:
    return Name(node.value) if isinstance(node, NamedNode) else Blank(node.value)


def _iri(term: Term) -> str | None:
    return term.value if isinstance(term, NamedNode) else None


def _iris(terms: Iterable[Term]) -> frozenset[str]:
    return frozenset(iri for term in terms if (iri := _iri(term)))
