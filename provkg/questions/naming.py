"""What a name means: things are given by name, `name@version`, `name@latest`, `name@alias`, a short or a full IRI.

A name is a title, the title of what a version is a version of, an identifier or pseudonym, a person's or a package's
name, a concept's label, a batch of predictions with a row of it (`batch row 7`), else a file at hand, whose content
tells what it is, else the end of a file's recorded path. An alias is one that a registry gave to a model, or a stage in
which it serves. Which kinds of thing a name may mean is said by classes, so that one name can be a dataset's, a model's
and a run's at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from provkg.errors import AmbiguousName, UnknownThing
from provkg.questions.aliases import aliased
from provkg.questions.record_names import record_meant
from provkg.questions.terms import KINDS, short
from provkg.questions.wording import any_of, nothing_called, told_apart, what_there_is
from provkg.sparql import prologue, substitute
from provkg.vocabulary import INDIVIDUALS, NAMESPACES, SUPERCLASSES, Record, skos_Concept

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.index.answer import Answer

LATEST: Final = "latest"
SHORTEST_PREFIX: Final = 4
_PROLOGUE: Final = prologue("pvk", "prov", "dct", "dcat", "foaf", "skos")
_LONE_SURROGATE: Final = frozenset(map(chr, range(0xD800, 0xE000)))
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_SHORT: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)/([^\s/…]+)…?")
_BY_NAME: Final = """
    { ?thing dct:title ?_name } UNION { ?continuing dct:title ?_name . ?thing pvk:versionOf ?continuing }
    UNION { ?thing dct:identifier ?_name } UNION { ?thing foaf:name ?_name } UNION { ?thing pvk:packageName ?_name }
    UNION { ?thing skos:prefLabel ?_name } UNION { ?thing skos:notation ?_name } UNION { ?thing pvk:sliceLabel ?_name }
"""
# As lineage calls a prediction.
_ROW: Final = re.compile(r"(.+) row ([0-9]{1,18})")
_BY_ROW: Final = "?batch dct:title ?_batch . ?thing pvk:inBatch ?batch ; pvk:rowIndex ?_row ."
_BY_FILE: Final = "?file pvk:storageLocation ?at . FILTER(STRENDS(STR(?at), ?_end)) ?thing pvk:hasFile ?file ."
# The content of a model that joblib wrote is another one than that of its file.
_BY_CONTENT: Final = "{ ?thing pvk:sha256 ?_digest } UNION { ?file pvk:sha256 ?_digest . ?thing pvk:hasFile ?file } "
_BY_SHORT_IRI: Final = """
    ?thing a ?_kind . FILTER(STRSTARTS(STRAFTER(STR(?thing), ?_part), ?_start))
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
_KNOWN_NAMES: Final = """
SELECT DISTINCT ?name WHERE {
  %s
  ?thing (dct:title|(pvk:versionOf/dct:title)|dct:identifier|foaf:name|pvk:packageName|skos:notation) ?name
} LIMIT 20000
"""

_OWN_CONCEPTS: Final = f"""
SELECT ?concept ?label WHERE {{
  ?concept skos:inScheme ?scheme ; skos:prefLabel ?label .
  FILTER(!STRSTARTS(STR(?concept), "{NAMESPACES["pvk"]}"))
}}"""


@dataclass(frozen=True)
class Candidate:
    """A thing that a name fits; a `whole` is what others that the name fits are versions of."""

    thing: NamedNode
    version: str | None
    digest: str | None
    made_by: str | None = None
    when: str | None = None
    whole: bool = False

    @property
    def kind(self) -> str:
        """The kind that its IRI names, if it is one of ours."""
        return short(self.thing).partition("/")[0]

    @property
    def is_file(self) -> bool:
        """Whether it is bytes, named by their digest (RFC 6920) or as a file."""
        return self.thing.value.startswith("ni:") or self.kind in {"file", "artifact-file"}

    def line(self, name: str) -> str:
        """Return what is said about it where a name fits several."""
        return "  ".join(
            part
            for part in (
                f"{name}@{self.version}" if self.version else name,
                short(self.thing),
                self.when,
                f"made by {self.made_by}" if self.made_by else None,
            )
            if part
        )


