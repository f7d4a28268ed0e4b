"""What `provkg.toml` says of the things of a graph, as statements about them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.capture.agents import agent
from provkg.capture.told_fields import KINDS, OF_HANDLES, STEWARD, steward
from provkg.facts_file import Fact, FactsFile
from provkg.questions.terms import short
from provkg.reading.people.needs import sources_of
from provkg.reading.people.things import CLASSES, Thing, paths_of, thing_of
from provkg.records import Description, Experiment, Feature, Iri, Project, concept, settings
from provkg.score.reach import Statements
from provkg.score.words import name_of
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.identity import Names
    from provkg.index import ReadIndex

_THINGS: Final = f"""PREFIX pvk: <{NAMESPACES["pvk"]}>
SELECT DISTINCT ?node WHERE {{
  VALUES ?kind {{ {" ".join(f"<{each.value}>" for each in CLASSES.values())} }} ?node a ?kind
}} ORDER BY ?node"""
# Of these there may be more than what the file says: its values join those of records.
_JOINING: Final = frozenset(
    {v.declaredAbsent, v.parameter, v.hasFeature, v.prov_qualifiedAttribution, v.prov_wasAttributedTo, v.usedLibrary}
)
TRUE, FALSE = Literal(value=True), Literal(value=False)


@dataclass(frozen=True)
class Saying:
    """The values of one property of one thing, in words `said`; `beside` describes what they are.

    What is `weak` was said of many things at once: that a record says something else of one is no disagreement.
    """

    node: NamedNode
    relation: NamedNode
    values: tuple[Any, ...]
    key: str
    said: str
    called: str
    place: str
    beside: tuple[Triple, ...] = ()
    weak: bool = False

    @property
    def joins(self) -> bool:
        """Whether it joins what records say."""
        return self.relation in _JOINING


def sayings(index: ReadIndex, names: Names, facts: FactsFile) -> Iterator[Saying]:
    """Yield what `facts` say of the things in `index`."""
    statements = Statements(index)
    synthetic: dict[NamedNode, Fact] = {}
    for (node,) in index.query(_THINGS).rows:
        if isinstance(node, NamedNode):
            thing = thing_of(statements, node)
            said, of_many = _said(statements, thing, facts)
            if thing.table == "datasets" and "synthetic" in said:
                synthetic[node] = said["synthetic"]
            yield from _of_thing(statements, thing, said, names, facts, weak=False)
            rest = {key: fact for key, fact in of_many.items() if key not in said}
            yield from _of_thing(statements, thing, rest, names, facts, weak=True)
    yield from _inherited(statements, index, synthetic)


def _said(statements: Statements, thing: Thing, facts: FactsFile) -> tuple[dict[str, Fact], dict[str, Fact]]:
    """Return what the file says of the thing, and what it says of it among many."""
    if thing.table is None:
        return {}, {}
    said = facts.of(thing.table, thing.name, paths_of(statements, thing.node))
    match thing.table:
        case "runs":
            return said, _of_all_runs(facts)
        case "metrics":
            role = {"role": said.pop("role")} if "role" in said else _role_of_data(statements, thing, facts)
            return said, role
        case _:
            return {key: fact for key, fact in said.items() if key not in OF_HANDLES or key == "target"}, {}


def _of_all_runs(facts: FactsFile) -> dict[str, Fact]:
    """Return what the top of the file says of every run."""
    found = {}
    for key in ("responsible", "experiment"):
        fact = facts.settings.get(key)
        if fact is not None:
            value = agent(fact.value) if key == "responsible" else Experiment(name=fact.value)
            found[key] = Fact(value, fact.place)
    return found


def _experiment(said: Experiment, facts: FactsFile) -> Experiment:
    project = facts.settings.get("project")
    told = {key: fact.value for key, fact in facts.of("experiments", said.name).items()}
    return Experiment(**{"name": said.name, "project": Project(name=project.value) if project else None, **told})


def _role_of_data(statements: Statements, thing: Thing, facts: FactsFile) -> dict[str, Fact]:
    """Return the role that a measurement's data plays, where the file says so."""
    found = {}
    for data in (t.object for t in statements.about(thing.node) if t.predicate == v.measuredOn):
        if isinstance(data, NamedNode):
            of = thing_of(statements, data)
            fact = facts.of("datasets", of.name, paths_of(statements, data)).get("role")
            if fact is not None:
                found["role"] = Fact(concept(v.SplitRole, fact.value), fact.place)
    return found


