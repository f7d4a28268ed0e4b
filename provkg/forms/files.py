"""An answer as a file, also of a format that is no text: Parquet for programs, a workbook for spreadsheets."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from provkg.errors import BadParameter, StorageFailed, UsageError
from provkg.forms.frames import arrow_table, optional
from provkg.forms.sheet import Sheet, visible
from provkg.forms.showing import WITH_NAMES, lines
from provkg.forms.typed import typed_columns, value_of
from provkg.index import Term

MOST_ROWS: Final = 1_048_575
"""Rows of a sheet beside its heads, as spreadsheets have them."""
MOST_LETTERS: Final = 32_767
MOST_DIGITS: Final = 2**53
"""Beyond this, spreadsheets round whole numbers, so these are kept as text."""
ENDINGS: Final = {
    "csv": "csv",
    "tsv": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "xml": "xml",
    "md": "markdown",
    "html": "html",
    "ttl": "turtle",
    "txt": "table",
    "parquet": "parquet",
    "xlsx": "xlsx",
}
_NAME: Final = "answer"
_TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"


def write_parquet(sheet: Sheet, file: Path) -> None:
    """Write the answer, which is then whole in memory; units and the state that it is of are in the file's metadata."""
    rows = list(sheet.stream)
    parquet = optional("pyarrow.parquet", extra="parquet")
    units = {f"unit:{column.name}": column.unit for column in sheet.columns if column.unit}
    said = {"provkg:entries": str(sheet.stream.size), "provkg:cut": str(sheet.stream.cut).lower()} | units
    parquet.write_table(arrow_table(typed_columns(sheet.stream.columns, rows, sheet.columns), said), file)


def write_workbook(sheet: Sheet, file: Path) -> None:
    """Write a workbook of one sheet: numbers, times in UTC and booleans as such, the rest as text, never a formula."""
    openpyxl = optional("openpyxl", extra="xlsx")
    # Row by row, so that a long answer is never whole in memory.
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(_NAME)
    page.freeze_panes = "A2"
    try:
        _fill(page, sheet)
    except BaseException:
        page.close()  # or it complains when it is collected
        raise
    book.save(file)


def _fill(page: Any, sheet: Sheet) -> None:
    page.append([_text_cell(page, title, bold=True) for title in sheet.titles])
    for number, cells in enumerate(_cells(sheet, page)):
        if number == MOST_ROWS:
            raise BadParameter(f"a sheet holds {MOST_ROWS:,} rows, and the answer has more; take parquet or csv")
        page.append(cells)
    if sheet.remark:
        page.append([_text_cell(page, sheet.remark)])


def _cells(sheet: Sheet, page: Any) -> Iterator[list[Any]]:
    for rows, shown in sheet.named():
        for row, texts in zip(rows, shown, strict=True):
            yield [_cell(page, term, text) for term, text in zip(row, texts, strict=True)]


def _cell(page: Any, term: Term | None, shown: str) -> Any:
    value = value_of(term)
    match value:
        case None | bool():
            return value
        case int() if abs(value) <= MOST_DIGITS:
            return value
        case float() | Decimal() if math.isfinite(value):
            return float(value)
        case datetime():
            return _time_cell(page, value)
        case str():
            # A digest whole, of which tables show the start; an IRI by its name, where there is one.
            return _text_cell(page, shown if shown != visible(value) and "://" in value else value)
        case _:
            return _text_cell(page, str(getattr(term, "value", value)))


def _time_cell(page: Any, moment: datetime) -> Any:
    from openpyxl.cell import WriteOnlyCell  # the caller made sure of it

    # A sheet has no time zones.
    cell = WriteOnlyCell(page, moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)
    cell.number_format = _TIME_FORMAT
    return cell


def _text_cell(page: Any, text: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    clear = "\n".join(map(visible, text.split("\n")))
    cell = WriteOnlyCell(page, clear if len(clear) <= MOST_LETTERS else clear[: MOST_LETTERS - 1] + "…")
    # Said after the value: what begins with = would be a formula, and #N/A an error.
    cell.data_type = "s"
    cell.quotePrefix = clear[:1] in "=+-@"
    if bold:
        cell.font = Font(bold=True)
    return cell


def save(sheet: Sheet, file: Path, format: str | None = None) -> str:  # noqa: A002 - the word that people type
    """Write the answer to `file`, whole or not at all, and return its format, which its name tells if not given.

    Raises `BadParameter` for a format that the answer does not have.
    """
    chosen = format or format_of(file)
    if chosen in WRITERS:
        with drafted(file) as draft:
            WRITERS[chosen](sheet, draft)
        return chosen
    text = lines(replace(sheet, calling=sheet.calling if chosen in WITH_NAMES else None), chosen)
    with drafted(file) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        out.writelines(text)
    return chosen


def format_of(file: Path) -> str:
    """Return the format that the name of a file tells; raises `BadParameter` for one that tells none."""
    ending = file.suffix.casefold().removeprefix(".")
    if ending not in ENDINGS:
        raise BadParameter(f"the name {file.name!r} tells no format; end it in one of .{', .'.join(ENDINGS)}")
    return ENDINGS[ending]


@contextmanager
def drafted(file: Path) -> Iterator[Path]:
    """Give a path to write to that becomes `file` at the end: who reads it meanwhile, or after a failure, sees the old.

    Raises `UsageError` where there is no folder for it, `StorageFailed` where it cannot be written.
    """
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent} to write {file.name} into")
    target = file.resolve()
    # A device or a pipe is nothing to rename over.
    draft = target.with_name(f".{target.name}.{os.getpid()}") if not file.exists() or file.is_file() else target
    try:
        yield draft
        if draft != target:
            draft.replace(target)
    except OSError as error:
        raise StorageFailed(f"cannot write {file}: {error.strerror or error}") from None
    finally:
        if draft != target:
            draft.unlink(missing_ok=True)


WRITERS: Final[Mapping[str, Callable[[Sheet, Path], None]]] = {"parquet": write_parquet, "xlsx": write_workbook}
