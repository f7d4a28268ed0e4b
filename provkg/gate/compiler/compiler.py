"""A shapes graph as queries: one for each constraint of each shape that has targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.gate.compiler.check import Check, Entry, component
from provkg.gate.compiler.membership import Membership
from provkg.gate.compiler.paths import leading, may_repeat, steps
from provkg.gate.compiler.query import FOCUS, ShapeQuery, shape_query
from provkg.gate.compiler.sets import SET_CONSTRAINTS
from provkg.gate.compiler.shape import Shape, read_shape
from provkg.gate.compiler.sparql_constraints import Components, sparql_checks
from provkg.gate.compiler.targets import Targets, read_targets
from provkg.gate.compiler.values import CHEAP, VALUE_CONSTRAINTS
from provkg.gate.shapes import Node, Shapes, Term
from provkg.vocabulary import NAMESPACES

SH = NAMESPACES["sh"]


def compiled(
    shapes: Shapes, membership: Membership | None = None, shapes_graph: NamedNode | None = None
) -> list[ShapeQuery]:
    """Return the queries whose answers are the validation results of `shapes`.

    Raises `Unreadable` for what cannot be asked in this way: shapes that refer to themselves, targets that are queries.
    """
    compiler = Compiler(shapes, membership or Membership(), shapes_graph)
    return [query for shape in list(shapes.statements) for query in compiler.queries(shape)]


@dataclass
class Compiler:
    """Reads shapes and gives what they ask; variables are numbered through, so none is used twice."""

    shapes: Shapes
    membership: Membership
    shapes_graph: NamedNode | None = None
    """The graph of the data in which the shapes can be read, for queries that ask for it."""
    negated: bool = False
    """Whether what is read stands below an odd number of `sh:not`."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _open: list[Node] = field(default_factory=list)

    @cached_property
    def _components(self) -> Components:
        return Components.read(self.shapes)

    def fresh(self) -> str:
        """Return a variable that nothing else uses."""
        return f"?v{next(self._numbers)}"

    def queries(self, node: Node) -> Iterator[ShapeQuery]:
        """Yield the queries of the shape `node` and of the property shapes in it; none without a target."""
        if targets := read_targets(self.shapes, node):
            yield from self._queries(node, FOCUS, targets, [], repeats=False)

    def _queries(
        self, node: Term, focus: str, targets: Targets, before: list[str], *, repeats: bool
    ) -> Iterator[ShapeQuery]:
        shape = self._enter(node)
        if not shape.deactivated:
            for check in self._own_checks(shape, focus):
                yield shape_query(shape, check, focus, targets, before, self, repeats=repeats)
            if inner := self.shapes.values(shape.node, vocabulary.sh_property):
                value, pattern = self._values(shape, focus)
                here = [*before, pattern] if pattern else before
                again = repeats or (shape.path is not None and may_repeat(shape.path)) or bool(pattern)
                for each in inner:
                    yield from self._queries(each, value, targets, here, repeats=again)
        self._open.pop()

    def conforms(self, node: Term, focus: str, *, negated: bool = False) -> str:
        """Return the condition that what `focus` stands for conforms to the shape `node` (SHACL, section 3.4)."""
        self.negated ^= negated
        shape = self._enter(node)
        asked = [] if shape.deactivated else [check.holds for check in self._own_checks(shape, focus)]
        if not shape.deactivated:
            asked += self._inner_conforms(shape, focus)
        self._open.pop()
        self.negated ^= negated
        return " && ".join(asked) or "true"

    def _inner_conforms(self, shape: Shape, focus: str) -> Iterator[str]:
        for each in self.shapes.values(shape.node, vocabulary.sh_property):
            value, pattern = self._values(shape, focus)
            yield Check(component("Property"), pattern, f"!({self.conforms(each, value)})").holds

    def _enter(self, node: Term) -> Shape:
        shape = read_shape(self.shapes, node)
        if shape.node in self._open:
            raise Unreadable(f"the shape {shape.node} refers to itself, which the engine oxigraph cannot ask")
        self._open.append(shape.node)
        return shape

    def _own_checks(self, shape: Shape, focus: str) -> Iterator[Check]:
        for predicate, term in self.shapes.statements.get(shape.node, []):
            name = predicate.value.removeprefix(SH)
            if name in VALUE_CONSTRAINTS and name != predicate.value:
                yield self._value_check(shape, name, term, focus)
            elif name in SET_CONSTRAINTS and name != predicate.value:
                yield from SET_CONSTRAINTS[name](self, shape, term, focus)
        yield from sparql_checks(self, shape, focus)
        yield from self._components.checks(self, shape, focus)

    def _value_check(self, shape: Shape, name: str, term: Term, focus: str) -> Check:
        what, judge = VALUE_CONSTRAINTS[name]
        value, pattern = self._values(shape, focus)
        violated = judge(self, shape, term, value)
        first = leading(shape.path) if shape.path is not None else None
        repeats = shape.path is not None and may_repeat(shape.path)
        entry = None if first is None else Entry(first, pattern, violated, once=not repeats)
        return Check(
            component(what), pattern, violated, value, repeats=repeats, entry=entry, looks_up=name not in CHEAP
        )

    def _values(self, shape: Shape, focus: str) -> tuple[str, str]:
        """Return the variable of the value nodes of `shape`, and the pattern that finds them."""
        if shape.path is None:
            return focus, ""
        value = self.fresh()
        return value, steps(shape.path, focus, value, self.fresh)


def named_component(term: NamedNode) -> str:
    """Return the name by which problems call a component: `MinCount`."""
    return term.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1].removesuffix("ConstraintComponent")
