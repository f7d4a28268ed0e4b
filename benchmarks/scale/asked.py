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
READ: Final = 20_000
"""Things that are read to draw from: of a larger class, those that come first."""
_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in NAMESPACES.items())
_OF_CLASS: Final = "?x a <%s>"
_WITH_COLUMNS: Final = "?x pvk:hasFeature ?column ; pvk:versionOf ?whole"
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
    "stages": ("split, standardization, training",),
}
OF_TYPE: Final[Mapping[str, tuple[str | int | float, ...]]] = {
    "string": ("customers", "accuracy", "sgd"),
    "integer": (2,),
    "double": (0.1,),
    "decimal": (0.1,),
    "boolean": ("true",),
}
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

        What has a default keeps it.
        """
        asked = [each for each in question.params if not each.optional or (optional and each.default is None)]
        values = {each.name: self._values(question.path, each) for each in asked}
        if not all(values.values()):
            return []
        # Where two things are compared, they are two.
        things = [each.name for each in asked if each.type == "iri"]
        values |= {name: values[name][place:] + values[name][:place] for place, name in enumerate(things)}
        times = self._draws if values else 1
        drawn = ({name: found[turn % len(found)] for name, found in values.items()} for turn in range(times))
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

    def _values(self, path: str, parameter: Parameter) -> list[NamedNode | Literal | str | int | float]:
        if parameter.type == "iri":
            return [*self._of_iri(path, parameter)]
        if parameter.type == "dateTime":
            return [*self._moments(early=parameter.name in SINCE)]
        words = WORDS.get(parameter.name, OF_TYPE[parameter.type])
        return list(WORDS.get(f"{path} {parameter.name}", words))

    def _of_iri(self, path: str, parameter: Parameter) -> list[NamedNode]:
        pattern = PATTERNS.get(f"{path} {parameter.name}", PATTERNS.get(parameter.name))
        if pattern is not None:
            return self.things(pattern)
        found = [self.things(_OF_CLASS % each.value) for each in parameter.classes or (v.prov_Entity,)]
        mixed = [thing for several in zip(*_filled(found), strict=False) for thing in several]
        return list(dict.fromkeys(mixed))[: self._draws]

    def _moments(self, *, early: bool) -> Iterator[str]:
        for turn in range(self._draws):
            first = self._runs * turn // self._draws
            yield date_time_text(moment(first if early else first + PERIOD))


def _filled(found: list[list[NamedNode]]) -> list[list[NamedNode]]:
    """Return the lists that hold something, each repeated to the length of the longest."""
    some = [each for each in found if each]
    longest = max(map(len, some), default=0)
    return [(each * longest)[:longest] for each in some]
