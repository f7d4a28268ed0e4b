"""Milliseconds to judge one record of a finished training run: our gate with either engine.

Run: python -m benchmarks.gate [repetitions]
"""

from __future__ import annotations

import sys
from time import perf_counter

from benchmarks.conditions import conditions, summed_up
from benchmarks.runs import generated
from provkg import records
from provkg.entailment import closed
from provkg.gate import Gate
from provkg.identity import Names

NAMES = Names("https://example.org/kg/", b"benchmark" * 4)


def main(repetitions: int) -> None:
    """Print one line per engine: median, p99 and p99.9 over `repetitions` different accepted records."""
    said = [closed(records.statements(each, NAMES)) for each in generated(repetitions) if each.type == records.CLOSED]
    size = sum(map(len, said)) / len(said)
    print(conditions("pyshifty", "pyshacl", "rdflib"))
    print(f"{len(said)} records of {size:.0f} statements on average, super-properties included")
    print(f"{'engine':10} {'median ms':>10} {'p99':>10} {'p99.9':>10}  accepted")
    for engine in ("shifty", "pyshacl"):
        gate = Gate("minimal", engine=engine)
        gate.check(said[0])
        sample = said if engine == "shifty" else said[: max(20, len(said) // 20)]
        seconds, accepted = [], 0
        for triples in sample:
            start = perf_counter()
            gate.questions(triples, closing=True)
            verdict = gate.check(triples, closing=True)
            seconds.append(perf_counter() - start)
            accepted += verdict.accepted
        print(f"{engine:10} {summed_up(seconds, 1e-3)}  {accepted} of {len(sample)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
