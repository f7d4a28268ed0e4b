"""Records per second from the spool into the graph: the whole line with 1 and 16 emitters, and what its parts take.

Run: python -m benchmarks.keep [runs [workers]]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pyoxigraph import Store

from benchmarks.conditions import Spent, conditions, spent
from benchmarks.loading import entry_of
from benchmarks.runs import SWEEP, generated
from provkg.capture.spool import SpoolWriter, spool_files
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.graph import DrainReport, KnowledgeGraph
from provkg.graph.admitting import Gates
from provkg.graph.following import Following
from provkg.graph.intake import GROUP
from provkg.graph.workers import Workers
from provkg.index import Index, Snapshots
from provkg.ledger import Ledger
from provkg.ledger.entry import sealed
from provkg.records import statements

T = TypeVar("T")
EPOCHS = 1
EMITTERS = 16
SAMPLE = 300


def main(runs: int, workers: int) -> None:
    """Print the rates of the whole line, then those of each part alone, then what lies on disk."""
    print(conditions("provkg", "pyoxigraph", "pyshifty"))
    print(f"load {os.getloadavg()[0]:.1f}; records of generated runs, {EPOCHS} epoch each")
    for helpers in sorted({0, workers}):
        with tempfile.TemporaryDirectory() as place:
            folder = Folder.create(Path(place) / "kg")
            spool(folder, runs)
            _drain(folder, helpers)
    with tempfile.TemporaryDirectory() as place:
        folder = Folder.create(Path(place) / "kg")
        _drain_while_written(folder, runs)
        _print_parts(folder, Path(place), runs)
        _print_bytes(folder)


def spool(folder: Folder, runs: int, first: int = 0) -> SpoolWriter:
    """Write the records of `runs` runs, whose sweeps count from `first`, into a spool file."""
    writer = SpoolWriter(folder.spool)
    for record in generated(runs, first, first=first, epochs=EPOCHS):
        writer.record(record.type, record.descriptions, project=record.project)
    writer.close()
    return writer


def _drain(folder: Folder, workers: int) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        with spent() as took:
            report = graph.drain(workers=workers)
        _print_line(graph, [report], took, f"1 emitter, {workers} processes help to judge")


def _drain_while_written(folder: Folder, runs: int) -> None:
    """Drain again and again while processes write, and until all that they wrote is taken."""
    each = max(SWEEP, runs // EMITTERS // SWEEP * SWEEP)
    command = [sys.executable, "-c", EMITTER, str(folder.path), str(each)]
    with KnowledgeGraph.hold(folder) as graph:
        emitters = [
            subprocess.Popen([*command, str(number * each // SWEEP)], stdout=subprocess.PIPE, text=True)
            for number in range(EMITTERS)
        ]
        _wait_for_the_first(folder)
        reports = list[DrainReport]()
        with spent() as took:
            while not reports or not reports[-1].idle or any(emitter.poll() is None for emitter in emitters):
                reports.append(graph.drain())
        wrote = sum(float(emitter.communicate()[0]) for emitter in emitters)
        took.others -= wrote
        writing = f"{EMITTERS} emitters at once, which take {wrote:.0f} s of the processors themselves"
        _print_line(graph, reports, took, f"{writing}; {len(reports)} drains, processes help when there is much")


EMITTER = """
import sys, time
from pathlib import Path
from benchmarks.keep import spool
from provkg.folder import Folder
spool(Folder.find(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]))
print(time.process_time())
"""


def _wait_for_the_first(folder: Folder) -> None:
    while not any(file.pending() for file in spool_files(folder.spool)):
        time.sleep(0.01)


def _print_line(graph: KnowledgeGraph, reports: list[DrainReport], took: Spent, more: str) -> None:
    stored = sum(report.stored for report in reports)
    if any(report.rejected or report.conflicts for report in reports):
        raise SystemExit(f"generated records must pass the gate: {reports}")
    said = sum(entry.leaf.statements for entry in graph.ledger.entries())
    print(f"{'the whole line: spool, gate, ledger, index, snapshots':60} {took.rate(stored)}")
    print(f"    {stored:,} records of {said / stored:.0f} statements in {took.wall:.1f} s; {more}")


def _print_parts(folder: Folder, place: Path, runs: int) -> None:
    names = folder.names
    with KnowledgeGraph.hold(folder) as graph:
        gates, records = Gates(folder, names), list(islice(generated(runs, epochs=EPOCHS), SAMPLE))
        with spent() as took:
            entries = [entry_of(record, graph, gates) for record in records]
        print(f"{'composing: statements, closure, canonical lines':60} {took.rate(len(entries))}")
        gate, said = gates.gate("minimal", None), [closed(statements(record, names)) for record in records]
        gate.check(said[0])
        with spent() as took:
            for triples in said:
                gate.check(triples)
        print(f"{'gate, with nothing known':60} {took.rate(len(said))}")
    with Ledger.open(place / "ledger.db") as ledger:
        with spent() as took:
            ready = [sealed(entry) for entry in entries]
        print(f"{'sealing':60} {took.rate(len(ready))}")
        for group in _groups(iter(ready), GROUP):
            ledger.append(group)
        _print_index(ledger, folder, place)


def _print_index(ledger: Ledger, folder: Folder, place: Path) -> None:
    with spent() as took:
        changes = [Following(ledger, folder.names).change(entry) for entry in ledger.entries()]
    said = sum(len(change.added) for change in changes)
    print(f"{'reading the ledger for the index':60} {took.rate(said, of='statements')}")
    index = Index.create(place / "index", folder.names.ledger_graph)
    with spent() as took:
        index.apply(changes)
        index.settle()
    print(f"{'index, derived edges included':60} {took.rate(said, of='statements')}")
    with spent() as took:
        Snapshots(place / "snapshots").take(index)
    print(f"{'one snapshot':60} {took.wall * 1e3:10.0f} ms")
    index.abandon()
    for name, bulk in (("bare Oxigraph, one transaction a record", False), ("bare Oxigraph, in bulk", True)):
        store = Store(str(place / name))
        with spent() as took:
            if bulk:
                store.bulk_extend([quad for change in changes for quad in change.added])
            else:
                for change in changes:
                    store.extend(change.added)
            store.flush()
        print(f"{name:60} {took.rate(said, of='statements')}")


def _print_bytes(folder: Folder) -> None:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        records, said = ledger.size, sum(entry.leaf.statements for entry in ledger.entries())
    for name, path in (("ledger", folder.ledger), ("index", folder.index)):
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        size = sum(file.stat().st_size for file in files)
        each = f"{size / records:,.0f} bytes a record, {size / said:,.0f} a statement"
        print(f"{f'{name} on disk':60} {size / 1e6:10.1f} MB   {each}")


def _groups(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while group := list(islice(items, size)):
        yield group


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else 800, given[1] if len(given) > 1 else Workers.useful())
