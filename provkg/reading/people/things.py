"""What `provkg.toml` calls the things of a graph: the table, the name in it, and the files that patterns fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.score.reach import Statements
from provkg.vocabulary import SUPERCLASSES

CLASSES: Final = {
    "datasets": v.DatasetVersion,
    "models": v.ModelVersion,
    "experiments": v.Experiment,
    "runs": v.Run,
    "metrics": v.Measurement,
    "deployments": v.Deployment,
}
_METRIC: Final = f"{v.MetricKind.value}-"


@dataclass(frozen=True)
class Thing:
    """A node of the graph as people know it; `table` is None for what no table speaks of."""

    node: NamedNode
    table: str | None
    name: str
    types: frozenset[NamedNode]


def thing_of(statements: Statements, node: NamedNode) -> Thing:
    """Return what people call `node`."""
    types = statements.types(node)
    kinds = types | {above for kind in types for above in SUPERCLASSES.get(kind, ())}
    table = next((table for table, kind in CLASSES.items() if kind in kinds), None)
    return Thing(node, table, _name(statements, node, table) or node.value, frozenset(kinds))


def paths_of(statements: Statements, node: NamedNode) -> list[str]:
    """Return where the files of `node` lay, and where it was read from, as paths."""
    files = _nodes(statements, node, v.hasFile)
    places = [text for file in files for text in _texts(statements, file, v.storageLocation)]
    sources = _nodes(statements, node, v.obtainedFrom) + _nodes(statements, node, v.prov_hadPrimarySource)
    places += [text for source in sources for text in _texts(statements, source, v.dct_identifier)]
    return [unquote(urlsplit(place).path) for place in places if place.startswith("file:")]


def _name(statements: Statements, node: NamedNode, table: str | None) -> str | None:
    if table in {"datasets", "models"}:
        wholes = _nodes(statements, node, v.versionOf)
        return min((name for whole in wholes for name in _texts(statements, whole, v.dct_title)), default=None)
    if table == "metrics":
        return next(_metrics(statements, node), None)
    return min(_texts(statements, node, v.dct_title), default=None)


def _metrics(statements: Statements, node: NamedNode) -> Iterator[str]:
    for kind in _nodes(statements, node, v.metricKind):
        if kind.value.startswith(_METRIC):
            yield kind.value.removeprefix(_METRIC)
        yield from _texts(statements, kind, v.skos_prefLabel)


def _nodes(statements: Statements, node: NamedNode, relation: NamedNode) -> list[NamedNode]:
    said = statements.about(node)
    return [t.object for t in said if t.predicate == relation and isinstance(t.object, NamedNode)]


def _texts(statements: Statements, node: NamedNode, relation: NamedNode) -> list[str]:
    said = statements.about(node)
    return [t.object.value for t in said if t.predicate == relation and isinstance(t.object, Literal)]
