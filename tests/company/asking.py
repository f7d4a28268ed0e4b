"""Asking the company: its whole story in one store, and the story without some statements, put back afterwards."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from provkg.answers.asked import Asked
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.index import Answer, ReadIndex
from provkg.index.dependencies import Dependencies
from provkg.questions import Naming, Question, bind, bound, unpacked
from provkg.questions.terms import Term
from tests import company
from tests.told import Told as KeptRecord
from tests.told import keep, keep_ledger, readable

Pattern = tuple[Term | None, Term | None, Term | None]
ANYTHING = "?"
# Asked of the ledger, which the company has none of until it is kept.
OF_THE_LEDGER = {"records/conflicting-assertions", "records/ledger-intact", "records/record-of-statement"}
VALUE = re.compile(r"^# (?!without )(\w+) = (.+)$", re.MULTILINE)
WITHOUT = re.compile(r"^# without = (.+)$", re.MULTILINE)


class Told:
    """The company in one store, and the store as it would be if some statements had never been made."""

    def __init__(self) -> None:
        self._stated = company.stated()
        self._closed = set(closed(self._stated))
        self._store = company.store(self._stated)
        self._about_records = list(self._store.quads_for_pattern(None, None, None, company.LEDGER_GRAPH))
        self.index = ReadIndex(company.FOLDER, len(company.records()), self._store, -1)
        self._missing: frozenset[Triple] = frozenset()
        self._changed = False

    def text(self, question: Question, values: Mapping[str, str]) -> str:
        """Return the SPARQL text of `question` with its values, whose things are named as people name them."""
        return bind(question, values, Naming(self.index).resolve, company.LEDGER_GRAPH)

    def asker(self, question: Question, values: Mapping[str, str]) -> Callable[[], Answer]:
        """Return what asks `question` of what the store says by then; its things are those known by name now."""
        if question.asks is not None:
            return partial(self._in_python, question, bound(question, values, Naming(self.index).resolve))
        text = self.text(question, values)
        return lambda: unpacked(question, self.index.query(text))

    def _in_python(self, question: Question, values: Mapping[str, NamedNode | Literal]) -> Answer:
        rows = import_module(f"provkg.answers.{question.asks}").rows
        columns = tuple(column.name for column in question.columns)
        if question.path not in OF_THE_LEDGER:
            return _answer(columns, rows(Asked(self.index, None, values)), {})
        with TemporaryDirectory() as place:
            told = [_told(record, self._missing) for record in company.records()]
            # What was signed is asked of a ledger that is intact.
            keeping = keep if question.path == "records/ledger-intact" else keep_ledger
            folder = keeping(Path(place) / "kg", company.BASE, told)
            # The shapes that the company has of its own came after the records.
            copytree(company.FOLDER / "shapes", folder.path / "shapes")
            self._spoil(folder)
            return _answer(columns, rows(Asked(self.index, folder, values)), readable(folder, told))

    @contextmanager
    def with_a_changed_byte(self) -> Iterator[None]:
        """Let the text of the ledger be another than was told, wherever it is asked."""
        self._changed = True
        try:
            yield
        finally:
            self._changed = False

    def _spoil(self, folder: Folder) -> None:
        if self._changed:
            with closing(sqlite3.connect(folder.ledger)) as connection, connection:
                connection.execute("UPDATE text SET lines = replace(lines, 'january', 'february') WHERE position = 12")

    @contextmanager
    def without(self, patterns: Iterable[Pattern]) -> Iterator[None]:
        """Take out what matches, with all that follows from it alone, and put it back in the end."""
        wanted = list(patterns)
        self._missing = frozenset(t for r in company.records() for t in r.triples if any(matches(t, p) for p in wanted))
        gone = {triple for triple in self._stated if any(matches(triple, pattern) for pattern in wanted)}
        lost = self._closed - set(closed(triple for triple in self._stated if triple not in gone)) if gone else set()
        of_records = [quad for quad in self._about_records if any(matches(quad.triple, one) for one in wanted)]
        assert gone or of_records, "nothing in the company matches"
        quads = [Quad(*triple) for triple in lost]
        dependencies = Dependencies(self._store)
        edges = dependencies.touched(lost)
        self._remove([*quads, *of_records])
        dependencies.refresh(edges, all_stay=False)
        try:
            yield
        finally:
            self._missing = frozenset()
            self._store.extend([*quads, *of_records])
            dependencies.refresh(edges, all_stay=False)

    def quads(self) -> list[Quad]:
        """Return what the store says: the merge, and what is said about records in the graph of the ledger."""
        return list(self._store)

    def _remove(self, quads: Iterable[Quad]) -> None:
        for quad in quads:
            self._store.remove(quad)


def _told(record: company.CompanyRecord, missing: Collection[Triple]) -> KeptRecord:
    triples = tuple(triple for triple in record.triples if triple not in missing)
    return KeptRecord(
        record.name, record.type, triples, received=record.recorded_at, emitter=record.emitter, project=record.project,
        supersedes=record.supersedes,
    )  # fmt: skip


def _answer(
    columns: tuple[str, ...], rows: Iterable[Mapping[str, Term | None]], named: Mapping[NamedNode, NamedNode]
) -> Answer:
    cells = ([row.get(column) for column in columns] for row in rows)
    readable_cells = [[named.get(cell, cell) if isinstance(cell, NamedNode) else cell for cell in row] for row in cells]
    return Answer(kind="table", size=0, columns=columns, rows=[tuple(row) for row in readable_cells])


def matches(triple: Triple, pattern: Pattern) -> bool:
    """Return whether `triple` is as `pattern` says; what the pattern leaves open may be anything."""
    subject, predicate, target = pattern
    return (
        (predicate is None or predicate == triple.predicate)
        and (subject is None or subject == triple.subject)
        and (target is None or target == triple.object)
    )


def values_of(file: Path) -> dict[str, str]:
    """Return the parameters that the head of an expected answer gives."""
    return dict(VALUE.findall(file.read_text("utf-8")))


def removals_of(file: Path) -> list[list[Pattern]]:
    """Return what the head of an expected answer says that it depends on: each line is one removal."""
    return [[pattern(part) for part in line.split(" . ")] for line in WITHOUT.findall(file.read_text("utf-8"))]


def pattern(text: str) -> Pattern:
    """Return the pattern that `SUBJECT PREDICATE OBJECT` stands for, where `?` is anything."""
    subject, predicate, target = text.strip().removesuffix(" .").split(maxsplit=2)
    assert (subject, predicate, target) != (ANYTHING, ANYTHING, ANYTHING)
    return term(subject), term(predicate), term(target)


def term(cell: str) -> Term | None:
    """Return a term in Turtle as a store holds it; an empty cell and `?` are none."""
    if cell in {"", ANYTHING}:
        return None
    return as_stored(f"<x:s> <x:p> {cell} .")[0].object


def as_stored(turtle: str) -> list[Triple]:
    """Return what `turtle` says, with its literals as a store writes them."""
    kept = Store()
    kept.extend(parse(company.PREFIXES + company.digested(turtle), format=RdfFormat.TURTLE))
    return [quad.triple for quad in kept]


def table(file: Path) -> tuple[list[str], list[tuple[Term | None, ...]]]:
    """Return the columns and rows of an expected table."""
    head, *rows = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("# ")]
    return [name.removeprefix("?") for name in head.split("\t")], [tuple(map(term, row.split("\t"))) for row in rows]


def outcome(answer: Answer) -> object:
    """Return what two answers to one question have in common exactly if they are the same."""
    return answer.rows, set(answer.triples), answer.boolean
