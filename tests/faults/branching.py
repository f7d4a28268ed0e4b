"""Further roles: who forks while recording, who corrects, who sends twice, and who accepts a restored backup."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import provkg
from provkg.capture.session import session
from provkg.errors import ProvkgError, RecordConflict
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.checkpointing import Checkpointing
from provkg.ledger import Entry
from provkg.records import Dataset
from tests.faults.emitting import BASE, begin, end, recorded
from tests.faults.telling import Teller
from tests.faults.writing import kept


def fork(tell: Teller, *, store: str, name: str, seed: int, children: int) -> None:
    """Open a training, fork so many children in it, and go on recording among them."""
    begin(tell, Path(store))
    rng = Random(seed)
    data = provkg.dataset(
        f"{name}-data", [[0.5]], version="1", license="CC0-1.0", source="https://example.org/readings"
    )
    with provkg.training(name, data=data) as run:
        pids = []
        for number in range(children):
            run.metric("loss", (value := rng.getrandbits(40) + 0.25), epoch=number)
            tell("point", value=value, waiting=session().writer.lost)
            child = os.fork()
            if child == 0:
                _live(tell, f"{name}-{number}", Random(seed + number + 1))
            tell("forked")
            pids.append(child)
    recorded(tell, "dataset", f"{name}-after", rng)
    for pid in pids:
        os.waitpid(pid, 0)
    end(tell)
    tell("done")


def _live(tell: Teller, name: str, rng: Random) -> None:
    """Record some things as a child, and end well or badly."""
    for ordinal in range(rng.randint(0, 3)):
        recorded(tell, rng.choice(["dataset", "correction"]), f"{name}-{ordinal}", rng)
        time.sleep(rng.random() * 0.02)
    if rng.random() < 0.4:
        os.kill(os.getpid(), signal.SIGKILL)
    end(tell)
    os._exit(0)


def correct(tell: Teller, *, store: str, name: str, record: str) -> None:
    """Send a correction of a record that another process sent."""
    begin(tell, Path(store))
    provkg.record(Dataset(name=name, description="a correction"), supersedes=[record])
    end(tell)
    tell("done")


def again(tell: Teller, *, store: str, name: str) -> None:
    """Keep one record twice, and then send another of its id, alone and behind a new one."""
    with KnowledgeGraph.hold(Folder.find(Path(store))) as graph:
        said = Dataset(name=name, description="once")
        kept(tell, graph, name, said)
        first = graph.ledger.find(name)
        graph.record(said, id=name)
        try:
            graph.record(Dataset(name=name, description="something else"), id=name)
            tell("traceback", text=f"record {name} was overwritten")
        except RecordConflict:
            tell("refused")
        if graph.ledger.find(name) != first:
            tell("traceback", text=f"record {name} was changed")
        _together(tell, graph, name)
    tell("done")


def _together(tell: Teller, graph: KnowledgeGraph, name: str) -> None:
    """Append a group of which one is a conflict: none of it may be kept."""
    there = graph.ledger.entry(0)
    conflict = Entry(**{**there.leaf.envelope(), "record": name}, lines=there.lines)
    try:
        graph.ledger.append([replace(conflict, record=f"{name}-new"), conflict])
        tell("traceback", text="a group with a conflict in it was kept")
    except RecordConflict:
        tell("refused")


def accept(tell: Teller, *, store: str) -> None:
    """Sign a restored backup, as somebody who restored it on purpose does."""
    folder = Folder.find(Path(store))
    try:
        with KnowledgeGraph.hold(folder) as graph:
            Checkpointing(folder, graph.ledger).sign(accept_restore=True)
    except ProvkgError as error:
        tell("trouble", kind=type(error).__name__, text=str(error))
    tell("done")


def make(tell: Teller, *, store: str) -> None:
    """Make the graph."""
    Folder.create(Path(store), base=BASE)
    tell("done")
