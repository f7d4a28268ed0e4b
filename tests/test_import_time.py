"""What importing provkg loads: nothing that a training script would have to wait for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import provkg
from tests.recording import CHECKOUT

HEAVY = {
    "rdflib",
    "pyshacl",
    "owlrl",
    "shifty",
    "click",
    "cryptography",
    "numpy",
    "pandas",
    "sklearn",
    "starlette",
    "yaml",
}


def loaded_by(program: str) -> set[str]:
    asked = f"{program}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True, cwd=CHECKOUT)
    return set(json.loads(done.stdout))


def test_importing_provkg_loads_none_of_its_parts() -> None:
    loaded = loaded_by("import provkg")
    assert {name for name in loaded if name.startswith("provkg")} == {"provkg"}
    assert not loaded & {*HEAVY, "pyoxigraph", "asyncio", "subprocess", "multiprocessing"}


def test_capture_loads_nothing_heavier_than_pyoxigraph() -> None:
    loaded = loaded_by("import provkg; provkg.training")
    assert "provkg.capture" in loaded
    assert not loaded & HEAVY
    layers = {name.split(".")[1] for name in loaded if name.startswith("provkg.")}
    assert layers <= {
        "capture",
        "records",
        "literals",
        "identity",
        "merkle",
        "durable",
        "folder",
        "facts_file",
        "vocabulary",
        "resources",
        "errors",
        "integrations",
    }
    watching = {name.partition(".integrations.")[2] for name in loaded if name.startswith("provkg.integrations.")}
    assert watching == {"observing", "on_import", "seeds"}, "before a run begins, to see seeds, and no framework"


@pytest.mark.parametrize("name", provkg.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(provkg, name) is not None


def test_public_names_are_sorted_and_listed() -> None:
    assert provkg.__all__ == sorted(provkg.__all__)
    assert dir(provkg) == provkg.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'provkg' has no attribute 'trainig'"):
        _ = provkg.trainig
