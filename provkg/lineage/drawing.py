"""A lineage as text for drawing programs: Graphviz dot and Mermaid.

Things point at the runs that made them and runs at what they used, in the colours that PROV's own diagrams have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provkg.lineage.graph import Kind, Lineage, Node
from provkg.lineage.wording import in_words, joined

# The PROV working group's layout conventions: entities yellow, activities blue, agents orange.
FILL: Final[dict[Kind, str]] = {"entity": "#fffcd5", "activity": "#cfceff", "agent": "#fed37f"}
LINE: Final[dict[Kind, str]] = {"entity": "#808080", "activity": "#0000ff", "agent": "#000000"}
LINE_OF_ENDED: Final = "#c00000"
"""Around what was recalled, withdrawn or otherwise ended."""
_DOT_SHAPE: Final[dict[Kind, str]] = {"entity": "ellipse", "activity": "box", "agent": "house"}
_MERMAID_SHAPE: Final[dict[Kind, tuple[str, str]]] = {
    "entity": ("([", "])"),
    "activity": ("[", "]"),
    "agent": ("{{", "}}"),
}


MADE_BY: Final = "made by"


@dataclass(frozen=True)
class Arrow:
    """A line of the drawing, from what depends to what it depends on."""

    source: str
    target: str
    label: str


def arrows(lineage: Lineage) -> list[Arrow]:
    """Return the lines of a drawing: through the run where one used what its product depends on, else direct."""
    labels: dict[tuple[str, str], list[str]] = {}
    for source, target, label in _arrows(lineage):
        labels.setdefault((source, target), []).append(label)
    return [Arrow(*ends, joined(found)) for ends, found in labels.items()]


def line_of(node: Node) -> str:
    """Return the colour of the line around `node`."""
    return LINE_OF_ENDED if node.ended is not None else LINE[node.kind]


def dot(lineage: Lineage) -> str:
    """Return the lineage in Graphviz's language."""
    ids = _ids(lineage)
    lines = ["digraph lineage {", "  node [style=filled, fontname=Helvetica]; edge [fontname=Helvetica, fontsize=10];"]
    for iri, id_ in ids.items():
        node = lineage.nodes[iri]
        label = "\\n".join(map(_dot_text, filter(None, (node.label, node.type_in_words, node.mark))))
        look = f'shape={_DOT_SHAPE[node.kind]}, fillcolor="{FILL[node.kind]}", color="{line_of(node)}"'
        lines.append(f'  {id_} [label="{label}", tooltip="{_dot_text(iri)}", {look}{_dot_root(lineage, iri)}];')
    lines += [
        f'  {ids[a.source]} -> {ids[a.target]} [label="{_dot_text(a.label)}"];'
        for a in (*arrows(lineage), *_agent_arrows(lineage))
    ]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(lineage: Lineage) -> str:
    """Return the lineage as a Mermaid flowchart, which Markdown pages draw."""
    ids = _ids(lineage)
    lines = ["flowchart TD"]
    for iri, id_ in ids.items():
        node = lineage.nodes[iri]
        opening, closing = _MERMAID_SHAPE[node.kind]
        ended = f"<br/>{_mermaid_text(node.mark)}" if node.mark else ""
        label = f"{_mermaid_text(node.label)}<br/>{node.type_in_words}{ended}"
        lines.append(f'  {id_}{opening}"{label}"{closing}:::{"ended" if ended else node.kind}')
    lines += [
        f'  {ids[a.source]} -->|"{_mermaid_text(a.label)}"| {ids[a.target]}'
        for a in (*arrows(lineage), *_agent_arrows(lineage))
    ]
    lines += [f"  classDef {kind} fill:{FILL[kind]},stroke:{LINE[kind]},color:#000" for kind in FILL]
    if any(node.mark for node in lineage.nodes.values()):
        lines.append(f"  classDef ended fill:{FILL['entity']},stroke:{LINE_OF_ENDED},color:#000")
    return "\n".join(lines) + "\n"


def _arrows(lineage: Lineage) -> Iterator[tuple[str, str, str]]:
    for dependency in lineage.dependencies:
        run, use = dependency.run, dependency.use
        if lineage.made_by.get(dependency.source) == dependency.target:
            continue
        if run is not None and use is not None and lineage.made_by.get(dependency.source) == run:
            yield run, dependency.target, in_words(use)
        else:
            yield dependency.source, dependency.target, in_words(dependency.relation)
    for iri, run in lineage.made_by.items():
        yield iri, run, MADE_BY


def _agent_arrows(lineage: Lineage) -> list[Arrow]:
    return [Arrow(run, agent, "by") for run, agents in lineage.agents.items() for agent in agents]


def _ids(lineage: Lineage) -> dict[str, str]:
    return {iri: f"n{number}" for number, iri in enumerate(sorted(lineage.nodes))}


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _dot_root(lineage: Lineage, iri: str) -> str:
    return ", penwidth=2" if iri in lineage.roots else ""


def _mermaid_text(text: str) -> str:
    # Mermaid reads HTML entities and Markdown inside quotes.
    escaped = (f"#{ord(letter)};" if letter in '"#<>&;`*_[]{}|\\' else letter for letter in text.replace("\n", " "))
    return "".join(escaped)
