"""Statements as lines of text that are the same on every machine, and back."""

from collections.abc import Iterable
from operator import itemgetter

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize

from provkg.vocabulary import xsd_string


def normalised(triples: Iterable[Triple]) -> list[Triple]:
    """Return `triples` with literals in the form that Oxigraph keeps, each once, in the order of their lines.

    Digests must be taken of what is stored: the store rewrites `1.0E-3` and integer subtypes, and the second time
    changes nothing.
    """
    said = dict.fromkeys(triples)
    # Only what may be rewritten goes through a store, which costs more than all the rest.
    rewritten = [triple for triple in said if _may_be_rewritten(triple.object)]
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in rewritten)
    kept = list({**dict.fromkeys(said.keys() - set(rewritten)), **dict.fromkeys(quad.triple for quad in store)})
    return [triple for _, triple in sorted(zip(lines_of(kept), kept, strict=True), key=itemgetter(0))]


def _may_be_rewritten(term: object) -> bool:
    return not isinstance(term, NamedNode) and not (isinstance(term, Literal) and term.datatype == xsd_string)


def lines_of(triples: Iterable[Triple]) -> list[str]:
    """Return one canonical N-Triples line a statement (RDF 1.1 N-Triples, section 4), without line ends."""
    text = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()
    # Not splitlines: literals may hold characters that Python takes for line ends, N-Triples does not.
    return text.split("\n")[:-1]


def triples_of(lines: Iterable[str]) -> list[Triple]:
    """Return the statements of canonical N-Triples lines."""
    return [quad.triple for quad in quads_of(lines)]


def quads_of(lines: Iterable[str]) -> list[Quad]:
    """Return the statements of canonical N-Triples lines as quads of the default graph."""
    return list(parse("".join(f"{line}\n" for line in lines), format=RdfFormat.N_TRIPLES))


def is_ground(triple: Triple) -> bool:
    """Whether a statement names everything it speaks of: blank nodes have no identity across records."""
    return isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal)
