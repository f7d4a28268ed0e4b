"""Which fields a level asks of which node, and which of them the node states.

A field is a constraint that asks for something to be stated, at or below the level. It is asked of a node that the
constraint selects unless one of its guards holds: of a failed run no outputs are asked. Beside each constraint with
guards stands a probe, which fails exactly where no guard holds; so one run of the engine tells both sides of the count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.folder import LEVELS, checked_level
from provkg.gate.asking import CLASSES, TARGETS, looked_at
from provkg.gate.backward import LooksBack
from provkg.gate.check import extended
from provkg.gate.engines import Shifty
from provkg.gate.evidence import Evidence, text_of
from provkg.gate.guards import HAS_VALUE, OR, alternatives, asks_for_a_field
from provkg.gate.own_files import Stamp, stamps
from provkg.gate.shapes import MARK, Node, Shapes, Term, sh
from provkg.gate.tailoring import Tailored, accept_declared_absence, declarable, references_of
from provkg.gate.targets import Selector, Targets, selecting, selectors

_PROBE: Final = f"{MARK}asked:"
_TARGET_NODE, _DEACTIVATED = sh("targetNode"), sh("deactivated")
_OF_OTHERS: Final = frozenset(map(sh, ("class", "node", "property", "qualifiedValueShape")))
_ALWAYS_SEEN: Final = frozenset({vocabulary.rdf_type, vocabulary.rdfs_subClassOf, vocabulary.declaredAbsent})
_TRUE: Final = Literal(value=True)
_NOT_COPIED: Final = frozenset({*TARGETS, vocabulary.sh_message})


@dataclass(frozen=True)
class Field:
    """A constraint that asks for something; `name` is the property it asks for, where it is one.

    `asks` are the properties that answer it, `declarable` those whose declared absence does, and `left_to_people` says
    that a program may have no way to find out.
    """

    shape: str
    level: str
    message: str
    why: str
    path: str | None
    asks: tuple[str, ...] = ()
    declarable: tuple[str, ...] = ()
    left_to_people: bool = False
    serves: str = ""
    """What it is asked for: a question, or an article of a law."""

    @property
    def name(self) -> str:
        """What is asked for, in one word: that of the property, else the middle of the constraint's name."""
        if self.path is not None:
            return self.path.rpartition("#")[2].rpartition("/")[2]
        parts = self.shape.rpartition("#")[2].rpartition("/")[2].split("-")
        return parts[1] if len(parts) > 1 else parts[0]


@dataclass(frozen=True)
class Answered:
    """Of one node: the fields that are asked of it, and those of them that it lacks."""

    asked: tuple[Field, ...]
    missing: tuple[Field, ...]


