"""Past models that learned from more than one column's range in a model's data, or from data prepared otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.answers.asked import Asked, Row
from provkg.answers.profiles import Column, check_column
from provkg.literals import double, literal
from provkg.questions.terms import short
from provkg.sparql import substitute

_MODELS: Final = f"""
SELECT DISTINCT ?model ?data WHERE {{
  ?model {v.trainedOn} ?data .
  OPTIONAL {{ ?model {v.prov_generatedAtTime} ?made }}
  OPTIONAL {{ ?_model {v.prov_generatedAtTime} ?limit }}
  FILTER(COALESCE(?made <= ?limit, true))
}} ORDER BY ?model ?data"""
_PROFILES: Final = f"""
SELECT DISTINCT ?json WHERE {{
  {{ SELECT DISTINCT ?source WHERE {{ ?_data {v.dependsOn}* ?source }} }}
  ?source {v.hasProfile}/{v.profileJson} ?json .
}} ORDER BY ?json"""
_PREPARED: Final = f"""
SELECT DISTINCT ?kind WHERE {{
  {{ SELECT DISTINCT ?source WHERE {{ ?_data {v.dependsOn}* ?source }} }}
  ?source {v.prov_wasGeneratedBy}/{v.transformationKind} ?kind .
}} ORDER BY ?kind"""
_MEASURED: Final = f"""
SELECT DISTINCT ?role ?on ?value WHERE {{
  ?measure {v.measures} ?_model ; {v.metricKind} ?_metric .
  {{ ?measure {v.lastValue} ?value }} UNION {{ ?measure a {v.MetricObservation} ; {v.value} ?value }}
  OPTIONAL {{ ?measure {v.onSplitRole} ?role }}
  OPTIONAL {{ ?measure {v.measuredOn} ?on }}
}} ORDER BY ?role ?on ?value"""


@dataclass(frozen=True)
class Learned:
    """What a model learned from: the span of one column, where a profile tells it, and how the data was prepared."""

    least: float | None
    greatest: float | None
    prepared: frozenset[str]

    def spans_more(self, other: Learned) -> bool:
        """Whether the column reaches beyond that of `other`, and nowhere less far."""
        if self.least is None or self.greatest is None or other.least is None or other.greatest is None:
            return False
        beyond = self.least < other.least or self.greatest > other.greatest
        return beyond and self.least <= other.least and self.greatest >= other.greatest


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row for each measure of such a model, or one where it has none."""
    own = asked.thing("model")
    if own is None:
        return
    data: dict[NamedNode, tuple[NamedNode, ...]] = defaultdict(tuple)
    for model, each in _ask(asked, _MODELS, _model=own):
        data[model] += (each,)
    profiles = {json.value for each in data[own] for (json,) in _ask(asked, _PROFILES, _data=each)}
    # Many models learn from the same data.
    learned = cache(lambda learned_from: _learned(asked, learned_from))
    ours = learned(data.pop(own, ()))
    check_column(asked.text("feature") or "", profiles)
    for model, learned_from in data.items():
        theirs = learned(learned_from)
        wider, otherwise = theirs.spans_more(ours), theirs.prepared != ours.prepared
        if wider or otherwise:
            said: dict[str, Any] = {
                "model": model,
                "least": None if theirs.least is None else double(theirs.least),
                "greatest": None if theirs.greatest is None else double(theirs.greatest),
                "wider": literal(wider),
                "preparedBy": Literal(", ".join(sorted(theirs.prepared))),
                "preparedOtherwise": literal(otherwise),
            }
            measures = _ask(asked, _MEASURED, _model=model, _metric=asked.values["metric"])
            for role, on, value in measures or [(None, None, None)]:
                yield {**said, "role": role, "measuredOn": on, "value": value}


def _learned(asked: Asked, data: Sequence[NamedNode]) -> Learned:
    texts = {json.value for each in data for (json,) in _ask(asked, _PROFILES, _data=each)}
    columns = [column for text in texts if (column := Column.of(text, asked.text("feature") or ""))]
    least = [each for column in columns if (each := column.least) is not None]
    greatest = [each for column in columns if (each := column.greatest) is not None]
    prepared = frozenset(short(kind) for each in data for (kind,) in _ask(asked, _PREPARED, _data=each))
    return Learned(min(least, default=None), max(greatest, default=None), prepared)


def _ask(asked: Asked, query: str, **terms: NamedNode | Literal) -> list[Any]:
    return list(asked.index.query(substitute(query, terms)).rows)
