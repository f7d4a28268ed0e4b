"""Questions at scale: make graphs, ask everything of them, and ask other engines the same.

Run: python -m benchmarks.scale make FOLDER [RUNS ...]
     python -m benchmarks.scale pack FOLDER [RUNS ...]
     python -m benchmarks.scale ask FOLDER [RUNS ...] [--only TEXT ...] [--limit SECONDS] [--no-cold] [--json FILE]
     python -m benchmarks.scale beside FOLDER [RUNS ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from time import process_time

from benchmarks.conditions import conditions
from benchmarks.scale.beside import beside
from benchmarks.scale.measuring import Facts, Times, measured
from benchmarks.scale.store import bytes_of, made, packed
from benchmarks.scale.worker import LIMIT
from provkg.questions import all_questions

SIZES = (1_000, 10_000, 100_000)


def make(folder: Path, sizes: list[int]) -> None:
    """Make the graphs that are not there."""
    for runs in sizes:
        path = made(folder, runs)
        print(f"{runs:,} runs: {(path / 'made.json').read_text()}")


def pack(folder: Path, sizes: list[int]) -> None:
    """Bring graphs that an earlier provkg made to the form in which one makes them now."""
    for runs in sizes:
        path = made(folder, runs)
        before, start = bytes_of(path), process_time()
        packed(path)
        spent = process_time() - start
        print(f"{runs:,} runs: {before / 1e6:,.0f} MB, now {bytes_of(path) / 1e6:,.0f}; {spent:,.0f} s of processors")


def ask(folder: Path, sizes: list[int], only: list[str], *, cold: bool, limit: float, to: Path | None) -> None:
    """Print what every question took at each size, and how it grew from one to the next."""
    said = conditions("provkg", "pyoxigraph")
    print(said)
    questions = [question for question in all_questions() if not only or any(text in question.path for text in only)]
    taken: dict[int, dict[str, Times]] = {}
    kept: dict[str, object] = {"conditions": said}
    for runs in sizes:
        print(f"\n{runs:,} runs\n{_head()}")
        path = made(folder, runs)
        facts, times = measured(path, runs, questions, cold=cold, ways=not only, limit=limit, tell=_tell)
        taken[runs] = {each.question: each for each in times}
        print(_summary(facts))
        kept[str(runs)] = {"facts": asdict(facts), "questions": [asdict(each) for each in times]}
    print(f"\nload at the end: {conditions()}")
    _print_growth(taken)
    if to is not None:
        to.write_text(json.dumps(kept, indent=1) + "\n")


def others(folder: Path, sizes: list[int], to: Path | None) -> None:
    """Print what other engines take for some of the questions, beside provkg in the same process."""
    print(conditions("provkg", "pyoxigraph", "duckdb", "kuzu", "mlflow"))
    found: dict[str, object] = {}
    for runs in sizes:
        print(f"\n{runs:,} runs")
        found[str(runs)] = beside(made(folder, runs), runs, lambda line: print(line, flush=True))
    if to is not None:
        to.write_text(json.dumps({"conditions": conditions(), **found}, indent=1) + "\n")


def _head() -> str:
    asked = "question, and what was given of what may be left out"
    return f"{asked:64} {'rows':>5} {'p50 ms':>9} {'p95 ms':>9} {'worked50':>9} {'worked95':>9} {'cold ms':>9}"


def _tell(times: Times) -> None:
    print(_line(times), flush=True)


def _line(times: Times) -> str:
    if times.p50 is None:
        return f"{times.question:64} {times.said}"
    shown = (times.p50, times.p95, times.worked50, times.worked95, times.cold)
    cells = "".join(f"{'-' if each is None else format(each, '.1f'):>10}" for each in shown)
    return f"{times.question:64} {times.rows:5}{cells}"


def _summary(facts: Facts) -> str:
    every = facts.statements + facts.ledger_statements
    cold = "" if facts.first_answer_cold is None else f", {facts.first_answer_cold:.0f} cold"
    return (
        f"{facts.statements:,} statements and {facts.ledger_statements:,} about records, "
        f"{every / facts.runs:.0f} a run; {facts.bytes / 1e6:,.0f} MB, {facts.bytes / every:.0f} bytes a statement\n"
        f"opening {facts.opening * 1e3:.0f} ms, first answer after it {facts.first_answer:.0f} ms{cold}; "
        f"peak {facts.peak / 1e6:,.0f} MB, reached in {facts.peak_of}"
    )


def _print_growth(taken: dict[int, dict[str, Times]]) -> None:
    for small, large in pairwise(taken):
        print(f"\nfrom {small:,} to {large:,} runs, times the processor's median")
        for name, after in taken[large].items():
            before = taken[small].get(name)
            if before is not None and before.worked50 and after.worked50 is not None:
                print(f"{name:64} {after.worked50 / before.worked50:8.1f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Graphs of many runs, and what every saved question takes on them.")
    parser.add_argument("act", choices=["make", "pack", "ask", "beside"])
    parser.add_argument("folder", type=Path, help="where the graphs are kept")
    parser.add_argument("runs", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--only", nargs="+", default=[], help="only questions whose path has one of these in it")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which an answer is ended")
    parser.add_argument("--no-cold", action="store_true", help="leave out what takes a fresh process for each question")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    if given.act == "make":
        make(given.folder, given.runs)
    elif given.act == "pack":
        pack(given.folder, given.runs)
    elif given.act == "beside":
        others(given.folder, given.runs, given.json)
    else:
        ask(given.folder, given.runs, given.only, cold=not given.no_cold, limit=given.limit, to=given.json)
