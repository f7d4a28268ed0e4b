"""One measurement in a process of its own, in the Python of the tool that is measured; prints one line of JSON.

It is started by its path: `worker.py ARM WORK FOLDER PARAMETERS`. An arm is a module of `arms`, with `-how` behind its
name where it records in several ways.
"""

from __future__ import annotations

import time

BEGAN = time.perf_counter()

import importlib  # noqa: E402 - what it takes to import is measured
import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent / "works"))
sys.path.append(str(Path(__file__).parent))


def main(arm: str, work: str, folder: str, parameters: str) -> None:
    """Do the work and say what it took."""
    own = json.loads(parameters)
    module, _, how = arm.partition("-")
    began = time.perf_counter()
    tool = importlib.import_module(f"arms.{module}")
    imported = time.perf_counter() - began

    def begin(params: dict[str, Any]) -> Any:
        return tool.begin(Path(folder), params, how) if how else tool.begin(Path(folder), params)

    found = importlib.import_module(work).measured(begin, tool, Path(folder), own)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found |= {
        "import_s": imported,
        "own_s": time.perf_counter() - BEGAN,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    sys.stdout.flush()
    os.write(1, (json.dumps(found) + "\n").encode())


if __name__ == "__main__":
    main(*sys.argv[1:5])
