"""What was recorded, taken into a real graph: what it refuses, what it misses, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provkg.capture import end_session
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from tests.recording import Recorded

BASE = "https://example.org/kg/"
# What no machine knows: who answers, what it is for, and under which terms data and models may be used.
OF_PEOPLE = ("responsible", "licence", "license", "experiment", "purpose", "obtained", "came from", "source")


def refusals(recorded: Recorded) -> list[str]:
    """Take everything into the graph and return why records were refused: nothing, if all is well."""
    with taken_in(recorded):
        pass
    return [line for file in (recorded.store / "rejected").glob("*.txt") for line in file.read_text().splitlines()]


@contextmanager
def taken_in(recorded: Recorded) -> Iterator[KnowledgeGraph]:
    """Take everything into the graph, and hold it."""
    end_session()
    if not (recorded.store / "kg.toml").exists():
        Folder.create(recorded.store, base=BASE)
    with KnowledgeGraph.hold(Folder.find(recorded.store)) as graph:
        graph.drain()
        yield graph
