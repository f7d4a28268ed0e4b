"""Who is an instance of a class: through the tree of subclasses, or by the types that closed data states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from provkg.gate.compiler.paths import Fresh
from provkg.vocabulary import rdf_type, rdfs_subClassOf


@dataclass(frozen=True)
class OpenWorld:
    """How a node that is described is told from one that is only spoken of: it may be anything, until somebody says.

    What `both_ways` relate is stated from either end, and `one_way` follows from statements of the other end; neither
    describes its subject, nor does what is `derived`. What begins with `namespace` need not be described.
    """

    both_ways: tuple[NamedNode, ...] = ()
    one_way: Mapping[NamedNode, tuple[NamedNode, ...]] = field(default_factory=dict)
    derived: tuple[NamedNode, ...] = ()
    namespace: str = "urn:x-none:"

    def describes(self, predicate: NamedNode) -> bool:
        """Whether whatever has `predicate` is thereby described."""
        return not (predicate in self.both_ways or predicate in self.one_way or predicate in self.derived)

    def is_described(self, node: str, fresh: Fresh) -> str:
        """Return the condition that a statement of its own describes `node`."""
        said, value = fresh(), fresh()
        # A type is nearly always there, and one look-up finds it.
        return (
            f"(EXISTS {{ {node} {rdf_type} {fresh()} }} || "
            f"EXISTS {{ {node} {said} {value} FILTER(!({self._is_echo(node, said, value)})) }})"
        )

    def is_known(self, node: str, fresh: Fresh) -> str:
        """Return the condition that `node` is described, or need not be."""
        # Last, because it reads the text of the name.
        exempt = f"(isIRI({node}) && STRSTARTS(STR({node}), {Literal(self.namespace)}))"
        return f"({self.is_described(node, fresh)} || {exempt})"

    def _is_echo(self, node: str, said: str, value: str) -> str:
        ways = [
            f"(!isLiteral({value}) && {said} IN ({_listed(self.both_ways)}))",
            f"{said} IN ({_listed(self.derived)})",
        ]
        for each, sources in self.one_way.items():
            ways += [f"({said} = {each} && EXISTS {{ {value} {source} {node} }})" for source in sources]
        return " || ".join(ways)


def _listed(terms: Iterable[NamedNode]) -> str:
    return ", ".join(sorted(map(str, terms)))


@dataclass(frozen=True)
class Membership:
    """How `sh:class` and `sh:targetClass` are answered.

    `closed_types`: nodes state all their types, so the tree is not asked. `known` are instances that the data need not
    name: the concepts of an ontology. With an `open_world`, what nothing describes may be an instance or none.
    """

    closed_types: bool = False
    known: Mapping[NamedNode, frozenset[NamedNode]] = field(default_factory=dict)
    open_world: OpenWorld | None = None

    def instances(self, node: str, kind: NamedNode, fresh: Fresh) -> str:
        """Return the pattern that finds every instance of `kind`; of closed types, each once."""
        if self.closed_types:
            return f"{node} {rdf_type} {kind} ."
        narrower = fresh()
        return f"{{ {narrower} {rdfs_subClassOf}* {kind} }} LATERAL {{ {node} {rdf_type} {narrower} }}"

    def is_instance(self, node: str, kind: NamedNode, fresh: Fresh) -> str:
        """Return the condition that `node` is stated to be an instance of `kind`."""
        if self.closed_types:
            return f"EXISTS {{ {node} {rdf_type} {kind} }}"
        narrower = fresh()
        return (
            f"EXISTS {{ {node} {rdf_type} {narrower} "
            f"FILTER({narrower} = {kind} || EXISTS {{ {narrower} {rdfs_subClassOf}* {kind} }}) }}"
        )

    def is_no_instance(self, node: str, kind: NamedNode, fresh: Fresh, *, doubtful: bool) -> str:
        """Return the condition that `node` is no instance of `kind`; `doubtful`: nor what may turn out to be one."""
        said = [f"!{self.is_instance(node, kind, fresh)}"]
        if known := self.known.get(kind):
            said.append(f"{node} NOT IN ({_listed(known)})")
        if self.open_world is not None and not doubtful:
            said.append(f"(isLiteral({node}) || {self.open_world.is_known(node, fresh)})")
        return "(" + " && ".join(said) + ")"
