"""Every saved question on Virtuoso from its Debian package: does it answer, with the same rows, and how fast.

Run: apt-get install virtuoso-opensource, then python -m benchmarks.scale.virtuoso FOLDER [RUNS]
It starts a server of its own in FOLDER on a port that nothing else listens on, and stops it at the end.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pyoxigraph import RdfFormat, serialize

from benchmarks.conditions import conditions
from benchmarks.scale.asked import Drawn
from benchmarks.scale.store import made, opened
from provkg.index import Answer, ReadIndex
from provkg.questions import all_questions

LIMIT = 10
TRUTH = {"true": 1.0, "false": 0.0}
Row = tuple[str | float | None, ...]
GRAPH = "https://scale.example.org/graph"
SETTINGS = """[Database]
DatabaseFile = {place}/virtuoso.db
ErrorLogFile = {place}/virtuoso.log
LockFile = {place}/virtuoso.lck
TransactionFile = {place}/virtuoso.trx
xa_persistent_file = {place}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {place}/virtuoso-temp.db
TransactionFile = {place}/virtuoso-temp.trx
[Parameters]
ServerPort = {port}
DirsAllowed = {place}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = {http}
ServerThreads = 2
[SPARQL]
DefaultGraph = {graph}
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = {limit}
"""


def main(folder: Path, runs: int) -> None:
    """Load the graph of `runs` runs into a server, ask it everything, and print rows and times beside provkg's."""
    if shutil.which("virtuoso-t") is None:
        raise SystemExit("virtuoso-t is not installed; run: apt-get install virtuoso-opensource")
    print(conditions("provkg", "pyoxigraph"))
    path = made(folder, runs)
    place = folder / "virtuoso"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with opened(path) as index, _served(place) as (port, http):
        start = time.perf_counter()
        _load(index, place, port)
        print(f"{runs:,} runs, loaded in {time.perf_counter() - start:.0f} s")
        drawn, counts = Drawn(index, runs, path / "drawn.json"), Counter[str]()
        for question in all_questions():
            if question.asks is not None:
                print(f"{question.path:48} no SPARQL: asked in Python")
                continue
            found = drawn.terms(question, optional=False)
            if not found:
                print(f"{question.path:48} nothing to ask about in this graph")
                continue
            said, line = _compared(index, http, drawn.text(question, found[0]), question.form)
            counts[said] += 1
            print(f"{question.path:48} {line} {said}", flush=True)
    print(", ".join(f"{said}: {count}" for said, count in counts.most_common()))


def _compared(index: ReadIndex, http: int, text: str, form: str) -> tuple[str, str]:
    """Return how their answer compares, in a word or two, and rows and times of both."""
    start = time.perf_counter()
    answer = index.query(text)
    line = f"{len(answer):7,} rows {(time.perf_counter() - start) * 1e3:9.1f} ms"
    if form == "CONSTRUCT":
        return "not asked, it makes a graph", line
    start = time.perf_counter()
    try:
        theirs = _rows(http, text)
    except (OSError, ValueError) as error:
        return "refused", f"{line}   Virtuoso {_refusal(error)}"
    line += f"   Virtuoso {sum(theirs.values()):7,} rows {(time.perf_counter() - start) * 1e3:9.1f} ms"
    ours = _ours(answer)
    if ours == theirs:
        return "the same", line
    return (
        "other rows",
        f"{line}\n    here alone: {_first(ours - theirs)}\n    there alone: {_first(theirs - ours)}\n   ",
    )


def _first(rows: Counter[Row]) -> str:
    return f"{rows.total():,}, such as {min(rows, key=str)}" if rows else "none"


def _ours(answer: Answer) -> Counter[Row]:
    if answer.kind == "boolean":
        return Counter([(str(answer.boolean).lower(),)])
    found = (tuple(None if term is None else getattr(term, "value", str(term)) for term in row) for row in answer.rows)
    return Counter(tuple(map(_plain, row)) for row in found)


def _rows(http: int, text: str) -> Counter[Row]:
    asked = urllib.parse.urlencode({"query": text, "format": "application/sparql-results+json"}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/sparql", asked, timeout=3 * LIMIT) as reply:
        answer = json.load(reply)
    if "boolean" in answer:
        return Counter([(str(answer["boolean"]).lower(),)])
    names = answer["head"]["vars"]
    found = ((row.get(name, {}).get("value") for name in names) for row in answer["results"]["bindings"])
    return Counter(tuple(map(_plain, row)) for row in found)


def _plain(text: str | None) -> str | float | None:
    """Return a value apart from its spelling: engines write numbers, times, true and false in more than one way.

    Virtuoso tells six digits of a double.
    """
    if text is None or text in TRUTH:
        return None if text is None else TRUTH[text]
    with suppress(ValueError):
        return float(f"{float(text):.6g}")
    with suppress(ValueError):
        return datetime.fromisoformat(text).timestamp()
    return text


def _refusal(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        lines = error.read().decode(errors="replace").splitlines() or [str(error)]
        return f"refuses: {lines[0][:90]}"
    return f"refuses: {error}"


def _load(index: ReadIndex, place: Path, port: int) -> None:
    with (place / "graph.nt").open("wb") as file:
        serialize(index.everything(), file, format=RdfFormat.N_TRIPLES)
    with (place / "records.nt").open("wb") as file:
        about = index.query("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }").triples
        serialize(about, file, format=RdfFormat.N_TRIPLES)
    if index.ledger_graph is None:
        raise SystemExit("the graph tells of no records")
    loads = f"ld_dir('{place}', 'graph.nt', '{GRAPH}'); ld_dir('{place}', 'records.nt', '{index.ledger_graph.value}');"
    acts = f"{loads} rdf_loader_run(); checkpoint;"
    subprocess.run(
        ["isql-vt", str(port), "dba", "dba", f"EXEC={acts}"], check=True, stdout=subprocess.DEVNULL, timeout=1800
    )


@contextmanager
def _served(place: Path) -> Iterator[tuple[int, int]]:
    port, http = _free(), _free()
    settings = place / "virtuoso.ini"
    settings.write_text(SETTINGS.format(place=place, port=port, http=http, graph=GRAPH, limit=LIMIT))
    server = subprocess.Popen(
        ["virtuoso-t", "+foreground", "+configfile", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(http)
        yield port, http
    finally:
        server.terminate()
        server.wait(60)


def _free() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _await(http: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", http)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("virtuoso-t did not start within a minute; look into virtuoso.log")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Every saved question on Virtuoso.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("runs", nargs="?", type=int, default=1_000)
    given = parser.parse_args()
    main(given.folder.resolve(), given.runs)
