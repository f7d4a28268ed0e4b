"""Which rows of a pandas frame a call kept: told by a tag that goes with them, by what chose them, or by labels."""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np
import pandas as pd

from provkg.capture.watching.row_forms import taken
from provkg.capture.watching.rows import NONE, Every, Kept, Rows

TAG: Final = "__provkg_row__"
"""A column of row numbers that is there while one call goes on, and that nobody sees."""
SECOND_TAG: Final = "__provkg_row_of_other__"


def is_taggable(frame: pd.DataFrame) -> bool:
    """Whether a column can be put to `frame` and taken away again without leaving anything behind."""
    names = frame.columns
    return names.nlevels == 1 and names.is_unique and TAG not in names and _is_text(names)


def _is_text(names: pd.Index[Any]) -> bool:
    # Other names would change their type with a text among them: numbers become objects.
    fresh = type(pd.Index(["a"]))
    return type(names) is fresh and names.dtype == pd.Index(["a"]).dtype


def put_tag(frame: pd.DataFrame, tag: str = TAG) -> None:
    """Put a column to `frame` that numbers its rows."""
    with warnings.catch_warnings():
        # That a frame is made of many pieces is not for us to say.
        warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
        frame[tag] = np.arange(len(frame), dtype="u8")


def take_tag(frame: pd.DataFrame, of: int, tag: str = TAG) -> Rows | None:
    """Take the numbers away again, and return what they tell; None where they got lost."""
    if tag not in frame.columns:
        return None
    numbers = frame.pop(tag)
    positions = numbers.fillna(NONE).to_numpy().astype("i8") if numbers.hasnans else numbers.to_numpy().astype("i8")
    return taken(positions, of)


def by_label(source: Any, result: Any, of: int) -> Rows:
    """Return which rows of `of`, labelled `source`, those labelled `result` are, as far as labels tell."""
    if source is None:
        return Every()
    if result is source or (len(result) == of and result.identical(source)):
        return Kept(of)
    if not source.is_unique or result.nlevels != source.nlevels:
        return Every()
    positions = source.get_indexer(result)
    return taken(positions, of) if (positions != NONE).any() or not len(result) else Every()


def chosen(frame: pd.DataFrame, key: Any, how: str) -> Rows:
    """Return which rows of `frame` the `key` of `loc`, `iloc` or `[]` chooses."""
    if how != "iloc" and is_mask(key):
        return taken(np.flatnonzero(_aligned(key, frame.index)), len(frame))
    probe = pd.Series(np.arange(len(frame)), index=frame.index)
    found = probe.iloc[key] if how == "iloc" else probe.loc[key] if how == "loc" else probe[key]
    return taken(np.atleast_1d(np.asarray(found)), len(frame))


def is_mask(key: Any) -> bool:
    """Whether `key` says yes or no of every row."""
    if isinstance(key, list):
        return bool(key) and all(isinstance(each, bool | np.bool_) for each in key)
    dtype = getattr(key, "dtype", None)
    return getattr(key, "ndim", 0) == 1 and (dtype is bool or str(dtype) in {"bool", "boolean", "bool[pyarrow]"})


def _aligned(mask: Any, index: pd.Index[Any]) -> Any:
    if isinstance(mask, pd.Series):
        aligned = mask if mask.index is index or mask.index.equals(index) else mask.reindex(index)
        return aligned.fillna(value=False).to_numpy(dtype=bool) if aligned.hasnans else aligned.to_numpy(dtype=bool)
    return np.asarray(mask, dtype=bool)
