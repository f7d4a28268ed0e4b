"""What the shapes ask: each constraint with its sentence, its reason, its fields and an example that fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary
from provkg.folder import LEVELS
from provkg.gate.shapes import SHAPES_NAMESPACE, Shapes, sh
from provkg.resources import EXAMPLES, SHAPES
from provkg.vocabulary import CLASSES, PROPERTIES

TARGETS: Final = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
_VIOLATES: Final = re.compile(r"^# violates: (\S+)", re.MULTILINE)
# Which constraint it breaks stands beside it; the prefixes are the usual ones.
_PREAMBLE: Final = re.compile(r"^(?:# (?:violates|level): .*|@prefix .*)\n", re.MULTILINE)


@dataclass(frozen=True)
class Constraint:
    """One thing that a record says, or must not say. `why` is empty where only the form of values is at stake."""

    iri: str
    owner: str
    message: str
    level: str
    why: str
    serves: str
    fields: tuple[str, ...]
    classes: tuple[str, ...]
    example: str

    @property
    def name(self) -> str:
        """Its local name, which is its place on the page too."""
        return self.iri.removeprefix(SHAPES_NAMESPACE)


@dataclass(frozen=True)
class Shape:
    """A node shape: what it is asked of, and its constraints."""

    iri: str
    about: str
    targets: tuple[tuple[str, str], ...]
    constraints: tuple[Constraint, ...]

    @property
    def name(self) -> str:
        """What stands before the first dash: a constraint may be its own shape."""
        return self.iri.removeprefix(SHAPES_NAMESPACE).partition("-")[0]

    @property
    def anchor(self) -> str | None:
        """Its place on the page, unless its only constraint has that place."""
        own = all(each.iri != self.iri for each in self.constraints)
        return self.iri.removeprefix(SHAPES_NAMESPACE) if own else None


@dataclass(frozen=True)
class ShapesFile:
    """The shapes of one kind of record; `own` where they are a graph's own."""

    name: str
    about: str
    shapes: tuple[Shape, ...]
    own: bool = False

    @property
    def constraints(self) -> list[Constraint]:
        """All constraints of the file."""
        return [each for shape in self.shapes for each in shape.constraints]


def shapes_files(own: Sequence[Path] = ()) -> list[ShapesFile]:
    """Return the shipped shapes by file, then those in the files `own`."""
    examples = failing_examples()
    shipped = [_Reading(file, examples).file(own=False) for file in sorted(SHAPES.glob("*.ttl"))]
    return [*shipped, *(_Reading(file, examples).file(own=True) for file in own)]


def failing_examples() -> dict[str, str]:
    """Return by the name of a constraint the shortest record that fails for it alone."""
    found: dict[str, str] = {}
    for file in sorted((EXAMPLES / "shapes").glob("*/*.ttl")):
        text = file.read_text("utf-8")
        if match := _VIOLATES.search(text):
            shown = _PREAMBLE.sub("", text).strip()
            kept = found.setdefault(match.group(1), shown)
            found[match.group(1)] = min(kept, shown, key=len)
    return found


class _Reading:
    """One file of shapes, being read."""

    def __init__(self, file: Path, examples: dict[str, str]) -> None:
        self._path, self._examples = file, examples
        self._shapes = Shapes.read([file])

    def file(self, *, own: bool) -> ShapesFile:
        first = self._path.read_text("utf-8").partition("\n")[0]
        about = first.removeprefix("#").strip() if first.startswith("#") else ""
        return ShapesFile(self._path.stem, about, tuple(self._node_shapes()), own)

    def _node_shapes(self) -> Iterable[Shape]:
        """Yield the shapes with targets; a constraint that has its own target joins the shape of the same target."""
        by_owner: dict[str, list[Constraint]] = {}
        for constraint in self._shapes.constraints:
            owner = self._owner(constraint)
            by_owner.setdefault(owner.value, []).append(self._constraint(constraint, owner))
        for owner_iri, constraints in by_owner.items():
            owner = NamedNode(owner_iri)
            about = self._text(owner, vocabulary.rdfs_comment) if self._properties(owner) else ""
            yield Shape(owner_iri, about, tuple(self._targets(owner)), tuple(constraints))

    def _owner(self, constraint: NamedNode) -> NamedNode:
        if holder := self._holders.get(constraint):
            return holder
        return self._first_of_target.get(frozenset(self._targets(constraint)), constraint)

    @cached_property
    def _first_of_target(self) -> dict[frozenset[tuple[str, str]], NamedNode]:
        shapes = [*self._holders.values(), *self._shapes.constraints]
        return {targets: each for each in reversed(shapes) if (targets := frozenset(self._targets(each)))}

    @cached_property
    def _holders(self) -> dict[NamedNode, NamedNode]:
        return {
            held: shape
            for shape in self._shapes.statements
            if isinstance(shape, NamedNode)
            for held in self._properties(shape)
            if isinstance(held, NamedNode)
        }

    def _properties(self, shape: NamedNode) -> list[object]:
        return list(self._shapes.values(shape, vocabulary.sh_property))

    def _targets(self, shape: NamedNode) -> list[tuple[str, str]]:
        found = [(way, each) for way in TARGETS for each in self._shapes.values(shape, sh(way))]
        return [(way, each.value) for way, each in found if isinstance(each, NamedNode)]

    def _constraint(self, iri: NamedNode, owner: NamedNode) -> Constraint:
        named = self._named(iri)
        name = iri.value.removeprefix(SHAPES_NAMESPACE)
        return Constraint(
            iri=iri.value,
            owner=owner.value,
            message=self._shapes.message(iri) or "",
            level=LEVELS[self._shapes.level(iri)],
            why=self._text(iri, vocabulary.rdfs_comment),
            serves=self._text(iri, vocabulary.servesRequirement),
            fields=tuple(each for each in named if NamedNode(each) in PROPERTIES or each in self._paths(iri)),
            classes=tuple(dict.fromkeys(each for each in named if NamedNode(each) in CLASSES)),
            example=self._examples.get(name, ""),
        )

    def _paths(self, iri: NamedNode) -> list[str]:
        paths = [path for node in self._shapes.within(iri) for path in self._shapes.values(node, vocabulary.sh_path)]
        return [path.value for path in paths if isinstance(path, NamedNode)]

    def _named(self, iri: NamedNode) -> list[str]:
        """Return the IRIs that a constraint is made of, without those that say whom it is asked of, and when."""
        beside = {vocabulary.level, vocabulary.servesRequirement, *map(sh, TARGETS)}
        named = [
            value.value
            for node in self._shapes.within(iri)
            for predicate, value in self._shapes.statements[node]
            if predicate not in beside and isinstance(value, NamedNode)
        ]
        return list(dict.fromkeys(named))

    def _text(self, node: NamedNode, predicate: NamedNode) -> str:
        value = self._shapes.value(node, predicate)
        return value.value if isinstance(value, Literal) else ""
