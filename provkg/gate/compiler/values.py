"""Constraints that judge each value by itself: its type, range, text, and the shapes it fits (SHACL, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from provkg.errors import Unreadable
from provkg.gate.compiler.datatypes import has_datatype
from provkg.gate.compiler.query import FOCUS
from provkg.gate.compiler.shape import Shape
from provkg.gate.shapes import Term, sh

if TYPE_CHECKING:
    from provkg.gate.compiler.compiler import Compiler

Judge = Callable[["Compiler", Shape, Term, str], str]
"""Gives the condition that a value violates the constraint with this parameter."""
_KINDS: Final = {
    "IRI": "isIRI({0})",
    "BlankNode": "isBlank({0})",
    "Literal": "isLiteral({0})",
    "BlankNodeOrIRI": "(isBlank({0}) || isIRI({0}))",
    "BlankNodeOrLiteral": "(isBlank({0}) || isLiteral({0}))",
    "IRIOrLiteral": "(isIRI({0}) || isLiteral({0}))",
}
_FLAGS: Final = sh("flags")


def _class(compiler: Compiler, _shape: Shape, kind: Term, value: str) -> str:
    if not isinstance(kind, NamedNode):
        return "true"  # a blank node of the shapes graph is no class of the data
    # What a shape selects is described.
    doubtful = compiler.negated or value == FOCUS
    return compiler.membership.is_no_instance(value, kind, compiler.fresh, doubtful=doubtful)


def _datatype(_compiler: Compiler, _shape: Shape, datatype: Term, value: str) -> str:
    return f"!{has_datatype(value, named(datatype))}"


def _node_kind(_compiler: Compiler, _shape: Shape, kind: Term, value: str) -> str:
    name = named(kind).value.rsplit("#", 1)[-1]
    if name not in _KINDS:
        raise Unreadable(f"{kind} is no sh:nodeKind")
    return "!" + _KINDS[name].format(value)


def _compared(operator: str) -> Judge:
    # What cannot be compared is a violation too (section 4.3), and so is NaN.
    return lambda _compiler, _shape, bound, value: f"!COALESCE({value} {operator} {constant(bound)}, false)"


def _length(operator: str) -> Judge:
    return lambda _compiler, _shape, bound, value: (
        f"(isBlank({value}) || STRLEN(STR({value})) {operator} {constant(bound)})"
    )


def _pattern(compiler: Compiler, shape: Shape, pattern: Term, value: str) -> str:
    flags = compiler.shapes.value(shape.node, _FLAGS)
    asked = f"{constant(pattern)}, {constant(flags)}" if flags is not None else constant(pattern)
    _try_expression(asked)
    return f"(isBlank({value}) || !REGEX(STR({value}), {asked}))"


def _try_expression(asked: str) -> None:
    """Raise `Unreadable` for a pattern that Oxigraph cannot match: the constraint would find nothing."""
    found = Store().query(f'SELECT (REGEX("", {asked}) AS ?match) {{}}')
    assert isinstance(found, QuerySolutions)  # noqa: S101 - of a SELECT
    if next(found)["match"] is None:
        raise Unreadable(f"the engine oxigraph cannot match the sh:pattern {asked}; take pyshacl")


def _language_in(compiler: Compiler, _shape: Shape, head: Term, value: str) -> str:
    ranges = [f"LANGMATCHES(LANG({value}), {constant(each)})" for each in compiler.shapes.members(head)]
    return f"!(isLiteral({value}) && ({' || '.join(ranges) or 'false'}))"


def _in(compiler: Compiler, _shape: Shape, head: Term, value: str) -> str:
    members = compiler.shapes.members(head)
    # By term: `=` takes 1 and 1.0 for the same.
    literals = [f"sameTerm({value}, {each})" for each in members if isinstance(each, Literal)]
    names = ", ".join(str(each) for each in members if isinstance(each, NamedNode))
    ways = ([f"{value} IN ({names})"] if names else []) + literals
    return f"!({' || '.join(ways) or 'false'})"


def _node(compiler: Compiler, _shape: Shape, shape: Term, value: str) -> str:
    return f"!({compiler.conforms(shape, value)})"


def _not(compiler: Compiler, _shape: Shape, shape: Term, value: str) -> str:
    return f"({compiler.conforms(shape, value, negated=True)})"


def _and(compiler: Compiler, _shape: Shape, head: Term, value: str) -> str:
    return f"!({' && '.join(_each_conforms(compiler, head, value)) or 'true'})"


def _or(compiler: Compiler, _shape: Shape, head: Term, value: str) -> str:
    return f"!({' || '.join(_each_conforms(compiler, head, value)) or 'false'})"


def _xone(compiler: Compiler, _shape: Shape, head: Term, value: str) -> str:
    counted = [f"IF({each}, 1, 0)" for each in _each_conforms(compiler, head, value)]
    return f"({' + '.join(counted) or '0'} != 1)"


def _each_conforms(compiler: Compiler, head: Term, value: str) -> list[str]:
    """Return the conditions of the shapes in the list at `head`: those that look up least first, for one may decide."""
    conditions = [f"({compiler.conforms(each, value)})" for each in compiler.shapes.members(head)]
    return sorted(conditions, key=lambda each: (each.count("EXISTS"), each.count("LATERAL")))


def constant(term: Term) -> str:
    """Return a literal or IRI of the shapes as SPARQL writes it."""
    if isinstance(term, NamedNode | Literal):
        return str(term)
    raise Unreadable(f"the shapes compare values with {term}, which is no IRI and no literal")


def named(term: Term) -> NamedNode:
    """Return `term`, which has to be an IRI."""
    if isinstance(term, NamedNode):
        return term
    raise Unreadable(f"the shapes want an IRI in the place of {term}")


VALUE_CONSTRAINTS: Final[Mapping[str, tuple[str, Judge]]] = {
    "class": ("Class", _class),
    "datatype": ("Datatype", _datatype),
    "nodeKind": ("NodeKind", _node_kind),
    "minExclusive": ("MinExclusive", _compared(">")),
    "minInclusive": ("MinInclusive", _compared(">=")),
    "maxExclusive": ("MaxExclusive", _compared("<")),
    "maxInclusive": ("MaxInclusive", _compared("<=")),
    "minLength": ("MinLength", _length("<")),
    "maxLength": ("MaxLength", _length(">")),
    "pattern": ("Pattern", _pattern),
    "languageIn": ("LanguageIn", _language_in),
    "in": ("In", _in),
    "node": ("Node", _node),
    "not": ("Not", _not),
    "and": ("And", _and),
    "or": ("Or", _or),
    "xone": ("Xone", _xone),
}
"""Parameters of SHACL, with the name of their component."""
CHEAP: Final = frozenset(VALUE_CONSTRAINTS) - {"class", "node", "not", "and", "or", "xone"}
"""Those that judge a value without reading more of the graph."""
