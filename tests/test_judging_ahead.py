"""Several processes judge what waits in the spool, and everything comes out as if each record had come alone."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from provkg import vocabulary as v
from provkg.capture.spool import SpoolWriter, spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph import draining as draining_module
from provkg.graph.workers import Worker, Workers
from provkg.records import (
    CLOSED,
    OPENED,
    Dataset,
    DeploymentRun,
    Description,
    Iri,
    Record,
    Stated,
    TrainingRun,
    Undeployment,
)
from tests.test_draining import DATA, ENDED, PERSON, STARTED, deployed, reference, succeeded, trained

*TOLD, MODEL = trained("emitter")


def run_of(number: int, *, complete: bool) -> TrainingRun:
    return TrainingRun(id=f"run-{number}", title="fit", started=STARTED, triggered_by=PERSON if complete else None)


def closing(number: int, *, complete: bool) -> TrainingRun:
    """Return the end of a run as its process tells it that has told by whom it was started: by its opening."""
    used = (reference(DATA),) if complete else ()
    return TrainingRun(id=f"run-{number}", title="fit", ended=ENDED, status=succeeded(), training_data=used)


def stated(*texts: str, level: str | None = None) -> Stated:
    quads = (quad for text in texts for quad in parse(text, format=RdfFormat.TURTLE))
    return Stated(lines=tuple(f"{quad.triple} ." for quad in quads), level=level)


def ended_service(number: int) -> tuple[Description, ...]:
    run = DeploymentRun(
        id=f"end-{number}", title="end", started=ENDED, ended=ENDED, status=succeeded(), triggered_by=PERSON,
        reason=Iri(v.InvalidationReason_superseded.value),
    )  # fmt: skip
    _, deployment = deployed("d", number, MODEL)
    return run, Undeployment(run=reference(run), endpoint=deployment.endpoint, stage=deployment.stage, at=ENDED)


def said_at_random(chance: random.Random, number: int) -> tuple[str, tuple[Description, ...]]:
    """Return type and description of a record: whole, lacking something, or resting on what came before or did not."""
    run, complete = chance.randrange(6), chance.random() < 0.7
    made: dict[str, Callable[[], tuple[str, tuple[Description, ...]]]] = {
        "open": lambda: (OPENED, (run_of(run, complete=complete),)),
        "close": lambda: (CLOSED, (closing(run, complete=complete),)),
        "data": lambda: ("dataset", (Dataset(name=f"readings {chance.randrange(4)}"),)),
        "version": lambda: ("dataset", (replace(DATA, version=str(chance.randrange(3))),)),
        "audited": lambda: ("added", (stated(f"<urn:d{run}> a {v.Dataset} .", level="audit"),)),
        "using": lambda: (
            "added",
            (stated(f"<urn:run{run}> a {v.prov_Activity} ; {v.prov_qualifiedUsage} <urn:u{run}> ."),),
        ),
        "used": lambda: ("added", (stated(f"<urn:u{run}> a {v.prov_Usage} ; {v.prov_entity} <urn:d{run}> ."),)),
        "deployed": lambda: ("deployment", deployed("d", number, MODEL)),
        "ended": lambda: ("undeployment", ended_service(number)),
    }
    return made[chance.choice([*made, "open", "close", "close"])]()


def records(seed: int, count: int) -> Iterator[Record]:
    chance, before = random.Random(seed), [Record("model", CLOSED, (*TOLD, MODEL))]
    yield before[0]
    for number in range(count):
        kind, said = said_at_random(chance, number)
        repeated = chance.random() < 0.1
        record_id = chance.choice(before).id if repeated else f"record-{number}"
        supersedes = (chance.choice(before).id,) if chance.random() < 0.05 else ()
        again = repeated and chance.random() < 0.5
        record = chance.choice(before) if again else Record(record_id, kind, said, supersedes=supersedes)
        before.append(record)
        yield record


def spooled(folder: Folder, given: list[Record]) -> None:
    writer = SpoolWriter(folder.spool)
    for record in given:
        writer.record(record.type, record.descriptions, id=record.id, supersedes=record.supersedes)
    writer.close()


def came_of(graph: KnowledgeGraph) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Return the entries of the ledger, the verdicts, and what lies among the refused records."""
    kept = [(e.leaf.record, e.leaf.level, e.leaf.warnings, e.leaf.supersedes, e.lines) for e in graph.ledger.entries()]
    told = [
        json.loads(line) for file in spool_files(graph.folder.spool) for line in file.verdicts.read_text().splitlines()
    ]
    # The report as RDF names its blank nodes in any order.
    lying = [path for path in sorted(graph.folder.rejected.glob("*")) if not path.name.endswith(".report.ttl")]
    refused = {path.name: sorted(path.read_text().splitlines()) for path in lying}
    return kept, told, refused


