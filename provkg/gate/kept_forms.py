"""Values and datatypes that no graph holds, because its store writes them in another form."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from provkg.gate.shapes import Term, sh
from provkg.vocabulary import NAMESPACES

_XSD: Final = NAMESPACES["xsd"]
_RDF_FIRST: Final = NamedNode(NAMESPACES["rdf"] + "first")
# By these a value is compared letter by letter.
_BY_TERM: Final = frozenset({sh("hasValue"), _RDF_FIRST})
_INTEGERS: Final = (
    *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
    *("positiveInteger", "nonNegativeInteger", "negativeInteger", "nonPositiveInteger"),
)
_DATATYPES: Final = {f"{_XSD}{name}": "xsd:integer" for name in _INTEGERS} | {f"{_XSD}dateTimeStamp": "xsd:dateTime"}


def never_kept(predicate: NamedNode, value: Term) -> str | None:
    """Return why nothing in a graph would fit `value`, and what to write instead, where a shape says it."""
    if predicate == sh("datatype") and isinstance(value, NamedNode) and value.value in _DATATYPES:
        kept = _DATATYPES[value.value]
        asked = f"xsd:{value.value.removeprefix(_XSD)}"
        bounds = ", and for bounds sh:minInclusive and sh:maxInclusive" if kept == "xsd:integer" else ""
        return f"a graph keeps every {asked} as {kept}, so that no value would fit; ask for {kept}{bounds}"
    if predicate in _BY_TERM and isinstance(value, Literal) and (kept := str(_kept(value))) != str(value):
        return f"a graph keeps {value} as {kept}, so that it would fit no value; write {kept}"
    return None


def _kept(value: Literal) -> Term:
    store = Store()
    store.add(Quad(_RDF_FIRST, _RDF_FIRST, value))
    (quad,) = store
    kept: Term = quad.object
    return kept
