"""What the terms of SHACL take as values: its syntax rules, as far as they concern one statement.

The rules are those of the SHACL recommendation, appendix A; here each has a sentence that says what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Variable

from provkg.folder import LEVELS
from provkg.gate.shapes import FIRST, NIL, REST, Shapes, Term, sh
from provkg.vocabulary import NAMESPACES

Rule = Callable[[Shapes, Term], str | None]
"""Returns what a value should be, or nothing where it is that."""
XSD: Final = NAMESPACES["xsd"]
_LANGUAGE_TAGGED: Final = NAMESPACES["rdf"] + "langString"
NODE_KINDS: Final = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
_OF_A_LIST: Final = 2  # rdf:first and rdf:rest
_TRUTHS: Final = frozenset({"true", "false", "1", "0"})
_FLAGS: Final = frozenset("smixq")
_PATHS: Final = frozenset(map(sh, ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")))
_ALTERNATIVE: Final = sh("alternativePath")


def _count(_: Shapes, value: Term) -> str | None:
    if isinstance(value, Literal) and value.datatype.value == f"{XSD}integer" and value.value.lstrip("+").isdigit():
        return None
    return "a whole number without quotes, like 1"


def _truth(_: Shapes, value: Term) -> str | None:
    right = isinstance(value, Literal) and value.datatype.value == f"{XSD}boolean" and value.value in _TRUTHS
    return None if right else "true or false, without quotes"


def _text(_: Shapes, value: Term) -> str | None:
    return None if isinstance(value, Literal) and value.datatype.value == f"{XSD}string" else "text in quotes"


def _words(_: Shapes, value: Term) -> str | None:
    known = {f"{XSD}string", _LANGUAGE_TAGGED}
    return None if isinstance(value, Literal) and value.datatype.value in known else "text in quotes"


def _iri(_: Shapes, value: Term) -> str | None:
    return None if isinstance(value, NamedNode) else "an IRI"


def _iri_or_literal(_: Shapes, value: Term) -> str | None:
    return None if isinstance(value, NamedNode | Literal) else "an IRI or a literal"


def _literal(_: Shapes, value: Term) -> str | None:
    return None if isinstance(value, Literal) else "a number, a time or another literal"


def _shape(_: Shapes, value: Term) -> str | None:
    return None if isinstance(value, NamedNode | BlankNode) else "a shape: its IRI, or [ … ]"


def _node_kind(_: Shapes, value: Term) -> str | None:
    return None if value in {sh(name) for name in NODE_KINDS} else f"one of sh:{', sh:'.join(NODE_KINDS)}"


def _level(_: Shapes, value: Term) -> str | None:
    known = {f"{NAMESPACES['pvk']}Level-{level}" for level in LEVELS}
    right = isinstance(value, NamedNode) and value.value in known
    return None if right else f"one of pvk:Level-{', pvk:Level-'.join(LEVELS)}"


def _pattern(_: Shapes, value: Term) -> str | None:
    if wanted := _text(_, value):
        return wanted
    query = "SELECT ?pattern (REGEX('', ?pattern) AS ?found) WHERE {}"
    found = Store().query(query, substitutions={Variable("pattern"): value})
    bound = any(solution["found"] is not None for solution in found)  # type: ignore[union-attr]
    return None if bound else "a regular expression of XPath (brackets closed, no look-ahead)"


def _flags(shapes: Shapes, value: Term) -> str | None:
    right = _text(shapes, value) is None and isinstance(value, Literal) and set(value.value) <= _FLAGS
    return None if right else "letters out of s, m, i, x, q"


def _list_of(member: Rule, what: str) -> Rule:
    def rule(shapes: Shapes, value: Term) -> str | None:
        members = members_of(shapes, value)
        right = members is not None and all(member(shapes, each) is None for each in members)
        return None if right else f"a list of {what} in round brackets"

    return rule


def _anything(_: Shapes, __: Term) -> str | None:
    return None


def path_rule(shapes: Shapes, value: Term, above: frozenset[Term] = frozenset()) -> str | None:
    """Return what a path should be, unless `value` is one (SHACL, section 2.3.1)."""
    wanted = "a property, or a path such as ( p q ), [ sh:inversePath p ] or [ sh:alternativePath ( p q ) ]"
    if isinstance(value, NamedNode) and value != NIL:
        return None
    if not isinstance(value, BlankNode) or value in above:
        return wanted
    parts = _parts_of_path(shapes, value)
    ends = parts is not None and all(path_rule(shapes, part, above | {value}) is None for part in parts)
    return None if ends else wanted


def _parts_of_path(shapes: Shapes, path: BlankNode) -> list[Term] | None:
    said = shapes.statements.get(path, [])
    if any(predicate == FIRST for predicate, _ in said):
        members = members_of(shapes, path)
        return members if members is not None and len(members) > 1 and len(said) == _OF_A_LIST else None
    if len(said) != 1:
        return None
    predicate, value = said[0]
    if predicate == _ALTERNATIVE:
        members = members_of(shapes, value)
        return members if members is not None and len(members) > 1 else None
    return [value] if predicate in _PATHS else None


def members_of(shapes: Shapes, head: Term) -> list[Term] | None:
    """Return the members of a list, or None where it is not well formed (SHACL, section 1.4)."""
    found: list[Term] = []
    passed: set[Term] = set()
    while head != NIL:
        first, rest = shapes.values(head, FIRST), shapes.values(head, REST)
        if head in passed or len(first) != 1 or len(rest) != 1:
            return None
        passed.add(head)
        found.append(first[0])
        head = rest[0]
    return found


def _named(rule: Rule, *names: str) -> dict[NamedNode, Rule]:
    return {sh(name): rule for name in names}


RULES: Final[dict[NamedNode, Rule]] = {
    **_named(_count, "minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"),
    **_named(_truth, "closed", "uniqueLang", "qualifiedValueShapesDisjoint", "deactivated"),
    **_named(_text, "select", "ask", "construct"),
    **_named(_words, "message"),
    **_named(_iri, "class", "datatype", "disjoint", "equals", "lessThan", "lessThanOrEquals", "targetClass"),
    **_named(_iri, "targetSubjectsOf", "targetObjectsOf", "severity"),
    **_named(_iri_or_literal, "targetNode"),
    **_named(_literal, "minExclusive", "minInclusive", "maxExclusive", "maxInclusive"),
    **_named(_shape, "node", "not", "property", "qualifiedValueShape"),
    **_named(_list_of(_shape, "shapes"), "and", "or", "xone"),
    **_named(_list_of(_anything, "values"), "in"),
    **_named(_list_of(_text, "language tags"), "languageIn"),
    **_named(_list_of(_iri, "properties"), "ignoredProperties"),
    **_named(_node_kind, "nodeKind"),
    **_named(_pattern, "pattern"),
    **_named(_flags, "flags"),
    **_named(path_rule, "path"),
    NamedNode(f"{NAMESPACES['pvk']}level"): _level,
}
SINGLE: Final = frozenset(
    {
        NamedNode(f"{NAMESPACES['pvk']}level"),
        *map(sh, (
            "minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount", "closed",
            "uniqueLang", "qualifiedValueShapesDisjoint", "deactivated", "datatype", "severity", "minExclusive",
            "minInclusive", "maxExclusive", "maxInclusive", "in", "languageIn", "ignoredProperties", "nodeKind",
            "pattern", "flags", "path", "qualifiedValueShape",
        )),
    }
)  # fmt: skip
"""The terms of which a shape has at most one."""
OF_PROPERTY_SHAPES: Final = frozenset(
    map(sh, ("lessThan", "lessThanOrEquals", "maxCount", "minCount", "qualifiedValueShape", "uniqueLang"))
)
"""The terms that mean nothing in a shape without a path."""
