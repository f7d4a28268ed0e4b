"""A lineage as GraphML (http://graphml.graphdrawing.org), which Gephi, yEd, igraph and networkx read."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from provkg.lineage.graph import Lineage
from provkg.lineage.networks import Attributes, edges, nodes

OF_NODES: Final = ("label", "name", "version", "kind", "type", "when", "ended")
OF_EDGES: Final = ("relation", "run", "use", "records")
# What XML 1.0, section 2.2, has no place for, even escaped.
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(lineage: Lineage) -> str:
    """Return things, runs and agents with all that leads from one to the other, each dependency with its records."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    for domain, names in (("node", OF_NODES), ("edge", OF_EDGES)):
        lines += [f'  <key id="{domain}-{n}" for="{domain}" attr.name="{n}" attr.type="string"/>' for n in names]
    lines.append('  <graph id="lineage" edgedefault="directed">')
    for iri, said in nodes(lineage):
        lines.append(f"    <node id={_attribute(iri)}>{_data('node', said)}</node>")
    for number, (source, target, said) in enumerate(edges(lineage.explained())):
        ends = f"source={_attribute(source)} target={_attribute(target)}"
        lines.append(f'    <edge id="e{number}" {ends}>{_data("edge", said)}</edge>')
    return "\n".join([*lines, "  </graph>", "</graphml>"]) + "\n"


def _data(domain: str, said: Attributes) -> str:
    return "".join(f'<data key="{domain}-{name}">{escape(_clean(text))}</data>' for name, text in said.items())


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
