"""Forms of an answer beside those of SPARQL: JSON Lines for programs; tables for terminal, Markdown and browser."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from provkg.forms.results import is_yes
from provkg.forms.sheet import Sheet, bare, visible
from provkg.forms.typed import value_of
from provkg.index import Row, Term
from provkg.literals import date_time_text

if TYPE_CHECKING:
    from decimal import Decimal

GAP: Final = "  "
_WIDE: Final = frozenset("WF")
_IN_MARKDOWN: Final = str.maketrans({each: f"\\{each}" for each in "\\|`*_<>[]&~"})
_STYLE: Final = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#1f2328}table{border-collapse:collapse}"
    "caption{text-align:left;font-weight:600;padding-bottom:.5rem}th,td{padding:.25rem .75rem;text-align:left;"
    "border-bottom:1px solid #d1d9e0;vertical-align:top}td.number,th.number{text-align:right;"
    "font-variant-numeric:tabular-nums}tfoot td{border:0;color:#59636e}"
)


def json_rows(sheet: Sheet) -> Iterator[str]:
    """Yield JSON Lines: one object a row, with numbers, booleans and null as such, times in UTC, and whole IRIs."""
    for row in sheet.stream:
        values = {head: _plain(value_of(term)) for head, term in zip(sheet.stream.columns, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False, default=_in_json) + "\n"


def table_lines(sheet: Sheet) -> Iterator[str]:
    """Yield the table for a terminal, or yes or no."""
    if sheet.stream.kind == "boolean":
        yield "yes\n" if is_yes(sheet.stream) else "no\n"
        return
    rows, body = _whole(sheet)
    titles, flush_right = sheet.titles, sheet.flush_right(rows)
    widths = [max(map(_width, column)) for column in zip(titles, *body, strict=True)]
    rule = ["-" * width for width in widths]
    for cells in (titles, rule, *body):
        padded = (_padded(*each) for each in zip(cells, widths, flush_right, strict=True))
        yield GAP.join(padded).rstrip() + "\n"
    if sheet.remark:
        yield sheet.remark + "\n"


def markdown_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a table of GitHub Flavored Markdown (section 4.10); what has a meaning there is escaped."""
    yield _markdown_row(sheet.titles)
    ruled = False
    for rows, cells in sheet.named():
        if not ruled:
            yield _markdown_rule(sheet.flush_right(rows))
            ruled = True
        yield from map(_markdown_row, cells)
    if not ruled:
        yield _markdown_rule(sheet.flush_right([]))
    if sheet.remark:
        yield f"\n{_in_markdown(sheet.remark)}\n"


def html_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a page with one table, which needs nothing but itself."""
    title = escape(sheet.title or "Answer")
    yield f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style></head><body>\n"
    yield from html_table(sheet, title)
    yield "</body></html>\n"


def html_table(sheet: Sheet, caption: str = "") -> Iterator[str]:
    """Yield the table of such a page; whole IRIs and values show when a cell is pointed at."""
    heads = "".join(f"<th>{escape(title)}</th>" for title in sheet.titles)
    yield "<table>" + (f"<caption>{caption}</caption>" if caption else "")
    yield f"<thead><tr>{heads}</tr></thead><tbody>\n"
    for rows, cells in sheet.named():
        right = sheet.flush_right(rows)
        yield from (_html_row(row, shown, right) for row, shown in zip(rows, cells, strict=True))
    yield "</tbody>"
    if sheet.remark:
        yield f'<tfoot><tr><td colspan="{len(sheet.stream.columns)}">{escape(sheet.remark)}</td></tr></tfoot>'
    yield "</table>\n"


def _whole(sheet: Sheet) -> tuple[list[Row], list[list[str]]]:
    rows: list[Row] = []
    body: list[list[str]] = []
    for some, cells in sheet.named():
        rows += some
        body += cells
    return rows, body


def _width(text: str) -> int:
    """Return how many columns of a terminal `text` takes (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    spacing = (each for each in text if not unicodedata.combining(each))
    return sum(2 if unicodedata.east_asian_width(each) in _WIDE else 1 for each in spacing)


def _padded(text: str, width: int, flush_right: bool) -> str:  # noqa: FBT001 - one of a row's
    gap = " " * (width - _width(text))
    return gap + text if flush_right else text + gap


def _plain(value: Any) -> Any:
    # JSON has no number for these; XML Schema's names of them do.
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return value


def _in_json(value: Any) -> str | float | int:
    if hasattr(value, "isoformat"):
        return date_time_text(value) if value.tzinfo else str(value.isoformat())
    number: Decimal = value
    return int(number) if number == number.to_integral_value() else float(number)


def _in_markdown(text: str) -> str:
    return text.translate(_IN_MARKDOWN)


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_in_markdown, cells))} |\n"


def _markdown_rule(flush_right: Sequence[bool]) -> str:
    return f"| {' | '.join('---:' if right else '---' for right in flush_right)} |\n"


def _html_row(row: Row, shown: Sequence[str], flush_right: Sequence[bool]) -> str:
    return f"<tr>{''.join(_html_cell(*each) for each in zip(row, shown, flush_right, strict=True))}</tr>\n"


def _html_cell(term: Term | None, shown: str, number: bool) -> str:  # noqa: FBT001 - one of a row's
    whole = visible(bare(term))
    inside = escape(shown) if whole == shown else f'<span title="{escape(whole)}">{escape(shown)}</span>'
    return f'<td class="number">{inside}</td>' if number else f"<td>{inside}</td>"
