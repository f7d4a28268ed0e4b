"""The writer: the process that holds the graph, drains the spool and tells which records it said were kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from provkg.capture.spool import Outcome, SpoolFile
from provkg.errors import GraphHeld, ProvkgError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.records import Dataset, Record
from tests.faults.shim import set_clock
from tests.faults.telling import Teller

WAIT: Final = 5.0
ATTEMPTS: Final = 4


def write(
    tell: Teller,
    *,
    store: str,
    seed: int,
    holds: int = 1 << 30,
    drains: int = 3,
    pace: float = 0.02,
    wait: float = WAIT,
    jumps: Sequence[int] = (0,),
) -> None:
    """Hold the graph so many times, each for some drainings; most writers go on until somebody ends them."""
    tell_verdicts(tell)
    folder, rng = Folder.find(Path(store)), Random(seed)
    for hold in range(holds):
        if any(jumps):
            set_clock(rng.choice(jumps))
        _held(tell, folder, rng.randint(1, drains), pace, wait, f"own-{seed}-{hold}")
    tell("done")


def mend(tell: Teller, *, store: str) -> None:
    """Hold the graph once more, as anybody does after a fault, until nothing is left to take in."""
    tell_verdicts(tell)
    try:
        _take_all(tell, Folder.find(Path(store)))
    except ProvkgError as error:
        tell("trouble", kind=type(error).__name__, text=str(error))
    else:
        tell("done")


def _take_all(tell: Teller, folder: Folder) -> None:
    with KnowledgeGraph.hold(folder, wait=WAIT, tell=lambda text: tell("mended", text=text)) as graph:
        for _ in range(ATTEMPTS):
            report = graph.drain()
            for message in report.messages:
                tell("message", text=message)
            if report.idle:
                return


def tell_verdicts(tell: Teller) -> None:
    """Let the verdicts beside a spool file be told once anybody can read them."""
    original = SpoolFile.judge

    def judge(self: SpoolFile, *outcomes: Outcome) -> None:
        original(self, *outcomes)
        for outcome in outcomes:
            tell("verdict", record=outcome.record, verdict=outcome.verdict, messages=outcome.messages)

    SpoolFile.judge = judge  # type: ignore[method-assign]  # and so does the drain that this process runs


def _held(tell: Teller, folder: Folder, drains: int, pace: float, wait: float, own: str) -> None:
    """Hold the graph for so many drainings; after a failing disk go on in the same hold, as a server does."""
    try:
        with KnowledgeGraph.hold(folder, wait=wait, tell=lambda text: tell("mended", text=text)) as graph:
            tell("holds")
            for drain in range(drains):
                _drained(tell, graph, f"{own}-{drain}")
                time.sleep(pace)
        tell("released")
    except GraphHeld as error:
        tell("held", text=str(error))
    except ProvkgError as error:
        tell("trouble", kind=type(error).__name__, text=str(error))


def _drained(tell: Teller, graph: KnowledgeGraph, own: str) -> None:
    try:
        graph.drain()
        tell("drained")
        _own_records(tell, graph, own)
    except ProvkgError as error:
        tell("trouble", kind=type(error).__name__, text=str(error))


def _own_records(tell: Teller, graph: KnowledgeGraph, name: str) -> None:
    """Keep a record without the spool, then its correction: kept is what the call returns for."""
    kept(tell, graph, name, Dataset(name=name, description="as it was told first"))
    kept(tell, graph, f"{name}-corrected", Dataset(name=name, description="as it is"), supersedes=(name,))


def kept(tell: Teller, graph: KnowledgeGraph, record: str, *said: Dataset, supersedes: tuple[str, ...] = ()) -> None:
    """Keep a record of that id and tell when it is safe."""
    meant = Record(record, "dataset", said, None, supersedes)
    tell("says", ordinal=record, record=meant.to_json())
    graph.record(*said, id=record, supersedes=supersedes)
    tell("kept", ordinal=record, record=record)
