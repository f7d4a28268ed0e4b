"""An answer in the hands of a person or a notebook: rows of Python values, a frame, or text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from provkg.errors import MissingExtra
from provkg.index import Answer
from provkg.literals import python_value
from provkg.questions.showing import cells, iris_in, show, without_rows
from provkg.questions.terms import Term, short

if TYPE_CHECKING:
    import pandas as pd

    from provkg.questions import Question


Calling = Callable[[Iterable[NamedNode]], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Reply(Answer):
    """An answer and the question it answers; going through it gives one mapping a row, with Python values.

    `calling` finds words for IRIs and `assumed` holds the defaults that applied; both show in tables only.
    """

    question: Question | None = None
    calling: Calling | None = None
    assumed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def to(
        cls,
        question: Question | None,
        answer: Answer,
        calling: Calling | None = None,
        assumed: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return `answer` as the reply to `question`."""
        return cls(**vars(answer), question=question, calling=calling, assumed=assumed or {})

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What the things in the answer are called, by IRI, so that the name leads back to the thing.

        Looked up when first asked for: only tables show names, and programs that take the rows need not wait for them.
        """
        return self.calling(iris_in(self)) if self.calling else {}

    def __iter__(self) -> Iterator[Any]:
        heads, rows = cells(self)
        return iter([{head: _value(term) for head, term in zip(heads, row, strict=True)} for row in rows])

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a frame; raises `MissingExtra` where pandas is not installed."""
        try:
            import pandas  # the reader's own, provkg does not need it
        except ModuleNotFoundError as error:
            if error.name != "pandas":
                raise
            raise MissingExtra("pandas is not installed; run: pip install pandas") from None
        heads, _ = cells(self)
        return pandas.DataFrame(list(self), columns=list(heads))

    def text(self, format: str = "table", *, iris: bool = False) -> str:  # noqa: A002 - the word that people type
        """Return the answer as table, csv, tsv, json or xml text, a graph also as turtle; `iris` leaves IRIs whole."""
        columns = self.question.columns if self.question else ()
        names = {} if iris or format != "table" else self.names
        return show(self, format, names, columns, self.assumed, iris=iris)

    def __repr__(self) -> str:
        if self.kind == "boolean":
            return f"Reply(boolean: {'yes' if self.boolean else 'no'})"
        heads, rows = cells(self)
        count = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
        return f"Reply({self.kind}: {count}; {', '.join(heads)})"

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def _repr_html_(self) -> str:
        """Show itself as a table in a notebook."""
        heads, rows = cells(self)
        head = "".join(f"<th>{escape(name)}</th>" for name in heads)
        body = "".join(f"<tr>{''.join(f'<td>{self._cell(term)}</td>' for term in row)}</tr>" for row in rows)
        if not rows:
            body = f'<tr><td colspan="{len(heads)}">{escape(without_rows(self.assumed))}</td></tr>'
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cell(self, term: Term | None) -> str:
        full = "" if term is None else getattr(term, "value", str(term))
        return f'<span title="{escape(full)}">{escape(short(term, self.names))}</span>'


def _value(term: Term | None) -> Any:
    match term:
        case Literal():
            return python_value(term)
        case NamedNode():
            return term.value
        case _:
            return None if term is None else str(term)
