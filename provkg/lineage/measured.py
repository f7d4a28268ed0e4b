"""What was measured of a thing and of what it made, each number by what it was measured on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pyoxigraph import NamedNode

Asked = Callable[..., Any]
Text = Callable[[Any], str | None]
OF_ITS_MODEL: Final = "its model: "
_PARTS: Final = 5
_IN_OR_OF: Final = "{ ?measure pvk:measuredIn ?_run } UNION { ?measure pvk:measures ?_thing }"
# Checkpoints are looked at on the way; what came of the run are its models.
_OF_MODELS: Final = """?model prov:wasGeneratedBy ?_run ; a pvk:ModelVersion .
  FILTER NOT EXISTS { ?model a pvk:Checkpoint }
  ?measure pvk:measures ?model .
  FILTER NOT EXISTS { ?measure pvk:measuredIn ?_run }"""
_VALUES: Final = """
SELECT DISTINCT ?measure ?kind ?own ?role ?label ?feature ?related ?of ?threshold ?in ?epoch ?step ?value WHERE {
  %s
  ?measure pvk:metricKind ?kind .
  { ?measure pvk:lastValue ?value } UNION { ?measure a pvk:MetricObservation ; pvk:value ?value }
  OPTIONAL { ?kind skos:prefLabel ?own } OPTIONAL { ?measure pvk:onSplitRole ?role }
  OPTIONAL { ?measure pvk:forLabel ?label }
  OPTIONAL { ?measure pvk:forFeature/pvk:featureName ?feature }
  OPTIONAL { ?measure pvk:relatedFeature/pvk:featureName ?related }
  OPTIONAL { ?measure pvk:measures ?measured . ?measured dcat:version ?version BIND(STR(?version) AS ?of) }
  OPTIONAL { ?measure pvk:threshold ?threshold }
  OPTIONAL { ?measure pvk:measuredIn ?run . FILTER(?run != ?_run) OPTIONAL { ?run dct:title ?title }
    BIND(COALESCE(?title, STR(?run)) AS ?in) }
  OPTIONAL { ?measure pvk:atEpoch ?epoch } OPTIONAL { ?measure pvk:atStep ?step }
} ORDER BY ?measure ?own ?role ?label ?feature ?related ?of ?threshold ?in ?epoch ?step ?value"""
_DATA: Final = """
SELECT DISTINCT ?measure ?data ?name ?version ?digest ?slice WHERE {
  %s
  ?measure pvk:measuredOn ?data .
  OPTIONAL { ?data pvk:versionOf/dct:title ?continuing } OPTIONAL { ?data dct:title ?title }
  BIND(COALESCE(?continuing, ?title) AS ?name)
  OPTIONAL { ?data dcat:version ?version } OPTIONAL { ?data pvk:sha256 ?digest }
  OPTIONAL { ?data a pvk:Slice OPTIONAL { ?data pvk:sliceLabel ?label } BIND(COALESCE(?label, ?title, "") AS ?slice) }
}"""


@dataclass(frozen=True)
class Measured:
    """One number: what it is called, and what may tell it from others that are called so."""

    name: str
    value: str
    parts: tuple[str, ...]
    """The data, whether another run measured it, the version of the model, the threshold, and that run."""
    moment: tuple[float, float]
    """The epoch and step; of several, the last counts."""


def measured_of(asked: Asked, text: Text, thing: NamedNode, run: NamedNode) -> tuple[Measured, ...]:
    """Return what was measured of `thing` and in `run`, which made it; of a run, of the models that it made, too."""
    found = _measured(asked, text, _IN_OR_OF, _run=run, _thing=thing)
    if thing != run:
        return tuple(found)
    of_models = _measured(asked, text, _OF_MODELS, _run=run)
    return (*found, *(replace(each, name=f"{OF_ITS_MODEL}{each.name}") for each in of_models))


def metric_facts(left: Sequence[Measured], right: Sequence[Measured]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of both sides, each named by as much as tells it from others, alike on both sides.

    Where one number of each side is compared and they are of different data, a fact more says of which.
    """
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for name in dict.fromkeys(each.name for each in (*left, *right)):
        sides = tuple(_last([each for each in side if each.name == name]) for side in (left, right))
        places = _telling(sides)
        for facts, numbers in zip(found, sides, strict=True):
            facts.update(_facts(name, numbers, places))
        if not places and all(sides):
            data = [side[0].parts[0] for side in sides]
            if data[0] != data[1] and all(data):
                for facts, each in zip(found, data, strict=True):
                    facts[f"{name}: data"] = each
    return found


