"""Concepts as names: the ontology's own, and those that a graph added to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.sparql import prologue
from provkg.vocabulary import INDIVIDUALS, NAMESPACES, SUPERCLASSES, skos_Concept

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_PROLOGUE: Final = prologue("skos")
_OWN_CONCEPTS: Final = f"""
SELECT ?concept ?label WHERE {{
  ?concept skos:inScheme ?scheme ; skos:prefLabel ?label .
  FILTER(!STRSTARTS(STR(?concept), "{NAMESPACES["pvk"]}"))
}}"""


def own_concepts(index: ReadIndex) -> dict[str, str]:
    """Return the labels of the concepts that a graph added to the ontology's, by IRI, as tables show them."""
    found: dict[str, str] = {}
    for concept, label in index.query(_PROLOGUE + _OWN_CONCEPTS).rows:
        if isinstance(concept, NamedNode) and isinstance(label, Literal) and (text := " ".join(label.value.split())):
            found[concept.value] = min(text, found.get(concept.value, text))
    return found


def concept_called(name: str, classes: Sequence[NamedNode]) -> NamedNode | None:
    """Return the ontology's concept of that name in one of the schemes `classes`, if there is one."""
    concepts = (NamedNode(f"{kind.value}-{name}") for kind in classes if " " not in name and name.isalnum())
    return next((concept for concept in concepts if concept in INDIVIDUALS), None)


def concept_names(classes: Sequence[NamedNode]) -> set[str]:
    """Return the names of the ontology's concepts in the schemes among `classes`."""
    schemes = {kind for kind in classes if skos_Concept in SUPERCLASSES.get(kind, ())}
    return {concept.value.rpartition("-")[2] for concept, kind in INDIVIDUALS.items() if kind in schemes}
