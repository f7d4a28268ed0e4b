"""Column transformers and unions: which columns went where, and what each part made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provkg.integrations.observing import Call
from provkg.integrations.sklearn.around import Around
from provkg.integrations.sklearn.columns import column_names
from provkg.integrations.sklearn.describing import columns_in, is_column_transformer, is_estimator, is_feature_union


def is_composed(call: Call) -> bool:
    """Whether the call fits several transformers side by side."""
    return call.name == "fit_transform" and (is_column_transformer(call.owner) or is_feature_union(call.owner))


def columns_of_parts(transformer: Any) -> dict[str, Any]:
    """Return the columns that each part of a column transformer takes, by names where the rows have any."""
    before = columns_in(transformer) or []
    return {f"{name}.columns": _named(columns, before) for name, _, columns in _parts(transformer)}


def _named(columns: Any, before: list[str]) -> list[Any] | str:
    if not before and isinstance(columns, slice):
        return str(columns)
    return column_names(columns, before) or [*map(int, columns)]


def _parts(transformer: Any) -> list[tuple[str, Any, Any]]:
    found = getattr(transformer, "transformers_", ())
    return [(str(name), part, columns) for name, part, columns in found if part != "drop"]


def unseen_parts(call: Call, seen: Around) -> Iterator[tuple[str, Any, Any]]:
    """Return name, transformer and rows of each part that was fitted where nobody sees it: in another process.

    Its rows are its columns of what the whole made; the parts of a union cannot be told apart.
    """
    told = [id(part) for part, _ in seen.made]
    for name, part, _ in _parts(call.owner):
        where = call.owner.output_indices_.get(name)
        if is_estimator(part) and id(part) not in told and where is not None and where.stop > where.start:
            yield name, part, _columns(call.result, where)


def _columns(rows: Any, where: slice) -> Any:
    return rows.iloc[:, where] if hasattr(rows, "iloc") else rows[:, where]
