"""Records per second through the whole line: record, gate, ledger on disk, index.

Run: python -m benchmarks.keep [runs]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.conditions import conditions
from benchmarks.runs import generated
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph


def main(runs: int) -> None:
    """Print the rate at which generated runs are kept, one writer, through the door that drained spools take."""
    print(conditions("pyoxigraph", "pyshifty"))
    with tempfile.TemporaryDirectory() as place:
        folder = Folder.create(Path(place) / "kg")
        with KnowledgeGraph.hold(folder) as graph:
            start, kept = perf_counter(), 0
            for record in generated(runs):
                kept += graph.keep(record).accepted
            seconds = perf_counter() - start
        size = sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file())
    print(f"{kept:,} records in {seconds:.1f} s: {kept / seconds:,.0f} records/s; {size / 1e6:.1f} MB on disk")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
