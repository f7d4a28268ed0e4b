"""Names for blank nodes: a record has none, so that two copies of it are the same record.

The IRI is `{base}.well-known/genid/{key}` (RDF 1.1 Concepts, section 3.5), where the key comes from the whole file in
its canonical form (RDFC-1.0) and the node's label there: the same content gets the same names, whoever reads it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from provkg.errors import MalformedRDF
from provkg.identity import Names

Node = NamedNode | BlankNode | Literal | Triple | DefaultGraph
SECONDS: Final = 10.0


def has_blank_node(quad: Quad) -> bool:
    """Say whether a blank node stands anywhere in `quad`."""
    return any(isinstance(term, BlankNode) for term in (quad.subject, quad.object, quad.graph_name))


def named(quads: Sequence[Quad], names: Names, source: str, *, seconds: float = SECONDS) -> list[Quad]:
    """Return `quads` with an IRI for each blank node.

    Raises `MalformedRDF` when the blank nodes cannot be told apart within `seconds`.
    """
    canonical = _canonical(quads, source, seconds)
    digest = sha256(canonical).hexdigest()
    return [_renamed(quad, names, digest) for quad in parse(canonical, format=RdfFormat.N_QUADS)]


def _canonical(quads: Sequence[Quad], source: str, seconds: float) -> bytes:
    # RDFC-1.0 may take for ever on a few entangled nodes, and only a process can be stopped.
    command = [sys.executable, "-m", "provkg.exchange.skolem"]
    try:
        done = subprocess.run(command, input=_lines(quads), capture_output=True, timeout=seconds, check=True)  # noqa: S603
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise MalformedRDF(source, "its blank nodes are too entangled to be named; give them IRIs") from None
    return done.stdout


def _renamed(quad: Quad, names: Names, digest: str) -> Quad:
    def iri(term: Node) -> Node:
        if isinstance(term, BlankNode):
            return NamedNode(f"{names.base}.well-known/genid/{names.key([digest, term.value])}")
        return term

    return Quad(iri(quad.subject), quad.predicate, iri(quad.object), iri(quad.graph_name))  # type: ignore[arg-type]  # an IRI may stand wherever a blank node does


def _lines(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def _canonicalize_standard_input() -> None:
    dataset = Dataset(parse(sys.stdin.buffer.read(), format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    sys.stdout.buffer.write(b"".join(sorted(_lines(dataset).splitlines(keepends=True))))


if __name__ == "__main__":
    _canonicalize_standard_input()
