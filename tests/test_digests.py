"""Digests cover the full content: change one cell anywhere and the digest changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from provkg.capture.digests import ARRAY, TABLE, digest, members
from provkg.capture.file_digests import MANIFEST, file_digest
from provkg.errors import Unreadable

ROWS = 3_000


def frame() -> pd.DataFrame:
    numbers = np.arange(ROWS)
    return pd.DataFrame(
        {
            "whole": numbers,
            "real": numbers / 7,
            "text": [f"row {n}" for n in numbers],
            "kind": pd.Categorical([("a", "b", "c")[n % 3] for n in numbers]),
            "when": pd.date_range("2026-01-01", periods=ROWS, freq="s", tz="UTC"),
            "maybe": pd.array([None if n % 5 == 0 else n for n in numbers], dtype="Int64"),
        }
    )


FRAME = frame()
CHANGES: dict[str, Any] = {
    "whole": -1,
    "real": 0.5,
    "text": "another",
    "kind": "b",
    "when": pd.Timestamp(0, tz="UTC"),
    "maybe": 1,
}


def test_a_file_is_identified_by_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(b"x" * 3_000_000)
    found = digest(file)
    assert (found.sha256, found.form) == (hashlib.sha256(b"x" * 3_000_000).hexdigest(), None)
    assert file_digest(file).size == 3_000_000


def test_bytes_are_identified_as_a_file_with_them_is(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert digest(b"abc") == digest(tmp_path / "f")


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
@pytest.mark.parametrize("column", list(CHANGES))
def test_one_changed_cell_changes_the_digest_of_a_frame(column: str, row: int) -> None:
    changed = FRAME.copy()
    position = FRAME.columns.get_loc(column)
    assert isinstance(position, int)
    changed.iloc[row, position] = CHANGES[column] if str(FRAME.iat[row, position]) != str(CHANGES[column]) else "a"
    assert changed.dtypes.equals(FRAME.dtypes)
    assert digest(changed) != digest(FRAME)


OTHERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "dtype": lambda table: table.astype({"whole": "int32"}),
    "column name": lambda table: table.rename(columns={"real": "Real"}),
    "column order": lambda table: table[list(reversed(table.columns))],
    "row order": lambda table: table.iloc[::-1],
    "one row less": lambda table: table.iloc[:-1],
    "one column less": lambda table: table.drop(columns="maybe"),
    "unused category": lambda table: table.assign(kind=table["kind"].cat.add_categories(["unused"])),
    "category order": lambda table: table.assign(kind=table["kind"].cat.reorder_categories(["c", "b", "a"])),
    "plain text": lambda table: table.assign(kind=table["kind"].astype(str)),
    "index": lambda table: table.set_axis(range(1, len(table) + 1)),
    "index name": lambda table: table.rename_axis("row"),
    "time zone": lambda table: table.assign(when=table["when"].dt.tz_localize(None)),
    "missing values": lambda table: table.assign(maybe=table["maybe"].fillna(0)),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_every_property_of_a_frame_counts(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    small = FRAME.head(300)
    assert digest(change(small)) != digest(small)


def test_equal_frames_have_one_digest_however_they_were_made() -> None:
    assert digest(frame()) == digest(FRAME)
    assert digest(FRAME).form == TABLE


def test_a_series_counts_its_name_and_index() -> None:
    series = pd.Series([1, 2, 3], name="x")
    others = [series.rename("y"), series.set_axis([3, 4, 5]), series.astype(float), pd.Series([1, 2, 4], name="x")]
    assert len({digest(each) for each in (series, *others)}) == 5


def test_missing_values_of_different_kinds_differ() -> None:
    kinds = [[None], [float("nan")], [pd.NaT], [pd.NA], [""], [0]]
    assert len({digest(kind) for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("place", [(0, 0), (50_000, 2), (99_999, 4)])
def test_one_changed_cell_changes_the_digest_of_an_array(place: tuple[int, int]) -> None:
    array = np.arange(500_000, dtype="float64").reshape(100_000, 5)  # several pieces of the stream
    changed = array.copy()
    changed[place] += 1
    assert digest(changed) != digest(array)
    assert digest(array).form == ARRAY


def test_dtype_and_shape_of_an_array_count() -> None:
    array = np.arange(12, dtype="int64")
    others = [array.reshape(3, 4), array.reshape(4, 3), array.astype("int32"), array.astype("float64"), array[:-1]]
    assert len({digest(each) for each in (array, *others)}) == 6


def test_memory_order_of_an_array_does_not_count() -> None:
    array = np.arange(12).reshape(3, 4)
    assert digest(np.asfortranarray(array)) == digest(array)
    assert digest(np.repeat(array, 2, axis=1)[:, ::2]) == digest(array)


def test_arrays_of_objects_are_read_element_by_element() -> None:
    first, second = np.array(["a", None, 1], dtype=object), np.array(["a", None, 2], dtype=object)
    assert digest(first) == digest(first.copy())
    assert digest(first) != digest(second)


def test_the_mask_of_an_array_counts() -> None:
    array = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    other = np.ma.masked_array([1, 2, 3], mask=[False, False, True])
    assert len({digest(array), digest(other), digest(np.array([1, 2, 3]))}) == 3


def test_what_lies_behind_a_mask_does_not_count() -> None:
    first, second = (np.ma.masked_array([1, hidden, 3], mask=[False, True, False]) for hidden in (2, 9))
    assert digest(first) == digest(second)
    assert digest(np.ma.masked) != digest(np.float64(0))


@pytest.mark.parametrize("row", [0, 500, 999])
def test_one_changed_cell_changes_the_digest_of_structured_masked_and_object_arrays(row: int) -> None:
    structured = np.zeros(1000, dtype=[("a", "i4"), ("b", [("c", "f8"), ("d", "U3")])])
    changed = structured.copy()
    changed[row]["b"]["d"] = "x"
    objects = np.array([None] * 1000, dtype=object)
    others = objects.copy()
    others[row] = ""
    masked, open_ = np.ma.masked_array(np.zeros(1000), mask=True), np.ma.masked_array(np.zeros(1000), mask=True)
    open_[row] = 0
    texts, longer = (np.array(["a"] * 1000, dtype=np.dtypes.StringDType()) for _ in range(2))
    longer[row] = "a" * 50
    for one, other in ((structured, changed), (objects, others), (masked, open_), (texts, longer)):
        assert digest(one) == digest(one.copy()) != digest(other)


def test_the_bytes_between_the_fields_of_an_array_do_not_count() -> None:
    apart = np.dtype({"names": ["a", "b"], "formats": ["u1", "f8"], "offsets": [0, 8], "itemsize": 24})
    rows = [np.full(24 * 5, filling, dtype="u1").view(apart) for filling in (0, 255)]
    for each in rows:
        each["a"], each["b"] = 1, 2.5
    packed = np.array([(1, 2.5)] * 5, dtype=[("a", "u1"), ("b", "f8")])
    assert digest(rows[0]) == digest(rows[1]) == digest(packed)


def test_an_array_in_a_file_is_the_same_as_in_memory(tmp_path: Path) -> None:
    array = np.arange(300_000, dtype="f4").reshape(3, -1)
    np.save(tmp_path / "a.npy", array)
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    assert digest(mapped) == digest(array)


@pytest.mark.parametrize("shape", [(1, 600_000), (600_000, 1), (3, 200_000), (2, 3, 100_000), (600_000,), (0, 3)])
def test_an_array_that_lies_in_steps_has_the_digest_of_its_copy(shape: tuple[int, ...]) -> None:
    stepped = np.arange(np.prod(shape) * 2, dtype="i8").reshape(*shape[:-1], shape[-1] * 2)[..., ::2]
    assert digest(stepped) == digest(stepped.copy()) == digest(np.asfortranarray(stepped))


def test_an_object_without_dimensions_is_what_it_is_and_not_where_it_lies() -> None:
    assert digest(np.array("x" * 40, dtype=object)) == digest(np.array("".join(["x"] * 40), dtype=object))
    assert digest(np.array("x", dtype=object)) != digest(np.array("y", dtype=object))


def test_named_fields_of_an_array_count() -> None:
    first = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    second = np.array([(1, 2.0)], dtype=[("a", "i4"), ("c", "f8")])
    assert digest(first) != digest(second)


def test_a_sparse_matrix_is_its_values_whatever_its_format() -> None:
    rows = scipy.sparse.random_array((50, 20), density=0.1, rng=np.random.default_rng(1))
    assert digest(rows.tocsr()) == digest(rows.tocoo())
    changed = rows.tolil()
    changed[49, 19] += 1
    assert digest(changed.tocsr()) != digest(rows.tocsr())


FORMATS = ("csr", "csc", "coo", "lil", "dok", "bsr", "dia")


@pytest.mark.parametrize("place", [(0, 0), (25, 10), (49, 19)])
def test_one_changed_cell_changes_the_digest_of_a_sparse_matrix_in_every_format_alike(place: tuple[int, int]) -> None:
    changed = np.zeros((50, 20))
    changed[::5, ::3] = np.arange(70).reshape(10, 7) + 1
    before = digest(scipy.sparse.csr_array(changed))
    changed[place] += 0.5
    # BSR stores the zeros of its blocks, of which those of one cell have none.
    made = [getattr(scipy.sparse, f"{form}_array") for form in FORMATS]
    found = {
        digest(make(changed, blocksize=(1, 1)) if make is scipy.sparse.bsr_array else make(changed)) for make in made
    }
    assert len(found) == 1
    assert before not in found
    assert before.form == "sparse-1"


def test_a_sparse_matrix_counts_type_shape_and_what_it_stores() -> None:
    rows = scipy.sparse.csr_array(np.eye(4))
    wide = scipy.sparse.csr_array((rows.data, rows.indices.astype("i8"), rows.indptr.astype("i8")), shape=(4, 4))
    twice = scipy.sparse.coo_array(([0.5, 0.5, 1, 1, 1], ([0, 0, 1, 2, 3], [0, 0, 1, 2, 3])), shape=(4, 4))
    zero = scipy.sparse.coo_array(([1.0, 1, 1, 1, 0], ([0, 1, 2, 3, 0], [0, 1, 2, 3, 1])), shape=(4, 4))
    assert digest(rows) == digest(wide) == digest(twice) == digest(scipy.sparse.csr_matrix(np.eye(4)))
    others = [rows.astype("f4"), zero, scipy.sparse.csr_array(np.eye(4, 5)), rows.toarray(), rows * 2]
    assert len({digest(each) for each in (rows, *others)}) == len(others) + 1, "a stored zero counts"


def test_a_sparse_array_may_have_any_number_of_dimensions() -> None:
    cube = np.zeros((2, 3, 4))
    cube[1, 2, 3] = cube[0, 0, 1] = 1
    assert digest(scipy.sparse.coo_array(cube)) == digest(scipy.sparse.coo_array(cube))
    other = cube.copy()
    other[1, 2, 3], other[1, 2, 2] = 0, 1
    assert digest(scipy.sparse.coo_array(other)) != digest(scipy.sparse.coo_array(cube))
    assert digest(scipy.sparse.coo_array(cube[0, 0])) == digest(scipy.sparse.csr_array(cube[0, 0]))


def test_instances_of_dataclasses_are_what_they_hold() -> None:
    assert digest([Reading("a", 1.5)]) == digest([Reading("a", 1.5)])
    others = [Reading("b", 1.5), Reading("a", 2), OtherReading("a", 1.5), {"place": "a", "value": 1.5}]
    assert len({digest([each]) for each in (Reading("a", 1.5), *others)}) == 5


@dataclass
class Reading:
    place: str
    value: float


class OtherReading(Reading):
    pass


def test_rows_in_lists_count_values_types_and_order() -> None:
    rows: list[Any] = [[1, 2], [3, 4]]
    others: list[Any] = [
        *([[1, 2], [4, 3]], [[3, 4], [1, 2]], [[1, 2, 3, 4]], [[1, 2.0], [3, 4]], [["1", 2], [3, 4]]),
        *([[True, 2], [3, 4]], ([1, 2], [3, 4]), [(1, 2), (3, 4)], [{"a": 1}], [[1, 2], [3, 4], []]),
    ]
    assert len({digest(each) for each in (rows, *others)}) == len(others) + 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=8,
)


def exactly(value: Any) -> str:
    return (
        f"{type(value).__name__}({','.join(map(exactly, value))})" if isinstance(value, list | tuple) else repr(value)
    )


@given(st.lists(values, max_size=4), st.lists(values, max_size=4))
def test_lists_of_anything_have_one_digest_exactly_when_they_are_the_same(first: list[Any], second: list[Any]) -> None:
    assert (digest(first) == digest(second)) == (exactly(first) == exactly(second))


def test_features_and_target_together_count_both() -> None:
    features, target = np.zeros((4, 2)), np.array([0, 1, 0, 1])
    assert digest((features, target)) != digest((features, 1 - target))
    assert digest((features, target)) != digest((features + 1, target))


def folder(path: Path, **files: bytes) -> Path:
    for name, content in files.items():
        file = path / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def test_a_folder_is_identified_by_names_and_contents_of_all_its_files(tmp_path: Path) -> None:
    original = digest(folder(tmp_path / "a", one=b"1", sub__two=b"2"))
    assert original.form == MANIFEST
    assert digest(folder(tmp_path / "b", sub__two=b"2", one=b"1")) == original, "the order of making does not count"
    others = [
        folder(tmp_path / "c", one=b"1", sub__two=b"3"),
        folder(tmp_path / "d", one=b"1", sub__three=b"2"),
        folder(tmp_path / "e", one=b"1", two=b"2"),
        folder(tmp_path / "f", one=b"1"),
    ]
    assert original not in {digest(other) for other in others}


def test_a_folder_never_collides_with_a_file_of_its_manifest(tmp_path: Path) -> None:
    made = folder(tmp_path / "a", one=b"1")
    manifest = b"one\0" + hashlib.sha256(b"1").hexdigest().encode() + b"\x001\n"
    assert digest(manifest).sha256 != digest(made).sha256
    assert digest(b"manifest-1\0" + manifest).sha256 == digest(made).sha256, "the form is part of what is hashed"


def test_a_pipe_is_no_content(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)
    try:
        with pytest.raises(Unreadable, match="no regular file"):
            digest(tmp_path / "pipe")
    finally:
        os.close(writer)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"gone\.csv: No such file"):
        digest(tmp_path / "gone.csv")


def test_what_has_no_canonical_form_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unreadable, match=r"no canonical form .* give rows as a list"):
        digest([object()])


@given(st.lists(st.integers(0, 10**9), unique=True), st.randoms())
def test_membership_does_not_depend_on_order(rows: list[int], chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert members(shuffled) == members(rows)
    assert members([*rows, -1]) != members(rows)
