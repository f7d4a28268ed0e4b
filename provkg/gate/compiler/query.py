"""The text of one query, and how its answers become results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.gate.compiler.check import Check
from provkg.gate.compiler.paths import in_order
from provkg.gate.compiler.shape import Shape
from provkg.gate.compiler.targets import Targets

if TYPE_CHECKING:
    from provkg.gate.compiler.compiler import Compiler

FOCUS: Final = "?this"


@dataclass(frozen=True)
class ShapeQuery:
    """A SELECT whose rows are the violations of one constraint.

    `from_values` asks the same, beginning with all statements of one property instead of all nodes that the shape
    selects; which is quicker depends on the data.
    """

    shape: Shape
    component: NamedNode
    head: str
    found: str
    steps: tuple[str, ...]
    condition: str
    from_values: str | None
    targets: Targets
    starts_with: NamedNode | None
    needs_two: bool
    looks_up: bool
    focus: str
    value: str | None
    path: str | None
    message: str | None
    words: str | None
    placeholders: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The query over all nodes that the shape selects."""
        return self.of(self.found)

    def of(self, selecting: str) -> str:
        """Return the query over those nodes that the pattern `selecting` finds, which the shape selects."""
        return f"{self.head} {{ {in_order([selecting, *self.steps])}{self.condition} }}"


def shape_query(
    shape: Shape, check: Check, focus: str, targets: Targets, before: list[str], compiler: Compiler, *, repeats: bool
) -> ShapeQuery:
    """Return the query for the violations of `check` by `focus`, to which `before` leads from the targets."""
    found = targets.pattern(FOCUS, compiler.membership, compiler.fresh)
    once = targets.finds_each_once and compiler.membership.closed_types and not (repeats or check.repeats)
    return ShapeQuery(
        shape,
        check.component,
        _head(check, focus, distinct=not once),
        found,
        (*before, check.pattern),
        _filter([check.violated, *_described(targets, compiler)]),
        _from_values(check, focus, targets, compiler, before),
        targets,
        check.entry.predicate if check.entry is not None and not before else None,
        check.entry is not None and check.entry.needs_two and not before,
        check.looks_up,
        focus,
        check.value,
        check.path,
        check.message,
        check.words,
        check.placeholders,
    )


def _from_values(check: Check, focus: str, targets: Targets, compiler: Compiler, before: list[str]) -> str | None:
    entry = check.entry
    if entry is None or before:
        return None
    asked = [entry.violated]
    if entry.predicate not in targets.subjects_of:
        asked.append(targets.condition(FOCUS, compiler.membership, compiler.fresh))
    head = _head(check, focus, distinct=not entry.once)
    return f"{head} {{ {entry.pattern}{_filter([*asked, *_described(targets, compiler)])} }}"


def _described(targets: Targets, compiler: Compiler) -> list[str]:
    """Return the condition that leaves out nodes that nothing describes, if any may be selected."""
    world = compiler.membership.open_world
    asked = world is not None and targets.may_be_undescribed(world)
    return [world.is_described(FOCUS, compiler.fresh)] if world is not None and asked else []


def _head(check: Check, focus: str, *, distinct: bool) -> str:
    filled = [variable for _, variable in check.placeholders]
    # What the targets select tells apart the results on a node to which two of them lead.
    named = [FOCUS, focus, check.value, check.path, check.message, *filled, *check.others]
    columns = dict.fromkeys(each for each in named if each is not None)
    return f"SELECT {'DISTINCT ' if distinct else ''}{' '.join(columns)}"


def _filter(conditions: list[str]) -> str:
    """Return one filter of all `conditions`, in the order that Oxigraph keeps: the second is asked of few."""
    asked = [each for each in conditions if each != "true"]
    return f" FILTER({' && '.join(f'({each})' for each in asked)})" if asked else ""
