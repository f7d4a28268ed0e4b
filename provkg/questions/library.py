"""Where saved questions are found: the shipped ones, and a graph owner's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from provkg.errors import UnknownQuestion, Unreadable
from provkg.questions.question import Question
from provkg.resources import QUERIES

LISTED_BY: Final = "list them with: provkg questions"


def all_questions(extra: Path | None = None, tell: Callable[[str], None] | None = None) -> list[Question]:
    """Return every question by theme and name; one in the folder `extra` replaces the shipped one of its path.

    Raises `Unreadable` for a file that is no question; with `tell`, that is told, and the others are returned.
    """
    files, found = _files(extra), list[Question]()
    for path in sorted(files):
        try:
            found.append(Question.load(files[path]))
        except Unreadable as error:
            if tell is None:
                raise
            tell(str(error))
    return found


def own_files(extra: Path) -> dict[str, Path]:
    """Return the files of an owner's questions in the folder `extra`, by their paths in the library."""
    return {f"{file.parent.name}/{file.stem}": file for file in sorted(extra.glob("*/*.rq"))}


def _files(extra: Path | None) -> dict[str, Path]:
    shipped = [file for file in sorted(QUERIES.glob("*/*")) if file.suffix in {".rq", ".yaml"}]
    # Whoever owns a graph asks in SPARQL; Python beside it would be run by everybody who looks at the graph.
    own = {} if extra is None else own_files(extra)
    return {f"{file.parent.name}/{file.stem}": file for file in shipped} | own


def find(name: str, extra: Path | None = None) -> Question:
    """Return the question that `name` means: a file name, `theme/name`, or a tag that only one question carries.

    Raises `UnknownQuestion` with the nearest names.
    """
    files, wanted = _files(extra), name.strip().removesuffix(".rq").casefold()
    named = [path for path in files if path.casefold() == wanted]
    named = named or sorted(path for path in files if path.partition("/")[2].casefold() == wanted)
    if len(named) == 1:
        # Reading the headers of all costs more than most answers.
        return Question.load(files[named[0]])
    # A file that is no question hides none of the others.
    questions = [] if named else all_questions(extra, tell=lambda _: None)
    found = _by_tag(questions, wanted)
    if len(found) == 1:
        return found[0]
    if several := named or [question.path for question in found]:
        raise UnknownQuestion(f"{name!r} means several questions: {', '.join(several)}; name one of them")
    raise UnknownQuestion(f"no question is called {name!r}{_suggestion(questions, wanted)}; {LISTED_BY}")


def single_tags(questions: Sequence[Question]) -> dict[str, Question]:
    """Return the tags by which `find` finds a question: no other carries them, and they are no question's name."""
    taken = {question.name.casefold() for question in questions}
    counts = Counter(tag for question in questions for tag in {tag.casefold() for tag in question.tags})
    return {
        tag: question
        for question in questions
        for tag in question.tags
        if counts[tag.casefold()] == 1 and tag.casefold() not in taken
    }


def _by_tag(questions: Sequence[Question], wanted: str) -> list[Question]:
    return [question for question in questions if wanted in (tag.casefold() for tag in question.tags)]


def _suggestion(questions: Sequence[Question], wanted: str) -> str:
    known = {question.name.casefold(): question.name for question in questions}
    known |= {question.path.casefold(): question.path for question in questions}
    known |= {tag.casefold(): tag for tag in single_tags(questions)}
    nearest = get_close_matches(wanted, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(known[key] for key in nearest)}?" if nearest else ""
