"""In a real kernel the notebook is the code: its cells, whatever they print, and what they import."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provkg.capture.notebooks import FORM, code_cells, code_digest
from provkg.records import CLOSED, Run
from tests.recording import CHECKOUT, described, left_in
from tests.test_capture_code import made, notebook

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq"),
]

CELLS = (
    "%config InteractiveShell.ast_node_interactivity = 'last_expr'",
    "import helper, provkg\nprovkg.configure(store='kg', base='https://example.org/')",
    "with provkg.run('work') as run:\n    print('seen')\nprovkg.capture.end_session()",
)


def executed(folder: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.setenv("PROVKG_DELIVER", "off")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read = nbformat.read(folder / "train.ipynb", as_version=4)
    nbclient.NotebookClient(read, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(read, folder / "train.ipynb")


def test_a_kernel_of_jupyter_server_records_its_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path / "work", train_ipynb=notebook(*CELLS), helper_py="A = 1\n")
    (folder / "helper.py").write_text("A = 2\n", "utf-8")
    # Jupyter Server names the notebook by its path (jupyter_server, SessionManager.get_kernel_env).
    executed(folder, {"JPY_SESSION_NAME": str(folder / "train.ipynb")}, monkeypatch)
    (closing,) = (record for record in left_in(folder / "kg").records() if record.type == CLOSED)
    (run,) = described(closing, Run)
    code = run.code
    assert getattr(code, "sha256", None) == code_digest(list(CELLS))
    assert getattr(code, "digest_form", None) == FORM
    (kept,) = (folder / "kg" / "code").iterdir()
    assert b"+A = 2" in kept.read_bytes()
    assert b"ipynb" not in kept.read_bytes(), "it ran as it was committed"
    content = (folder / "train.ipynb").read_bytes()
    assert b"seen" in content, "it has outputs now"
    assert code_cells(content) == list(CELLS)


def test_a_kernel_that_is_not_told_its_notebook_records_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "work", train_ipynb=notebook(*CELLS), helper_py="A = 1\n")
    os.environ.pop("JPY_SESSION_NAME", None)
    executed(folder, {}, monkeypatch)
    (closing,) = (record for record in left_in(folder / "kg").records() if record.type == CLOSED)
    (run,) = described(closing, Run)
    assert getattr(run.code, "commit", None) is not None
    assert getattr(run.code, "sha256", None) is None
