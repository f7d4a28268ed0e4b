"""What is touched, in words: for the terminal, as a table for a pull request, and for a notebook."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from provkg.lineage.impact import AT_ONCE, Affected, Impact
from provkg.lineage.markdown import cell, row
from provkg.lineage.wording import SURROUNDINGS, in_words

MOST_OF_A_KIND: Final = 20
MOST_NAMED: Final = 3
COLUMNS: Final = ("iri", "name", "version", "type", "liveIn", "steps", "run", "madeBy", "ended")
"""Of impact as CSV."""


def words(found: Impact, *, paths: bool, everything: bool) -> Iterator[str]:
    """Yield the lines for the terminal: what is live, then the rest by kind, at most `MOST_OF_A_KIND` of each."""
    if not len(found):
        yield f"nothing{_then(found)} rests on {_asked(found)}"
        return
    yield f"{_asked(found)}: {_summary(found)}"
    for title, number, shown in _groups(found, everything=everything):
        yield from ("", f"{title} ({number:,})")
        yield from (f"  {line}" for each in shown for line in _lines(found, each, paths=paths))
        if number > len(shown):
            yield f"  … and {number - len(shown):,} more (--all)"
    yield from _ending(found, everything=everything)


def markdown(found: Impact, *, paths: bool) -> Iterator[str]:
    """Yield the lines of a Markdown table of all but files, packages, environments, code and measurements."""
    yield f"**{cell(_asked(found))}**: {cell(_summary(found))}."
    shown = [each for each in found.affected if each.is_live or each.node.type not in SURROUNDINGS]
    if shown:
        heads = ("thing", "kind", "live", "steps", *(("way",) if paths else ()))
        yield from ("", row(heads), "|" + "---|" * len(heads))
    for each in shown:
        steps = found.path(each.node.iri) if paths else ()
        way = " ← ".join(found.lineage.nodes[step.target].label for step in steps)
        cells = (each.node.label, each.node.type_in_words, each.stage or "", f"{each.distance:,}", way)
        yield row(cells if paths else cells[:-1])


def csv_table(found: Impact) -> str:
    """Return a row of CSV for each thing that is touched, live ones first."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in found.affected:
        node, run = each.node, found.made_by(each)
        by = (run.iri, run.label) if run is not None else ("", "")
        writer.writerow((node.iri, node.name, node.version, node.type, each.stage, each.distance, *by, node.ended))
    return written.getvalue()


def html(found: Impact) -> str:
    """Return tables for a notebook: how many of each kind, and what the terminal would list of them."""
    asked = f"<b>{escape(_asked(found))}</b>"
    if not len(found):
        return f"<p>nothing{_then(found)} rests on {asked}</p>"
    counts = ((in_words(kind), f"{number:,}") for kind, number in found.counts().items())
    groups = list(_groups(found, everything=False))
    things = (_cells(found, each) for _, _, shown in groups for each in shown)
    left = len(found) - sum(len(shown) for *_, shown in groups)
    more = f"<p>… and {left:,} more: .affected has all of them</p>" if left else ""
    heads = ("thing", "kind", "live in", "steps", "made by")
    return f"<p>{asked}: {escape(_summary(found))}</p>{_table(('kind', 'things'), counts)}{_table(heads, things)}{more}"


def _cells(found: Impact, each: Affected) -> tuple[str, ...]:
    run = found.made_by(each)
    by = run.label if run is not None else ""
    return each.node.label, each.node.type_in_words, each.stage or "", f"{each.distance:,}", by


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>" for cells in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _then(found: Impact) -> str:
    return f" that existed at {found.moment.isoformat()}" if found.at_moment else ""


def _asked(found: Impact) -> str:
    return found.asked.label


def _summary(found: Impact) -> str:
    serving = [f"{each.node.label} ({each.stage})" for each in found.live if each.node.type == "Deployment"]
    more = f" and {len(serving) - MOST_NAMED:,} more" if len(serving) > MOST_NAMED else ""
    live = f"live: {', '.join(serving[:MOST_NAMED])}{more}" if serving else "none of it live"
    return f"{_counted(len(found), 'thing')} {'rests' if len(found) == 1 else 'rest'} on it, {live}"


def _groups(found: Impact, *, everything: bool) -> Iterator[tuple[str, int, Sequence[Affected]]]:
    """Yield what each part of the list is headed, how many things it has, and those that are shown."""
    most = None if everything else MOST_OF_A_KIND
    for stage in dict.fromkeys(each.stage for each in found.live):
        live = [each for each in found.live if each.stage == stage]
        yield f"live in {stage}", len(live), live[:most]
    serving = Counter(each.node.type for each in found.live)
    for kind, number in found.counts().items():
        if number > serving[kind] and (everything or kind not in SURROUNDINGS):
            yield in_words(kind), number - serving[kind], found.of_kind(kind, most)


def _lines(found: Impact, each: Affected, *, paths: bool) -> Iterator[str]:
    run = found.made_by(each)
    by = f", by {run.label}" if run is not None else ""
    ended = f"  {each.node.mark}" if each.node.mark else ""
    yield f"{each.node.label}{f'  {each.node.type_in_words}' if each.is_live else ''}{by}{ended}"
    for step in found.path(each.node.iri) if paths else ():
        yield f"    {in_words(step.relation)} {found.lineage.nodes[step.target].label}"


def _ending(found: Impact, *, everything: bool) -> Iterator[str]:
    left = sum(number for kind, number in found.counts().items() if kind in SURROUNDINGS)
    if left and not everything:
        yield from ("", f"Left out: {left:,} of files, packages, environments, code and measurements (--all).")
    if found.run_count:
        yield from ("", f"Made by {_counted(found.run_count, 'run')}{_named(found)}")


def _named(found: Impact) -> str:
    names = list(dict.fromkeys(run.label for run in found.some_runs(MOST_OF_A_KIND)))
    if found.run_count > AT_ONCE:
        return f", such as {', '.join(names)}"
    more = f", and {len(names) - MOST_OF_A_KIND:,} more" if len(names) > MOST_OF_A_KIND else ""
    return f": {', '.join(names[:MOST_OF_A_KIND])}{more}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
