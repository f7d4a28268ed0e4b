"""A lineage as a table of its things, nearest first, for the terminal and, of a large one the first, for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import islice
from typing import Final

from provkg.lineage.graph import Lineage
from provkg.lineage.tree import ending, maker, said_by
from provkg.lineage.wording import in_words

HEADS: Final = ("steps", "thing", "kind", "how", "of", "made by", "when", "ended", "stated by")
ALWAYS: Final = 7
"""How many of the columns are there in every table."""
IN_NOTEBOOKS: Final = 100
"""Things that a notebook lists; in the terminal a table is paged."""


def table(lineage: Lineage) -> str:
    """Return a line for each thing: how far it is, what it is, how the shortest way comes to it, and what made it."""
    rows: list[tuple[str, ...]] = [
        HEADS,
        *(_row(lineage, iri) for iri in (*lineage.roots, *(node.iri for node in lineage))),
    ]
    rows = _without_empty(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([*(_line(row, widths) for row in rows), *ending(lineage)]) + "\n"


def html_table(lineage: Lineage) -> str:
    """Return the table for a notebook: the nearest `IN_NOTEBOOKS` things, and how many there are beside these."""
    heads, *rows = _without_empty([HEADS, *(_row(lineage, iri) for iri in lineage.roots), *_nearest(lineage)])
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    left = len(lineage) - IN_NOTEBOOKS
    more = f"<p>… and {left:,} more; a depth or .only(kinds) makes a picture of it</p>" if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _without_empty(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return `rows` without those of the last columns, which few lineages need, that are empty but for their heads."""
    kept = [place for place in range(len(HEADS)) if place < ALWAYS or any(row[place] for row in rows[1:])]
    return [tuple(row[place] for place in kept) for row in rows]


def _nearest(lineage: Lineage) -> list[tuple[str, ...]]:
    return [_row(lineage, node.iri) for node in islice(lineage, IN_NOTEBOOKS)]


def _row(lineage: Lineage, iri: str) -> tuple[str, ...]:
    node, way = lineage.nodes[iri], lineage.ways().get(iri)
    how = in_words(way.relation) if way is not None else ""
    of = lineage.nodes[lineage.near_end(way)].label if way is not None else ""
    said = said_by(way).strip().strip("()") if way is not None else ""
    return (
        f"{lineage.distances().get(iri, 0):,}",
        node.label,
        node.type_in_words,
        how,
        of,
        maker(lineage, iri),
        node.when or "",
        str(node.ended or ""),
        said,
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
