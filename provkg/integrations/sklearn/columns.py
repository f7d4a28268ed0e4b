"""Columns that go into a transformation and come out of it, as far as the transformer tells."""

from __future__ import annotations

from typing import Any, Final

from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data
from provkg.integrations.sklearn.describing import columns_in, columns_out
from provkg.records import DatasetVersion, Feature, Reference

MOST_LINKS: Final = 2000
"""Statements about which column came from which: a matrix of words has millions."""


def record_columns(step: RunBlock, transformer: Any, made: Data, source: Data) -> None:
    """Say which columns `made` has, and which columns of `source` each was made from, where that is known."""
    if made.reference is None:
        return
    if (names_in := columns_in(transformer)) is not None:
        step.params({"columns_in": names_in})
    names = columns_out(transformer)
    if names is None:
        return
    step.params({"columns_out": names})
    origins = origins_of(transformer, names_in or [], names)
    if sum(map(len, origins.values())) > MOST_LINKS:
        origins = {}
    step.describes(_features(made.reference, names, origins, source))


def _features(made: Reference, names: list[str], origins: dict[str, list[str]], source: Data) -> list[Feature]:
    whole = source.whole or source.reference
    return [
        Feature(
            version=made,
            name=name,
            derived_from=tuple(Feature(version=whole, name=each) for each in origins.get(name, ()))
            if whole is not None and whole.kind == DatasetVersion.kind()
            else (),
        )
        for name in names
    ]


def origins_of(transformer: Any, before: list[str], after: list[str]) -> dict[str, list[str]]:
    """Return the columns that each column came from; nothing of those that cannot be known."""
    if before == after:
        return {name: [name] for name in after}
    if (categories := getattr(transformer, "categories_", None)) is not None:
        return _of_categories(before, after, categories)
    if (slices := getattr(transformer, "output_indices_", None)) is not None:
        return _of_slices(transformer, before, after, slices)
    return {}


def _of_categories(before: list[str], after: list[str], categories: Any) -> dict[str, list[str]]:
    """Return the origin of columns named after a column and one of its values (`city_Rome`)."""
    if len(categories) != len(before):
        return {}
    longest_first = sorted(before, key=len, reverse=True)
    found = {name: [each for each in longest_first if name.startswith(f"{each}_")][:1] for name in after}
    return {name: origin for name, origin in found.items() if origin}


def _of_slices(transformer: Any, before: list[str], after: list[str], slices: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, part, columns in transformer.transformers_:
        chosen = column_names(columns, before)
        made = after[slices[name]]
        own = origins_of(part, chosen, [each.removeprefix(f"{name}__") for each in made])
        for each in made:
            found[each] = own.get(each.removeprefix(f"{name}__"), chosen)
    return found


def column_names(columns: Any, before: list[str]) -> list[str]:
    """Return the names of the columns that a selection of a column transformer means."""
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, slice):
        return before[columns] if not isinstance(columns.start or columns.stop, str) else _between(columns, before)
    chosen = list(columns) if hasattr(columns, "__iter__") else [columns]
    if chosen and all(isinstance(each, bool) or type(each).__name__ == "bool" for each in chosen):
        return [name for name, is_chosen in zip(before, chosen, strict=False) if is_chosen]
    if not before:
        return [each for each in chosen if isinstance(each, str)]
    return [each if isinstance(each, str) else before[int(each)] for each in chosen]


def _between(columns: slice, before: list[str]) -> list[str]:
    start = before.index(columns.start) if columns.start is not None else 0
    stop = before.index(columns.stop) + 1 if columns.stop is not None else len(before)
    return before[start:stop]
