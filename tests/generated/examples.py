"""The examples in the ontology that are written in Turtle, for which a few prefixes are understood."""

from __future__ import annotations

from functools import cache
from typing import Final

from rdflib import SKOS, Graph, URIRef

from provkg.vocabulary import NAMESPACES
from tests.generated.ontology import own

EXAMPLE: Final = "https://example.org/"
PREFIXES: Final = "".join(f"PREFIX {p}: <{home}>\n" for p, home in {**NAMESPACES, "ex": EXAMPLE}.items())


def turtle_of(term: URIRef) -> list[str]:
    """Return the examples of `term` in Turtle; those in a language are prose."""
    return sorted(str(text) for text in own().objects(term, SKOS.example) if not getattr(text, "language", None))


def read(example: str) -> Graph:
    """Return what an example says."""
    return Graph().parse(data=PREFIXES + example, format="turtle")


@cache
def all_examples() -> Graph:
    """Return what all examples of the ontology say together: one small story."""
    whole = Graph()
    for term in {subject for subject in own().subjects(SKOS.example) if isinstance(subject, URIRef)}:
        for example in turtle_of(term):
            whole += read(example)
    return whole
