"""The runs and models of a graph, with the projects they belong to and when they came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import BadParameter
from provkg.literals import python_value
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.index import ReadIndex

PERIODS: Final = {"month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d"}
_PREFIXES: Final = f"PREFIX pvk: <{NAMESPACES['pvk']}> PREFIX prov: <{NAMESPACES['prov']}>\n"
_THINGS: Final = """
SELECT ?thing (MIN(?when) AS ?first) WHERE {
  { ?thing a pvk:Run } UNION { ?thing a pvk:ModelVersion }
  OPTIONAL { ?thing prov:startedAtTime|prov:generatedAtTime|(prov:wasGeneratedBy/prov:startedAtTime) ?when }
} GROUP BY ?thing ORDER BY ?thing"""
_STATED: Final = """
SELECT DISTINCT ?thing ?project WHERE {
  { ?thing pvk:inProject|(pvk:inExperiment/pvk:inProject)|(pvk:versionOf/pvk:inProject) ?project }
  UNION { ?thing prov:wasGeneratedBy/pvk:inExperiment/pvk:inProject ?project }
}"""
_RECORDED: Final = """
SELECT DISTINCT ?thing ?project WHERE { GRAPH ?ledger { ?record pvk:inProject ?project ; pvk:describes ?thing } }"""


@dataclass(frozen=True)
class Dated:
    """A run or model of a project; one of several projects counts in each."""

    thing: NamedNode
    project: NamedNode | None
    when: datetime | None

    def period(self, by: str | None) -> str | None:
        """Return the month, week or day, in UTC, in which it came about."""
        return None if by is None or self.when is None else self.when.strftime(PERIODS[by])


def check_period(by: str | None) -> None:
    """Raise `BadParameter` unless `by` is a period, or none."""
    if by is not None and by not in PERIODS:
        raise BadParameter(f"{by!r} is no period; take one of {', '.join(PERIODS)}")


def dated_things(index: ReadIndex, project: NamedNode | None = None) -> Iterator[Dated]:
    """Yield the runs and models of `project`, or of all and of none."""
    projects = _projects(index)
    for thing, when in index.query(_PREFIXES + _THINGS).rows:
        if isinstance(thing, NamedNode):
            belongs = sorted(projects.get(thing, ()), key=str)
            for each in belongs if project is None else [p for p in belongs if p == project]:
                yield Dated(thing, each, _moment(when))
            if project is None and not belongs:
                yield Dated(thing, None, _moment(when))


def _projects(index: ReadIndex) -> dict[NamedNode, set[NamedNode]]:
    """Return the projects of things, as they say themselves or as the records that describe them were sent in."""
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for query in (_STATED, _RECORDED):
        for thing, project in index.query(_PREFIXES + query).rows:
            if isinstance(thing, NamedNode) and isinstance(project, NamedNode):
                found[thing].add(project)
    return found


def _moment(term: object) -> datetime | None:
    value = python_value(term) if isinstance(term, Literal) else None
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
