"""How long each rule across records takes on a graph of generated runs, and what it finds.

Run: python -m benchmarks.rules [--folder DIR] [RUNS]
Making the graph of 2,700 runs (1 million statements) takes minutes; with a folder it is kept there and found again.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter

from benchmarks.conditions import conditions
from benchmarks.loading import loaded
from provkg.graph import read
from provkg.rules import Rulebook, audit
from provkg.rules.ground import Ground

SHOWN = 12


def main(runs: int, folder: Path | None) -> None:
    """Print the seconds of all rules, and those of the slowest."""
    print(conditions("provkg", "pyoxigraph"))
    with tempfile.TemporaryDirectory() as place:
        graph = loaded((folder or Path(place)) / f"runs-{runs}", runs)
        with read(graph) as index:
            (row,) = index.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows
            print(f"{runs:,} runs: {index.size:,} records, {int(getattr(row[0], 'value', 0)):,} statements")
            with Ground.of(index, graph) as ground:
                _print(_timed(ground))


def _timed(ground: Ground) -> dict[str, tuple[float, int]]:
    taken = {}
    for rule in Rulebook.read().choose(level="audit"):
        start = perf_counter()
        found = Counter(finding.severity for finding in audit(ground, [rule]))
        taken[f"{rule.id} {rule.path}"] = perf_counter() - start, found.total()
    return taken


def _print(taken: dict[str, tuple[float, int]]) -> None:
    print(f"all {len(taken)} rules: {sum(seconds for seconds, _ in taken.values()):.1f} s")
    print(f"{'rule':44} {'seconds':>8} {'findings':>9}")
    for name, (seconds, found) in sorted(taken.items(), key=lambda each: -each[1][0])[:SHOWN]:
        print(f"{name:44} {seconds:8.2f} {found:9,}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=2700)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    main(given.runs, given.folder)
