"""Who is an instance of a class: through the tree of subclasses, or by the types that closed data states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode

from provkg.gate.compiler.paths import Fresh
from provkg.vocabulary import dependsOn, prov_generated, prov_wasGeneratedBy, rdf_type, rdfs_subClassOf

# Derived in the index, or written in both directions by the closure: neither describes its subject.
_DESCRIBES_NOTHING: Final = (dependsOn, prov_generated, prov_wasGeneratedBy)


@dataclass(frozen=True)
class Membership:
    """How `sh:class` and `sh:targetClass` are answered.

    `closed_types`: nodes state all their types, so the tree is not asked. `known` are instances that the data need not
    name: the concepts of an ontology. `open_world`: a node of which nothing is said may be an instance of anything.
    """

    closed_types: bool = False
    known: Mapping[NamedNode, frozenset[NamedNode]] = field(default_factory=dict)
    open_world: bool = False

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

    def is_no_instance(self, node: str, kind: NamedNode, fresh: Fresh) -> str:
        """Return the condition that `node` may not be taken for an instance of `kind`."""
        said = [f"!{self.is_instance(node, kind, fresh)}"]
        if known := self.known.get(kind):
            said.append(f"{node} NOT IN ({', '.join(sorted(map(str, known)))})")
        if self.open_world:
            said.append(f"(isLiteral({node}) || {self.is_described(node, fresh)})")
        return "(" + " && ".join(said) + ")"

    def is_described(self, node: str, fresh: Fresh) -> str:
        """Return the condition that something is said of `node`, or that the ontology knows it."""
        said, value = fresh(), fresh()
        nothing = ", ".join(map(str, _DESCRIBES_NOTHING))
        own = f"EXISTS {{ {node} {said} {value} FILTER({said} NOT IN ({nothing})) }}"
        named = sorted({str(each) for known in self.known.values() for each in known})
        return f"({own} || {node} IN ({', '.join(named)}))" if named else own
