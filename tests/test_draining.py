"""What training processes leave in the spool becomes records, once, with a verdict for each."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from provkg import vocabulary as v
from provkg.capture.spool import SpoolWriter, spool_files
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.records import (
    CLOSED,
    OPENED,
    PROGRESS,
    Dataset,
    DatasetVersion,
    Deployment,
    DeploymentRun,
    Description,
    Endpoint,
    Iri,
    Model,
    ModelVersion,
    Person,
    Record,
    Reference,
    Stated,
    TrainingRun,
    TransformationRun,
    Undeployment,
    statements,
)

ROOT = Path(__file__).parent.parent
STARTED = datetime(2026, 3, 20, 9, tzinfo=UTC)
ENDED = datetime(2026, 3, 20, 10, tzinfo=UTC)
PERSON = Person(issuer="tests", subject="somebody")
NO_SOURCE = (Iri(v.obtainedFrom.value), Iri(v.hasFile.value))
DATA = DatasetVersion(dataset=Dataset(name="readings"), version="1", sha256="ab" * 32, absent=NO_SOURCE)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base="https://example.org/kg/")


@pytest.fixture
def writer(folder: Folder) -> SpoolWriter:
    return SpoolWriter(folder.spool)


WHEN = f'{v.prov_invalidatedAtTime} "2026-03-20T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'


def run_of(emitter: str, ordinal: int = 1) -> TrainingRun:
    return TrainingRun(id=f"{emitter}/{ordinal}", title="fit", started=STARTED, triggered_by=PERSON)


def finished(emitter: str) -> TrainingRun:
    return replace(run_of(emitter), ended=ENDED, status=succeeded(), training_data=(reference(DATA),))


def succeeded() -> Iri:
    return Iri(v.RunStatus_succeeded.value)


def reference(said: Description) -> Reference:
    found = said.reference()
    assert isinstance(found, Reference)
    return found


def verdicts(folder: Folder) -> list[str]:
    return [outcome.verdict for file in spool_files(folder.spool) for outcome in file.outcomes().values()]


def rows(folder: Folder, text: str) -> list[tuple[str | None, ...]]:
    with read(folder) as reader:
        return [tuple(None if term is None else str(term) for term in row) for row in reader.query(text).rows]


def test_a_record_is_judged_with_what_the_one_before_it_in_the_spool_said(folder: Folder, writer: SpoolWriter) -> None:
    ends = f"<urn:a> {v.rdf_type} {v.Dataset} ; {v.dct_title} 'a' ; {v.prov_wasInvalidatedBy} <urn:recall> ; {WHEN} ."
    why = f"<urn:recall> {v.rdf_type} {v.prov_Activity} ; {v.invalidationReason} {v.InvalidationReason_recalled} ."
    for text in (why, ends):
        lines = tuple(f"{quad.triple} ." for quad in parse(text, format=RdfFormat.TURTLE))
        writer.record("added", [Stated(lines=lines)])
    with KnowledgeGraph.hold(folder):
        pass
    assert rows(folder, f"SELECT ?why {{ <urn:a> {v.prov_wasInvalidatedBy}/{v.invalidationReason} ?why }}") == [
        (str(v.InvalidationReason_recalled),)
    ]


# A process that opens a run, says something more, and then ends in the way that its second argument names.
LEAVER = """
import os, sys
from pathlib import Path
from provkg.capture.spool import SpoolWriter
from provkg.records import OPENED, Dataset
from tests.test_draining import run_of
writer = SpoolWriter(Path(sys.argv[1]))
writer.record(OPENED, [run_of(writer.emitter)])
writer.record("dataset", [Dataset(name="readings")])
if sys.argv[2] == "kill":
    os.kill(os.getpid(), 9)
