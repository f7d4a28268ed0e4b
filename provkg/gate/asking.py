"""What shapes ask: of the values of a property or of their presence, about which terms, and with which results."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.gate.shacl_terms import SHACL
from provkg.gate.shapes import ALTERNATIVE_PATH, BEYOND_THE_RECORD, FIRST, Node, Shapes, Term, sh
from provkg.vocabulary import NAMESPACES, rdf_type

TARGETS: Final = (vocabulary.sh_targetClass, vocabulary.sh_targetSubjectsOf, vocabulary.sh_targetObjectsOf)
ANNOTATIONS: Final = frozenset(
    {
        rdf_type, vocabulary.rdfs_comment, vocabulary.rdfs_label, vocabulary.level,
        vocabulary.servesRequirement, vocabulary.absenceAccepted, vocabulary.leftToPeople,
        *map(sh, ("message", "severity", "name", "description", "order", "group", "defaultValue")),
    }
)  # fmt: skip
# Constraints that a node without a value cannot violate, and those that it can (SHACL, section 4).
_OF_VALUES: Final = frozenset(
    map(sh, (
        "class", "datatype", "nodeKind", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "minLength",
        "maxLength", "pattern", "flags", "languageIn", "uniqueLang", "in", "maxCount", "or", "and", "not", "xone",
        "node", "property", "qualifiedValueShape", "qualifiedMaxCount", "disjoint", "lessThan", "lessThanOrEquals",
    ))
)  # fmt: skip
OF_PRESENCE: Final = frozenset(map(sh, ("minCount", "hasValue", "qualifiedMinCount", "equals")))
ASKS_BY_ITSELF: Final = ANNOTATIONS | _OF_VALUES | OF_PRESENCE | {vocabulary.sh_path}
"""The predicates of a property shape that means the same inside and outside of a node shape."""
_NAMES_ITS_TERMS: Final = (
    ASKS_BY_ITSELF | BEYOND_THE_RECORD | {*TARGETS, ALTERNATIVE_PATH, sh("targetNode"), sh("deactivated")}
)
CLASSES: Final = frozenset({NamedNode(NAMESPACES["rdfs"] + "Class"), NamedNode(NAMESPACES["owl"] + "Class")})
"""A shape of one of these types selects the instances of itself (SHACL, section 2.1.3.3)."""
# A count has no value to show, and what a node shape finds wrong is the node itself (SHACL, sections 3.6.2.5 and 4).
_EVIDENT_OF_PROPERTIES: Final = {sh("minCount"): "MinCount", sh("maxCount"): "MaxCount"}
_EVIDENT_OF_NODES: Final = {sh("or"): "Or", sh("and"): "And", sh("not"): "Not", sh("xone"): "Xone"}


def starts(shapes: Shapes, constraint: Node) -> frozenset[NamedNode]:
    """Return the properties of which a node must have one to violate `constraint`; none: it can without any."""
    said = {predicate for predicate, _ in shapes.statements[constraint]}
    return frozenset() if said & OF_PRESENCE else _first_steps(shapes, shapes.value(constraint, vocabulary.sh_path))


def _first_steps(shapes: Shapes, path: Term | None) -> frozenset[NamedNode]:
    if isinstance(path, NamedNode):
        return frozenset({path})
    if path is None:
        return frozenset()
    if shapes.value(path, FIRST) is not None:
        return _first_steps(shapes, shapes.members(path)[0])
    head = shapes.value(path, ALTERNATIVE_PATH)
    ways = [_first_steps(shapes, each) for each in shapes.members(head)] if head is not None else []
    return frozenset().union(*ways) if all(ways) else frozenset()


def onward(shapes: Shapes) -> dict[NamedNode, frozenset[NamedNode]]:
    """Return where paths of `shapes` go on from a node that is referred to, by the property that refers to it."""
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for node in list(shapes.statements):
        for path in shapes.values(node, vocabulary.sh_path):
            steps = shapes.members(path) if shapes.values(path, FIRST) else []
            for step, following in pairwise(steps):
                for predicate in shapes.predicates(step):
                    found[predicate].update(shapes.predicates(following))
    return {predicate: frozenset(following) for predicate, following in found.items() if following}


def looked_at(shapes: Shapes) -> frozenset[NamedNode] | None:
    """Return the terms that `shapes` mention; `None` when they can also see statements made of other terms.

    A closed shape can, and a query; a shape that is a class selects the nodes of that class without naming it.
    """
    said = {predicate for statements in shapes.statements.values() for predicate, _ in statements}
    mentioned = frozenset(each.object for each in shapes.triples if isinstance(each.object, NamedNode))
    blind = any(each.value.startswith(SHACL) for each in said - _NAMES_ITS_TERMS) or mentioned & CLASSES
    return None if blind else mentioned


def evident(shapes: Shapes) -> dict[str, str]:
    """Return the shapes whose one result follows from the node alone, with the name of its constraint."""
    found = {}
    for shape in shapes.constraints:
        said = [predicate for predicate, _ in shapes.statements[shape] if predicate not in ANNOTATIONS]
        asked = [each for each in said if each != vocabulary.sh_path and each not in TARGETS]
        known = _EVIDENT_OF_PROPERTIES if vocabulary.sh_path in said else _EVIDENT_OF_NODES
        if len(asked) == 1 and asked[0] in known and shapes.message(shape):
            found[shape.value] = known[asked[0]]
    return found
