"""Datasets of Hugging Face as the Arrow tables that they are, read batch by batch with their selection of rows applied.

The names of a `ClassLabel` are the categories of its column. Images and sounds that lie in files beside the table count
by the content of these files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from provkg.capture.columnar.batches import BATCH_ROWS, batched_table
from provkg.capture.columnar.column import Encode
from provkg.errors import Unreadable


def table_of(dataset: Any) -> Any:
    """Return all of a dataset as one Arrow table; raises `Unreadable` for content that is not on this machine."""
    return _complete(dataset.with_format("arrow")[:], dataset.features)


def head_and_root(dataset: Any, encode: Encode) -> tuple[bytes, bytes]:
    """Return what the digest of a dataset is made of: the head of its table, and the root over its rows."""
    return batched_table(_batches(dataset), lambda: table_of(dataset), encode)


def _batches(dataset: Any) -> Iterator[Any]:
    # Without columns that a format hides: what a dataset holds is what it would be saved with.
    for batch in dataset.with_format("arrow").iter(batch_size=BATCH_ROWS):
        yield _complete(batch, dataset.features)


def _complete(table: Any, features: Any) -> Any:
    for position, (name, feature) in enumerate(features.items()):
        if type(feature).__name__ == "ClassLabel":
            table = table.set_column(position, name, _named(table[name], feature.names))
    beside = [name for name, feature in features.items() if hasattr(feature, "embed_storage")]
    return _with_files(table, beside) if beside else table


def _named(numbers: Any, names: list[str]) -> Any:
    """Return labels as a column of categories; -1 says that the label is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pc.if_else(pc.less(numbers, 0), None, numbers)
    chunks = known.chunks if hasattr(known, "chunks") else [known]
    kind = pa.dictionary(pa.int64(), pa.string())
    made = [pa.DictionaryArray.from_arrays(chunk.cast(pa.int64()), pa.array(names, pa.string())) for chunk in chunks]
    return pa.chunked_array(made, kind)


def _with_files(table: Any, names: list[str]) -> Any:
    for name in names:
        for row in table[name].to_pylist():
            if row is not None and row.get("bytes") is None and "://" in (row.get("path") or ""):
                raise Unreadable(f"column {name!r} names files elsewhere, like {row['path']}; provkg fetches nothing")
    return sys.modules["datasets"].table.embed_table_storage(table)
