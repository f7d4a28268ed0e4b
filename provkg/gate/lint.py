"""What is wrong in a shapes file before it is used: a misspelt term would make its constraint hold nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.gate.language_terms import LANGUAGE_TERMS
from provkg.gate.shacl_terms import SHACL_TERMS
from provkg.gate.shapes import Shapes, Term
from provkg.vocabulary import NAMESPACES, TERMS


def _local_names(prefix: str) -> frozenset[str]:
    space = NAMESPACES[prefix]
    return frozenset(term.value.removeprefix(space) for term in TERMS if term.value.startswith(space))


CLOSED: Final = {
    "pvk": _local_names("pvk") | {"level", "servesRequirement", "absenceAccepted", "leftToPeople"},
    "prov": _local_names("prov"),
    "sh": SHACL_TERMS,
}


def misspelt_in_a_file(term: NamedNode) -> str | None:
    """Return a sentence about `term` when a vocabulary in which shapes and ontologies are written lacks it."""
    return misspelt(term) or _unknown(term, LANGUAGE_TERMS)


def check_shapes(shapes: Shapes, source: str) -> None:
    """Raise `Unreadable` when engines would pass over a part of `shapes`.

    That is a term which SHACL's, PROV's or our namespace does not have, and a property shape without a path.
    """
    if wrong := sorted({sentence for term in _terms(shapes) if (sentence := misspelt(term))}):
        raise Unreadable(f"{source}: " + "; ".join(wrong))
    if wrong := [f"the property shape {each} has no sh:path" for each in _without_path(shapes)]:
        raise Unreadable(f"{source}: " + "; ".join(wrong))


def misspelt(term: NamedNode) -> str | None:
    """Return a sentence about `term` when its namespace is closed and lacks it, with the nearest one that it has."""
    return None if term in TERMS else _unknown(term, CLOSED)


def _unknown(term: NamedNode, vocabularies: Mapping[str, frozenset[str]]) -> str | None:
    for prefix, known in vocabularies.items():
        name = term.value.removeprefix(NAMESPACES[prefix])
        if name and name != term.value and name not in known:
            return f"{prefix}:{name} is no term of that vocabulary{_nearest(prefix, name, known)}"
    return None


def _nearest(prefix: str, name: str, known: frozenset[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {prefix}:{near[0]}?" if near else ""


def _without_path(shapes: Shapes) -> list[Term]:
    stated = [value for subject in list(shapes.statements) for value in shapes.values(subject, vocabulary.sh_property)]
    return [each for each in stated if not shapes.values(each, vocabulary.sh_path)]


def _terms(shapes: Shapes) -> Iterator[NamedNode]:
    for triple in shapes.triples:
        yield from (term for term in (triple.predicate, triple.object) if isinstance(term, NamedNode))
