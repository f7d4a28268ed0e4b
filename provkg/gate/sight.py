"""What constraints see of a node that they judge, as far as it can be told from the shapes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from provkg import vocabulary
from provkg.gate.asking import ANNOTATIONS, TARGETS
from provkg.gate.shapes import ALTERNATIVE_PATH, CLASS, FIRST, INVERSE_PATH, MARK, Node, Shapes, Term, sh
from provkg.literals import INTEGER

Place = tuple[NamedNode, ...]
"""Where a shape looks from the judged node: at itself, at what a property says of it, or at what is said of that."""

# Their answer depends on how many values there are, what these are instances of, and whether they are named in a shape.
_OF_KINDS: Final = frozenset(map(sh, ("datatype", "in", "hasValue"))) | {CLASS}
_COUNTS: Final = {sh("minCount"): 1, sh("qualifiedMinCount"): 1, sh("maxCount"): 0, sh("qualifiedMaxCount"): 0}
"""Each with the number at which it asks no more than whether there is a value at all."""
_PATTERN: Final = sh("pattern")
_BOUNDS: Final = frozenset(map(sh, ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")))
_OF_TEXT: Final = _BOUNDS | {_PATTERN, *map(sh, ("flags", "minLength", "maxLength", "languageIn", "uniqueLang"))}
_PLAIN_PATTERN: Final = re.compile(r"(?:[]A-Za-z0-9_:^$()[{}|+*?,.-]|\\[sSd.])+")
"""What XPath and Python read alike, of text in ASCII, unless it has something of `_READ_OTHERWISE`."""
_READ_OTHERWISE: Final = ("(?", "[[", "-[", "--", "||")
_LISTS: Final = frozenset(map(sh, ("or", "and", "xone")))
_SHAPES: Final = frozenset({sh("not"), sh("node"), sh("property"), sh("qualifiedValueShape")})
_PLAIN: Final = ANNOTATIONS | {*TARGETS, vocabulary.sh_path, sh("nodeKind"), sh("deactivated")}
_SELECTS_ITSELF: Final = frozenset(map(sh, ("targetNode", "target")))


class _TooFar(Exception):
    """A constraint looks at something that is not told here."""


@dataclass
class Text:
    """What is asked of the text of a property's values: whether it fits `patterns`, how it lies to `bounds`, or all."""

    patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)
    bounds: set[int] = field(default_factory=set)
    whole: bool = False

    def add(self, predicate: NamedNode, value: Term) -> None:
        """Note one constraint."""
        text = value.value if isinstance(value, Literal) else ""
        if predicate == _PATTERN and (pattern := _read_alike(text)) is not None:
            self.patterns[text] = pattern
        elif predicate in _BOUNDS and isinstance(value, Literal) and value.datatype == INTEGER and len(text) < 16:
            self.bounds.add(int(text))
        else:
            self.whole = True


@dataclass(frozen=True)
class Sight:
    """What the constraints behind `marks` see of a node; those behind other marks may see anything."""

    marks: frozenset[str] = frozenset()
    onward: dict[NamedNode, set[NamedNode]] = field(default_factory=lambda: defaultdict(set))
    """What is asked of the values of a property."""
    texts: dict[NamedNode, Text] = field(default_factory=lambda: defaultdict(Text))
    """The properties of whose values the text matters, and not only the kind."""
    backward: set[NamedNode] = field(default_factory=set)
    """The properties by which others point at the node."""
    constants: frozenset[Term] = frozenset()
    """The terms that shapes name."""


def _read_alike(text: str) -> re.Pattern[str] | None:
    """Return a pattern in which every engine and Python see the same, of text in ASCII; `None` if that may not be."""
    if not _PLAIN_PATTERN.fullmatch(text) or any(each in text for each in _READ_OTHERWISE):
        return None
    try:
        return re.compile(text)
    except re.error:
        return None


