"""What a name means: things are given by name, `name@version`, `name@latest`, `name@alias`, a short or a full IRI.

A name is a title, the title of what a version is a version of, an identifier or pseudonym, a person's or a package's
name, a concept's label, what a deployment serves and where (`grader at https://…`), a batch of predictions with a row
of it (`batch row 7`), a commit or its first seven digits, a SHA-256 digest in full, the address of a source of data or
code, or where a file lies, else a file at hand, whose content tells what it is, else the end of a file's recorded path.
What nothing was recorded as may be a name in a registry of models, whose versions and aliases are that registry's. An
alias is one that a registry gave to a model, or a stage in which it serves. Which kinds of thing a name may mean is
said by classes, so that one name can be a dataset's, a model's and a run's at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from provkg.errors import AmbiguousName, UnknownThing
from provkg.identity import LEDGER_GRAPH
from provkg.index.same_content import trained_version
from provkg.literals import any_uri
from provkg.questions.aliases import BY_REGISTRY, aliased, aliases_of, registered
from provkg.questions.calling import called
from provkg.questions.candidates import SHORTEST_PREFIX, Candidate, meant, of_bytes, of_version
from provkg.questions.deployed import BY_PLACE, model_and_address
from provkg.questions.own_concepts import concept_called, concept_names
from provkg.questions.record_names import record_meant
from provkg.questions.spelling import SHORT, absolute, cuts
from provkg.questions.terms import KINDS, short
from provkg.questions.wording import (
    NO_FILE,
    any_of,
    in_words,
    no_version,
    nothing_called,
    told_apart,
    what_there_is,
    with_article,
)
from provkg.sparql import prologue, substitute
from provkg.vocabulary import INDIVIDUALS, Dataset, DatasetVersion, Model, ModelVersion, Record, rdf_type

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.index.answer import Answer

_PROLOGUE: Final = prologue("pvk", "prov", "dct", "dcat", "foaf", "skos")
_LONE_SURROGATE: Final = frozenset(map(chr, range(0xD800, 0xE000)))
_BY_NAME: Final = """
    { ?thing dct:title ?_name } UNION { ?continuing dct:title ?_name . ?thing pvk:versionOf ?continuing }
    UNION { ?thing dct:identifier ?_name } UNION { ?thing foaf:name ?_name } UNION { ?thing pvk:packageName ?_name }
    UNION { ?thing skos:prefLabel ?_name } UNION { ?thing skos:notation ?_name } UNION { ?thing pvk:sliceLabel ?_name }
"""
# As lineage calls a prediction.
_ROW: Final = re.compile(r"(.+) row ([0-9]{1,18})")
_BY_ROW: Final = "?batch dct:title ?_batch . ?thing pvk:inBatch ?batch ; pvk:rowIndex ?_row ."
_BY_FILE: Final = "?file pvk:storageLocation ?at . FILTER(STRENDS(STR(?at), ?_end)) ?thing pvk:hasFile ?file ."
# A commit as git shortens it, and where data and code come from.
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_BY_COMMIT: Final = "?thing pvk:commitId ?commit . FILTER(STRSTARTS(?commit, ?_start))"
_RUN: Final = re.compile(r"[0-9a-f]{8,64}")
_BY_KEY: Final = """
    ?thing a prov:Activity . FILTER(STRSTARTS(REPLACE(STR(?thing), "^.*/", ""), ?_start))
"""
_BY_ADDRESS: Final = "{ ?thing pvk:sourceUrl ?_address } UNION { ?thing pvk:repositoryUrl ?_address }"
# The content of a model that joblib wrote is another one than that of its file.
_BY_CONTENT: Final = "{ ?thing pvk:sha256 ?_digest } UNION { ?file pvk:sha256 ?_digest . ?thing pvk:hasFile ?file } "
_DIGEST: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)
_BY_LOCATION: Final = """
    { ?thing pvk:storageLocation ?_location }
    UNION { ?file pvk:storageLocation ?_location . ?thing pvk:hasFile ?file }
"""
_BY_SHORT_IRI: Final = """
    ?thing a ?_kind . FILTER(STRSTARTS(STRAFTER(STR(?thing), ?_part), ?_start))
