"""A lineage as text, in each of its formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from provkg.errors import BadParameter
from provkg.lineage.drawing import dot, mermaid
from provkg.lineage.graph import TEXT_FORMATS, Lineage
from provkg.lineage.graphml import graphml
from provkg.lineage.paths import told_paths
from provkg.lineage.picture import MAX_NODES, svg
from provkg.lineage.table import html_table, table
from provkg.lineage.tree import tree

WHOLE: Final[Mapping[str, Callable[[Lineage], str]]] = {"json": Lineage.to_json, "graphml": graphml}
"""What programs read holds everything."""
DRAWN: Final[Mapping[str, Callable[[Lineage], str]]] = {
    "tree": tree,
    "table": table,
    "paths": told_paths,
    "dot": dot,
    "mermaid": mermaid,
    "svg": svg,
}


def written(lineage: Lineage, format: str, *, everything: bool) -> str:  # noqa: A002 - the word that people type
    """Return `lineage` in `format`."""
    if format in WHOLE:
        return WHOLE[format](lineage)
    if format not in DRAWN:
        raise BadParameter(f"{format!r} is no format of a lineage; take one of {', '.join(TEXT_FORMATS)}")
    return DRAWN[format](lineage if everything else _shown(lineage))


def drawn(lineage: Lineage) -> str | None:
    """Return `lineage` as a picture, or None where it is too large for one."""
    shown = _shown(lineage)
    return svg(shown) if len(shown.nodes) <= MAX_NODES else None


def listed(lineage: Lineage) -> str | None:
    """Return `lineage` as a table of HTML where it is too large for a picture, else None."""
    shown = _shown(lineage)
    return html_table(shown) if len(shown.nodes) > MAX_NODES else None


def _shown(lineage: Lineage) -> Lineage:
    # What lies between two things may be an environment: left out, there would be no way. Who names kinds wants them.
    chosen = lineage.end is not None or lineage.limits.kinds
    return lineage if chosen else lineage.without_surroundings()
