"""The facts of a thing and of the run that made it, facet by facet, as two things are compared by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from provkg.lineage.columns import Columns, columns_of
from provkg.lineage.factors import USES
from provkg.lineage.measured import Measured, measured_of
from provkg.lineage.planned import steps_of
from provkg.lineage.sides import Place, Side, repeated
from provkg.sparql import prologue, substitute
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_SPDX: Final = "http://spdx.org/licenses/"
_PROLOGUE: Final = prologue("pvk", "prov", "dct", "dcat", "skos")
_ABSENT: Final = "SELECT DISTINCT ?absent WHERE { ?_thing pvk:declaredAbsent ?absent }"
_REPEATED: Final = """
SELECT ?first ?name WHERE { ?_run pvk:replayOf ?first OPTIONAL { ?first dct:title ?name } }
ORDER BY ?first ?name LIMIT 1"""
_RUN: Final = "SELECT ?run WHERE { ?_thing prov:wasGeneratedBy ?run } ORDER BY ?run LIMIT 1"
_HAS_RUN: Final = "ASK { ?_thing prov:startedAtTime|prov:used|pvk:runStatus ?fact }"
_INPUTS: Final = """
SELECT DISTINCT ?relation ?data ?name ?version ?digest ?rows WHERE {
  VALUES ?relation {
    pvk:trainingData pvk:validationData pvk:evaluationData pvk:inputData pvk:referenceData pvk:fitsOn prov:used
  }
  ?_run ?relation ?data .
  OPTIONAL { ?data pvk:versionOf/dct:title ?continuing } OPTIONAL { ?data dct:title ?own }
  BIND(COALESCE(?continuing, ?own) AS ?name)
  OPTIONAL { ?data dcat:version ?version } OPTIONAL { ?data pvk:sha256 ?digest }
  OPTIONAL { ?data pvk:recordCount ?rows }
  FILTER(?relation != prov:used || EXISTS { ?data pvk:versionOf|pvk:subsetOf ?whole })
}"""
_SETTINGS: Final = """
SELECT DISTINCT ?step ?name ?component ?value ?scope WHERE {
  { ?_run pvk:parameter ?setting } UNION { ?part pvk:partOfRun ?_run ; pvk:parameter ?setting ; dct:title ?step }
  ?setting pvk:paramName ?name ; pvk:paramValue ?value .
  OPTIONAL { ?setting pvk:paramComponent ?component } OPTIONAL { ?setting pvk:seedScope ?scope }
}"""
_CODE: Final = """
SELECT DISTINCT ?fact ?value WHERE {
  { ?_run pvk:usedCode ?code .
    VALUES (?relation ?fact) {
      (pvk:commitId "commit") (pvk:sha256 "digest of the script") (pvk:isDirty "uncommitted changes")
      (pvk:branchName "branch")
    } ?code ?relation ?value }
  UNION { ?_run pvk:usedCode/pvk:inRepository/pvk:repositoryUrl ?value BIND("repository" AS ?fact) }
  UNION { ?_run pvk:usedCode/pvk:uncommittedPatch/pvk:sha256 ?value BIND("digest of the patch" AS ?fact) }
  UNION { ?_run pvk:entryPoint ?value BIND("entry point" AS ?fact) }
}"""
_ENVIRONMENT: Final = """
SELECT DISTINCT ?fact ?value WHERE {
  { ?_environment pvk:osName ?value BIND("system" AS ?fact) }
  UNION { ?_environment pvk:kernelVersion ?value BIND("kernel" AS ?fact) }
  UNION { ?_environment pvk:hasSoftware/pvk:pythonVersion ?value BIND("Python" AS ?fact) }
  UNION { ?_environment pvk:hasSoftware/pvk:includesPackage ?package .
    ?package pvk:packageName ?fact ; pvk:packageVersion ?value }
  UNION { ?_environment pvk:hasHardware ?hardware .
    VALUES (?relation ?fact) {
      (pvk:cpuModel "processor") (pvk:cpuCount "processors") (pvk:memoryBytes "memory in bytes")
    }
    ?hardware ?relation ?value }
  UNION { ?_environment pvk:hasHardware/pvk:hasAccelerator ?accelerator .
    VALUES (?relation ?fact) {
      (pvk:acceleratorModel "accelerator") (pvk:acceleratorCount "accelerators")
      (pvk:driverVersion "driver of the accelerator")
    } ?accelerator ?relation ?value }
  UNION { ?_environment pvk:hasContainer/pvk:imageReference ?value BIND("container image" AS ?fact) }
}"""
_RAN_IN: Final = "SELECT ?environment WHERE { ?_run pvk:ranIn ?environment } ORDER BY ?environment LIMIT 1"
_IS_ENVIRONMENT: Final = "ASK { ?_thing a pvk:Environment }"
_OUTCOME: Final = """
SELECT DISTINCT ?fact ?value WHERE {
  { ?_run pvk:runStatus ?value BIND("status" AS ?fact) }
  UNION { ?_run pvk:durationSeconds ?value BIND("seconds" AS ?fact) }
  UNION { ?_run pvk:errorType ?value BIND("error" AS ?fact) }
}"""
_ITSELF: Final = """
SELECT DISTINCT ?fact ?value WHERE {
  VALUES (?relation ?fact) {
    (pvk:sha256 "digest") (pvk:recordCount "rows") (pvk:framework "framework") (pvk:parameterCount "parameters")
    (dct:license "licence") (pvk:isSynthetic "synthetic")
    (pvk:packageVersion "version") (pvk:commitId "commit") (pvk:isDirty "uncommitted changes") (pvk:branchName "branch")
  } ?_thing ?relation ?value
}"""


def side(index: ReadIndex, thing: NamedNode) -> Side:
    """Return what is known of a run, model, dataset, pipeline or environment."""
    return _Described(index, thing).side(frozenset())


class _Described:
    """The facts of one thing, and of the run that made it."""

    def __init__(self, index: ReadIndex, thing: NamedNode) -> None:
        self._index, self._thing = index, thing
        is_run = bool(self._asked(_HAS_RUN, _thing=thing).boolean)
        self._run = thing if is_run else self._one(_RUN, _thing=thing)
        self._columns: dict[Place, Columns] = {}

    def side(self, seen: frozenset[NamedNode]) -> Side:
        """Return the facts, facet by facet, the factors first; `seen` are the runs that repeat this one."""
        self._add_columns("itself", "", self._thing)
        own = Side(self._facets(), self._columns, self._measured(), self._absent())
        rows = self._asked(_REPEATED, _run=self._run).rows if self._run is not None else ()
        for first, name in rows:
            if first not in seen:
                repeats = _Described(self._index, first).side(seen | {first})
                return repeated(own, repeats, _text(name) or _local(first))
        return own

    def _measured(self) -> tuple[Measured, ...]:
        return () if self._run is None else measured_of(self._asked, _text, self._thing, self._run)

    def _absent(self) -> frozenset[str]:
        of_run = [self._run] if self._run is not None else []
        things = {self._thing, *of_run, *(found for run in of_run if (found := self._one(_RAN_IN, _run=run)))}
        rows = (row for thing in things for row in self._asked(_ABSENT, _thing=thing).rows)
        return frozenset(_local(absent) for (absent,) in rows)

    def _facets(self) -> dict[str, dict[str, str]]:
        found = {"itself": self._facts(_ITSELF, _thing=self._thing)}
        if self._asked(_IS_ENVIRONMENT, _thing=self._thing).boolean:
            return {"environment": self._facts(_ENVIRONMENT, _environment=self._thing)}
        if steps := steps_of(self._asked, _text, self._thing):
            found["steps"] = steps
        if self._run is None:
            return found
        environment = self._one(_RAN_IN, _run=self._run)
        settings, seeds = self._settings(self._run)
        found |= {"data": self._inputs(self._run), "code": self._facts(_CODE, _run=self._run)}
        found |= {"settings": settings, "seeds": seeds}
        found["environment"] = self._facts(_ENVIRONMENT, _environment=environment) if environment is not None else {}
        found["metrics"] = {}
        return found | {"outcome": self._facts(_OUTCOME, _run=self._run)}

    def _inputs(self, run: NamedNode) -> dict[str, str]:
        rows = self._asked(_INPUTS, _run=run).rows
        told = {data for relation, data, *_ in rows if _local(relation) != "used"}
        found: dict[str, list[str]] = {}
        for relation, data, name, version, digest, count in rows:
            if _local(relation) == "used" and data in told:
                continue
            use = USES[_local(relation)]
            called = f"{_text(name) or _local(data)}@{_text(version) or (_text(digest) or '')[:12]}".rstrip("@")
            found.setdefault(use, []).append(called)
            for fact, value in (("digest", digest), ("rows", count)):
                if value is not None:
                    found.setdefault(f"{use}: {fact}", []).append(_text(value) or "")
            self._add_columns("data", f"{use}: ", data)
        return _joined(found)

    def _add_columns(self, facet: str, before: str, data: Any) -> None:
        if isinstance(data, NamedNode):
            for kind, found in columns_of(self._asked, _text, data).items():
                place = (facet, f"{before}{kind}")
                self._columns[place] = self._columns.get(place, Columns()) | found

    def _settings(self, run: NamedNode) -> tuple[dict[str, str], dict[str, str]]:
        settings: dict[str, list[str]] = {}
        seeds: dict[str, list[str]] = {}
        for step, name, component, value, scope in self._asked(_SETTINGS, _run=run).rows:
            called = ": ".join(text for text in (_text(step), _text(component), _text(name)) if text)
            (seeds if scope is not None else settings).setdefault(called, []).append(_text(value) or "")
        return _joined(settings), _joined(seeds)

    def _facts(self, query: str, **terms: NamedNode) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for fact, value in self._asked(query, **terms).rows:
            found.setdefault(_text(fact) or "", []).append(_text(value) or "")
        return _joined(found)

    def _one(self, query: str, **terms: NamedNode) -> NamedNode | None:
        rows = self._asked(query, **terms).rows
        return rows[0][0] if rows and isinstance(rows[0][0], NamedNode) else None

    def _asked(self, query: str, **terms: NamedNode) -> Any:
        return self._index.query(_PROLOGUE + substitute(query, terms))


def _joined(found: Mapping[str, list[str]]) -> dict[str, str]:
    return {fact: ", ".join(sorted(set(values))) for fact, values in found.items()}


def _local(term: Any) -> str:
    return str(getattr(term, "value", term)).rpartition("#")[2].rpartition("/")[2]


def _text(term: Any) -> str | None:
    match term:
        case Literal():
            return term.value
        case NamedNode() if term.value.startswith(NAMESPACES["pvk"]):
            return _local(term).partition("-")[2] or _local(term)  # a concept: `RunStatus-succeeded`
        case NamedNode():
            return term.value.rpartition("/")[2] if term.value.startswith(_SPDX) else term.value
        case _:
            return None