writer.close()
"""


def leave(folder: Folder, ending: str) -> None:
    subprocess.run([sys.executable, "-c", LEAVER, str(folder.spool), ending], cwd=ROOT, check=False)


def test_every_record_gets_its_verdict_and_is_there(folder: Folder, writer: SpoolWriter) -> None:
    for number in range(300):
        writer.record("dataset", [Dataset(name=f"readings {number}")])
    writer.record(OPENED, [replace(run_of(writer.emitter), triggered_by=None)])
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
        assert (report.stored, report.rejected, graph.ledger.size) == (300, 1, 300)
        assert graph.drain().idle
    assert verdicts(folder) == ["stored"] * 300 + ["rejected"]
    assert len(rows(folder, f"SELECT ?d {{ ?d a {v.Dataset} }}")) == 300


def test_a_refused_record_lies_with_its_report_and_its_verdict_says_why(folder: Folder, writer: SpoolWriter) -> None:
    record = writer.record(OPENED, [replace(run_of(writer.emitter), triggered_by=None)])
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
    (outcome,) = spool_files(folder.spool)[0].outcomes().values()
    assert (outcome.record, outcome.verdict, outcome.problems) == (record, "rejected", 1)
    assert "who triggered it" in outcome.messages[0]
    assert "who triggered it" in (folder.rejected / f"{record}.report.txt").read_text()
    assert {path.suffix for path in folder.rejected.glob(f"{record}*")} == {".ttl", ".txt"}


def test_warnings_are_counted_and_listed(folder: Folder, writer: SpoolWriter) -> None:
    writer.record(OPENED, [run_of(writer.emitter)])
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
    (outcome,) = spool_files(folder.spool)[0].outcomes().values()
    assert report.warnings == outcome.warnings == len(outcome.messages) > 0


def test_a_record_may_refer_to_one_that_waits_beside_it(folder: Folder, writer: SpoolWriter) -> None:
    """Both are judged before either is in the index."""
    writer.record("dataset", [DATA])
    writer.record(OPENED, [replace(run_of(writer.emitter), training_data=(reference(DATA),))])
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().stored == 2


def step_of(emitter: str) -> TransformationRun:
    return TransformationRun(
        id=f"{emitter}/step", title="clean", started=STARTED, ended=ENDED, status=succeeded(), triggered_by=PERSON,
        kinds=(Iri(v.TransformationKind_filtering.value),), used=(reference(DATA),),
    )  # fmt: skip


def test_a_step_that_ended_without_having_made_anything_is_refused(folder: Folder, writer: SpoolWriter) -> None:
    writer.record("dataset", [DATA])
    writer.record(CLOSED, [step_of(writer.emitter)])
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
    assert (report.stored, report.rejected) == (1, 1)
    refused = next(out for out in spool_files(folder.spool)[0].outcomes().values() if out.verdict == "rejected")
    assert "A transformation that succeeded made something" in refused.messages[0]


@pytest.mark.parametrize("drained_between", [False, True])
def test_what_a_step_made_may_have_come_before_its_end(
    folder: Folder, writer: SpoolWriter, drained_between: bool
) -> None:
    step = step_of(writer.emitter)
    made = replace(DATA, version="2", sha256="cd" * 32, run=reference(step), made=ENDED, of=(reference(DATA),))
    writer.record("dataset", [DATA])
    writer.record(PROGRESS, [made])
    with KnowledgeGraph.hold(folder) as graph:
        first = graph.drain().stored if drained_between else 0
        writer.record(CLOSED, [step])
        report = graph.drain()
    assert (first + report.stored, report.rejected) == (3, 0)


def test_a_step_that_somebody_states_may_have_its_output_come_later(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        said = statements(Record("r", CLOSED, (DATA, step_of("elsewhere"))), folder.names)
        assert graph.add(None, CLOSED, said).position == 0


@pytest.mark.parametrize("content", [b"", b"\xffPvK\x10"])
def test_a_file_whose_process_died_before_its_first_frame_goes_after_a_day(folder: Folder, content: bytes) -> None:
    file = folder.spool / "somebody.spool"
    file.write_bytes(content)
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
        assert file.exists(), "its process may be about to write"
        os.utime(file, (0, 0))
        graph.drain()
        assert not file.exists(), "nobody can tell whose it is, and nothing is in it"


def test_lost_verdicts_cost_nothing(folder: Folder, writer: SpoolWriter) -> None:
    """A crash between the ledger's commit and the verdict sends the record again."""
    writer.record("dataset", [Dataset(name="readings")])
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
        spool_files(folder.spool)[0].verdicts.unlink()
        report = graph.drain()
        assert (report.stored, report.duplicates, graph.ledger.size) == (0, 1, 1)


