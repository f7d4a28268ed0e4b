"""What each operation of pandas is: its kind of transformation, and how rows and columns go through it."""

from __future__ import annotations

from typing import Final

ARITHMETIC: Final = frozenset(
    f"__{side}{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "divmod", "matmul")
    for side in ("", "r", "i")
) | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__neg__", "__pos__", "__invert__", "__abs__"}
_NAMED: Final = frozenset(
    f"{side}{name}"
    for name in ("add", "sub", "mul", "div", "truediv", "floordiv", "mod", "pow", "divmod")
    for side in ("", "r")
) | {"eq", "ne", "lt", "le", "gt", "ge", "multiply", "subtract", "divide"}

BY_CELL: Final = (
    ARITHMETIC
    | _NAMED
    | {"__array_ufunc__"}
    | {
        "__getitem__", "abs", "add_prefix", "add_suffix", "align", "applymap", "asfreq", "astype", "at_time",
        "between", "between_time", "case_when", "clip", "combine", "combine_first", "convert_dtypes", "copy",
        "drop", "drop_duplicates", "droplevel", "dropna", "eval", "explode", "fillna", "filter", "get", "head",
        "iloc", "infer_objects", "isetitem", "isin", "isna", "isnull", "loc", "map", "mask", "nlargest",
        "notna", "notnull", "nsmallest", "reindex", "reindex_like", "rename", "rename_axis", "reorder_levels",
        "replace", "reset_index", "round", "sample", "set_axis", "sort_index", "sort_values", "squeeze",
        "swaplevel", "tail", "take", "to_frame", "truncate", "tz_convert", "tz_localize", "update", "where",
    }
)  # fmt: skip
"""Each value of the result comes from the same row alone; of all other calls, from whole columns."""

ROWS_TAGGED: Final = frozenset(
    {"sort_values", "sort_index", "query", "sample", "nlargest", "nsmallest", "dropna", "drop_duplicates", "drop",
     "truncate", "explode", "head", "tail", "take", "between_time", "at_time", "merge", "join"}
)  # fmt: skip
"""The rows of the result are rows of the input, and a tag that travels with them tells which."""

ROWS_KEPT: Final = frozenset(
    {"rename", "rename_axis", "set_axis", "add_prefix", "add_suffix", "reset_index", "set_index", "select_dtypes",
     "pop", "insert", "isetitem", "reorder_levels", "swaplevel", "droplevel", "tz_localize", "tz_convert", "assign"}
)  # fmt: skip
"""Neither rows nor values change; names and labels may, and columns may go."""

DEFERRED: Final = frozenset({"groupby", "rolling", "expanding", "ewm", "resample"})
"""What they return does the work when it is asked."""

UNSEEN: Final = frozenset(
    {
        "assign", "at", "boxplot", "copy", "equals", "first_valid_index", "from_arrow", "from_dict",
        "from_records", "get", "hist", "iat", "iloc", "info", "items", "iterrows", "itertuples", "keys",
        "last_valid_index", "loc", "memory_usage", "mro", "pipe", "plot", "set_flags", "unwatch",
    }
)  # fmt: skip
"""They change nothing, or do so through operations that are seen themselves."""

READING: Final = ("items", "iterrows", "itertuples", "to_dict", "to_numpy", "to_records")
"""They hand values over to Python, so that what is made next may come from any of them."""

KINDS: Final = {
    "dropna": "filtering", "query": "filtering", "filter": "filtering", "loc": "filtering", "iloc": "filtering",
    "rows": "filtering", "head": "filtering", "tail": "filtering", "truncate": "filtering", "nlargest": "filtering",
    "nsmallest": "filtering", "take": "filtering", "drop": "filtering", "isin": "filtering",
    "drop_duplicates": "deduplication", "sample": "sampling",
    "fillna": "imputation", "ffill": "imputation", "bfill": "imputation", "interpolate": "imputation",
    "astype": "typeConversion", "convert_dtypes": "typeConversion", "infer_objects": "typeConversion",
    "get_dummies": "oneHotEncoding", "cut": "discretization", "qcut": "discretization",
    "columns": "featureSelection", "select_dtypes": "featureSelection", "pop": "featureSelection",
    "__delitem__": "featureSelection",
    "assign column": "featureConstruction", "insert": "featureConstruction", "eval": "featureConstruction",
    "merge": "join", "join": "join", "concat": "join", "merge_asof": "join", "merge_ordered": "join",
    "pivot_table": "aggregation", "groupby": "aggregation", "agg": "aggregation", "aggregate": "aggregation",
    "crosstab": "aggregation", "describe": "aggregation", "resample": "aggregation",
    "melt": "formatConversion", "pivot": "formatConversion", "stack": "formatConversion",
    "unstack": "formatConversion", "transpose": "formatConversion", "explode": "formatConversion",
    "wide_to_long": "formatConversion",
}  # fmt: skip
OTHER: Final = "other"

NAMING: Final = frozenset(
    {"by", "on", "left_on", "right_on", "subset", "columns", "how", "expr", "axis", "keep", "method", "id_vars",
     "value_vars", "var_name", "value_name", "column", "index", "keys", "level", "aggfunc", "func", "dtype", "items",
     "like", "regex", "n", "frac", "random_state", "ascending", "thresh", "drop", "ignore_index", "suffixes", "prefix",
     "inplace", "join", "labels", "key", "mapper", "values", "include", "exclude", "drop_first", "name", "loc"}
)  # fmt: skip
"""Arguments that tell how and on what; all others may hold values of the data, and only their kind is told."""
