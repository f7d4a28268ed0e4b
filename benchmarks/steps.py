"""What recording adds to one step of an optimiser and one `backward`: python -m benchmarks.steps."""

from __future__ import annotations

import importlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import provkg

ROUNDS = 60
STEPS = 1000


def loop(optimizer: Any, values: Any) -> None:
    for _ in range(STEPS):
        values.sum().backward()
        optimizer.step()


def seconds(act: Callable[[], None]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) / STEPS


def main() -> None:
    os.environ["PROVKG_DELIVER"] = "off"
    torch = importlib.import_module("torch")

    torch.set_num_threads(1)
    layer = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.0)
    values = layer.weight
    with tempfile.TemporaryDirectory() as folder:
        provkg.configure(store=Path(folder) / "kg")
        data = provkg.dataset("numbers", [1, 2, 3], source="here")
        with provkg.training("steps", data=data):
            plain, watched = [], []
            loop(optimizer, values)
            for _ in range(ROUNDS):
                provkg.autolog("torch", disable=True)
                plain.append(seconds(lambda: loop(optimizer, values)))
                provkg.autolog("torch")
                optimizer.step()  # the first one looks around
                watched.append(seconds(lambda: loop(optimizer, values)))
        provkg.autolog("torch", disable=True)
    added = [(one - other) * 1e6 for one, other in zip(watched, plain, strict=True)]
    low, _, high = statistics.quantiles(added, n=4)
    print(f"torch {torch.__version__}, Python {sys.version.split()[0]}, {ROUNDS} rounds of {STEPS} steps, interleaved")
    print(f"a step of its own: {statistics.median(plain) * 1e6:.2f} µs of CPU time, {min(plain) * 1e6:.2f} at best")
    print(f"recording adds:    {statistics.median(added):.2f} µs (quartiles {low:.2f} to {high:.2f})")
    print(f"                   {(min(watched) - min(plain)) * 1e6:.2f} µs between the best rounds")


if __name__ == "__main__":
    main()
