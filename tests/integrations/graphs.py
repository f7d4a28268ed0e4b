"""What was recorded, taken into a real graph: what it refuses, what it misses, and what it answers."""

from __future__ import annotations

from typing import Any, Final

from provkg.capture import end_session
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from tests.recording import Recorded

BASE: Final = "https://example.org/kg/"
OF_PEOPLE: Final = (
    "names who is responsible for it",
    "belongs to an experiment",
    "names its licence",
    "says where it came from",
    "was obtained",
    "whether it is synthetic",
    "names its target",
    "commit",
)
"""What no machine knows: who answers for it, what it is for, under which terms it may be used."""
OF_OTHER_RUNS: Final = ("has a measurement on test data", "pvk:transformationKind")
"""What a training does not do: be tested, prepare its data."""


def refusals(recorded: Recorded) -> list[str]:
    """Take everything into the graph and return why records were refused: nothing, if all is well."""
    taken_in(recorded)
    return [line for file in (recorded.store / "rejected").glob("*.txt") for line in file.read_text().splitlines()]


def taken_in(recorded: Recorded) -> None:
    """Take everything that was recorded into the graph."""
    end_session()
    if not (recorded.store / "kg.toml").exists():
        Folder.create(recorded.store, base=BASE)
    with KnowledgeGraph.hold(Folder.find(recorded.store)) as graph:
        graph.drain()


def missing_at_standard(recorded: Recorded) -> list[str]:
    """Return what the graph misses at `standard` apart from what only people know."""
    assert refusals(recorded) == []
    with Reader.open(recorded.store) as reader:
        found = [
            finding for finding in reader.audit(level="standard", only="shapes") if finding.severity == "violation"
        ]
    told = (*OF_PEOPLE, *OF_OTHER_RUNS)
    return [finding.message for finding in found if not any(words in finding.message for words in told)]


def answers(recorded: Recorded, question: str, **values: Any) -> Any:
    """Ask a saved question of everything that was recorded."""
    assert refusals(recorded) == []
    with Reader.open(recorded.store) as reader:
        return reader.ask(question, **values)
