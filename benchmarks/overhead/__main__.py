"""Measures what recording costs, tool by tool: `make`, `metric`, `task`, `network`, `resnet`, `kills`.

`make` sets the environments of the tools up; the others print a table and keep every figure in a JSON file. The order
of tools is drawn anew for each repetition; differences are those of one repetition.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final, cast

from benchmarks.conditions import conditions
from benchmarks.overhead.facts import found as kept_facts
from benchmarks.overhead.summing import interval, median
from benchmarks.overhead.tools import SETTLES_S, TOOLS, Environments, Tool, command, measured, scratch

AS_OTHERS: Final = frozenset({"none", "provkg-named", "mlflow-async", "mlflow-batch"})
Rows = dict[str, list[dict[str, Any]]]
ROWS: Final = {"network": 60_000, "resnet": 128}
BATCH: Final = {"network": 512, "resnet": 32}


def repeated(asked: Namespace, work: str, own: dict[str, Any]) -> Rows:
    """Measure every tool in every repetition, in an order drawn anew each time."""
    environments, shuffled = Environments(asked.environments), random.Random(asked.seed)
    present = {tool: python for tool in asked.tools if (python := environments.python(tool)) is not None}
    for tool in set(asked.tools) - set(present):
        print(f"{tool.arm}: no environment; make it with: python -m benchmarks.overhead make")
    found: Rows = {tool.arm: [] for tool in present}
    for number in range(asked.repeat):
        for tool in shuffled.sample(list(present), len(present)):
            row = measured(present[tool], tool, work, own)
            if "failed" in row and number == 0:
                print(f"{tool.arm}: {row['failed']}")
            if not {"failed", "missing"} & row.keys():
                found[tool.arm].append({"repetition": number, **row})
    return {arm: rows for arm, rows in found.items() if rows}


def calls(asked: Namespace) -> Rows:
    """Time calls one by one."""
    found = repeated(asked, "calls", {"what": asked.what, "count": asked.count})
    heads = f"{'median':>10}{'p99':>10}{'p99.9':>10}{'worst':>10}  {'start ms':>9}{'end ms':>9}{'MB':>6}{'bytes':>8}"
    print(f"{'µs a call':14}{heads}")
    for arm, rows in found.items():
        timed = "".join(f"{median(rows, key):10.2f}" for key in ("p50_us", "p99_us", "p999_us", "max_us"))
        ends = "".join(f"{median(rows, key) * 1000:9.0f}" for key in ("start_s", "finish_s"))
        size = median(rows, "bytes") / asked.count
        print(f"{arm:14}{timed}  {ends}{median(rows, 'peak_mb'):6.0f}{size:8.0f}")
    return found


def trainings(asked: Namespace) -> Rows:
    """Time whole trainings, and say the paired difference to one that is not recorded."""
    own = {
        "model": asked.what,
        "epochs": asked.epochs,
        "rows": asked.rows or ROWS[asked.what],
        "batch": BATCH[asked.what],
        "settles_s": SETTLES_S,
    }
    found = repeated(asked, "training", own)
    plain = {row["repetition"]: row["wall_s"] for row in found.get("none", [])}
    ends = f"{'begin s':>9}{'end s':>7}{'peak MB':>9}"
    print(f"{'':14}{'seconds':>9}{'in calls %':>12}{'overhead %':>12}  95 % interval     {ends}")
    for arm, rows in found.items():
        own_share = statistics.median(100 * row["recording_s"] / row["wall_s"] for row in rows)
        paired = [100 * (row["wall_s"] / plain[row["repetition"]] - 1) for row in rows if row["repetition"] in plain]
        middle, low, high = interval(paired) if arm != "none" else (0.0, 0.0, 0.0)
        ends = f"{median(rows, 'begin_s'):9.3f}{median(rows, 'finish_s'):7.2f}{median(rows, 'peak_mb'):9.0f}"
        print(
            f"{arm:14}{median(rows, 'wall_s'):9.2f}{own_share:12.4f}{middle:12.3f}  [{low:6.3f}, {high:6.3f}]  {ends}"
        )
    return found


def kills(asked: Namespace) -> Rows:
    """Kill each tool's process at random moments, and count the values that had been said and cannot be read."""
    environments, chosen = Environments(asked.environments), random.Random(asked.seed)
    found: Rows = {}
    print(f"{'':14}{'said':>9}{'lost':>9}{'kills with a loss':>19}")
    for tool in asked.tools:
        python = environments.python(tool)
        if python is None or tool.arm == "none":
            continue
        rows = [_killed(python, tool, chosen.uniform(0.2, 2.0)) for _ in range(asked.repeat)]
        found[tool.arm] = rows
        said, lost = (sum(row[key] for row in rows) for key in ("said", "lost"))
        print(f"{tool.arm:14}{said:9,}{lost:9,}{sum(row['lost'] > 0 for row in rows):12} of {len(rows)}")
    return found


def _killed(python: Path, tool: Tool, seconds: float) -> dict[str, Any]:
    with scratch() as place:
        asked = command(python, tool, "killed", place, {"pause": 0.001})
        process = subprocess.Popen(asked, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        output = cast("IO[str]", process.stdout)
        first = output.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = output.read().split("\n")[:-1]
        process.wait()
        said = int(rest[-1] if rest else first or 0)
        time.sleep(0.5)  # services of a tool may still be writing
        kept = measured(python, tool, "recovery", {}, place).get("recovered", 0)
        return {"said": said, "kept": kept, "lost": max(0, said - kept), "seconds": seconds}


def recoverable(asked: Namespace) -> Rows:
    """Say which facts of one training each tool has kept."""
    environments = Environments(asked.environments)
    looked = {tool.arm: kept_facts(environments, tool) for tool in asked.tools if tool.arm not in AS_OTHERS}
    found = {arm: facts for arm, facts in looked.items() if facts is not None}
    print(f"{'':32}" + "".join(f"{arm:>13}" for arm in found))
    for fact in next(iter(found.values()), {}):
        print(f"{fact:32}" + "".join(f"{'yes' if facts[fact] else '-':>13}" for facts in found.values()))
    print(f"{'of all':32}" + "".join(f"{sum(facts.values()):>10}/{len(facts)}" for facts in found.values()))
    return {arm: [dict(facts)] for arm, facts in found.items()}


def make(asked: Namespace) -> Rows:
    """Make the environments."""
    Environments(asked.environments).make()
    return {}


WORKS: Final[dict[str, Callable[[Namespace], Rows]]] = {
    "make": make,
    "facts": recoverable,
    "kills": kills,
    **dict.fromkeys(("metric", "task"), calls),
    **dict.fromkeys(("network", "resnet"), trainings),
}


def main() -> None:
    """Do what the command line asks."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=WORKS)
    parser.add_argument(
        "--tools", nargs="+", default=[tool.arm for tool in TOOLS], choices=[tool.arm for tool in TOOLS]
    )
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir(), "overhead"))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    asked.tools = [tool for tool in TOOLS if tool.arm in asked.tools]
    os.environ["PYTHONPATH"] = str(Path.cwd())
    print(conditions("provkg", "pyoxigraph", "torch"), f"; {sys.argv[1:]}")
    found = WORKS[asked.what](asked)
    if asked.json is not None:
        asked.json.write_text(json.dumps({"asked": sys.argv[1:], "rows": found}, indent=1))


main()
