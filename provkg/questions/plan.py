"""Shapes of queries that are slow on large graphs, each with what to write instead; found in the text alone.

Engines order patterns without knowing how many things a variable stands for. Each rule is a shape that was measured
on a graph of ten thousand runs against another that asks the same (see `benchmarks/README.md`, "Scale").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from provkg.questions.groups import groups_of
from provkg.questions.patterns import Group, Pattern, is_variable

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NUMERIC: Final = re.compile(r".*_(xsd_double|xsd_decimal)$")
_NUMERIC_TYPE: Final = re.compile(r".*\^\^<?.*(double|decimal|float)>?$")
# Members of a scheme (`pvk:MetricKind-accuracy`): half of all things may have the same.
_MEMBER: Final = re.compile(r"pvk:[A-Z][A-Za-z]*-\w+|<https://w3id\.org/provkg#[A-Z][A-Za-z]*-\w+>")
SEVERAL: Final = 3
"""Steps that an OPTIONAL reads whole: two in a row are still looked up from what was found before."""


@dataclass(frozen=True)
class SlowShape:
    """A shape that a rule found: its name, where it stands, and what to write instead; `line` is that in the text."""

    rule: str
    where: str
    advice: str
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.advice}"


def slow_shapes(text: str) -> list[SlowShape]:
    """Return the slow shapes of a query, each once, in the order of the rules."""
    outermost = groups_of(text)
    found = (
        SlowShape(name, where, advice, _line_of(where, group))
        for name, (look, advice) in RULES.items()
        for top in outermost
        for group, outer in _with_outer(top, frozenset())
        for where in look(group, outer)
    )
    return list(dict.fromkeys(found))


def _line_of(where: str, group: Group) -> int:
    """Return the line of the pattern that `where` of `group` begins with, or of the first that has its variable."""
    patterns = [pattern for each in group.walk() for pattern in each.patterns]
    named = (pattern.line for pattern in patterns if where.startswith(str(pattern)))
    first = where.partition(" ")[0]
    speaking = (pattern.line for pattern in patterns if first in pattern.ends)
    return next(named, None) or next(speaking, 0)


def _with_outer(group: Group, outer: frozenset[str]) -> Iterator[tuple[Group, frozenset[str]]]:
    """Yield each group with the variables that groups around it may bind before it."""
    yield group, outer
    for each in group.groups:
        apart = "select" in {group.kind, each.kind}
        yield from _with_outer(each, frozenset() if apart else outer | group.beside(each))


def _closure_beside_type(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    if any(pattern.is_type for pattern in group.patterns):
        yield from (str(pattern) for pattern in group.patterns if pattern.is_closure)


def _closure_after_closure(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    closures = [pattern for pattern in group.patterns if pattern.is_closure]
    for one in closures:
        for other in closures:
            if one is not other and one.object == other.subject and is_variable(one.object):
                yield str(other)


def _closure_without_start(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    if group.kind in {"optional", "exists"}:
        return  # looked up from what was found outside
    known = _started(group)
    for pattern in group.patterns:
        if pattern.is_closure and all(is_variable(end) and end not in known for end in pattern.ends):
            yield str(pattern)


def _started(group: Group) -> set[str]:
    """Return the variables that are found from a term by patterns of the group, or by a sub-SELECT beside them."""
    known = group.values | group.bound
    for each in group.groups:
        if each.binds and each.kind != "optional":
            known |= each.variables if each.kind != "select" else each.bound
    plain = [pattern for pattern in group.patterns if not pattern.is_type]
    while True:
        starting = (p for p in plain if any(not is_variable(end) or end in known for end in p.ends))
        more = {end for pattern in starting for end in pattern.ends if is_variable(end)} - known
        if not more:
            return known
        known |= more


def _optional_of_several_steps(group: Group, outer: frozenset[str]) -> Iterator[str]:
    if group.kind != "optional" or _has_select(group):
        return
    plain = [pattern for pattern in group.patterns if not pattern.is_closure]
    steps = sum(pattern.steps for pattern in plain)
    if any(not is_variable(end) for pattern in plain for end in pattern.ends):
        return  # a term to start from
    if steps >= SEVERAL or (len(plain) > 1 and not _shared(plain) - outer):
        yield _told(plain)


def _shared(patterns: Sequence[Pattern]) -> set[str]:
    """Return the variables that every one of `patterns` has."""
    return set[str].intersection(*(set(pattern.ends) for pattern in patterns))


def _optional_from_optional(group: Group, outer: frozenset[str]) -> Iterator[str]:
    found, maybe = set(outer) | group.values | group.bound, set[str]()
    for pattern in group.patterns:
        found |= {end for end in pattern.ends if is_variable(end)}
    for each in group.groups:
        if each.binds and each.kind != "optional":
            found |= _surely(each)
            maybe |= _seen(each)
    for each in (inner for inner in group.groups if inner.kind == "optional"):
        own = {end for pattern in each.patterns for end in pattern.ends if is_variable(end)}
        if own & (maybe - found) and not own & found and each.patterns:
            yield _told(each.patterns)
        maybe |= each.variables


def _surely(group: Group) -> set[str]:
    """Return what every answer to a group binds: of branches, what all of them bind."""
    if all(each.kind != "union" for each in group.groups):
        return _seen(group)
    return set[str].intersection(*(_seen(each) for each in group.groups))


def _exists_of_several_steps(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    if group.kind == "exists" and not any(pattern.is_closure for pattern in group.patterns):
        starts = any(end.startswith(("?_", "$_")) for pattern in group.patterns for end in pattern.ends)
        if sum(pattern.steps for pattern in group.patterns) > 1 and not starts:
            yield _told(group.patterns)


def _parted_by_bind(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    before = {end for pattern in group.patterns[: group.split_at] for end in pattern.ends if is_variable(end)}
    starting = [p for p in group.parted if before & set(p.ends) and all(map(is_variable, p.ends))]
    yield from map(str, starting[:1])


def _select_in_optional(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    if group.kind != "optional" or any(not is_variable(end) for pattern in group.patterns for end in pattern.ends):
        return
    inner = [each for each in group.groups if each.kind in {"select", "optional"}]
    if group.patterns and any(each.kind == "select" or _has_select(each) for each in inner):
        yield _told(group.patterns)


def _step_after_closure(group: Group, outer: frozenset[str]) -> Iterator[str]:
    if group.kind != "optional":
        return
    for pattern in group.patterns:
        if pattern.is_closure and pattern.goes_on and pattern.subject in outer:
            yield str(pattern)


def _values_beside(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    beside = [pattern for pattern in group.patterns if group.values & set(pattern.ends)]
    optional = group.kind == "optional" and len(group.patterns) > 1
    if beside and (optional or _has_select(group)):
        yield _told(beside)


def _member_beside_select(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    if not _has_select(group):
        return
    columns = {column for each in group.groups if each.kind == "select" for column in each.bound}
    for pattern in group.patterns:
        if _MEMBER.fullmatch(pattern.object) and pattern.subject not in columns:
            yield str(pattern)


def _number_by_term(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    for pattern in group.patterns:
        last = pattern.object
        if _NUMERIC.fullmatch(last) or _NUMERIC_TYPE.fullmatch(last) or (_NUMBER.fullmatch(last) and "." in last):
            yield str(pattern)


def _unconnected(group: Group, outer: frozenset[str]) -> Iterator[str]:
    if group.kind in {"optional", "exists", "minus"}:
        return
    loose = [
        set(filter(is_variable, pattern.ends)) for pattern in group.patterns if all(map(is_variable, pattern.ends))
    ]
    linked = [set(each.ends) for each in group.patterns if not all(map(is_variable, each.ends))]
    islands: list[set[str]] = []
    for pattern in [*loose, *linked, *(_seen(each) for each in group.groups if each.binds)]:
        touching = [island for island in islands if island & pattern]
        islands = [island for island in islands if not island & pattern] + [pattern.union(*touching)]
    apart = [island for island in islands if any(each <= island for each in loose) and not island & outer]
    if len(apart) > 1:
        yield " and ".join(sorted(min(island) for island in apart))


def _untold_row(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    beside = [each for each in group.groups if each.binds and each.kind != "optional"]
    if len(beside) + len(group.patterns) > 1:
        yield from (f"SELECT {' '.join(sorted(each.bound))}" for each in beside if each.untold_row)


def _branches_apart(group: Group, _outer: frozenset[str]) -> Iterator[str]:
    if not _has_select(group) or group.kind == "select":
        return
    columns = {column for each in group.groups if each.kind == "select" for column in each.bound}
    for union in (each for each in group.groups if each.is_union):
        branches = [_seen(branch) for branch in union.groups]
        if any(branch & columns for branch in branches) and not set[str].intersection(columns, *branches):
            yield " and ".join(sorted(set[str].union(*branches) & columns))


def _seen(group: Group) -> set[str]:
    return group.bound if group.kind == "select" else group.variables


def _has_select(group: Group) -> bool:
    return any(each.kind == "select" for each in group.groups)


def _told(patterns: Sequence[Pattern]) -> str:
    return " . ".join(str(pattern) for pattern in patterns)


Look = Callable[[Group, frozenset[str]], Iterator[str]]
RULES: Final[dict[str, tuple[Look, str]]] = {
    "closure-beside-type": (
        _closure_beside_type,
        "put the path with * or + into a sub-SELECT of its own and ask for the class outside; together they took "
        "minutes instead of 17 ms",
    ),
    "closure-after-closure": (
        _closure_after_closure,
        "put the first path into { SELECT DISTINCT … } and start the second from its column; together they took 707 ms "
        "instead of 2",
    ),
    "closure-without-start": (
        _closure_without_start,
        "begin the path at a parameter, or at what patterns of the same group or a sub-SELECT beside it find; in a "
        "branch of UNION this has to be said again, for a branch is answered by itself",
    ),
    "optional-of-several-steps": (
        _optional_of_several_steps,
        "write an OPTIONAL for each thing that is looked up, the later ones inside the first where they start from it; "
        "three steps, or two that only start together, are read whole: 74 to 667 ms instead of 2",
    ),
    "optional-from-optional": (
        _optional_from_optional,
        "move it into the OPTIONAL whose variable it starts from, or start from BIND(COALESCE(?x, '') AS ?known): from "
        "what may be unbound, since an OPTIONAL or one branch of a UNION binds it, all is read, 750 ms instead of 230",
    ),
    "step-after-closure": (
        _step_after_closure,
        "end the path with its closure and look the rest up in an OPTIONAL inside this one; from 260 ms it went to 4 "
        "minutes",
    ),
    "select-in-optional": (
        _select_in_optional,
        "put the sub-SELECT into an OPTIONAL of its own beside this one: an OPTIONAL that holds both is read whole, "
        "140 ms instead of 1",
    ),
    "parted-by-bind": (
        _parted_by_bind,
        "move BIND behind the patterns: what follows one is read by itself, 220 ms instead of 12",
    ),
    "exists-of-several-steps": (
        _exists_of_several_steps,
        "write OPTIONAL { … } and FILTER(BOUND(?x)) or FILTER(!BOUND(?x)), or look up one step; 64 to 600 ms "
        "instead of 3",
    ),
    "values-beside": (
        _values_beside,
        "write FILTER(?x IN (…)); beside a sub-SELECT, or patterns of an OPTIONAL, VALUES is where reading begins: 200 "
        "to 9,900 ms instead of 7",
    ),
    "member-beside-select": (
        _member_beside_select,
        "write ?kind in its place and FILTER(?kind = …): what is asked of half the graph is read first, 227 ms instead "
        "of 7",
    ),
    "number-by-term": (
        _number_by_term,
        'compare numbers in a FILTER, with a tolerance: 0.1, "0.10" and 1e-1 are different terms',
    ),
    "untold-row": (
        _untold_row,
        "write LIMIT 1 behind the aggregate: an engine takes its one row for as many as it is made from, and reads "
        "whole what it could look up, 360 ms instead of 19",
    ),
    "branches-apart": (
        _branches_apart,
        "let all branches of the UNION have a variable of the sub-SELECT in common: otherwise they are read whole, "
        "670 ms instead of 16",
    ),
    "unconnected": (
        _unconnected,
        "let the patterns share a variable, or put one of them into a sub-SELECT: each is joined with every other",
    ),
}
