"""A table that comes in batches, read one after the other: its digest without having all of it in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from provkg.capture.columnar.column import Encode
from provkg.capture.columnar.table import GROUP_ROWS, logical_table
from provkg.identity import canonical_json
from provkg.merkle import hashes

BATCH_ROWS: Final = 16 * GROUP_ROWS
"""How many rows each batch holds, but for the last one: whole groups."""


def batched_table(batches: Iterable[Any], whole: Callable[[], Any], encode: Encode) -> tuple[bytes, bytes]:
    """Return head and root of a table that comes in `batches` of `BATCH_ROWS` rows.

    `whole` gives all of it at once, for tables without rows or with types that depend on all values.
    """
    said: dict[str, Any] | None = None
    rows, leaves = 0, list[bytes]()
    for batch in batches:
        table = logical_table(batch, encode)
        head = json.loads(table.head) | {"rows": 0}
        if said is not None and said != head:
            said = None
            break
        said = head
        rows += table.rows
        leaves += table.leaves
    if said is None:
        table = logical_table(whole(), encode)
        return table.head, table.root
    return canonical_json(said | {"rows": rows}), hashes.root_of_hashes(leaves)
