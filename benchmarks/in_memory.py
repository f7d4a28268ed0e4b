"""The same questions on the same statements in rdflib's memory store, with a limit on each."""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Mapping, Sequence
from queue import Empty
from time import perf_counter
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Triple, serialize

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

    import rdflib

LIMIT = 60
ASKED = (
    "data/versions",
    "models/hyperparameters",
    "models/training-data",
    "models/why-selected",
    "lineage/upstream thing=model",
    "lineage/downstream",
    "training/best-test-accuracy experiment",
    "training/models-with-parameter value=rate",
)


def print_in_memory(triples: Sequence[Triple], texts: Mapping[str, str], runs: int) -> None:
    """Print rdflib's times for the questions of `texts` that begin with one of `ASKED`."""
    import rdflib  # only for who asks for it

    start = perf_counter()
    graph = rdflib.Graph()
    graph.parse(data=serialize(triples, format=RdfFormat.N_TRIPLES) or b"", format="nt")
    print(f"\nrdflib in memory, {runs:,} runs: {len(graph):,} statements parsed in {perf_counter() - start:.0f} s")
    print(f"{'question, and the parameters that were given':56}{'rows':>20} {'first ms':>10} {'warm ms':>10}")
    for name in sorted(name for name in texts if name.startswith(ASKED)):
        print(f"{name:56}{_asked(graph, texts[name])}", flush=True)


def _asked(graph: rdflib.Graph, text: str) -> str:
    # A process of its own: a query cannot be broken off otherwise, and a fork shares the parsed graph.
    context = multiprocessing.get_context("fork")
    answers: Queue[tuple[int, float, float]] = context.Queue()
    process = context.Process(target=_ask, args=(graph, text, answers))
    process.start()
    try:
        rows, first, warm = answers.get(timeout=LIMIT)
    except Empty:
        return f"   more than {LIMIT} s"
    finally:
        process.terminate()
        process.join()
    return f"{rows:20,} {first * 1e3:10.1f} {warm * 1e3:10.1f}"


def _ask(graph: rdflib.Graph, text: str, answers: Queue[tuple[int, float, float]]) -> None:
    seconds, rows = [], 0
    for _ in range(4):
        start = perf_counter()
        rows = len(list(graph.query(text)))
        seconds.append(perf_counter() - start)
    answers.put((rows, seconds[0], statistics.median(seconds[1:])))