def alone(place: Path, empty: Folder, given: list[Record]) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Return what comes of the records where each is judged and indexed before the next is read."""
    shutil.copytree(empty.path, place)
    folder = Folder.find(place)
    with KnowledgeGraph.hold(folder) as graph:
        for record in given:
            # In a file of its own: of a file, nothing is read that has a verdict.
            spooled(folder, [record])
            graph.drain(workers=0)
        return came_of(graph)


@pytest.mark.parametrize("seed", range(2))
def test_whoever_judges_a_batch_the_same_is_kept_and_refused_for_the_same_reasons(tmp_path: Path, seed: int) -> None:
    empty = Folder.create(tmp_path / "empty", base="https://example.org/kg/")
    given = list(records(seed, 120))
    expected = alone(tmp_path / "alone", empty, given)
    fates = {outcome["verdict"] for outcome in expected[1]}
    assert fates >= {"stored", "rejected", "conflict"}
    for workers in (0, 1, 2):
        shutil.copytree(empty.path, tmp_path / str(workers))
        folder = Folder.find(tmp_path / str(workers))
        spooled(folder, given)
        with KnowledgeGraph.hold(folder) as graph:
            graph.drain(workers=workers)
            found = came_of(graph)
        assert found[0] == expected[0], workers
        assert found[1] == expected[1], workers
        assert found[2] == expected[2], workers


def test_a_helper_that_dies_costs_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = Folder.create(tmp_path / "empty", base="https://example.org/kg/")
    given = list(records(7, 120))
    expected = alone(tmp_path / "alone", empty, given)
    shutil.copytree(empty.path, tmp_path / "kg")
    folder = Folder.find(tmp_path / "kg")
    spooled(folder, given)
    sent = Worker.send
    times = iter(range(1000))

    def send(worker: Worker, kind: str, items: list[Any]) -> None:
        sent(worker, kind, items)
        if next(times) in {3, 8}:
            worker._process.kill()

    monkeypatch.setattr(Worker, "send", send)
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain(workers=3)
        assert came_of(graph) == expected


def test_no_helper_is_left_when_the_spool_is_drained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Workers] = []

    def start(*given: Any) -> Workers:
        started.append(Workers(*given))
        return started[-1]

    monkeypatch.setattr(draining_module, "Workers", start)
    folder = Folder.create(tmp_path / "kg")
    spooled(folder, list(records(1, 20)))
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain(workers=2)
    assert [worker._process.poll() is not None for worker in started[0]._all] == [True, True]


def test_where_no_process_can_be_started_the_holder_judges_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    folder = Folder.create(tmp_path / "kg")
    spooled(folder, [Record(str(number), "dataset", (Dataset(name=str(number)),)) for number in range(20)])
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain(workers=2).stored == 20


def test_a_small_spool_is_drained_without_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining_module, "Workers", None)
    folder = Folder.create(tmp_path / "kg")
    spooled(folder, [Record(str(number), "dataset", (Dataset(name=str(number)),)) for number in range(50)])
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().stored == 50


HOLDER = """
import sys, time
from pathlib import Path
from provkg.graph.workers import Workers
workers = Workers(Path(sys.argv[1]), sys.argv[2], 2)
workers.await_ready()
print(*(each._process.pid for each in workers._all), flush=True)
time.sleep(600)
"""


def test_helpers_end_with_a_holder_that_is_killed(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg")
    with KnowledgeGraph.hold(folder) as graph:
        digest = graph._gates.digest
    command = [sys.executable, "-c", HOLDER, str(folder.path), digest]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        helpers = [int(pid) for pid in holder.stdout.readline().split()]
        assert len(helpers) == 2
        holder.kill()
    until = time.monotonic() + 30
    while any(is_running(pid) for pid in helpers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in helpers)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
