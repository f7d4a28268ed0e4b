"""What learning the environment costs: opening the first run of a process, what is asked meanwhile, and each sample.

Run: python -m benchmarks.environment [PROCESSES]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.conditions import conditions, summed_up
from provkg.capture.defaults import Defaults
from provkg.capture.packages import installed_packages
from provkg.capture.usage.gpus import Gpus
from provkg.capture.usage.processes import Processes

SAMPLES = 2_000
CHILDREN = 8
FIRST_RUN = """
import json, os, time
os.environ["PROVKG_DELIVER"] = "off"
import provkg
from provkg.capture.facts import begin_gathering
provkg.configure(store="kg", base="https://example.org/", responsible="benchmark")
data = provkg.dataset("numbers", [[1.0]], source="https://example.org/numbers", license="CC0-1.0")
began = time.perf_counter()
with provkg.training("first", data=data, params={"learning_rate": 0.1}):
    opened = time.perf_counter() - began
    while not begin_gathering().done:
        time.sleep(0.001)
    known = time.perf_counter() - began
began = time.perf_counter()
with provkg.training("second", data=data, params={"learning_rate": 0.1}):
    again = time.perf_counter() - began
print(json.dumps([opened, known, again]))
"""


def main(processes: int) -> None:
    """Print what it costs."""
    print(conditions("provkg", "nvidia-ml-py"))
    packages = len(installed_packages())
    print(f"\na fresh process in a git repository, {packages} packages installed, ms; {processes} processes")
    print(f"{'':52} {'median':>10} {'p99':>10} {'p99.9':>10}")
    told = [_first_run() for _ in range(processes)]
    parts = ("to open the first run", "until all facts are known", "to open the second run")
    for what, times in zip(parts, zip(*told, strict=True), strict=True):
        print(f"{what:52} {summed_up(times, 1e-3)}")
    _print_samples()


def _first_run() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        git = ["git", "-C", place, "-c", "user.name=b", "-c", "user.email=b@example.org"]
        (folder / "train.py").write_text(FIRST_RUN, "utf-8")
        for command in (["init", "-q"], ["add", "train.py"], ["commit", "-q", "-m", "first"]):
            subprocess.run([*git, *command], check=True, capture_output=True)
        (folder / "train.py").write_text(f"# changed\n{FIRST_RUN}", "utf-8")
        root = str(Path(__file__).parent.parent)
        done = subprocess.run(
            [sys.executable, "train.py"], cwd=folder, env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin", "HOME": place},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        opened, known, again = json.loads(done.stdout)
        return opened, known, again


def _print_samples() -> None:
    print(f"\na sample, µs of processor time; {SAMPLES} of each")
    print(f"{'':52} {'median':>10} {'p99':>10} {'p99.9':>10}  {'of a core, every ten seconds':>28}")
    waiting = [sys.executable, "-c", "input()"]
    processes, gpus = Processes(), Gpus.here()
    _print_sample("the process alone", processes.used)
    _print_sample(f"its GPUs ({len(list(gpus.doing())) // 3})", lambda: list(gpus.doing()))
    started = [subprocess.Popen(waiting, stdin=subprocess.PIPE) for _ in range(CHILDREN)]
    try:
        _print_sample(f"with {CHILDREN} children, as a loader of data has them", processes.used)
    finally:
        for each in started:
            each.communicate(b"\n")


def _print_sample(what: str, act: Callable[[], object]) -> None:
    taken = [_processor_time(act) for _ in range(SAMPLES)]
    share = statistics.mean(taken) / Defaults().resources_seconds
    print(f"{what:52} {summed_up(taken, 1e-6)}  {share:28.6%}")


def _processor_time(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
