"""What the nodes of a lineage are called and are, and how one depends on the other, from what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.identity import digest_of_file
from provkg.lineage.graph import SERVED_BY, Dependency, Ended, Kind, Node
from provkg.lineage.known import Known
from provkg.lineage.wording import in_words
from provkg.questions.deployed import deployed
from provkg.questions.terms import short

SHOWN_OF_A_KEY: Final = 12


def node_of(known: Known, number: int, kind: Kind = "entity") -> Node:
    """Return the thing, run or agent with that number as a lineage shows it."""
    found = known.told.get((number, kind))
    if found is None:
        found = known.told[number, kind] = _described(known, number, kind)
    return found


def _described(known: Known, number: int, kind: Kind) -> Node:
    iri = known.node(number).value
    if kind == "entity":
        name, version, when = (
            _name(known, number),
            _version(known, number),
            _least(known, number, v.prov_generatedAtTime),
        )
    elif kind == "activity":
        name, version = _least(known, number, v.dct_title), None
        when = _least(known, number, v.prov_startedAtTime)
    else:
        name = _least(known, number, v.foaf_name) or _least(known, number, v.dct_identifier)
        version = when = None
    classes = [each for each in known.of(number, v.rdf_type) if isinstance(each, NamedNode)]
    called = name if name is not None else _own_name(iri)
    return Node(iri, kind, type_of(classes, kind), called, version, when, _ended(known, number))


def ends_of(known: Known, things: Iterable[int]) -> set[int]:
    """Return the acts by which `things` ended."""
    acts = (each for thing in things for each in known.of(thing, v.prov_wasInvalidatedBy))
    return set(known.numbers(acts))


def _ended(known: Known, thing: int) -> Ended | None:
    if (at := _least(known, thing, v.prov_invalidatedAtTime)) is None:
        return None
    acts = sorted(ends_of(known, (thing,)), key=lambda each: known.node(each).value)
    hows = (each for act in acts for each in known.of(act, v.invalidationReason) if isinstance(each, NamedNode))
    how = next((local(each).rpartition("-")[2] for each in hows), "ended")
    reasons = (_least(known, act, v.rationale) for act in acts)
    return Ended(in_words(how), at, next(filter(None, reasons), None))


def type_of(classes: Iterable[NamedNode], kind: Kind = "entity") -> str:
    """Return the local name of the narrowest of `classes`."""
    found = tuple(classes)
    return local(narrowest(found, v.SUPERCLASSES)) if found else kind.capitalize()


def dependency(known: Known, source: int, target: int) -> Dependency:
    """Return how `source` depends on `target`: by itself, or through the run that made it."""
    end = known.node(target)
    direct = _relations(known, source, end) - {v.dependsOn}
    through = {run: found for run in known.makers((source,))[source] if (found := _relations(known, run, end))}
    run = min(through, key=lambda each: known.node(each).value, default=None)
    use = local(narrowest(through[run], v.SUPERPROPERTIES)) if run is not None else None
    if not direct and run is None and v.deployedAt in _relations(known, target, known.node(source)):
        return Dependency(known.node(source).value, end.value, SERVED_BY)
    relation = local(narrowest(direct, v.SUPERPROPERTIES)) if direct else use or "dependsOn"
    return Dependency(
        known.node(source).value, end.value, relation, None if run is None else known.node(run).value, use
    )


def narrowest(terms: Iterable[NamedNode], wider: dict[NamedNode, tuple[NamedNode, ...]]) -> NamedNode:
    """Return the term that says most: one above which others of `terms` lie, and below which none does."""
    found = set(terms)
    implied = {above for term in found for above in wider.get(term, ())}
    return min(found - implied or found, key=lambda term: (not term.value.startswith(v.NAMESPACES["pvk"]), term.value))


def local(term: NamedNode) -> str:
    """Return the last part of the IRI."""
    return term.value.rpartition("#")[2] if "#" in term.value else term.value.rpartition("/")[2]


def _relations(known: Known, source: int, target: NamedNode) -> set[NamedNode]:
    said = known.ends((source,))[source]
    return set(said.get(target, ()))


def _name(known: Known, thing: int) -> str | None:
    names = (name for find in _NAMES for name in (min(find(known, thing), default=None),) if name is not None)
    return next(names, None)


def _version(known: Known, thing: int) -> str | None:
    label = _least(known, thing, v.dcat_version)
    return label if label is not None else _least(known, thing, v.packageVersion)


def _least(known: Known, thing: int, relation: NamedNode) -> str | None:
    return min(_texts(known, thing, relation), default=None)


def _texts(known: Known, thing: int, relation: NamedNode) -> list[str]:
    return [each.value for each in known.of(thing, relation) if isinstance(each, Literal)]


def _own(relation: NamedNode) -> Callable[[Known, int], Iterable[str]]:
    return lambda known, thing: _texts(known, thing, relation)


def _beyond(step: NamedNode, relation: NamedNode) -> Callable[[Known, int], Iterable[str]]:
    return lambda known, thing: (
        text for each in known.of(thing, step) if isinstance(each, NamedNode) for text in known.texts(each, relation)
    )


def _places(known: Known, thing: int) -> Iterator[str]:
    rows = _texts(known, thing, v.rowIndex)
    for batch in _beyond(v.inBatch, v.dct_title)(known, thing) if rows else ():
        yield from (f"{batch} row {row}" for row in rows)


def _deployed(known: Known, thing: int) -> Iterator[str]:
    models = (each for each in known.of(thing, v.deploys) if isinstance(each, NamedNode))
    served = (label for each in models if (label := _title_and_version(known, known.number(each))) is not None)
    addresses = list(_beyond(v.deployedAt, v.dct_identifier)(known, thing))
    return (deployed(model, address) for model in served for address in addresses)


def _title_and_version(known: Known, model: int) -> str | None:
    titles = (min(find(known, model), default=None) for find in (_beyond(v.versionOf, v.dct_title), _own(v.dct_title)))
    title, version = next(filter(None, titles), None), _version(known, model)
    return f"{title}@{version}" if title and version else title


def _metrics(known: Known, thing: int) -> Iterator[str]:
    return (
        each.value.partition("MetricKind-")[2] for each in known.of(thing, v.metricKind) if isinstance(each, NamedNode)
    )


def _files(known: Known, thing: int) -> Iterator[str]:
    return (str(getattr(each, "value", "")).rpartition("/")[2] for each in known.of(thing, v.storageLocation))


def _commits(known: Known, thing: int) -> Iterator[str]:
    return (text[:SHOWN_OF_A_KEY] for text in _texts(known, thing, v.commitId))


_NAMES: Final[tuple[Callable[[Known, int], Iterable[str]], ...]] = (
    _beyond(v.versionOf, v.dct_title),
    _own(v.dct_title),
    _own(v.packageName),
    _own(v.dct_identifier),
    _own(v.repositoryUrl),
    lambda known, thing: _deployed(known, thing),
    _places,
    _beyond(v.metricKind, v.skos_prefLabel),
    _metrics,
    _own(v.featureName),
    _files,
    _commits,
)
"""How a thing is called: the first of these that says something."""


def _own_name(iri: str) -> str:
    if (digest := digest_of_file(iri)) is not None:
        return f"file/{digest[:SHOWN_OF_A_KEY]}"
    # As in a table, since that is understood: a digest is cut, and another key is not, which would be another's then.
    return short(NamedNode(iri))
