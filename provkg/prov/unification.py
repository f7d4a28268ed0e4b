"""Terms that turn out to be the same: unification of existential variables (PROV-CONSTRAINTS, section 2.2)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from provkg.prov.terms import Identifier, Name, Time


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that exists, whatever it is."""

    number: int

    def __str__(self) -> str:
        return "something unnamed"


Term = Identifier | Time | Variable


class Equations:
    """Which terms are equal, and by which constraint they came to be."""

    def __init__(self) -> None:
        self._parents: dict[Term, Term] = {}
        self._reasons: dict[Term, list[tuple[Term, int]]] = {}
        self._made = 0

    def variable(self) -> Variable:
        """Return something new that exists."""
        self._made += 1
        return Variable(self._made)

    def find(self, term: Term) -> Term:
        """Return what stands for all terms equal to `term`: a constant where there is one."""
        root = term
        while (parent := self._parents.get(root)) is not None:
            root = parent
        while (parent := self._parents.get(term)) is not None:
            self._parents[term] = root if parent != root else parent
            term = parent
        return root

    def equate(self, one: Term, other: Term, constraint: int) -> bool | None:
        """Make both equal: `True` when this is news, `False` when it is none, `None` when they are two constants."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return False
        if is_constant(first) and is_constant(second):
            return None
        loser, winner = (second, first) if is_constant(first) else (first, second)
        self._parents[loser] = winner
        self._reasons.setdefault(one, []).append((other, constraint))
        self._reasons.setdefault(other, []).append((one, constraint))
        return True

    def reasons(self, one: Term, other: Term) -> list[int]:
        """Return the constraints by which `one` became equal to `other`."""
        came_from: dict[Term, tuple[Term, int]] = {}
        waiting, seen = deque([one]), {one}
        while waiting:
            term = waiting.popleft()
            if term == other:
                return _traced(came_from, one, other)
            for neighbour, constraint in self._reasons.get(term, ()):
                if neighbour not in seen:
                    seen.add(neighbour)
                    came_from[neighbour] = (term, constraint)
                    waiting.append(neighbour)
        return []


def is_constant(term: Term) -> bool:
    """Say whether a term names one thing: an IRI or a time; blank identifiers and variables do not."""
    return isinstance(term, Name | Time)


def _traced(came_from: dict[Term, tuple[Term, int]], one: Term, other: Term) -> list[int]:
    numbers, term = [], other
    while term != one:
        term, number = came_from[term]
        numbers.append(number)
    return numbers[::-1]
