"""Shapes files as they are written, and as the gate applies them at one level.

The files in `shapes/` are plain SHACL that any engine can run. For the gate they are rewritten: severities follow from
the level, a target selects only nodes that the gate marked as the record's own, a declared absence counts as presence,
and what only other records can answer is left out.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple, parse
from pyoxigraph import Literal as RdfLiteral

from provkg import vocabulary
from provkg.errors import MalformedRDF, Unreadable
from provkg.folder import LEVELS
from provkg.vocabulary import NAMESPACES

SHAPES_NAMESPACE: Final = "https://w3id.org/provkg/shapes#"
MARK: Final = "urn:provkg:gate:"
Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | RdfLiteral | Triple


def sh(name: str) -> NamedNode:
    """Return the term `name` of SHACL."""
    return NamedNode(NAMESPACES["sh"] + name)


def _rdf(name: str) -> NamedNode:
    return NamedNode(NAMESPACES["rdf"] + name)


ALTERNATIVE_PATH: Final = sh("alternativePath")
INVERSE_PATH: Final = sh("inversePath")
BEYOND_THE_RECORD: Final = frozenset(
    sh(name) for name in ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
)
MIN_COUNT, QUALIFIED_MIN_COUNT = sh("minCount"), sh("qualifiedMinCount")
CLASS: Final = sh("class")
NOT: Final = sh("not")
FIRST, REST, NIL = _rdf("first"), _rdf("rest"), _rdf("nil")
SEVERITY_AT_DISTANCE: Final = (vocabulary.sh_Violation, vocabulary.sh_Warning, vocabulary.sh_Info)


def absence(term: NamedNode) -> NamedNode:
    """Return the predicate by which the gate marks a node that declares `term` absent."""
    return NamedNode(f"{MARK}absent:{term.value}")


@dataclass
class Shapes:
    """A shapes graph: the statements of one or more files, by subject."""

    statements: dict[Node, list[tuple[NamedNode, Term]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, files: Iterable[Path]) -> Shapes:
        """Read shapes from Turtle or any other RDF; raises `MalformedRDF` or `Unreadable`."""
        return cls.of(triple for file in files for triple in _parsed(file))

    @classmethod
    def of(cls, triples: Iterable[Triple | Quad]) -> Shapes:
        """Return the shapes that `triples` state."""
        shapes = cls()
        for each in triples:
            shapes.statements[_node(each.subject)].append((each.predicate, each.object))
        return shapes

    @property
    def triples(self) -> Iterator[Triple]:
        """All statements."""
        for subject, said in self.statements.items():
            for predicate, value in said:
                yield Triple(subject, predicate, value)

    def values(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return what `subject` says with `predicate`."""
        return [value for said, value in self._said(subject) if said == predicate]

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the first thing that `subject` says with `predicate`."""
        return next(iter(self.values(subject, predicate)), None)

    def _said(self, subject: Term) -> list[tuple[NamedNode, Term]]:
        return self.statements.get(subject, []) if isinstance(subject, NamedNode | BlankNode) else []

    @property
    def constraints(self) -> list[NamedNode]:
        """The shapes that carry a level: each states one thing that a record says, or must not say."""
        return [s for s in self.statements if isinstance(s, NamedNode) and self.values(s, vocabulary.level)]

    def level(self, shape: NamedNode) -> int:
        """Return the place of the level of `shape` in the order minimal, standard, audit."""
        stated = self.value(shape, vocabulary.level)
        name = stated.value.rsplit("-", 1)[-1] if isinstance(stated, NamedNode) else str(stated)
        if name not in LEVELS:
            raise Unreadable(f"{shape.value} has the level {stated}; take pvk:Level-{', pvk:Level-'.join(LEVELS)}")
        return LEVELS.index(name)

    def message(self, shape: Node) -> str | None:
        """Return the sentence for the person whose record does not fit `shape`."""
        stated = self.value(shape, vocabulary.sh_message)
        return stated.value if isinstance(stated, RdfLiteral) else None

    def within(self, node: Term) -> Iterator[Node]:
        """Yield `node` and the blank nodes that it is made of."""
        found: dict[Node, None] = {}
        waiting = [node]
        while waiting:
            here = waiting.pop()
            if isinstance(here, NamedNode | BlankNode) and here not in found:
                found[here] = None
                waiting += [value for _, value in reversed(self._said(here)) if isinstance(value, BlankNode)]
        yield from found

    def members(self, head: Term) -> list[Term]:
        """Return the members of the RDF list that starts at `head`."""
        found: list[Term] = []
        while head != NIL:
            found += self.values(head, FIRST)
            following = self.value(head, REST)
            if following is None:
                raise Unreadable(f"a list in the shapes has no end: {head}")
            head = following
        return found

    def predicates(self, path: Term | None) -> list[NamedNode]:
        """Return the predicates of which `path` takes one: itself, or the alternatives; none for longer paths."""
        if isinstance(path, NamedNode):
            return [path]
        alternatives = self.value(path, ALTERNATIVE_PATH) if path is not None else None
        members = self.members(alternatives) if alternatives is not None else []
        return [member for member in members if isinstance(member, NamedNode)]

    def last_predicates(self, path: Term | None) -> list[NamedNode]:
        """Return the predicates by which `path` arrives at its values: of a sequence, those of its last step."""
        if path is not None and self.value(path, FIRST) is not None:
            return self.predicates(self.members(path)[-1])
        return self.predicates(path)

    def alternative(self, members: Sequence[Term]) -> BlankNode:
        """State a list of `members` and return its head."""
        nodes = [BlankNode() for _ in members]
        rest: list[Term] = [*nodes[1:], NIL]
        for node, member, following in zip(nodes, members, rest, strict=True):
            self.statements[node] += [(FIRST, member), (REST, following)]
        return nodes[0]


def _parsed(file: Path) -> Iterator[Triple]:
    kind = RdfFormat.from_extension(file.suffix.removeprefix(".")) or RdfFormat.TURTLE
    try:
        # Renamed: two files may both say _:a.
        for quad in parse(
            file.read_bytes().removeprefix(BOM_UTF8),
            format=kind,
            base_iri=file.resolve().as_uri(),
            rename_blank_nodes=True,
        ):
            yield quad.triple
    except SyntaxError as error:
        raise MalformedRDF(file, error.msg, line=error.lineno, column=error.offset) from None
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}") from None


def _node(term: Term) -> Node:
    if isinstance(term, NamedNode | BlankNode):
        return term
    raise Unreadable(f"shapes cannot speak about {term}")
