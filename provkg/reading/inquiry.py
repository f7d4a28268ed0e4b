"""A question on its way to its answer: the query as it is sent, and the state of a graph that it is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent
from time import perf_counter
from typing import TYPE_CHECKING

from provkg.answers import answer_in_python
from provkg.forms import Calling, Sheet
from provkg.index import Answer, Stream
from provkg.questions import unpacked, unpacked_rows

if TYPE_CHECKING:
    from provkg.folder import Folder
    from provkg.index import ReadIndex
    from provkg.questions import Question
    from provkg.questions.binding import Term


@dataclass(frozen=True)
class Inquiry:
    """The SPARQL `text`, of a saved `question` with the terms `given` for its parameters, and where it is asked.

    `assumed` are the parameters for which their defaults stand; `calling` finds what things are called.
    """

    index: ReadIndex
    text: str
    calling: Calling
    folder: Folder | None = None
    question: Question | None = None
    given: Mapping[str, Term] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)

    def answer(self, limit: int | None = None) -> tuple[Answer, float]:
        """Return the whole answer, or the first `limit` rows of it, and the seconds that it took."""
        start = perf_counter()
        if self.question is None:
            answer = self.index.query(self.text, limit=limit)
        else:
            told = self._in_python(self.question)
            answer = unpacked(self.question, self.index.query(self.text)) if told is None else told
        return answer, perf_counter() - start

    def sheet(self, *, limit: int | None = None, iris: bool = False) -> Sheet:
        """Return the answer as rows that come one by one, at most `limit`; with `iris`, things keep their IRIs."""
        if self.question is not None and (told := self._in_python(self.question)) is not None:
            return self.sheet_of(Stream.of(told, limit), iris=iris)
        found = self.index.stream(self.text)
        if self.question is not None and found.kind == "table":
            # A row may hold many points, so the limit counts what comes of it.
            rows = unpacked_rows(self.question, found.columns, found)
            found = Stream(found.kind, found.size, found.columns, rows, None)
        found.limit = limit
        return self.sheet_of(found, iris=iris)

    def told(self) -> str:
        """Return the query as it is sent, with what its parameters stand for."""
        said = [f"asked: {self.question.path}: {self.question.summary}"] if self.question is not None else []
        for name, term in self.given.items():
            said.append(f"  {name} = {term}{' (by default)' if name in self.assumed else ''}")
        query = "\n".join(line for line in self.text.strip().splitlines() if not line.startswith("#+"))
        return "\n".join([*said, "query:", indent(query, "  ")])

    def sheet_of(self, stream: Stream, *, iris: bool = False) -> Sheet:
        """Return `stream`, which answers this, with what is known about it."""
        question = self.question
        columns, title = ((), "") if question is None else (question.columns, question.summary)
        return Sheet(stream, columns, None if iris else self.calling, self.assumed, title)

    def _in_python(self, question: Question) -> Answer | None:
        """Return the answer to a question that SPARQL cannot ask, or None to one that it can."""
        if question.asks is None:
            return None
        return answer_in_python(question, question.asks, self.given, self.index, self.folder)
