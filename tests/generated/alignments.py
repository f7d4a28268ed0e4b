"""The alignments with other vocabularies as graphs, and the table of them in `ontology/README.md`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, URIRef

from provkg.resources import ONTOLOGY
from tests.generated.ontology import PVK

FOLDER: Final = ONTOLOGY / "alignments"
BEGIN: Final = "<!-- Rendered from alignments/: python -m pytest tests/test_alignments.py --rewrite -->\n"
END: Final = "<!-- End of what is rendered from alignments/ -->\n"

EXACT: Final = (SKOS.exactMatch,)
# A foreign term without a counterpart because provkg's own records use it.
USED_AS_IT_IS: Final = "Used as it is"

# How ours stands to theirs: below it, above it, near it, or only beside it.
SIGNS: Final = {
    RDFS.subClassOf: "⊂",
    RDFS.subPropertyOf: "⊂",
    SKOS.broadMatch: "<",
    SKOS.narrowMatch: ">",
    SKOS.closeMatch: "≈",
    SKOS.relatedMatch: "~",
}
MATCHES: Final = (*EXACT, *SIGNS)


def files() -> list[Path]:
    """Return the alignment files, in alphabetical order."""
    return sorted(FOLDER.glob("*.ttl"))


@cache
def alignment(file: Path) -> Graph:
    """Return what an alignment file says."""
    return Graph().parse(file)


def header(graph: Graph) -> URIRef:
    """Return the name of the alignment that `graph` holds."""
    (found,) = graph.subjects(RDF.type, OWL.Ontology)
    assert isinstance(found, URIRef)
    return found


def pairs(graph: Graph, relations: Iterable[URIRef] = MATCHES) -> list[tuple[URIRef, URIRef, URIRef]]:
    """Return every statement that relates a term of ours to a foreign one."""
    found = [(s, p, o) for p in relations for s, o in graph.subject_objects(p)]
    return sorted((s, p, o) for s, p, o in found if isinstance(s, URIRef) and isinstance(o, URIRef))


def without_counterpart(graph: Graph) -> dict[URIRef, str]:
    """Return the foreign terms without a counterpart, each with the reason."""
    notes = [(term, str(note)) for term, note in graph.subject_objects(SKOS.scopeNote) if term != header(graph)]
    return {term: note for term, note in notes if isinstance(term, URIRef)}


def render(readme: str) -> str:
    """Return `readme` with the table of what maps exactly, broadly and not at all rendered anew."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + "\n" + "\n".join(_section(file) for file in files()) + "\n" + END + rest.partition(END)[2]


def _section(file: Path) -> str:
    graph = alignment(file)
    title = str(graph.value(header(graph), DCTERMS.title)).removeprefix("provkg and ")
    lead = graph.value(header(graph), DCTERMS.description)
    rows = [
        ("exactly", _exactly(graph)),
        ("broadly", _related(graph, {*SIGNS} - {SKOS.relatedMatch})),
        ("only related", _related(graph, {SKOS.relatedMatch})),
        ("not at all", _not_at_all(graph)),
    ]
    table = "".join(f"| {name} | {text} |\n" for name, text in rows if text)
    return f"#### [{title}](alignments/{file.name})\n\n{lead}\n\n| | terms |\n|---|---|\n{table}"


def _exactly(graph: Graph) -> str:
    same = ", ".join(f"`{_short(graph, ours)}` = `{_short(graph, theirs)}`" for ours, _, theirs in pairs(graph, EXACT))
    return "<br>".join([*([same] if same else []), *(_grouped(graph, used_as_they_are=True))])


def _related(graph: Graph, relations: set[URIRef]) -> str:
    exact = {(ours, theirs) for ours, _, theirs in pairs(graph, EXACT)}
    # An axiom says more than the match beside it, so its sign is the one shown.
    signs = {(ours, theirs): SIGNS[sign] for sign in reversed(SIGNS) for ours, _, theirs in pairs(graph, (sign,))}
    chosen = {SIGNS[relation] for relation in relations}
    return ", ".join(
        f"`{_short(graph, ours)}` {sign} `{_short(graph, theirs)}`"
        for (ours, theirs), sign in sorted(signs.items())
        if sign in chosen and (ours, theirs) not in exact
    )


def _not_at_all(graph: Graph) -> str:
    rest = graph.value(header(graph), SKOS.scopeNote)
    return "<br>".join([*_grouped(graph, used_as_they_are=False), *([f"The rest: {rest}"] if rest else [])])


def _grouped(graph: Graph, *, used_as_they_are: bool) -> list[str]:
    reasons: dict[str, list[str]] = defaultdict(list)
    for term, reason in sorted(without_counterpart(graph).items()):
        if reason.startswith(USED_AS_IT_IS) == used_as_they_are:
            reasons[reason].append(f"`{_short(graph, term)}`")
    return [f"{', '.join(terms)}: {reason}" for reason, terms in reasons.items()]


def _short(graph: Graph, term: URIRef) -> str:
    if term.startswith(PVK):
        return term.removeprefix(PVK)
    if "#/definitions/" in term:
        return term.partition("#/definitions/")[2].replace("/properties/", ".")
    names = sorted(graph.namespaces(), key=lambda pair: -len(pair[1]))
    return next(f"{p}:{term.removeprefix(home)}" for p, home in names if term.startswith(home))
