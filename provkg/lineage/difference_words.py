"""In what two things differ, told: for the terminal, a pull request, a page, and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from html import escape

from provkg.lineage.difference import OWN, Difference, Facet
from provkg.lineage.factors import FACTORS, USES
from provkg.lineage.markdown import cell, row
from provkg.lineage.wording import some

NOTHING = "-"
NOT_RECORDED = "not recorded"


def words(found: Difference) -> Iterator[str]:
    """Yield lines for the terminal: what is said first in one sentence, then each facet that differs."""
    yield f"{found.left} and {found.right}: {summary(found)}"
    yield from (f"{note}." for note in found.notes)
    for facet in found.facets:
        rows = _facts(facet)
        if not rows:
            continue
        yield from ("", f"{facet.name} ({_counted(facet)})")
        width = max(len(fact) for fact, _, _ in rows)
        yield from (f"  {fact:{width}}  {left} → {right}" for fact, left, right in rows)
    if shared := _shared_data(found):
        yield from ("", f"Of both: {shared}.")
    if same := [f"{facet.name} ({facet.same:,})" for facet in found.facets if not _facts(facet)]:
        yield from ("", f"The same: {', '.join(same)}.")


def markdown(found: Difference) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"**{cell(found.left)}** and **{cell(found.right)}**: {summary(found)}"
    yield from (line for note in found.notes for line in ("", f"{cell(note)}."))
    if any(map(_facts, found.facets)):
        yield from ("", row(("", "fact", found.left, found.right)), "|---|---|---|---|")
    yield from map(row, _rows(found))
    if shared := _shared_data(found):
        yield from ("", f"Of both: {cell(shared)}.")


def html_table(found: Difference) -> Iterator[str]:
    """Yield the lines of an HTML table with its sentence before it."""
    yield f"<p><b>{escape(found.left)}</b> and <b>{escape(found.right)}</b>: {escape(summary(found))}</p>"
    yield from (f"<p>{escape(note)}.</p>" for note in found.notes)
    heads = "".join(f"<th>{escape(text)}</th>" for text in ("", "fact", found.left, found.right))
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    yield from (f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>" for cells in _rows(found))
    yield "</tbody></table>"
    if shared := _shared_data(found):
        yield f"<p>Of both: {escape(shared)}.</p>"


def json_text(found: Difference) -> Iterator[str]:
    """Yield one JSON document."""
    facets = {
        facet.name: {
            "factors": list(facet.factors),
            "same": facet.same,
            "changes": [asdict(each) for each in facet.changes],
            "notRecorded": [asdict(each) for each in facet.unrecorded],
        }
        for facet in found.facets
    }
    document = {
        "left": found.left,
        "right": found.right,
        "factors": list(found.factors),
        "onlyFactor": found.only_factor,
        "notRecorded": {side: list(found.unrecorded(side)) for side in ("left", "right")},
        "notes": list(found.notes),
        "facets": facets,
    }
    yield json.dumps(document, ensure_ascii=False, indent=2)


def summary(found: Difference) -> str:
    """Return in one sentence which factors differ, and what was not recorded of one of both."""
    return "; ".join((_differing(found), *_not_recorded(found))) + "."


def _differing(found: Difference) -> str:
    if not found.facets:
        return "nothing is recorded of them that could be compared"
    if not any(facet.differs for facet in found.facets):
        return (
            "nothing that is recorded of both differs"
            if any(map(_facts, found.facets))
            else "nothing that is recorded differs"
        )
    if found.factors:
        return f"they differ {_in_factors(found)}"
    own = [change.fact for facet in found.facets if facet.name in OWN for change in facet.changes]
    if not own:
        return "no factor differs, and yet what came of it does"
    known = any(facet.name in FACTORS and facet.alike for facet in found.facets)
    how = "; how they were made does not differ, as far as it is recorded" if known else ""
    return f"they differ in {some(own)}{how}"


def _not_recorded(found: Difference) -> Iterator[str]:
    for called, side in ((found.left, "left"), (found.right, "right")):
        if lacking := found.unrecorded(side):
            yield f"not recorded for {called}: {some(lacking)}"


def _in_factors(found: Difference) -> str:
    if found.only_factor is not None:
        return f"in one factor only, {found.only_factor}"
    varied = [facet for facet in found.facets if facet.factors]
    if len(varied) > 1:
        return f"in {', '.join(facet.name for facet in varied)}"
    return f"only in {varied[0].name}: {some(varied[0].factors)}"


def _rows(found: Difference) -> Iterator[tuple[str, str, str, str]]:
    return ((facet.name, *each) for facet in found.facets for each in _facts(facet))


def _facts(facet: Facet) -> list[tuple[str, str, str]]:
    """Return what differs, and then what was recorded of one of both only."""
    told = ((NOTHING, facet.changes), (NOT_RECORDED, facet.unrecorded))
    return [(each.fact, each.left or lack, each.right or lack) for lack, changes in told for each in changes]


def _shared_data(found: Difference) -> str:
    """Return which data both used, with their rows, and where the data differ, the rows that are as many."""
    same = {fact: value for facet in found.facets if facet.name == "data" for fact, value in facet.alike}
    told = ((use, same.get(use), same.get(f"{use}: rows")) for use in USES.values())
    return "; ".join(_used(*each) for each in told if each[1] or each[2])


def _used(use: str, data: str | None, rows: str | None) -> str:
    if data is None:
        return f"{use} of {rows} rows"
    return f"{use} {data}{f' ({rows} rows)' if rows else ''}"


def _counted(facet: Facet) -> str:
    differing, unrecorded = len(facet.changes), len(facet.unrecorded)
    told = f"{differing:,} fact differs" if differing == 1 else f"{differing:,} facts differ"
    more = f"{unrecorded:,} recorded of one only" if unrecorded else ""
    return ", ".join(part for part in (told if differing else "", more, f"{facet.same:,} the same") if part)
