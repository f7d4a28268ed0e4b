"""In what two things differ, told: for the terminal, a pull request, a page, and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from provkg.lineage.difference import OWN, Difference
from provkg.lineage.factors import FACTORS
from provkg.lineage.markdown import cell, row

NOTHING = "-"
SHOWN = 5


def words(found: Difference) -> Iterator[str]:
    """Yield lines for the terminal: what is said first in one sentence, then each facet that differs."""
    yield f"{found.left} and {found.right}: {summary(found)}"
    for facet in found.facets:
        if not facet.differs:
            continue
        yield from ("", f"{facet.name} ({_counted(len(facet.changes))}, {facet.same:,} the same)")
        width = max(len(change.fact) for change in facet.changes)
        yield from (
            f"  {change.fact:{width}}  {_told(change.left)} → {_told(change.right)}" for change in facet.changes
        )
    if same := [f"{facet.name} ({facet.same:,})" for facet in found.facets if not facet.differs]:
        yield from ("", f"The same: {', '.join(same)}.")


def markdown(found: Difference) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"**{cell(found.left)}** and **{cell(found.right)}**: {summary(found)}"
    if any(facet.differs for facet in found.facets):
        yield from ("", row(("", "fact", found.left, found.right)), "|---|---|---|---|")
    yield from map(row, _rows(found))


def html_table(found: Difference) -> Iterator[str]:
    """Yield the lines of an HTML table with its sentence before it."""
    yield f"<p><b>{escape(found.left)}</b> and <b>{escape(found.right)}</b>: {escape(summary(found))}</p>"
    heads = "".join(f"<th>{escape(text)}</th>" for text in ("", "fact", found.left, found.right))
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    yield from (f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>" for cells in _rows(found))
    yield "</tbody></table>"


def json_text(found: Difference) -> Iterator[str]:
    """Yield one JSON document."""
    facets = {
        facet.name: {
            "factors": list(facet.factors),
            "same": facet.same,
            "changes": [{"fact": each.fact, "left": each.left, "right": each.right} for each in facet.changes],
        }
        for facet in found.facets
    }
    document = {"left": found.left, "right": found.right, "factors": list(found.factors)}
    yield json.dumps({**document, "onlyFactor": found.only_factor, "facets": facets}, ensure_ascii=False, indent=2)


def summary(found: Difference) -> str:
    """Return in one sentence which factors differ."""
    known = [facet.name for facet in found.facets if facet.name in FACTORS]
    if not found.facets:
        return "nothing is recorded of them that could be compared."
    if not any(facet.differs for facet in found.facets):
        return "nothing that is recorded differs."
    if found.factors:
        return f"they differ {_in_factors(found)}."
    if not any(facet.differs for facet in found.facets if facet.name in OWN):
        return "no factor differs, and yet what came of it does."
    own = [change.fact for facet in found.facets if facet.name in OWN for change in facet.changes]
    how = "; how they were made does not differ, as far as it is recorded" if known else ""
    return f"they differ in {_some(own)}{how}."


def _in_factors(found: Difference) -> str:
    if found.only_factor is not None:
        return f"in one factor only, {found.only_factor}"
    varied = [facet for facet in found.facets if facet.factors]
    if len(varied) > 1:
        return f"in {', '.join(facet.name for facet in varied)}"
    return f"only in {varied[0].name}: {_some(varied[0].factors)}"


def _some(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`; of many, the first and how many more."""
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN:,} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _rows(found: Difference) -> Iterator[tuple[str, str, str, str]]:
    for facet in found.facets:
        for change in facet.changes:
            yield facet.name, change.fact, _told(change.left), _told(change.right)


def _told(value: str | None) -> str:
    return NOTHING if value is None else value


def _counted(number: int) -> str:
    return f"{number:,} fact differs" if number == 1 else f"{number:,} facts differ"
