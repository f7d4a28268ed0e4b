"""An answer on its way to paper: rows as they come, heads with units, and names in place of IRIs where people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.index import Row, Stream, Term
from provkg.questions.terms import is_number, short

if TYPE_CHECKING:
    from provkg.questions.question import Column

Calling = Callable[[Iterable[NamedNode]], Mapping[str, str]]
"""Finds what things are called, by IRI, many at a time."""
TOGETHER: Final = 1000
"""Rows whose names are looked up at once, and by which the sides on which columns stand are judged."""
NO_ROWS: Final = "no rows"
_NUMBERS: Final = frozenset({"integer", "double", "decimal"})


@dataclass
class Sheet:
    """A stream with what is known about it: the columns, what things are called, and which defaults applied."""

    stream: Stream
    columns: Sequence[Column] = ()
    calling: Calling | None = None
    """None leaves IRIs whole."""
    assumed: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    when_empty: str = ""
    """What an answer without rows means, as a sentence."""

    @property
    def titles(self) -> list[str]:
        """The heads, those of quantities with their units."""
        units = {column.name: column.unit for column in self.columns if column.unit}
        return [f"{head} [{units[head]}]" if head in units else head for head in self.stream.columns]

    def named(self) -> Iterator[tuple[list[Row], list[list[str]]]]:
        """Yield some rows at a time, and their cells as people read them."""
        rows = iter(self.stream)
        while some := list(islice(rows, TOGETHER)):
            names = self.calling(iris_in(some)) if self.calling else None
            yield some, [[self._cell(term, names) for term in row] for row in some]

    def flush_right(self, rows: Sequence[Row]) -> list[bool]:
        """Return which columns hold numbers, judged by `rows`, or without any by what the columns are to hold."""
        kinds = {column.name: column.type for column in self.columns}
        if not rows:
            return [kinds.get(head) in _NUMBERS for head in self.stream.columns]
        return [_is_numeric([row[place] for row in rows]) for place in range(len(self.stream.columns))]

    @property
    def remark(self) -> str:
        """What is said below the rows, once they were read: that there are none, or that there are more."""
        if not self.stream.count:
            said = without_rows(self.assumed)
            return f"{said}. {self.when_empty}" if self.when_empty else said
        return f"the first {self.stream.count:,} rows; there are more" if self.stream.cut else ""

    def _cell(self, term: Term | None, names: Mapping[str, str] | None) -> str:
        if names is None and isinstance(term, NamedNode):
            return term.value
        return visible(short(term, names))


def iris_in(rows: Iterable[Row]) -> Iterator[NamedNode]:
    """Yield the IRIs of `rows`."""
    return (term for row in rows for term in row if isinstance(term, NamedNode))


def without_rows(assumed: Mapping[str, str]) -> str:
    """Return what is said of an answer without rows: an unsuspected default may be why."""
    defaults = ", ".join(f"{name}={value}" for name, value in assumed.items())
    return f"{NO_ROWS}; with {defaults} by default" if defaults else NO_ROWS


def visible(text: str) -> str:
    """Return `text` with what a terminal or a page would obey rather than show, such as text direction, as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == " " else _escaped(each) for each in text)


def bare(term: Term | None) -> str:
    """Return the text of `term` alone, without its type or language."""
    return term.value if isinstance(term, NamedNode | Literal) else "" if term is None else str(term)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _is_numeric(column: Sequence[Term | None]) -> bool:
    given = [term for term in column if term is not None]
    return bool(given) and all(is_number(term) for term in given)
