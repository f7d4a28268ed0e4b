"""Property paths of SHACL (section 2.3.1) as graph patterns whose steps Oxigraph takes in the order they are written.

A sequence becomes one look-up after the other: left to itself, Oxigraph may read the last step whole and join.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode

from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.gate.shapes import ALTERNATIVE_PATH, FIRST, Shapes, Term, sh

Fresh = Callable[[], str]
"""Gives a variable that nothing else in the query uses."""
ABSENT: Final = "urn:provkg:absent:"
"""What stands before a property in the step from a node to that property, if the node declares it absent."""
_REPEATED: Final = {sh("zeroOrMorePath"): "*", sh("oneOrMorePath"): "+", sh("zeroOrOnePath"): "?"}
_INVERSE: Final = sh("inversePath")


@dataclass(frozen=True)
class Predicate:
    """One property, forwards."""

    term: NamedNode

    def __str__(self) -> str:
        return str(self.term)


@dataclass(frozen=True)
class Inverse:
    """A path walked backwards."""

    path: Path

    def __str__(self) -> str:
        return f"^({self.path})"


@dataclass(frozen=True)
class Sequence:
    """One path after the other."""

    steps: tuple[Path, ...]

    def __str__(self) -> str:
        return "/".join(f"({each})" for each in self.steps)


@dataclass(frozen=True)
class Alternative:
    """Any one of several paths."""

    ways: tuple[Path, ...]

    def __str__(self) -> str:
        return "|".join(f"({each})" for each in self.ways)


@dataclass(frozen=True)
class Repeated:
    """A path walked any number of times, at least once (`+`), or at most once (`?`)."""

    path: Path
    times: str

    def __str__(self) -> str:
        return f"({self.path}){self.times}"


Path = Predicate | Inverse | Sequence | Alternative | Repeated


def read_path(shapes: Shapes, node: Term) -> Path:
    """Return the path that `node` of the shapes graph stands for; raises `Unreadable` when it is none."""
    return _read(shapes, node, ())


def _read(shapes: Shapes, node: Term, above: tuple[Term, ...]) -> Path:
    if isinstance(node, NamedNode):
        return Predicate(node)
    if not isinstance(node, BlankNode) or node in above:
        raise Unreadable(f"the shapes have a path that is none: {node}")
    above = (*above, node)
    if shapes.value(node, FIRST) is not None:
        return Sequence(tuple(_read(shapes, each, above) for each in shapes.members(node)))
    if (inner := shapes.value(node, _INVERSE)) is not None:
        return Inverse(_read(shapes, inner, above))
    if (ways := shapes.value(node, ALTERNATIVE_PATH)) is not None:
        return Alternative(tuple(_read(shapes, each, above) for each in shapes.members(ways)))
    for term, times in _REPEATED.items():
        if (inner := shapes.value(node, term)) is not None:
            return Repeated(_read(shapes, inner, above), times)
    raise Unreadable(f"the shapes have a path of an unknown kind: {node}")


def steps(path: Path, start: str, end: str, fresh: Fresh) -> str:
    """Return the pattern that leads from the variable `start`, which is bound, to the variable `end`."""
    match path:
        case Predicate(term) if term.value.startswith(ABSENT):
            absent = NamedNode(term.value.removeprefix(ABSENT))
            return f"{start} {vocabulary.declaredAbsent} {end} FILTER({end} = {absent})"
        case Predicate(term):
            return f"{start} {term} {end} ."
        case Inverse(Predicate(term)):
            return f"{end} {term} {start} ."
        case Sequence(members):
            return _in_turn(members, start, end, fresh)
        case Alternative(ways):
            return " UNION ".join(f"{{ {steps(way, start, end, fresh)} }}" for way in ways)
        case _:
            return f"{start} {path} {end} ."


def _in_turn(members: tuple[Path, ...], start: str, end: str, fresh: Fresh) -> str:
    ends = [*(fresh() for _ in members[1:]), end]
    starts = [start, *ends[:-1]]
    taken = [steps(each, a, b, fresh) for each, a, b in zip(members, starts, ends, strict=True)]
    return in_order(taken)


def in_order(patterns: list[str]) -> str:
    """Return one pattern that looks each of `patterns` up for every answer of those before it."""
    first, *rest = [each for each in patterns if each] or [""]
    return first if not rest else f"{{ {first} }}" + "".join(f" LATERAL {{ {each} }}" for each in rest)


def may_repeat(path: Path) -> bool:
    """Whether `path` can lead from one node to the same value twice."""
    return not isinstance(path, Predicate) and not (isinstance(path, Inverse) and not may_repeat(path.path))


def leading(path: Path) -> NamedNode | None:
    """Return the property that `path` takes first, when it is one."""
    match path:
        case Predicate(term) if not term.value.startswith(ABSENT):
            return term
        case Sequence(members):
            return leading(members[0])
        case _:
            return None
