"""How fast digests of full content are taken: of files, arrays, tables, their rows, and items that pass.

Run: python -m benchmarks.digests [megabytes]
What is measured where it is installed: pip install pandas polars pyarrow torch
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.conditions import conditions, installed
from provkg.capture.digests import Items, digest, encoded
from provkg.capture.file_digests import file_digests
from provkg.capture.model_files.reading import facts_of
from provkg.capture.row_bytes import rows_of
from provkg.capture.row_digests import keep, kept, shared
from provkg.folder import Folder

ROUNDS = 5
COLUMNS = 10
ROWS = 1_000_000
ITEMS = 20_000


def main(megabytes: int) -> None:
    """Print how fast each is, the median of some rounds."""
    print(conditions("numpy", "pandas", "polars", "pyarrow", "torch"))
    chance = np.random.default_rng(1)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_FOLDER")) as place:
        _print_bytes(Path(place), megabytes, chance)
        _print_rows(Path(place), chance)
        _print_items(chance)
        _print_models(Path(place), megabytes)


def _print_bytes(place: Path, megabytes: int, chance: np.random.Generator) -> None:
    print(f"\nfull content, GB/s, {megabytes:,} MB each")
    content = chance.integers(0, 255, megabytes << 20, dtype="u1")
    files = [place / f"{number}.bin" for number in range(4)]
    for file, part in zip(files, np.array_split(content, len(files)), strict=True):
        file.write_bytes(part.tobytes())
    whole = place / "whole.bin"
    whole.write_bytes(content.tobytes())
    raw = content.tobytes()
    _print("SHA-256 alone, in memory", lambda: sha256(raw), len(raw) / 1e9)
    _print("one file", lambda: file_digests([whole]), len(raw) / 1e9)
    _print("four files, two threads", lambda: file_digests(files), len(raw) / 1e9)
    _print("numpy array", lambda: digest(content), len(raw) / 1e9)
    for library, table in _tables(content.view("f8").reshape(-1, COLUMNS)[:, :]):
        _print(f"{library}, {COLUMNS} columns of floats", partial(digest, table), len(raw) / 1e9)


def _tables(values: Any) -> Iterator[tuple[str, Any]]:
    named = {f"c{number}": np.ascontiguousarray(values[:, number]) for number in range(values.shape[1])}
    if installed("pandas"):
        import pandas as pd

        yield "pandas", pd.DataFrame(named)
    if installed("polars"):
        import polars as pl

        yield "polars", pl.DataFrame(named)
    if installed("pyarrow"):
        import pyarrow as pa

        yield "Arrow", pa.table(named)


def _print_rows(place: Path, chance: np.random.Generator) -> None:
    print(f"\ndigests of rows, million rows a second, {ROWS:,} rows")
    folder = Folder.create(place / "kg", base="https://example.org/")
    values = chance.random((ROWS, COLUMNS))
    for library, table in _tables(values):
        _print(f"{library}, {COLUMNS} columns of floats", partial(_kept_rows, table, folder), ROWS / 1e6)
    _print("numpy array and labels", lambda: keep(rows_of((values, np.arange(ROWS)), encoded), folder), ROWS / 1e6)
    texts = [f"row {number}" for number in range(ROWS)]
    if installed("polars"):
        import polars as pl

        frame = pl.DataFrame({"n": np.arange(ROWS), "t": texts})
        _print("polars, a number and a text", lambda: keep(rows_of(frame, encoded), folder), ROWS / 1e6)
    both = kept(keep(rows_of(values, encoded), folder), folder)
    _print("what two of a million share", lambda: shared(both, both), ROWS / 1e6)


def _kept_rows(table: Any, folder: Folder) -> str:
    return keep(rows_of(table, encoded), folder)


def _print_items(chance: np.random.Generator) -> None:
    print(f"\nitems as they pass, µs an item, {ITEMS:,} items")
    images = [(image, 1) for image in chance.random((64, 3, 32, 32), dtype="f4")]
    rows = [{"a": 1, "b": 0.5, "c": "text"}] * 64
    for name, some in (("images of 12 kB with a label", images), ("rows of three values", rows)):
        seconds = [_seconds(partial(_take, some)) / ITEMS for _ in range(ROUNDS)]
        print(f"{name:44} {statistics.median(seconds) * 1e6:10.2f}")


def _take(some: list[Any]) -> None:
    taken = Items()
    for number in range(ITEMS):
        taken.take(some[number % len(some)])


def _print_models(place: Path, megabytes: int) -> None:
    print("\nwhat a model's file says, ms")
    if not installed("torch"):
        print("torch is not installed")
        return
    import torch

    torch.save({f"layer.{n}": torch.zeros(1000, megabytes) for n in range(250)}, place / "m.pt")
    seconds = statistics.median(_seconds(lambda: facts_of(place / "m.pt")) for _ in range(ROUNDS))
    print(f"{'torch, 250 tensors, ' + format(megabytes, ',') + ' MB':44} {seconds * 1e3:10.2f}")


def _print(name: str, act: Callable[[], object], amount: float) -> None:
    median = statistics.median(_seconds(act) for _ in range(ROUNDS))
    print(f"{name:44} {amount / median:10.2f}")


def _seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
