"""A score as people and programs read it: in words, as JSON, as a table, in a notebook."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from provkg.score.score import KindScore, Missing, Score
    from provkg.score.scores import Scores

Rows = Sequence[Sequence[str]]


def as_text(score: Score) -> str:
    """Return the score in words: the figure, what is missing by node, and where."""
    lines = [f"{score.name}: {score.percent} % at {score.level} ({score.present:,} of {score.asked:,} fields)", ""]
    for _, group in groupby(score.missing, key=lambda each: each.node):
        lines += _of_node(list(group))
    return "\n".join(lines) + "\n" + _by_kind(score.kinds)


def as_json(score: Score) -> str:
    """Return the score as one JSON object."""
    figures = {each: getattr(score, each) for each in ("thing", "name", "level", "asked", "present", "share", "size")}
    tables = {name: score.table(name)[1] for name in ("missing", "kinds", "nodes")}
    return json.dumps(figures | tables, ensure_ascii=False, indent=2) + "\n"


def as_csv(score: Score) -> str:
    """Return what is missing, one row a field."""
    columns, rows = score.table("missing")
    return csv_text(columns, [[row[column] for column in columns] for row in rows])


def as_html(score: Score) -> str:
    """Return the badge, and what is missing as a table."""
    heads = ("thing", "kind", "missing", "why", "who can say")
    rows = [(m.name, m.kind, m.message, m.why, m.who or "") for m in score.missing]
    return score.badge() + html_table(heads, rows or [("nothing is missing", "", "", "", "")])


def scores_as_text(scores: Scores) -> str:
    """Return the rows as a table, then the fields that are missing most."""
    heads, rows = scores.cells()
    text = table(heads, rows)
    if scores.missing:
        most = [(f"{m.count:,}", m.kind, m.message) for m in scores.missing[:10]]
        text += "\n" + table(("missing", "of", "what"), most)
    return text


def scores_as_json(scores: Scores) -> str:
    """Return the rows and the missing fields as one JSON object."""
    tables = {"rows": scores.table("rows")[1], "missing": scores.table("missing")[1]}
    return json.dumps({"level": scores.level, "size": scores.size} | tables, ensure_ascii=False, indent=2) + "\n"


def scores_as_csv(scores: Scores) -> str:
    """Return the rows."""
    columns, rows = scores.table("rows")
    return csv_text(columns, [[row[column] for column in columns] for row in rows])


def table(heads: Sequence[str], rows: Rows) -> str:
    """Return aligned columns; numbers are set flush right."""
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    right = [bool(rows) and all(_is_number(row[place]) for row in rows) for place in range(len(heads))]
    lines = (
        "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in (heads, *rows)
    )
    return "\n".join(lines) + "\n"


def html_table(heads: Iterable[str], rows: Rows) -> str:
    """Return a table for a notebook."""
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def csv_text(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return CSV with lines that end in a newline alone."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()


def _by_kind(kinds: Sequence[KindScore]) -> str:
    heads = ("kind", "things", "asked", "present", "%")
    rows = [(k.kind, f"{k.nodes:,}", f"{k.asked:,}", f"{k.present:,}", str(k.percent)) for k in kinds]
    return table(heads, rows)


def _of_node(missing: list[Missing]) -> list[str]:
    first = missing[0]
    lines = [f"{first.name} ({first.kind}{f'; ask {first.who}' if first.who else ''})"]
    for each in missing:
        lines += [f"  {each.message}", *([f"    {each.why}"] if each.why else [])]
    return [*lines, ""]


def _is_number(text: str) -> bool:
    return text.replace(",", "").isdigit()


WRITERS: Final[dict[str, Callable[[Score], str]]] = {
    "text": as_text,
    "json": as_json,
    "csv": as_csv,
    "badge": lambda score: score.badge(),
}
SCORES_WRITERS: Final[dict[str, Callable[[Scores], str]]] = {
    "text": scores_as_text,
    "json": scores_as_json,
    "csv": scores_as_csv,
}
