"""Some nodes instead of all that a shape judges: those of a class, or a few that are listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, Final, Protocol

from pyoxigraph import NamedNode

from provkg.gate.compiler.membership import Membership
from provkg.gate.compiler.query import FOCUS
from provkg.gate.compiler.targets import Targets
from provkg.vocabulary import rdf_type

Ask = Callable[[str], Any]
"""Gives the solutions of a SELECT."""
_LONGEST: Final = 30_000
"""Bytes of the names in one list: a query may have twice as many."""


class Selected(Protocol):
    """Nodes of which a query of shapes can be asked alone."""

    def among(self, targets: Targets) -> str | None:
        """Return the pattern that binds `FOCUS` to those of the nodes that are `targets`; None where none can be."""


class OfClass:
    """All instances of `kind` in data that states every type of its nodes."""

    def __init__(self, kind: NamedNode, ask: Ask, membership: Membership) -> None:
        self._found, self._kind, self._membership = f"{FOCUS} {rdf_type} {kind} .", kind, membership
        kinds = ask(f"SELECT DISTINCT ?kind {{ {self._found} {FOCUS} {rdf_type} ?kind }}")
        self._kinds = {row["kind"] for row in kinds}

    def among(self, targets: Targets) -> str | None:
        """Return the pattern for those instances that are `targets`, which what else they are can rule out."""
        if self._kind in targets.classes:
            return self._found
        kinds = tuple(each for each in targets.classes if each in self._kinds)
        possible = Targets(kinds, targets.subjects_of, targets.objects_of, targets.nodes)
        names = (f"?t{n}" for n in count())
        condition = possible.condition(FOCUS, self._membership, lambda: next(names)) if possible else None
        return None if condition is None else f"{self._found} FILTER{condition}"


class Listed:
    """The nodes `nodes` of data that states every type of its nodes."""

    def __init__(self, nodes: Collection[NamedNode], ask: Ask) -> None:
        self._nodes, self._ask = tuple(dict.fromkeys(nodes)), ask
        self._known: dict[tuple[str, NamedNode], frozenset[NamedNode]] = {}
        self._patterns: dict[Targets, str | None] = {}
        self._of_kind = self._by_kind()

    def among(self, targets: Targets) -> str | None:
        """Return the list of those nodes that are `targets`."""
        if targets not in self._patterns:
            found = self._chosen(targets)
            chosen = [each for each in self._nodes if each in found]
            self._patterns[targets] = values(FOCUS, chosen) if chosen else None
        return self._patterns[targets]

    def _chosen(self, targets: Targets) -> set[NamedNode]:
        found = {node for kind in targets.classes for node in self._of_kind.get(kind, ())}
        found.update(*(self._having("subject", term) for term in targets.subjects_of))
        found.update(*(self._having("object", term) for term in targets.objects_of))
        return found | {each for each in self._nodes if each in targets.nodes}

    def _by_kind(self) -> Mapping[NamedNode, set[NamedNode]]:
        found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        listed = values(FOCUS, self._nodes)
        for row in self._ask(f"SELECT {FOCUS} ?kind {{ {{ {listed} }} LATERAL {{ {FOCUS} {rdf_type} ?kind }} }}"):
            found[row["kind"]].add(row[FOCUS[1:]])
        return found

    def _having(self, place: str, term: NamedNode) -> frozenset[NamedNode]:
        """Return the nodes that stand in this place of a statement of `term`."""
        if (place, term) not in self._known:
            said = f"{FOCUS} {term} ?other" if place == "subject" else f"?other {term} {FOCUS}"
            text = f"SELECT {FOCUS} {{ {values(FOCUS, self._nodes)} FILTER EXISTS {{ {said} }} }}"
            self._known[place, term] = frozenset(row[FOCUS[1:]] for row in self._ask(text))
        return self._known[place, term]


def pieces(nodes: Iterable[NamedNode]) -> Iterator[list[NamedNode]]:
    """Yield `nodes` in lists that are each short enough to stand in a query."""
    piece: list[NamedNode] = []
    length = 0
    for node in nodes:
        length += len(node.value.encode())
        if piece and length > _LONGEST:
            yield piece
            piece, length = [], len(node.value.encode())
        piece.append(node)
    if piece:
        yield piece


def values(variable: str, nodes: Collection[NamedNode]) -> str:
    """Return the pattern that binds `variable` to each of `nodes`."""
    return f"VALUES {variable} {{ {' '.join(map(str, nodes))} }}"
