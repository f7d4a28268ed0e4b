"""A frame that a program reads from a file is known as the data of that file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

import provkg
from provkg.capture.known_data import known
from provkg.records import DatasetVersion
from tests.autologged import kept, said_at_last
from tests.recording import Recorded, recording


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("pandas", "polars", "sklearn")
        yield recorded
        provkg.autolog("pandas", "polars", "sklearn", disable=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("age,pay,ill\n" + "".join(f"{20 + n},{n * 7 % 11},{n % 2}\n" for n in range(20)))
    return path


@pytest.mark.parametrize(
    "read",
    [
        lambda path: pd.read_csv(path),
        lambda path: pd.read_csv(str(path), usecols=["age", "ill"]),
        lambda path: pd.read_table(filepath_or_buffer=path, sep=","),
        lambda path: pl.read_csv(path),
    ],
    ids=["pandas", "columns", "table", "polars"],
)
def test_a_frame_is_the_data_of_the_file_that_it_was_read_from(
    recorded: Recorded, file: Path, read: Callable[[Path], Any]
) -> None:
    frame = read(file)
    (data,) = said_at_last(recorded, DatasetVersion)
    assert (data.dataset.name, data.record_count) == ("people", 20)
    assert data.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    found = known(frame)
    assert found is not None
    assert found.reference == data.reference()


@pytest.mark.parametrize("how", [{"nrows": 3}, {"skiprows": 2}, {"chunksize": 5}])
def test_what_is_read_in_part_is_not_the_file(recorded: Recorded, file: Path, how: dict[str, Any]) -> None:
    list(pd.read_csv(file, **how))
    assert not (recorded.store / "spool").exists()


def test_a_file_that_is_read_twice_is_recorded_once_and_again_when_it_changed(recorded: Recorded, file: Path) -> None:
    pd.read_csv(file)
    again = pd.read_csv(file)
    assert len(recorded.records("dataset")) == 1
    assert known(again) is not None
    file.write_text("age\n3\n")
    pd.read_csv(file)
    assert len(recorded.records("dataset")) == 2


def test_lineage_goes_from_a_model_to_the_file(recorded: Recorded, file: Path) -> None:
    frame = pd.read_csv(file)
    X, y = frame.drop("ill", axis=1), frame["ill"]  # noqa: N806 - what people call them
    X_train, _, y_train, _ = train_test_split(X, y, random_state=3)  # noqa: N806
    LogisticRegression().fit(X_train, y_train)
    with kept(recorded) as graph:
        assert file.absolute().as_uri() in str(graph.lineage("LogisticRegression"))


def test_a_frame_is_read_as_without_us(file: Path, tmp_path: Path) -> None:
    one = pd.read_csv(file)
    with pytest.raises(FileNotFoundError):
        pd.read_csv(tmp_path / "gone.csv")
    provkg.autolog("pandas", disable=True)
    assert one.equals(pd.read_csv(file))
    assert not hasattr(pd.read_csv, "__provkg__")