def _of_thing(
    statements: Statements, thing: Thing, said: Mapping[str, Fact], names: Names, facts: FactsFile, *, weak: bool
) -> Iterator[Saying]:
    # A measurement has no name of its own.
    called = thing.name if thing.table == "metrics" else name_of(statements, thing.node)
    for key, fact in said.items():
        value = _experiment(fact.value, facts) if isinstance(fact.value, Experiment) else fact.value
        triples = list(statements_of(thing, key, value, names))
        about = [each for each in triples if each.subject == thing.node]
        beside = tuple(each for each in triples if each.subject != thing.node)
        for relation in dict.fromkeys(each.predicate for each in about):
            values = tuple(each.object for each in about if each.predicate == relation)
            words = in_words(fact.value)
            yield Saying(thing.node, relation, values, key, words, called, fact.place, beside, weak)


def in_words(value: Any) -> str:
    """Return a value as the file says it, or near enough."""
    match value:
        case tuple():
            return ", ".join(map(in_words, value))
        case dict():
            return ", ".join(f"{name} = {each}" for name, each in value.items())
        case bool():
            return str(value).lower()
        case Iri():
            return short(NamedNode(value.value)).removeprefix("pvk:")
        case Description():
            shown = ("name", "identifier", "columns")
            return next((str(getattr(value, each)) for each in shown if getattr(value, each, None)), str(value))
        case _:
            return str(value)


def statements_of(thing: Thing, key: str, value: Any, names: Names) -> Iterator[Triple]:
    """Yield what a record would say had the fact been known when it was made."""
    if key == "target":
        column = Feature(version=Iri(thing.node.value), name=str(value), role="target")
        yield from column.statements(names)
        return
    if key == STEWARD:
        part = steward(value)
        yield from part.statements(names)
        yield from part.attribution(thing.node, names)
        return
    if key == "parameters":
        value = settings(value, learning=v.TrainingRun in thing.types)
    kind = next((each for each in _kinds(thing) if _has(each, key)), None)
    if kind is not None:
        partly = kind(**{key: value})
        stand_in = partly.iri(names)
        for triple in partly.statements(names):
            if triple.subject != stand_in:
                yield triple
            elif triple.predicate != v.rdf_type:
                yield Triple(thing.node, triple.predicate, triple.object)


def _kinds(thing: Thing) -> Iterator[type[Description]]:
    """Yield the kinds of description that fit what a thing is, the widest first."""
    waiting = [KINDS[thing.table]] if thing.table is not None else []
    while waiting:
        kind = waiting.pop(0)
        if kind.CLASS in thing.types:
            yield kind
        waiting += kind.__subclasses__()


def _has(kind: type[Description], key: str) -> bool:
    return key in {each.name for each in dataclasses.fields(kind)}


def _inherited(statements: Statements, index: ReadIndex, told: Mapping[NamedNode, Fact]) -> Iterator[Saying]:
    """Yield of data made of data whether it is synthetic: it is as soon as anything that it was made of is."""
    if not told:
        return
    for (node,) in index.query(_THINGS).rows:
        if isinstance(node, NamedNode) and node not in told and v.DatasetVersion in statements.types(node):
            found = _synthetic(statements, node, told, frozenset())
            if found is not None and sources_of(statements, node):
                value, place = found
                words, called = in_words(value == TRUE), name_of(statements, node)
                yield Saying(node, v.isSynthetic, (value,), "synthetic", words, called, place, weak=True)


def _synthetic(
    statements: Statements, node: NamedNode, told: Mapping[NamedNode, Fact], seen: frozenset[NamedNode]
) -> tuple[Literal, str] | None:
    if node in told:
        return (TRUE if told[node].value else FALSE), told[node].place
    sources = [each for each in sources_of(statements, node) if each not in seen]
    found = [_synthetic(statements, each, told, seen | {node}) for each in sources]
    known = [each for each in found if each is not None]
    if any(value == TRUE for value, _ in known):
        return next(each for each in known if each[0] == TRUE)
    return known[0] if known and len(known) == len(found) else None
