"""A table has one digest, whether pandas, polars or Arrow holds it, and every cell, name and type counts in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provkg.capture.columnar.table import GROUP_ROWS
from provkg.capture.digests import digest

# pyarrow's way to read pandas, deprecated by pandas 3.1.
pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning an ndarray that drops timezone")

ROWS = 20_000
"""More than two groups."""


def told(rows: int = ROWS) -> dict[str, list[Any]]:
    """Return columns of every kind, with missing values in most."""
    day, second = dt.date(2026, 1, 1), dt.datetime(2026, 1, 1)  # noqa: DTZ001 - each library gives it its zone

    def some(value: Callable[[int], Any], every: int) -> list[Any]:
        return [None if n % every == 0 else value(n) for n in range(rows)]

    return {
        "whole": list(range(rows)),
        "real": some(lambda n: n / 7, 11),
        "yes": [n % 3 == 0 for n in range(rows)],
        "perhaps": some(lambda n: n % 2 == 0, 13),
        "text": some(lambda n: f"row {n} ü", 5),
        "raw": [str(n).encode() for n in range(rows)],
        "day": some(lambda n: day + dt.timedelta(days=n % 900), 7),
        "when": some(lambda n: second + dt.timedelta(seconds=n), 9),
        "long": [dt.timedelta(seconds=n) for n in range(rows)],
    }


def in_arrow(columns: dict[str, list[Any]]) -> pa.Table:
    types = {"when": pa.timestamp("us", "UTC"), "long": pa.duration("us")}
    return pa.table({name: pa.array(values, types.get(name)) for name, values in columns.items()})


def in_polars(columns: dict[str, list[Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(columns)
    return frame.with_columns(pl.col("when").dt.replace_time_zone("UTC")) if "when" in columns else frame


def in_pandas(columns: dict[str, list[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(
        when=pd.to_datetime(frame["when"]).dt.tz_localize("UTC").dt.as_unit("us"),
        long=frame["long"].astype("timedelta64[us]"),
        perhaps=frame["perhaps"].astype("boolean"),
    )


TOLD = told()
HELD = {"arrow": in_arrow(TOLD), "polars": in_polars(TOLD), "pandas": in_pandas(TOLD)}


def test_the_same_table_has_one_digest_in_all_libraries() -> None:
    found = {library: digest(table) for library, table in HELD.items()}
    assert len(set(found.values())) == 1, found
    assert found["arrow"].form == "table-2"


def test_a_table_converted_from_one_library_to_another_keeps_its_digest() -> None:
    arrow, polars, pandas = HELD["arrow"], HELD["polars"], HELD["pandas"]
    converted = {
        "arrow to pandas": arrow.to_pandas(),
        "arrow to pandas on arrow": arrow.to_pandas(types_mapper=pd.ArrowDtype),
        "pandas to arrow": pa.Table.from_pandas(pandas),
        "pandas to polars": pl.from_pandas(pandas),
        "polars to arrow": polars.to_arrow(),
        "polars to pandas on arrow": polars.to_pandas(use_pyarrow_extension_array=True),
        "many chunks": pa.concat_tables([arrow.slice(0, 3), arrow.slice(3, 9_000), arrow.slice(9_003)]),
        "a slice of more": pa.concat_tables([arrow.slice(0, 5), arrow]).combine_chunks().slice(5),
        "one batch": arrow.combine_chunks().to_batches()[0],
        "polars in pieces": pl.concat([polars[:5], polars[5:]], rechunk=False),
    }
    found = {how: digest(table) for how, table in converted.items()}
    assert {how for how, each in found.items() if each != digest(arrow)} == set()


OTHER: dict[str, Any] = {
    "whole": -1, "real": 0.25, "yes": None, "perhaps": None, "text": "", "raw": b"\0", "day": dt.date(1999, 1, 1),
    "when": dt.datetime(1999, 1, 1),  # noqa: DTZ001
    "long": dt.timedelta(microseconds=-1),
}  # fmt: skip


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
@pytest.mark.parametrize("column", list(OTHER))
def test_one_changed_cell_changes_the_digest_in_each_library_alike(column: str, row: int) -> None:
    changed = {**TOLD, column: [*TOLD[column]]}
    changed[column][row] = OTHER[column] if OTHER[column] is not None else not changed[column][row]
    found = {digest(in_arrow(changed)), digest(in_polars(changed)), digest(in_pandas(changed))}
    assert len(found) == 1
    assert digest(HELD["arrow"]) not in found


SMALL = in_arrow(told(50))
CHANGES: dict[str, Callable[[pa.Table], pa.Table]] = {
    "name": lambda table: table.rename_columns(["Whole", *table.column_names[1:]]),
    "order of columns": lambda table: table.select(table.column_names[::-1]),
    "order of rows": lambda table: table.take(list(range(49, -1, -1))),
    "one row less": lambda table: table.slice(0, 49),
    "one column less": lambda table: table.drop_columns("day"),
    "narrower": lambda table: table.set_column(0, "whole", table["whole"].cast("int32")),
    "unsigned": lambda table: table.set_column(0, "whole", table["whole"].cast("uint64")),
    "real": lambda table: table.set_column(0, "whole", table["whole"].cast("float64")),
    "unit of time": lambda table: table.set_column(7, "when", table["when"].cast(pa.timestamp("ms", "UTC"))),
    "time zone": lambda table: table.set_column(7, "when", table["when"].cast(pa.timestamp("us", "Europe/Berlin"))),
    "missing": lambda table: table.set_column(1, "real", table["real"].fill_null(0)),
    "not a number": lambda table: table.set_column(1, "real", table["real"].fill_null(float("nan"))),
    "empty": lambda table: table.set_column(4, "text", table["text"].fill_null("")),
    "text as bytes": lambda table: table.set_column(4, "text", table["text"].cast("binary")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_property_of_a_table_counts(change: Callable[[pa.Table], pa.Table]) -> None:
    assert digest(change(SMALL)) != digest(SMALL)


def test_how_arrow_stores_text_is_no_part_of_the_table() -> None:
    kinds = [pa.string(), pa.large_string(), pa.string_view()]
    assert len({digest(pa.table({"a": pa.array(["x", None, "yy"], kind)})) for kind in kinds}) == 1


def test_what_lies_behind_a_missing_value_does_not_count() -> None:
    values = np.array([1, 2, 3])
    hidden = pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(values.tobytes())])
    assert hidden.to_pylist() == [1, None, 3]
    assert digest(pa.table({"a": hidden})) == digest(pa.table({"a": [1, None, 3]}))


def test_categories_count_and_are_the_same_in_all_libraries_that_keep_them() -> None:
    categories = ["low", "high", "never"]
    pandas = pd.DataFrame({"a": pd.Categorical(["high", None, "low"], categories=categories, ordered=True)})
    polars = pl.DataFrame({"a": pl.Series(["high", None, "low"], dtype=pl.Enum(categories))})
    assert digest(pandas) == digest(pa.Table.from_pandas(pandas)) == digest(polars) == digest(polars.to_arrow())
    others = [
        pandas.assign(a=pandas["a"].cat.remove_unused_categories()),
        pandas.assign(a=pandas["a"].cat.reorder_categories(["high", "low", "never"], ordered=True)),
        pandas.assign(a=pandas["a"].cat.as_unordered()),
        pandas.assign(a=pandas["a"].astype(str)),
        polars.cast({"a": pl.Categorical}),
    ]
    assert len({digest(each) for each in (pandas, *others)}) == len(others) + 1


def test_polars_categories_without_a_list_do_not_depend_on_what_the_process_saw_before() -> None:
    first = digest(pl.DataFrame({"a": pl.Series(["x", "y"], dtype=pl.Categorical)}))
    pl.Series(["new", "y", "x"], dtype=pl.Categorical)
    assert digest(pl.DataFrame({"a": pl.Series(["x", "y"], dtype=pl.Categorical)})) == first


def test_an_index_counts_as_the_index_also_where_arrow_carries_it() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=pd.Index(["x", "y", "z"], name="key"))
    assert digest(frame) == digest(pa.Table.from_pandas(frame))
    others = [frame.reset_index(drop=True), frame.reset_index(), frame.rename_axis(None), frame.iloc[::-1]]
    assert len({digest(each) for each in (frame, *others)}) == 5
    levels = frame.set_index("a", append=True).assign(b=1.5)
    assert digest(levels) == digest(pa.Table.from_pandas(levels)) != digest(levels.swaplevel())
    shifted = pd.DataFrame({"a": [1, 2, 3]}, index=pd.RangeIndex(1, 4, name="row"))
    assert digest(shifted) == digest(pa.Table.from_pandas(shifted)) != digest(frame.reset_index(drop=True))


def test_nested_values_have_one_digest_in_arrow_and_polars() -> None:
    rows: list[Any] = [{"a": [1, 2], "b": {"c": "x"}}, {"a": None, "b": {"c": None}}, {"a": [], "b": None}]
    kinds = pa.schema([("a", pa.list_(pa.int64())), ("b", pa.struct([("c", pa.string())]))])
    arrow = pa.Table.from_pylist(rows, kinds)
    polars = pl.DataFrame(rows, schema={"a": pl.List(pl.Int64), "b": pl.Struct({"c": pl.String})})
    assert digest(arrow) == digest(polars)
    narrow = arrow.set_column(0, "a", arrow["a"].cast(pa.list_(pa.int32())))
    assert digest(narrow) == digest(polars.cast({"a": pl.List(pl.Int32)})) != digest(arrow)


def test_decimals_have_one_digest_in_arrow_and_polars() -> None:
    values = [Decimal("1.50"), None, Decimal("-3.25")]
    arrow = pa.table({"a": pa.array(values, pa.decimal128(10, 2))})
    assert digest(arrow) == digest(pl.DataFrame({"a": pl.Series(values, dtype=pl.Decimal(10, 2))}))
    assert digest(arrow) != digest(pa.table({"a": pa.array(values, pa.decimal128(10, 3))}))


def test_a_single_column_has_one_digest_and_is_no_table() -> None:
    column = pd.Series([1, 2, 3], name="a")
    assert digest(column) == digest(pl.Series("a", [1, 2, 3])) != digest(column.to_frame())
    assert digest(pa.array([1, 2])) == digest(pa.chunked_array([[1], [2]])) != digest(pa.array([2, 1]))


def test_objects_that_only_python_knows_count() -> None:
    first, second = (pd.DataFrame({"a": ["x", 1, (1, each)]}) for each in (2, 3))
    assert digest(first) == digest(first.copy()) != digest(second)


def test_tables_without_rows_or_columns_are_told_apart() -> None:
    empty = [
        pd.DataFrame(), pd.DataFrame({"a": pd.Series(dtype="int64")}), pd.DataFrame({"a": pd.Series(dtype="float64")}),
    ]  # fmt: skip
    assert len({digest(each) for each in empty}) == 3
    assert digest(empty[1]) == digest(pl.DataFrame({"a": pl.Series(dtype=pl.Int64)})) == digest(
        pa.table({"a": pa.array([], "int64")})
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(allow_nan=False),
            st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_any_rows_have_one_digest(rows: list[tuple[Any, ...]]) -> None:
    schema = {"i": pl.Int64, "f": pl.Float64, "s": pl.String, "b": pl.Boolean}
    polars = pl.DataFrame(rows, schema=schema, orient="row")
    arrow = pa.table(
        {name: pa.array([row[n] for row in rows], kind) for n, (name, kind) in enumerate(
            {"i": "int64", "f": "float64", "s": "string", "b": "bool"}.items())}
    )  # fmt: skip
    pandas = pd.DataFrame(
        {
            "i": pd.array([row[0] for row in rows], dtype="Int64"),
            "f": np.array([np.nan if row[1] is None else row[1] for row in rows], dtype="float64"),
            "s": pd.array([row[2] for row in rows], dtype="string"),
            "b": np.array([row[3] for row in rows], dtype=bool),
        }
    )
    assert digest(polars) == digest(arrow) == digest(pandas)


def test_a_table_is_more_than_one_group() -> None:
    assert ROWS > 2 * GROUP_ROWS, "the changed cells above must lie in several groups"
