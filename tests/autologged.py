"""What frameworks recorded by themselves, for tests: runs with their settings, and the graph that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyoxigraph import NamedNode

import provkg
from provkg.capture import end_session
from provkg.reading import Reader
from provkg.records import CLOSED, MetricSeries
from tests.recording import Recorded, described


def closed(recorded: Recorded, kind: type[Any]) -> list[Any]:
    """Return what closing records say of things of `kind`, in the order in which the runs ended."""
    return [said for record in recorded.records(CLOSED) for said in described(record, kind)]


def said_at_last(recorded: Recorded, kind: type[Any]) -> list[Any]:
    """Return what records of any type say of things of `kind`, the last word on each."""
    return list({said.reference(): said for record in recorded.records() for said in described(record, kind)}.values())


def settings(run: Any) -> dict[str, str]:
    """Return the parameters of a run as text, without that of how the tests were started."""
    said = {each.name: each.value_text.partition("^^")[0].strip('"') for each in run.parameters}
    return {name: value for name, value in said.items() if name != "PYTHONHASHSEED"}


def settings_of(run: Any) -> dict[str, Any]:
    """Return the parameters of a run with the values that Python knows."""
    return {setting.name: setting.value for setting in run.parameters}


def word(concept: Any) -> str:
    """Return the short name of a concept, one of ours or somebody's own."""
    return str(getattr(concept, "name", None) or getattr(concept, "value", "")).rpartition("-")[2]


def tags(run: Any) -> dict[str, str]:
    """Return the tags of a run."""
    return {tag.key: tag.value for tag in run.tags}


def series_of(recorded: Recorded) -> list[MetricSeries]:
    """Return the series that the last record that closes a run tells of."""
    return [each for each in described(recorded.closing(), MetricSeries) if each.count is not None]


def answers(graph: Reader, question: str, **given: str | NamedNode) -> list[dict[str, str]]:
    """Return the rows that a saved question is answered with as text, each by the names of its columns."""
    reply = graph.ask(question, **given)
    texts = ([str(getattr(term, "value", "")) for term in row] for row in reply.rows)
    return [dict(zip(reply.columns, row, strict=True)) for row in texts]


@contextmanager
def kept(recorded: Recorded) -> Iterator[Reader]:
    """Keep what was recorded at `minimal` and open the graph; nothing was refused."""
    end_session()
    with provkg.open(recorded.store) as graph:
        refused = [path.read_text("utf-8") for path in sorted((recorded.store / "rejected").glob("*.txt"))]
        assert not refused, refused[0]
        yield graph
