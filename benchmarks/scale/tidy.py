"""Tidy tables of the same graph: what a lake of one's own would hold, for engines that are no triple stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.literals import python_value

Row = tuple[object, ...]


@dataclass
class Tables:
    """Rows by table; things are numbered, and `names` gives the number of an IRI."""

    names: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def number(self, thing: object) -> int:
        """Return the number of a thing."""
        return self.names.setdefault(thing.value if isinstance(thing, NamedNode) else str(thing), len(self.names))


COLUMNS = {
    "runs": "run BIGINT, experiment BIGINT",
    "titles": "thing BIGINT, title VARCHAR",
    "versions": "thing BIGINT, whole BIGINT",
    "models": "model BIGINT, run BIGINT",
    "trained_on": "model BIGINT, data BIGINT",
    "settings": "run BIGINT, setting BIGINT",
    "parameters": "setting BIGINT, name VARCHAR, value VARCHAR, number DOUBLE",
    "scores": "observation BIGINT, model BIGINT, kind VARCHAR, role VARCHAR, value DOUBLE",
    "depends": "thing BIGINT, other BIGINT",
    "datasets": "thing BIGINT",
}
_PAIRS = {
    "runs": v.inExperiment,
    "versions": v.versionOf,
    "models": v.trainedBy,
    "trained_on": v.trainedOn,
    "settings": v.parameter,
    "depends": v.dependsOn,
}


def tidied(index: ReadIndex) -> Tables:
    """Return the tables of what `index` holds."""
    tables = Tables()
    for name, relation in _PAIRS.items():
        tables.rows[name] = list(_pairs(tables, index, relation))
    tables.rows["titles"] = [
        (tables.number(t.subject), _value(t.object)) for t in index.statements(predicate=v.dct_title)
    ]
    tables.rows["parameters"] = list(_parameters(tables, index))
    tables.rows["scores"] = list(_scores(tables, index))
    kinds = (v.DatasetVersion, v.Split, v.Slice)
    found = (t.subject for kind in kinds for t in index.statements(predicate=v.rdf_type, target=kind))
    tables.rows["datasets"] = [(number,) for number in sorted({tables.number(thing) for thing in found})]
    return tables


def _pairs(tables: Tables, index: ReadIndex, relation: NamedNode) -> Iterator[Row]:
    for said in index.statements(predicate=relation):
        yield tables.number(said.subject), tables.number(said.object)


def _parameters(tables: Tables, index: ReadIndex) -> Iterator[Row]:
    values = {t.subject: t.object for t in index.statements(predicate=v.paramValue)}
    for said in index.statements(predicate=v.paramName):
        value = _value(values.get(said.subject))
        number = float(value) if isinstance(value, int | float) else None
        yield tables.number(said.subject), _value(said.object), str(value), number


def _scores(tables: Tables, index: ReadIndex) -> Iterator[Row]:
    kinds, roles = (_by_subject(index, each) for each in (v.metricKind, v.onSplitRole))
    of = _by_subject(index, v.measures)
    values = [*index.statements(predicate=v.value), *index.statements(predicate=v.lastValue)]
    for said in values:
        if said.subject in of:
            kind, role = (_local(each.get(said.subject)) for each in (kinds, roles))
            yield tables.number(said.subject), tables.number(of[said.subject]), kind, role, _value(said.object)


def _by_subject(index: ReadIndex, relation: NamedNode) -> dict[object, object]:
    return {said.subject: said.object for said in index.statements(predicate=relation)}


def _local(term: object) -> str | None:
    return term.value.rpartition("-")[2] if isinstance(term, NamedNode) else None


def _value(term: object) -> object:
    return python_value(term) if isinstance(term, Literal) else None


def parameters_of(rows: Iterable[Row]) -> dict[object, tuple[object, object]]:
    """Return name and value of each setting."""
    return {setting: (name, value) for setting, name, value, _ in rows}
