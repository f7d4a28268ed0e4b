"""Small graphs in memory: Turtle text as an index holds it, closed and with its dependencies."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Store, parse

from provkg.entailment import closed
from provkg.index import ReadIndex
from provkg.index.dependencies import Dependencies
from provkg.vocabulary import NAMESPACES

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in NAMESPACES.items())
PREFIXES += "@prefix ex: <http://example.org/> .\n"


def index_of(turtle: str) -> ReadIndex:
    """Return what `turtle` says as something to ask; `ex:` and the prefixes of our vocabularies are known."""
    said = closed(quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE))
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in said)
    dependencies = Dependencies(store)
    dependencies.refresh(dependencies.touched(said), all_stay=True)
    return ReadIndex(Path("memory"), 1, store, -1)
