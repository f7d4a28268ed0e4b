"""A lineage as nodes and edges with attributes: for networkx, and for what is written like it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provkg.errors import MissingExtra
from provkg.lineage.graph import Lineage

if TYPE_CHECKING:
    import networkx as nx

Attributes = dict[str, str]


def network(lineage: Lineage) -> nx.MultiDiGraph[str]:
    """Return a graph of networkx whose nodes are IRIs; raises `MissingExtra` where networkx is not installed."""
    try:
        import networkx  # the reader's own, provkg does not need it
    except ModuleNotFoundError as error:
        if error.name != "networkx":
            raise
        raise MissingExtra("networkx is not installed; run: pip install 'provkg[networkx]'") from None
    graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph(direction=lineage.direction, roots=list(lineage.roots))
    for iri, said in nodes(lineage):
        graph.add_node(iri, **said)
    for source, target, said in edges(lineage.explained()):
        graph.add_edge(source, target, **said)
    return graph


def nodes(lineage: Lineage) -> Iterator[tuple[str, Attributes]]:
    """Yield the IRI of each thing, run and agent, with what is said of it."""
    for iri, node in sorted(lineage.nodes.items()):
        said = {"label": node.label, "name": node.name, "version": node.version, "kind": node.kind, "type": node.type}
        ended = None if node.ended is None else str(node.ended)
        yield iri, _given({**said, "when": node.when, "ended": ended})


def edges(lineage: Lineage) -> Iterator[tuple[str, str, Attributes]]:
    """Yield what depends on what, which run made which thing, and who stood behind which run."""
    for each in (*lineage.dependencies, *lineage.origins()):
        records = " ".join(dict.fromkeys(stated.record for stated in each.stated)) or None
        said = {"relation": each.relation, "run": each.run, "use": each.use, "records": records}
        yield each.source, each.target, _given(said)


def _given(said: dict[str, str | None]) -> Attributes:
    return {name: text for name, text in said.items() if text is not None}
