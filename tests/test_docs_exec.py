"""What `docs/exec.md` shows runs: its commands, its Makefile, the command line of its Dockerfile and its DVC stage."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provkg.execution.bootstrap.provkg_observed import LARGEST
from provkg.execution.inputs import FEW
from provkg.execution.listing import MOST_LOOKED_AT
from tests.test_docs_verify import follow, shell

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "exec.md"
TEXT = PAGE.read_text("utf-8") if PAGE.is_file() else ""
PROGRAM = "open('model.json', 'w').write(open('data/train.csv').read())"


def block(language: str) -> str:
    return re.findall(rf"```{language}\n(.*?)```\n", TEXT, re.DOTALL)[0]  # type: ignore[no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("x,y\n1,2\n")
    (tmp_path / "train.py").write_text(PROGRAM)
    return tmp_path


def test_its_commands_run_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(PAGE, tmp_path, least=2)


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"up to {MOST_LOOKED_AT:,} files" in TEXT
    assert f"Up to {FEW} files of a folder" in TEXT
    assert f"a file of up to {LARGEST >> 20} MiB" in TEXT


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_its_makefile_records_each_line(folder: Path) -> None:
    (folder / "Makefile").write_text(f"{block('make')}model.json: train.py\n\tpython3 train.py\n\ttrue\n")
    done = shell(
        folder, "make model.json && provkg query 'SELECT ?code { ?run <https://w3id.org/provkg#exitCode> ?code }'"
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^ *(\d+)$", done.stdout, re.MULTILINE) == ["0", "0"]


def test_the_command_line_of_its_dockerfile_runs(folder: Path) -> None:
    file = block("dockerfile")
    entry, command = (json.loads(found) for found in re.findall(r"^(?:ENTRYPOINT|CMD) (.*)$", file, re.MULTILINE))
    line = " ".join([*entry, *command])
    done = shell(folder, f"PROVKG_IMAGE=example.org/train@sha256:{'0' * 64} {line} && provkg lineage model.json --up")
    assert done.returncode == 0, done.stderr
    assert "model.json" in done.stdout


@pytest.mark.frameworks
@pytest.mark.skipif(shutil.which("dvc") is None, reason="DVC is not installed")
def test_its_stage_runs_under_dvc(folder: Path) -> None:
    (folder / "dvc.yaml").write_text(block("yaml"))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    done = shell(folder, "export DVC_NO_ANALYTICS=1; dvc init -q && dvc repro && provkg lineage model.json --up")
    assert done.returncode == 0, done.stderr
    assert "data/train.csv" in done.stdout or "model.json" in done.stdout
