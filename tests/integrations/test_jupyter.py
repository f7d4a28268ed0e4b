"""A notebook's cells are recorded as they run, in a real kernel, without anything shown that nobody asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ipykernel")
pytest.importorskip("jupyter_client")

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import start_new_kernel

from provkg.capture.spool import SpoolFile, spool_files
from provkg.integrations.notebook_runs import first_line, mentioned
from provkg.records import CLOSED, OPENED, Run
from tests.integrations.asking import asking, found
from tests.recording import CHECKOUT, described

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Kernel:
    """A kernel in a folder, and what its cells show."""

    def __init__(self, folder: Path) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")}
        environment = {
            **ours,
            "PYTHONPATH": str(CHECKOUT),
            "PROVKG_DELIVER": "off",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        environment["JPY_SESSION_NAME"] = str(folder / "study.ipynb")
        environment["GIT_CEILING_DIRECTORIES"] = str(folder.parent)  # of whatever repository the tests run in
        try:
            self.manager, self.client = start_new_kernel(
                kernel_name="python3", cwd=str(folder), env=environment, startup_timeout=60
            )
        except NoSuchKernel:
            pytest.skip("no kernel is installed here")
        self.store = folder / "kg"

    def run(self, code: str) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = []
        self.client.execute_interactive(code, output_hook=shown.append, timeout=60)
        return [each for each in shown if each["msg_type"] not in {"status", "execute_input"}]

    def text(self, code: str) -> str:
        return "".join(each["content"].get("text", "") for each in self.run(code))

    def spool(self) -> SpoolFile:
        (file,) = spool_files(self.store / "spool")
        return file

    def runs(self, kind: str = CLOSED) -> list[Run]:
        return [run for record in self.spool().records() if record.type == kind for run in described(record, Run)]

    def stop(self) -> None:
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path)
    yield kernel
    kernel.stop()
    kernel.manager.cleanup_resources()


def tags(run: Run) -> dict[str, str]:
    return {tag.key: tag.value for tag in run.tags}


BEGIN = """%load_ext provkg"""
DATA = """
import provkg
rows = [[0, 1], [1, 0]]
digits = provkg.dataset("digits", rows, source="https://example.org/digits")
"""
TRAIN = """
with provkg.training("fit", data=digits, params={"C": 1}) as run:
    model = run.model("net", b"weights")
"""


def test_cells_are_parts_of_the_notebook_in_the_order_in_which_they_ran(kernel: Kernel, tmp_path: Path) -> None:
    assert kernel.run(BEGIN) == [], "nothing is shown"
    assert kernel.run(DATA) == []
    assert kernel.run(TRAIN) == []
    assert [each["msg_type"] for each in kernel.run("1 / 0")] == ["error"]
    assert [each["msg_type"] for each in kernel.run("x = ")] == ["error"]
    kernel.run("print('hello'); 6 * 7")
    shown = kernel.run("from IPython.display import HTML, display\ndisplay(HTML('<b>b</b>'))")
    kernel.stop()
    data, fit, train, wrong, unparsed, printed, displayed, whole = kernel.runs()
    assert (whole.title, fit.title) == ("notebook study.ipynb", "fit")
    cells = [data, train, wrong, unparsed, printed, displayed]
    assert [run.title for run in cells] == [f"study.ipynb, cell [{number}]" for number in range(2, 8)]
    assert {run.part_of for run in cells} == {whole.reference()}
    assert fit.part_of == train.reference(), "what a cell does is a part of it"
    assert [run.informed_by for run in cells[1:]] == [(run.reference(),) for run in cells[:-1]]
    assert (wrong.error_type, unparsed.error_type) == ("ZeroDivisionError", "SyntaxError")
    assert tags(data)["notebook.appeared"] == "digits = digits"
    assert train.used == fit.training_data  # type: ignore[attr-defined]
    assert tags(train)["notebook.appeared"] == "model = net"
    assert [tags(run)["notebook.execution_count"] for run in cells] == [str(number) for number in range(2, 8)]
    assert getattr(data.plan, "sha256", None) == sha256(DATA.encode()).hexdigest()
    shows, prints = (sha256(each).hexdigest() for each in (b'{"text/plain": "42"}', b"hello\n"))
    assert tags(printed)["notebook.output.1"] == f"text/plain sha256:{shows}"
    assert tags(printed)["notebook.output.2"] == f"stdout sha256:{prints}"
    assert tags(displayed)["notebook.output.1"].startswith("text/html sha256:")
    assert shown[0]["content"]["data"]["text/html"] == "<b>b</b>"
    with asking(tmp_path / "kg") as graph:
        order = "SELECT ?line WHERE { ?cell dct:description ?line ; prov:startedAtTime ?began } ORDER BY ?began"
        assert [line for (line,) in found(graph, order)][2:4] == ["1 / 0", "x ="]


def test_the_magic_shows_what_was_recorded_and_what_is_missing(kernel: Kernel) -> None:
    kernel.run(BEGIN)
    kernel.run(DATA)
    kernel.run("1 / 0")
    told = kernel.text("%provkg")
    assert told.startswith(f"notebook study.ipynb, recorded in {kernel.store}\n")
    assert "[2]  ran  import provkg" in told
    assert "[3]  ZeroDivisionError  1 / 0" in told
    assert "licence" in kernel.text("%provkg missing")


@pytest.mark.parametrize("now", [False, True], ids=["asked", "killed"])
def test_a_restart_ends_the_notebooks_run(kernel: Kernel, now: bool) -> None:
    kernel.run(BEGIN)
    kernel.run("x = 1")
    kernel.manager.restart_kernel(now=now)
    kernel.client.wait_for_ready(timeout=60)
    file = kernel.spool()
    ends = kernel.runs() if not now else [run for record in file.remaining() for run in described(record, Run)]
    whole = next(run for run in ends if (run.title or "").startswith("notebook"))
    assert str(getattr(whole.status, "value", "")).endswith("interrupted" if now else "succeeded")
    assert [run.title for run in kernel.runs(OPENED)] == ["notebook study.ipynb", "study.ipynb, cell [2]"]


def test_what_is_unloaded_is_silent(kernel: Kernel) -> None:
    kernel.run(BEGIN)
    kernel.run("x = 1")
    kernel.run("%unload_ext provkg")
    kernel.run("x = 2")
    kernel.run("print('still shown')")
    kernel.stop()
    assert [run.title for run in kernel.runs()] == [
        "study.ipynb, cell [2]",
        "study.ipynb, cell [3]",
        "notebook study.ipynb",
    ]


def test_names_that_code_does_not_mention_are_left_out() -> None:
    assert mentioned("x + ", {"x": object()}) == {}
    assert mentioned("len(rows)", {"rows": [1], "len": len}) == {}


def test_a_first_line_holds_no_secret_and_is_short() -> None:
    assert first_line("\n\n  a = 1\nb = 2") == "a = 1"
    assert "hunter2" not in first_line("url = 'https://me:hunter2@example.org'")
    assert len(first_line("x" * 500)) == 81
    assert first_line("") == ""
