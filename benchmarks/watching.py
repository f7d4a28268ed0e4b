"""What `provkg.watch` costs: time and memory of a preparation of a million rows, beside the same one unwatched.

    python benchmarks/watching.py [--rows 1000000] [--columns 20] [--times 3] [--out figures.json]

Each way runs in a process of its own, in shuffled order. The time is what the processor worked on all operations
together, without reading and recording, so that others on the machine count for little; memory is what a process had
at most beyond what it had before the first operation.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

WAYS: Final = ("unwatched", "dataset", "column", "rows", "cell")


def table(rows: int, columns: int) -> Any:
    import numpy as np
    import pandas as pd

    chance = np.random.default_rng(7)
    frame = pd.DataFrame({f"c{n}": chance.random(rows) for n in range(columns - 3)})
    frame.loc[chance.random(rows) < 0.02, "c0"] = np.nan
    frame["key"] = chance.integers(0, rows // 10, rows)
    frame["kind"] = chance.choice(["red", "green", "blue", "grey"], rows)
    frame["text"] = frame["kind"] + "-" + frame["key"].astype(str)
    return frame


def regions(rows: int) -> Any:
    import numpy as np
    import pandas as pd

    return pd.DataFrame({"key": np.arange(rows // 10), "weight": np.random.default_rng(8).random(rows // 10)})


def prepared(frame: Any, beside: Any, timed: Any) -> Any:
    """Run twelve operations as people write them; `timed` takes the name and the work of each."""
    import pandas as pd

    def set_ratio() -> Any:
        frame["ratio"] = frame["c1"] / (frame["c2"] + 1)
        return frame

    def standardized() -> Any:
        frame["c3"] = (frame["c3"] - frame["c3"].mean()) / frame["c3"].std()
        return frame

    def clipped() -> Any:
        frame.loc[frame["c4"] > 0.9, "c4"] = 0.9
        return frame

    def lower() -> Any:
        frame["text"] = frame["text"].str.upper()
        return frame

    frame = timed("dropna", lambda: frame.dropna(subset=["c0"]))
    frame = timed("filter", lambda: frame[frame["c1"] > 0.1])
    frame = timed("set column", set_ratio)
    frame = timed("standardize", standardized)
    frame = timed("set by loc", clipped)
    frame = timed("text", lower)
    frame = timed("sort", lambda: frame.sort_values("c5"))
    frame = timed("drop_duplicates", lambda: frame.drop_duplicates(subset=["key", "kind"]))
    frame = timed("merge", lambda: frame.merge(beside, on="key", how="left"))
    frame = timed("get_dummies", lambda: pd.get_dummies(frame, columns=["kind"]))
    frame = timed("fillna", lambda: frame.fillna(0.0))
    return timed("drop and rename", lambda: frame.drop(columns=["text"]).rename(columns={"c6": "six"}))


def one(way: str, rows: int, columns: int, store: Path) -> dict[str, Any]:
    """Measure one way, in this process."""
    import os

    os.environ["PROVKG_DELIVER"] = "off"
    import provkg

    provkg.configure(store=store)
    frame, beside = table(rows, columns), regions(rows)
    began = time.process_time()
    if way != "unwatched":
        frame = provkg.watch(frame, way, name="table")
        provkg.dataset("regions", beside)
    begin_seconds = time.process_time() - began
    operations: dict[str, float] = {}

    def timed(name: str, act: Any) -> Any:
        start = time.process_time()
        made = act()
        operations[name] = time.process_time() - start
        return made

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    frame = prepared(frame, beside, timed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    if way != "unwatched":
        provkg.dataset("prepared", frame)
    file = sum(each.stat().st_size for each in (store / "tables").glob("*")) if (store / "tables").is_dir() else 0
    return {
        "way": way,
        "seconds": sum(operations.values()),
        "operations": operations,
        "begin_seconds": begin_seconds,
        "record_seconds": time.process_time() - began,
        "peak_mib": (peak - before) / 1024,
        "before_mib": before / 1024,
        "side_file_mib": file / 2**20,
    }


def measured(rows: int, columns: int, times: int) -> list[dict[str, Any]]:
    """Return the figures of each way, each in processes of its own, in shuffled order."""
    order = [way for way in WAYS for _ in range(times)]
    random.shuffle(order)
    found = []
    for way in order:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--rows", str(rows), "--columns", str(columns), "--one", way]
            done = subprocess.run([*command, "--store", f"{folder}/kg"], capture_output=True, text=True, check=True)
            found.append(json.loads(done.stdout))
            print(f"{way}: {found[-1]['seconds']:.2f} s", file=sys.stderr)
    return found


def shown(found: list[dict[str, Any]]) -> None:
    def median(way: str, figure: str) -> float:
        return statistics.median(float(each[figure]) for each in found if each["way"] == way)

    base = median("unwatched", "seconds")
    print("| granularity | operations | factor | peak memory | watching begins | recording | side file |")
    print("|---|---|---|---|---|---|---|")
    for way in WAYS:
        print(
            f"| {way} | {median(way, 'seconds'):.2f} s | {median(way, 'seconds') / base:.2f} "
            f"| {median(way, 'peak_mib'):,.0f} MiB | {median(way, 'begin_seconds'):.2f} s "
            f"| {median(way, 'record_seconds'):.2f} s | {median(way, 'side_file_mib'):.2f} MiB |"
        )
    print("\n| operation | " + " | ".join(WAYS) + " |\n|---" * 1 + "|---" * len(WAYS) + "|")
    for name in found[0]["operations"]:
        cells = [
            statistics.median(each["operations"][name] for each in found if each["way"] == way) * 1000 for way in WAYS
        ]
        print(f"| {name} | " + " | ".join(f"{cell:,.0f} ms" for cell in cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", choices=WAYS)
    parser.add_argument("--store", type=Path)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one, asked.rows, asked.columns, asked.store)))
        return
    found = measured(asked.rows, asked.columns, asked.times)
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1), "utf-8")
    shown(found)


if __name__ == "__main__":
    main()
