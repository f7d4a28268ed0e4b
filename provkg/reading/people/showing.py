"""What only people can add, in words, as JSON, and as the text to fill in."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from provkg.reading.people.keys import ABSENT, OF_ALL, value_expected

if TYPE_CHECKING:
    from provkg.facts_file import FactsFile
    from provkg.reading.people.needs import Need, Needs

WIDTH: Final = 100
SHOWN: Final = 3
NEVER_NONE: Final = frozenset({"license", "synthetic", "responsible", "purpose", "experiment"})
"""Keys of which nobody would say that there is none, though a record may."""


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
    """Return the lines to fill in; those of tables that stand in the file already are comments.

    What the file says already, and the graph does not yet, is left out and counted.
    """
    told = _told(needs)
    open_ = [need for need in told if not _is_said(need, facts)]
    lines = ["# What only people know. Fill in what you can; what stays empty says nothing.", ""]
    for place, group in groupby(open_, key=_place):
        members = list(group)
        first = members[0]
        known = first.table is not None and facts.has(first.table, first.name)
        if first.table is not None:
            lines.append(f"# to add to {place}, which is there:" if known else place)
        lines += [line for need in members for line in _to_fill_in(need, said=known)]
        lines += [*_absences(members), ""]
    if len(open_) < len(told):
        lines += _comment(f"{len(told) - len(open_)} more stand in {facts.path}; to add them: provkg missing --apply")
    for need in needs:
        if need.key is None:
            lines += _comment(f"To do for {_names(need)}: {_what_to_do(need)}")
    return "\n".join(lines).rstrip("\n") + "\n"


def _is_said(need: Need, facts: FactsFile) -> bool:
    if need.table is None:
        return need.key in facts.settings
    of_this_name = facts.tables.get(need.table, {}).get(need.name, {})
    return need.key in of_this_name or need.key in facts.of(need.table, need.name)


def _told(needs: Needs) -> list[Need]:
    """Return what the file can tell."""
    return [need for need in needs if need.key is not None]


def _place(need: Need) -> str:
    # A JSON string is a TOML basic string but for this character (TOML 1.0.0, section String).
    name = json.dumps(need.name, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "" if need.table is None else f"[{need.table}.{name}]"


def _of(members: Iterable[Need]) -> str:
    several = list(members)
    most = max(several, key=lambda need: len(need.nodes))
    return f"{len(most.nodes)} {most.kind}{'s' if len(most.nodes) > 1 else ''}: {_names(most)}"


def _names(need: Need) -> str:
    names = list(need.called)
    # Several may share a name: what is left is counted as things are, not as names.
    left = max(len(need.nodes), len(names)) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {left} more" if len(names) > SHOWN else "")


def _in_words(need: Need) -> Iterator[str]:
    yield f"  {need.key}" + (f" = {json.dumps(need.absent)}" if need.key == ABSENT else "")
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
    if key == ABSENT:
        yield from _comment(need.message)
        return
    yield from _comment(f"{need.why} ({value_expected(need.table or OF_ALL, key)})")
    empty = "{}" if key in {"parameters", "schema"} else "[]" if key == "libraries" else '""'
    yield f"{'# ' if said else ''}{key} = {empty}"


def _absences(members: Iterable[Need]) -> Iterator[str]:
    """Yield the line for what there is none of: one in a table, and a comment, for it claims something."""
    may_be_none = dict.fromkeys(
        each for need in members if need.table is not None and need.key not in NEVER_NONE for each in need.absent[-1:]
    )
    if may_be_none:
        yield "# where there is none, on purpose:"
        yield f"# {ABSENT} = {json.dumps([*may_be_none])}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="      ", subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )
