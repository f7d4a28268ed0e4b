"""A question on its way to its answer: the query as it is sent, and the state of a graph that it is asked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import indent
from time import perf_counter
from typing import TYPE_CHECKING

from provkg.answers import answer_in_python
from provkg.errors import UsageError
from provkg.forms import Calling, Sheet
from provkg.index import Answer, Row, Stream
from provkg.questions import unpacked, unpacked_rows

if TYPE_CHECKING:
    from provkg.evidence import Behind
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
        if self.question is not None and (told := self._in_python(self.question, limit)) is not None:
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
        calling = None if iris else self.calling
        if question is None:
            return Sheet(stream, (), calling, self.assumed)
        return Sheet(stream, question.columns, calling, self.assumed, question.summary, question.when_empty)

    def looked_at(self, limit: int | None = None) -> str:
        """Return what is known of how many statements the graph looked at for the answer, or its first `limit` rows."""
        from provkg.evidence import matching  # only who asks how pays for it

        if self.question is not None and self.question.asks:
            return "it is no SPARQL, and reads the ledger or the whole graph"
        found = self.index.stream(self.text, limit=limit)
        behind = self._behind(found.columns, found)
        most, whole = matching(self.index, self.text)
        met = len(behind.statements)
        return f"{met:,} stand behind the rows; {'' if whole else 'over '}{most:,} match a pattern of the query"

    def proof(self, *, earlier: bytes | None = None, wait: float = 0, limit: int | None = None) -> bytes:
        """Return a bundle that proves what the answer, or its first `limit` rows, rests on: see `provkg verify`.

        It holds the records that state what the patterns of the query met in the solutions of these rows. Raises
        `UsageError` where no record does, `GraphHeld` as `provkg prove` does.
        """
        from provkg.evidence import answer_in, evidence
        from provkg.graph.proving import proof_of_answer
        from provkg.ledger import Ledger

        if self.folder is None:
            raise UsageError("this reader has no folder with a ledger; open the graph with provkg.open(path)")
        if self.question is not None and self.question.asks:
            raise UsageError(f"{self.question.path} is no SPARQL; prove what it names with: provkg prove NODE")
        found = self.index.stream(self.text, limit=limit)
        rows = list(found)
        behind = self._behind(found.columns, rows)
        with Ledger.open(self.folder.ledger, read_only=True) as ledger:
            records = evidence(self.index, ledger, behind)
        if not records.entries:
            raise UsageError("no record stands behind the answer: its rows, if it has any, rest on no statement")
        told = answer_in(self.text, found.columns, rows, records, self.folder.names)
        return proof_of_answer(self.folder, records.in_order, told, earlier=earlier, wait=wait)

    def _behind(self, columns: Sequence[str], rows: Iterable[Row]) -> Behind:
        from provkg.evidence import Behind

        return Behind(self.index, self.text, columns, rows)

    def _in_python(self, question: Question, limit: int | None = None) -> Answer | None:
        """Return the answer to a question that SPARQL cannot ask, or None to one that it can."""
        if question.asks is None:
            return None
        return answer_in_python(question, question.asks, self.given, self.index, self.folder, limit)
