"""Watched frames of pandas: they stay frames, and know which inputs every cell came from."""

from __future__ import annotations

import gc
import mmap
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import provkg
from provkg import watch
from provkg.capture.watching.lineage import TableLineage
from provkg.capture.watching.pandas_frames import quiet_state
from provkg.capture.watching.rows import Taken
from provkg.capture.watching.states import State, operations
from provkg.capture.watching.tracing import Source, inputs_of_cell, made_from
from provkg.errors import BadParameter, UsageError
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


# --- what is no frame, and what does not fit


@pytest.mark.parametrize("given", [None, [1, 2], "people.csv", PEOPLE["age"], np.zeros((2, 2))])
def test_what_is_no_frame_comes_back_unwatched_with_a_word(recorded: Recorded, given: Any) -> None:
    with pytest.warns(provkg.CaptureWarning, match="takes a frame of pandas or polars, not a"):
        assert watch(given) is given


def test_an_unknown_granularity_is_said_and_columns_are_told_apart(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="granularity='fine' is none; take one of dataset, column, rows"):
        frame = watch(PEOPLE, "fine", name="people")
    assert state_of(frame).watch.granularity == "column"


def test_a_frame_that_nobody_watches_has_no_lineage(recorded: Recorded) -> None:
    with pytest.raises(UsageError, match=r"not watched; make it by provkg\.watch"):
        provkg.watched(PEOPLE)


def test_a_watched_frame_is_not_watched_twice(recorded: Recorded) -> None:
    frame = watch(PEOPLE, "rows", name="people")
    assert watch(frame, "cell") is frame


def test_rows_and_columns_that_there_are_not_are_said(recorded: Recorded) -> None:
    table = provkg.watched(watch(PEOPLE, "rows", name="people").head(3))
    for wrong, message in (
        (lambda: table.inputs_of_cell(3, "age"), "there is no row 3: the table has 3"),
        (lambda: table.inputs_of_cell(0, "height"), "no column 'height'; it has 'id', 'Education', 'age'"),
        (lambda: table.made_from("height"), "no table on the way had a column 'height'"),
        (lambda: table.dropped([6]), "there is no row 6: the input has 6"),
        (lambda: table.dropped(of="cats"), "'cats' is none of the inputs, which are 'people'"),
        (lambda: table.dropped(labels=["x"]), "no row of the input is labelled 'x'"),
    ):
        with pytest.raises(BadParameter, match=message):
            wrong()


def test_rows_that_were_changed_since_they_were_recorded_are_recorded_anew(recorded: Recorded) -> None:
    data = provkg.dataset("people", PEOPLE.copy())
    data.rows.loc[0, "age"] = 11.0
    with pytest.warns(provkg.CaptureWarning, match="were changed since they were recorded"):
        frame = watch(data)
    origin = state_of(frame).origin
    assert origin is not None
    assert origin.sha256 != data.sha256
    assert len(recorded.records("dataset")) == 2


def test_the_given_frame_stays_as_it_is(recorded: Recorded) -> None:
    before = PEOPLE.copy()
    frame = watch(PEOPLE, "cell", name="people")
    frame["new"] = 1
    frame.loc[0, "age"] = 99.0
    frame.dropna(subset=["age"]).sort_values("age")
    pd.testing.assert_frame_equal(PEOPLE, before)


def test_numbers_of_many_rows_lie_on_disk(recorded: Recorded) -> None:
    frame = watch(pd.DataFrame({"x": np.random.default_rng(7).random(50_000)}), "rows", name="many").sort_values("x")
    (parent,) = state_of(frame).parents
    assert isinstance(parent.rows, Taken)
    assert isinstance(getattr(parent.rows.positions.base, "obj", None), mmap.mmap)


def test_operations_that_led_nowhere_are_forgotten(recorded: Recorded) -> None:
    frame = watch(PEOPLE, "rows", name="people")
    dead = weakref.ref(state_of(frame.sort_values("age")))
    gc.collect()
    assert dead() is None
    assert provkg.watched(frame).operations() == []


def test_a_column_filled_in_is_an_imputation(recorded: Recorded) -> None:
    frame = watch(PEOPLE, "column", name="people")
    frame["age"] = frame["age"].fillna(0.0)
    (operation,) = provkg.watched(frame).operations()
    assert (operation.kind, dict(operation.missing)) == ("imputation", {"age": (1, 0)})


def test_a_number_computed_in_python_is_assumed_to_come_from_what_was_read(recorded: Recorded) -> None:
    frame = watch(PEOPLE, "cell", name="people")
    twice = float(frame["age"].mean()) * 2
    frame["id"] = frame["id"] * twice
    assert provkg.watched(frame).inputs_of_column("id") == [
        Source("people", "age", None, assumed=True),
        Source("people", "id", None),
    ]
    frame["id"] = frame["id"] + 1
    assert [each.column for each in provkg.watched(frame).inputs_of_column("id")] == ["age", "id"], (
        "a literal adds none"
    )


def test_a_function_brings_along_what_it_closes_over(recorded: Recorded) -> None:
    frame = watch(PEOPLE, "cell", name="people")
    mean = frame["age"].mean()
    frame["above"] = frame["id"].map(lambda number: number > mean)
    assert {each.column for each in provkg.watched(frame).inputs_of_column("above")} == {"age", "id"}