def test_a_record_of_a_known_id_that_says_something_else_is_a_conflict(folder: Folder, writer: SpoolWriter) -> None:
    record = writer.record("dataset", [Dataset(name="readings")])
    with KnowledgeGraph.hold(folder) as graph:
        graph.add(record, "dataset", statements(Record(record, "dataset", (Dataset(name="x"),)), folder.names))
        assert graph.drain().conflicts == 1
        assert graph.ledger.size == 1
    assert verdicts(folder) == ["conflict"]


def test_the_runs_of_a_killed_process_are_closed_as_interrupted_and_its_file_goes(folder: Folder) -> None:
    leave(folder, "kill")
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
        assert (report.stored, len(report.interrupted), report.removed) == (3, 1, 1)
    assert list(folder.spool.iterdir()) == []
    statuses = rows(
        folder, f"SELECT ?status {{ ?run a {v.TrainingRun} ; {v.runStatus} ?status ; {v.prov_endedAtTime} ?t }}"
    )
    assert statuses == [(str(v.RunStatus_interrupted),)]


def test_a_run_of_a_living_process_stays_open(folder: Folder, writer: SpoolWriter) -> None:
    writer.record(OPENED, [run_of(writer.emitter)])
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
        assert (report.stored, report.interrupted, report.removed) == (1, [], 0)
    assert rows(folder, f"SELECT ?s {{ ?run {v.runStatus} ?s }}") == []
    assert writer.path.exists()


def test_a_finished_run_is_not_interrupted(folder: Folder) -> None:
    script = LEAVER.replace(
        'if sys.argv[2] == "kill":',
        "from provkg.records import CLOSED; from tests.test_draining import DATA, finished\n"
        'writer.record(CLOSED, [DATA, finished(writer.emitter)])\nif sys.argv[2] == "kill":',
    )
    subprocess.run([sys.executable, "-c", script, str(folder.spool), "kill"], cwd=ROOT, check=False)
    assert rows(folder, f"SELECT ?s {{ ?run {v.runStatus} ?s }}") == [(str(v.RunStatus_succeeded),)]


def test_a_torn_tail_keeps_what_is_intact(folder: Folder) -> None:
    leave(folder, "kill")
    (file,) = spool_files(folder.spool)
    file.path.write_bytes(file.path.read_bytes()[:-5])
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
        assert (report.stored, report.removed) == (2, 1), "the opening and, with the dataset torn, its closing"


def test_a_damaged_middle_is_put_aside_and_the_rest_kept(folder: Folder) -> None:
    leave(folder, "end")
    (file,) = spool_files(folder.spool)
    content = bytearray(file.path.read_bytes())
    opening = next(frame for frame in file.frames() if frame.kind == "record")
    content[opening.end - 10] ^= 0xFF
    file.path.write_bytes(content)
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
    assert report.stored == 1
    assert "was damaged; its intact records were taken" in report.messages[0]
    assert (folder.rejected / file.path.name).read_bytes() == content
    assert not file.path.exists()


def test_a_file_that_is_no_spool_file_keeps_no_other_waiting(folder: Folder, writer: SpoolWriter) -> None:
    (folder.spool / "00-notes.spool").write_bytes(b"not frames " * 50)
    (folder.spool / "00-folder.spool").mkdir()
    writer.record("dataset", [Dataset(name="readings")])
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
        assert report.stored == 1
        assert "00-folder.spool" in report.messages[0]


def test_readers_find_what_waits_in_the_spool(folder: Folder, writer: SpoolWriter) -> None:
    assert rows(folder, f"SELECT ?d {{ ?d a {v.Dataset} }}") == []
    writer.record("dataset", [Dataset(name="readings")])
    assert len(rows(folder, f"SELECT ?d {{ ?d a {v.Dataset} }}")) == 1


