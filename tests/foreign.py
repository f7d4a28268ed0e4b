"""The terms of the vocabularies that the alignments speak of, read from pinned copies beside the checkout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import Dataset, RdfFormat, parse, serialize
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef

from tests.conftest import CASES

VOCABULARIES = CASES.parent / "vocabularies"
SPDX = "https://spdx.org/rdf/3.0.1/terms/"
CYCLONEDX = "http://cyclonedx.org/schema/bom-1.6.schema.json#"
P_PLAN = "http://purl.org/net/p-plan#"
SCHEMA = "https://schema.org/"

# The file that declares the terms of a namespace.
DECLARED_IN = {
    "http://www.w3.org/ns/prov#": "prov-o.ttl",
    "http://www.w3.org/ns/mls#": "ml-schema.ttl",
    "http://w3id.org/mlso/": "mlso.ttl",
    "https://w3id.org/fair4ml#": "fair4ml-0.1.0.jsonld",
    "http://www.w3.org/ns/dcat#": "dcat3.ttl",
    "http://mlcommons.org/croissant/RAI/": "croissant-rai.ttl",
    "http://mlcommons.org/croissant/": "croissant.ttl",
    "http://purl.dataone.org/provone/2015/01/15/ontology#": "provone.owl",
    "http://purl.org/wf4ever/wfdesc#": "wfdesc.owl",
    "http://purl.org/wf4ever/wfprov#": "wfprov.owl",
    "https://w3id.org/ro/terms/workflow-run#": "wfrun.ttl",
    "https://w3id.org/airo#": "airo.ttl",
    "https://w3id.org/dpv/legal/eu/aiact#": "dpv-eu-aiact-2.3.ttl",
    "https://w3id.org/dpv/ai#": "dpv-ai-2.3.ttl",
    "https://w3id.org/dpv#": "dpv-2.3.ttl",
    "http://www.w3.org/ns/dqv#": "dqv.ttl",
    "http://www.w3.org/ns/odrl/2/": "odrl22.ttl",
}
_LOGIC = (str(RDF), str(RDFS), str(OWL))
_LINKS = {RDFS.isDefinedBy, RDFS.seeAlso}
MLDCAT = "http://data.europa.eu/it6/"
BIOSCHEMAS = "https://bioschemas.org/"


def are_here() -> bool:
    """Return whether the pinned copies lie beside the checkout."""
    return VOCABULARIES.is_dir() and CASES.is_dir()


def namespace_of(term: str) -> str:
    """Return the namespace of `term` among those with a pinned copy, or an empty text."""
    homes = (*_READERS, *DECLARED_IN)
    return max((home for home in homes if term.startswith(home)), key=len, default="")


@cache
def terms_of(namespace: str) -> frozenset[str]:
    """Return every term that the pinned copy of a vocabulary declares."""
    if reader := _READERS.get(namespace):
        return frozenset(reader())
    if namespace not in DECLARED_IN:
        return frozenset()
    graph = _graph(DECLARED_IN[namespace])
    names = {str(term) for term in graph.subjects(RDF.type) if isinstance(term, URIRef) and term.startswith(namespace)}
    return frozenset(name for name in names if _is_a_name(name.removeprefix(namespace)))


def axioms_of(namespace: str) -> Graph:
    """Return what the pinned copy of a vocabulary says, without texts and links, from which nothing follows."""
    axioms = Graph()
    for said in _graph(DECLARED_IN[namespace]):
        if str(said[1]).startswith(_LOGIC) and said[1] not in _LINKS and not isinstance(said[2], Literal):
            axioms.add(said)
    return axioms


def _graph(name: str) -> Graph:
    # rdflib reads JSON-LD only with a warning about a class of its own.
    kind = {".owl": RdfFormat.RDF_XML, ".ttl": RdfFormat.TURTLE, ".jsonld": RdfFormat.JSON_LD}[Path(name).suffix]
    parsed = Dataset(parse(path=VOCABULARIES / name, format=kind))
    return Graph().parse(data=serialize(parsed, format=RdfFormat.N_QUADS) or b"", format="nt")


def _is_a_name(local: str) -> bool:
    # Ontologies, collections of terms and formats of files stand in the same namespaces as the terms.
    return bool(re.fullmatch(r"\w[\w./-]*", local)) and not re.search(r"-(classes|properties)$|^serialisation-", local)


def _p_plan() -> Iterable[str]:
    lines = (VOCABULARIES / "p-plan-terms.txt").read_text("utf-8").splitlines()
    return (P_PLAN + name for line in lines if not line.startswith("#") for name in line.split())


def _mldcat() -> Iterable[str]:
    graph = _graph("mldcat-ap-3.1.0-shacl.ttl")
    return {str(term) for triple in graph for term in triple if isinstance(term, URIRef) and term.startswith(MLDCAT)}


def _crate_terms(namespace: str) -> set[str]:
    files = [CASES / "ro-crate-contexts" / version / "context.jsonld" for version in ("1.1", "1.2", "1.3")]
    contexts: list[Any] = [json.loads(file.read_text("utf-8"))["@context"] for file in files]
    named = {iri for context in contexts for iri in context.values() if isinstance(iri, str)}
    # RO-Crate still writes http; schema.org says that both mean the same.
    return {iri for iri in (n.replace("http://schema.org/", SCHEMA) for n in named) if iri.startswith(namespace)}


def _spdx(profile: str) -> Iterable[str]:
    """Yield the classes and properties of a profile, and its vocabularies with their entries."""
    for file in (CASES / "spdx-3" / profile).glob("*/*.md"):
        term = f"{SPDX}{profile}/{file.stem}"
        yield term
        if file.parent.name == "Vocabularies":
            entries = file.read_text("utf-8").partition("## Entries")[2]
            yield from (f"{term}/{name}" for name in re.findall(r"^- (\w+):", entries, re.MULTILINE))


def _cyclonedx() -> set[str]:
    file = CASES / "cyclonedx" / "schema" / "bom-1.6.schema.json"
    return set(_pointers(json.loads(file.read_text("utf-8"))["definitions"], f"{CYCLONEDX}/definitions"))


def _pointers(node: Any, path: str) -> Iterable[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield f"{path}/{key}"
            yield from _pointers(value, f"{path}/{key}")


_READERS: dict[str, Callable[[], Iterable[str]]] = {
    P_PLAN: _p_plan,
    MLDCAT: _mldcat,
    SCHEMA: lambda: _crate_terms(SCHEMA),
    BIOSCHEMAS: lambda: _crate_terms(BIOSCHEMAS),
    f"{SPDX}AI/": lambda: _spdx("AI"),
    f"{SPDX}Dataset/": lambda: _spdx("Dataset"),
    CYCLONEDX: _cyclonedx,
}
