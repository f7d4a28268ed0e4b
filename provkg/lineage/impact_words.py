"""What is touched, in words: for the terminal, and as a table for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provkg.lineage.graph import SURROUNDINGS, in_words
from provkg.lineage.impact import Affected, Impact
from provkg.lineage.markdown import cell, row

MOST_OF_A_KIND: Final = 20


def words(found: Impact, *, paths: bool, everything: bool) -> Iterator[str]:
    """Yield the lines for the terminal: what is live, then the rest by kind, at most `MOST_OF_A_KIND` of each."""
    if not found.affected:
        yield f"nothing rests on {_asked(found)}"
        return
    yield f"{_asked(found)}: {_summary(found)}"
    for kind, group in _groups(found, everything=everything):
        yield from ("", f"{kind} ({len(group):,})")
        shown = group if everything else group[:MOST_OF_A_KIND]
        yield from (f"  {line}" for each in shown for line in _lines(found, each, paths=paths))
        if len(group) > len(shown):
            yield f"  … and {len(group) - len(shown):,} more (--all)"
    yield from _ending(found, everything=everything)


def markdown(found: Impact, *, paths: bool) -> Iterator[str]:
    """Yield the lines of a Markdown table of all but files, packages, environments, code and measurements."""
    yield f"**{cell(_asked(found))}**: {cell(_summary(found))}."
    shown = [each for each in found.affected if each.is_live or each.node.type not in SURROUNDINGS]
    if shown:
        heads = ("thing", "kind", "live", "steps", *(("way",) if paths else ()))
        yield from ("", row(heads), "|" + "---|" * len(heads))
    for each in shown:
        way = " ← ".join(found.lineage.nodes[step.target].label for step in found.path(each.node.iri))
        cells = (each.node.label, each.node.type_in_words, each.stage or "", f"{each.distance:,}", way)
        yield row(cells if paths else cells[:-1])


def _asked(found: Impact) -> str:
    return found.lineage.nodes[found.lineage.roots[0]].label


def _summary(found: Impact) -> str:
    serving = [f"{each.node.label} ({each.stage})" for each in found.live if each.node.type == "Deployment"]
    live = f"live: {', '.join(serving)}" if serving else "none of it live"
    return f"{_counted(len(found), 'thing')} {'rests' if len(found) == 1 else 'rest'} on it, {live}"


def _groups(found: Impact, *, everything: bool) -> Iterator[tuple[str, Sequence[Affected]]]:
    groups: dict[str, list[Affected]] = {}
    for each in found.affected:
        if everything or each.is_live or each.node.type not in SURROUNDINGS:
            kind = f"live in {each.stage}" if each.is_live else each.node.type_in_words
            groups.setdefault(kind, []).append(each)
    yield from groups.items()


def _lines(found: Impact, each: Affected, *, paths: bool) -> Iterator[str]:
    run = found.lineage.made_by.get(each.node.iri)
    by = f", by {found.lineage.nodes[run].label}" if run is not None else ""
    yield f"{each.node.label}{f'  {each.node.type_in_words}' if each.is_live else ''}{by}"
    for step in found.path(each.node.iri) if paths else ():
        yield f"    {in_words(step.relation)} {found.lineage.nodes[step.target].label}"


def _ending(found: Impact, *, everything: bool) -> Iterator[str]:
    left = sum(number for kind, number in found.counts().items() if kind in SURROUNDINGS)
    if left and not everything:
        yield from ("", f"Left out: {left:,} of files, packages, environments, code and measurements (--all).")
    if found.runs:
        names = list(dict.fromkeys(run.label for run in found.runs))
        more = f", and {len(names) - MOST_OF_A_KIND:,} more" if len(names) > MOST_OF_A_KIND else ""
        yield from ("", f"Made by {_counted(len(found.runs), 'run')}: {', '.join(names[:MOST_OF_A_KIND])}{more}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
