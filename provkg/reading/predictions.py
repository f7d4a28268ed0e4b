"""What stands behind one row of a file of predictions: the model version, and the exact data that trained it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from provkg.capture.table_files import table_file
from provkg.errors import BadParameter
from provkg.lineage import Node, node
from provkg.sparql import prologue, substitute

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.reading.traces import Traces

FORMATS: Final = ("text", "json")
QUESTION: Final = "deployment/training-slice-of-prediction"
_PROLOGUE: Final = prologue("pvk", "prov", "dct")
_SINGLE: Final = "SELECT ?single WHERE { ?single pvk:inBatch ?_batch ; pvk:rowIndex ?_row } ORDER BY ?single LIMIT 1"
_SAID: Final = """
SELECT ?count ?value ?confidence WHERE {
  OPTIONAL { ?_batch pvk:recordCount ?count }
  OPTIONAL { ?_single pvk:predictedValue ?value } OPTIONAL { ?_single pvk:confidence ?confidence }
} ORDER BY ?count ?value ?confidence LIMIT 1"""
_INPUTS: Final = """
SELECT DISTINCT ?data WHERE {
  { ?_batch prov:wasGeneratedBy/pvk:inputData ?data } UNION { ?_batch prov:wasDerivedFrom ?data .
    ?data a pvk:DatasetVersion }
} ORDER BY ?data"""
_PART: Final = """
SELECT ?role ?rows ?digest ?membership WHERE {
  OPTIONAL { ?_part pvk:splitRole ?role } OPTIONAL { ?_part pvk:recordCount ?rows }
  OPTIONAL { ?_part pvk:sha256 ?digest } OPTIONAL { ?_part pvk:membershipDigest ?membership }
} ORDER BY ?role ?rows ?digest ?membership LIMIT 1"""


@dataclass(frozen=True)
class Part:
    """A part of a dataset that the training data was made from; `membership` is the digest of which rows it has."""

    part: Node
    of: Node | None
    role: str | None
    rows: int | None
    sha256: str | None
    membership: str | None


@dataclass(frozen=True)
class Prediction:
    """A row of a batch of predictions, with what stands behind it."""

    batch: Node
    row: int
    single: Node | None
    """The prediction, where it was recorded by itself."""
    value: str | None
    confidence: str | None
    cells: dict[str, str]
    """The row of the file at hand."""
    model: Node | None
    inputs: tuple[Node, ...]
    trained_on: tuple[Node, ...]
    parts: tuple[Part, ...]

    def text(self, format: str = "text") -> str:  # noqa: A002 - the word that people type
        """Return it in words or as JSON."""
        if format not in FORMATS:
            raise BadParameter(f"{format!r} is no format of a prediction; take one of {', '.join(FORMATS)}")
        if format == "json":
            return json.dumps(self._document(), ensure_ascii=False, indent=2) + "\n"
        lines = self._lines()
        width = max(len(head) for head, _ in lines)
        return "\n".join([f"{self.batch.label} row {self.row}", *(f"  {a.ljust(width)}  {b}" for a, b in lines)]) + "\n"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        rows = "".join(f"<tr><th>{escape(head)}</th><td>{escape(text)}</td></tr>" for head, text in self._lines())
        return f"<table><caption>{escape(self.batch.label)} row {self.row}</caption>{rows}</table>"

    def _lines(self) -> list[tuple[str, str]]:
        sure = f" (confidence {self.confidence})" if self.confidence is not None else ""
        lines = [("predicted", f"{self.value}{sure}")] if self.value is not None else []
        lines += (
            [("in the file", ", ".join(f"{head} {cell}" for head, cell in self.cells.items()))] if self.cells else []
        )
        lines.append(("model", self.model.label if self.model is not None else "not recorded"))
        lines += [("of", f"row {self.row} of {each.label}") for each in self.inputs]
        lines += [("trained on", each.label) for each in self.trained_on] or [("trained on", "not recorded")]
        lines += [("made from", _told(each)) for each in self.parts]
        return lines

    def _document(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in ("row", "value", "confidence", "cells")}
        nodes = {name: _iri(getattr(self, name)) for name in ("batch", "single", "model")}
        several = {name: [each.iri for each in getattr(self, name)] for name in ("inputs", "trained_on")}
        parts = [{**vars(each), "part": each.part.iri, "of": _iri(each.of)} for each in self.parts]
        return {**said, **nodes, **several, "parts": parts}


def prediction(reader: Traces, index: ReadIndex, batch: NamedNode, row: int, file: Path | None = None) -> Prediction:
    """Return what stands behind row `row`, counted from 0, of `batch`; `file` holds it, where it is at hand."""
    single = next(
        (each for (each,) in _asked(index, _SINGLE, _batch=batch, _row=Literal(row)) if _is_named(each)), None
    )
    count, value, confidence = _asked(index, _SAID, _batch=batch, _single=single or batch)[0]
    called = node(index, batch)
    rows = int(count.value) if count is not None else table_file(file).count if file is not None else None
    cells = {} if file is None else _cells(file, row)
    # A file may number its rows itself.
    if row < 0 or (rows is not None and row >= rows and single is None and not cells):
        known = f"{rows:,} rows, 0 to {rows - 1:,}" if rows else "rows from 0" if rows is None else "no rows"
        raise BadParameter(f"{called.label} has no row {row}; it has {known}")
    found = list(reader.ask(QUESTION, prediction=(single or batch).value))
    models = _nodes(index, [each["model"] for each in found])
    return Prediction(
        batch=called,
        row=row,
        single=None if single is None else node(index, single),
        value=None if value is None else value.value,
        confidence=None if confidence is None else f"{float(confidence.value):g}",
        cells=cells,
        model=models[0] if models else None,
        inputs=_nodes(index, [each.value for (each,) in _asked(index, _INPUTS, _batch=batch)]),
        trained_on=_nodes(index, [each["data"] for each in found if each["data"]]),
        parts=_parts(index, found),
    )


def _parts(index: ReadIndex, found: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    whole = {each["part"]: each["dataset"] for each in found if each["part"]}
    return tuple(_part(index, NamedNode(part), of) for part, of in whole.items())


def _part(index: ReadIndex, part: NamedNode, of: str | None) -> Part:
    role, rows, digest, membership = _asked(index, _PART, _part=part)[0]
    return Part(
        part=node(index, part),
        of=None if of is None else node(index, NamedNode(of)),
        role=None if role is None else str(role.value).rpartition("-")[2],
        rows=None if rows is None else int(rows.value),
        sha256=None if digest is None else digest.value,
        membership=None if membership is None else membership.value,
    )


def _told(each: Part) -> str:
    of = f" of {each.of.label}" if each.of is not None else ""
    rows = f", {each.rows:,} rows" if each.rows is not None else ""
    membership = f", which rows: {each.membership[:12]}…" if each.membership is not None else ""
    role = f" ({each.role} part{of})" if each.role is not None else f" ({each.part.type_in_words}{of})"
    return f"{each.part.label}{role}{rows}{membership}"


def _cells(file: Path, row: int) -> dict[str, str]:
    """Return the row of a file of comma-separated values, by the numbers in its column `row` where it has one."""
    if file.suffix.lower() != ".csv":
        return {}
    with file.open(encoding="utf-8", errors="replace", newline="") as opened:
        for number, cells in enumerate(csv.DictReader(opened)):
            if cells.get("row", str(number)) == str(row):
                return {str(head): str(cell) for head, cell in cells.items() if head != "row"}
    return {}


def _nodes(index: ReadIndex, iris: list[str]) -> tuple[Node, ...]:
    return tuple(node(index, NamedNode(iri)) for iri in dict.fromkeys(iris))


def _asked(index: ReadIndex, query: str, **terms: NamedNode | Literal) -> Any:
    return index.query(_PROLOGUE + substitute(query, terms)).rows


def _is_named(term: object) -> bool:
    return isinstance(term, NamedNode)


def _iri(each: Node | None) -> str | None:
    return None if each is None else each.iri
