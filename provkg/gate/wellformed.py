"""Whether a file of shapes means what its author thinks: terms that exist, values that fit, paths, lists and queries.

Engines pass over what they do not understand, and a constraint that is passed over holds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from provkg import vocabulary
from provkg.errors import RefusedQuery, Unreadable
from provkg.gate.circles import circles
from provkg.gate.engines import ENGINES, engine
from provkg.gate.flaw import Flaw
from provkg.gate.kept_forms import never_kept
from provkg.gate.lines import Located
from provkg.gate.lint import misspelt_in_a_file
from provkg.gate.shapes import SHAPES_NAMESPACE, Node, Shapes, Term, sh
from provkg.gate.values import OF_PROPERTY_SHAPES, RULES, SINGLE
from provkg.sparql import check_query, complaint
from provkg.vocabulary import NAMESPACES

_QUERIES: Final = frozenset({vocabulary.sh_select, sh("ask"), sh("construct")})
_IMPORTS: Final = NamedNode(NAMESPACES["owl"] + "imports")
_NODE_SHAPE: Final = sh("NodeShape")
_TARGETS: Final = frozenset(map(sh, ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")))
# A class that is a shape is asked of its instances (SHACL, section 2.1.3.3).
_IMPLICIT: Final = frozenset({NamedNode(NAMESPACES["rdfs"] + "Class"), NamedNode(NAMESPACES["owl"] + "Class")})
_LIMITS: Final = (
    ("minCount", "maxCount"), ("minLength", "maxLength"), ("qualifiedMinCount", "qualifiedMaxCount"),
)  # fmt: skip
_SHAPES: Final = frozenset({vocabulary.sh_property, vocabulary.sh_node, vocabulary.sh_not, sh("qualifiedValueShape")})


def flaws_of_shapes(
    file: Path,
    said: Sequence[Located],
    known: Collection[Term] = (),
    *,
    alone: bool = False,
    named: Collection[Term] = (),
) -> list[Flaw]:
    """Return what is wrong with the shapes that `file` says.

    `known` are the shapes of other files, `named` is what these name.
    `alone` they may be anybody's, ours too; else they stand beside ours and must not speak of those.
    """
    lint = _Lint(file, said, known, alone=alone)
    found = list(dict.fromkeys(lint.flaws())) or ([] if alone else list(lint.never_asked(named)))
    found = found or circles({file: said})
    return sorted(found, key=lambda flaw: (flaw.line or 0, flaw.message)) or lint.flaws_for_the_engine()


class _Lint:
    def __init__(self, file: Path, said: Sequence[Located], known: Collection[Term], *, alone: bool) -> None:
        self._file, self._said, self._known, self._alone = file, said, known, alone
        self._shapes = Shapes()
        self._lines: dict[Node, int | None] = {}
        self._objects: dict[NamedNode, set[Term]] = {}
        for each in said:
            subject = each.triple.subject
            assert isinstance(subject, NamedNode | BlankNode)  # noqa: S101 - RDF 1.1
            self._shapes.statements[subject].append((each.triple.predicate, each.triple.object))
            self._lines[subject] = self._lines.get(subject) or each.line
            self._objects.setdefault(each.triple.predicate, set()).add(each.triple.object)

    def flaws(self) -> Iterator[Flaw]:
        if not self._said:
            yield Flaw(self._file, None, "it states no shapes; write some, or remove the file")
        for each in self._said:
            for message in self._of_statement(each):
                yield Flaw(self._file, each.line, message)
        for subject in list(self._shapes.statements):
            for message in self._of_subject(subject):
                yield Flaw(self._file, self._lines[subject], message)

    def never_asked(self, named: Collection[Term]) -> Iterator[Flaw]:
        """Yield the shapes that no target leads to, and no other shape; `named` is what other files name."""
        here: set[Term] = set().union(*self._objects.values())
        for subject, said in self._shapes.statements.items():
            kinds = self._shapes.values(subject, vocabulary.rdf_type)
            asked = {predicate for predicate, _ in said} & _TARGETS or _IMPLICIT.intersection(kinds)
            if _NODE_SHAPE in kinds and not asked and subject not in here and subject not in named:
                message = "nothing is ever asked by this shape: give it a target, or name it in another"
                yield Flaw(self._file, self._lines[subject], message)

    def flaws_for_the_engine(self) -> list[Flaw]:
        """Return what the engine cannot take: asked last, because it knows no line."""
        try:
            engine(ENGINES[0], "".join(f"{each.triple} .\n" for each in self._said).encode())
        except Unreadable as error:
            return [Flaw(self._file, None, str(error))]
        return []

    def _of_statement(self, each: Located) -> Iterator[str]:
        predicate, value = each.triple.predicate, each.triple.object
        for term in (predicate, value, value.datatype if isinstance(value, Literal) else None):
            if isinstance(term, NamedNode) and (message := misspelt_in_a_file(term)):
                yield message
                return
        if (rule := RULES.get(predicate)) and (wanted := rule(self._shapes, value)):
            yield f"{_short(predicate)} takes {wanted}{_instead_of(value)}"
        elif not self._alone and (message := never_kept(predicate, value)):
            yield message
        elif predicate in _QUERIES and isinstance(value, Literal) and (message := self._wrong_query(each, value)):
            yield f"the query of {_short(predicate)} cannot run: {message}"
        elif predicate in _SHAPES and not self._is_described(value):
            yield f"{_short(predicate)} names a shape that no file describes: {value}"

    def _of_subject(self, subject: Node) -> Iterator[str]:
        said = [predicate for predicate, _ in self._shapes.statements[subject]]
        if not self._alone and isinstance(subject, NamedNode) and subject.value.startswith(SHAPES_NAMESPACE):
            yield f"{subject.value} is one of provkg's own shapes; state yours under an IRI of your own"
        for predicate in sorted({each for each in said if said.count(each) > 1} & SINGLE, key=str):
            yield f"a shape has at most one {_short(predicate)}; this one has {said.count(predicate)}"
        for low, high in () if self._alone else _LIMITS:
            least, most = (self._number(subject, sh(name)) for name in (low, high))
            if least is not None and most is not None and least > most:
                yield f"sh:{low} {least} and sh:{high} {most}: nothing is both, and every record would be refused"
        if vocabulary.level in said and isinstance(subject, BlankNode):
            yield "a constraint with a pvk:level needs an IRI of its own, so that findings can name it"
        if vocabulary.sh_path in said:
            yield from self._of_property_shape(subject)
        else:
            yield from self._without_path(subject, set(said))

    def _number(self, subject: Node, predicate: NamedNode) -> int | None:
        value = self._shapes.value(subject, predicate)
        return int(value.value) if isinstance(value, Literal) and value.value.isdecimal() else None

    def _of_property_shape(self, subject: Node) -> Iterator[str]:
        if subject in self._values(vocabulary.sh_node):
            yield "sh:node names a shape with an sh:path; name a node shape, or say sh:property"

    def _without_path(self, subject: Node, said: set[NamedNode]) -> Iterator[str]:
        kinds = self._shapes.values(subject, vocabulary.rdf_type)
        if subject in self._values(vocabulary.sh_property) or vocabulary.sh_PropertyShape in kinds:
            yield "a property shape has no sh:path; say which property it is about"
        else:
            for predicate in sorted(said & OF_PROPERTY_SHAPES, key=str):
                yield f"{_short(predicate)} needs an sh:path beside it: it counts or compares the values of a property"

    def _values(self, predicate: NamedNode) -> set[Term]:
        return self._objects.get(predicate, set())

    def _is_described(self, shape: Term) -> bool:
        return isinstance(shape, BlankNode) or shape in self._shapes.statements or shape in self._known

    def _wrong_query(self, each: Located, text: Literal) -> str | None:
        if "$PATH" in text.value:
            return None  # a template, complete only with the path of the shape that uses it
        declared = self._shapes.values(each.triple.subject, sh("prefixes"))
        query = "".join(map(self._declarations, declared)) + text.value
        try:
            check_query(query)
            Store().query(query)
        except RefusedQuery as error:
            return str(error)
        except SyntaxError as error:
            return complaint(str(error.msg), query)
        return None

    def _declarations(self, source: Term) -> str:
        """Return the prefixes that `source` declares, and those of what it imports (SHACL, section 5.2.1)."""
        lines, waiting, passed = [], [source], set()
        while waiting:
            here = waiting.pop()
            for node in self._shapes.values(here, sh("declare")):
                prefix, space = self._shapes.value(node, sh("prefix")), self._shapes.value(node, sh("namespace"))
                if isinstance(prefix, Literal) and isinstance(space, Literal):
                    lines.append(f"PREFIX {prefix.value}: <{space.value}>\n")
            passed.add(here)
            waiting += [each for each in self._shapes.values(here, _IMPORTS) if each not in passed]
        return "".join(dict.fromkeys(lines))


def _short(term: NamedNode) -> str:
    for prefix in ("sh", "pvk"):
        if term.value.startswith(NAMESPACES[prefix]):
            return f"{prefix}:{term.value.removeprefix(NAMESPACES[prefix])}"
    return str(term)


def _instead_of(value: Term) -> str:
    if isinstance(value, Literal):
        return f", not {Literal(value.value)}" if value.datatype.value.endswith("#string") else f", not {value.value}"
    return f", not {value}" if isinstance(value, NamedNode) else ""
