"""Rows for the points of a series that lie packed in one literal, so that an answer holds every point."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from provkg.literals import double, literal, python_value
from provkg.questions.terms import Term
from provkg.vocabulary import packedSeries

if TYPE_CHECKING:
    from provkg.index.answer import Answer
    from provkg.questions.question import Question

Row = tuple[Term | None, ...]


def unpacked(question: Question, answer: Answer) -> Answer:
    """Return `answer` with a row per point where the question says in which columns packed points stand.

    Rows that agree in all other columns are one series: its points come in the order of their places.
    """
    if question.unpack is None or not _any_packed(answer.rows):
        return answer
    return replace(answer, rows=list(unpacked_rows(question, answer.columns, answer.rows)))


def unpacked_rows(question: Question, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    """Yield `rows` so unpacked; of what streams, one series at a time is in memory."""
    if question.unpack is None:
        yield from rows
        return
    place, value = map(columns.index, question.unpack)

    def series(row: Row) -> list[Term | None]:
        return [term for column, term in enumerate(row) if column not in {place, value}]

    def at(row: Row) -> float:
        found = row[place]
        number = python_value(found) if isinstance(found, Literal) else None
        return number if isinstance(number, int | float) else -1

    for _, group in groupby(rows, key=series):
        together = list(group)
        if not _any_packed(together):
            yield from together
            continue
        points = dict.fromkeys(point for row in together for point in _points(row, place, value))
        yield from sorted(points, key=at)


def _any_packed(rows: Sequence[Row]) -> bool:
    return any(_is_packed(term) for row in rows for term in row)


def _is_packed(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype == packedSeries


def _points(row: Row, place: int, value: int) -> Iterator[Row]:
    packed = row[value]
    if not isinstance(packed, Literal) or packed.datatype != packedSeries:
        yield row
        return
    try:
        pairs = [(literal(int(at)), double(float(number))) for at, number in json.loads(packed.value)]
    except (ValueError, TypeError, OverflowError):
        # What others packed in a way of their own is shown as it stands rather than lost.
        yield row
        return
    for at, number in pairs:
        cells = list(row)
        cells[place], cells[value] = at, number
        yield tuple(cells)
