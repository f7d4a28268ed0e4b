"""What the questions are asked about: values for each parameter, drawn from the graph by class, by name or by pattern.

A question that joins the library needs nothing here unless its parameters are of a class or a word that none had.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from benchmarks.scale.shape import moment
from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.literals import date_time_text
from provkg.questions import Naming, Parameter, Question, bound, filled
from provkg.questions.binding import Term
from provkg.vocabulary import NAMESPACES

DRAWS: Final = 20
Drawable = NamedNode | Literal | str | int | float
READ: Final = 20_000
"""Things that are read to draw from: of a larger class, those that come first."""
_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in NAMESPACES.items())
_OF_CLASS: Final = "?x a <%s>"
_WITH_COLUMNS: Final = "?x pvk:hasFeature ?column ; pvk:versionOf ?whole"
_WITH_POINTS: Final = "?series pvk:hasPoint ?point ; pvk:measuredIn ?x"
_BY_PROFILE: Final = (
    "?data pvk:hasProfile ?profile . ?part pvk:subsetOf ?data . { ?x pvk:trainedOn ?part } UNION "
    "{ ?scaled prov:wasDerivedFrom ?part . ?x pvk:trainedOn ?scaled }"
)
_TRANSFORMED: Final = "?run pvk:transformationKind ?kind . ?x prov:wasGeneratedBy ?run"
_SAMPLED: Final = "?whole pvk:samplingStrategy ?strategy . ?x pvk:subsetOf ?whole"
# By path and parameter, or by parameter alone: what a class or a type does not say.
PATTERNS: Final = {
    "models/why-selected model": "?decision pvk:selected ?x",
    "data/columns-made-from data": _WITH_COLUMNS,
    "data/origins-of-column data": _WITH_COLUMNS,
    "training/least-loss-on-data data": "?run pvk:trainingData ?x",
    "training/average-epoch-time run": "?s pvk:metricKind pvk:MetricKind-epochDuration ; pvk:measuredIn ?x",
    "training/average-epoch-time experiment": (
        "?s pvk:metricKind pvk:MetricKind-epochDuration ; pvk:measuredIn/pvk:inExperiment ?x"
    ),
    "training/best-training-accuracy experiment": (
        "?s pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-train ; "
        "pvk:measuredIn/pvk:inExperiment ?x"
    ),
    "lineage/upstream thing": "?x a pvk:ModelVersion",
    "lineage/downstream data": "?x a pvk:DatasetVersion",
    "record": "GRAPH ?g { ?x a pvk:Record }",
    "metric": "VALUES ?x { pvk:MetricKind-accuracy }",
    "data/check-performed check": "VALUES ?x { pvk:MetricKind-missingRatio }",
    "lineage/process-since-step kind": "?run pvk:transformationKind ?x",
    "role": "VALUES ?x { pvk:SplitRole-validation }",
    "kind": "VALUES ?x { pvk:TransformationKind-standardization pvk:TransformationKind-imputation }",
    "preprocessing/outputs-after-setting kind": "VALUES ?x { pvk:TransformationKind-standardization }",
    "preprocessing/outputs-after-setting output": "VALUES ?x { pvk:TransformationKind-standardization }",
    "preprocessing/runs-on-weekday kind": "VALUES ?x { pvk:TransformationKind-imputation }",
    "training/data-behind-metric run": "?series pvk:hasPoint ?point ; pvk:measuredIn ?x",
    "compliance/known-issues model": (
        "?issue pvk:affects ?data . ?part pvk:subsetOf ?data . ?scaled prov:wasDerivedFrom ?part . "
        "?x pvk:trainedOn ?scaled"
    ),
    "compliance/rationale-of-data data": "{ ?one pvk:affects ?x } UNION { ?one pvk:documents ?x }",
    "data/quality data": "?one a pvk:DataQualityMeasurement ; pvk:measures ?x",
    "data/shared-records data": "?set pvk:partitionOf ?x",
    "data/slices data": "?slice a pvk:Slice ; pvk:subsetOf ?x",
    "data/stored-bytes thing": "?check pvk:checkedEntity ?file . ?x pvk:hasFile ?file",
    "data/group-share model": _BY_PROFILE,
    "models/wider-populations model": _BY_PROFILE,
    "data/sampling-steps data": _SAMPLED,
    "data/licences data": _SAMPLED,
    "data/operations data": _TRANSFORMED,
    "preprocessing/step-settings data": _TRANSFORMED,
    "deployment/best-inference-settings model": "?run pvk:usedModel ?x",
    "deployment/settings-of-sample sample": "?run pvk:usedDeployment ?deployment ; pvk:inputData ?x",
    "models/base-models model": "?x pvk:fineTunedFrom ?base",
    "models/same-settings-other-data model": '?run dct:title "baseline" . ?x pvk:trainedBy ?run',
    "models/slice-metrics model": (
        "?slice a pvk:Slice . ?score pvk:measuredOn ?slice ; pvk:measures ?version . ?version pvk:versionOf ?x"
    ),
    "models/transformations model": "?data prov:wasGeneratedBy/pvk:executesPlan ?step . ?x pvk:trainedOn ?data",
    "preprocessing/outputs-of-tagged-inputs kind": "VALUES ?x { pvk:TransformationKind-standardization }",
    "records/below-level record": (
        "?data a pvk:Split . ?model pvk:trainedOn ?data . GRAPH ?g { ?x pvk:describes ?model }"
    ),
    "records/policies thing": "?project pvk:hasPolicy ?policy . ?x pvk:inProject ?project",
    "records/policies partner": "?policy <http://www.w3.org/ns/odrl/2/assignee> ?x",
    "records/redactions record": "?redaction pvk:redacts ?x",
    "training/checkpoints run": "?checkpoint a pvk:Checkpoint ; pvk:trainedBy ?x",
    "training/code-of-run run": "?x pvk:usedCode ?code",
    "training/energy model": "?run pvk:energyKilowattHours ?energy . ?x pvk:trainedBy ?run",
    "training/environment-differences a": "?x pvk:usedDeployment ?deployment",
    "training/environment-differences b": "?x pvk:trainingData ?data",
    "training/learning-curve run": _WITH_POINTS,
    "training/replays run": "?replay pvk:replayOf ?x",
    "training/runs-on-dataset dataset": (
        "{ ?run pvk:trainingData ?data } UNION { ?part pvk:subsetOf ?data } ?data pvk:versionOf ?x"
    ),
    "training/series-points run": _WITH_POINTS,
    "engineer": "?run prov:wasAssociatedWith ?x . ?run pvk:trainingData ?data",
}
WORDS: Final[Mapping[str, tuple[str | int | float, ...]]] = {
    "column": ("income", "age", "region"),
    "feature": ("income", "age", "region"),
    "name": ("learning_rate",),
    "parameter": ("learning_rate", "layers"),
    "value": (0.001, 0.01, 0.1),
    "minimum": (2,),
    "limit": (10,),
    "epoch": (2, 3),
    "row": (0, 1),
    "p": ("learning_rate",),
    "implementation": ("sgd", "model-2", "scale"),
    "preprocessing/outputs-after-setting name": ("with_mean",),
    "preprocessing/outputs-after-setting value": ("true",),
    "preprocessing/runs-on-weekday name": ("columns",),
    "preprocessing/runs-on-weekday value": ("3",),
    "weekday": ("Monday",),
    "action": ("archive", "purge"),
    "data/files-behind-record key": ("customer 0",),
    "data/group-share feature": ("region",),
    "data/group-share value": ("north",),
    "data/incomplete-versions field": ("containsPersonalData", "sensitivity"),
    "data/incomplete-versions level": ("audit",),
    "data/slices label": ("north", "south"),
    "data/slices source": ("warehouse",),
    "models/wider-populations feature": ("age",),
    "preprocessing/outputs-of-tagged-inputs key": ("reason",),
    "preprocessing/outputs-of-tagged-inputs value": ("new month",),
    "records/due by": ("2024-03-01T00:00:00Z", "2025-03-01T00:00:00Z"),
    "records/repeated-submissions key": ("catalogue:0",),
    "training/best-precision implementation": ("sgd", "model-2"),
    "stages": ("split, standardization, training",),
}
OF_TYPE: Final[Mapping[str, tuple[str | int | float, ...]]] = {
    "string": ("customers", "accuracy", "sgd"),
    "integer": (2,),
    "double": (0.1,),
    "decimal": (0.1,),
    "boolean": ("true",),
}
FOLLOWING: Final = {"training/average-epoch-time experiment": ("run", v.inExperiment)}
"""What is drawn as that which another thing that was drawn says."""
AT_ANY_TIME: Final = frozenset({"data/slices", "deployment/periods-of-use"})
"""What is asked of one thing, which a short period would miss."""
SINCE: Final = frozenset({"from", "since", "after", "start", "begin"})
PERIOD: Final = 400
"""Runs that start within a period that is asked for."""


class Drawn:
    """Values for the parameters of questions, drawn from one graph and kept beside it."""

    def __init__(self, index: ReadIndex, runs: int, kept: Path, *, draws: int = DRAWS) -> None:
        self._index, self._runs, self._kept, self._draws = index, runs, kept, draws
        self._found: dict[str, list[str]] = json.loads(kept.read_text()) if kept.exists() else {}

    def terms(self, question: Question, *, optional: bool) -> list[dict[str, Term]]:
        """Return the terms of the question's parameters for each draw, those that may be left out only if `optional`.

        What has a default keeps it, unless words are given for it and the question.
        """
        asked = [each for each in question.params if not each.optional or (optional and _is_drawn(question.path, each))]
        values = {each.name: self._values(question.path, each) for each in asked}
        if not all(values.values()):
            return []
        # Where two things are compared, they are two.
        things = [each.name for each in asked if each.type == "iri"]
        values |= {name: values[name][place:] + values[name][:place] for place, name in enumerate(things)}
        times = self._draws if values else 1
        drawn = [{name: found[turn % len(found)] for name, found in values.items()} for turn in range(times)]
        for each in drawn:
            each |= self._followed(question.path, each)
        found = (bound(question, each, Naming(self._index).resolve) for each in drawn)
        return list({str(each): each for each in found}.values())

    def text(self, question: Question, terms: Mapping[str, Term]) -> str:
        """Return the question's text with `terms` in it."""
        return filled(question, terms, self._index.ledger_graph)

    def things(self, pattern: str) -> list[NamedNode]:
        """Return things that `pattern` binds `?x` to, drawn evenly from those that come first."""
        if pattern not in self._found:
            text = f"{_PREFIXES}SELECT DISTINCT ?x WHERE {{ {pattern} }} LIMIT {READ}"
            found = sorted({row[0].value for row in self._index.query(text).rows if isinstance(row[0], NamedNode)})
            random.Random(0).shuffle(found)
            self._found[pattern] = found[: self._draws]
            self._kept.write_text(json.dumps(self._found, indent=1))
        return [NamedNode(iri) for iri in self._found[pattern]]

    def _values(self, path: str, parameter: Parameter) -> list[Drawable]:
        if parameter.type == "iri":
            return [*self._of_iri(path, parameter)]
        if words := WORDS.get(f"{path} {parameter.name}"):
            return list(words)
        if parameter.type == "dateTime":
            return [*self._moments(early=parameter.name in SINCE, short=path not in AT_ANY_TIME)]
        return list(WORDS.get(parameter.name, OF_TYPE[parameter.type]))

    def _followed(self, path: str, drawn: Mapping[str, Drawable]) -> dict[str, Drawable]:
        """Return what is said by the things in `drawn` of which something else that is asked about is said."""
        found = dict[str, Drawable]()
        for name in drawn:
            first, relation = FOLLOWING.get(f"{path} {name}", ("", v.prov_used))
            thing = drawn.get(first)
            said = self._index.statements(thing, relation) if isinstance(thing, NamedNode) else []
            if said and isinstance(said[0].object, NamedNode):
                found[name] = said[0].object
        return found

    def _of_iri(self, path: str, parameter: Parameter) -> list[NamedNode]:
        pattern = PATTERNS.get(f"{path} {parameter.name}", PATTERNS.get(parameter.name))
        if pattern is not None:
            return self.things(pattern)
        found = [self.things(_OF_CLASS % each.value) for each in parameter.classes or (v.prov_Entity,)]
        mixed = [thing for several in zip(*_filled(found), strict=False) for thing in several]
        return list(dict.fromkeys(mixed))[: self._draws]

    def _moments(self, *, early: bool, short: bool) -> Iterator[str]:
        for turn in range(self._draws):
            first = self._runs * turn // self._draws if short else 0 if early else self._runs
            yield date_time_text(moment(first if early else first + PERIOD))


def _is_drawn(path: str, parameter: Parameter) -> bool:
    return parameter.default is None or f"{path} {parameter.name}" in WORDS


def _filled(found: list[list[NamedNode]]) -> list[list[NamedNode]]:
    """Return the lists that hold something, each repeated to the length of the longest."""
    some = [each for each in found if each]
    longest = max(map(len, some), default=0)
    return [(each * longest)[:longest] for each in some]
