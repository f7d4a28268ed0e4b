"""Which questions the index lists: the shipped ones and the owner's own, with a mark over their files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provkg.resources import QUERIES

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from provkg.folder import Folder
    from provkg.index import Index

_DIGITS: Final = 16


def list_questions(index: Index, folder: Folder) -> None:
    """Let `index` list the questions of today, if it lists others."""
    mark = f"{_shipped()}-{own_mark(folder)}"
    if index.questions != mark:
        index.list_questions(mark, _described(folder))


def own_mark(folder: Folder) -> str:
    """Return what tells the owner's questions from any others, by the content of their files."""
    return _mark(folder.own_questions)


@cache
def _shipped() -> str:
    return _mark(file for file in sorted(QUERIES.glob("*/*")) if file.suffix in {".rq", ".yaml"})


def _mark(files: Iterable[Path]) -> str:
    content = sha256()
    for file in files:
        content.update(f"{sha256(_bytes(file)).hexdigest()} {file.parent.name}/{file.name}\n".encode())
    return content.hexdigest()[:_DIGITS]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # gone since it was listed, or not to be read: whoever asks it is told


def _described(folder: Folder) -> list[Triple]:
    # With the parser of headers, which only the first to hold a graph after a change of its questions needs.
    from provkg.questions.catalogue import catalogue
    from provkg.questions.library import all_questions

    return catalogue(all_questions(folder.queries, tell=lambda _: None))
