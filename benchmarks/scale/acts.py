"""What is asked of a graph of provkg: the first rows of a query, a lineage, an impact."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyoxigraph import NamedNode

from benchmarks.scale.store import opened
from provkg.answers import answer_in_python
from provkg.index import ReadIndex
from provkg.lineage import impact, upstream
from provkg.questions import Question
from provkg.questions.binding import Term

FIRST = 100
DEPTH = 50


@dataclass(frozen=True)
class Rows:
    """The first rows of a query."""

    text: str
    limit: int | None = FIRST

    def __call__(self, index: ReadIndex) -> int:
        """Return how many rows there are."""
        return len(index.query(self.text, limit=self.limit))


@dataclass(frozen=True)
class Found:
    """The rows of a question that is answered in Python, without a ledger: a generated graph has none."""

    question: Question
    asks: str
    terms: Mapping[str, Term]

    def __call__(self, index: ReadIndex) -> int:
        """Return how many rows there are, of the first that are shown."""
        return len(answer_in_python(self.question, self.asks, self.terms, index, None, FIRST))


@dataclass(frozen=True)
class Way:
    """What a thing rests on, to a depth."""

    thing: str
    depth: int = DEPTH

    def __call__(self, index: ReadIndex) -> int:
        """Return how many things it holds, with the runs and people behind them."""
        return len(upstream(index, NamedNode(self.thing), depth=self.depth).nodes)


@dataclass(frozen=True)
class Counted:
    """What rests on a thing: which, how far away, how many of each kind, and what is live with its name."""

    thing: str

    def __call__(self, index: ReadIndex) -> int:
        """Return how many things are touched."""
        return len(impact(index, NamedNode(self.thing)))


@dataclass(frozen=True)
class Told:
    """What rests on a thing, in words: what is printed in the terminal."""

    thing: str

    def __call__(self, index: ReadIndex) -> int:
        """Return how many lines are printed."""
        return len(impact(index, NamedNode(self.thing)).text().splitlines())


@dataclass(frozen=True)
class Touched:
    """What rests on a thing, with the names of all, what is live first."""

    thing: str

    def __call__(self, index: ReadIndex) -> int:
        """Return how many things are touched, each with its name."""
        return len(impact(index, NamedNode(self.thing)).affected)


def opener(path: Path) -> partial[ReadIndex]:
    """Return what opens the graph at `path`, in whichever process."""
    return partial(opened, path)


def forget(path: Path) -> bool:
    """Let the system forget what it keeps in memory of the files at `path`; whether it can."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for file in path.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
    return True
