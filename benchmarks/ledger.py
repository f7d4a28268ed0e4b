"""What the ledger takes and gives: appending and acknowledging, verifying, proofs, and a large graph's way back.

A graph of millions of statements is made of copies of some generated records that speak of other things each: through
ledger and index, without the gate.

Run: python -m benchmarks.ledger [statements in millions [keep the graph in DIR]]
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from benchmarks.conditions import conditions, installed, spent
from benchmarks.keep import EPOCHS
from benchmarks.loading import BASE, entry_of
from benchmarks.runs import generated
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.admitting import Gates
from provkg.graph.proving import proof
from provkg.graph.verifying import verification
from provkg.ledger import Entry, Ledger
from provkg.ledger.entry import sealed

T = TypeVar("T")
MODELS = 600
APPENDED = 4096
GROUPS = (1, 16, 128)


def main(millions: float, place: Path) -> None:
    """Print what appending takes beside its bare form, then the figures of a graph of so many statements."""
    print(conditions("provkg", "pyoxigraph", "cryptography"))
    print(f"load {os.getloadavg()[0]:.1f}")
    folder = Folder.create(place / "kg", base=BASE)
    models = _models(folder)
    size = sum(len(entry.lines) for entry in models) / len(models)
    print(f"records of {size:.0f} statements, {sum(map(len, models[0].lines)):,} characters the first")
    _append(place, models)
    _mlflow(place)
    _grow(folder, models, int(millions * 1e6))
    _come_back(folder)
    _verify(folder)


def _models(folder: Folder) -> list[Entry]:
    with KnowledgeGraph.hold(folder) as graph:
        gates = Gates(folder, graph.names)
        return [entry_of(each, graph, gates) for each in islice(generated(MODELS, epochs=EPOCHS), MODELS)]


def _copies(models: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the records again and again, each time about things of other names."""
    for time in count():
        for entry in models:
            lines = tuple(line.replace(f"<{BASE}", f"<{BASE}{time}/") for line in entry.lines)
            yield replace(entry, record=f"{entry.record}-{time}", lines=lines)


