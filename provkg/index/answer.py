"""What a query answers: a table, yes or no, or a graph, with the state of the ledger that it speaks for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The whole answer to one query, or, when `cut`, as much of it as was asked for.

    `size` is the number of ledger entries that the answer stands for; later ones were not seen.
    """

    kind: OneOf["table", "boolean", "graph"]
    size: int
    columns: tuple[str, ...] = ()
    rows: list[tuple[Term | None, ...]] = field(default_factory=list)
    boolean: bool | None = None
    triples: list[Triple] = field(default_factory=list)
    cut: bool = False

    def __iter__(self) -> Iterator[tuple[Term | None, ...] | Triple]:
        """Go through the rows of a table, or the triples of a graph."""
        return iter(self.triples) if self.kind == "graph" else iter(self.rows)

    def __len__(self) -> int:
        return len(self.triples) if self.kind == "graph" else len(self.rows)

    def __bool__(self) -> bool:
        """Whether the answer is yes, or has anything in it."""
        return len(self) > 0 if self.boolean is None else self.boolean
