"""Digests of what a file holds rather than of its bytes, for the formats that keep it as it was in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from provkg.capture.digests import digest
from provkg.capture.file_digests import Digest
from provkg.errors import Unreadable

EXACT: Final = frozenset({".npy"})
"""Formats that keep everything that the digest is of: where it differs, the content does."""


def logical_digest(path: Path) -> tuple[Digest | None, str]:
    """Return the digest of the array or rows in the file at `path`, or None and why; nothing is ever unpickled."""
    reading = _FORMATS.get(path.suffix.lower())
    if reading is None:
        return None, f"its digest is of what it holds, which is read from {', '.join(_FORMATS)} alone"
    try:
        return digest(reading(path)), ""
    except ModuleNotFoundError as error:
        return None, f"{error.name} is not installed, which reads it; run: pip install {error.name}"
    except Unreadable as error:
        return None, str(error)
    except Exception as error:  # pyarrow and pandas raise many kinds for a file that is none of theirs
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return None, f"it does not hold what its name says: {error}"


# The packages are imported late: they are the reader's own, and most graphs need none of them.


def _array(path: Path) -> Any:
    import numpy

    try:
        return numpy.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        # Nothing can be mapped of an array without elements; one of objects, which is a pickle, is refused here too.
        return numpy.load(path, allow_pickle=False)


def _parquet(path: Path) -> Any:
    from pyarrow import parquet

    return parquet.read_table(path)


def _arrow(path: Path) -> Any:
    from pyarrow import feather

    return feather.read_table(path, memory_map=True)


def _values(path: Path) -> Any:
    import pandas

    return pandas.read_csv(path, sep="\t" if path.suffix.lower() == ".tsv" else ",")


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _json_lines(path: Path) -> Any:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


_FORMATS: Final[Mapping[str, Callable[[Path], Any]]] = {
    ".npy": _array,
    ".parquet": _parquet,
    ".arrow": _arrow,
    ".feather": _arrow,
    ".csv": _values,
    ".tsv": _values,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
}
