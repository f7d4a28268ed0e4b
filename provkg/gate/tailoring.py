"""The rewriting of shapes for the gate: severities of a level, targets, declared absences, and what is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from provkg import vocabulary
from provkg.folder import LEVELS
from provkg.gate.asking import TARGETS, evident, looked_at, onward
from provkg.gate.backward import Backward, LooksBack, backward, leads_beyond
from provkg.gate.guards import alternatives
from provkg.gate.shapes import (
    ALTERNATIVE_PATH,
    CLASS,
    MIN_COUNT,
    NOT,
    QUALIFIED_MIN_COUNT,
    SEVERITY_AT_DISTANCE,
    Node,
    Shapes,
    Term,
    absence,
)
from provkg.gate.targets import Targets, aimed, selecting
from provkg.vocabulary import NAMESPACES

# At minimal only an unknown origin may be declared: everything else that minimal asks makes lineage walkable.
DECLARABLE_AT_MINIMAL: Final = frozenset({vocabulary.obtainedFrom})
_ONE: Final = Literal(1)
_FALSE: Final = Literal(value=False)


@dataclass(frozen=True)
class Tailored:
    """Shapes ready for an engine, and what the gate must know of them to prepare data and word its findings."""

    text: bytes
    messages: dict[str, str]
    paths: dict[str, str]
    targets: Targets
    references: dict[NamedNode, frozenset[NamedNode]]
    places: dict[NamedNode, frozenset[NamedNode]]
    looked_at: frozenset[NamedNode] | None
    onward: dict[NamedNode, frozenset[NamedNode]]
    back: LooksBack
    evident: dict[str, str]


def tailored(shapes: Shapes, level: str, *, whole: bool) -> Tailored:
    """Return `shapes` as they apply at `level`; `whole` data can also answer what other records say.

    A record is not asked for what is two levels above: the gate tells nobody.
    """
    asked = LEVELS.index(level)
    words, paths = messages(shapes), simple_paths(shapes)
    places, referred = _places(shapes), references_of(shapes)
    back = {} if whole else _kept_inverse(shapes)
    selected = selecting(shapes)
    if not whole:
        _leave_to_others(shapes, asked)
    looks_back = LooksBack(shapes, {shape: each for shape, each in back.items() if shape in shapes.statements})
    set_level(shapes, level)
    targets = aimed(shapes, selected, {shape for shape, each in back.items() if each.presence})
    text = "".join(f"{triple} .\n" for triple in shapes.triples).encode()
    return Tailored(
        text, words, paths, targets, referred, places,
        looked_at(shapes), onward(shapes), looks_back, evident(shapes),
    )  # fmt: skip


def set_level(shapes: Shapes, level: str) -> None:
    """Give every constraint of `shapes` the severity that it has at `level`, and let declared absences count."""
    for shape in shapes.constraints:
        _set_severity(shapes, shape, LEVELS.index(level))
        accept_declared_absence(shapes, shape)


def messages(shapes: Shapes) -> dict[str, str]:
    """Return the sentence of each constraint."""
    return {s.value: said for s in shapes.constraints if (said := shapes.message(s))}


def simple_paths(shapes: Shapes) -> dict[str, str]:
    """Return the path of each constraint on one property, as it is before absences join it."""
    return {s.value: path.value for s in shapes.constraints if isinstance(path := _path(shapes, s), NamedNode)}


def _path(shapes: Shapes, shape: Term) -> Term | None:
    return shapes.value(shape, vocabulary.sh_path)


def references_of(shapes: Shapes) -> dict[NamedNode, frozenset[NamedNode]]:
    """Return, for each property, the classes of which shapes want its values to be instances."""
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for shape in list(shapes.statements):
        if (path := _path(shapes, shape)) is None:
            continue
        wanted = _wanted(shapes, shape)
        for predicate in shapes.last_predicates(path):
            found[predicate] |= {kind for kind in wanted if isinstance(kind, NamedNode)}
    return {predicate: frozenset(classes) for predicate, classes in found.items() if classes}


def _wanted(shapes: Shapes, node: Term) -> set[Term]:
    """Return the classes that the shape at `node` wants; what stands below `sh:not` it does not want."""
    parts = {node: None}
    waiting = [node]
    # Not by recursion: a list of values is a chain of as many nodes.
    while waiting:
        here = waiting.pop()
        said = shapes.statements.get(here, []) if isinstance(here, NamedNode | BlankNode) else []
        inner = [v for predicate, v in said if isinstance(v, BlankNode) and predicate != NOT and v not in parts]
        parts.update(dict.fromkeys(inner))
        waiting += inner
    return {kind for part in parts for kind in shapes.values(part, CLASS)}


def _places(shapes: Shapes) -> dict[NamedNode, frozenset[NamedNode]]:
    """Return, for each property of ours that belongs to certain classes, those classes."""
    places: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    anywhere: set[NamedNode] = set()
    for shape in list(shapes.statements):
        targets = [t for t in shapes.values(shape, vocabulary.sh_targetClass) if isinstance(t, NamedNode)]
        holders = {t for t in shapes.values(shape, vocabulary.sh_targetSubjectsOf) if isinstance(t, NamedNode)}
        for stated in shapes.values(shape, vocabulary.sh_property):
            if isinstance(path := _path(shapes, stated), NamedNode) and path.value.startswith(NAMESPACES["pvk"]):
                places[path].update(targets)
                anywhere |= {path} & holders
    return {path: frozenset(classes) for path, classes in places.items() if classes and path not in anywhere}


def _kept_inverse(shapes: Shapes) -> dict[NamedNode, Backward]:
    """Return the constraints on what points at a node; drop those whose paths end in other records."""
    kept = {}
    for shape in [each for each in shapes.constraints if leads_beyond(shapes, each)]:
        if (back := backward(shapes, shape)) is not None:
            kept[shape] = back
        else:
            _drop(shapes, shape)
    return kept


def _leave_to_others(shapes: Shapes, asked: int) -> None:
    """Drop what is two levels above, unless another shape is made of it: then it decides there."""
    parts = _parts(shapes)
    for shape in shapes.constraints:
        if shapes.level(shape) - asked >= len(SEVERITY_AT_DISTANCE) - 1 and shape not in parts:
            _drop(shapes, shape)


def _parts(shapes: Shapes) -> set[Term]:
    """Return what shapes without targets of their own, or that others name, are made of."""
    named = {value for said in shapes.statements.values() for each, value in said if each != vocabulary.sh_property}
    inner = [shape for shape in shapes.statements if shape in named or not _has_target(shapes, shape)]
    return named.union(*(shapes.values(shape, vocabulary.sh_property) for shape in inner))


def _has_target(shapes: Shapes, shape: Node) -> bool:
    return any(shapes.values(shape, each) for each in TARGETS)


def _drop(shapes: Shapes, shape: NamedNode) -> None:
    for node in list(shapes.within(shape)):
        shapes.statements.pop(node, None)
    for said in shapes.statements.values():
        said[:] = [each for each in said if each != (vocabulary.sh_property, shape)]


def _set_severity(shapes: Shapes, shape: NamedNode, asked: int) -> None:
    distance = max(0, shapes.level(shape) - asked)
    shapes.statements[shape].append((vocabulary.sh_severity, SEVERITY_AT_DISTANCE[distance]))


def accept_declared_absence(shapes: Shapes, shape: NamedNode) -> None:
    """Let a node that declares a property absent pass `shape`, which asks for it, where that may be declared."""
    declared = declarable(shapes, shape)
    if not declared:
        return
    path = _path(shapes, shape)
    if path is None:
        _add_absence_alternatives(shapes, shape, declared)
    else:
        either = BlankNode()
        members = shapes.alternative([*shapes.predicates(path), *(absence(each) for each in declared)])
        shapes.statements[either].append((ALTERNATIVE_PATH, members))
        _replace(shapes, shape, vocabulary.sh_path, either)


def declarable(shapes: Shapes, shape: NamedNode) -> list[NamedNode]:
    """Return the properties of which a node may declare one absent to pass `shape`."""
    if _FALSE in shapes.values(shape, vocabulary.absenceAccepted):
        return []
    path = _path(shapes, shape)
    if path is not None:
        return _declarable(shapes, shape, shapes.predicates(path)) if shapes.values(shape, MIN_COUNT) else []
    # A guard asks for nothing: that a property is absent which only says when the constraint holds is no answer.
    answers = [node for each in alternatives(shapes, shape).answers for node in shapes.within(each)]
    asked = [node for node in answers if _asks_for_presence(shapes, node)]
    return _declarable(
        shapes, shape, dict.fromkeys(each for node in asked for each in shapes.predicates(_path(shapes, node)))
    )


def _add_absence_alternatives(shapes: Shapes, shape: NamedNode, declared: Iterable[NamedNode]) -> None:
    """Let `shape`, which offers alternatives, also accept that a property which one of them asks for is absent."""
    absences: list[Term] = []
    for each in declared:
        alternative = BlankNode()
        shapes.statements[alternative] += [(vocabulary.sh_path, absence(each)), (MIN_COUNT, _ONE)]
        absences.append(alternative)
    head = shapes.value(shape, vocabulary.sh_or)
    if head is not None:
        _replace(shapes, shape, vocabulary.sh_or, shapes.alternative([*shapes.members(head), *absences]))


def _asks_for_presence(shapes: Shapes, node: Node) -> bool:
    return bool(shapes.values(node, MIN_COUNT) or shapes.values(node, QUALIFIED_MIN_COUNT))


def _declarable(shapes: Shapes, shape: NamedNode, predicates: Iterable[NamedNode]) -> list[NamedNode]:
    minimal = shapes.level(shape) == 0
    return [each for each in predicates if not minimal or each in DECLARABLE_AT_MINIMAL]


def _replace(shapes: Shapes, subject: Node, predicate: NamedNode, value: Term) -> None:
    kept = [each for each in shapes.statements[subject] if each[0] != predicate]
    shapes.statements[subject] = [*kept, (predicate, value)]