"""
# What has bytes is named by their digest, and has its file; the file itself is meant.
FILE: Final = "file"
_BY_BYTES: Final = """
    ?thing a pvk:ArtifactFile ; pvk:sha256 ?bytes . FILTER(STRSTARTS(?bytes, ?_start))
"""
# The first record that describes a thing says how old it is to the graph: event times of others may lie. Each OPTIONAL
# is one chain of patterns from the thing: Oxigraph looks a chain up for each thing, but reads two patterns that start
# from it whole and joins them, 2.5 s instead of 10 ms on a thousand runs.
_CANDIDATES: Final = """
SELECT ?thing ?version ?digest ?run ?first ?when WHERE {
  { SELECT ?thing (MIN(?position) AS ?first) WHERE {
      { SELECT DISTINCT ?thing WHERE { %(pattern)s } }
      %(typed)s
      OPTIONAL { GRAPH ?ledger { ?thing ^pvk:describes/pvk:sequenceNumber ?position } }
    } GROUP BY ?thing
  }
  { SELECT ?thing (MIN(?at) AS ?when) WHERE {
      { SELECT DISTINCT ?thing WHERE { %(pattern)s } }
      OPTIONAL { GRAPH ?ledger { ?thing ^pvk:describes/pvk:recordedAt ?at } }
    } GROUP BY ?thing
  }
  OPTIONAL { ?thing dcat:version ?label } OPTIONAL { ?thing pvk:packageVersion ?package }
  BIND(COALESCE(?label, ?package) AS ?version)
  OPTIONAL { ?thing pvk:sha256 ?digest }
  OPTIONAL { ?thing prov:wasGeneratedBy/dct:title ?run }
} ORDER BY DESC(?first) ?thing ?run
"""
_CONTINUING: Final = (
    "SELECT DISTINCT ?whole WHERE { { SELECT DISTINCT ?thing WHERE { %s } } OPTIONAL { ?thing pvk:versionOf ?whole } }"
)
VERSIONS: Final = {Model: ModelVersion, Dataset: DatasetVersion}
"""What stands for what has versions."""
_WHOLE: Final = "SELECT ?whole WHERE { ?_thing pvk:versionOf ?whole . ?whole a ?class . %s } ORDER BY ?whole"
_KNOWN_NAMES: Final = """
SELECT DISTINCT ?name WHERE {
  %s
  ?thing (
    dct:title|(pvk:versionOf/dct:title)|dct:identifier|foaf:name|pvk:packageName|skos:notation|
    (^pvk:registers/pvk:registryName)
  ) ?name
} LIMIT 20000
"""

_NAMELESS: Final = """
SELECT DISTINCT ?thing WHERE {
  %s
  FILTER NOT EXISTS {
    ?thing (dct:title|(pvk:versionOf/dct:title)|dct:identifier|foaf:name|pvk:packageName|skos:notation) ?name
  }
  FILTER NOT EXISTS { ?thing skos:prefLabel|pvk:sliceLabel ?label }
} LIMIT 1000
"""


class Naming:
    """The names of one graph, as one state of its index knows them.

    `content_at` returns the digest of a file at hand, or None where none lies at a path: only who works on this machine
    is to be told about its files.
    """

    def __init__(self, index: ReadIndex, content_at: Callable[[str], str | None] = lambda _: None) -> None:
        self._index, self._content_at = index, content_at

    def resolve(self, text: str, classes: Sequence[NamedNode] = (), *, trained: bool = False) -> NamedNode:
        """Return the one thing that `text` means among those of `classes`; without classes, among all.

        `trained` asks for the origin of a model: where a name means a version whose training nobody recorded, it means
        one of the same bytes whose training is recorded. An IRI means what it names. Where a model or dataset is
        wanted, a version stands for what it is a version of.

        Raises `AmbiguousName` with the candidates, newest first, or `UnknownThing` with the nearest names.
        """
        try:
            return self._resolved(text, classes, trained=trained)
        except UnknownThing:
            if (whole := self.stands_for(text, classes)) is None:
                raise
            return whole

    def stands_for(self, text: str, classes: Sequence[NamedNode]) -> NamedNode | None:
        """Return the model or dataset, among `classes`, of which `text` is a version, or None."""
        versions = [VERSIONS[kind] for kind in classes if kind in VERSIONS]
        if not versions:
            return None
        try:
            thing = self._resolved(text, versions)
        except (AmbiguousName, UnknownThing):
            return None
        wholes = [row[0] for row in self._ask(_WHOLE % _among(classes), _thing=thing).rows]
        return wholes[0] if wholes and isinstance(wholes[0], NamedNode) else None

    def _resolved(self, text: str, classes: Sequence[NamedNode], *, trained: bool = False) -> NamedNode:
        wanted = text.strip()
        # Half a surrogate pair is no text: no name holds one, and RDF terms cannot.
        if not wanted.isascii() and not _LONE_SURROGATE.isdisjoint(wanted):
            raise UnknownThing(f"{nothing_called(text, classes)}, which is not valid Unicode")
        if Record in classes:
            return record_meant(self._index, wanted)
        if (concept := concept_called(wanted, classes)) is not None:
            return concept
        if (iri := absolute(wanted)) is not None and self._occurs(iri):
            return self._of_class(iri, classes)
        thing = self._named(wanted, classes)
        return trained_version(self._index, thing) if trained else thing

    def _named(self, wanted: str, classes: Sequence[NamedNode]) -> NamedNode:
        found = (
            self._by_short_iri(wanted, classes)
            or meant(self._by_name(wanted, classes))
            or self._by_registry(wanted, classes)
            or self._by_row(wanted, classes)
            or self._by_commit(wanted, classes)
            or self._by_digest(wanted, classes)
            or self._by_run(wanted, classes)
            or self._by_address(wanted, classes)
            or self._by_location(wanted, classes)
            or self._by_version(wanted, classes)
            or self._by_content(wanted, classes)
            or of_bytes(self._by_file(wanted, classes))
            or self._by_version(wanted, classes, of_file=True)
        )
        return self._only(wanted, found, classes)

    def _occurs(self, iri: NamedNode) -> bool:
        return iri in INDIVIDUALS or bool(self._ask("ASK { ?_thing ?relation ?value }", _thing=iri).boolean)

    def _of_class(self, iri: NamedNode, classes: Sequence[NamedNode]) -> NamedNode:
        fits = "ASK { ?_thing a ?class . %s }"
        if not classes or INDIVIDUALS.get(iri) in classes or self._ask(fits % _among(classes), _thing=iri).boolean:
            return iri
        raise UnknownThing(f"{iri.value} is in the graph, but is no {any_of(classes)}")

    def _by_name(self, name: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        terms: dict[str, NamedNode | Literal] = {"_name": Literal(name)}
        found = self._candidates(_BY_NAME, classes, terms)
        if len(found) < 2:
            return found or self._by_place(name, classes)
        wholes = {row[0] for row in self._ask(_CONTINUING % _BY_NAME, **terms).rows}
        return [replace(candidate, whole=candidate.thing in wholes) for candidate in found]

    def _by_place(self, name: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        for model, address in model_and_address(name):
            terms = {"_model": Literal(model), "_address": Literal(address)}
            if found := self._candidates(BY_PLACE, classes, terms):
                return found
        return []

    def _by_registry(self, name: str, classes: Sequence[NamedNode], version: str | None = None) -> list[Candidate]:
        """Return what registries keep under `name`, newest entry first; of a thing that they keep twice, the newer."""
        if not (kept := registered(self._index, name)):
            return []
        terms: dict[str, NamedNode | Literal] = {"_name": Literal(name)}
        known = {each.thing: each for each in self._candidates(BY_REGISTRY, classes, terms)}
        found: dict[NamedNode, Candidate] = {}
        for thing, label in kept:
            if thing in known and version in {None, label}:
                found.setdefault(thing, replace(known[thing], version=label or known[thing].version))
        return list(found.values())

    def _by_short_iri(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        match = SHORT.fullmatch(text)
        if match is not None and match.group(1) == FILE and len(match.group(2)) >= SHORTEST_PREFIX:
            return self._candidates(_BY_BYTES, classes, {"_start": Literal(match.group(2))})
        kind = KINDS.get(match.group(1)) if match else None
        if match is None or kind is None:
            return []
        part, start = f"/{match.group(1)}/", match.group(2)
        found = self._candidates(
            _BY_SHORT_IRI, classes, {"_kind": kind, "_part": Literal(part), "_start": Literal(start)}
        )
        exact = [candidate for candidate in found if candidate.thing.value.endswith(part + start)]
        return exact or (found if len(start) >= SHORTEST_PREFIX else [])

    def _by_row(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if not (match := _ROW.fullmatch(text)):
            return []
        return self._candidates(
            _BY_ROW, classes, {"_batch": Literal(match.group(1)), "_row": Literal(int(match.group(2)))}
        )

    def _by_commit(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if not _COMMIT.fullmatch(text):
            return []
        return self._candidates(_BY_COMMIT, classes, {"_start": Literal(text)})

    def _by_run(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        """Return the runs whose keys begin with `text`, as tables cut them: `531f5ccd`."""
        if not _RUN.fullmatch(text):
            return []
        return self._candidates(_BY_KEY, classes, {"_start": Literal(text)})

    def _by_address(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if absolute(text) is None:
            return []
        return self._candidates(_BY_ADDRESS, classes, {"_address": any_uri(text)})

    def _by_digest(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if not (match := _DIGEST.fullmatch(text)):
            return []
        digest = Literal(match.group(1).lower())
        return self._by_own_names(of_bytes(self._candidates(_BY_CONTENT, classes, {"_digest": digest})))

    def _by_location(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if absolute(text) is None:
            return []
        return self._by_own_names(of_bytes(self._candidates(_BY_LOCATION, classes, {"_location": any_uri(text)})))

    def _by_own_names(self, found: list[Candidate]) -> list[Candidate]:
        """Return things that have no word of the name in common, each told by its own where one must be chosen."""
        names = called(self._index, [each.thing for each in found]) if len(found) > 1 else {}
        return [replace(each, called=names.get(each.thing.value)) for each in found]

    def _by_file(self, path: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        end = quote(path.removeprefix("./").lstrip("/"))
        return self._candidates(_BY_FILE, classes, {"_end": Literal(f"/{end}")}) if end else []

    def _by_content(self, path: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if (digest := self._content_at(path)) is None:
            return []
        found = of_bytes(self._candidates(_BY_CONTENT, classes, {"_digest": Literal(digest)}))
        if not found:
            known = [each.line(path) for each in of_bytes(self._by_file(path, classes))]
            hint = f"; what was recorded from that path had another content: {known[0]}" if known else NO_FILE
            those = f"no {any_of(classes)}" if classes else "nothing"
            raise UnknownThing(f"{those} has the content of {path} (sha256 {digest[:12]}…){hint}")
        return found

    def _by_version(self, text: str, classes: Sequence[NamedNode], *, of_file: bool = False) -> list[Candidate]:
        named = self._by_file if of_file else self._by_name
        known = [(name, version, found) for name, version in cuts(text) if (found := named(name, classes))]
        for _, version, found in known:
            if chosen := of_version(found, version):
                return chosen
        for name, alias, found in known:
            if chosen := [each for each in found if each.thing in aliased(self._index, name, alias)]:
                return chosen
        for name, version in () if of_file else cuts(text):
            if chosen := self._in_registry(name, version, classes):
                return chosen
        kept = () if of_file else ((*cut, self._by_registry(cut[0], classes)) for cut in cuts(text))
        for name, version, found in known or [each for each in kept if each[2]]:
            versions = list(dict.fromkeys(each.version for each in meant(found) if each.version))
            if not versions and classes and (other := self._of_another_kind(text, classes)):
                raise UnknownThing(f"{other}; give the name alone: {name}")
            aliases = aliases_of(self._index, [each.thing for each in meant(found)])
            raise UnknownThing(no_version(name, version, versions, aliases))
        return []

    def _in_registry(self, name: str, version: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        """Return what `version` of a registry's `name` means: a version there, an alias, or the start of a digest."""
        if chosen := self._by_registry(name, classes, version):
            return chosen
        found = self._by_registry(name, classes)
        given = aliased(self._index, name, version) if found else []
        return [each for each in found if each.thing in given] or of_version(found, version)

    def _candidates(
        self, pattern: str, classes: Sequence[NamedNode], terms: Mapping[str, NamedNode | Literal]
    ) -> list[Candidate]:
        typed = f"FILTER EXISTS {{ ?thing a ?class . {_among(classes)} }}" if classes else ""
        found: dict[NamedNode, Candidate] = {}
        query = _CANDIDATES % {"pattern": pattern, "typed": typed}
        for thing, version, digest, run, _, when in self._ask(query, **terms).rows:
            if isinstance(thing, NamedNode):
                candidate = Candidate(thing, _text(version), _text(digest), _text(run), _text(when))
                found.setdefault(thing, candidate)
        return list(found.values())

    def _only(self, text: str, found: Sequence[Candidate], classes: Sequence[NamedNode]) -> NamedNode:
        if len(found) == 1:
            return found[0].thing
        if (one := self._of_one_content(found)) is not None:
            return one
        if found:
            before, _, version = text.rpartition("@")
            # Of `grader@2 at https://…`, the @ is no end of a name.
            name = text if " " in version else before or text
            things = [candidate.thing for candidate in found]
            lines = [candidate.line(name) for candidate in found]
            told = told_apart(self._index, lines, things)
            raise AmbiguousName(text, told, len(found), [thing.value for thing in things])
        # A blank or a bracket amid an IRI is easily overlooked.
        is_iri = text.partition("://")[0].isalpha() and "://" in text
        hint = "; an IRI holds no spaces and no brackets" if is_iri and absolute(text) is None else ""
        said = (self._of_another_kind(text, classes) if classes else None) or nothing_called(text, classes)
        raise UnknownThing(f"{said}{hint or self._suggestion(text, classes)}")

    def _of_one_content(self, found: Sequence[Candidate]) -> NamedNode | None:
        """Return the model version that all of `found` are by their bytes, where the training of one is recorded.

        Of several trainings that led to the same bytes, nobody knows which one is meant.
        """
        if len(found) < 2 or {candidate.kind for candidate in found} != {"model-version"}:
            return None
        origins = {trained_version(self._index, candidate.thing) for candidate in found}
        return origins.pop() if len(origins) == 1 else None

    def _of_another_kind(self, text: str, classes: Sequence[NamedNode]) -> str | None:
        """Return what `text` is where any kind of thing may be meant, or None where it is nothing at all."""
        try:
            found = KINDS.get(short(self.resolve(text)).partition("/")[0])
        except AmbiguousName:
            return f"{text!r} names several things, and no {any_of(classes)} is among them"
        except UnknownThing:
            return None
        what = with_article(in_words(found)) if found else "something else"
        return f"{text!r} is {what}, and no {any_of(classes)}"

    def _suggestion(self, text: str, classes: Sequence[NamedNode]) -> str:
        typed = f"?thing a ?class . {_among(classes)}" if classes else ""
        known = {_text(row[0]) or "" for row in self._ask(_KNOWN_NAMES % typed).rows} | concept_names(classes)
        if classes:
            nameless = [row[0] for row in self._ask(_NAMELESS % typed).rows if isinstance(row[0], NamedNode)]
            names = called(self._index, nameless)
            known |= {short(thing, names) for thing in nameless}
        if keyed := self._of_key(text, classes):
            return f"; did you mean {' or '.join(keyed)}?"
        return what_there_is(text.partition("@")[0], known - {""}, classes)

    def _of_key(self, text: str, classes: Sequence[NamedNode]) -> list[str]:
        """Return the short IRIs that are `text` with their kind before it, which was perhaps left out."""
        graph = self._index.ledger_graph
        if graph is None or absolute(f"x:{text}") is None:
            return []
        base = graph.value.removesuffix(LEDGER_GRAPH)
        meant = [NamedNode(f"{base}{kind}/{text}") for kind in KINDS]
        found = [each for each, said in zip(meant, self._index.linked(meant, rdf_type), strict=True) if said]
        wanted = set(classes)
        there = self._index.linked(found, rdf_type)
        return [short(each) for each, said in zip(found, there, strict=True) if not wanted or wanted.intersection(said)]

    def _ask(self, query: str, **terms: NamedNode | Literal) -> Answer:
        return self._index.query(_PROLOGUE + substitute(query, terms))


def _among(classes: Sequence[NamedNode]) -> str:
    return f"VALUES ?class {{ {' '.join(map(str, classes))} }}"


def _text(term: object) -> str | None:
    return term.value if isinstance(term, Literal | NamedNode) else None
