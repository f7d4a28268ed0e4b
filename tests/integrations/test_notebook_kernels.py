"""A notebook whose kernel is restarted amid a run leaves that run interrupted, with all that was measured."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from provkg.folder import Folder
from tests.recording import CHECKOUT
from tests.test_after_a_crash import drained

manager = pytest.importorskip("jupyter_client.manager")
pytest.importorskip("ipykernel")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CELLS = (
    """
import provkg
data = provkg.dataset("d", [1, 2], version="1", source="https://example.org/d", synthetic=True)
run = provkg.training("{title}", data=data, responsible="a test").__enter__()
for step in range(20):
    run.metric("loss", float(step), step=step)
""",
    "print('measured')",
)


def run_cells(client: object, title: str) -> None:
    for cell in CELLS:
        reply = client.execute_interactive(cell.format(title=title), timeout=60, output_hook=lambda _: None)  # type: ignore[attr-defined]
        assert reply["content"]["status"] == "ok", reply["content"]


@pytest.mark.parametrize("at_once", [True, False], ids=["killed", "asked to shut down"])
def test_a_restarted_kernel_leaves_its_run_interrupted(at_once: bool, tmp_path: Path) -> None:
    Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    kernel, client = manager.start_new_kernel(
        cwd=str(tmp_path), env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PROVKG_DELIVER": "off"}
    )
    try:
        run_cells(client, "before")
        kernel.restart_kernel(now=at_once)
        client.wait_for_ready(timeout=60)
        run_cells(client, "after")
        time.sleep(0.1)
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    found = drained(tmp_path / "kg")
    assert {title: (run.status, run.points) for title, run in found.items()} == {
        "before": ("interrupted", 20),
        "after": ("interrupted", 20),
    }
