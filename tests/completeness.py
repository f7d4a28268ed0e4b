"""Typical scripts, what of their records only people can add, and the file that says it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from provkg.folder import Folder
from provkg.gate import check_data
from provkg.gate.fields import fields
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from provkg.reading.people import Needs
from tests.recording import ran

Place = tuple[str | None, str, str | None]
EVERYWHERE: set[Place] = {(None, "", "responsible"), (None, "", "experiment")}


def of_data(*names: str) -> set[Place]:
    """Return the places of what is asked of data from elsewhere."""
    return {("datasets", name, key) for name in names for key in ("license", "synthetic")}


@dataclass(frozen=True)
class Script:
    """A script, the places of what is missing after it ran, and what a person fills in there."""

    text: str
    places: frozenset[Place]
    facts: str

    def run(self, folder: Path, *, told: bool) -> Path:
        """Run it in `folder`, where `provkg.toml` says the facts if they are `told`; returns the graph."""
        if told:
            (folder / "provkg.toml").write_text(textwrap.dedent(self.facts), "utf-8")
        done = ran(self.text, folder, PROVKG_STORE="kg", OMP_NUM_THREADS="1")
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr, done.stderr
        with KnowledgeGraph.hold(Folder.find(folder / "kg")) as graph:
            report = graph.drain()
            assert report.rejected == 0
        return folder / "kg"


def missing(kg: Path) -> Needs:
    """Return what only people can add at `standard`."""
    with Reader.open(kg) as reader:
        return reader.missing()


def left_to_people(kg: Path, level: str) -> dict[bool, list[str]]:
    """Return what the whole graph lacks at `level`, by whether it is left to people."""
    asked = {field.shape: field.left_to_people for field in fields(level).of.values()}
    with Reader.open(kg) as reader:
        problems = check_data(reader.triples(), level).problems
    found: dict[bool, list[str]] = {True: [], False: []}
    for problem in problems:
        found[asked.get(problem.shape, False)].append(problem.message)
    return found
