"""The package finds its ontology, shapes and saved questions wherever it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from provkg import resources
from provkg.resources import ONTOLOGY, QUERIES, SHAPES

if TYPE_CHECKING:
    from pathlib import Path


def home_of(folder: Path) -> str:
    """Return where a copy of the package in `folder` looks for the ontology."""
    command = [sys.executable, "-c", "from provkg.resources import ONTOLOGY; print(ONTOLOGY)"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def copied_package(folder: Path) -> Path:
    package = folder / "provkg"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(resources.__file__, package)
    return package


def test_the_ontology_shapes_and_questions_are_where_the_package_looks() -> None:
    assert (ONTOLOGY / "provkg.ttl").is_file()
    assert (ONTOLOGY / "context.jsonld").is_file()
    assert SHAPES.is_dir()
    assert QUERIES.is_dir()


def test_a_checkout_takes_the_folders_beside_the_package(tmp_path: Path) -> None:
    copied_package(tmp_path)
    assert home_of(tmp_path) == str(tmp_path / "ontology")


def test_an_installed_wheel_takes_the_folders_inside_the_package(tmp_path: Path) -> None:
    package = copied_package(tmp_path)
    (package / "_data").mkdir()
    assert home_of(tmp_path) == str(package / "_data" / "ontology")
