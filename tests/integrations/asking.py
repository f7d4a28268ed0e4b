"""Asks a graph what a framework's work left in it: everything recorded is taken in, and nothing may be refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import provkg
from provkg.capture import end_session
from provkg.reading import Reader
from provkg.vocabulary import NAMESPACES

PREFIXES: Final = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in NAMESPACES.items())


@contextmanager
def asking(store: Path) -> Iterator[Reader]:
    """Open the graph at `store` with all that was recorded in it, which ends this process' session with it."""
    end_session()
    with provkg.open(store) as graph:
        refused = sorted(each for each in (store / "rejected").rglob("*") if each.is_file())
        assert not refused, "\n".join(each.read_text("utf-8") for each in refused)
        assert graph.size, "something was taken in"
        yield graph


def answers(graph: Reader, question: str, *columns: str, **given: str) -> list[tuple[Any, ...]]:
    """Return the answers to a saved question as Python values, the named columns of it."""
    return [tuple(row[column] for column in columns) for row in graph.ask(question, **given)]


def found(graph: Reader, query: str) -> list[tuple[Any, ...]]:
    """Return the answers to a query of the test's own as Python values; our prefixes are known."""
    reply = graph.query(PREFIXES + query)
    return [tuple(row[column] for column in reply.columns) for row in reply]
