"""Renders `ontology/released-terms.txt`, to which terms are added and from which none is taken."""

from __future__ import annotations

from rdflib import RDF, URIRef

from provkg.resources import ONTOLOGY
from tests.generated.ontology import PVK, own

FILE = ONTOLOGY / "released-terms.txt"


def render() -> str:
    """Return the text of the file: what it lists already, and what the ontology now declares."""
    return "".join(f"{name}\n" for name in sorted(listed() | declared_names()))


def listed() -> set[str]:
    """Return the local names that the file lists."""
    return set(FILE.read_text("utf-8").split()) if FILE.is_file() else set()


def declared_names() -> set[str]:
    """Return the local names of every term in the ontology."""
    terms = set(own().subjects(RDF.type))
    return {term.removeprefix(PVK) for term in terms if isinstance(term, URIRef) and term.startswith(PVK)}