class Naming:
    """The names of one graph, as one state of its index knows them.

    `content_at` returns the digest of a file at hand, or None where none lies at a path: only who works on this machine
    is to be told about its files.
    """

    def __init__(self, index: ReadIndex, content_at: Callable[[str], str | None] = lambda _: None) -> None:
        self._index, self._content_at = index, content_at

    def resolve(self, text: str, classes: Sequence[NamedNode] = ()) -> NamedNode:
        """Return the one thing that `text` means among those of `classes`; without classes, among all.

        Raises `AmbiguousName` with the candidates, newest first, or `UnknownThing` with the nearest names.
        """
        wanted = text.strip()
        # Half a surrogate pair is no text: no name holds one, and RDF terms cannot.
        if not wanted.isascii() and not _LONE_SURROGATE.isdisjoint(wanted):
            raise UnknownThing(f"{nothing_called(text, classes)}, which is not valid Unicode")
        if Record in classes:
            return record_meant(self._index, wanted)
        if (concept := _own_concept(wanted, classes)) is not None:
            return concept
        if (iri := _absolute(wanted)) is not None and self._occurs(iri):
            return self._of_class(iri, classes)
        found = (
            self._by_short_iri(wanted, classes)
            or meant(self._by_name(wanted, classes))
            or self._by_row(wanted, classes)
            or self._by_version(wanted, classes)
            or self._by_content(wanted, classes)
            or meant(self._by_file(wanted, classes))
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
            return found
        wholes = {row[0] for row in self._ask(_CONTINUING % _BY_NAME, **terms).rows}
        return [replace(candidate, whole=candidate.thing in wholes) for candidate in found]

    def _by_short_iri(self, text: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        match = _SHORT.fullmatch(text)
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

    def _by_file(self, path: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        end = quote(path.removeprefix("./").lstrip("/"))
        return self._candidates(_BY_FILE, classes, {"_end": Literal(f"/{end}")}) if end else []

    def _by_content(self, path: str, classes: Sequence[NamedNode]) -> list[Candidate]:
        if (digest := self._content_at(path)) is None:
            return []
        found = meant(self._candidates(_BY_CONTENT, classes, {"_digest": Literal(digest)}))
        if not found:
            known = [each.line(path) for each in meant(self._by_file(path, classes))]
            earlier = f"; what was recorded from that path had another content: {known[0]}" if known else ""
            hint = earlier or self._suggestion(path, classes)
            those = f"no {any_of(classes)}" if classes else "nothing"
            raise UnknownThing(f"{those} has the content of {path} (sha256 {digest[:12]}…){hint}")
        # A model's file is the model, as far as people mean it by its path.
        return [each for each in found if not each.is_file] or found

    def _by_version(self, text: str, classes: Sequence[NamedNode], *, of_file: bool = False) -> list[Candidate]:
        named = self._by_file if of_file else self._by_name
        known = [(name, version, found) for name, version in cuts(text) if (found := named(name, classes))]
        for _, version, found in known:
            if chosen := of_version(found, version):
                return chosen
        for name, alias, found in known:
            if chosen := [each for each in found if each.thing in aliased(self._index, name, alias)]:
                return chosen
        for name, version, found in known:
            versions = list(dict.fromkeys(each.version for each in meant(found) if each.version))
            others = f"it has {', '.join(versions)}" if versions else "no version of it is known"
            order = " (newest first)" if len(versions) > 1 else ""
            raise UnknownThing(f"{name!r} has no version {version!r}; {others}{order}")
        return []

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
        if found:
            name = text.rpartition("@")[0] or text
            things = [candidate.thing for candidate in found]
            lines = [candidate.line(name) for candidate in found]
            raise AmbiguousName(text, told_apart(self._index, lines, things), len(found))
        # A blank or a bracket amid an IRI is easily overlooked.
        hint = "; an IRI holds no spaces and no brackets" if "://" in text and _absolute(text) is None else ""
        raise UnknownThing(f"{nothing_called(text, classes)}{hint or self._suggestion(text, classes)}")

    def _suggestion(self, text: str, classes: Sequence[NamedNode]) -> str:
        typed = f"?thing a ?class . {_among(classes)}" if classes else ""
        known = {_text(row[0]) or "" for row in self._ask(_KNOWN_NAMES % typed).rows} | _concept_names(classes)
        return what_there_is(text.partition("@")[0], known - {""}, classes)

    def _ask(self, query: str, **terms: NamedNode | Literal) -> Answer:
        return self._index.query(_PROLOGUE + substitute(query, terms))


def own_concepts(index: ReadIndex) -> dict[str, str]:
    """Return the labels of the concepts that a graph added to the ontology's, by IRI, as tables show them."""
    found: dict[str, str] = {}
    for concept, label in index.query(_PROLOGUE + _OWN_CONCEPTS).rows:
        if isinstance(concept, NamedNode) and isinstance(label, Literal) and (text := " ".join(label.value.split())):
            found[concept.value] = min(text, found.get(concept.value, text))
    return found


def _absolute(text: str) -> NamedNode | None:
    text = text.removeprefix("<").removesuffix(">")
    prefix, _, local = text.partition(":")
    if prefix in NAMESPACES and not local.startswith("//"):
        text = NAMESPACES[prefix] + local
    try:
        return NamedNode(text) if _ABSOLUTE.fullmatch(text) else None
    except ValueError:
        return None


def _own_concept(name: str, classes: Sequence[NamedNode]) -> NamedNode | None:
    concepts = (NamedNode(f"{kind.value}-{name}") for kind in classes if " " not in name and name.isalnum())
    return next((concept for concept in concepts if concept in INDIVIDUALS), None)


def _concept_names(classes: Sequence[NamedNode]) -> set[str]:
    schemes = {kind for kind in classes if skos_Concept in SUPERCLASSES.get(kind, ())}
    return {concept.value.rpartition("-")[2] for concept, kind in INDIVIDUALS.items() if kind in schemes}


def cuts(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and version as `text` may be cut: both may hold an @, and the longest name comes first."""
    parts = text.split("@")
    for place in range(len(parts) - 1, 0, -1):
        if name := "@".join(parts[:place]):
            yield name, "@".join(parts[place:])


def meant(found: Sequence[Candidate]) -> list[Candidate]:
    """Return those of `found` that a bare name means: the versions, and their whole only when nothing else bears it.

    Where it is a model's, it means neither the architecture of that name nor the checkpoint that was made the model.
    """
    versions = [candidate for candidate in found if not candidate.whole] or list(found)
    models = {candidate.digest for candidate in versions if candidate.kind == "model-version"}
    beside = [each for each in versions if each.kind == "model-architecture"] if models else []
    beside += [each for each in versions if each.kind == "checkpoint" and each.digest in models]
    return [candidate for candidate in versions if candidate not in beside]


def of_version(found: Sequence[Candidate], version: str) -> list[Candidate]:
    """Return those of `found`, newest first, that `version` means: a version, its start, or that of a digest or key."""
    if version == LATEST:
        return meant(found)[:1]
    exact = [candidate for candidate in meant(found) if candidate.version == version]
    return exact or [candidate for candidate in found if _starts_with(candidate, version)]


def is_plain(text: str) -> bool:
    """Return whether `text` can only be a name: no IRI, short or full, and with no space that a table would change."""
    return text == " ".join(text.split()) and _absolute(text) is None and _SHORT.fullmatch(text) is None


def _starts_with(candidate: Candidate, version: str) -> bool:
    key = candidate.thing.value.rpartition("/")[2]
    texts = (candidate.version or "", candidate.digest or "", key)
    return len(version) >= SHORTEST_PREFIX and any(text.startswith(version) for text in texts)


def _among(classes: Sequence[NamedNode]) -> str:
    return f"VALUES ?class {{ {' '.join(map(str, classes))} }}"


def _text(term: object) -> str | None:
    return term.value if isinstance(term, Literal | NamedNode) else None
