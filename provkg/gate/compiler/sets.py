"""Constraints on all values of a node together: counts, pairs, languages, closedness (SHACL, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.gate.compiler.check import Check, Entry, component
from provkg.gate.compiler.paths import Alternative, Path, Predicate, in_order, leading, steps
from provkg.gate.compiler.shape import Shape, is_true
from provkg.gate.compiler.values import constant, named
from provkg.gate.shapes import Term, sh

if TYPE_CHECKING:
    from provkg.gate.compiler.compiler import Compiler

Asker = Callable[["Compiler", Shape, Term, str], Iterator[Check]]
"""Gives what a shape with this parameter asks of the node that the variable stands for."""
_QUALIFIED: Final = sh("qualifiedValueShape")
_DISJOINT: Final = sh("qualifiedValueShapesDisjoint")
_IGNORED: Final = sh("ignoredProperties")


def _min_count(compiler: Compiler, shape: Shape, number: Term, focus: str) -> Iterator[Check]:
    if (least := _number(number)) > 0:
        yield Check(component("MinCount"), violated=_fewer(compiler, shape, least, focus, ""))


def _max_count(compiler: Compiler, shape: Shape, number: Term, focus: str) -> Iterator[Check]:
    most = _number(number)
    entry = _entry(compiler, shape, focus, only=most == 1)
    yield Check(component("MaxCount"), violated=_more(compiler, shape, most, focus, ""), entry=entry)


def _entry(compiler: Compiler, shape: Shape, focus: str, *, only: bool) -> Entry | None:
    """Return how to find the nodes that have more than one value (`only`) from the statements of the first property."""
    if not (only and isinstance(shape.path, Predicate)):
        return None
    value, other = compiler.fresh(), compiler.fresh()
    first, second = (steps(shape.path, focus, each, compiler.fresh) for each in (value, other))
    return Entry(shape.path.term, first, f"EXISTS {{ {second} FILTER(!sameTerm({value}, {other})) }}", needs_two=True)


def _qualified_min(compiler: Compiler, shape: Shape, number: Term, focus: str) -> Iterator[Check]:
    for qualified in compiler.shapes.values(shape.node, _QUALIFIED):
        if (least := _number(number)) > 0:
            asked = _fewer(compiler, shape, least, focus, _qualifies(compiler, shape, qualified))
            yield Check(component("QualifiedMinCount"), violated=asked)


def _qualified_max(compiler: Compiler, shape: Shape, number: Term, focus: str) -> Iterator[Check]:
    for qualified in compiler.shapes.values(shape.node, _QUALIFIED):
        asked = _more(compiler, shape, _number(number), focus, _qualifies(compiler, shape, qualified))
        first = leading(_path(shape))
        entry = None if first is None else Entry(first, f"{focus} {first} {compiler.fresh()} .", asked)
        yield Check(component("QualifiedMaxCount"), violated=asked, entry=entry)


def _qualifies(compiler: Compiler, shape: Shape, qualified: Term) -> str:
    """Return the condition under which a value counts, with `{0}` in the place of its variable."""
    asked = [_with_hole(compiler, qualified)]
    if is_true(compiler.shapes.value(shape.node, _DISJOINT)):
        asked += [f"!({_with_hole(compiler, each)})" for each in _siblings(compiler, shape) if each != qualified]
    return " && ".join(f"({each})" for each in asked)


_HOLE: Final = "?_hole"


def _with_hole(compiler: Compiler, shape: Term) -> str:
    return compiler.conforms(shape, _HOLE)


def _siblings(compiler: Compiler, shape: Shape) -> list[Term]:
    """Return the qualified shapes beside that of `shape` (SHACL, section 4.7.3)."""
    shapes = compiler.shapes
    parents = [each for each in shapes.statements if shape.node in shapes.values(each, vocabulary.sh_property)]
    beside = [each for parent in parents for each in shapes.values(parent, vocabulary.sh_property)]
    return list(dict.fromkeys(found for each in beside for found in shapes.values(each, _QUALIFIED)))


def _fewer(compiler: Compiler, shape: Shape, least: int, focus: str, counts: str) -> str:
    """Return the condition that fewer than `least` values count."""
    if least > 1:
        return f"!{_at_least(compiler, shape, least, focus, counts)}"
    path = _path(shape)
    ways = path.ways if isinstance(path, Alternative) else (path,)
    return " && ".join(f"NOT EXISTS {{ {_counted(compiler, way, focus, counts)[0]} }}" for way in ways)


def _more(compiler: Compiler, shape: Shape, most: int, focus: str, counts: str) -> str:
    """Return the condition that more than `most` values count."""
    path = _path(shape)
    if most == 0:
        return f"EXISTS {{ {_counted(compiler, path, focus, counts)[0]} }}"
    if most > 1:
        return _at_least(compiler, shape, most + 1, focus, counts)
    # Two that differ end the search at once, where a count would read all values.
    (one, a), (other, b) = (_counted(compiler, path, focus, counts) for _ in range(2))
    return f"EXISTS {{ {in_order([one, other])} FILTER(!sameTerm({a}, {b})) }}"


def _at_least(compiler: Compiler, shape: Shape, number: int, focus: str, counts: str) -> str:
    counted, value = _counted(compiler, _path(shape), focus, counts)
    return f"EXISTS {{ SELECT {focus} {{ {counted} }} GROUP BY {focus} HAVING(COUNT(DISTINCT {value}) >= {number}) }}"


def _counted(compiler: Compiler, path: Path, focus: str, counts: str) -> tuple[str, str]:
    value = compiler.fresh()
    taken = steps(path, focus, value, compiler.fresh)
    return (f"{taken} FILTER({counts.replace(_HOLE, value)})" if counts else taken), value


def _has_value(compiler: Compiler, shape: Shape, wanted: Term, focus: str) -> Iterator[Check]:
    if not isinstance(wanted, NamedNode | Literal):
        violated = "true"  # a blank node of the shapes graph is no node of the data
    elif shape.path is None:
        violated = f"!sameTerm({focus}, {wanted})"
    elif isinstance(shape.path, Predicate):
        violated = f"NOT EXISTS {{ {steps(shape.path, focus, str(wanted), compiler.fresh)} }}"
    else:
        value = compiler.fresh()
        taken = steps(shape.path, focus, value, compiler.fresh)
        violated = f"NOT EXISTS {{ {taken} FILTER(sameTerm({value}, {wanted})) }}"
    yield Check(component("HasValue"), violated=violated)


def _equals(compiler: Compiler, shape: Shape, other: Term, focus: str) -> Iterator[Check]:
    value = compiler.fresh()
    said = f"{focus} {named(other)} {value} ."
    if shape.path is None:
        yield Check(component("Equals"), violated=f"NOT EXISTS {{ {focus} {named(other)} {focus} }}", value=focus)
        yield Check(component("Equals"), said, f"!sameTerm({value}, {focus})", value=value)
        return
    taken = steps(shape.path, focus, value, compiler.fresh)
    yield Check(component("Equals"), taken, f"NOT EXISTS {{ {said} }}", value=value, repeats=True)
    yield Check(component("Equals"), said, f"NOT EXISTS {{ {taken} }}", value=value)


def _disjoint(compiler: Compiler, shape: Shape, other: Term, focus: str) -> Iterator[Check]:
    if shape.path is None:
        yield Check(component("Disjoint"), violated=f"EXISTS {{ {focus} {named(other)} {focus} }}", value=focus)
        return
    value = compiler.fresh()
    taken = steps(shape.path, focus, value, compiler.fresh)
    shared = f"EXISTS {{ {focus} {named(other)} {value} }}"
    yield Check(component("Disjoint"), taken, shared, value=value, repeats=True)


def _less_than(operator: str, name: str) -> Asker:
    def asker(compiler: Compiler, shape: Shape, other: Term, focus: str) -> Iterator[Check]:
        value, bound = compiler.fresh(), compiler.fresh()
        taken = steps(_path(shape), focus, value, compiler.fresh)
        pair = in_order([taken, f"{focus} {named(other)} {bound} ."])
        # What cannot be compared is a violation too (SHACL, section 4.5.3).
        violated = f"!COALESCE({value} {operator} {bound}, false)"
        yield Check(component(name), pair, violated, value=value, others=(bound,), repeats=True)

    return asker


def _unique_lang(compiler: Compiler, shape: Shape, stated: Term, focus: str) -> Iterator[Check]:
    # Only the literal `true` itself: not "1"^^xsd:boolean (test uniqueLang-002 of the W3C).
    if not (isinstance(stated, Literal) and stated.value == "true"):
        return
    a, b, tag = compiler.fresh(), compiler.fresh(), compiler.fresh()
    pair = [steps(_path(shape), focus, each, compiler.fresh) for each in (a, b)]
    same = f'LANG({a}) != "" && LCASE(LANG({a})) = LCASE(LANG({b})) && !sameTerm({a}, {b})'
    pattern = f"{{ {in_order(pair)} FILTER({same}) }} BIND(LCASE(LANG({a})) AS {tag})"
    yield Check(component("UniqueLang"), pattern, others=(tag,), repeats=True)


def _closed(compiler: Compiler, shape: Shape, stated: Term, focus: str) -> Iterator[Check]:
    if not is_true(stated):
        return
    shapes, node, said, value = compiler.shapes, focus, compiler.fresh(), compiler.fresh()
    lists = shapes.values(shape.node, _IGNORED)
    stated_paths = [
        path
        for each in shapes.values(shape.node, vocabulary.sh_property)
        for path in shapes.values(each, vocabulary.sh_path)
    ]
    allowed = [*stated_paths, *(each for head in lists for each in shapes.members(head))]
    names = ", ".join(sorted({str(each) for each in allowed if isinstance(each, NamedNode)}))
    before = ""
    if shape.path is not None:
        node = compiler.fresh()
        before = steps(shape.path, focus, node, compiler.fresh)
    pattern = in_order([before, f"{node} {said} {value} ."])
    yield Check(component("Closed"), pattern, f"{said} NOT IN ({names})", value=value, path=said, repeats=bool(before))


def _path(shape: Shape) -> Path:
    if shape.path is None:
        raise Unreadable(f"{shape.node} has no sh:path, and one of its constraints needs it")
    return shape.path


def _number(term: Term) -> int:
    try:
        return int(term.value) if isinstance(term, Literal) else int(constant(term))
    except ValueError:
        raise Unreadable(f"the shapes count to {term}, which is no whole number") from None


SET_CONSTRAINTS: Final[Mapping[str, Asker]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "qualifiedMinCount": _qualified_min,
    "qualifiedMaxCount": _qualified_max,
    "hasValue": _has_value,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less_than("<", "LessThan"),
    "lessThanOrEquals": _less_than("<=", "LessThanOrEquals"),
    "uniqueLang": _unique_lang,
    "closed": _closed,
}
