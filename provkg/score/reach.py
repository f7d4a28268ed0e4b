"""What a run, model or prediction rests on, with everything that describes it: the nodes that its score asks.

That is the thing; what it depends on (`pvk:dependsOn`); the runs that made these, and of a run itself what it used; and
whatever such a node names that has no lineage of its own: parameters, configuration, agents, experiment, plan, split
set, features, licence. What was merely measured, made or split off beside it is no part of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary as v
from provkg.index import ReadIndex

# Reached only as what something depends on, or as the run that made it.
OF_THEIR_OWN: Final = frozenset(
    {v.prov_Activity, v.DatasetVersion, v.DataSubset, v.ModelVersion, v.Measurement, v.Prediction}
)
# What came out of a run beside the thing, and the parts of a whole of which the thing is one.
_BESIDE: Final = frozenset({v.rdf_type, v.prov_generated, v.prov_hadMember})


# Of how many nodes the statements are kept at hand: memory must not grow with the graph.
KEPT: Final = 10_000


class Statements:
    """What one state of a graph says, looked up once for each node while few are asked for."""

    def __init__(self, index: ReadIndex) -> None:
        self.index = index
        self._about: dict[NamedNode, list[Triple]] = {}
        self._types: dict[NamedNode, frozenset[NamedNode]] = {}

    def about(self, node: NamedNode) -> list[Triple]:
        """Return what is said of `node`."""
        if node not in self._about:
            if len(self._about) >= KEPT:
                self._about.clear()
            self._about[node] = self.index.statements(node)
        return self._about[node]

    def types(self, node: NamedNode) -> frozenset[NamedNode]:
        """Return the classes of `node`."""
        if node not in self._types:
            said = self._about.get(node) or self.index.statements(node, v.rdf_type)
            kinds = (triple.object for triple in said if triple.predicate == v.rdf_type)
            self._types[node] = frozenset(kind for kind in kinds if isinstance(kind, NamedNode))
        return self._types[node]


class Reach:
    """The steps from node to node; each is found once, however many things rest on it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._steps: dict[NamedNode, tuple[NamedNode, ...]] = {}

    def of(self, things: Iterable[NamedNode]) -> list[NamedNode]:
        """Return `things` and everything that they rest on, nearest first."""
        found: dict[NamedNode, None] = {}
        waiting: deque[NamedNode] = deque()
        for thing in dict.fromkeys(things):
            found[thing] = None
            waiting += [thing, *self._used_by(thing)]
        while waiting:
            here = waiting.popleft()
            found[here] = None
            waiting += [there for there in self._from(here) if there not in found]
            found.update(dict.fromkeys(self._from(here)))
        return list(found)

    def _from(self, node: NamedNode) -> tuple[NamedNode, ...]:
        if node not in self._steps:
            followed = (t.object for t in self._statements.about(node) if self._is_followed(t))
            self._steps[node] = tuple(dict.fromkeys(each for each in followed if isinstance(each, NamedNode)))
        return self._steps[node]

    def _is_followed(self, triple: Triple) -> bool:
        relation, other = triple.predicate, triple.object
        if not isinstance(other, NamedNode) or relation in _BESIDE:
            return False
        if relation in {v.dependsOn, v.prov_wasGeneratedBy}:
            return True
        types = self._statements.types(other)
        # What nothing types is described nowhere, and a concept of the ontology is no part of the graph.
        return bool(types) and not types & OF_THEIR_OWN

    def _used_by(self, thing: NamedNode) -> list[NamedNode]:
        said = self._statements.about(thing)
        return [t.object for t in said if t.predicate == v.prov_used and isinstance(t.object, NamedNode)]
