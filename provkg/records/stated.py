"""Statements that came as RDF, on their way through a spool to whoever holds the graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import RdfFormat, Triple, parse

from provkg.errors import Unreadable
from provkg.identity import Names
from provkg.records.description import Description


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stated(Description):
    """N-Triples lines without line ends, and how they ask to be judged; no thing of its own."""

    lines: tuple[str, ...]
    level: str | None = None
    engine: str | None = None

    def statements(self, names: Names) -> Iterator[Triple]:  # noqa: ARG002 - they are named already
        """Yield the statements; raises `Unreadable` for lines that are none."""
        text = "".join(f"{line}\n" for line in self.lines)
        try:
            for quad in parse(text, format=RdfFormat.N_TRIPLES):
                yield quad.triple
        except SyntaxError as error:
            raise Unreadable(f"no N-Triples: {error.msg}") from None
