"""Lineage: what a thing rests on, and what rests on it, as a value that draws itself."""

from provkg.lineage.difference import Difference, difference
from provkg.lineage.drawing import dot, mermaid
from provkg.lineage.explaining import Statements
from provkg.lineage.graph import Dependency, Ended, Lineage, Node, Stated
from provkg.lineage.impact import Affected, Impact, impact
from provkg.lineage.picture import svg
from provkg.lineage.tracing import between, downstream, node, upstream
from provkg.lineage.tree import tree

__all__ = [
    "Affected",
    "Dependency",
    "Difference",
    "Ended",
    "Impact",
    "Lineage",
    "Node",
    "Stated",
    "Statements",
    "between",
    "difference",
    "dot",
    "downstream",
    "impact",
    "mermaid",
    "node",
    "svg",
    "tree",
    "upstream",
]
