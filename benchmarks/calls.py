"""What recording costs the training thread: a metric call, opening and closing a run, the import; beside its peers.

Run: python -m benchmarks.calls [calls]
Peers are measured where they are installed: pip install prov mlflow
"""

from __future__ import annotations

import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import provkg
from benchmarks import peers
from benchmarks.conditions import conditions, summed_up
from provkg.capture import Data, end_session

IMPORTS = 20
RUNS = 200
ROUNDS = 20
SLOW = 40
"""A peer that takes milliseconds gets this share of the calls."""
Recorder = tuple[str, peers.Recorder, str | None, int]
"""Its name, what it begins with, the package that it needs, and what share of the calls it gets."""


def main(calls: int) -> None:
    """Print what each recorder costs, side by side."""
    # The process that drains the spool would compete for two cores; it starts when a block ends.
    os.environ["PROVKG_DELIVER"] = "off"
    logging.disable(logging.INFO)
    print(conditions("provkg", "prov", "mlflow", "pyoxigraph"))
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_FOLDER")) as place:
        folder = Path(place)
        _print_metric_calls(calls, folder, _recorders(_begin(folder)))
        end_session()
        # Which way points go is chosen once for a process' spool, so the other way is measured after the rest.
        os.environ["PROVKG_SPOOL_MAPPED"] = "off"
        _print_metric_calls(calls, folder, [("provkg: run.metric, a frame each", _metric(_begin(folder)), None, 1)])
        del os.environ["PROVKG_SPOOL_MAPPED"]
        end_session()
        _print_runs(folder, _begin(folder))
        end_session()
    _print_imports()


def _begin(folder: Path) -> Data:
    provkg.configure(store=folder / "kg", responsible="benchmark")
    return provkg.dataset("numbers", list(range(10)), source="https://example.org/numbers", synthetic=True)


def _recorders(data: Data) -> list[Recorder]:
    return [
        ("provkg: loss = run.series; loss(v, step)", _bound(data), None, 1),
        ("provkg: run.metric(name, v, epoch=)", _metric(data), None, 1),
        ("provkg: task(used, made), known data", _task(data, data), None, 1),
        ("provkg: task(used, SHA-256)", _task(data, "ab" * 32), None, 1),
        ("JSON line into a buffered file", peers.json_lines, None, 1),
        ("JSON line by os.write", peers.written_lines, None, 1),
        ("prov: entity and wasGeneratedBy in memory", peers.prov_document, "prov", 1),
        ("MLflow: log_metric, asynchronous, SQLite", peers.mlflow_metric(asynchronous=True), "mlflow", SLOW),
        ("MLflow: log_metric, SQLite", peers.mlflow_metric(asynchronous=False), "mlflow", SLOW),
    ]


def _print_metric_calls(calls: int, folder: Path, recorders: list[Recorder]) -> None:
    print("\na metric call, µs (each call timed alone: median, p99, p99.9; then the mean of blocks without clocks)")
    print(f"{'':44} {'median':>10} {'p99':>10} {'p99.9':>10} {'mean':>10} {'calls':>8}")
    present = [each for each in recorders if each[2] is None or peers.present(each[2])]
    with ExitStack() as stack:
        open_calls = {name: (stack.enter_context(begin(folder)), share) for name, begin, _, share in present}
        alone, blocks = _interleaved(open_calls, calls)
    for name, _, package, _ in recorders:
        if name in alone:
            mean = statistics.mean(blocks[name]) * 1e6
            print(f"{name:44} {summed_up(alone[name], 1e-6)} {mean:10.2f} {len(alone[name]):8,}")
        else:
            print(f"{name:44} {package} is not installed")


def _interleaved(
    open_calls: dict[str, tuple[peers.Call, int]], calls: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the seconds of single calls and the means of blocks, taken in rounds of shuffled order."""
    alone: dict[str, list[float]] = {name: [] for name in open_calls}
    blocks: dict[str, list[float]] = {name: [] for name in open_calls}
    order, shuffled = list(open_calls), random.Random(ROUNDS)
    for part in range(ROUNDS):
        shuffled.shuffle(order)
        for name in order:
            call, share = open_calls[name]
            number = calls // ROUNDS // share
            epochs = range(2 * part * number, (2 * part + 1) * number)
            alone[name] += [_seconds(partial(call, 0.5 / (epoch + 1), epoch)) for epoch in epochs]
            block = range(epochs.stop, epochs.stop + number)
            blocks[name].append(_seconds(partial(_each, call, block)) / number)
            peers.settle()
    return alone, blocks


def _each(call: peers.Call, epochs: range) -> None:
    for epoch in epochs:
        call(0.5 / (epoch + 1), epoch)


def _metric(data: Data) -> peers.Recorder:
    @contextmanager
    def recorder(_folder: Path) -> Iterator[peers.Call]:
        with provkg.training("benchmark", data=data) as run:
            yield lambda value, epoch: run.metric("loss", value, epoch=epoch)

    return recorder


def _task(used: Data, made: Data | str) -> peers.Recorder:
    @contextmanager
    def recorder(_folder: Path) -> Iterator[peers.Call]:
        with provkg.run("benchmark of a task"):
            work = provkg.task("normalise", params={"by": 2})
            yield lambda _value, _epoch: work(used, made)

    return recorder


def _bound(data: Data) -> peers.Recorder:
    @contextmanager
    def recorder(_folder: Path) -> Iterator[peers.Call]:
        with provkg.training("benchmark of a bound series", data=data) as run:
            yield run.series("loss")

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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
