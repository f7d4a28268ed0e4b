"""The tables in `shapes/README.md`: what is asked at which level, why and for whom, and what values look like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rdflib import RDFS, SH, Graph, URIRef
from rdflib.collection import Collection

from provkg.resources import SHAPES

BEGIN = "<!-- Rendered from the files here: python -m pytest tests/test_shapes.py --rewrite -->\n"
LEVEL = URIRef("https://w3id.org/provkg#level")
SERVES = URIRef("https://w3id.org/provkg#servesRequirement")
HEAD = "| constraint | what is asked | level | why | serves |\n|---|---|---|---|---|\n"
VALUE_FACETS = ("datatype", "class", "nodeKind", "or", "in", "pattern", "minInclusive", "maxInclusive", "maxCount")


def render(readme: str) -> str:
    """Return `readme` with its tables, which follow the mark to the end, rendered anew."""
    return (
        readme.partition(BEGIN)[0] + BEGIN + "\n" + "\n".join(_section(file) for file in sorted(SHAPES.glob("*.ttl")))
    )


def _section(file: Path) -> str:
    graph = Graph().parse(file)
    lead = file.read_text("utf-8").splitlines()[0].removeprefix("# ")
    tables = [table for table in (_asked(graph), _values(graph)) if table]
    return f"### [{file.stem}]({file.name})\n\n{lead}\n\n" + "\n".join(tables)


def _asked(graph: Graph) -> str:
    rows = [
        f"| `{_local(shape)}` | {graph.value(shape, SH.message)} | {_level(graph, shape)} | {why} "
        f"| {graph.value(shape, SERVES)} |\n"
        for shape in _constraints(graph)
        if (why := graph.value(shape, RDFS.comment))
    ]
    return HEAD + "".join(rows) if rows else ""


def _values(graph: Graph) -> str:
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for shape in _constraints(graph):
        path = graph.value(shape, SH.path)
        if isinstance(path, URIRef) and not graph.value(shape, RDFS.comment):
            said[_local(shape).split("-", 1)[0], graph.qname(path)] += _facets(graph, shape)
    rows = [
        f"| {owner} | `{path}` | {', '.join(facets)} |\n" for (owner, path), facets in sorted(said.items()) if facets
    ]
    return "| of | property | values |\n|---|---|---|\n" + "".join(rows) if rows else ""


def _facets(graph: Graph, shape: URIRef) -> Iterator[str]:
    for name in VALUE_FACETS:
        for value in graph.objects(shape, SH[name]):
            match name:
                case "or":
                    members = (
                        graph.value(each, SH.datatype) or graph.value(each, SH["class"])
                        for each in Collection(graph, value)
                    )
                    yield " or ".join(graph.qname(str(member)) for member in members)
                case "in":
                    yield "one of " + ", ".join(str(member) for member in Collection(graph, value))
                case "pattern":
                    yield f"`{str(value).replace('|', chr(92) + '|')}`"
                case "minInclusive" | "maxInclusive" | "maxCount":
                    yield f"{ {'minInclusive': '≥', 'maxInclusive': '≤', 'maxCount': 'at most'}[name] } {value}"
                case _:
                    yield graph.qname(str(value))


def _constraints(graph: Graph) -> list[URIRef]:
    return sorted(shape for shape in graph.subjects(LEVEL) if isinstance(shape, URIRef))


def _local(term: URIRef) -> str:
    return str(term).rpartition("#")[2]


def _level(graph: Graph, shape: URIRef) -> str:
    return str(graph.value(shape, LEVEL)).rpartition("-")[2]
