"""What a question in Python is asked of: one state of a graph, and the values of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from provkg.errors import CannotRun
from provkg.literals import python_value

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, Triple

    from provkg.folder import Folder
    from provkg.gate.fields import Fields
    from provkg.index import ReadIndex
    from provkg.ledger import Ledger

Row = Mapping[str, "NamedNode | BlankNode | Literal | Triple | None"]
"""A row of an answer, by column; a column that is left out is empty."""
Rows = Callable[["Asked"], Iterator[Row]]
"""What a module here calls `rows`: the rows of its question, in their order."""


@dataclass(frozen=True)
class Asked:
    """One question as it is asked. Without a folder there is no ledger, and no shapes of the owner's."""

    index: ReadIndex
    folder: Folder | None
    values: Mapping[str, NamedNode | Literal]
    limit: int | None = None
    """How many rows are read at most; who finds the first of them sooner need not find them all."""

    @property
    def kept(self) -> Folder:
        """The folder of the graph; raises `CannotRun` where there is none."""
        if self.folder is None:
            raise CannotRun("the ledger answers this, and there is none here; open the graph with provkg.open(path)")
        return self.folder

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Give the ledger of the graph, to read from."""
        from provkg.ledger import Ledger  # with SQLite, which questions about the index do without

        with Ledger.open(self.kept.ledger, read_only=True) as ledger:
            yield ledger

    def fields(self, level: str, serving: tuple[str, ...] = ()) -> Fields:
        """Return what our shapes and the owner's ask at `level`, all or what serves one of `serving`.

        Raises `BadParameter` for a level that is none.
        """
        # With the SHACL engine, which most questions do without.
        from provkg.gate import own_files
        from provkg.gate.fields import fields

        own = () if self.folder is None else own_files(self.folder.own_shapes, self.folder.own_ontology).shapes
        return fields(level, own, serving)

    def thing(self, name: str) -> NamedNode | None:
        """Return the IRI that the parameter `name` has, if any."""
        value = self.values.get(name)
        return value if isinstance(value, NamedNode) else None

    def text(self, name: str) -> str | None:
        """Return the text of the parameter `name`, if any."""
        value = self.values.get(name)
        return None if value is None else value.value

    def number(self, name: str) -> float | None:
        """Return the number that the parameter `name` has, if any."""
        value = self.values.get(name)
        found = python_value(value) if isinstance(value, Literal) else None
        return None if found is None or isinstance(found, datetime) else float(found)

    def moment(self, name: str) -> datetime | None:
        """Return the moment that the parameter `name` has, if any."""
        value = self.values.get(name)
        found = python_value(value) if isinstance(value, Literal) else None
        return found if isinstance(found, datetime) else None
