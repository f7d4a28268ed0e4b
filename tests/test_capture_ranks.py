"""Many processes of one launch write one run, each with an activity of its own, and other launches write others."""

from __future__ import annotations

import itertools
import os
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from provkg import vocabulary as v
from provkg.capture import launcher
from provkg.capture.launcher import Launch, launch
from provkg.capture.spool import spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from tests.recording import script

RANKS = 4
TRAIN = """
    import os, signal, provkg
    rank = int(os.environ["RANK"])
    provkg.configure(base="https://example.org/kg/", responsible="a test")
    data = provkg.dataset("d", [1, 2, 3], version="1", source="https://example.org/d", license="CC0-1.0")
    with provkg.splitting(data, seed=1) as split:
        train, test = split.parts(train=0.7, test=0.3)
    for candidate in range(2):
        with provkg.training("fit", data=train, params={"candidate": candidate}) as run:
            for epoch in range(3):
                run.metric("loss", rank + epoch / 10, epoch=epoch)
            if DIES and candidate == 1 and rank == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            model = run.model("m", b"weights %d" % candidate)
    with provkg.evaluation(model, data=test) as run:
        run.metric("accuracy", 0.5 + rank / 10)
    with provkg.inference(model, data=test) as run:
        run.predictions([rank])
"""


def torchrun(rank: int, rendezvous: str = "job-17", **more: str) -> dict[str, str]:
    """Return what torchrun tells a rank."""
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(RANKS),
        "LOCAL_WORLD_SIZE": str(RANKS),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": "29400",
        "TORCHELASTIC_RUN_ID": rendezvous,
        "TORCHELASTIC_RESTART_COUNT": "0",
        **more,
    }


def launched(folder: Path, environments: list[dict[str, str]], *, dies: bool = False) -> list[int]:
    """Run the training once a rank, all at the same time, into one graph; returns their exit codes."""
    if not (folder / "kg").exists():
        Folder.create(folder / "kg", base="https://example.org/kg/")
    started = []
    for number, environment in enumerate(environments):
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        text = textwrap.dedent(TRAIN).replace("DIES", str(dies))
        started.append(script(text, place, PROVKG_STORE=str(folder / "kg"), **environment))
    for process in started:
        _, said = process.communicate(timeout=120)
        assert process.returncode in {0, -9}, said
    return [process.returncode for process in started]


def drained(folder: Path) -> None:
    with KnowledgeGraph.hold(Folder.find(folder / "kg")) as graph:
        report = graph.drain()
        assert (report.rejected, report.conflicts) == (0, 0), list((folder / "kg" / "rejected").glob("*.txt"))


def rows(folder: Path, text: str) -> list[tuple[str, ...]]:
    with read(Folder.find(folder / "kg")) as reader:
        return sorted(tuple(str(getattr(term, "value", term)) for term in row) for row in reader.query(text).rows)


def test_the_ranks_of_one_launch_write_one_run_with_an_activity_a_rank(tmp_path: Path) -> None:
    assert launched(tmp_path, [torchrun(rank) for rank in range(RANKS)]) == [0] * RANKS
    assert len(spool_files(tmp_path / "kg" / "spool")) == RANKS, "each process writes a file of its own"
    drained(tmp_path)
    runs = f"?run a {v.TrainingRun} ; {v.workerCount} ?workers ; {v.runStatus} ?status"
    found = rows(tmp_path, f"SELECT ?run ?workers ?status {{ {runs} }}")
    assert [each[1:] for each in found] == [("4", v.RunStatus_succeeded.value)] * 2, "a run for each of two candidates"
    parts = f"{runs} . ?part {v.partOfRun} ?run ; {v.dct_title} ?title ; {v.runStatus} ?status"
    assert rows(tmp_path, f"SELECT ?title (COUNT(?part) AS ?n) {{ {parts} }} GROUP BY ?title") == [
        (f"fit, rank {rank}", "2") for rank in range(RANKS)
    ]
    assert rows(tmp_path, f"SELECT (COUNT(DISTINCT ?run) AS ?n) {{ ?run a {v.TrainingRun} }}") == [("2",)]
    assert rows(tmp_path, f"SELECT (COUNT(DISTINCT ?run) AS ?n) {{ ?run a {v.SplitRun} }}") == [("1",)]


def test_the_ranks_make_one_model_and_measure_each_for_itself(tmp_path: Path) -> None:
    launched(tmp_path, [torchrun(rank) for rank in range(RANKS)])
    drained(tmp_path)
    trained = f"?model {v.trainedBy} ?run ; {v.trainedOn} ?data . ?run a {v.TrainingRun}"
    assert rows(tmp_path, f"SELECT (COUNT(DISTINCT ?model) AS ?n) {{ {trained} }}") == [("2",)]
    made = f"?model {v.trainedBy} ?run ; {v.prov_generatedAtTime} ?at"
    assert rows(tmp_path, f"SELECT (COUNT(?at) AS ?n) {{ {made} }}") == [("2",)], "one rank says when"
    measured = f"?series {v.measuredIn} ?in ; {v.metricKind} {v.MetricKind_loss} ; {v.lastValue} ?last"
    assert rows(tmp_path, f"SELECT DISTINCT ?last {{ {measured} }}") == [(f"{rank}.2",) for rank in range(RANKS)]
    accuracy = f"?value {v.measuredIn} ?in ; {v.metricKind} {v.MetricKind_accuracy} ; {v.value} ?n"
    assert rows(tmp_path, f"SELECT ?n {{ {accuracy} }}") == [("0.5",), ("0.6",), ("0.7",), ("0.8",)]
    predicted = f"?batch a {v.PredictionBatch} ; {v.prov_wasGeneratedBy} ?in"
    assert rows(tmp_path, f"SELECT (COUNT(DISTINCT ?batch) AS ?n) {{ {predicted} }}") == [(str(RANKS),)]


