"""What a query answers: a table, yes or no, or a graph, with the state of the ledger that it speaks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal | Triple
Row = tuple[Term | None, ...]
Kind = OneOf["table", "boolean", "graph"]
# The heads under which a graph and a yes-or-no are written as rows.
OF_A_GRAPH: Final = ("subject", "predicate", "object")
OF_A_BOOLEAN: Final = ("answer",)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The whole answer to one query, or, when `cut`, as much of it as was asked for.

    `size` is the number of ledger entries that the answer stands for; later ones were not seen.
    """

    kind: Kind
    size: int
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    boolean: bool | None = None
    triples: list[Triple] = field(default_factory=list)
    cut: bool = False

    def __iter__(self) -> Iterator[Row | Triple]:
        """Go through the rows of a table, or the triples of a graph."""
        return iter(self.triples) if self.kind == "graph" else iter(self.rows)

    def __len__(self) -> int:
        return len(self.triples) if self.kind == "graph" else len(self.rows)

    def __bool__(self) -> bool:
        """Whether the answer is yes, or has anything in it."""
        return len(self) > 0 if self.boolean is None else self.boolean


class Stream:
    """An answer whose rows come one by one, to be gone through once and in the thread that asked.

    A graph has one row a triple, a yes-or-no one row in all. At most `limit` rows come; whether that `cut` the answer,
    and how many rows came, is known at the end.
    """

    def __init__(self, kind: Kind, size: int, columns: tuple[str, ...], rows: Iterable[Row], limit: int | None) -> None:
        self.kind, self.size, self.columns, self.limit = kind, size, columns, limit
        self._rows = iter(rows)
        self.count, self.cut = 0, False

    @classmethod
    def of(cls, answer: Answer, limit: int | None = None) -> Stream:
        """Return the rows of an answer that is there already, at most `limit`; those of a graph are sorted."""
        match answer.kind:
            case "graph":
                stream = cls("graph", answer.size, OF_A_GRAPH, sorted_rows(answer.triples), limit)
            case "boolean":
                rows: list[Row] = [(Literal(bool(answer.boolean)),)]
                stream = cls("boolean", answer.size, OF_A_BOOLEAN, rows, limit)
            case _:
                stream = cls("table", answer.size, answer.columns, answer.rows, limit)
        stream.cut = answer.cut
        return stream

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            if self.count == self.limit:
                self.cut = True
                return
            self.count += 1
            yield row


def sorted_rows(triples: Iterable[Triple]) -> list[Row]:
    """Return triples as rows, in an order that is the same whenever they are."""
    return [(triple.subject, triple.predicate, triple.object) for triple in sorted(triples, key=str)]
