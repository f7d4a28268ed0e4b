"""Items of generators are seen as they pass: each once, when it is asked for, and as it is."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provkg
from provkg.capture.digests import Items
from provkg.errors import BadParameter
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.records import DatasetVersion, TrainingRun, opened_run
from tests.recording import Recorded, described, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def numbers(count: int, asked: list[int] | None = None) -> Iterator[int]:
    for number in range(count):
        if asked is not None:
            asked.append(number)
        yield number


def digest_of(items: Any) -> str:
    taken = Items()
    for each in items:
        taken.take(each)
    return taken.digest.sha256


def versions(recorded: Recorded) -> list[DatasetVersion]:
    if not recorded.spool.path.exists():
        return []
    return [said for record in recorded.records("dataset") for said in described(record, DatasetVersion)]


def test_items_are_asked_for_only_when_somebody_asks(recorded: Recorded) -> None:
    asked: list[int] = []
    data = provkg.passing("n", numbers(3, asked))
    assert asked == []
    rows = iter(data.rows)
    assert (next(rows), asked) == (0, [0])
    assert versions(recorded) == [], "not all have passed"
    assert list(rows) == [1, 2]


def test_when_all_have_passed_the_data_is_recorded(recorded: Recorded) -> None:
    data = provkg.dataset("n", numbers(3), source="https://example.org/n", license="CC0-1.0", version="7")
    assert list(data.rows) == [0, 1, 2]
    (said,) = versions(recorded)
    assert (said.sha256, said.digest_form, said.record_count) == (digest_of(range(3)), "items-1", 3)
    assert (said.version, said.description) == ("7", None)
    assert data.reference == said.reference()
    assert (data.sha256, data.record_count) == (said.sha256, 3)


@pytest.mark.parametrize("row", [0, 500, 999])
def test_each_item_and_their_order_and_number_count(row: int) -> None:
    items: list[Any] = [(np.full(3, n, dtype="f4"), n % 2) for n in range(1000)]
    changed = [*items[:row], (np.full(3, -1, dtype="f4"), row % 2), *items[row + 1 :]]
    others = [changed, items[::-1], items[:-1], [*items, items[0]], [list(item) for item in items]]
    assert len({digest_of(each) for each in (items, *others)}) == len(others) + 1


def test_a_run_that_ends_early_names_what_has_passed(recorded: Recorded) -> None:
    data = provkg.passing("endless", itertools.count(), version="all", description="Numbers.")
    with provkg.training("t", data=data, validation=None) as run:
        for number in data.rows:
            if number == 9:
                break
    (said,) = versions(recorded)
    assert (said.record_count, said.sha256) == (10, digest_of(range(10)))
    assert said.version == said.sha256[:12]
    assert said.description == "Numbers. The first 10 items: then the run ended that they went into."
    closing = opened_run(recorded.closing())
    assert isinstance(closing, TrainingRun)
    assert closing.training_data == (said.reference(),)
    assert run.reference == closing.reference()
    assert next(data.rows) == 10, "the items after it are still there"


def test_a_run_without_any_of_the_items_is_told_so(recorded: Recorded) -> None:
    data = provkg.passing("n", numbers(3))
    with pytest.warns(provkg.CaptureWarning, match="no item of 'n' has passed"), provkg.training("t", data=data):
        pass
    assert versions(recorded) == []


def test_the_first_whole_pass_counts_for_what_can_be_gone_through_again(recorded: Recorded) -> None:
    given = [1, 2, 3]
    data = provkg.passing("n", given)
    for _ in data.rows:
        break
    assert [list(data.rows), list(data.rows)] == [given, given]
    (said,) = versions(recorded)
    assert said.sha256 == digest_of(given)


def test_an_iterator_goes_on_where_the_last_loop_stopped(recorded: Recorded) -> None:
    data = provkg.passing("n", numbers(4))
    assert [number for number, _ in zip(data.rows, range(2), strict=False)] == [0, 1]
    list(data.rows)
    (said,) = versions(recorded)
    assert said.record_count == 3 + 1
    assert said.sha256 == digest_of(range(4)), "zip had asked for one more"


def test_an_item_without_a_canonical_form_stops_nothing_but_the_record(recorded: Recorded) -> None:
    items = [1, object(), 3]
    data = provkg.passing("n", iter(items))
    with pytest.warns(provkg.CaptureWarning, match="digest of item 1 of 'n', which is not recorded"):
        assert list(data.rows) == items
    assert versions(recorded) == []


def test_what_the_source_raises_goes_through(recorded: Recorded) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("lost")

    data = provkg.passing("n", failing())
    with pytest.raises(KeyError, match="lost"):
        list(data.rows)
    assert versions(recorded) == []


def test_what_nobody_can_go_through_is_said(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="passing takes what a for loop takes, not a int"):
        assert provkg.passing("n", 3).rows == 3  # type: ignore[arg-type]
    with pytest.warns(provkg.CaptureWarning, match=r"once, which provkg does not take away.*provkg\.passing"):
        provkg.dataset("nested", [numbers(3)])
    provkg.configure(strict=True)
    with pytest.raises(BadParameter, match="what a for loop takes"):
        provkg.passing("n", 3)  # type: ignore[arg-type]


def test_a_handle_goes_to_another_process_without_what_writes_here(recorded: Recorded) -> None:
    data = provkg.passing("n", [1, 2])
    list(data.rows)
    data.rows = None
    copy = pickle.loads(pickle.dumps(data))  # noqa: S301 - our own
    assert (copy.reference, copy.settle) == (data.reference, None)


def test_a_training_on_a_generator_is_kept_by_the_gate(tmp_path: Path) -> None:
    store = tmp_path / "kg"
    with recording(store):
        data = provkg.passing("n", numbers(5), source="https://example.org/n")
        with provkg.training("t", data=data) as run:
            seen = sum(data.rows)
            run.model("m", b"weights")
    assert seen == 10
    with KnowledgeGraph.hold(Folder.find(store)) as graph:
        report = graph.drain()
    assert report.messages == []
    assert report.rejected == 0
