"""Digests of rows: equal for equal rows whoever holds them, keyed, kept by their own digest, compared for overlap."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal

import provkg
from provkg.capture.digests import encoded
from provkg.capture.row_bytes import AT_ONCE, rows_of
from provkg.capture.row_digests import FORMAT, NAME, RowDigests, keep, keep_rows, kept, shared
from provkg.errors import BadParameter, NotAKnowledgeGraph, Unreadable
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from provkg.records import DatasetVersion, OverlapMeasurement, QualityCheckRun, Split, SplitRun, opened_run
from tests.recording import Recorded, described, recording

ROWS = 3000
COLUMNS: dict[str, list[Any]] = {
    "whole": list(range(ROWS)),
    "real": [None if n % 7 == 0 else n / 3 for n in range(ROWS)],
    "yes": [n % 2 == 0 for n in range(ROWS)],
    "text": [None if n % 11 == 0 else f"row {n} ü" for n in range(ROWS)],
    "nested": [[n, n + 1] for n in range(ROWS)],
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base="https://example.org/kg/")


@pytest.fixture
def recorded(folder: Folder) -> Iterator[Recorded]:
    with recording(folder.path) as made:
        yield made


def digests(content: Any, folder: Folder, columns: list[str] | None = None) -> RowDigests:
    return kept(keep_rows(content, columns, folder.path), folder)


def both_of(one: Any, other: Any, folder: Folder) -> tuple[int, int, int]:
    found = shared(digests(one, folder), digests(other, folder))
    return found.contents, found.left_rows, found.right_rows


# --- what a row is


def test_equal_rows_have_equal_digests_in_arrow_and_polars(folder: Folder) -> None:
    arrow, polars = digests(pa.table(COLUMNS), folder), digests(pl.DataFrame(COLUMNS), folder)
    assert (arrow.head, len(arrow)) == (polars.head, ROWS)
    assert arrow.content == polars.content
    assert len(set(arrow)) == ROWS, "each row is another one"


def test_equal_rows_have_equal_digests_in_pandas_whatever_the_index(folder: Folder) -> None:
    flat = {name: COLUMNS[name] for name in ("whole", "real", "yes", "text")}
    frame = pd.DataFrame(flat)
    found = digests(frame, folder)
    assert found.content == digests(pa.table(flat), folder).content
    assert digests(frame.set_axis(range(5, ROWS + 5)), folder).content == found.content
    assert digests(frame.iloc[::-1], folder).content == b"".join([*found][::-1])


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
@pytest.mark.parametrize("column", list(COLUMNS))
def test_one_changed_cell_changes_the_digest_of_its_row_and_of_no_other(column: str, row: int, folder: Folder) -> None:
    other = {"whole": -1, "real": 0.25, "yes": None, "text": "", "nested": [0]}[column]
    changed = {**COLUMNS, column: [*COLUMNS[column]]}
    changed[column][row] = other if other is not None else not changed[column][row]
    before, after = [*digests(pa.table(COLUMNS), folder)], [*digests(pa.table(changed), folder)]
    assert [n for n in range(ROWS) if before[n] != after[n]] == [row]


def test_rows_of_arrays_side_by_side_are_told_apart_by_all_of_them(folder: Folder) -> None:
    features, labels = np.arange(12.0).reshape(4, 3), np.array([0, 1, 0, 1])
    assert both_of((features, labels), (features, labels), folder) == (4, 4, 4)
    assert both_of((features, labels), (features, 1 - labels), folder) == (0, 0, 0)
    assert both_of((features, ["a", "b", "ab", ""]), (features, ["a", "b", "ab", "x"]), folder) == (3, 3, 3)
    assert both_of(features, np.asfortranarray(features)[::-1], folder) == (4, 4, 4)


def test_rows_of_lists_objects_and_masked_arrays_have_digests(folder: Folder) -> None:
    assert both_of([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 3}], folder) == (1, 1, 1)
    objects = np.array([["x", None], ["y", 1]], dtype=object)
    assert both_of(objects, objects[1:], folder) == (1, 1, 1)
    masked = np.ma.masked_array([[1, 2], [3, 4]], mask=[[False, True], [False, False]])
    assert both_of(masked, np.ma.masked_array([[1, 9], [3, 5]], mask=[[False, True], [False, False]]), folder) == (
        1,
        1,
        1,
    )


def test_rows_are_taken_in_pieces(folder: Folder) -> None:
    numbers = np.arange(AT_ONCE * 2 + 7)
    assert len(set(digests(numbers, folder))) == len(numbers)
    in_pandas, in_polars = (
        digests(held, folder) for held in (pd.DataFrame({"n": numbers}), pl.DataFrame({"n": numbers}))
    )
    assert in_pandas.content == in_polars.content


def test_rows_are_counted_as_often_as_they_are_there(folder: Folder) -> None:
    assert both_of(np.array([1, 1, 2, 3]), np.array([3, 1, 1, 1, 5]), folder) == (2, 3, 4)
    found = shared(digests(np.array([1, 1, 2, 3]), folder), digests(np.array([3, 1, 1, 1, 5]), folder))
    assert found.examples == ((0, 1), (3, 0)), "the first of each"


def test_no_rows_share_nothing(folder: Folder) -> None:
    assert both_of(np.zeros((0, 3)), np.zeros((2, 3)), folder) == (0, 0, 0)
    assert both_of(np.zeros((2, 0)), np.zeros((2, 0)), folder) == (1, 2, 2)


small = st.lists(st.tuples(st.integers(0, 3), st.none() | st.sampled_from(["a", "b", ""])), max_size=12)


@settings(max_examples=40, deadline=None)
@given(small, small)
def test_what_is_shared_is_what_sets_of_rows_share(left: list[Any], right: list[Any]) -> None:
    schema = {"n": pl.Int64, "t": pl.String}
    one, other = (rows_of(pl.DataFrame(rows, schema=schema, orient="row"), encoded) for rows in (left, right))
    tables = [RowDigests(rows.head, "k", b"".join(_short(row) for row in rows.between(0, 99))) for rows in (one, other)]
    found = shared(*tables)
    both = set(left) & set(right)
    assert found.contents == len(both)
    assert (found.left_rows, found.right_rows) == (sum(r in both for r in left), sum(r in both for r in right))


def _short(row: bytes) -> bytes:
    return hashlib.blake2b(row, digest_size=16).digest()


def test_columns_that_tell_rows_apart_may_be_named(folder: Folder) -> None:
    first = pd.DataFrame({"patient": ["a", "b", "b"], "weight": [1.0, 2.0, 3.0]})
    second = pd.DataFrame({"weight": [9.0], "patient": ["b"]})
    found = shared(digests(first, folder, ["patient"]), digests(second, folder, ["patient"]))
    assert (found.contents, found.left_rows, found.right_rows) == (1, 2, 1)
    with pytest.raises(BadParameter, match="no column 'doctor'; they have patient, weight"):
        keep_rows(first, ["doctor"], folder.path)
    with pytest.raises(BadParameter, match="digests of rows by patient need a table"):
        keep_rows(np.zeros((2, 2)), ["patient"], folder.path)


def test_what_has_no_rows_in_memory_is_refused(folder: Folder) -> None:
    with pytest.raises(Unreadable, match="a file or folder has no rows in memory"):
        keep_rows(Path("rows.csv"), None, folder.path)


# --- the file


def test_the_file_is_named_by_its_digest_and_is_the_owners_alone(folder: Folder) -> None:
    address = keep_rows(np.arange(6.0).reshape(3, 2), None, folder.path)
    file = folder.rows / address
    content = file.read_bytes()
    assert hashlib.sha256(content).hexdigest() == address
    assert file.stat().st_mode & 0o777 == 0o600
    begin, said, rest = content.split(b"\n", 2)
    assert begin + b"\n" == FORMAT
    assert {name: value for name, value in json.loads(said).items() if name != "key"} == {
        "rows": 3, "head": ["array", "<f8", [2], False],
    }  # fmt: skip
    assert len(rest) == 3 * 16
    assert [each.name for each in folder.rows.iterdir()] == [address], "no draft is left"
    assert keep_rows(np.arange(6.0).reshape(3, 2), None, folder.path) == address


def test_a_row_cannot_be_guessed_without_the_salt(folder: Folder, tmp_path: Path) -> None:
    other = Folder.create(tmp_path / "other", base=folder.base)
    rows = ["mara@example.org"]
    ours, theirs = digests(rows, folder), digests(rows, other)
    assert ours.content != theirs.content
    with pytest.raises(Unreadable, match="made in different graphs"):
        shared(ours, theirs)


def test_rows_of_different_columns_are_not_compared(folder: Folder) -> None:
    left = pd.DataFrame({"a": [1], "b": [2.0]})
    for right, said in (
        (left.astype({"b": "float32"}), r'\["b", "float64"\] here and \["b", "float32"\] there'),
        (left.rename(columns={"a": "c"}), r'\["a", "int64"\] here and \["c", "int64"\] there'),
        (left[["a"]], "2 here and 1 there"),
        (left.to_numpy(), "different columns"),
    ):
        with pytest.raises(Unreadable, match=said):
            shared(digests(left, folder), digests(right, folder))


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_changed_file_is_not_believed(place: int, folder: Folder) -> None:
    address = keep_rows(np.arange(6.0), None, folder.path)
    content = bytearray((folder.rows / address).read_bytes())
    content[place] ^= 1
    (folder.rows / address).write_bytes(content)
    with pytest.raises(Unreadable, match="is not what was recorded"):
        kept(address, folder)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_other_file_is_refused_with_a_sentence(tmp_path_factory: Any, content: bytes, begun: bool) -> None:
    folder = Folder.create(tmp_path_factory.getbasetemp() / "any", base="https://example.org/kg/")
    folder.rows.mkdir(exist_ok=True)
    content = FORMAT + content if begun else content
    address = hashlib.sha256(content).hexdigest()
    (folder.rows / address).write_bytes(content)
    with pytest.raises(Unreadable, match="holds no digests of rows"):
        kept(address, folder)


def test_a_file_that_is_gone_is_named(folder: Folder) -> None:
    with pytest.raises(Unreadable, match=r"cannot read the digests of rows in .*: No such file"):
        kept("0" * 64, folder)


def test_the_rows_of_a_graph_without_a_salt_are_not_kept(folder: Folder) -> None:
    (folder.keys / "salt").unlink()
    with pytest.raises(NotAKnowledgeGraph, match=r"cannot read .*salt"):
        keep(rows_of([1], encoded), folder)


# --- recorded


def frame(start: int, stop: int) -> pd.DataFrame:
    return pd.DataFrame({"n": np.arange(start, stop), "t": [f"row {n}" for n in range(start, stop)]})


def test_a_dataset_names_the_digests_of_its_rows(recorded: Recorded, folder: Folder) -> None:
    data = provkg.dataset("a", frame(0, 10), row_digests=True)
    (said,) = described(recorded.only("dataset"), DatasetVersion)
    assert said.other_digests == (f"{NAME}:{data.row_digests}",)
    assert data.row_digests is not None
    assert len(kept(data.row_digests, folder)) == 10


def test_without_being_asked_for_no_digests_of_rows_are_taken(recorded: Recorded, folder: Folder) -> None:
    assert provkg.dataset("a", frame(0, 10)).row_digests is None
    assert not folder.rows.exists()


def test_what_two_datasets_share_is_measured_and_recorded(recorded: Recorded) -> None:
    left = provkg.dataset("a", frame(0, 10), row_digests=True)
    right = provkg.dataset("b", frame(8, 16), row_digests=True)
    found = provkg.overlap(left, right)
    assert (found.shared, found.left_rows, found.right_rows) == (2, 2, 2)
    assert found.examples == ((8, 0), (9, 1))
    closing = recorded.closing()
    check = opened_run(closing)
    assert isinstance(check, QualityCheckRun)
    assert (check.title, check.used) == ("overlap of 'a' and 'b'", (left.reference, right.reference))
    (said,) = described(closing, OverlapMeasurement)
    assert (said.left, said.right, said.overlap_count) == (left.reference, right.reference, 2)
    assert (said.value, said.sample_size, said.run) == (0.25, 8, check.reference())


def test_data_without_digests_of_rows_are_said_and_nothing_is_recorded(recorded: Recorded) -> None:
    left, right = provkg.dataset("a", frame(0, 10), row_digests=True), provkg.dataset("b", frame(0, 10))
    with pytest.warns(provkg.CaptureWarning, match="no digests of the rows of 'b' were kept; record it with row_"):
        assert provkg.overlap(left, right) == provkg.Overlap()
    with pytest.warns(provkg.CaptureWarning, match="overlap takes two datasets that provkg"):
        assert provkg.overlap(left, frame(0, 10)) == provkg.Overlap()  # type: ignore[arg-type]
    assert recorded.records("run-closed") == []


def test_rows_that_have_no_digests_leave_the_dataset_recorded(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n", "utf-8")
    with pytest.warns(provkg.CaptureWarning, match="digests of the rows of 'a': a file or folder has no rows"):
        data = provkg.dataset("a", tmp_path / "a.csv", row_digests=True)
    assert data.reference is not None


def test_a_split_measures_what_its_parts_share(recorded: Recorded) -> None:
    doubled = pd.concat([frame(0, 10), frame(5, 10)], ignore_index=True)
    with provkg.splitting(provkg.dataset("a", doubled), strategy="by hand", row_digests=True) as split:
        train = split.part("train", doubled.iloc[:10], range(10))
        split.part("test", doubled.iloc[10:], range(10, 15))
    closing = recorded.closing()
    assert isinstance(opened_run(closing), SplitRun)
    (said,) = described(closing, OverlapMeasurement)
    parts = described(closing, Split)
    assert [part.reference() for part in parts] == [said.left, said.right]
    assert (said.overlap_count, said.value) == (5, 1.0), "no row number is in both parts, and yet five rows are"
    assert train.row_digests is not None


def test_parts_of_different_folds_are_not_compared(recorded: Recorded) -> None:
    rows = frame(0, 4)
    with provkg.splitting(provkg.dataset("a", rows), strategy="kFold", row_digests=True) as split:
        for fold in (0, 1):
            split.part("train", rows.iloc[[fold, fold + 2]], [fold, fold + 2], fold=fold)
            split.part("test", rows.iloc[[1 - fold, 3 - fold]], [1 - fold, 3 - fold], fold=fold)
    assert [said.overlap_count for said in described(recorded.closing(), OverlapMeasurement)] == [0, 0]


def test_the_rules_find_a_model_that_was_tested_on_rows_it_had_seen(folder: Folder) -> None:
    with recording(folder.path):
        provkg.configure(responsible="team:tests")
        sets = [
            provkg.dataset(name, frame(*rows), source="https://example.org/n", row_digests=True)
            for name, rows in (("train", (0, 10)), ("test", (8, 16)))
        ]
        with provkg.training("t", data=sets[0]) as run:
            model = run.model("m", b"weights")
        with provkg.evaluation(model, data=sets[1]) as check:
            check.metric("accuracy", 1.0, role="test")
        provkg.overlap(*sets)
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
    assert (report.rejected, report.messages) == (0, [])
    with Reader.open(folder.path) as reader:
        (found,) = reader.audit(rules=["X60"])
    assert "share 2 different rows with" in found.message


def test_recorded_datasets_are_compared_without_their_rows(folder: Folder) -> None:
    with recording(folder.path):
        provkg.configure(responsible="team:tests")
        for name, rows in (("train", (0, 10)), ("test", (8, 16)), ("other", (0, 3))):
            source = "https://example.org/n"
            provkg.dataset(name, frame(*rows), source=source, row_digests=name != "other")
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
    with Reader.open(folder.path) as reader:
        found = reader.overlap("train", "test")
        assert (found.shared, found.right_rows) == (2, 2)
        counts = reader.query(
            "PREFIX pvk: <https://w3id.org/provkg#> SELECT ?n { ?m pvk:overlapCount ?n ; pvk:leftSubset ?l . "
            "?l pvk:recordCount 10 . ?m pvk:measuredIn/a pvk:QualityCheckRun }"
        )
        assert [row[0].value for row in counts.rows if isinstance(row[0], Literal)] == ["2"]
        with pytest.raises(BadParameter, match="no digests of the rows of 'other' were kept"):
            reader.overlap("train", "other")
