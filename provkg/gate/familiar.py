"""Nodes that look to the shapes like one that has passed: an engine need not be asked about them again.

A sweep brings thousands of nodes that differ in names and numbers which no constraint looks at. What of a node decides
its judgement is put together from the data that the engine would see; the engine alone judges.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg.gate.engines import Marks, Result
from provkg.gate.sight import Sight, Text
from provkg.literals import ANY_URI, BOOLEAN, DATE_TIME, DECIMAL, DOUBLE, INTEGER, STRING
from provkg.vocabulary import rdf_type, rdfs_subClassOf

REMEMBERED: Final = 1 << 14
_NONE: Final[frozenset[object]] = frozenset()
_WRITTEN: Final = {
    STRING: re.compile(""),
    BOOLEAN: re.compile(r"(true|false)\Z"),
    ANY_URI: re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9/._~:@-]*\Z"),
    INTEGER: re.compile(r"(0|-?[1-9]\d{0,17})\Z", re.ASCII),
    DECIMAL: re.compile(r"-?\d{1,15}(\.\d{1,18})?\Z", re.ASCII),
    DOUBLE: re.compile(r"-?\d+(\.\d+)?(E-?\d{1,2})?\Z", re.ASCII),
    DATE_TIME: re.compile(
        r"20\d\d-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
        r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,18})?Z\Z",
        re.ASCII,
    ),
}
"""Texts that every engine takes for values of their datatypes; of others nothing is assumed."""
_ALONE: Final = frozenset({DECIMAL, DOUBLE, DATE_TIME})
"""Datatypes in which two texts can mean one value, so that engines may count two of them differently."""
_NUMBERS: Final[dict[NamedNode, Callable[[str], Any]]] = {INTEGER: int, DECIMAL: Decimal, DOUBLE: float}

Look = tuple[tuple[str, ...], frozenset[object]]
Judge = Callable[[Marks], list[Result]]


class Familiar:
    """The looks of nodes that passed, for one set of shapes."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._passed: set[Look] = set()
        self._numbers: dict[object, int] = {}
        """Stand for what a node says, in looks: there they are a tenth of its size."""

    def results(self, statements: Sequence[Triple], marks: Marks, judge: Judge) -> list[Result]:
        """Return what `judge` finds of the marked nodes in `statements`, asked only about those it has to see."""
        view = _View(statements, self._sight, self._numbers)
        if not self._sight.marks or view.has_classes:
            return judge(marks)
        looks = view.looks(marks)
        asked = {node: rest for node in marks if (rest := self._unknown(marks[node], looks.get(node)))}
        found = judge(asked) if asked else []
        self._remember(looks, {each.focus for each in found})
        return found

    def _unknown(self, marks: Sequence[str], look: Look | None) -> Sequence[str]:
        """Return the marks of a node by which it still has to be judged."""
        if look is None or look not in self._passed:
            return marks
        return [mark for mark in marks if mark not in self._sight.marks]

    def _remember(self, looks: Mapping[str, Look | None], failed: set[str]) -> None:
        if max(len(self._passed), len(self._numbers)) > REMEMBERED:
            self._passed.clear()
            self._numbers.clear()
            return
        self._passed.update(look for node, look in looks.items() if look and node.strip("<>") not in failed)


class _View:
    """The statements of one judgement, by what constraints look at."""

    def __init__(self, statements: Iterable[Triple], sight: Sight, numbers: dict[object, int]) -> None:
        self._sight, self._numbers = sight, numbers
        self._said: dict[object, dict[Triple, None]] = defaultdict(dict)
        self._pointing: dict[object, dict[Triple, None]] = defaultdict(dict)
        self._types: dict[object, set[object]] = defaultdict(set)
        self.has_classes = False
        for triple in statements:
            predicate = triple.predicate
            self._said[triple.subject][triple] = None
            if predicate == rdf_type:
                self._types[triple.subject].add(triple.object)
            elif predicate in sight.backward:
                self._pointing[triple.object][triple] = None
            elif predicate == rdfs_subClassOf:
                self.has_classes = True  # what is an instance of one class is then also one of others

    def looks(self, marks: Marks) -> dict[str, Look | None]:
        """Return how each marked node looks; `None` where that cannot be told."""
        named = ((str(node), node) for node in self._said)
        return {name: self._look(node, marks[name]) for name, node in named if name in marks}

    def _look(self, node: object, marks: Sequence[str]) -> Look | None:
        pairs: list[tuple[object, ...]] = []
        for triple in self._said[node]:
            predicate, value = triple.predicate, triple.object
            kind = self._kind(value, self._sight.texts.get(predicate))
            if kind is None:
                return None
            further = self._sight.onward.get(predicate)
            pairs.append((predicate, kind, self._beyond(value, further)) if further else (predicate, kind))
        for triple in self._pointing.get(node, ()):
            if not isinstance(triple.subject, NamedNode):
                return None
            pairs.append((self._kind(triple.subject), triple.predicate))
        counted = Counter(pairs)
        if len(counted) < len(pairs) and any(times > 1 and _may_be_equal(pair[1]) for pair, times in counted.items()):
            return None
        numbers = self._numbers
        return tuple(marks), frozenset(numbers.setdefault(item, len(numbers)) for item in counted.items())

    def _beyond(self, node: object, asked: set[NamedNode]) -> frozenset[object]:
        """Return what `node` says of what is `asked`, as it counts."""
        found = [triple for triple in self._said.get(node, ()) if triple.predicate in asked]
        kinds = [(each.predicate, self._kind(each.object, self._sight.texts.get(each.predicate))) for each in found]
        return frozenset(Counter(kinds).items())

    def _kind(self, term: object, asked: Text | None = None) -> object:
        """Return what of a term counts: what it is an instance of, or its datatype; itself where it is looked at.

        `asked` is what constraints ask of its text. `None` for terms that have no name.
        """
        if isinstance(term, NamedNode):
            types = frozenset(self._types.get(term, _NONE))
            return (term, types) if asked is not None or term in self._sight.constants else types
        if not isinstance(term, Literal):
            return None
        kind, text = term.datatype, term.value
        written = None if term.language or term in self._sight.constants else _WRITTEN.get(kind)
        if written is None or not written.match(text):
            return term
        return (kind,) if asked is None else (_answers(text, kind, asked) or term)


def _answers(text: str, kind: NamedNode, asked: Text) -> object:
    """Return how a text answers what is `asked` of it; `None` where that is not certain."""
    if asked.whole or not text.isascii() or not text.isprintable():
        return None
    numbers = asked.bounds if kind in _NUMBERS else ()
    value = _NUMBERS[kind](text) if numbers else 0
    fits = tuple(pattern.search(text) is not None for pattern in asked.patterns.values())
    return kind, fits, tuple((value > bound) - (value < bound) for bound in numbers)


def _may_be_equal(kind: object) -> bool:
    return isinstance(kind, tuple) and kind[0] in _ALONE
