"""Which nodes a shape judges (SHACL, section 2.1.3), as patterns that find them and conditions that recognise them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.gate.compiler.membership import Membership, OpenWorld
from provkg.gate.compiler.paths import Fresh
from provkg.gate.compiler.shape import is_class
from provkg.gate.shapes import Node, Shapes, Term, sh

_NODE = sh("targetNode")
_ADVANCED = sh("target")


@dataclass(frozen=True)
class Targets:
    """The targets of one shape."""

    classes: tuple[NamedNode, ...] = ()
    subjects_of: tuple[NamedNode, ...] = ()
    objects_of: tuple[NamedNode, ...] = ()
    nodes: tuple[NamedNode | Literal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.classes or self.subjects_of or self.objects_of or self.nodes)

    @property
    def finds_each_once(self) -> bool:
        """Whether `pattern` cannot find a node twice, where types are closed."""
        return len(self.classes) == 1 and not (self.subjects_of or self.objects_of or self.nodes)

    def pattern(self, node: str, membership: Membership, fresh: Fresh) -> str:
        """Return the pattern that finds the nodes."""
        ways = [membership.instances(node, kind, fresh) for kind in self.classes]
        ways += [f"{node} {term} {fresh()} ." for term in self.subjects_of]
        ways += [f"{fresh()} {term} {node} ." for term in self.objects_of]
        if self.nodes:
            ways.append(f"VALUES {node} {{ {' '.join(map(str, self.nodes))} }}")
        return ways[0] if len(ways) == 1 else " UNION ".join(f"{{ {way} }}" for way in ways)

    def condition(self, node: str, membership: Membership, fresh: Fresh) -> str:
        """Return the condition that `node` is one of them."""
        ways = [membership.is_instance(node, kind, fresh) for kind in self.classes]
        ways += [f"EXISTS {{ {node} {term} {fresh()} }}" for term in self.subjects_of]
        ways += [f"EXISTS {{ {fresh()} {term} {node} }}" for term in self.objects_of]
        ways += [f"sameTerm({node}, {each})" for each in self.nodes]
        return "(" + " || ".join(ways) + ")"

    def may_be_undescribed(self, world: OpenWorld) -> bool:
        """Whether what is only spoken of may be among them."""
        return bool(self.objects_of) or not all(map(world.describes, self.subjects_of))


def read_targets(shapes: Shapes, shape: Node) -> Targets:
    """Return the targets of `shape`; raises `Unreadable` for the targets by query of SHACL Advanced Features."""
    if shapes.value(shape, _ADVANCED) is not None:
        raise Unreadable(f"{shape} has a sh:target, which the engine oxigraph does not know; take pyshacl")
    implied = [shape] if isinstance(shape, NamedNode) and is_class(shapes, shape) else []
    return Targets(
        tuple(_terms(shapes.values(shape, vocabulary.sh_targetClass))) + tuple(implied),
        tuple(_terms(shapes.values(shape, vocabulary.sh_targetSubjectsOf))),
        tuple(_terms(shapes.values(shape, vocabulary.sh_targetObjectsOf))),
        tuple(each for each in shapes.values(shape, _NODE) if isinstance(each, NamedNode | Literal)),
    )


def _terms(found: list[Term]) -> Iterator[NamedNode]:
    # A blank node of the shapes graph names nothing in the data.
    yield from (each for each in found if isinstance(each, NamedNode))