# --- deployments end one another


def deployed(emitter: str, ordinal: int, model: ModelVersion) -> tuple[DeploymentRun, Deployment]:
    run = DeploymentRun(
        id=f"{emitter}/{ordinal}", title="deploy", started=STARTED, ended=ENDED, triggered_by=PERSON, status=succeeded()
    )
    where = Endpoint(address="https://example.org/grade")
    stage = Iri(v.DeploymentStage_production.value)
    return run, Deployment(run=reference(run), model=reference(model), endpoint=where, stage=stage, made=ENDED)


def trained(emitter: str) -> tuple[DatasetVersion, TrainingRun, ModelVersion]:
    run = finished(emitter)
    model = ModelVersion(
        model=Model(name="grader"), version="1", sha256="cd" * 32, run=reference(run), made=ENDED,
        trained_on=(reference(DATA),),
    )  # fmt: skip
    return DATA, run, model


LIVE = f"SELECT ?d {{ ?d a {v.Deployment} FILTER NOT EXISTS {{ ?d {v.prov_invalidatedAtTime} ?t }} }}"


def test_a_deployment_ends_the_one_before_it_and_sending_it_again_does_not_matter(
    folder: Folder, writer: SpoolWriter
) -> None:
    *told, model = trained(writer.emitter)
    writer.record(CLOSED, [*told, model])
    for ordinal in (2, 3, 4):
        writer.record("deployment", deployed(writer.emitter, ordinal, model))
    with KnowledgeGraph.hold(folder) as graph:
        report = graph.drain()
        assert (report.stored, report.rejected) == (4, 0), verdict_messages(folder)
        spool_files(folder.spool)[0].verdicts.unlink()
        assert graph.drain().duplicates == 4
    assert len(rows(folder, LIVE)) == 1
    assert len(rows(folder, f"SELECT ?d {{ ?d {v.replaces} ?earlier }}")) == 2


def test_undeploying_what_nobody_deployed_writes_nothing_and_says_so(folder: Folder, writer: SpoolWriter) -> None:
    act = DeploymentRun(id="act", title="end", started=ENDED, ended=ENDED, status=succeeded(), triggered_by=PERSON)
    stage, endpoint = Iri(v.DeploymentStage_production.value), Endpoint(address="https://e.org/misspelt")
    end = Undeployment(run=reference(act), endpoint=endpoint, stage=stage, at=ENDED)
    writer.record("deployment", [act, end])
    with KnowledgeGraph.hold(folder) as graph:
        assert (graph.drain().rejected, graph.ledger.size) == (1, 0)
    (outcome,) = spool_files(folder.spool)[0].outcomes().values()
    assert "nothing serves at https://e.org/misspelt in stage production, so nothing was ended" in outcome.messages[0]


def test_undeploying_ends_what_is_live(folder: Folder, writer: SpoolWriter) -> None:
    *told, model = trained(writer.emitter)
    writer.record(CLOSED, [*told, model])
    run_of_first, first = deployed(writer.emitter, 2, model)
    writer.record("deployment", [run_of_first, first])
    ending = replace(run_of_first, id=f"{writer.emitter}/3", reason=Iri(v.InvalidationReason_superseded.value))
    why = "the trial is over"
    end = Undeployment(run=reference(ending), endpoint=first.endpoint, stage=first.stage, at=ENDED, rationale=why)
    writer.record("undeployment", [ending, end])
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().stored == 3, verdict_messages(folder)
    assert rows(folder, LIVE) == []
    said = rows(folder, f"SELECT ?why {{ ?d {v.prov_wasInvalidatedBy} ?act . ?act {v.rationale} ?why }}")
    assert said == [(f'"{why}"',)]


def verdict_messages(folder: Folder) -> list[str]:
    return [text for file in spool_files(folder.spool) for each in file.outcomes().values() for text in each.messages]
