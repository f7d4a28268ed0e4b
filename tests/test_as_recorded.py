"""Rows that were changed in place are not the data that was recorded of them, and rows that were not are."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import provkg
from provkg.capture import known_data
from provkg.capture.as_recorded import recorded
from provkg.capture.handles import Data
from provkg.capture.known_data import known, known_object
from tests.recording import recording


@pytest.fixture(autouse=True)
def recording_of_files(tmp_path: Path) -> Iterator[None]:
    with recording(tmp_path / "kg"):
        provkg.autolog("pandas", "polars")
        yield
        provkg.autolog("pandas", "polars", disable=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "apples.csv"
    path.write_text("weight,ripe,box\n" + "".join(f"{n / 8},{n % 2},b{n % 3}\n" for n in range(60)), "utf-8")
    return path


def name_of(data: Data | None) -> str | None:
    return data.name if data is not None else None


def add_column(frame: pd.DataFrame) -> None:
    frame["more"] = frame["weight"] + 1


def change_cell(frame: pd.DataFrame) -> None:
    frame.loc[59, "weight"] = 9.0


def change_column(frame: pd.DataFrame) -> None:
    frame["weight"] *= 2


def fill(frame: pd.DataFrame) -> None:
    frame["weight"] = frame["weight"].clip(upper=3)


def turn_round(frame: pd.DataFrame) -> None:
    frame["weight"] = frame["weight"].to_numpy()[::-1].copy()


@pytest.mark.parametrize("change", [change_cell, change_column, fill, turn_round])
def test_a_frame_that_was_changed_in_place_is_its_file_no_more(
    file: Path, change: Callable[[pd.DataFrame], None]
) -> None:
    frame = pd.read_csv(file)
    assert (name_of(known(frame)), name_of(known(frame[["weight", "ripe"]]))) == ("apples", "apples")
    change(frame)
    assert (known(frame), known(frame[["weight", "ripe"]])) == (None, None)


def test_columns_that_were_not_changed_are_those_of_the_file_whatever_came_beside_them(file: Path) -> None:
    frame = pd.read_csv(file)
    add_column(frame)
    change_cell(frame)
    assert known(frame) is None, "it has a column more"
    assert known(frame[["weight", "ripe"]]) is None, "of which one was changed"
    assert (name_of(known(frame["ripe"])), name_of(known(frame[["ripe", "box"]]))) == ("apples", "apples")


def test_a_frame_that_was_changed_back_is_its_file_again(file: Path) -> None:
    frame = pd.read_csv(file)
    frame.loc[3, "weight"] = 77.0
    assert known(frame) is None
    frame.loc[3, "weight"] = 3 / 8
    assert name_of(known(frame)) == "apples"


def test_a_frame_of_polars_that_got_another_value_is_its_file_no_more(file: Path) -> None:
    frame = pl.read_csv(file)
    assert name_of(known(frame)) == "apples"
    frame[5, "weight"] = 100.0
    assert known(frame) is None


def test_what_is_kept_to_compare_goes_with_the_frame(file: Path) -> None:
    frame = pd.read_csv(file)
    assert name_of(known(frame)) == "apples"
    watching = weakref.ref(known_data._known[id(frame)][1].kept)
    del frame
    gc.collect()
    assert watching() is None


def test_an_array_that_was_changed_in_place_is_other_data() -> None:
    rows, labels = np.arange(60.0).reshape(20, 3), np.arange(20)
    provkg.dataset("pair", (rows, labels))
    single = np.arange(30.0)
    provkg.dataset("single", single)
    assert [name_of(known(each)) for each in (rows, labels, single, rows[:, :2])] == ["pair"] * 2 + ["single", "pair"]
    rows[19, 2] = -1
    single[0] = -1
    assert [known(each) for each in (rows, labels, single)] == [None, None, None], "labels go with the rows"
    assert known(rows[:, 1]) is None, "a view, too"
    assert known_object(rows) is None


def test_parts_and_copies_of_arrays_that_were_known_are_other_data_once_they_are_changed() -> None:
    whole = np.arange(60.0).reshape(20, 3)
    provkg.dataset("whole", whole)
    copy, view = whole[:, :2].copy(), whole[:, 2]
    assert (name_of(known(copy)), name_of(known(view))) == ("whole", "whole")
    copy[:, 0] = 0
    assert (known(copy), name_of(known(view))) == (None, "whole")
    view[3] = 99.0
    assert (known(view), known(whole)) == (None, None)


def test_columns_of_a_file_as_an_array_are_other_data_once_they_are_changed(file: Path) -> None:
    frame = pd.read_csv(file)
    rows = frame[["weight", "ripe"]].to_numpy(copy=True)
    assert name_of(known(rows)) == "apples"
    rows[:, 0] = 0
    assert known(rows) is None
    assert name_of(known(frame)) == "apples"


def test_tensors_over_the_same_memory_change_with_it() -> None:
    torch = pytest.importorskip("torch")
    rows = np.arange(12.0).reshape(4, 3)
    provkg.dataset("rows", rows)
    tensor = torch.from_numpy(rows)
    assert name_of(known(tensor)) == "rows"
    tensor[0, 0] = 7.0
    assert (known(tensor), known(rows)) == (None, None)


def test_a_frame_with_two_columns_of_one_name_is_other_data_once_its_index_is_renamed() -> None:
    frame = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "a"])
    provkg.dataset("twice", frame)
    assert name_of(known(frame)) == "twice"
    frame.index.name = "number"
    assert known(frame) is None, "its digest is another one now"


def test_a_frame_of_many_columns_is_looked_at_as_a_whole() -> None:
    wide = pd.DataFrame(np.zeros((3, 3000))).rename(columns=str)
    provkg.dataset("wide", wide)
    assert (name_of(known(wide)), name_of(known(wide.copy()))) == ("wide", "wide")
    wide.iloc[2, 2999] = 1.0
    assert known(wide) is None


def test_looking_again_takes_a_part_of_the_time_at_most() -> None:
    rows = np.arange(10.0)
    was = recorded(rows, provkg.dataset("rows", rows).sha256)
    rows[0] = 5
    assert not was.holds(rows)
    was._spent = 1e9
    assert was.holds(rows), "then the object is trusted"
    assert not was.holds(rows[1:]), "though what is seen at once is seen"
    other = np.arange(3.0)
    provkg.dataset("other", other)
    other[0] = 5
    assert known(other) is None, "others are looked at all the same"


def test_rows_without_a_digest_of_their_own_are_known_by_what_is_seen_at_once() -> None:
    class Rows:
        shape = (3, 2)

    rows: Any = Rows()
    was = recorded(rows)
    assert was.holds(rows)
    rows.shape = (4, 2)
    assert not was.holds(rows)
