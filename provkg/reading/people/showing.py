"""What only people can add, in words, as JSON, and as the text to fill in."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from provkg.reading.people.keys import OF_ALL, value_expected

if TYPE_CHECKING:
    from provkg.facts_file import FactsFile
    from provkg.reading.people.needs import Need, Needs

WIDTH: Final = 100
SHOWN: Final = 3


def as_text(needs: Needs) -> str:
    """Return the list in words: first what `provkg.toml` can tell, by its tables, then what is to be done."""
    lines: list[str] = []
    for place, group in groupby(_told(needs), key=_place):
        members = list(group)
        lines += [f"{place or 'for all runs'}  ({_of(members)})"]
        lines += [line for need in members for line in _in_words(need)] + [""]
    if undone := [need for need in needs if need.key is None]:
        lines += ["said by what is done, or in Python", *(line for need in undone for line in _undone(need)), ""]
    return "\n".join(lines)


def as_json(needs: Needs) -> str:
    """Return the list as one JSON object."""
    found = [{**dataclasses.asdict(need), "place": _place(need)} for need in needs]
    said = {"level": needs.level, "size": needs.size, "others": needs.others, "missing": found}
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def as_toml(needs: Needs, facts: FactsFile) -> str:
    """Return the lines to fill in; those of tables that stand in the file already are comments."""
    lines = ["# What only people know. Fill in what you can; what stays empty says nothing.", ""]
    for place, group in groupby(_told(needs), key=_place):
        members = list(group)
        first = members[0]
        known = first.table is not None and facts.has(first.table, first.name)
        if first.table is not None:
            lines.append(f"# to add to {place}, which is there:" if known else place)
        lines += [line for need in members for line in _to_fill_in(need, said=known)]
        lines.append("")
    if undone := [need for need in needs if need.key is None]:
        lines += [line for need in undone for line in _comment(f"To do for {_names(need)}: {_what_to_do(need)}")]
    return "\n".join(lines).rstrip("\n") + "\n"


def _told(needs: Needs) -> list[Need]:
    """Return what the file can tell: at the top of it first, as TOML wants it."""
    told = [need for need in needs if need.key is not None]
    return sorted(told, key=lambda need: (need.table is not None, need.table or "", need.name))


def _place(need: Need) -> str:
    return "" if need.table is None else f"[{need.table}.{json.dumps(need.name, ensure_ascii=False)}]"


def _of(members: Iterable[Need]) -> str:
    several = list(members)
    most = max(several, key=lambda need: len(need.nodes))
    return f"{len(most.nodes)} {most.kind}{'s' if len(most.nodes) > 1 else ''}: {_names(most)}"


def _names(need: Need) -> str:
    names = list(need.called)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _in_words(need: Need) -> Iterator[str]:
    yield f"  {need.key}"
    yield from _wrapped(need.message)
    if need.why:
        yield from _wrapped(f"Why: {need.why}")


def _undone(need: Need) -> Iterator[str]:
    yield f"  {_names(need)}"
    yield from _wrapped(need.message)
    yield from _wrapped(f"Why: {need.why}")
    yield from _wrapped(f"How: {_what_to_do(need)}")


def _what_to_do(need: Need) -> str:
    return need.how or f"say it in Python, with provkg.records (docs/records.md): {need.message}"


def _to_fill_in(need: Need, *, said: bool) -> Iterator[str]:
    key = need.key or ""
    yield from _comment(f"{need.why} ({value_expected(need.table or OF_ALL, key)})")
    empty = "{}" if key in {"parameters", "schema"} else "[]" if key == "libraries" else '""'
    yield f"{'# ' if said else ''}{key} = {empty}"
    if need.absent and need.table is not None and _may_well_be_none(need):
        yield from _comment(f"or, where there is none on purpose: absent = {json.dumps(need.absent[-1:])}")


def _may_well_be_none(need: Need) -> bool:
    return need.key not in {"license", "synthetic", "responsible", "purpose"}


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="      ", subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )
