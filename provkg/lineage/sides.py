"""What is known of one of two things that are compared, and of a repetition also what it repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provkg.lineage.columns import Columns, column_facts
from provkg.lineage.measured import Measured, metric_facts

Facts = Mapping[str, str]
Place = tuple[str, str]
"""A facet, and what stands before the names of columns there."""


@dataclass(frozen=True)
class Side:
    """What is known of one thing: facts by their names, facet by facet, and what both sides are needed to tell."""

    facets: Mapping[str, Facts]
    columns: Mapping[Place, Columns]
    measured: tuple[Measured, ...] = ()
    absent: frozenset[str] = frozenset()
    """The properties that it declares to lack."""
    repeats: str | None = None
    """The run that it repeats, where facts were taken from that."""
    taken: tuple[str, ...] = ()
    """The facets of which some were."""


def facets_of(left: Side, right: Side) -> tuple[Mapping[str, Facts], Mapping[str, Facts]]:
    """Return the facts of both, facet by facet, the factors first."""
    found = tuple({name: dict(facts) for name, facts in side.facets.items()} for side in (left, right))
    for facet, before in {**left.columns, **right.columns}:
        one, other = (side.columns.get((facet, before), Columns()) for side in (left, right))
        for facets, facts in zip(found, column_facts(one, other, before), strict=True):
            facets.setdefault(facet, {}).update(facts)
    for facets, facts in zip(found, metric_facts(left.measured, right.measured), strict=True):
        facets.setdefault("metrics", {}).update(facts)
    return found[0], found[1]


def repeated(own: Side, first: Side, called: str) -> Side:
    """Return the repetition `own` of `first` with what it does not state itself; its machine is never taken over."""
    uses = {_use(fact) for fact in own.facets.get("data", {})}
    kept = {fact: value for fact, value in first.facets.get("data", {}).items() if _use(fact) not in uses}
    facets: dict[str, Facts] = {
        **own.facets,
        "data": kept | {**own.facets.get("data", {})},
        "code": own.facets.get("code") or first.facets.get("code", {}),
        **{name: {**first.facets.get(name, {}), **own.facets.get(name, {})} for name in ("settings", "seeds")},
    }
    columns = {
        place: each for place, each in first.columns.items() if place[0] == "data" and _use(place[1]) not in uses
    }
    taken = tuple(name for name, facts in facets.items() if facts != own.facets.get(name, {}))
    return replace(own, facets=facets, columns={**columns, **own.columns}, repeats=called, taken=taken)


def _use(fact: str) -> str:
    return fact.partition(":")[0]