class Fields:
    """The fields that one level asks, ready to be looked for in data."""

    def __init__(
        self, level: str = "standard", *, extensions: Sequence[Path] = (), serving: tuple[str, ...] = ()
    ) -> None:
        shapes = extended(extensions)
        self.level = checked_level(level)
        found = _fields(shapes, LEVELS.index(level))
        self.of: dict[NamedNode, Field] = {
            shape: field for shape, field in found.items() if not serving or field.serves.startswith(serving)
        }
        self._selected = _selected(shapes, self.of)
        self._guarded = {shape for shape in self.of if alternatives(shapes, shape).guards}
        self._far = {shape for shape in self.of if _leads_on(shapes, shape)}
        self.shapes = shapes
        self._marks = {selector: NamedNode(f"{MARK}{n}") for n, selector in enumerate(self._selected)}
        self._tailored, self._engine = self._ready(shapes)
        self._seen = _ALWAYS_SEEN | {term for _, term in self._selected} | (self._tailored.looked_at or frozenset())

    def answered(self, triples: Sequence[Triple], nodes: Collection[NamedNode]) -> dict[NamedNode, Answered]:
        """Return what is asked of each of `nodes`, and what it lacks.

        `triples`, closed like records, hold what is said of them and everything that paths from them lead over.
        """
        evidence = Evidence(triples)
        fitting = {node: self._selectors(evidence, node) for node in nodes}
        marks = {str(node): tuple(str(self._marks[each]) for each in fits) for node, fits in fitting.items() if fits}
        failed = self._engine.failures(text_of(evidence.statements(self._tailored)), marks)
        return {node: self._of_node(fits, failed.get(str(node), frozenset())) for node, fits in fitting.items()}

    def leading_on(self, node: NamedNode, types: Iterable[NamedNode], said: Iterable[NamedNode]) -> set[NamedNode]:
        """Return the constraints on `node`, by its types and properties, that look at more than what it says itself."""
        fits = [(_TARGET_NODE, node), *selectors(frozenset(types), frozenset(said), frozenset())]
        return {shape for each in fits for shape in self._selected.get(each, ())} & self._far

    def sees(self, triple: Triple) -> bool:
        """Whether `triple` can make a difference to what is asked or missing."""
        return self._tailored.looked_at is None or triple.predicate in self._seen

    def _selectors(self, evidence: Evidence, node: Node) -> list[Selector]:
        # What others alone say of a node describes it no more here than where it is checked.
        fits = [(_TARGET_NODE, node), *selectors(*evidence.selected_by(node))] if node in evidence.own else []
        return [each for each in fits if each in self._selected]

    def _of_node(self, fits: Iterable[Selector], failed: frozenset[str]) -> Answered:
        selected = sorted({shape for each in fits for shape in self._selected[each]}, key=lambda shape: shape.value)
        asked = [each for each in selected if each not in self._guarded or _PROBE + each.value in failed]
        missing = [self.of[each] for each in asked if each.value in failed]
        return Answered(tuple(self.of[each] for each in asked), tuple(missing))

    def _ready(self, shapes: Shapes) -> tuple[Tailored, Shifty]:
        seen = references_of(shapes)
        ready = Shapes()
        for shape in self.of:
            guards = alternatives(shapes, shape).guards
            accept_declared_absence(shapes, shape)
            _copy(shapes, shape, ready)
            probes = [_copy_probe(shapes, shape, guards, ready)] if guards else []
            for each in (shape, *probes):
                # The engine takes shapes that differ in nothing but their names for one; messages keep them apart.
                ready.statements[each].append((vocabulary.sh_message, Literal(each.value)))
        for selector, selected in self._selected.items():
            for shape in selected:
                self._aim(ready, shape, self._marks[selector])
        text = "".join(f"{triple} .\n" for triple in ready.triples).encode()
        back = LooksBack(ready, {})
        fitted = Tailored(text, {}, {}, Targets({}), seen, {}, looked_at(ready), {}, back, {})
        return fitted, Shifty(text, {})

    def _aim(self, ready: Shapes, shape: NamedNode, mark: NamedNode) -> None:
        aimed = [shape, NamedNode(_PROBE + shape.value)] if shape in self._guarded else [shape]
        for each in aimed:
            ready.statements[each].append((vocabulary.sh_targetSubjectsOf, mark))


def fields(level: str = "standard", extensions: Iterable[Path] = (), serving: tuple[str, ...] = ()) -> Fields:
    """Return the fields of `level`, made ready once in a process; with `serving`, those that serve one of these."""
    return _ready_fields(level, stamps(extensions), serving)


@lru_cache(maxsize=16)
def _ready_fields(level: str, extensions: tuple[Stamp, ...], serving: tuple[str, ...]) -> Fields:
    return Fields(level, extensions=[file for file, _, _ in extensions], serving=serving)


def _fields(shapes: Shapes, asked: int) -> dict[NamedNode, Field]:
    found = {}
    for shape in shapes.constraints:
        level = shapes.level(shape)
        if level <= asked and asks_for_a_field(shapes, shape) and not _is_off(shapes, shape):
            path = shapes.value(shape, vocabulary.sh_path)
            found[shape] = Field(
                shape.value,
                LEVELS[level],
                shapes.message(shape) or f"{shape.value} is not fulfilled.",
                _text(shapes.value(shape, vocabulary.rdfs_comment)),
                path.value if isinstance(path, NamedNode) else None,
                tuple(each.value for each in _answering(shapes, shape)),
                tuple(each.value for each in (*declarable(shapes, shape), *_named_absences(shapes, shape))),
                _TRUE in shapes.values(shape, vocabulary.leftToPeople),
                _text(shapes.value(shape, vocabulary.servesRequirement)),
            )
    return found


def _answering(shapes: Shapes, shape: NamedNode) -> list[NamedNode]:
    """Return the properties with which a node can answer `shape`."""
    offered = [node for each in alternatives(shapes, shape).answers for node in shapes.within(each)]
    paths = [path for node in (shape, *offered) for path in shapes.values(node, vocabulary.sh_path)]
    found = dict.fromkeys(each for path in paths for each in shapes.predicates(path))
    return [each for each in found if each != vocabulary.declaredAbsent]


def _named_absences(shapes: Shapes, shape: NamedNode) -> list[NamedNode]:
    """Return the properties whose absence is an answer that `shape` itself offers."""
    offered = [node for each in alternatives(shapes, shape).answers for node in shapes.within(each)]
    declaring = [node for node in offered if shapes.value(node, vocabulary.sh_path) == vocabulary.declaredAbsent]
    named = (value for node in declaring for value in shapes.values(node, HAS_VALUE))
    return [each for each in named if isinstance(each, NamedNode)]


def _selected(shapes: Shapes, fields: Mapping[NamedNode, Field]) -> dict[Selector, list[NamedNode]]:
    """Return the fields that each class, or property, of a node brings with it."""
    found: dict[Selector, list[NamedNode]] = defaultdict(list)
    for shape, chosen in _choosing(shapes).items():
        stated = [shape, *shapes.values(shape, vocabulary.sh_property)]
        for selector in chosen:
            found[selector] += [each for each in stated if isinstance(each, NamedNode) and each in fields]
    return {selector: list(dict.fromkeys(each)) for selector, each in found.items() if each}


def _choosing(shapes: Shapes) -> dict[Node, list[Selector]]:
    """Return by what each shape selects nodes: ours by class or property, an owner's also one by one, or as a class."""
    found = {shape: chosen for shape, chosen in selecting(shapes).items() if not _is_off(shapes, shape)}
    for shape in [each for each in shapes.statements if not _is_off(shapes, each)]:
        chosen = [(_TARGET_NODE, each) for each in shapes.values(shape, _TARGET_NODE) if isinstance(each, NamedNode)]
        if isinstance(shape, NamedNode) and CLASSES.intersection(shapes.values(shape, vocabulary.rdf_type)):
            chosen.append((vocabulary.sh_targetClass, shape))
        found[shape] = [*found.get(shape, ()), *chosen]
    return found


def _is_off(shapes: Shapes, shape: Node) -> bool:
    return any(each.value in {"true", "1"} for each in shapes.values(shape, _DEACTIVATED) if isinstance(each, Literal))


def _leads_on(shapes: Shapes, shape: NamedNode) -> bool:
    """Whether `shape` looks along a path, or at what its values are."""
    said = [each for node in shapes.within(shape) for each in shapes.statements.get(node, [])]
    along = any(predicate == vocabulary.sh_path and not isinstance(value, NamedNode) for predicate, value in said)
    return along or any(predicate in _OF_OTHERS for predicate, _ in said)


def _copy(shapes: Shapes, shape: Term, ready: Shapes) -> None:
    """Put `shape` and everything that it is made of into `ready`, without targets."""
    waiting = [shape]
    while waiting:
        here = waiting.pop()
        if not isinstance(here, NamedNode | BlankNode) or here not in shapes.statements:
            continue
        if here not in ready.statements:
            ready.statements[here] = [each for each in shapes.statements[here] if each[0] not in _NOT_COPIED]
            waiting += [value for _, value in ready.statements[here]]


def _copy_probe(shapes: Shapes, shape: NamedNode, guards: Sequence[Term], ready: Shapes) -> NamedNode:
    for guard in guards:
        _copy(shapes, guard, ready)
    probe = NamedNode(_PROBE + shape.value)
    ready.statements[probe] += [(vocabulary.rdf_type, vocabulary.sh_NodeShape), (OR, ready.alternative(guards))]
    return probe


def _text(term: Term | None) -> str:
    return "" if term is None else getattr(term, "value", "")
