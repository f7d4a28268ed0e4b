"""An answer as a frame of pandas or polars, or as an Arrow table, where these are installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from provkg.errors import MissingExtra
from provkg.forms.typed import Type, TypedColumn

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

# By type: what pandas holds the column as, without and with gaps. Text is what pandas itself makes of text.
_PANDAS: Final[Mapping[Type, tuple[str, str]]] = {
    "boolean": ("bool", "boolean"),
    "integer": ("int64", "Int64"),
    "double": ("float64", "float64"),
    "dateTime": ("datetime64[us, UTC]", "datetime64[us, UTC]"),
}


def pandas_frame(columns: Sequence[TypedColumn]) -> pd.DataFrame:
    """Return a frame of pandas; a gap among doubles is NaN there, as pandas has it."""
    pandas = optional("pandas")
    series = {column.name: _series(pandas, column) for column in columns}
    frame: pd.DataFrame = pandas.DataFrame(series, columns=[column.name for column in columns])
    return frame


def polars_frame(columns: Sequence[TypedColumn]) -> pl.DataFrame:
    """Return a frame of polars."""
    polars = optional("polars")
    types = {
        "boolean": polars.Boolean,
        "integer": polars.Int64,
        "double": polars.Float64,
        "dateTime": polars.Datetime("us", "UTC"),
        "string": polars.String,
    }
    series = [polars.Series(column.name, column.values, dtype=types[column.type]) for column in columns]
    frame: pl.DataFrame = polars.DataFrame(series)
    return frame


def arrow_table(columns: Sequence[TypedColumn], metadata: Mapping[str, str] | None = None) -> pa.Table:
    """Return an Arrow table, with `metadata` about the whole."""
    pyarrow = optional("pyarrow", extra="parquet")
    types = {
        "boolean": pyarrow.bool_(),
        "integer": pyarrow.int64(),
        "double": pyarrow.float64(),
        "dateTime": pyarrow.timestamp("us", "UTC"),
        "string": pyarrow.string(),
    }
    arrays = [pyarrow.array(column.values, type=types[column.type]) for column in columns]
    fields = [pyarrow.field(column.name, types[column.type]) for column in columns]
    return pyarrow.table(arrays, schema=pyarrow.schema(fields, metadata=dict(metadata or {})))


def optional(module: str, *, extra: str | None = None) -> Any:
    """Import what provkg itself does without; raises `MissingExtra` that says how to get it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise  # installed, but broken: show that
        wanted = f'"provkg[{extra}]"' if extra else module
        raise MissingExtra(f"{module} is not installed; run: pip install {wanted}") from None


def _series(pandas: Any, column: TypedColumn) -> Any:
    if column.type == "string":
        return pandas.Series(column.values, dtype=None if any(column.values) else "str")
    return pandas.Series(column.values, dtype=_PANDAS[column.type][column.has_gaps])
