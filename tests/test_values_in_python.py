"""What is given to a reader in Python is taken as the command line takes it, or refused with what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from provkg.errors import BadParameter
from provkg.reading import Reader
from tests.commands import story_graph

GRADER, READINGS, BATCH = "apple-grader@2", "apple-readings@2", "last-crate-grades"
ENDPOINT = "https://sorting.example.org/grade"
TEXT, THEN = "2026-03-12T00:00:00Z", datetime(2026, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with Reader.open(story_graph(tmp_path_factory.mktemp("values") / "kg")) as reader:
        yield reader


def test_a_moment_may_be_text(graph: Reader) -> None:
    assert graph.lineage(READINGS, "down", at=TEXT).nodes == graph.lineage(READINGS, "down", at=THEN).nodes
    assert graph.impact(READINGS, at=TEXT).moment == THEN
    assert len(graph.impact(READINGS, at=TEXT)) < len(graph.impact(READINGS))


def test_one_word_is_one_kind_one_rule_and_one_theme(graph: Reader) -> None:
    assert graph.lineage(READINGS, "down", kinds="model") == graph.lineage(READINGS, "down", kinds=["model"])
    assert repr(graph.audit(rules="X01")) == repr(graph.audit(rules=["X01"]))


def test_a_number_of_another_library_is_a_row(graph: Reader) -> None:
    class Twelve:
        def __index__(self) -> int:
            return 12

    number: Any = Twelve()
    assert graph.prediction(BATCH, number).row == graph.prediction(BATCH, 12).row == 12


Act = Callable[[Reader], Any]
ILL: list[tuple[Any, str]] = [
    (lambda g: g.lineage(GRADER, at="soon"), "at is 'soon', which is no moment; give .*'2026-03-01T12:00:00Z'"),
    (lambda g: g.lineage(GRADER, at=3), "at is 3, which is no moment"),
    (lambda g: g.lineage(GRADER, at=date(2026, 3, 1)), "which is no moment"),
    (lambda g: g.lineage(GRADER, at="2026-03-01"), "has no time zone"),
    (lambda g: g.impact(GRADER, at=3), "at is 3, which is no moment"),
    (lambda g: g.lineage(GRADER, depth="x"), "depth is 'x', which is no whole number; give one such as 3"),
    (lambda g: g.lineage(GRADER, depth=1.5), "depth is 1.5, which is no whole number"),
    (lambda g: g.lineage(GRADER, depth=True), "depth is True, which is no whole number"),
    (lambda g: g.lineage(GRADER, depth=0), "a depth of 0 leads nowhere"),
    (lambda g: g.lineage(GRADER, direction=[]), "take up or down"),
    (lambda g: g.lineage(GRADER, kinds=3), "kinds is 3, which is no word .* such as 'model'"),
    (lambda g: g.lineage(GRADER, kinds=["model", 3]), "no list of words"),
    (lambda g: g.prediction(BATCH, "x"), "row is 'x', which is no whole number; give one such as 17"),
    (lambda g: g.prediction(BATCH, 1.5), "row is 1.5, which is no whole number"),
    (lambda g: g.ask(3), "the name of a question is 3, .* such as 'training-data'"),
    (lambda g: g.query(3), "a query is 3, which is no text"),
    (lambda g: g.query("ASK { ?s ?p ?o }", limit="x"), "limit is 'x', which is no whole number"),
    (lambda g: g.recall(READINGS, reason=3), "reason is 3, which is no text; give one such as"),
    (lambda g: g.withdraw(READINGS, reason=None), "reason is None, which is no text"),
    (lambda g: g.undeploy(ENDPOINT, reason=3), "reason is 3, which is no text"),
    (lambda g: g.recall(READINGS, "read twice", by=3), "by is 3, which is nobody; give a name"),
    (lambda g: g.recall(READINGS, "read twice", evidence=3), "3 names nothing; a thing is given by"),
    (lambda g: g.audit(rules=3), "rules is 3, which is no word"),
    (lambda g: g.promotion(GRADER, at_least="x"), "at_least is 'x', which is no whole number; give one such as 100"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "said"), ILL)
def test_a_value_of_another_type_is_refused_with_what_is_wanted(graph: Reader, act: Act, said: str) -> None:
    before = graph.size
    with pytest.raises(BadParameter, match=said):
        act(graph)
    assert graph.size == before
