"""Which versions of data lack what the shapes ask of them."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from provkg.answers.asked import Asked, Row
from provkg.score.reach import Statements
from provkg.score.scoring import answered
from provkg.vocabulary import DatasetVersion

_VERSIONS = f"SELECT DISTINCT ?data {{ ?data a {DatasetVersion} }} ORDER BY ?data"


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each field that a version lacks, version by version."""
    fields, only = asked.fields(asked.text("level") or "standard"), asked.text("field")
    versions = [row[0] for row in asked.index.query(_VERSIONS).rows]
    nodes = [version for version in versions if isinstance(version, NamedNode)]
    for version, told in answered(fields, Statements(asked.index), nodes):
        for field in sorted(told.missing, key=lambda each: (each.name, each.shape)):
            if only in {None, field.name}:
                said = {"field": field.name, "level": field.level, "missing": field.message, "why": field.why}
                yield {"version": version, **{column: Literal(text) for column, text in said.items()}}
