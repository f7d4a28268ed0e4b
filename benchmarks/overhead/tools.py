"""The ways to record that are compared, and the Python that each runs in."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

WORKER: Final = Path(__file__).parent / "worker.py"
SECONDS: Final = 3600
SETTLES_S: Final = 2.0
"""What a tool leaves to be done beside its process is done by then, and disturbs none that is measured after it."""


@dataclass(frozen=True)
class Tool:
    """One way to record: `arm` names its module and how it is used, `packages` what it needs."""

    arm: str
    packages: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The name of its environment: that of its package."""
        return self.packages[0].partition("==")[0] if self.packages else ""


TOOLS: Final = (
    Tool("none"),
    Tool("provkg"),
    Tool("provkg-named"),
    Tool("jsonl"),
    Tool("mlflow", ("mlflow==3.17.2",)),
    Tool("mlflow-async", ("mlflow==3.17.2",)),
    Tool("mlflow-batch", ("mlflow==3.17.2",)),
    Tool("wandb", ("wandb==0.31.0",)),
    Tool("flowcept", ("flowcept==1.0.3",)),
    Tool("yprov4ml", ("yprov4ml==3.2.4", "xarray")),  # 3.2.5 to 3.2.8 do not compile under Python 3.11
    Tool("openlineage", ("openlineage-python",)),
    Tool("prov", ("prov==3.2.3",)),
)


class Environments:
    """The Pythons of the tools, one environment each below `folder`, made by `make`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def python(self, tool: Tool) -> Path | None:
        """Return the Python of `tool`; ours where it needs no other, None where its environment is not there."""
        if not tool.packages:
            return Path(sys.executable)
        found = self.folder / tool.folder / "bin" / "python"
        return found if found.exists() else None

    def make(self) -> None:
        """Make those that are not there, with torch seen from this Python's environment behind their own packages."""
        ours = next(path for path in sys.path if path.endswith("site-packages"))
        for tool in TOOLS:
            if tool.packages and self.python(tool) is None:
                place = self.folder / tool.folder
                subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
                (site,) = place.glob("lib/python*/site-packages")
                (site / "behind.pth").write_text(f"{ours}\n")
                subprocess.run([str(place / "bin" / "pip"), "install", "-q", *tool.packages], check=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder on a real disk, and take it away."""
    with tempfile.TemporaryDirectory(prefix="overhead-", dir="/var/tmp", ignore_cleanup_errors=True) as place:
        yield Path(place)


def command(python: Path, tool: Tool, work: str, folder: Path, own: dict[str, Any]) -> list[str]:
    """Return the command line of a worker."""
    return [str(python), "-P", str(WORKER), tool.arm, work, str(folder), json.dumps(own)]


def measured(python: Path, tool: Tool, work: str, own: dict[str, Any], folder: Path | None = None) -> dict[str, Any]:
    """Return what one worker says; `{"failed": …}` where it ends with an error."""
    with scratch() as place:
        asked = command(python, tool, work, folder or place, own)
        done = subprocess.run(asked, cwd=place, capture_output=True, text=True, timeout=SECONDS, check=False)
        time.sleep(own.get("settles_s", 0.0))
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        return {"failed": done.stderr.strip().splitlines()[-1:] or [str(done.returncode)]}
    found: dict[str, Any] = json.loads(lines[-1])
    return found
