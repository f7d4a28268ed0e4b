"""Completeness over a project and over time: rows of figures, and the fields that are missing most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provkg.errors import BadParameter
from provkg.score.score import Share, frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PeriodScore(Share):
    """The score of the runs and models of a project in a period, and of everything that they rest on.

    `things` counts the runs and models, `nodes` everything. A node counts once in a row, however many things rest on
    it. `project` and `period` are empty for what belongs to no project, or has no date.
    """

    project: str | None
    period: str | None
    things: int
    nodes: int


@dataclass(frozen=True)
class Lacking:
    """A field and how many nodes of one kind lack it."""

    kind: str
    field: str
    level: str
    message: str
    why: str
    count: int


@dataclass(frozen=True)
class Scores:
    """Scores by project and period, oldest first; `missing` are the fields that most nodes lack, most first."""

    level: str
    by: str | None
    rows: tuple[PeriodScore, ...]
    missing: tuple[Lacking, ...]
    size: int

    def __iter__(self) -> Iterator[PeriodScore]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Scores({len(self)} row{'' if len(self) == 1 else 's'} at {self.level})"

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def text(self, format: str = "text") -> str:  # noqa: A002 - the word that people type
        """Return the rows as text, json or csv."""
        from provkg.score.showing import SCORES_WRITERS

        if format not in SCORES_WRITERS:
            raise BadParameter(f"{format!r} is no format of scores; take one of {', '.join(SCORES_WRITERS)}")
        return SCORES_WRITERS[format](self)

    def to_pandas(self, table: str = "rows") -> pd.DataFrame:
        """Return `rows` or `missing` as a frame; raises `MissingExtra` where pandas is not installed."""
        columns, rows = self.table(table)
        return frame(rows, columns)

    def table(self, name: str) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        """Return the columns and rows of `rows` or `missing`."""
        if name not in TABLES:
            raise BadParameter(f"{name!r} is no table of scores; take one of {', '.join(TABLES)}")
        columns = tuple(column for column in TABLES[name] if column != "period" or self.by)
        return columns, [{column: getattr(row, column) for column in columns} for row in getattr(self, name)]

    def cells(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Return the rows as people read them, with their heads."""
        time = (self.by,) if self.by else ()
        heads = ("project", *time, "runs and models", "things", "asked", "present", "%")
        return heads, [self._cells_of(row) for row in self.rows]

    def _cells_of(self, row: PeriodScore) -> tuple[str, ...]:
        time = (row.period or "no date",) if self.by else ()
        figures = (f"{row.things:,}", f"{row.nodes:,}", f"{row.asked:,}", f"{row.present:,}", str(row.percent))
        return (row.project or "no project", *time, *figures)

    def _repr_html_(self) -> str:
        from provkg.score.showing import html_table

        return html_table(*self.cells())


TABLES: Mapping[str, tuple[str, ...]] = {
    "rows": ("project", "period", "things", "nodes", "asked", "present", "share"),
    "missing": ("kind", "field", "level", "message", "why", "count"),
}
