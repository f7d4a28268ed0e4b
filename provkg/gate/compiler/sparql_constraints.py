"""Constraints that are queries, and constraint components made of queries (SHACL, sections 5 and 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.gate.compiler.check import Check, component
from provkg.gate.compiler.paths import steps
from provkg.gate.compiler.shape import Shape, is_true
from provkg.gate.compiler.sparql_text import (
    declared_prefixes,
    embedded_ask,
    embedded_select,
    shape_names,
    stated,
)
from provkg.gate.compiler.values import constant
from provkg.gate.shapes import Node, Shapes, Term, sh

if TYPE_CHECKING:
    from provkg.gate.compiler.compiler import Compiler

_SPARQL: Final = sh("sparql")
_VALIDATORS: Final = ("validator", "nodeValidator", "propertyValidator")
_DEACTIVATED: Final = sh("deactivated")


def sparql_checks(compiler: Compiler, shape: Shape, focus: str) -> Iterator[Check]:
    """Yield the constraints that `shape` states with `sh:sparql`."""
    for constraint in compiler.shapes.values(shape.node, _SPARQL):
        text = stated(compiler.shapes, constraint, "select")
        if text is not None and not is_true(compiler.shapes.value(constraint, _DEACTIVATED)):
            yield _select_check(compiler, shape, focus, component("SPARQL"), constraint, text, {})


def _select_check(
    compiler: Compiler,
    shape: Shape,
    focus: str,
    what: NamedNode,
    executable: Term,
    text: str,
    parameters: Mapping[str, str],
) -> Check:
    own = compiler.fresh()[1:]
    names = {**_names(compiler, shape, focus), **parameters}
    query = embedded_select(text, declared_prefixes(compiler.shapes, executable), names, own)
    value = query.columns.get("value") or (focus if shape.path is None else None)
    words = stated(compiler.shapes, executable, "message")
    named = {name: variable for name, variable in query.columns.items() if words and _mentions(words, name)}
    return Check(
        what,
        query.text,
        value=value,
        path=query.columns.get("path") if shape.path is None else None,
        message=query.columns.get("message"),
        words=words and _with_parameters(words, parameters),
        placeholders=tuple(named.items()),
        repeats=True,
    )


def _names(compiler: Compiler, shape: Shape, focus: str) -> dict[str, str]:
    names = shape_names(shape.node, focus, compiler.shapes_graph)
    return names if shape.path is None else {**names, "PATH": str(shape.path)}


def _mentions(words: str, name: str) -> bool:
    return f"{{?{name}}}" in words or f"{{${name}}}" in words


def _with_parameters(words: str, parameters: Mapping[str, str]) -> str:
    def filled(match: re.Match[str]) -> str:
        term = parameters.get(match.group(1))
        return match.group() if term is None else re.sub(r'^[<"]|[>"](?:\^\^.*|@.*)?$', "", term)

    return re.sub(r"\{[?$](\w+)\}", filled, words)


@dataclass(frozen=True)
class Component:
    """A constraint component that the shapes graph declares."""

    node: NamedNode
    needed: tuple[NamedNode, ...]
    optional: tuple[NamedNode, ...]
    validators: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True)
class Components:
    """All constraint components of a shapes graph."""

    declared: tuple[Component, ...]

    @classmethod
    def read(cls, shapes: Shapes) -> Components:
        """Find what declares parameters and has a validator."""
        nodes = [each for each in shapes.statements if isinstance(each, NamedNode)]
        found = [_component(shapes, node) for node in nodes if shapes.values(node, sh("parameter"))]
        return cls(tuple(each for each in found if any(each.validators.values())))

    def checks(self, compiler: Compiler, shape: Shape, focus: str) -> Iterator[Check]:
        """Yield the constraints that `shape` states by giving values to parameters."""
        for each in self.declared:
            for parameters in _assignments(compiler.shapes, each, shape.node):
                yield from _component_checks(compiler, shape, focus, each, parameters)


def _component(shapes: Shapes, node: NamedNode) -> Component:
    needed: list[NamedNode] = []
    optional: list[NamedNode] = []
    for parameter in shapes.values(node, sh("parameter")):
        path = shapes.value(parameter, vocabulary.sh_path)
        if isinstance(path, NamedNode):
            (optional if is_true(shapes.value(parameter, sh("optional"))) else needed).append(path)
    kinds = ("validator", "nodeValidator", "propertyValidator")
    return Component(
        node, tuple(needed), tuple(optional), {kind: tuple(shapes.values(node, sh(kind))) for kind in kinds}
    )


def _assignments(shapes: Shapes, declared: Component, shape: Node) -> Iterator[dict[str, str]]:
    """Yield each way in which `shape` gives values to the parameters: none unless all that are needed have one."""
    given = [(each, shapes.values(shape, each)) for each in (*declared.needed, *declared.optional)]
    given = [(each, values) for each, values in given if values or each in declared.needed]
    for values in product(*(values for _, values in given)):
        yield {_local_name(each): constant(value) for (each, _), value in zip(given, values, strict=True)}


def _local_name(term: NamedNode) -> str:
    return re.split(r"[#/:]", term.value)[-1]


def _component_checks(
    compiler: Compiler, shape: Shape, focus: str, declared: Component, parameters: Mapping[str, str]
) -> Iterator[Check]:
    special = declared.validators["nodeValidator" if shape.path is None else "propertyValidator"]
    for validator in special or declared.validators["validator"]:
        if (text := stated(compiler.shapes, validator, "select")) is not None:
            yield _select_check(compiler, shape, focus, declared.node, validator, text, parameters)
        elif (text := stated(compiler.shapes, validator, "ask")) is not None:
            yield _ask_check(compiler, shape, focus, declared.node, validator, text, parameters)


def _ask_check(
    compiler: Compiler,
    shape: Shape,
    focus: str,
    what: NamedNode,
    executable: Term,
    text: str,
    parameters: Mapping[str, str],
) -> Check:
    value = focus if shape.path is None else compiler.fresh()
    pattern = "" if shape.path is None else steps(shape.path, focus, value, compiler.fresh)
    names = {**_names(compiler, shape, focus), **parameters, "value": value}
    asked = embedded_ask(text, declared_prefixes(compiler.shapes, executable), names, compiler.fresh()[1:])
    words = stated(compiler.shapes, executable, "message")
    return Check(
        what,
        pattern,
        f"!EXISTS {asked}",
        value,
        words=words and _with_parameters(words, parameters),
        repeats=True,
    )
