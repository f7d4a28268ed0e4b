"""Files that a program reads whole into a frame: the frame is then known as the data of that file."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from provkg.capture import dataset
from provkg.capture.datasets import read_from
from provkg.capture.defaults import defaults
from provkg.capture.handles import Data
from provkg.capture.known_data import remember
from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call, Observed

READERS: Final = (
    "read_csv",
    "read_table",
    "read_parquet",
    "read_feather",
    "read_json",
    "read_ndjson",
    "read_ipc",
    "read_orc",
    "read_excel",
)
NAMES: Final = ("filepath_or_buffer", "path", "path_or_buf", "io", "source")
OF_SOME_ROWS: Final = frozenset(
    {
        "nrows", "n_rows", "skiprows", "skip_rows", "skipfooter", "skip_rows_after_header", "chunksize", "iterator",
        "filters", "sheet_name", "comment", "comment_prefix", "on_bad_lines", "ignore_errors",
    }
)  # fmt: skip
"""Arguments that leave rows out, or make several frames: what they give is not the file."""
_read: Final[dict[Path, tuple[tuple[Any, ...], Data]]] = {}


def observe_readers(module: ModuleType, observed: Observed) -> None:
    """Watch the functions of `module` that read files into frames."""
    for name in READERS:
        if hasattr(module, name):
            observed.observe(module, name, _observe)


def _observe(call: Call) -> Generator[None, None, None]:
    yield
    given = call.args[0] if call.args else next((call.kwargs[name] for name in NAMES if name in call.kwargs), None)
    if not isinstance(given, str | os.PathLike) or not _is_whole(call):
        return
    attempt("record what was read", lambda: _record(os.fspath(given), call.result))


def _is_whole(call: Call) -> bool:
    left_out = any(_is_said(call.kwargs[name]) for name in OF_SOME_ROWS & call.kwargs.keys())
    return not left_out and hasattr(call.result, "columns") and hasattr(call.result, "shape")


def _record(place: Any, table: Any) -> None:
    text = os.fsdecode(place)
    if "://" in text:
        name = Path(text.partition("?")[0]).stem or text
        remember(dataset(name, table, source=text), table)
        return
    path = Path(text)
    if not path.is_file():
        return
    state = path.stat()
    key = (state.st_size, state.st_mtime_ns, state.st_ino, defaults().folder)
    before, data = _read.get(path.absolute(), (None, None))
    if data is None or before != key:
        data = read_from(path, table)
        _read[path.absolute()] = (key, data)
    else:
        remember(data, table)


def _is_said(value: Any) -> bool:
    return value is not None and not (isinstance(value, int) and value == 0)
