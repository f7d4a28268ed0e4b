"""A table in a file is told with its rows and columns, where its format says so."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

import provkg
from provkg.capture import table_files
from provkg.capture.table_files import UNKNOWN, TableFile, table_file
from provkg.records import DatasetVersion
from tests.recording import described, recording


def of(folder: Path, text: str, name: str = "table.csv") -> TableFile:
    file = folder / name
    file.write_bytes(text.encode())
    return table_file(file)


def test_a_csv_has_its_header_for_columns_and_the_rest_for_rows(tmp_path: Path) -> None:
    found = of(tmp_path, "weight,ripe,notes\n0.2,1,good\n0.1,0,\n")
    assert found == TableFile(2, (("weight", "float"), ("ripe", "int"), ("notes", "str")))
    assert json.loads(found.schema or "") == [["weight", "float"], ["ripe", "int"], ["notes", "str"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n", 1),
        ("a,b\n1,2", 1),
        ("a,b\r\n1,2\r\n3,4\r\n", 2),
        ("a,b\n\n1,2\n\n\n3,4\n\n", 2),
        ('a,b\n"one\ntwo",2\n3,4\n', 2),
        ("a,b\r1,2\r3,4\r", 2),
        ("a,b\n", 0),
        ("\ufeffa,b\n1,2\n", 1),
    ],
)
def test_rows_are_counted_as_readers_of_csv_count_them(tmp_path: Path, text: str, rows: int) -> None:
    assert of(tmp_path, text).count == rows


@given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), max_size=8))
def test_whatever_a_csv_holds_is_counted(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["first", "second"], *rows])
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(text.getvalue().encode("utf-8", "replace"))
    assert table_file(file).count in {len(rows), None}


@pytest.mark.parametrize("text", ["1,2\n3,4\n", "a,a\n1,2\n", "a,\n1,2\n", "", "\n"])
def test_a_csv_without_a_header_tells_nothing(tmp_path: Path, text: str) -> None:
    assert of(tmp_path, text) == UNKNOWN


def test_lines_of_json_are_records(tmp_path: Path) -> None:
    found = of(tmp_path, '{"weight": 0.2, "ripe": true}\n\n{"weight": 0.1}\n', "rows.jsonl")
    assert found == TableFile(2, (("weight", "float"), ("ripe", "bool")))
    assert of(tmp_path, "[1]\n[2]\n", "rows.ndjson") == TableFile(2, None)
    assert of(tmp_path, "", "none.jsonl") == TableFile(0, None)


def test_arrays_and_parquet_tell_in_their_headers(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((4, 2), "float32"))
    assert table_file(tmp_path / "x.npy") == TableFile(4, (("0", "float32"), ("1", "float32")))
    pa.parquet.write_table(pa.table({"weight": [0.2, 0.1, 0.3]}), tmp_path / "x.parquet")
    assert table_file(tmp_path / "x.parquet") == TableFile(3, (("weight", "double"),))


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl", "x.npy", "x.parquet", "x.bin"])
def test_a_file_that_is_not_what_its_name_says_tells_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\xff\xfe\x80 no table\n\x01,")
    assert table_file(tmp_path / name) == UNKNOWN
    assert table_file(tmp_path / f"missing-{name}") == UNKNOWN


def test_a_large_text_is_not_gone_through_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "MOST_BYTES", 10)
    assert of(tmp_path, "a,b\n1,2\n3,4\n") == TableFile(None, (("a", "int"), ("b", "int")))


def test_it_stands_in_the_record(tmp_path: Path) -> None:
    (tmp_path / "apples.csv").write_text("weight,ripe\n0.2,1\n0.1,0\n")
    with recording(tmp_path / "kg") as recorded:
        data = provkg.dataset("apples", tmp_path / "apples.csv")
        (version,) = described(recorded.only("dataset"), DatasetVersion)
    assert (version.record_count, version.feature_count, data.record_count) == (2, 2, 2)
    assert version.schema is not None
    assert version.schema.columns == '[["weight", "float"], ["ripe", "int"]]'
