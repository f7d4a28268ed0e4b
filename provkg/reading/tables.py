"""How a watched table came to be, row by row: from the side file that the record of the table names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from provkg.errors import MissingExtra, UsageError
from provkg.lineage import Node, node
from provkg.literals import literal
from provkg.questions.wording import with_article
from provkg.sparql import substitute
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.capture.watching.lineage import TableLineage
    from provkg.index import ReadIndex

DATA: Final = frozenset({"dataset version", "split", "artifact file"})
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
        raise UsageError(_not_watched(node(index, table)))
    try:
        return TableLineage(found(rows[0][0].value, store))
    except ModuleNotFoundError as error:
        raise _missing(error) from None


def _not_watched(table: Node) -> str:
    kind = table.type_in_words
    said = f"{table.label} is recorded as {with_article(kind)}, and nobody watched how it came to be, row by row"
    cures = [
        "provkg.watch(frame) sees what is done to a table",
        *(["of predictions, a row has a model behind it where they are recorded as such: run.predictions(…) in "
           "provkg.inference(model)"] if kind in DATA else []),
        "provkg lineage without these options tells what the whole rests on",
    ]  # fmt: skip
    return f"{said}: {'; '.join(cures)}"


def _missing(error: ModuleNotFoundError) -> MissingExtra:
    return MissingExtra(f"{error.name} is not installed, which reads rows of tables; run: pip install {error.name}")
