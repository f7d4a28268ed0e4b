"""What a long series costs on its way: in the training process, in the one that takes it in, and read back.

Run: python -m benchmarks.long_series [points]
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time

import provkg
from benchmarks.conditions import conditions
from provkg.capture import end_session
from provkg.folder import Folder

Stage = Callable[[Path, int], None]


def main(points: int) -> None:
    """Print seconds, processor seconds and peak memory of each process."""
    print(conditions("provkg", "pyoxigraph"))
    print(f"\na series of {points:,} points; each stage is a process of its own")
    print(f"{'':44} {'seconds':>10} {'processor':>10} {'peak MB':>10}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_FOLDER")) as place:
        store = Path(place) / "kg"
        Folder.create(store, base="https://example.org/kg/")
        _print("recorded, the run closed, the process ended", _train, store, points)
        spool = sum(file.stat().st_size for file in (store / "spool").iterdir())
        _print("taken in: gate, ledger, index, snapshot", _take_in, store, points)
        kept = sum(file.stat().st_size for file in store.rglob("*") if file.is_file() and file.name == "ledger.db")
        _print("read as points", _read, store, points)
    print(f"\nbytes a point: {spool / points:.0f} in the spool, {kept / points:.0f} in the ledger")


def _print(what: str, stage: Stage, store: Path, points: int) -> None:
    parent, child = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_measured, args=(stage, store, points, child))
    process.start()
    seconds, processor, peak = parent.recv()
    process.join()
    print(f"{what:44} {seconds:10.2f} {processor:10.2f} {peak:10.0f}")


def _measured(stage: Stage, store: Path, points: int, told: object) -> None:
    start, used = perf_counter(), process_time()
    stage(store, points)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told.send((perf_counter() - start, process_time() - used, peak))  # type: ignore[attr-defined]  # a pipe's end


def _train(store: Path, points: int) -> None:
    os.environ["PROVKG_DELIVER"] = "off"
    provkg.configure(store=store, responsible="benchmark")
    data = provkg.dataset("numbers", list(range(10)), source="https://example.org/numbers", synthetic=True)
    with provkg.training("long", data=data) as run:
        for step in range(points):
            run.metric("loss", 1 / (step + 1), step=step)
        run.model("m", b"weights")
    end_session()


def _take_in(store: Path, _points: int) -> None:
    from provkg.graph import KnowledgeGraph

    with KnowledgeGraph.hold(Folder.find(store)) as graph:
        graph.drain()


def _read(store: Path, points: int) -> None:
    with provkg.open(str(store)) as graph:
        found = len(graph.ask("learning-curve", run="long", metric="loss").rows)
    if found != points:
        raise SystemExit(f"{found:,} of {points:,} points came back")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
