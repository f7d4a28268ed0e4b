"""Tracing a lineage in an index: a few queries along `pvk:dependsOn`, put together into one value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import BadParameter
from provkg.lineage.copies import with_copies
from provkg.lineage.graph import Dependency, Direction, Kind, Lineage, Node
from provkg.sparql import prologue, substitute
from provkg.vocabulary import NAMESPACES, SUPERCLASSES, SUPERPROPERTIES, dependsOn

if TYPE_CHECKING:
    from provkg.index import Answer, ReadIndex

_PROLOGUE: Final = prologue("pvk", "prov", "dct", "dcat", "foaf", "skos")
# A fault in data is a fault in every copy of it. The path goes through the digests themselves: from thing to thing, ten
# thousand of one content would be looked at in all pairs.
_STEP: Final = "(pvk:dependsOn|pvk:sha256|^pvk:sha256)*"
# What a run used of its machine rests on the data as little as its date does.
_USE: Final = ", ".join(
    f"pvk:MetricKind-{name}"
    for name in (
        *("cpuTime", "cpuUtilization", "memoryUse", "memoryPeak", "bytesRead", "bytesWritten"),
        *("gpuUtilization", "gpuMemoryUse", "gpuPower"),
    )
)
_NO_USE: Final = f"FILTER NOT EXISTS {{ ?thing pvk:metricKind ?used FILTER(?used IN ({_USE})) }}"
_REACHED: Final[dict[Direction, str]] = {
    "up": f"{{ SELECT DISTINCT ?thing WHERE {{ ?_root {_STEP} ?thing FILTER(isIRI(?thing)) }} }}",
    "down": f"{{ SELECT DISTINCT ?thing WHERE {{ ?thing {_STEP} ?_root FILTER(isIRI(?thing)) {_NO_USE} }} }}",
}
_SAME: Final = "SELECT DISTINCT ?same WHERE { ?_root pvk:sha256 ?digest . ?same pvk:sha256 ?digest } ORDER BY ?same"
_CONTENTS: Final = "SELECT DISTINCT ?thing ?digest WHERE { %s ?thing pvk:sha256 ?digest }"
_DEPENDENCIES: Final = """
SELECT DISTINCT ?thing ?other ?relation ?run WHERE {
  %s
  ?thing pvk:dependsOn ?other .
  { ?thing ?relation ?other } UNION { ?thing prov:wasGeneratedBy ?run . ?run ?relation ?other }
}"""
_THINGS: Final = """
SELECT DISTINCT ?thing ?class ?name ?version ?when WHERE {
  %s
  OPTIONAL { ?thing a ?class }
  OPTIONAL { ?thing pvk:versionOf/dct:title ?continuing }
  OPTIONAL { ?thing dct:title ?own }
  OPTIONAL { ?thing pvk:packageName ?package }
  OPTIONAL { ?thing dct:identifier ?identifier }
  OPTIONAL { ?thing pvk:deployedAt/dct:identifier ?address }
  OPTIONAL {
    ?thing pvk:inBatch/dct:title ?batch ; pvk:rowIndex ?row .
    BIND(CONCAT(?batch, " row ", STR(?row)) AS ?place)
  }
  OPTIONAL { ?thing pvk:metricKind/skos:prefLabel ?ownMetric }
  OPTIONAL { ?thing pvk:metricKind ?kind . BIND(STRAFTER(STR(?kind), "MetricKind-") AS ?metric) }
  OPTIONAL { ?thing pvk:storageLocation ?location . BIND(REPLACE(STR(?location), "^.*/", "") AS ?file) }
  OPTIONAL { ?thing pvk:commitId ?commit }
  OPTIONAL { ?thing pvk:featureName ?feature }
  OPTIONAL { ?thing dcat:version ?label }
  OPTIONAL { ?thing pvk:packageVersion ?packageVersion }
  OPTIONAL { ?thing prov:generatedAtTime ?when }
  BIND(SUBSTR(?commit, 1, 12) AS ?code)
  BIND(COALESCE(?ownMetric, ?metric) AS ?measure)
  BIND(COALESCE(?continuing, ?own, ?package, ?identifier, ?address, ?place, ?measure, ?feature, ?file, ?code) AS ?name)
  BIND(COALESCE(?label, ?packageVersion) AS ?version)
}"""
_RUNS: Final = """
SELECT DISTINCT ?thing ?run ?class ?title ?started ?agent ?agentClass ?agentName WHERE {
  %s
  ?thing prov:wasGeneratedBy ?run .
  OPTIONAL { ?run a ?class }
  OPTIONAL { ?run dct:title ?title }
  OPTIONAL { ?run prov:startedAtTime ?started }
  OPTIONAL {
    ?run prov:wasAssociatedWith ?agent .
    OPTIONAL { ?agent a ?agentClass }
    OPTIONAL { ?agent foaf:name ?known }
    OPTIONAL { ?agent dct:identifier ?pseudonym }
    BIND(COALESCE(?known, ?pseudonym) AS ?agentName)
  }
}"""
SHOWN_OF_A_KEY: Final = 12


def upstream(index: ReadIndex, thing: NamedNode, *, depth: int | None = None) -> Lineage:
    """Return what `thing` and things of the same content rest on, directly or at most `depth` dependencies away."""
    return _traced(index, thing, "up", depth)


def downstream(index: ReadIndex, thing: NamedNode, *, depth: int | None = None) -> Lineage:
    """Return what rests on `thing` or on anything of the same content, at most `depth` dependencies away."""
    return _traced(index, thing, "down", depth)


def _traced(index: ReadIndex, thing: NamedNode, direction: Direction, depth: int | None) -> Lineage:
    if depth is not None and depth < 0:
        raise BadParameter(f"a depth of {depth} leads nowhere; give 1 or more, or none for all")
    ask = _Asker(index, thing, direction)
    nodes = ask.things()
    made_by, agents = ask.runs(nodes)
    roots = ask.roots(nodes)
    whole = Lineage(
        direction,
        roots,
        nodes,
        with_copies(direction, roots, ask.dependencies(set(nodes)), ask.contents()),
        made_by,
        {run: tuple(sorted(found)) for run, found in agents.items()},
        index.size,
    )
    return whole if depth is None else whole.within(depth)


class _Asker:
    """The queries of one lineage."""

    def __init__(self, index: ReadIndex, thing: NamedNode, direction: Direction) -> None:
        self._index, self._thing, self._direction = index, thing, direction

    def roots(self, nodes: dict[str, Node]) -> tuple[str, ...]:
        same = [] if self._direction == "up" else [row[0] for row in self._ask(_SAME).rows]
        found = (term.value for term in (self._thing, *same) if isinstance(term, NamedNode))
        return tuple(dict.fromkeys(iri for iri in found if iri in nodes))

    def things(self) -> dict[str, Node]:
        facts = {self._thing.value: _Facts()}
        for thing, kind, name, version, when in self._reached(_THINGS).rows:
            if isinstance(thing, NamedNode):
                facts.setdefault(thing.value, _Facts()).add(kind, name, version, when)
        return {iri: found.node(iri, "entity") for iri, found in facts.items()}

    def runs(self, nodes: dict[str, Node]) -> tuple[dict[str, str], dict[str, set[str]]]:
        """Add the runs and agents to `nodes`; return which run made which thing, and who stood behind which run."""
        made_by: dict[str, str] = {}
        agents: dict[str, set[str]] = {}
        facts: dict[tuple[str, Kind], _Facts] = {}
        for thing, run, kind, title, started, agent, agent_kind, name in self._reached(_RUNS).rows:
            if not isinstance(thing, NamedNode) or not isinstance(run, NamedNode):
                continue
            made_by[thing.value] = min(run.value, made_by.get(thing.value, run.value))
            facts.setdefault((run.value, "activity"), _Facts()).add(kind, title, None, started)
            if isinstance(agent, NamedNode):
                agents.setdefault(run.value, set()).add(agent.value)
                facts.setdefault((agent.value, "agent"), _Facts()).add(agent_kind, name, None, None)
        nodes.update({iri: found.node(iri, kind) for (iri, kind), found in facts.items()})
        return made_by, agents

    def dependencies(self, known: set[str]) -> tuple[Dependency, ...]:
        direct: dict[tuple[str, str], set[NamedNode]] = {}
        through: dict[tuple[str, str], dict[str, set[NamedNode]]] = {}
        for thing, other, relation, run in self._reached(_DEPENDENCIES).rows:
            if not (isinstance(thing, NamedNode) and isinstance(other, NamedNode) and isinstance(relation, NamedNode)):
                continue
            pair = (thing.value, other.value)
            if not known.issuperset(pair) or relation == dependsOn:
                continue
            if isinstance(run, NamedNode):
                through.setdefault(pair, {}).setdefault(run.value, set()).add(relation)
            else:
                direct.setdefault(pair, set()).add(relation)
        pairs = sorted(direct.keys() | through.keys())
        return tuple(_dependency(pair, direct.get(pair, set()), through.get(pair, {})) for pair in pairs)

    def contents(self) -> dict[str, str]:
        rows = self._reached(_CONTENTS).rows
        return {str(getattr(thing, "value", "")): str(digest) for thing, digest in rows}

    def _reached(self, query: str) -> Answer:
        return self._ask(query % _REACHED[self._direction])

    def _ask(self, query: str) -> Answer:
        return self._index.query(_PROLOGUE + substitute(query, {"_root": self._thing}))


class _Facts:
    """What the rows of an answer say of one node."""

    def __init__(self) -> None:
        self._classes: set[NamedNode] = set()
        self._names: set[str] = set()
        self._versions: set[str] = set()
        self._times: set[str] = set()

    def add(self, kind: object, name: object, version: object, when: object) -> None:
        if isinstance(kind, NamedNode):
            self._classes.add(kind)
        for term, found in ((name, self._names), (version, self._versions), (when, self._times)):
            if isinstance(term, Literal):
                found.add(term.value)

    def node(self, iri: str, kind: Kind) -> Node:
        type_ = _local(_narrowest(self._classes, SUPERCLASSES)) if self._classes else kind.capitalize()
        name = min(self._names, default=_own_name(iri))
        return Node(iri, kind, type_, name, min(self._versions, default=None), min(self._times, default=None))


def _dependency(pair: tuple[str, str], direct: set[NamedNode], through: dict[str, set[NamedNode]]) -> Dependency:
    run = min(through, default=None)
    use = _local(_narrowest(through[run], SUPERPROPERTIES)) if run else None
    relation = _local(_narrowest(direct, SUPERPROPERTIES)) if direct else use or "dependsOn"
    return Dependency(*pair, relation, run, use)


def _narrowest(terms: Iterable[NamedNode], wider: dict[NamedNode, tuple[NamedNode, ...]]) -> NamedNode:
    """Return the term that says most: one above which others of `terms` lie, and below which none does."""
    found = set(terms)
    implied = {above for term in found for above in wider.get(term, ())}
    return min(found - implied or found, key=lambda term: (not term.value.startswith(NAMESPACES["pvk"]), term.value))


def _local(term: NamedNode) -> str:
    return term.value.rpartition("#")[2] if "#" in term.value else term.value.rpartition("/")[2]


def _own_name(iri: str) -> str:
    kind, _, key = iri.rpartition("/")
    return f"{kind.rpartition('/')[2]}/{key[:SHOWN_OF_A_KEY]}" if key and kind else iri
