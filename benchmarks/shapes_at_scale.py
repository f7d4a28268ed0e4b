"""Seconds and peak memory to ask a whole graph everything that a level wants: our queries, pyshifty, pyshacl.

Run: python -m benchmarks.shapes_at_scale [--level L] [--limit SECONDS] [--memory GB] [--folder DIR] [ENGINE:RUNS ...]

Each engine runs in a process of its own. Oxigraph opens the store on disk for reading; the others are given its
statements as N-Triples, which stay in their memory, and the shapes as the level has them. The graph of a number of runs
is made once, in the folder, without the gate. An engine that takes longer than the limit, or more memory, is stopped.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import gettempdir
from time import perf_counter
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple

from benchmarks.conditions import conditions
from benchmarks.runs import generated
from provkg import records, vocabulary
from provkg.entailment import closed
from provkg.gate.engines import ENGINES, engine
from provkg.gate.shapes import Shapes, absence
from provkg.gate.tailoring import set_level
from provkg.gate.whole_graph import graph_shapes
from provkg.identity import Names
from provkg.resources import SHAPES
from provkg.vocabulary import rdf_type

NAMES: Final = Names("https://example.org/kg/", b"benchmark" * 4)
DEFAULT: Final = ("oxigraph:2950", "shifty:2950", "pyshacl:100")
RECORDS_AT_ONCE: Final = 2000


def main() -> None:
    """Print a line for each engine and number of runs."""
    asked = _arguments()
    if asked.child:
        resource.setrlimit(resource.RLIMIT_AS, (asked.memory << 30, asked.memory << 30))
        _child(asked.child, Path(asked.folder), asked.level)
        return
    print(conditions("pyoxigraph", "pyshifty", "pyshacl", "rdflib"))
    print(f"level {asked.level}; at most {asked.limit} s and {asked.memory} GB an engine")
    print(f"{'engine':10} {'quads':>12} {'seconds':>9} {'processor':>9} {'peak MB':>8}  found")
    for each in asked.what:
        name, runs = each.split(":")
        store, quads = _made(Path(asked.folder), int(runs))
        print(f"{name:10} {quads:12,} {_measured(name, store, asked)}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=DEFAULT, metavar="ENGINE:RUNS")
    parser.add_argument("--level", default="standard")
    parser.add_argument("--limit", type=int, default=900, metavar="SECONDS")
    parser.add_argument("--memory", type=int, default=12, metavar="GB")
    parser.add_argument("--folder", default=f"{gettempdir()}/provkg-shapes-at-scale")
    parser.add_argument("--child", choices=ENGINES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _made(folder: Path, runs: int) -> tuple[Path, int]:
    """Return the store of so many runs and how many statements it holds."""
    path, counted = folder / f"{runs}", folder / f"{runs}.quads"
    if not counted.exists():
        path.mkdir(parents=True, exist_ok=True)
        store = Store(str(path))
        said = (closed(records.statements(each, NAMES)) for each in generated(runs))
        while group := list(islice(said, RECORDS_AT_ONCE)):
            store.bulk_extend(Quad(t.subject, t.predicate, t.object) for triples in group for t in triples)
        store.flush()
        counted.write_text(str(len(store)))
    return path, int(counted.read_text())


def _measured(name: str, store: Path, asked: argparse.Namespace) -> str:
    command = [sys.executable, "-m", __spec__.name, "--child", name, "--folder", str(store), "--level", asked.level]
    command += ["--memory", str(asked.memory)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=asked.limit, check=False)
    except subprocess.TimeoutExpired:
        return f"> {asked.limit} s"
    # Not stripped in front: the columns are those of the head.
    return done.stdout.rstrip() if done.returncode == 0 else f"failed ({done.returncode}): {done.stderr.strip()[-200:]}"


def _child(name: str, path: Path, level: str) -> None:
    ask: Callable[[Store, str], int] = _queries if name == "oxigraph" else lambda store, at: _engine(name, store, at)
    store = Store.read_only(str(path))
    start = perf_counter()
    found = ask(store, level)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds, processor = perf_counter() - start, used.ru_utime + used.ru_stime
    print(f"{seconds:9.1f} {processor:9.1f} {_peak():8,.0f}  {found:,}")


def _peak() -> float:
    """Return the most memory that this process held, in MB (proc(5))."""
    # `ru_maxrss` would also count what the process held that started this one.
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(said["VmHWM"].split()[0]) / 1024


def _queries(store: Store, level: str) -> int:
    asked = graph_shapes(level)
    return sum(1 for _ in asked.problems(store.query)) + sum(1 for _ in asked.undescribed(store.query))


def _engine(name: str, store: Store, level: str) -> int:
    shapes = Shapes.read(sorted(SHAPES.glob("*.ttl")))
    set_level(shapes, level)
    text = "".join(f"{triple} .\n" for triple in shapes.triples).encode()
    data = store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b""
    added = "".join(f"{triple} .\n" for triple in _added(store)).encode()
    found = engine(name, text).results(data + added, {}, "violation")
    # The ontology names its concepts; it is not part of the data.
    concepts = {each.value for each in vocabulary.INDIVIDUALS}
    return sum(each.focus not in concepts for each in found)


def _added(store: Store) -> Iterator[Triple]:
    """Yield what the gate adds for engines: absences as they read them, and the types of the ontology's concepts."""
    for quad in store.quads_for_pattern(None, vocabulary.declaredAbsent, None):
        if isinstance(quad.object, NamedNode):
            yield Triple(quad.subject, absence(quad.object), quad.object)
    for concept, kind in vocabulary.INDIVIDUALS.items():
        yield from (Triple(concept, rdf_type, each) for each in (kind, *vocabulary.SUPERCLASSES.get(kind, ())))


if __name__ == "__main__":
    main()
