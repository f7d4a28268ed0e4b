"""An answer in the hands of a person or a notebook: rows of Python values, a frame, or text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from provkg.errors import MissingExtra
from provkg.index import Answer
from provkg.literals import python_value
from provkg.questions.showing import cells, show
from provkg.questions.terms import Term, short

if TYPE_CHECKING:
    import pandas as pd

    from provkg.questions import Question


@dataclass(frozen=True, kw_only=True)
class Reply(Answer):
    """An answer and the question it answers; going through it gives one mapping a row, with Python values."""

    question: Question | None = None

    @classmethod
    def to(cls, question: Question | None, answer: Answer) -> Reply:
        """Return `answer` as the reply to `question`."""
        return cls(**vars(answer), question=question)

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

    def text(self, format: str = "table") -> str:  # noqa: A002 - the word that people type
        """Return the answer as table, csv, tsv or json text, a graph also as turtle."""
        return show(self, format, columns=self.question.columns if self.question else ())

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def _repr_html_(self) -> str:
        """Show itself as a table in a notebook."""
        heads, rows = cells(self)
        head = "".join(f"<th>{escape(name)}</th>" for name in heads)
        body = "".join(f"<tr>{''.join(f'<td>{_cell(term)}</td>' for term in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _value(term: Term | None) -> Any:
    match term:
        case Literal():
            return python_value(term)
        case NamedNode():
            return term.value
        case _:
            return None if term is None else str(term)


def _cell(term: Term | None) -> str:
    full = "" if term is None else getattr(term, "value", str(term))
    return f'<span title="{escape(full)}">{escape(short(term))}</span>'
