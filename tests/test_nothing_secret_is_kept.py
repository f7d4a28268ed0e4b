"""One training that meets secrets of every format, and names of people: none is in any file of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from provkg import vocabulary as v
from provkg.capture.spool import spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from tests.recording import CHECKOUT
from tests.secrets.drawing import secrets

SECRETS = secrets()
LOOK_ALIKES = tomllib.loads((Path(__file__).parent / "secrets" / "look_alikes.toml").read_text("utf-8"))
KEPT = {**LOOK_ALIKES["parameters"], **{f"about {name}": text for name, text in LOOK_ALIKES["texts"].items()}}
PERSON = "grace"
TRAIN = """
    import json, os, sys
    import provkg
    from provkg.records import Tag

    told = json.load(open(os.environ["TOLD"]))
    here = os.path.dirname(os.path.abspath(__file__))
    provkg.configure(store=os.environ["KG"], project="p", responsible="Ada Lovelace")
    raw = provkg.dataset("raw", os.path.join(here, "data.csv"), version="1", license="CC0-1.0")
    with provkg.run("look-alikes", params=told["kept"]):
        pass
    for number, (text, name, value) in enumerate(told["secrets"]):
        provkg.record(Tag(key=f"note {number}", value=text))
        provkg.record(Tag(key=name, value=value))
        deep = {"note": text, "list": [text, [text]], "of file": {name: value}}
        try:
            with provkg.run(f"try {number}: {text}", description=text, params={"outer": deep, name: value}) as run:
                run.metric("loss", 0.5, label=text)
                run.metric(f"loss of {text}", 0.5)
                run.dataset(f"set of {text}", [[number]], version=text, role="train", description=text)
                run.model(f"model of {text}", b"weights %d" % number)
                raise ValueError(f"cannot use {text}")
        except ValueError:
            pass
    with provkg.run("persons", params={"out": f"/home/{told['person']}/out", "mail": f"{told['person']}@example.org"}):
        print("trained")
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("everything") / "home" / PERSON


@pytest.fixture(scope="module")
def trained(home: Path) -> Path:
    """Return the graph's folder after a training whose records still wait in the spool."""
    code = home / "code"
    code.mkdir(parents=True)
    told = home / "told.json"
    each = [(secret.text, secret.named or "password", secret.value) for secret in SECRETS]
    told.write_text(json.dumps({"secrets": each, "kept": KEPT, "person": PERSON}), "utf-8")
    (code / "train.py").write_text(textwrap.dedent(TRAIN), "utf-8")
    (code / "data.csv").write_text("a,b\n1,2\n", "utf-8")
    (code / "notes.txt").write_text("nothing yet\n", "utf-8")
    (code / "look.ipynb").write_text(json.dumps({"cells": []}), "utf-8")
    token = next(secret for secret in SECRETS if secret.name == "GitHub token in a remote")
    for command in (
        ["init", "-q"],
        ["config", "user.name", "Grace Hopper"],
        ["config", "user.email", f"{PERSON}@example.org"],
        ["remote", "add", "origin", token.text],
        ["add", "."],
        ["commit", "-q", "-m", "first"],
    ):
        subprocess.run(["git", *command], cwd=code, check=True, capture_output=True)
    (code / "notes.txt").write_text("\n".join(secret.text for secret in SECRETS) + f"\n/home/{PERSON}/x\n", "utf-8")
    cells = [{"cell_type": "code", "source": secret.text.splitlines(keepends=True)} for secret in SECRETS]
    (code / "look.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    store = home.parent.parent / "kg"  # whose own place is in the log of its index
    Folder.create(store, base="https://example.org/kg/")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")},
        **{secret.named: secret.value for secret in SECRETS if secret.named and "." not in secret.named},
        "HOME": str(home),
        "USER": PERSON,
        "LOGNAME": PERSON,
        "PYTHONPATH": str(CHECKOUT),
        "PROVKG_DELIVER": "off",
        "PROVKG_IMAGE": token.text.replace("code.git", "image:1"),
        "TOLD": str(told),
        "KG": str(store),
    }
    short = [secret.text for secret in SECRETS if len(secret.text) < 120]
    command = [sys.executable, str(code / "train.py"), "--password", SECRETS[0].value, *short]
    done = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
    return store


@pytest.fixture(scope="module")
def taken_in(trained: Path) -> Path:
    with KnowledgeGraph.hold(Folder.find(trained)) as graph:
        report = graph.drain()
    assert spool_files(trained / "spool") == [], report
    return trained


def test_no_secret_waits_in_the_spool(trained: Path) -> None:
    assert sum(file.stat().st_size for file in (trained / "spool").iterdir()) > 1_000_000, "all of it was said"
    assert list(left(trained)) == []


def test_no_secret_is_in_any_file_of_the_graph(taken_in: Path) -> None:
    assert (taken_in / "code").is_dir(), "the patch is one of them"
    assert list(left(taken_in)) == []


def test_no_secret_is_in_any_answer(taken_in: Path) -> None:
    with read(Folder.find(taken_in)) as reader:
        rows = reader.query("SELECT DISTINCT ?s ?o { ?s ?p ?o }", limit=10_000_000).rows
    said = "\n".join(str(getattr(term, "value", term)) for row in rows for term in row)
    assert len(said) > 500_000, "all that was recorded is looked through"
    assert {secret.name: secret.left_in(said) for secret in SECRETS if secret.left_in(said)} == {}


def test_what_only_looks_like_a_secret_is_recorded_as_it_is(taken_in: Path) -> None:
    with read(Folder.find(taken_in)) as reader:
        rows = reader.query(
            f"""SELECT ?name ?value {{ ?run {v.dct_title} "look-alikes" ; {v.parameter} ?setting .
              ?setting {v.paramName} ?name ; {v.paramValue} ?value }}"""
        ).rows
    said = {str(getattr(name, "value", "")): str(getattr(value, "value", "")) for name, value in rows}
    assert {name: said.get(name) for name in KEPT} == KEPT


def test_no_person_is_named_who_was_not_named_on_purpose(taken_in: Path) -> None:
    for name in (PERSON, "Hopper", f"{PERSON}@example.org"):
        found = [str(file.relative_to(taken_in)) for file in files(taken_in) if name.encode() in file.read_bytes()]
        assert found == [], name
    with read(Folder.find(taken_in)) as reader:
        (row,) = reader.query(
            f'SELECT DISTINCT ?who {{ ?who {v.foaf_name} ?name FILTER (?name = "Ada Lovelace") }}'
        ).rows
    assert row, "said on purpose"


def files(folder: Path) -> list[Path]:
    # The engine's own log of the index says where it lies and nothing of what is in it.
    return [file for file in folder.rglob("*") if file.is_file() and file.name != "LOG"]


def left(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name every secret of which a part is in a file, with the file."""
    for file in files(folder):
        content = file.read_bytes().decode("latin-1")
        yield from (
            (secret.name, str(file.relative_to(folder)), parts)
            for secret in SECRETS
            if (parts := secret.left_in(content))
        )
