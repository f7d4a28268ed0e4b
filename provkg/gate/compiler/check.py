"""What one constraint asks of one node, before it becomes a query or a condition inside another constraint."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from provkg.gate.shapes import sh


@dataclass(frozen=True)
class Entry:
    """A pattern that reads every statement of a property first, and the condition under which its subject violates."""

    predicate: NamedNode
    pattern: str
    violated: str
    once: bool = False
    """Whether no answer can come twice."""
    needs_two: bool = False
    """Whether only a node with two values of the property violates."""


@dataclass(frozen=True)
class Check:
    """The violations of one constraint by a node that a variable stands for.

    Each answer of `pattern` for which the condition `violated` holds is one; without a pattern there is at most one.
    """

    component: NamedNode
    pattern: str = ""
    violated: str = "true"
    value: str | None = None
    path: str | None = None
    message: str | None = None
    words: str | None = None
    """A sentence of this constraint's own."""
    placeholders: tuple[tuple[str, str], ...] = ()
    """The names in `words` that each result replaces, with their variables."""
    others: tuple[str, ...] = ()
    """Variables that tell results apart."""
    repeats: bool = False
    """Whether the pattern may give the same answer twice."""
    entry: Entry | None = None
    """The same question, begun with all statements of one property."""
    looks_up: bool = True
    """Whether `violated` reads the graph again; most constraints on a value's own form do not."""

    @property
    def holds(self) -> str:
        """The condition that the node does not violate the constraint."""
        if not self.pattern:
            return f"!({self.violated})"
        asked = "" if self.violated == "true" else f" FILTER({self.violated})"
        return f"NOT EXISTS {{ {self.pattern}{asked} }}"


def component(name: str) -> NamedNode:
    """Return the IRI of SHACL's constraint component `name`."""
    return sh(f"{name}ConstraintComponent")
