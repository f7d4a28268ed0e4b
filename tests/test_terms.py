"""Every term that a file of ours uses exists where it is said to come from: a misspelt one would match nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, URIRef

from provkg.resources import ONTOLOGY, QUERIES, SHAPES
from provkg.sparql import tokens
from tests.generated.ontology import PROV, PVK, own, prov
from tests.generated.vocabulary import NAMESPACES, constants

STORY: Final = Path(__file__).parent / "story"
# What alignments speak of is looked up in pinned copies of the foreign vocabularies, by tests/test_alignments.py.
ALIGNMENTS: Final = {*(ONTOLOGY / "alignments").glob("*.ttl")}
TURTLE: Final = sorted({file for folder in (ONTOLOGY, SHAPES, STORY) for file in folder.rglob("*.ttl")} - ALIGNMENTS)
SAVED_QUERIES: Final = sorted(QUERIES.rglob("*.rq"))

# rdflib knows the terms of these by name; of other foreign namespaces, only what `provkg.vocabulary` lists is used.
STANDARDS: Final = {str(namespace): namespace for namespace in (RDF, RDFS, OWL, XSD, SKOS, SH)}
LISTED: Final = frozenset(str(term) for term in {*own().subjects(), *prov().subjects(), *constants()})
EMBEDDED: Final = (SH.select, SH.ask, SH.construct)


def exists(iri: str) -> bool:
    """Return whether `iri` names a term, or lies in no namespace whose terms are known."""
    home = next((namespace for namespace in NAMESPACES.values() if iri.startswith(namespace)), iri)
    if home in STANDARDS:
        return iri == home or URIRef(iri) in STANDARDS[home]
    return iri == home or iri in LISTED


def iris_of_turtle(file: Path) -> Iterator[str]:
    graph = Graph().parse(file)
    for triple in graph:
        yield from (str(term) for term in triple if isinstance(term, URIRef))
    for predicate in EMBEDDED:
        for text in graph.objects(None, predicate):
            yield from iris_of_sparql(str(text))
    yield from (str(o.datatype) for o in graph.objects() if isinstance(o, Literal) and o.datatype)


def iris_of_sparql(text: str) -> Iterator[str]:
    """Return the IRIs in `text`; prefixes that it does not declare, as in a SHACL constraint, are the project's own."""
    prefixes = dict(NAMESPACES)
    declaring = ""
    for token in (token for token in tokens(text) if token.kind not in {"space", "comment"}):
        if token.kind == "iri" and declaring:
            prefixes[declaring] = token.text[1:-1]
        elif token.kind == "iri":
            yield token.text[1:-1]
        elif token.kind == "prefixed" and not token.text.startswith("_:"):
            prefix, _, local = token.text.partition(":")
            declaring = prefix if not local else ""
            if local:
                yield prefixes[prefix] + local.replace("\\", "")
            continue
        declaring = ""


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def test_there_are_files_to_look_through() -> None:
    for folder in (ONTOLOGY, SHAPES, STORY):
        assert any(folder in file.parents for file in TURTLE), f"no Turtle file in {folder}"
    assert SAVED_QUERIES, f"no saved question in {QUERIES}"


@pytest.mark.parametrize("file", TURTLE, ids=name_of)
def test_every_term_in_turtle_exists(file: Path) -> None:
    assert not sorted({iri for iri in iris_of_turtle(file) if not exists(iri)})


@pytest.mark.parametrize("file", SAVED_QUERIES, ids=name_of)
def test_every_term_in_a_saved_question_exists(file: Path) -> None:
    found = set(iris_of_sparql(file.read_text("utf-8")))
    assert found
    assert not sorted(iri for iri in found if not exists(iri))


@pytest.mark.parametrize(
    "iri",
    [
        f"{PVK}numericValeu",
        f"{PROV}wasGeneratedFrom",
        f"{SH}mincount",
        f"{XSD}datetime",
        f"{RDFS}subclassOf",
        f"{SKOS}preflabel",
        f"{OWL}Klass",
        f"{NAMESPACES['dct']}licence",
    ],
)
def test_a_misspelt_term_does_not_exist(iri: str) -> None:
    assert not exists(iri)


def test_terms_are_found_in_sparql_behind_prefixes_and_in_full() -> None:
    text = """PREFIX p: <https://w3id.org/provkg#>  # PREFIX x: <http://example.org/>
        SELECT ?a WHERE { ?a a p:Run ; prov:used <http://www.w3.org/ns/prov#thing> , "pvk:text" }"""
    assert set(iris_of_sparql(text)) == {f"{PVK}Run", f"{PROV}used", f"{PROV}thing"}