def sight(shapes: Shapes) -> Sight:
    """Return what the marked constraints of `shapes` see; no marks where shapes also look for nodes themselves."""
    stated = [each for said in shapes.statements.values() for each in said]
    if any(_selects(predicate, value) for predicate, value in stated):
        return Sight()
    behind: dict[str, list[Node]] = defaultdict(list)
    for shape, said in shapes.statements.items():
        for predicate, value in said:
            if predicate == vocabulary.sh_targetSubjectsOf:
                behind[str(value)].append(shape)
    seen = Sight()
    marks = frozenset(mark for mark, selected in behind.items() if _is_told(shapes, selected, seen))
    constants = frozenset(value for _, value in stated if isinstance(value, NamedNode | Literal))
    return Sight(marks, seen.onward, seen.texts, seen.backward, constants)


def _selects(predicate: NamedNode, value: Term) -> bool:
    marked = isinstance(value, NamedNode) and value.value.startswith(MARK)
    return predicate in _SELECTS_ITSELF or (predicate in TARGETS and not marked)


def _is_told(shapes: Shapes, selected: list[Node], seen: Sight) -> bool:
    """Note what the shapes `selected` look at, and return whether that is all."""
    try:
        for shape in selected:
            _look(shapes, shape, [()], seen, within=())
    except _TooFar:
        return False  # what was noted until then makes nodes look more different than they have to
    return True


def _look(shapes: Shapes, shape: Term, places: list[Place], seen: Sight, within: tuple[Term, ...]) -> None:
    if not isinstance(shape, NamedNode | BlankNode) or shape in within:
        raise _TooFar
    path = shapes.value(shape, vocabulary.sh_path)
    at = places if path is None else [_joined(place, each) for place in places for each in _places(shapes, path)]
    several = len(at) > 1 or any(len(place) > 1 for place in at)
    for place in at:
        _note(place, seen)
    for predicate, value in shapes.statements.get(shape, []):
        if predicate in _SHAPES:
            _look(shapes, value, at, seen, (*within, shape))
        elif predicate in _LISTS:
            for member in shapes.members(value):
                _look(shapes, member, at, seen, (*within, shape))
        elif predicate in _COUNTS:
            # Two ways may lead to the same value, which counts once.
            _need(not several or _number(value) <= _COUNTS[predicate])
        elif predicate in _OF_TEXT:
            _need(all(place and place[0] != INVERSE_PATH for place in at))
            for place in at:
                seen.texts[place[-1]].add(predicate, value)
        elif predicate in _OF_KINDS:
            _need(predicate == CLASS or all(at))
        else:
            _need(predicate in _PLAIN)


def _need(told: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not told:
        raise _TooFar


def _number(value: Term) -> int:
    return int(value.value) if isinstance(value, Literal) and value.value.isdecimal() else 1 << 30


def _places(shapes: Shapes, path: Term) -> Iterator[Place]:
    """Yield where `path` leads; an inverse step stands behind `sh:inversePath`."""
    if isinstance(path, NamedNode):
        yield (path,)
        return
    said = {predicate for predicate, _ in shapes.statements.get(path, [])} if isinstance(path, BlankNode) else set()
    if FIRST in said:
        found: list[Place] = [()]
        for step in shapes.members(path):
            found = [_joined(place, each) for place in found for each in _places(shapes, step)]
        yield from found
    elif said == {ALTERNATIVE_PATH}:
        for head in shapes.values(path, ALTERNATIVE_PATH):
            for way in shapes.members(head):
                yield from _places(shapes, way)
    elif said == {INVERSE_PATH} and isinstance(back := shapes.value(path, INVERSE_PATH), NamedNode):
        yield (INVERSE_PATH, back)
    else:
        raise _TooFar


def _joined(place: Place, further: Place) -> Place:
    joined = (*place, *further)
    if INVERSE_PATH in joined:
        _need(joined[0] == INVERSE_PATH and len(joined) == 2)
    _need(len(joined) <= 2)
    return joined


def _note(place: Place, seen: Sight) -> None:
    match place:
        case (first, second) if first == INVERSE_PATH:
            seen.backward.add(second)
        case (first, second):
            seen.onward[first].add(second)
        case _:
            pass
