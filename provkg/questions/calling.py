"""What things are called where an answer shows them: the shortest name that leads back to the one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from provkg.questions.candidates import LATEST, Candidate, meant, of_version
from provkg.questions.deployed import deployed, model_and_address
from provkg.questions.rows_of_batches import rows_of_batches
from provkg.questions.spelling import cuts, is_plain
from provkg.vocabulary import (
    INDIVIDUALS,
    dcat_version,
    dct_identifier,
    dct_title,
    deployedAt,
    deploys,
    foaf_name,
    packageName,
    packageVersion,
    sha256,
    skos_notation,
    skos_prefLabel,
    sliceLabel,
    versionOf,
)

if TYPE_CHECKING:
    from provkg.index import ReadIndex

# What people call a thing comes first; what they type when that is not enough, last.
_NAMES: Final = (dct_title, foaf_name, packageName, sliceLabel, skos_prefLabel, skos_notation, dct_identifier)
_VERSIONS: Final = (dcat_version, packageVersion)
_OF_MODELS: Final = (dct_title, dcat_version)
_ENDS: Final = frozenset({versionOf, deploys, deployedAt})
_KEY_LETTERS: Final = 8
# A query may have 64 KiB; the rest is room for what stands around the terms.
_BYTES_AT_A_TIME: Final = 48 * 1024
# Oxigraph looks up one list of terms well, and tries every pair of two: 3 to 30 times as long on a thousand runs.
_SAID: Final = "SELECT ?thing ?of ?value { VALUES ?thing { %(terms)s } ?thing ?of ?value FILTER(?of IN (%(of)s)) }"
_BEARERS: Final = "SELECT ?value ?of ?thing { VALUES ?value { %(terms)s } ?thing ?of ?value FILTER(?of IN (%(of)s)) }"
_PARTS: Final = "SELECT ?value ?of ?thing { VALUES ?value { %(terms)s } ?thing %(of)s ?value }"
_Said = dict[NamedNode, dict[NamedNode, list[Any]]]


def called(index: ReadIndex, things: Iterable[NamedNode]) -> dict[str, str]:
    """Return what `things` are called, by IRI, as `Naming.resolve` understands it whatever class is asked for.

    That is `name@version`, the name alone, or `name@1a2b3c4d` with the start of the thing's key, whichever first means
    nothing else in the graph, and of a prediction `batch row 7`; a thing without such a name is left out.
    """
    lookup = _Lookup(index)
    asked = [thing for thing in dict.fromkeys(things) if thing not in INDIVIDUALS]
    proposed = {thing: list(dict.fromkeys(names)) for thing, names in lookup.proposals(asked) if names}
    texts = {text for names in proposed.values() for text in names}
    known = lookup.candidates({name for text in texts for name in (text, *(cut for cut, _ in cuts(text)))})
    found: dict[str, str] = {}
    for thing, names in proposed.items():
        if name := next((text for text in names if _only(text, known) == thing), None):
            found[thing.value] = name
    # Told by their batch, where they have no name of their own that is no name of another.
    predictions = [thing for thing in asked if "/prediction/" in thing.value and thing.value not in found]
    rows = rows_of_batches(index, predictions, _batches) if predictions else {}
    taken = lookup.candidates(rows) if rows else {}
    return found | {thing.value: name for name, thing in rows.items() if not taken.get(name)}


def _only(text: str, known: dict[str, list[Candidate]]) -> NamedNode | None:
    """Return the one thing that `Naming.resolve` finds for `text`, given who bears its parts as a name."""
    found = meant(known.get(text, []))
    for name, version in () if found else cuts(text):
        if found := of_version(known.get(name, []), version):
            break
    return found[0].thing if len(found) == 1 else None


class _Lookup:
    """Names and their bearers, many at a time: one by one, a table would take a query a cell."""

    def __init__(self, index: ReadIndex) -> None:
        self._index = index

    def proposals(self, things: Sequence[NamedNode]) -> Iterator[tuple[NamedNode, list[str]]]:
        """Yield each thing with the texts that may serve as its name, best first."""
        said = self._said(things, (versionOf, *_NAMES, *_VERSIONS))
        places = self._places([each for each in things if said[each].keys().isdisjoint((versionOf, *_NAMES))])
        wholes = {whole for facts in said.values() for whole in facts[versionOf]}
        titles = self._said(list(wholes), (dct_title,))
        for thing in things:
            facts = said[thing]
            of_wholes = [title for whole in facts[versionOf] for title in sorted(titles[whole][dct_title])]
            names = [*of_wholes, *(name for relation in _NAMES for name in sorted(facts[relation]))]
            versions = [version for relation in _VERSIONS for version in sorted(facts[relation]) if version != LATEST]
            key = thing.value.rpartition("/")[2][:_KEY_LETTERS]
            forms = [f"{name}@{version}" for name in names for version in versions] or names
            if not names:
                forms = names = places.get(thing, [])[:1]
            texts = [*forms, *(f"{name}@{key}" for name in names)]
            yield thing, [text for text in texts if is_plain(text)]

    def candidates(self, names: Iterable[str]) -> dict[str, list[Candidate]]:
        """Return who bears each of `names`, the wholes of versions marked."""
        wanted = list(dict.fromkeys(names))
        bearers = self._bearers(wanted)
        bearers |= self._placed([name for name in wanted if name not in bearers])
        parts: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        titled = [thing for found in bearers.values() for thing, relation in found if relation == dct_title]
        for whole, _, part in self._rows(_PARTS, (versionOf,), map(str, dict.fromkeys(titled))):
            parts[whole].append(part)
        things = {thing for found in bearers.values() for thing, _ in found}
        said = self._said([*things, *(part for found in parts.values() for part in found)], (*_VERSIONS, sha256))
        return {
            name: [
                _candidate(thing, said, whole=thing in parts)
                for thing in dict.fromkeys(each for thing, _ in found for each in (thing, *parts.get(thing, ())))
            ]
            for name, found in bearers.items()
        }

    def _placed(self, names: Sequence[str]) -> dict[str, list[tuple[NamedNode, NamedNode]]]:
        """Return the deployments that `names` mean by what they serve and where."""
        addresses = {address for name in names for _, address in model_and_address(name)}
        there = {thing for found in self._bearers(addresses).values() for thing, _ in found}
        rows = self._rows(_PARTS, (deployedAt,), map(str, there)) if there else ()
        asked, found = set(names), dict[str, list[tuple[NamedNode, NamedNode]]]()
        for thing, labels in self._places([thing for _, _, thing in rows]).items():
            for label in asked.intersection(labels):
                found.setdefault(label, []).append((thing, deployedAt))
        return found

    def _places(self, things: Sequence[NamedNode]) -> dict[NamedNode, list[str]]:
        """Return what those of `things` that are deployments may be called, with the version of the model first."""
        said = self._said(things, (deploys, deployedAt)) if things else {}
        models = self._said([model for facts in said.values() for model in facts[deploys]], (versionOf, *_OF_MODELS))
        ends = [end for facts in (*said.values(), *models.values()) for end in (*facts[versionOf], *facts[deployedAt])]
        names = self._said(ends, (dct_title, dct_identifier))
        return {
            thing: [deployed(model, address) for model in called for address in sorted(addresses)]
            for thing, facts in said.items()
            if (addresses := {each for end in facts[deployedAt] for each in names[end][dct_identifier]})
            and (called := [label for model in facts[deploys] for label in _labels(models[model], names)])
        }

    def _bearers(self, names: Iterable[str]) -> dict[str, list[tuple[NamedNode, NamedNode]]]:
        found: dict[str, list[tuple[NamedNode, NamedNode]]] = defaultdict(list)
        for name, relation, thing in self._rows(_BEARERS, _NAMES, (str(Literal(name)) for name in names)):
            if isinstance(thing, NamedNode):
                found[name.value].append((thing, relation))
        return found

    def _said(self, things: Sequence[NamedNode], relations: Sequence[NamedNode]) -> _Said:
        found: _Said = defaultdict(lambda: defaultdict(list))
        for thing, relation, value in self._rows(_SAID, relations, map(str, dict.fromkeys(things))):
            if relation in _ENDS:
                found[thing][relation].append(value)
            elif isinstance(value, Literal):
                found[thing][relation].append(value.value)
        return found

    def _rows(self, query: str, relations: Sequence[NamedNode], terms: Iterable[str]) -> Iterator[Sequence[Any]]:
        of = ", ".join(map(str, relations))
        for batch in _batches(terms):
            yield from self._index.query(query % {"of": of, "terms": batch}).rows


def _labels(model: dict[NamedNode, list[Any]], wholes: _Said) -> list[str]:
    titles = [title for whole in model[versionOf] for title in sorted(wholes[whole][dct_title])]
    titles += sorted(model[dct_title])
    return [*(f"{title}@{version}" for title in titles for version in sorted(model[dcat_version])), *titles]


def _candidate(thing: NamedNode, said: _Said, *, whole: bool) -> Candidate:
    facts = said[thing]
    version = next((value for relation in _VERSIONS for value in facts[relation]), None)
    return Candidate(thing, version, next(iter(facts[sha256]), None), whole=whole)


def _batches(terms: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    room = _BYTES_AT_A_TIME
    for term in terms:
        size = len(term.encode()) + 1
        if batch and size > room:
            yield " ".join(batch)
            batch, room = [], _BYTES_AT_A_TIME
        if size <= _BYTES_AT_A_TIME:
            batch.append(term)
            room -= size
    if batch:
        yield " ".join(batch)
