"""The pages on frameworks run as they stand, each in an empty folder, where the framework is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent.parent
PAGES = {
    "decorators": ("pandas",),
    "jupyter": ("ipykernel", "nbclient"),
    "mlflow": ("mlflow", "pandas"),
    "optuna": ("optuna",),
    "scikit-learn": ("sklearn", "pandas"),
    "keras": ("keras", "torch"),
    "lightning": ("lightning",),
    "pytorch": ("torch",),
    "transformers": ("transformers", "datasets"),
    "xgboost-lightgbm": ("xgboost", "lightgbm", "pandas"),
}
BLOCK = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL)
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": str(CHECKOUT),
}

pytestmark = [pytest.mark.checkout, pytest.mark.frameworks]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_and_prints_what_stands_there(page: str, tmp_path: Path) -> None:
    for needed in PAGES[page]:
        if find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")
    shown = BLOCK.findall((CHECKOUT / "docs" / "frameworks" / f"{page}.md").read_text("utf-8"))
    assert shown, "a page shows something that runs"
    for number, (program, printed) in enumerate(shown):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "train.py").write_text(program, "utf-8")
        done = subprocess.run(
            [sys.executable, "train.py"],
            cwd=folder,
            env={**os.environ, **QUIET},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, printed), done.stderr
