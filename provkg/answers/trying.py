"""A graph's own questions tried: each is asked as the head of its expected answer says, and the two are compared.

An expected answer lies beside its question: a table in `NAME.tsv`, a graph in `NAME.ttl`, yes or no in `NAME.txt`; a
second case in `NAME+CASE.tsv`. Its first lines give the parameters (`# model = scorer@2`), and may name a file of facts
that the question is asked of (`# asked of = NAME.data.ttl`) instead of the graph, which grows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad

from provkg.answers.asking import answer
from provkg.answers.small_graphs import facts, small_graph, term
from provkg.errors import ProvkgError, Unreadable
from provkg.questions import Naming, Question, slow_shapes
from provkg.questions.library import find, own_files, passed_over

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from provkg.folder import Folder
    from provkg.index import Answer, ReadIndex
    from provkg.questions.terms import Term

ENDINGS: Final = {"SELECT": ".tsv", "CONSTRUCT": ".ttl", "ASK": ".txt"}
SHOWN: Final = 3
_VALUE: Final = re.compile(r"^# (\w+) = (.*)$", re.MULTILINE)
_ASKED_OF: Final = re.compile(r"^# asked of = (.+)$", re.MULTILINE)
Row = tuple["Term | None", ...]


@dataclass(frozen=True)
class Trial:
    """What came of one expected answer, or of a question that has none; `problems` is empty where all is well.

    `warnings` say which shapes of the question's text are slow on a large graph, and what to write instead.
    """

    path: str
    file: Path
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the question answers as expected."""
        return not self.problems


def trials(folder: Folder, index: ReadIndex, names: Sequence[str] = ()) -> Iterator[Trial]:
    """Yield what comes of the graph's own questions, or of those called `names`, case by case.

    Raises `UnknownQuestion` for a name that none has.
    """
    own = folder.path / "queries"
    wanted = {name if name in own_files(own) else find(name, own).path for name in names}
    for path, place in sorted(own_files(own).items()):
        if not wanted or path in wanted:
            try:
                question = Question.load(place, theme=path.partition("/")[0])
            except Unreadable as error:
                yield Trial(path, place, (str(error),))
            else:
                yield from _of_question(folder, index, question, place)
    for place, complaint in () if wanted else passed_over(own).items():
        yield Trial(place.relative_to(own).with_suffix("").as_posix(), place, (complaint,))


def _of_question(folder: Folder, index: ReadIndex, question: Question, place: Path) -> Iterator[Trial]:
    first = place.with_suffix(ENDINGS[question.form])
    # `late+this-year.tsv` is a case of `late`, `later.tsv` is not.
    cases = [file for file in (first, *sorted(place.parent.glob(f"{place.stem}+*{first.suffix}"))) if file.is_file()]
    warnings = tuple(_slow(question))
    if not cases:
        yield Trial(question.path, first, ("it has no expected answer; write one into this file",), warnings)
    for file in cases:
        try:
            problems = tuple(_problems(folder, index, question, file))
        except ProvkgError as error:
            problems = (str(error),)
        yield Trial(question.path, file, problems, warnings)
        warnings = ()  # they are the question's, not each case's


def _slow(question: Question) -> Iterator[str]:
    for shape in slow_shapes(question.text):
        yield f"line {shape.line} may be slow on a large graph: {shape.where}: {shape.advice}"


def _problems(folder: Folder, index: ReadIndex, question: Question, file: Path) -> Iterator[str]:
    text = _read(file)
    asked_of = _ASKED_OF.search(text)
    if asked_of is None:
        found = answer(question, dict(_VALUE.findall(text)), Naming(index).resolve, index, folder)
    else:
        with small_graph(file.parent / asked_of[1].strip(), folder.base) as small:
            found = answer(question, dict(_VALUE.findall(text)), Naming(small).resolve, small, None)
    yield from _COMPARED[question.form](folder.base, text, found, question)


def _table(base: str, text: str, found: Answer, question: Question) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("# ")]
    columns = tuple(name.removeprefix("?") for name in lines[0].split("\t")) if lines else ()
    named = tuple(column.name for column in question.columns)
    if named and named != found.columns:
        yield f"its header names the columns {', '.join(named)}, and it gives {', '.join(found.columns)}"
    if columns != found.columns:
        yield f"the answer has the columns {', '.join(found.columns)}, expected are {', '.join(columns) or 'none'}"
        return
    rows = [tuple(term(cell, base) for cell in line.split("\t")) for line in lines[1:]]
    yield from _differences(rows, found.rows)


def _differences(expected: Sequence[Row], found: Sequence[Row]) -> Iterator[str]:
    for word, rows, others in (("missing", expected, found), ("not expected", found, expected)):
        left = list(others)
        lacking = [row for row in rows if not _taken(row, left)]
        yield from (f"{word}: {_shown(row)}" for row in lacking[:SHOWN])
        if len(lacking) > SHOWN:
            yield f"and {len(lacking) - SHOWN:,} more rows are {word}"
    if sorted(map(str, expected)) == sorted(map(str, found)) and list(expected) != list(found):
        yield "the rows come in another order; write an ORDER BY that leaves no two rows equal"


def _taken(row: Row, left: list[Row]) -> bool:
    if row in left:
        left.remove(row)
        return True
    return False


def _graph(base: str, text: str, found: Answer, question: Question) -> Iterator[str]:  # noqa: ARG001 - one signature
    expected = facts(text, base)
    if _canonical(expected) != _canonical(found.triples):
        for word, some, others in (("missing", expected, found.triples), ("not expected", found.triples, expected)):
            yield from (f"{word}: {triple}" for triple in sorted(set(some) - set(others), key=str)[:SHOWN])


def _canonical(triples: Sequence[Triple]) -> set[Quad]:
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def _yes_or_no(base: str, text: str, found: Answer, question: Question) -> Iterator[str]:  # noqa: ARG001
    said = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    if said not in (["true"], ["false"]):
        yield "the expected answer is one word, true or false"
    elif said != [str(found.boolean).lower()]:
        yield f"the answer is {str(found.boolean).lower()}"


_COMPARED: Final[dict[str, Callable[[str, str, Answer, Question], Iterator[str]]]] = {
    "SELECT": _table,
    "CONSTRUCT": _graph,
    "ASK": _yes_or_no,
}


def _shown(row: Row) -> str:
    return " | ".join("" if cell is None else str(cell) for cell in row)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file} cannot be read: {error}") from None
