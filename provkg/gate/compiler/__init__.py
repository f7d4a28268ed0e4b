"""SHACL constraints as SPARQL queries, for graphs of any size: memory does not grow with them."""

from provkg.gate.compiler.choice import Sizes
from provkg.gate.compiler.compiler import compiled
from provkg.gate.compiler.membership import Membership, OpenWorld
from provkg.gate.compiler.running import Finding, findings

__all__ = ["Finding", "Membership", "OpenWorld", "Sizes", "compiled", "findings"]
