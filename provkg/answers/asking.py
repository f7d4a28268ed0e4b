"""Asking a saved question, in whichever way it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, cast

from provkg.answers.asked import Asked, Rows
from provkg.index.answer import Answer
from provkg.questions import bound, check_known, filled, unpacked

if TYPE_CHECKING:
    from provkg.folder import Folder
    from provkg.index import ReadIndex
    from provkg.questions import Question
    from provkg.questions.binding import Resolve, Term, Value


def answer(
    question: Question, values: Mapping[str, Value | None], resolve: Resolve, index: ReadIndex, folder: Folder | None
) -> Answer:
    """Return what `index`, a state of the graph in `folder`, answers to `question`.

    Raises `BadParameter` for a value that is missing, unknown or of another type, `UnknownThing` for one that nothing
    in the graph has, `CannotRun` for a question that needs the ledger where there is no folder.
    """
    found = bound(question, values, resolve)
    check_known(question, values, found, index)
    if question.asks is None:
        return unpacked(question, index.query(filled(question, found, index.ledger_graph)))
    return answer_in_python(question, question.asks, found, index, folder)


def answer_in_python(
    question: Question,
    asks: str,
    found: Mapping[str, Term],
    index: ReadIndex,
    folder: Folder | None,
    limit: int | None = None,
) -> Answer:
    """Return what the module `asks` answers to `question` with the terms that were `found` for its parameters.

    At most `limit` rows of it, and then it says so.
    """
    # One more tells whether there are more.
    most = None if limit is None else limit + 1
    columns = tuple(column.name for column in question.columns)
    told = islice(_rows(asks)(Asked(index, folder, found, most)), most)
    rows = [tuple(row.get(column) for column in columns) for row in told]
    cut = limit is not None and len(rows) > limit
    return Answer(kind="table", size=index.size, columns=columns, rows=rows[:limit], cut=cut)


def _rows(asks: str) -> Rows:
    # Only the module of the question that is asked: each brings with it what it needs, of shapes or of the ledger.
    return cast("Rows", import_module(f"provkg.answers.{asks}").rows)
