"""Which versions of data lack what the shapes ask of them."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal

from provkg.answers.asked import Asked, Row
from provkg.graph.auditing import asked_shapes
from provkg.score.lacking import lacking
from provkg.vocabulary import DatasetVersion


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each field that a version lacks, version by version."""
    level = asked.text("level") or "standard"
    fields, shapes = asked.fields(level), asked_shapes(asked.folder, level)
    for version, field in lacking(asked.index, fields, shapes, DatasetVersion, asked.text("field")):
        said = {"field": field.name, "level": field.level, "missing": field.message, "why": field.why}
        yield {"version": version, **{column: Literal(text) for column, text in said.items()}}