def _facts(name: str, numbers: Iterable[Measured], places: Sequence[int]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for each in numbers:
        words = (name, *(each.parts[place] for place in places if each.parts[place]))
        found.setdefault(", ".join(words), set()).add(each.value)
    return {fact: ", ".join(sorted(values)) for fact, values in found.items()}


def _telling(sides: Sequence[Sequence[Measured]]) -> list[int]:
    """Return the first parts that are needed to tell the numbers of a side apart, without those in which all agree."""
    numbers = [each for side in sides for each in side]
    various = [place for place in range(_PARTS) if len({each.parts[place] for each in numbers}) > 1]
    for count in range(len(various) + 1):
        places = various[:count]
        if all(len({_key(each, places) for each in side}) == len(side) for side in sides):
            return places
    return various


def _key(measured: Measured, places: Iterable[int]) -> tuple[str, ...]:
    return tuple(measured.parts[place] for place in places)


def _last(numbers: Iterable[Measured]) -> list[Measured]:
    """Return of numbers that were taken again and again the last."""
    found: dict[tuple[str, ...], Measured] = {}
    for each in sorted(numbers, key=lambda measured: (measured.moment, measured.value)):
        found[each.parts] = each
    return [found[parts] for parts in sorted(found)]


def _measured(asked: Asked, text: Text, which: str, **terms: NamedNode) -> Iterator[Measured]:
    data, slices = _data(asked, text, which, **terms)
    seen: set[Any] = set()
    for measure, kind, own, role, label, feature, related, model, threshold, run, epoch, step, value in asked(
        _VALUES % which, **terms
    ).rows:
        if measure in seen:
            continue
        seen.add(measure)
        words = " ".join((text(own) or text(kind) or "", *_word("on", text(role))))
        told = (
            *_word("slice", slices.get(measure)),
            *_word("for", text(label)),
            *_word("of", _pair(text, feature, related)),
        )
        parts = (
            data.get(measure, ""),
            "" if run is None else "measured later",
            *("".join(_word("version", text(model))), "".join(_word("at threshold", text(threshold)))),
            "".join(_word("in", text(run))),
        )
        moment = (float(text(epoch) or -1), float(text(step) or -1))
        yield Measured(", ".join((words, *told)), text(value) or "", parts, moment)


def _data(asked: Asked, text: Text, which: str, **terms: NamedNode) -> tuple[dict[Any, str], dict[Any, str]]:
    """Return by measurement the names of the data that it was taken on, and of the slice, where it is one."""
    data: dict[Any, set[str]] = {}
    slices: dict[Any, set[str]] = {}
    for measure, node, name, version, digest, part in asked(_DATA % which, **terms).rows:
        called = f"{text(name) or text(node)}@{text(version) or (text(digest) or '')[:8]}"
        data.setdefault(measure, set()).add(called.rstrip("@"))
        if part is not None:
            slices.setdefault(measure, set()).add(text(part) or called.rstrip("@"))
    return _joined(data), _joined(slices)


def _joined(names: dict[Any, set[str]]) -> dict[Any, str]:
    return {measure: " and ".join(sorted(each)) for measure, each in names.items()}


def _pair(text: Text, feature: Any, related: Any) -> str | None:
    return " and ".join(each for each in (text(feature), text(related)) if each) or None


def _word(before: str, name: str | None) -> tuple[str, ...]:
    return (f"{before} {name}",) if name else ()
