"""Records per second from the spool into the graph: composing, gate, ledger on disk, index, snapshot, and bytes kept.

Run: python -m benchmarks.keep [runs]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from pyoxigraph import Store

from benchmarks.conditions import conditions
from benchmarks.loading import entry_of
from benchmarks.runs import generated
from provkg.capture.spool import SpoolWriter
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.admitting import Gates
from provkg.graph.draining import GROUP
from provkg.graph.following import Following
from provkg.index import Index, Snapshots
from provkg.ledger import Entry, Ledger
from provkg.records import statements

T = TypeVar("T")
ALONE = 300
"""How many records are appended one by one: each waits for the disk."""


def main(runs: int) -> None:
    """Print the rate of the whole line, then that of each part alone, then what lies on disk."""
    print(conditions("provkg", "pyoxigraph", "pyshifty"))
    with tempfile.TemporaryDirectory() as place:
        folder = Folder.create(Path(place) / "kg")
        _spool(folder, runs)
        kept, statements_kept = _drained(folder)
        _print_parts(folder, Path(place), runs)
        _print_bytes(folder, kept, statements_kept)


def _spool(folder: Folder, runs: int) -> None:
    writer = SpoolWriter(folder.spool)
    start = perf_counter()
    for record in generated(runs):
        writer.record(record.type, record.descriptions, project=record.project)
    writer.close()
    seconds = perf_counter() - start
    size = writer.path.stat().st_size / writer.records
    _print_rate("written to a spool file, generating included", writer.records, seconds, f"{size:,.0f} bytes a record")


def _drained(folder: Folder) -> tuple[int, int]:
    with KnowledgeGraph.hold(folder) as graph:
        start = perf_counter()
        report = graph.drain()
        seconds = perf_counter() - start
        if report.rejected or report.conflicts:
            raise SystemExit(f"generated records must pass the gate: {report}")
        said = sum(entry.leaf.statements for entry in graph.ledger.entries())
    _print_rate(
        "the whole line: spool, gate, ledger, index, snapshots",
        report.stored,
        seconds,
        f"{said:,} statements, {said / seconds:,.0f}/s; one writer, groups of {GROUP}",
    )
    return report.stored, said


def _print_parts(folder: Folder, place: Path, runs: int) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        gates, records = Gates(folder, graph.names), list(generated(runs))
        start = perf_counter()
        entries = [entry_of(record, graph, gates) for record in records]
        _print_rate("composing alone: statements, closure, canonical lines", len(entries), perf_counter() - start)
        gate, said = (
            gates.gate("minimal", None),
            [closed(statements(record, graph.names)) for record in records[:ALONE]],
        )
        gate.check(said[0])
        start = perf_counter()
        for triples in said:
            gate.check(triples)
        _print_rate("gate alone, with nothing known", len(said), perf_counter() - start)
    with Ledger.open(place / "ledger.db") as ledger:
        _print_ledger(ledger, entries)
        _print_index(ledger, folder, place)


def _print_ledger(ledger: Ledger, entries: Sequence[Entry]) -> None:
    start = perf_counter()
    for entry in entries[:ALONE]:
        ledger.append([entry])
    _print_rate("ledger alone, synchronous=FULL, one by one", min(ALONE, len(entries)), perf_counter() - start)
    rest = entries[ALONE:]
    start = perf_counter()
    for group in _groups(iter(rest), GROUP):
        ledger.append(group)
    _print_rate(f"ledger alone, synchronous=FULL, groups of {GROUP}", len(rest), perf_counter() - start)


def _print_index(ledger: Ledger, folder: Folder, place: Path) -> None:
    following = Following(ledger, folder.names)
    start = perf_counter()
    changes = [following.change(entry) for entry in ledger.entries()]
    _print_rate("reading the ledger back", len(changes), perf_counter() - start)
    index = Index.create(place / "index", folder.names.ledger_graph)
    start = perf_counter()
    for group in _groups(iter(changes), GROUP):
        index.apply(group)
    index.settle()
    _print_rate(f"index alone, derived edges included, groups of {GROUP}", len(changes), perf_counter() - start)
    start = perf_counter()
    Snapshots(place / "snapshots").take(index)
    print(f"{'one snapshot':60} {(perf_counter() - start) * 1e3:10.0f} ms")
    index.abandon()
    store = Store(str(place / "bare"))
    start = perf_counter()
    for change in changes:
        store.extend(change.added)
    store.flush()
    _print_rate("bare Oxigraph: one transaction a record, nothing checked", len(changes), perf_counter() - start)


def _print_bytes(folder: Folder, records: int, statements_kept: int) -> None:
    for name, path in (("ledger", folder.ledger), ("index", folder.index)):
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        size = sum(file.stat().st_size for file in files)
        each = f"{size / records:,.0f} bytes a record, {size / statements_kept:,.0f} a statement"
        print(f"{f'{name} on disk':60} {size / 1e6:10.1f} MB   {each}")


def _groups(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while group := list(islice(items, size)):
        yield group


def _print_rate(what: str, records: int, seconds: float, more: str = "") -> None:
    print(f"{what:60} {records / seconds:10,.0f} records/s   {records:,} in {seconds:.1f} s   {more}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
