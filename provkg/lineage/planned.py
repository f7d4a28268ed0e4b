"""The steps of a pipeline, or one step, as facts: what each does, with what and how, and their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pyoxigraph import NamedNode

Asked = Callable[..., Any]
Text = Callable[[Any], str | None]
STEPS: Final = """
SELECT DISTINCT ?step ?name ?kind ?package ?version WHERE {
  ?_thing pvk:hasStep? ?step . ?step a pvk:Step .
  OPTIONAL { ?step dct:title ?name }
  OPTIONAL { ?step pvk:transformationKind ?kind }
  OPTIONAL {
    ?step pvk:implementation ?code
    OPTIONAL { ?code pvk:packageName ?package } OPTIONAL { ?code pvk:packageVersion ?version }
  }
} ORDER BY ?name ?step ?kind ?package ?version"""
# A step is what it is by its settings, so that all runs of one have the same.
_SETTINGS: Final = """
SELECT DISTINCT ?step ?name ?value WHERE {
  ?_thing pvk:hasStep? ?step . ?run pvk:executesPlan ?step ; pvk:parameter ?setting .
  ?setting pvk:paramName ?name ; pvk:paramValue ?value .
} ORDER BY ?step ?name ?value"""
_ORDER: Final = "SELECT DISTINCT ?step ?next WHERE { ?_thing pvk:hasStep ?step , ?next . ?step pvk:precedes ?next }"


def steps_of(asked: Asked, text: Text, pipeline: NamedNode) -> dict[str, str]:
    """Return what is planned in `pipeline`, step by step; one step more leaves the facts of the others as they are."""
    names: dict[Any, str] = {}
    said: dict[Any, dict[str, None]] = {}
    for step, name, kind, package, version in asked(STEPS, _thing=pipeline).rows:
        names[step] = text(name) or step.value.rpartition("/")[2]
        code = "@".join(part for part in (text(package), text(version)) if part)
        said.setdefault(step, {}).update(dict.fromkeys(word for word in (text(kind), code) if word))
    for step, name, value in asked(_SETTINGS, _thing=pipeline).rows:
        said[step][f"{text(name)}={text(value)}"] = None
    if not names:
        return {}
    before = {(step, after) for step, after in asked(_ORDER, _thing=pipeline).rows}
    facts: dict[str, list[str]] = {}
    for step, name in names.items():
        facts.setdefault(f"step {name}", []).append(", ".join(said[step]) or "there")
    found = {fact: "; ".join(values) for fact, values in facts.items()}
    return found | {"order": ", ".join(names[step] for step in _in_order(names, before))}


def _in_order(names: Mapping[Any, str], before: set[tuple[Any, Any]]) -> list[Any]:
    """Return the steps by how many come before them, of as many by name."""
    earlier: dict[Any, set[Any]] = {step: set() for step in names}
    grown = True
    while grown:
        grown = False
        for step, after in before:
            more = {step, *earlier[step]} - earlier[after]
            earlier[after] |= more
            grown = grown or bool(more)
    return sorted(names, key=lambda step: (len(earlier[step]), names[step]))
