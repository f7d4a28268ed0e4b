"""What `provkg.toml` says of the things that a process records: checked once, and put where code says nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeVar

from provkg.capture.defaults import defaults
from provkg.capture.told_fields import KINDS, STEWARD, field_of, steward, value_of
from provkg.capture.trouble import warned
from provkg.errors import BadParameter, Unreadable
from provkg.facts_file import NO_FACTS, Fact, FactsFile, read_facts
from provkg.records import Description

D = TypeVar("D", bound=Description)
Paths = Iterable[str | PathLike[str]]
# What a file and the code say may both be true.
_JOINED: Final = frozenset({"absent"})
_checked = (NO_FACTS, NO_FACTS)


def told(table: str, name: str, paths: Paths = ()) -> dict[str, Fact]:
    """Return the facts that hold of a thing, by the names of its fields and with values fit for these."""
    facts = told_facts()
    return facts.of(table, name, paths) if facts.tables else {}


def told_facts() -> FactsFile:
    """Return what the file says with the values that records hold; its complaints are all that is wrong in it."""
    global _checked
    given, _ = _checked
    if given is not defaults().facts:
        _checked = (defaults().facts, checked(defaults().facts))
    return _checked[1]


def facts_in(file: Path) -> FactsFile:
    """Return what a file that somebody named says; raises `Unreadable` where it cannot be read, or is no TOML."""
    facts = read_facts(file)
    if facts.complaints and not facts.settings and not facts.tables:
        raise Unreadable(facts.complaints[0])
    return checked(facts)


def completed(described: D, table: str, name: str, paths: Paths = (), *, but: frozenset[str] = frozenset()) -> D:
    """Return `described` with what the file says of it where nothing else does; says so where the two disagree.

    The fields in `but` are left as they are.
    """
    facts = told(table, name, paths)
    known = {field.name for field in dataclasses.fields(described)} - but if facts else frozenset()
    new: dict[str, Any] = {}
    for key, fact in facts.items():
        if key == STEWARD:
            new["roles"] = (*getattr(described, "roles", ()), steward(fact.value))
        elif key in known:
            new |= _joined(described, key, fact, name)
    return dataclasses.replace(described, **new) if new else described


def agreed(table: str, name: str, key: str, said: Any, paths: Paths = ()) -> Any:
    """Return `said`, or what the file says where that is None; says so where the two disagree."""
    fact = told(table, name, paths).get(key)
    if fact is None:
        return said
    if said is not None and said != fact.value:
        _disagree(key, name, fact)
    return fact.value if said is None else said


def _joined(described: Description, key: str, fact: Fact, name: str) -> dict[str, Any]:
    said = getattr(described, key)
    if said in (None, ()):
        return {key: fact.value}
    if key in _JOINED:
        return {key: tuple(dict.fromkeys((*said, *fact.value)))}
    if said != fact.value:
        _disagree(key, name, fact)
    return {}


def _disagree(key: str, name: str, fact: Fact) -> None:
    warned(
        f"{fact.place} says another {key} of {name!r} than the code does; what the code says is recorded",
        kind=f"told {fact.place}",
    )


def checked(facts: FactsFile) -> FactsFile:
    """Return `facts` with the values that records hold, and complaints about those that none can."""
    wrong = list(facts.complaints)
    tables: dict[str, dict[str, Mapping[str, Fact]]] = {}
    for table, things in facts.tables.items():
        tables[table] = {name: dict(_valid(table, said, wrong)) for name, said in things.items()}
    return dataclasses.replace(facts, tables=tables, complaints=tuple(wrong))


def _valid(table: str, said: Mapping[str, Fact], wrong: list[str]) -> Iterable[tuple[str, Fact]]:
    for key, fact in said.items():
        try:
            yield key, Fact(value_of(KINDS[table], field_of(table, key), fact.value), fact.place)
        except BadParameter as error:
            wrong.append(f"{fact.place}: {error}")
