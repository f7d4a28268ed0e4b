"""Every saved question on Virtuoso from its Debian package: does it answer, with as many rows, and how fast.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import RdfFormat, serialize

from benchmarks.conditions import conditions
from benchmarks.scale.asked import Drawn
from benchmarks.scale.store import made, opened
from provkg.index import ReadIndex
from provkg.questions import all_questions

LIMIT = 10
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
        drawn = Drawn(index, runs, path / "drawn.json")
        for question in (each for each in all_questions() if each.asks is None):
            for terms in drawn.terms(question, optional=False)[:1]:
                said = _compared(index, http, drawn.text(question, terms), question.form)
                print(f"{question.path:48} {said}", flush=True)


def _compared(index: ReadIndex, http: int, text: str, form: str) -> str:
    start = time.perf_counter()
    ours = len(index.query(text))
    own = (time.perf_counter() - start) * 1e3
    if form == "CONSTRUCT":
        return f"{ours:7,} rows {own:9.1f} ms   not asked: it makes a graph"
    start = time.perf_counter()
    try:
        theirs = f"{_rows(http, text):7,} rows"
    except (OSError, ValueError) as error:
        theirs = _refusal(error)
    return f"{ours:7,} rows {own:9.1f} ms   Virtuoso {theirs} {(time.perf_counter() - start) * 1e3:9.1f} ms"


def _rows(http: int, text: str) -> int:
    asked = urllib.parse.urlencode({"query": text, "format": "application/sparql-results+json"}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/sparql", asked, timeout=3 * LIMIT) as reply:
        answer = json.load(reply)
    return 1 if "boolean" in answer else len(answer["results"]["bindings"])


def _refusal(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        lines = error.read().decode(errors="replace").splitlines() or [str(error)]
        return f"refuses: {lines[0][:90]}"
    return f"refuses: {error}"


def _load(index: ReadIndex, place: Path, port: int) -> None:
    with (place / "graph.nt").open("wb") as file:
        serialize(index.everything(), file, format=RdfFormat.N_TRIPLES)
    acts = f"ld_dir('{place}', 'graph.nt', '{GRAPH}'); rdf_loader_run(); checkpoint;"
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