def test_a_rank_that_is_killed_is_interrupted_and_the_run_is_not(tmp_path: Path) -> None:
    codes = launched(tmp_path, [torchrun(rank) for rank in range(RANKS)], dies=True)
    assert codes == [0, 0, -9, 0]
    drained(tmp_path)
    parts = f"?part {v.dct_title} ?title ; {v.runStatus} {v.RunStatus_interrupted}"
    assert rows(tmp_path, f"SELECT ?title {{ {parts} }}") == [("fit, rank 2",)]


def test_a_second_launch_writes_a_second_run(tmp_path: Path) -> None:
    for rendezvous in ("job-17", "job-18"):
        launched(tmp_path, [torchrun(rank, rendezvous) for rank in range(2)])
    drained(tmp_path)
    assert rows(tmp_path, f"SELECT (COUNT(DISTINCT ?run) AS ?n) {{ ?run a {v.SplitRun} }}") == [("2",)]


# --- which launch


SLURM = {
    "SLURM_CLUSTER_NAME": "c",
    "SLURM_JOB_ID": "7",
    "SLURM_STEP_ID": "0",
    "SLURM_PROCID": "1",
    "SLURM_STEP_NUM_TASKS": "4",
}
OPEN_MPI = {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4", "PMIX_NAMESPACE": "prterun-host-77@1"}


@pytest.mark.parametrize(
    ("variables", "rank"),
    [
        (torchrun(3), 3),
        (SLURM, 1),
        (OPEN_MPI, 1),
        ({"PROVKG_RUN_ID": "night-3", "RANK": "0", "WORLD_SIZE": "2"}, 0),
        ({"PROVKG_RUN_ID": "night-3", "PROVKG_RANK": "1", "PROVKG_WORLD_SIZE": "2", **SLURM}, 1),
        ({**torchrun(2, "none"), **SLURM}, 2),
    ],
)
def test_launchers_name_launch_and_rank(variables: dict[str, str], rank: int) -> None:
    found = launch(variables)
    assert found is not None
    assert found.rank == rank


@pytest.mark.parametrize(
    "variables",
    [
        {},
        torchrun(1, "none"),
        torchrun(1, ""),
        {"RANK": "1", "WORLD_SIZE": "4"},
        {**torchrun(0), "WORLD_SIZE": "1"},
        {**torchrun(0), "RANK": "4"},
        {**torchrun(0), "RANK": "one"},
        {**SLURM, "SLURM_STEP_NUM_TASKS": "1"},
        {name: value for name, value in SLURM.items() if name != "SLURM_STEP_ID"},
        {"PROVKG_RUN_ID": "night-3"},
        {**torchrun(1), "PROVKG_RUN_ID": "none"},
    ],
)
def test_a_process_that_is_alone_or_of_no_known_launch_shares_nothing(variables: dict[str, str]) -> None:
    assert launch(variables) is None


def keys(*environments: Mapping[str, str]) -> set[tuple[str, ...]]:
    found = [launch(each) for each in environments]
    assert all(each is not None for each in found)
    return {each.key for each in found if each is not None}


def test_all_ranks_of_a_launch_have_one_key() -> None:
    assert len(keys(*(torchrun(rank) for rank in range(RANKS)))) == 1
    assert len(keys(*({**SLURM, "SLURM_PROCID": str(rank), "SLURM_NODEID": str(rank)} for rank in range(4)))) == 1
    own = {"PROVKG_RUN_ID": "night-3"}
    assert len(keys({**torchrun(0), **own}, {**torchrun(1, "other"), **own, "MASTER_PORT": "1"})) == 1


def test_launches_that_differ_in_anything_have_other_keys() -> None:
    torch = [torchrun(0), torchrun(0, "b"), torchrun(0, TORCHELASTIC_RESTART_COUNT="1"), torchrun(0, MASTER_PORT="1")]
    changes = {"SLURM_JOB_ID": "8", "SLURM_STEP_ID": "1", "SLURM_CLUSTER_NAME": "d", "SLURM_RESTART_COUNT": "1"}
    slurm = [SLURM, *({**SLURM, name: value} for name, value in changes.items())]
    mpi = [OPEN_MPI, {**OPEN_MPI, "PMIX_NAMESPACE": "prterun-host-78@1"}]
    several = [*torch, *slurm, *mpi]
    assert len(keys(*several)) == len(several)
    assert all(len(keys(one, other)) == 2 for one, other in itertools.combinations(several, 2))


def test_ranks_on_one_host_without_an_id_are_told_by_the_launcher_that_is_their_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launcher, "LAUNCHERS", (Path(sys.executable).name, "pytest"))
    monkeypatch.setattr("os.getppid", os.getpid)
    found = [launch(torchrun(rank, "none")) for rank in range(2)]
    assert all(isinstance(each, Launch) for each in found)
    assert len(keys(torchrun(0, "none"), torchrun(1, "none"))) == 1
    assert launch({**torchrun(0, "none"), "LOCAL_WORLD_SIZE": "2"}) is None, "the others have another parent"
