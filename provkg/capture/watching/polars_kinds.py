"""What each operation of polars is, and how rows go through it."""

from __future__ import annotations

from typing import Final

ROWS_TAGGED: Final = frozenset(
    {"sort", "unique", "drop_nulls", "head", "tail", "limit", "slice", "gather_every", "sample", "reverse", "top_k",
     "bottom_k", "explode"}
)  # fmt: skip
"""The rows of the result are rows of the input, and a column that numbers them tells which."""

ROWS_KEPT: Final = frozenset(
    {
    "__getitem__", "cast", "drop", "drop_in_place", "fill_nan", "fill_null", "hstack", "insert_column",
    "interpolate", "map_columns", "rename", "replace_column", "set_sorted", "shift", "to_dummies", "unnest",
    "with_columns", "with_columns_seq", "with_row_index",
}
)  # fmt: skip
"""As many rows come out as went in, each from the one of the same number."""

IN_PLACE: Final = frozenset({"insert_column", "replace_column", "drop_in_place", "extend"})
BY_CELL: Final = frozenset(
    {"cast", "fill_nan", "fill_null", "with_row_index", "to_dummies", "unnest", "filter", "sort", "unique"}
)
OTHERS_SEEN: Final = (
    "clone", "describe", "filter", "group_by_agg", "join", "join_asof", "lazy", "map_rows", "max", "mean",
    "melt", "min", "pivot", "rechunk", "select", "select_seq", "shrink_to_fit", "sum", "transpose", "unpivot",
    "upsample", "vstack",
)  # fmt: skip
SEEN: Final = (*sorted(ROWS_TAGGED | ROWS_KEPT | IN_PLACE), *OTHERS_SEEN)
LAZY: Final = (
    "bottom_k", "cache", "cast", "collect", "drop", "drop_nans", "drop_nulls", "explode", "fill_nan",
    "fill_null", "filter", "gather_every", "head", "interpolate", "join", "limit", "rename", "reverse",
    "select", "select_seq", "shift", "slice", "sort", "tail", "top_k", "unique", "unnest", "unpivot",
    "with_columns", "with_columns_seq", "with_row_index",
)  # fmt: skip

KINDS: Final = {
    "filter": "filtering", "drop_nulls": "filtering", "drop_nans": "filtering", "head": "filtering",
    "tail": "filtering", "limit": "filtering", "slice": "filtering", "gather_every": "filtering",
    "top_k": "filtering", "bottom_k": "filtering", "__getitem__": "filtering",
    "unique": "deduplication", "sample": "sampling", "fill_null": "imputation", "fill_nan": "imputation",
    "interpolate": "imputation", "cast": "typeConversion", "to_dummies": "oneHotEncoding",
    "with_columns": "featureConstruction", "select": "featureSelection", "drop": "featureSelection",
    "drop_in_place": "featureSelection", "join": "join", "join_asof": "join", "vstack": "join", "hstack": "join",
    "group_by agg": "aggregation",
    "concat": "join", "extend": "join", "unpivot": "formatConversion", "pivot": "formatConversion",
    "transpose": "formatConversion", "explode": "formatConversion",
}  # fmt: skip
OTHER: Final = "other"

ELEMENTWISE: Final = frozenset(
    {
    "abs", "alias", "all_horizontal", "any_horizontal", "as_struct", "cast", "ceil", "clip", "coalesce", "col",
    "concat_str", "contains", "cos", "date", "day", "dyn", "ends_with", "eq", "exp", "field", "fill_nan",
    "fill_null", "float", "floor", "hour", "int", "is_between", "is_in", "is_nan", "is_not_nan",
    "is_not_null", "is_null", "len_bytes", "len_chars", "lit", "log", "log1p", "lowercase", "max_horizontal",
    "min_horizontal", "minute", "month", "neq", "not", "otherwise", "pow", "replace", "replace_all",
    "replace_strict", "round", "second", "sign", "sin", "split", "sqrt", "starts_with", "str",
    "strict_cast", "strip_chars", "strptime", "struct", "sum_horizontal", "tan", "then", "to_lowercase",
    "to_string", "to_uppercase", "uppercase", "weekday", "when", "year",
}
)  # fmt: skip
"""Names of functions in the text of an expression that look at one row at a time."""
