"""Our shapes at one level as queries over a whole graph, however large; what they find comes one by one.

They find what `check_data` finds in the same statements. Only nodes that the graph describes are judged, a declared
absence counts as presence, and a node of which nothing is said may still turn out to be what a shape wants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from provkg.entailment import one_way_echoes
from provkg.gate.check import extended
from provkg.gate.compiler import Membership, OpenWorld, Sizes, compiled, findings
from provkg.gate.compiler.paths import ABSENT
from provkg.gate.compiler.query import FOCUS, ShapeQuery
from provkg.gate.compiler.running import findings_among
from provkg.gate.compiler.selected import Ask, Listed, OfClass, pieces, values
from provkg.gate.engines import Result
from provkg.gate.own_files import Stamp, stamps
from provkg.gate.problem import SEVERITIES, Problem, Severity
from provkg.gate.rules import undescribed
from provkg.gate.shapes import Node, Shapes, Term, absence
from provkg.gate.tailoring import messages, references_of, set_level, simple_paths
from provkg.gate.wording import sentence
from provkg.vocabulary import INDIVIDUALS, INVERSES, NAMESPACES, SUPERCLASSES, dependsOn

_MARKED_ABSENT: Final = absence(NamedNode("urn:x")).value.removesuffix("urn:x")


@dataclass(frozen=True)
class GraphShapes:
    """The queries of one level, and what turns their rows into sentences."""

    queries: tuple[ShapeQuery, ...]
    messages: dict[str, str]
    paths: dict[str, str]
    references: dict[NamedNode, frozenset[NamedNode]]

    def problems(self, ask: Ask) -> Iterator[Problem]:
        """Ask every query of the graph behind `ask` and yield what it finds, constraint by constraint."""
        for found in findings(self.queries, ask, Sizes(ask, closed_types=True)):
            yield self._problem(found.result())

    def asks_all(self, shapes: Collection[Node]) -> bool:
        """Whether each of `shapes`, which name constraints, is asked of just the nodes that are selected for it."""
        asked = {query.shape.node: query.focus == FOCUS for query in self.queries if query.shape.node in shapes}
        return len(asked) == len(shapes) and all(asked.values())

    def lacking(self, kind: NamedNode, shapes: Collection[Node], ask: Ask) -> Iterator[tuple[NamedNode, Node]]:
        """Yield the instances of `kind` that do not fulfil one of `shapes`, with that one: one query for each."""
        queries = [query for query in self.queries if query.shape.node in shapes]
        for found in findings_among(queries, ask, OfClass(kind, ask, MEMBERSHIP)):
            if isinstance(found.focus, NamedNode):
                yield found.focus, found.query.shape.node

    def problems_of(self, nodes: Collection[NamedNode], ask: Ask) -> Iterator[Problem]:
        """Yield those of the `problems` that are problems of `nodes`, without judging anything else."""
        judged = [query for query in self.queries if query.focus == FOCUS]
        for piece in pieces(nodes):
            for found in findings_among(judged, ask, Listed(piece, ask)):
                yield self._problem(found.result())
        # What an owner's shape asks of what its targets have as values starts from these targets.
        beyond = [query for query in self.queries if query.focus != FOCUS and nodes]
        for found in findings(beyond, ask, Sizes(ask, closed_types=True)):
            if found.focus in nodes:
                yield self._problem(found.result())

    def undescribed_of(self, nodes: Collection[NamedNode], ask: Ask) -> Iterator[Problem]:
        """Yield what `undescribed` does of `nodes`."""
        references = sorted(self.references, key=lambda each: each.value)
        listed = (values("?node", piece) for piece in pieces(nodes))
        unknown = (f"SELECT ?node {{ {each} FILTER({_unknown('?node')}) }}" for each in listed)
        for (node,) in chain.from_iterable(map(ask, unknown)):
            if pointing := [row["property"] for row in ask(_pointing_at(node, references))]:
                yield undescribed(node, pointing)

    def undescribed(self, ask: Ask) -> Iterator[Problem]:
        """Yield a warning for each node that is pointed at where a thing is expected, and described nowhere."""
        references = sorted(self.references, key=lambda each: each.value)
        for predicate in references:
            for (node,) in ask(_undescribed(predicate)):
                pointing = [row["property"] for row in ask(_pointing_at(node, references))]
                if pointing[0] == predicate:
                    yield undescribed(node, pointing)

    def _problem(self, result: Result) -> Problem:
        path = self.paths.get(result.shape, result.path)
        message = self.messages.get(result.shape) or result.message or sentence(result)
        return Problem(result.focus, result.shape, result.constraint, result.value, path, message, result.severity)


def _undescribed(predicate: NamedNode) -> str:
    return f"SELECT DISTINCT ?node {{ ?s {predicate} ?node FILTER({_unknown('?node')}) }}"


def _unknown(node: str) -> str:
    names = (f"?v{n}" for n in count())
    return f"!{OPEN_WORLD.is_known(node, lambda: next(names))} && isIRI({node})"


def _pointing_at(node: NamedNode, references: Sequence[NamedNode]) -> str:
    listed = " ".join(map(str, references))
    return f"SELECT ?property {{ VALUES ?property {{ {listed} }} FILTER EXISTS {{ ?s ?property {node} }} }}"


def graph_shapes(level: str, extensions: Sequence[Path] = (), least: Severity = "violation") -> GraphShapes:
    """Return our shapes and those in the files `extensions`, as far as they matter at `level`.

    A constraint one level above would be a warning, two above an info; `least` says which are asked.
    """
    return _compiled(level, stamps(extensions), least)


@lru_cache(maxsize=8)
def _compiled(level: str, extensions: tuple[Stamp, ...], least: Severity) -> GraphShapes:
    shapes = extended([file for file, _, _ in extensions])
    words, paths = messages(shapes), simple_paths(shapes)
    references = references_of(shapes)
    set_level(shapes, level)
    _read_absences(shapes)
    asked = SEVERITIES[: SEVERITIES.index(least) + 1]
    queries = tuple(each for each in compiled(shapes, MEMBERSHIP) if each.shape.severity in asked)
    return GraphShapes(queries, words, paths, references)


def _known() -> dict[NamedNode, frozenset[NamedNode]]:
    """Return the ontology's own concepts by class: the ontology is not part of the data."""
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for node, kind in INDIVIDUALS.items():
        for each in (kind, *SUPERCLASSES.get(kind, ())):
            found[each].add(node)
    return {kind: frozenset(nodes) for kind, nodes in found.items()}


OPEN_WORLD: Final = OpenWorld(
    both_ways=tuple(INVERSES),
    one_way=one_way_echoes(),
    # The index makes these edges from all that relates entities.
    derived=(dependsOn,),
    # The ontology says what its concepts are, and is not part of the data.
    namespace=NAMESPACES["pvk"],
)
MEMBERSHIP: Final = Membership(closed_types=True, known=_known(), open_world=OPEN_WORLD)


def _read_absences(shapes: Shapes) -> None:
    """Let queries read absences as the graph states them; a record's are marked by predicates of the gate's own."""
    for said in shapes.statements.values():
        said[:] = [(predicate, _as_stated(value)) for predicate, value in said]


def _as_stated(value: Term) -> Term:
    if isinstance(value, NamedNode) and value.value.startswith(_MARKED_ABSENT):
        return NamedNode(ABSENT + value.value.removeprefix(_MARKED_ABSENT))
    return value
