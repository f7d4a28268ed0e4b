"""Where saved questions are found: the shipped ones, and a graph owner's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from provkg.errors import UnknownQuestion, Unreadable
from provkg.questions.question import Question
from provkg.resources import QUERIES

DEFAULT_THEME: Final = "own"
"""That of an owner's question which lies in no folder of a theme."""
LISTED_BY: Final = "list them with: provkg questions"


def all_questions(extra: Path | None = None, tell: Callable[[str], None] | None = None) -> list[Question]:
    """Return every question by theme and name; one in the folder `extra` replaces the shipped one of its path.

    Raises `Unreadable` for a file that is no question; with `tell`, that is told, as is each file that is passed over
    because of where it lies, and the others are returned.
    """
    files, found = _files(extra), list[Question]()
    for path in sorted(files):
        try:
            found.append(_load(path, files[path]))
        except Unreadable as error:
            if tell is None:
                raise
            tell(str(error))
    if tell is not None:
        for _, complaint in _passed_over(extra):
            tell(complaint)
    return found


def own_files(extra: Path) -> dict[str, Path]:
    """Return the files of an owner's questions in the folder `extra`, by their paths in the library.

    What lies in no folder of a theme is of the theme `own`, as what `provkg questions new NAME` makes.
    """
    themed = {f"{file.parent.name}/{file.stem}": file for file in sorted(extra.glob("*/*.rq"))}
    return {f"{DEFAULT_THEME}/{file.stem}": file for file in sorted(extra.glob("*.rq"))} | themed


def passed_over(extra: Path) -> dict[Path, str]:
    """Return the files in the folder `extra` that are no questions because of where they lie, each with what to do."""
    taken = own_files(extra)
    twice = {
        file: f"{file} is passed over: {taken[path]} has the same name; give one of them another"
        for file in sorted(extra.glob("*.rq"))
        if taken[path := f"{DEFAULT_THEME}/{file.stem}"] != file
    }
    deep = [file for file in sorted(extra.glob("*/*/**/*.rq")) if not _hidden(file.relative_to(extra))]
    return twice | {
        file: f"{file} is passed over, for it lies too deep; move it to {extra / file.relative_to(extra).parts[0]}"
        for file in deep
    }


def _hidden(place: Path) -> bool:
    # Editors and notebooks keep their copies so.
    return any(part.startswith(".") for part in place.parts)


def _load(path: str, file: Path) -> Question:
    return Question.load(file, theme=path.partition("/")[0])


def shipped_files() -> dict[str, Path]:
    """Return the files of the questions that come with provkg, by their paths in the library."""
    shipped = [file for file in sorted(QUERIES.glob("*/*")) if file.suffix in {".rq", ".yaml"}]
    return {f"{file.parent.name}/{file.stem}": file for file in shipped}


def _files(extra: Path | None) -> dict[str, Path]:
    # Whoever owns a graph asks in SPARQL; Python beside it would be run by everybody who looks at the graph.
    own = {} if extra is None else own_files(extra)
    return shipped_files() | own


def find(name: str, extra: Path | None = None) -> Question:
    """Return the question that `name` means: a file name, `theme/name`, or a tag that only one question carries.

    Raises `UnknownQuestion` with the nearest names.
    """
    files, wanted = _files(extra), name.strip().removesuffix(".rq").casefold()
    named = [path for path in files if path.casefold() == wanted]
    named = named or sorted(path for path in files if path.partition("/")[2].casefold() == wanted)
    if len(named) == 1:
        # Reading the headers of all costs more than most answers.
        return _load(named[0], files[named[0]])
    # A file that is no question hides none of the others.
    questions = [] if named else all_questions(extra, tell=lambda _: None)
    found = _by_tag(questions, wanted)
    if len(found) == 1:
        return found[0]
    if several := named or [question.path for question in found]:
        raise UnknownQuestion(f"{name!r} means several questions: {', '.join(several)}; name one of them")
    if found_deep := [complaint for file, complaint in _passed_over(extra) if file.stem.casefold() == wanted]:
        raise UnknownQuestion(f"no question is called {name!r}: {found_deep[0]}")
    raise UnknownQuestion(f"no question is called {name!r}{_suggestion(questions, wanted)}; {LISTED_BY}")


def _passed_over(extra: Path | None) -> Iterable[tuple[Path, str]]:
    return () if extra is None else passed_over(extra).items()


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
