"""Rows and columns of Python values: an answer's terms as the types that spreadsheets and frames know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from provkg.forms.sheet import bare
from provkg.index import Row as Terms
from provkg.index import Term
from provkg.literals import python_value

if TYPE_CHECKING:
    from provkg.questions.question import Column

Type = OneOf["boolean", "integer", "double", "dateTime", "string"]
TYPES: Final[Mapping[str, Type]] = {
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "decimal": "double",
    "dateTime": "dateTime",
}
_LARGEST: Final = 2**63 - 1


class Row(dict[str, Any]):
    """One row, by column: `row["accuracy"]` or `row.accuracy`; None where nothing is known.

    A column that is called as a method of mappings is (`items`, `keys`, `values`, `get` …) is read by `row["items"]`.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            near = get_close_matches(name, self, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(self)}"
            raise AttributeError(f"the row has no column {name!r}; {hint}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={value!r}' for name, value in self.items())})"


def typed_rows(heads: Sequence[str], rows: Sequence[Terms]) -> Iterator[Row]:
    """Yield rows of Python values."""
    return (Row(zip(heads, map(value_of, row), strict=True)) for row in rows)


def value_of(term: Term | None) -> Any:
    """Return the Python value of a term: of a literal what its datatype means, of an IRI its text."""
    match term:
        case Literal():
            return python_value(term)
        case NamedNode():
            return term.value
        case _:
            return None if term is None else str(term)


class TypedColumn:
    """A column in which every value has one `type`: the most telling that all have, else their text."""

    def __init__(self, name: str, terms: Sequence[Term | None], declared: str | None = None) -> None:
        values = [value_of(term) for term in terms]
        self.name, self.type = name, _type(values, declared)
        self.values = [_as(self.type, value, term) for value, term in zip(values, terms, strict=True)]

    @property
    def has_gaps(self) -> bool:
        """Whether a value is missing."""
        return None in self.values


def typed_columns(heads: Sequence[str], rows: Sequence[Terms], columns: Sequence[Column] = ()) -> list[TypedColumn]:
    """Return the columns of `rows`; what a question's `columns` are to hold counts where the rows leave it open."""
    declared = {column.name: column.type for column in columns}
    return [TypedColumn(head, [row[place] for row in rows], declared.get(head)) for place, head in enumerate(heads)]


def _type(values: Sequence[Any], declared: str | None) -> Type:
    seen = {_type_of(value) for value in values if value is not None}
    expected = TYPES.get(declared or "", "string")
    if not seen:
        return expected
    if seen <= {"integer", "double"}:
        # A column of doubles stays one where all of them happen to be whole.
        return "integer" if seen == {"integer"} and expected != "double" else "double"
    return seen.pop() if len(seen) == 1 else "string"


def _type_of(value: Any) -> Type:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer" if -_LARGEST <= value <= _LARGEST else "string"
        case float() | Decimal():
            return "double"
        case datetime():
            return "dateTime"
        case _:
            return "string"


def _as(kind: Type, value: Any, term: Term | None) -> Any:
    if value is None:
        return None
    match kind:
        case "double":
            return float(value)
        case "dateTime":
            # A time without a zone is nowhere on the line of time; records have none.
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        case "string":
            return bare(term)
        case _:
            return value
