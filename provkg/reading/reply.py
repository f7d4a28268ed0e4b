"""An answer in the hands of a person or a notebook: rows of Python values, a frame, text, or a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

from provkg.forms import WITH_NAMES, Row, Sheet, lines, typed_columns, typed_rows
from provkg.forms.lines import html_table
from provkg.index import Answer, Stream

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from provkg.forms.typed import TypedColumn
    from provkg.reading.inquiry import Inquiry

NOTEBOOK_ROWS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Reply(Answer):
    """An answer and what it answers; going through it gives one `Row` after the other, with Python values.

    `seconds` is how long the graph took to answer.
    """

    inquiry: Inquiry
    seconds: float

    @classmethod
    def to(cls, inquiry: Inquiry, *, limit: int | None = None) -> Reply:
        """Ask, and return the answer."""
        answer, seconds = inquiry.answer(limit)
        return cls(**vars(answer), inquiry=inquiry, seconds=seconds)

    def __iter__(self) -> Iterator[Row]:  # type: ignore[override]  # who reads answers wants values, not terms
        stream = Stream.of(self)
        return typed_rows(stream.columns, list(stream))

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Return the row at `place`, counted from 0, or the rows of a slice; raises `IndexError` beyond the last."""
        rows = self.rows if self.kind == "table" else list(Stream.of(self))
        columns = Stream.of(self).columns
        if isinstance(place, slice):
            return list(typed_rows(columns, rows[place]))
        return next(typed_rows(columns, [rows[place]]))

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a frame of pandas, each column of one type; raises `MissingExtra` without pandas."""
        from provkg.forms.frames import pandas_frame

        return pandas_frame(self._columns())

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a frame of polars, each column of one type; raises `MissingExtra` without polars."""
        from provkg.forms.frames import polars_frame

        return polars_frame(self._columns())

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, each column of one type; raises `MissingExtra` without pyarrow."""
        from provkg.forms.frames import arrow_table

        return arrow_table(self._columns())

    def text(self, format: str = "table", *, iris: bool = False) -> str:  # noqa: A002 - the word that people type
        """Return the answer as table, csv, tsv, json, jsonl, xml, markdown or html, a graph also as turtle.

        `iris` leaves IRIs whole where people would read names.
        """
        return "".join(lines(self._sheet(iris=iris or format not in WITH_NAMES), format))

    def save(self, file: str | Path, format: str | None = None, *, iris: bool = False) -> None:  # noqa: A002
        """Write the answer to `file` in a format of `text`, or as parquet or xlsx; its name tells if not given."""
        from provkg.forms.files import save

        save(self._sheet(iris=iris), Path(file), format)

    def prove(self, file: str | Path, *, wait: float = 30.0) -> None:
        """Write the proof of what the answer rests on to `file`: a bundle of records, for `provkg verify` anywhere.

        Raises `UsageError` where no record stands behind it, `GraphHeld` where another process holds the graph for
        longer than `wait` seconds and a checkpoint must be signed.
        """
        from provkg.forms.files import drafted

        content = self.inquiry.proof(wait=wait, limit=len(self) if self.cut else None)
        with drafted(Path(file)) as draft:
            draft.write_bytes(content)

    def explain(self) -> str:
        """Return the query as it was sent, what stands for its parameters, and what the answer took."""
        return f"{self.inquiry.told()}\ntook: {self.seconds:.3f} s\nstatements: {self.inquiry.looked_at()}"

    def __repr__(self) -> str:
        if self.kind == "boolean":
            return f"Reply(boolean: {'yes' if self.boolean else 'no'})"
        count = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        return f"Reply({self.kind}: {count}; {', '.join(Stream.of(self).columns)})"

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def _repr_html_(self) -> str:
        """Show itself as a table in a notebook."""
        sheet = self._sheet()
        sheet.stream.limit = NOTEBOOK_ROWS
        return "".join(html_table(sheet))

    def _sheet(self, *, iris: bool = False) -> Sheet:
        return self.inquiry.sheet_of(Stream.of(self), iris=iris)

    def _columns(self) -> list[TypedColumn]:
        stream = Stream.of(self)
        question = self.inquiry.question
        return typed_columns(stream.columns, list(stream), () if question is None else question.columns)
