"""Which versions of data lack what the shapes ask of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from pyoxigraph import Literal

from provkg.answers.asked import Asked, Row
from provkg.errors import BadParameter
from provkg.graph.auditing import asked_shapes
from provkg.score.lacking import lacking
from provkg.vocabulary import DatasetVersion


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each field that a version lacks, version by version."""
    level = asked.text("level") or "standard"
    fields, shapes = asked.fields(level), asked_shapes(asked.folder, level)
    _check_field(asked.text("field"), {field.name for field in fields.of.values()}, level)
    for version, field in lacking(asked.index, fields, shapes, DatasetVersion, asked.text("field")):
        said = {"field": field.name, "level": field.level, "missing": field.message, "why": field.why}
        yield {"version": version, **{column: Literal(text) for column, text in said.items()}}


def _check_field(wanted: str | None, known: Collection[str], level: str) -> None:
    """Raise `BadParameter` for a field that nothing asks: no row for it would read as if nothing lacked it."""
    if wanted is not None and wanted not in known:
        nearest = get_close_matches(wanted, sorted(known), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"asked are {', '.join(sorted(known))}"
        raise BadParameter(f"field is {wanted!r}, which nothing asks at the level {level}; {hint}")
