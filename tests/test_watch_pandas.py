"""Watched frames of pandas: they stay frames, and know which inputs every cell came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from provkg import watch
from provkg.capture.watching.lineage import TableLineage
from provkg.capture.watching.pandas_frames import quiet_state
from provkg.capture.watching.states import State, operations
from provkg.capture.watching.tracing import Source, inputs_of_cell, made_from
from tests.recording import Recorded, recording

PEOPLE = pd.DataFrame(
    {
        "id": [1, 2, 3, 4, 5, 6],
        "Education": ["school", "college", None, "school", "doctorate", "college"],
        "age": [10.0, np.nan, 30.0, 40.0, 50.0, 60.0],
    }
)
CITIES = pd.DataFrame({"id": [1, 2, 4, 5, 9], "city": list("VWXYZ")})


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def prepared(people: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    frame = people.dropna(subset=["Education"])
    frame["years"] = frame["Education"].map({"school": 10, "college": 13, "doctorate": 18})
    frame["age"] = frame["age"].fillna(frame["age"].mean())
    frame["old"] = np.where(frame["age"] > 35, "yes", "no")
    frame = frame.merge(cities, on="id")
    frame = frame.sort_values("age", ascending=False)
    frame = pd.get_dummies(frame, columns=["city", "Education"])
    frame.loc[frame["age"] > 45, "age"] = 45.0
    return frame


def state_of(frame: pd.DataFrame) -> State:
    state = quiet_state(frame)
    assert state is not None
    return state


def test_a_watched_frame_comes_out_as_an_unwatched_one(recorded: Recorded) -> None:
    frame = prepared(watch(PEOPLE, "cell", name="people"), CITIES)
    pd.testing.assert_frame_equal(pd.DataFrame(frame), prepared(PEOPLE, CITIES))
    assert isinstance(frame, pd.DataFrame)


def test_every_operation_is_told_in_order(recorded: Recorded) -> None:
    frame = prepared(watch(PEOPLE, "cell", name="people"), CITIES)
    assert [each.title for each in operations(state_of(frame))] == [
        "dropna", "set years", "set age", "set old", "merge", "sort_values", "get_dummies", "set by loc",
    ]  # fmt: skip


def test_a_cell_is_traced_to_the_cells_it_came_from(recorded: Recorded) -> None:
    frame = prepared(watch(PEOPLE, "cell", name="people"), CITIES)
    assert frame["id"].tolist() == [5, 2, 4, 1]
    state = state_of(frame)
    assert inputs_of_cell(state, 0, "years") == [Source("people", "Education", (4,))]
    assert inputs_of_cell(state, 0, "city_V") == [Source("people: other input", "city", (3,))]
    assert inputs_of_cell(state, 1, "age") == [Source("people", "age", None)], "the mean of all was filled in"
    assert inputs_of_cell(state, 3, "age") == [Source("people", "age", (0,))], "this one was there from the start"


def test_a_dropped_row_names_the_operation_that_dropped_it(recorded: Recorded) -> None:
    frame = prepared(watch(PEOPLE, "rows", name="people"), CITIES)
    lost = TableLineage(state_of(frame)).dropped()
    assert [(each.row, each.operation and each.operation.title) for each in lost] == [(2, "dropna"), (5, "merge")]


def test_columns_made_from_another_are_found_over_several_operations(recorded: Recorded) -> None:
    frame = prepared(watch(PEOPLE, "column", name="people"), CITIES)
    assert made_from(state_of(frame), "Education") == [
        "years", "Education_college", "Education_doctorate", "Education_school",
    ]  # fmt: skip
