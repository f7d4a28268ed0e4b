"""How a watched table came to be, row by row: from the side file that the record of the table names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from provkg.errors import MissingExtra, UsageError
from provkg.literals import literal
from provkg.sparql import substitute
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.capture.watching.lineage import TableLineage
    from provkg.index import ReadIndex

_FILE: Final = f"""
PREFIX pvk: <{NAMESPACES["pvk"]}>
SELECT DISTINCT ?sha256 WHERE {{
  ?text pvk:documents ?_table ; pvk:hasFile ?file .
  ?file pvk:mediaType ?_media ; pvk:sha256 ?sha256 .
}} ORDER BY ?sha256"""


def table_lineage(index: ReadIndex, table: NamedNode, store: Path) -> TableLineage:
    """Return how `table` came to be; raises `UsageError` for one nobody watched, `Unreadable` without its file."""
    try:
        from provkg.capture.watching.lineage import TableLineage
        from provkg.capture.watching.side_file import MEDIA_TYPE, found
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    asked = substitute(_FILE, {"_table": table, "_media": literal(MEDIA_TYPE)})
    rows: list[Any] = index.query(asked).rows
    if not rows:
        cure = "provkg.watch(frame) sees its operations; provkg lineage without these options tells the rest"
        raise UsageError(f"nobody watched how {table.value} came to be, row by row: {cure}")
    try:
        return TableLineage(found(rows[0][0].value, store))
    except ModuleNotFoundError as error:
        raise _missing(error) from None


def _missing(error: ModuleNotFoundError) -> MissingExtra:
    return MissingExtra(f"{error.name} is not installed, which reads rows of tables; run: pip install {error.name}")
