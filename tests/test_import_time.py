"""What importing provkg loads: nothing that a training script would have to wait for."""

from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType

import pytest

import provkg
from provkg import graph
from provkg.capture import calls
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


def test_who_asks_loads_neither_what_records_nor_what_holds_and_checks_a_graph() -> None:
    loaded = loaded_by("import provkg.graph.reading, provkg.reading")
    assert "provkg.capture.spool" in loaded, "which tells whether something waits to be taken in"
    assert not loaded & {
        "provkg.capture.calls",
        "provkg.capture.session",
        "provkg.gate",
        "provkg.graph.knowledge_graph",
    }


@pytest.mark.parametrize("name", calls.__all__)
def test_every_call_of_capture_is_there_under_its_name(name: str) -> None:
    assert getattr(provkg.capture, name) is getattr(calls, name)


@pytest.mark.parametrize("name", graph.__all__)
def test_every_name_of_graph_is_there(name: str) -> None:
    assert getattr(graph, name).__name__ == name


@pytest.mark.parametrize("package", [provkg.capture, graph])
def test_an_unknown_name_in_a_package_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'trainig'"):
        _ = package.trainig