def _append(place: Path, models: Sequence[Entry]) -> None:
    entries = list(islice(_copies(models), APPENDED))
    with spent() as took:
        ready = [sealed(entry) for entry in entries]
    print(f"{'sealing: salts, commitments, leaf':60} {took.rate(len(ready))}")
    for size in GROUPS:
        some = ready if size > 1 else ready[: APPENDED // 4]
        with Ledger.open(place / f"ledger-{size}.db") as ledger, spent() as took:
            for group in _groups(some, size):
                ledger.append(group)
        print(f"{f'ledger: append and acknowledge, {size} a transaction':60} {took.rate(len(some))}")
        with closing(_bare(place / f"bare-{size}.db")) as bare, spent() as took:
            for group in _groups(some, size):
                with bare:
                    bare.executemany("INSERT INTO text VALUES (?, ?)", ((e.record, "\n".join(e.lines)) for e in group))
        print(f"{f'bare SQLite, the same text, {size} a transaction':60} {took.rate(len(some))}")


def _bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE text (record TEXT PRIMARY KEY, lines TEXT NOT NULL)")
    return connection


def _mlflow(place: Path) -> None:
    """Log a run of the same content with MLflow: its own table of runs, parameters, tags and metrics."""
    if installed("mlflow") is None:
        print(f"{'MLflow':60} not installed")
        return
    for kind, uri in (("SQLite", f"sqlite:///{place / 'mlflow.db'}"), ("files", f"file://{place / 'mlruns'}")):
        environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true"}
        made = subprocess.run([sys.executable, "-c", RUNS, uri], capture_output=True, text=True, env=environment)
        print(
            f"{f'MLflow, {kind}: one run with 8 parameters, 5 metrics, 10 tags':60} {made.stdout.strip() or 'failed'}"
        )


RUNS = """
import sys, time
import mlflow
from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
experiment = client.create_experiment("sweep")
def run():
    made = client.create_run(experiment)
    params = [Param(f"p{n}", str(n)) for n in range(8)]
    metrics = [Metric(f"m{n}", n / 7, int(time.time() * 1000), 0) for n in range(5)]
    client.log_batch(made.info.run_id, metrics, params, [RunTag(f"t{n}", "x" * 20) for n in range(10)])
    client.set_terminated(made.info.run_id)
run()
wall, own = time.perf_counter(), time.process_time()
for _ in range(100):
    run()
wall, own = time.perf_counter() - wall, time.process_time() - own
print(f"{100 / wall:10,.0f} runs/s   {100 / own:10,.0f} a processor's second")
"""


def _grow(folder: Folder, models: Sequence[Entry], statements: int) -> None:
    """Fill the ledger, and let the index catch up."""
    left, entries = statements, _copies(models)
    with Ledger.open(folder.ledger) as ledger:
        while left > 0:
            group = list(islice(entries, 512))
            ledger.append(group)
            left -= sum(len(entry.lines) for entry in group)
        records = ledger.size
    print(f"{records:,} records, {statements - left:,} statements; ledger {folder.ledger.stat().st_size / 1e6:,.0f} MB")
    with spent() as took, KnowledgeGraph.hold(folder) as graph:
        graph.snapshot()
    print(f"{'index: catching up from nothing':60} {took.rate(statements - left, of='statements')}")
    seconds = (took.wall / statements * 1e6, took.own / statements * 1e6)
    print(f"{'rebuilding, a million statements':60} {seconds[0]:10.1f} s        {seconds[1]:10.1f} of a processor")
    size = sum(file.stat().st_size for file in folder.index.rglob("*") if file.is_file())
    print(f"{'index on disk':60} {size / 1e6:10,.0f} MB")


def _come_back(folder: Folder) -> None:
    """Time how long the next process needs until it can keep records, and until a reader can ask."""
    for what in ("again, after a clean end", "once more"):
        with spent() as took:
            graph = KnowledgeGraph.hold(folder)
        print(f"{f'restart: taking the graph {what}':60} {took.wall * 1e3:10.0f} ms       {took.own * 1e3:10.0f} ms")
        graph.close()
    killed = "import os, sys; from pathlib import Path; from benchmarks.ledger import killed; killed(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", killed, str(folder.path)])
    with spent() as took:
        graph = KnowledgeGraph.hold(folder)
    behind = "restart: after a kill, 512 records not in the index"
    print(f"{behind:60} {took.wall * 1e3:10.0f} ms       {took.own * 1e3:10.0f} ms")
    graph.close()


def killed(path: Path) -> None:
    """Add records to the ledger of the graph at `path`, and end before the index has them."""
    folder = Folder.find(path)
    graph = KnowledgeGraph.hold(folder)
    said = [replace(entry, record=f"late-{entry.record}") for entry in islice(_told(graph.ledger), 512)]
    graph.ledger.append(said)
    os._exit(9)


def _told(ledger: Ledger) -> Iterator[Entry]:
    for stored in ledger.entries():
        leaf = stored.leaf
        yield Entry(
            record=leaf.record, type=leaf.type, lines=stored.lines, schema=leaf.schema, level=leaf.level,
            shapes=leaf.shapes, warnings=0, emitter=leaf.emitter, received=leaf.received,
        )  # fmt: skip


def _verify(folder: Folder) -> None:
    walk = verification(folder)
    with spent() as took:
        found = list(walk.damages())
    if found:
        raise SystemExit(f"the ledger must verify: {found[:3]}")
    print(
        f"{'verify, the whole ledger':60} {took.rate(walk.entries)}   {walk.statements / took.wall:,.0f} statements/s"
    )
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        size = ledger.size
        with ledger.proving() as tree:
            longest = max(len(tree.inclusion(at, size)) for at in range(0, size, max(1, size // 500)))
            between = max(len(tree.consistency(before, size)) for before in range(1, size, max(1, size // 500)))
        about = ledger.entry(size // 2)
    print(f"{f'inclusion proof among {size:,}':60} {longest * 32:10,} bytes at most")
    print(f"{'consistency proof':60} {between * 32:10,} bytes at most")
    iri = about.lines[0][1 : about.lines[0].index(">")]
    start = perf_counter()
    bundle = proof(folder, iri)
    print(f"{'bundle of one thing, its records and proofs':60} {len(bundle):10,} bytes, {perf_counter() - start:.2f} s")


def _groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while group := list(islice(left, size)):
        yield group


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0, Path(sys.argv[2] if len(sys.argv) > 2 else temporary))
