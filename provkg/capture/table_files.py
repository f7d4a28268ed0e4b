"""How many rows a table in a file has, and which columns, where its format tells without reading it as data."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# Larger texts are not gone through a second time: a third of a second is what whoever waits for the dataset can spare.
MOST_BYTES: Final = 1 << 26
MOST_QUOTED_BYTES: Final = 1 << 24
SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}
LINES: Final = frozenset({".jsonl", ".ndjson"})
Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableFile:
    """What a file tells of its table; None where it does not tell."""

    count: int | None = None
    columns: Columns | None = None

    @property
    def schema(self) -> str | None:
        """The columns as JSON text."""
        return None if not self.columns else json.dumps(self.columns, ensure_ascii=False)


UNKNOWN: Final = TableFile()


def table_file(path: Path) -> TableFile:
    """Return what the file at `path` tells of its table; of another file, nothing."""
    kind = path.suffix.lower()
    try:
        if kind in SEPARATORS:
            return _separated(path, SEPARATORS[kind])
        if kind in LINES:
            return _lines(path)
        if kind == ".npy" and "numpy" in sys.modules:
            return _array(path)
        if kind == ".parquet" and "pyarrow" in sys.modules:
            return _parquet(path)
    except (OSError, ValueError, csv.Error, RecursionError):  # it is not what its name says
        return UNKNOWN
    return UNKNOWN


def _separated(path: Path, separator: str) -> TableFile:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = (row for row in csv.reader(file, delimiter=separator) if row)
        header, first = next(rows, None), next(rows, None)
    if header is None or not _is_header(header):
        return UNKNOWN
    types = map(_type_of, first) if first is not None and len(first) == len(header) else ("str" for _ in header)
    return TableFile(_counted(path, separator), tuple(zip(header, types, strict=True)))


def _is_header(header: list[str]) -> bool:
    # A file without one begins with data, and its first row would be missed.
    return len(set(header)) == len(header) and all(name and _type_of(name) == "str" for name in header)


def _counted(path: Path, separator: str) -> int | None:
    """Return the number of rows below the header; None where counting would take long."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        return None
    rows = _plain_rows(path)
    if rows is None and size <= MOST_QUOTED_BYTES:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = sum(1 for row in csv.reader(file, delimiter=separator) if row)
    return None if rows is None else rows - 1


def _plain_rows(path: Path) -> int | None:
    """Return the number of lines that are not empty; None where a quote may hide a line's end, or lines end oddly."""
    rows = 0
    with path.open("rb") as file:
        for line in file:
            plain = line.rstrip(b"\r\n")
            if b'"' in plain or b"\r" in plain:
                return None
            rows += bool(plain)
    return rows


def _lines(path: Path) -> TableFile:
    if path.stat().st_size > MOST_BYTES:
        return UNKNOWN
    with path.open(encoding="utf-8-sig") as file:
        full = (line for line in file if line.strip())
        first = next(full, None)
        count = sum(1 for _ in full) + (first is not None)
    said = json.loads(first) if first is not None else None
    columns = tuple((name, type(value).__name__) for name, value in said.items()) if isinstance(said, dict) else None
    return TableFile(count, columns)


def _array(path: Path) -> TableFile:
    from provkg.capture import tables

    numpy: Any = sys.modules["numpy"]
    array = numpy.load(path, mmap_mode="r", allow_pickle=False)
    columns = tables.column_types(array)
    few = columns is not None and len(columns) <= tables.MANY_COLUMNS
    return TableFile(tables.row_count(array), tuple(columns) if few and columns is not None else None)


def _parquet(path: Path) -> TableFile:
    from importlib import import_module

    file = import_module("pyarrow.parquet").ParquetFile(path)
    return TableFile(file.metadata.num_rows, tuple((field.name, str(field.type)) for field in file.schema_arrow))


def _type_of(text: str) -> str:
    for kind in (int, float):
        try:
            kind(text)
        except ValueError:
            continue
        return kind.__name__
    return "str"
