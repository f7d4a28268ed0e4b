"""What recording costs the training thread: a metric call, opening and closing a run, the import; beside its peers.

Run: python -m benchmarks.calls [calls]
Peers are measured where they are installed: pip install prov mlflow
"""

from __future__ import annotations

import logging
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import provkg
from benchmarks import peers
from benchmarks.conditions import conditions, summed_up
from provkg.capture import Data, end_session

IMPORTS = 20
RUNS = 200
SLOW = 40
"""A peer that takes milliseconds gets this share of the calls."""


def main(calls: int) -> None:
    """Print what each recorder costs, side by side."""
    # The process that drains the spool would compete for two cores; it starts when a block ends.
    os.environ["PROVKG_DELIVER"] = "off"
    logging.disable(logging.INFO)
    print(conditions("provkg", "prov", "mlflow", "pyoxigraph"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        provkg.configure(store=folder / "kg", responsible="benchmark")
        data = provkg.dataset("numbers", list(range(10)), source="https://example.org/numbers", synthetic=True)
        _print_metric_calls(calls, folder, data)
        _print_runs(folder, data)
        end_session()
    _print_imports()


def _print_metric_calls(calls: int, folder: Path, data: Data) -> None:
    print("\na metric call, µs (each call timed alone: median, p99, p99.9; then the mean of a block without clocks)")
    print(f"{'':44} {'median':>10} {'p99':>10} {'p99.9':>10} {'mean':>10} {'calls':>8}")
    recorders: list[tuple[str, peers.Recorder, str | None, int]] = [
        ("provkg: run.metric, spool on disk", _metric(data), None, 1),
        ("JSON line into a buffered file", peers.json_lines, None, 1),
        ("JSON line by os.write", peers.written_lines, None, 1),
        ("prov: entity and wasGeneratedBy in memory", peers.prov_document, "prov", 1),
        ("MLflow: log_metric, asynchronous, SQLite", peers.mlflow_metric(asynchronous=True), "mlflow", SLOW),
        ("MLflow: log_metric, SQLite", peers.mlflow_metric(asynchronous=False), "mlflow", SLOW),
    ]
    for name, recorder, package, share in recorders:
        if package is not None and not peers.present(package):
            print(f"{name:44} {package} is not installed")
            continue
        number = calls // share
        with recorder(folder) as call:
            alone = [_seconds(partial(call, 0.5 / (epoch + 1), epoch)) for epoch in range(number)]
            block = _seconds(partial(_each, call, range(number, 2 * number)))
        print(f"{name:44} {summed_up(alone, 1e-6)} {block / number * 1e6:10.2f} {number:8,}")


def _each(call: peers.Call, epochs: range) -> None:
    for epoch in epochs:
        call(0.5 / (epoch + 1), epoch)


def _metric(data: Data) -> peers.Recorder:
    @contextmanager
    def recorder(_folder: Path) -> Iterator[peers.Call]:
        with provkg.training("benchmark", data=data) as run:
            yield lambda value, epoch: run.metric("loss", value, epoch=epoch)

    return recorder


def _print_runs(folder: Path, data: Data) -> None:
    print("\nto open and close an empty run, ms")
    print(f"{'':44} {'median':>10} {'p99':>10} {'p99.9':>10}")

    def run() -> None:
        with provkg.training("benchmark", data=data, params={"learning_rate": 0.1}):
            pass

    print(f"{'provkg: training':44} {_over(run)}")
    if peers.present("mlflow"):
        print(f"{'MLflow: start_run, SQLite':44} {_over(peers.mlflow_run(folder))}")
    else:
        print(f"{'MLflow: start_run, SQLite':44} mlflow is not installed")


def _over(run: Callable[[], object]) -> str:
    run()
    return summed_up([_seconds(run) for _ in range(RUNS)], 1e-3)


def _print_imports() -> None:
    print(f"\nimport in a fresh interpreter, ms, median of {IMPORTS}")
    # What a script uses is loaded at the first use, so both are told.
    statements: list[tuple[str, str | None, int]] = [
        ("import provkg", None, IMPORTS),
        ("import provkg; provkg.training", None, IMPORTS),
        ("import prov.model", "prov", IMPORTS),
        ("import mlflow", "mlflow", IMPORTS // 4),
    ]
    for statement, package, repetitions in statements:
        if package is not None and not peers.present(package):
            print(f"{statement:44} {package} is not installed")
            continue
        median = statistics.median(_import_seconds(statement) for _ in range(repetitions))
        print(f"{statement:44} {median * 1e3:10.1f}")


def _import_seconds(statement: str) -> float:
    code = f"from time import perf_counter as now; start = now(); {statement}; print(now() - start)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def _seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
