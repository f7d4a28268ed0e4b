"""A graph takes each record once, through the gate, and its index can be lost without losing an answer."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary as v
from provkg.errors import GraphHeld, IncompleteRecord, LedgerBroken, RecordConflict, StorageFailed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read, stores
from provkg.index import ReadIndex, index
from provkg.literals import DATE_TIME
from tests import story

ROOT = Path(__file__).parent.parent
EVERYTHING = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?g ?s ?p ?o"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base=story.BASE)


@pytest.fixture
def graph(folder: Folder) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph.hold(folder) as held:
        yield held


def titled(local: str, title: str = "readings") -> list[Triple]:
    return [Triple(story.thing(local), v.rdf_type, v.Dataset), Triple(story.thing(local), v.dct_title, Literal(title))]


def asked(reader: ReadIndex, text: str) -> list[tuple[str | None, ...]]:
    return [tuple(None if term is None else str(term) for term in row) for row in reader.query(text).rows]


def everything(folder: Folder) -> list[tuple[str | None, ...]]:
    with read(folder) as reader:
        return asked(reader, EVERYTHING)


def in_another_process(script: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


# --- adding


def test_an_added_record_can_be_asked_for_with_what_its_types_imply(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        kept = graph.add("r-1", "dataset", titled("dataset/readings"))
        assert (kept.record, kept.position, kept.duplicate) == ("r-1", 0, False)
    with read(folder) as reader:
        assert reader.size == 1
        assert reader.query(
            'ASK { ?d a pvk:Dataset, prov:Entity ; dct:title "readings" }'.replace("pvk:Dataset", str(v.Dataset))
            .replace("prov:Entity", str(v.prov_Entity))
            .replace("dct:title", str(v.dct_title))
        )


def test_the_same_record_again_changes_nothing(graph: KnowledgeGraph) -> None:
    first = graph.add("r-1", "dataset", titled("dataset/readings"))
    again = graph.add("r-1", "dataset", reversed(titled("dataset/readings")))
    assert (first.duplicate, again.duplicate, again.position) == (False, True, 0)
    assert graph.ledger.size == 1


def test_a_lost_ledger_does_not_cost_the_index_and_the_snapshots_too(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "dataset", titled("dataset/readings"))
        graph.snapshot()
    for file in folder.path.glob("ledger.db*"):
        file.unlink()
    for attempt in range(2):
        with pytest.raises(LedgerBroken, match="though the graph had 1 records; restore it from a backup"):
            read(folder).close()
        assert (folder.snapshots / "1").is_dir(), f"attempt {attempt}: the last copy of what the graph said stays"


def test_a_derived_edge_cannot_be_stated(graph: KnowledgeGraph) -> None:
    edge = Triple(story.thing("dataset/readings"), v.dependsOn, story.thing("dataset/other"))
    with pytest.raises(IncompleteRecord, match="derives pvk:dependsOn itself"):
        graph.add("r-1", "dataset", [*titled("dataset/readings"), *titled("dataset/other"), edge])
    assert graph.ledger.size == 0, "a stated edge would stand or fall with the order in which the index is made"


def test_a_record_cannot_supersede_itself(graph: KnowledgeGraph) -> None:
    with pytest.raises(IncompleteRecord, match="does not supersede itself"):
        graph.add("r-1", "dataset", titled("dataset/readings"), supersedes=["r-1"])
    assert graph.ledger.size == 0, "it would be acknowledged and then missing from every answer"


def test_a_statement_about_a_statement_is_refused_as_what_it_is(graph: KnowledgeGraph) -> None:
    said = titled("dataset/readings")
    with pytest.raises(IncompleteRecord, match="Statements about statements are not kept"):
        graph.add("r-1", "dataset", [*said, Triple(story.thing("dataset/readings"), v.dct_description, said[0])])


def test_the_same_id_with_something_else_is_refused(graph: KnowledgeGraph) -> None:
    graph.add("r-1", "dataset", titled("dataset/readings"))
    with pytest.raises(RecordConflict, match="r-1 is already kept"):
        graph.add("r-1", "dataset", titled("dataset/readings", "other"))
    assert graph.ledger.size == 1


def test_a_record_without_an_id_is_known_by_its_content(graph: KnowledgeGraph) -> None:
    first = graph.add(None, "dataset", titled("dataset/readings"))
    again = graph.add(None, "dataset", reversed(titled("dataset/readings")))
    other = graph.add(None, "dataset", titled("dataset/other"))
    assert (again.record, again.duplicate) == (first.record, True)
    assert (other.record == first.record, other.duplicate) == (False, False)


def test_two_spellings_of_a_number_are_the_same_statement(graph: KnowledgeGraph) -> None:
    """Digests are taken after the store's own rewriting of literals."""
    for spelling in ("1.0E-3", "0.001"):
        value = Triple(story.thing("parameter-setting/a"), v.numericValue, Literal(spelling, datatype=v.xsd_double))
        setting = [
            Triple(story.thing("parameter-setting/a"), v.rdf_type, v.HyperparameterSetting),
            Triple(story.thing("parameter-setting/a"), v.paramName, Literal("alpha")),
            Triple(story.thing("parameter-setting/a"), v.paramValue, Literal(0.001)),
            value,
        ]
        kept = graph.add("r-1", "parameters", setting)
        assert kept.duplicate == (spelling == "0.001")


def test_a_refused_record_raises_every_problem_and_lies_with_its_report(graph: KnowledgeGraph) -> None:
    run = story.thing("training-run/x")
    said = [Triple(run, v.rdf_type, v.TrainingRun)]
    with pytest.raises(IncompleteRecord) as refused:
        graph.add("emitter/1", "run-opened", said)
    assert len(refused.value.problems) > 1
    kept = {path.name for path in graph.folder.rejected.iterdir()}
    assert kept == {"emitter%2F1.ttl", "emitter%2F1.report.txt", "emitter%2F1.report.ttl"}
    words = (graph.folder.rejected / "emitter%2F1.report.txt").read_text().splitlines()
    assert words == [str(problem) for problem in refused.value.problems]
    lying = [
        quad.triple for quad in parse(path=str(graph.folder.rejected / "emitter%2F1.ttl"), format=RdfFormat.TURTLE)
    ]
    assert lying == said, "as it was sent, so that it can be mended and added again"
    assert graph.ledger.size == 0


def test_a_mended_record_leaves_the_rejected(graph: KnowledgeGraph) -> None:
    with pytest.raises(IncompleteRecord):
        graph.add("r-1", "dataset", titled("dataset/readings")[:1])
    graph.add("r-1", "dataset", titled("dataset/readings"))
    assert list(graph.folder.rejected.iterdir()) == []


@pytest.mark.parametrize(
    "triples",
    [
        [],
        [*titled("dataset/a"), Triple(BlankNode("x"), v.dct_title, Literal("b"))],
        [*titled("dataset/a"), Triple(story.thing("dataset/a"), v.hasSchema, BlankNode("x"))],
        [*titled("dataset/a"), Triple(story.thing("dataset/a"), v.dct_title, titled("dataset/b")[0])],
        [*titled("dataset/a"), Triple(story.thing("record/a"), v.rdf_type, v.Record)],
    ],
)  # fmt: skip
def test_what_can_be_no_record_is_refused(graph: KnowledgeGraph, triples: list[Triple]) -> None:
    with pytest.raises(IncompleteRecord):
        graph.add("r-1", "dataset", triples)
    assert graph.ledger.size == 0


def test_the_reference_engine_gives_the_same_verdict(graph: KnowledgeGraph) -> None:
    with pytest.raises(IncompleteRecord) as refused:
        graph.add("r-1", "dataset", titled("dataset/readings")[:1], engine="pyshacl")
    with pytest.raises(IncompleteRecord) as refused_again:
        graph.add("r-1", "dataset", titled("dataset/readings")[:1])
    assert refused.value.problems == refused_again.value.problems


def test_a_level_can_be_asked_for_a_record(graph: KnowledgeGraph) -> None:
    version = story.records()[2]
    story_so_far = story.records()[:2]
    for record in story_so_far:
        graph.add(record.name, record.type, record.triples)
    kept = graph.add(version.name, version.type, version.triples, level="standard")
    (entry,) = graph.ledger.entries(kept.position)
    assert entry.leaf.level == "standard"


def test_a_record_is_judged_at_the_level_of_its_project(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with (folder.path / "kg.toml").open("a") as settings:
        settings.write('[projects."fraud"]\nlevel = "standard"\n')
    # Standard asks where a source is.
    source = [Triple(NamedNode(f"{story.BASE}data-source/x"), v.rdf_type, v.DataSource)]
    with KnowledgeGraph.hold(Folder.find(folder.path)) as graph:
        kept = graph.add("r-1", "source", source, project="grading")
        with pytest.raises(IncompleteRecord, match="A data source says where it is"):
            graph.add("r-2", "source", source, project="fraud")
        below = graph.add("r-3", "source", source, project="fraud", level="minimal")
        levels = {entry.leaf.project: entry.leaf.level for entry in graph.ledger.entries()}
    assert (kept.position, below.position) == (0, 1)
    assert levels == {"grading": "minimal", "fraud": "minimal"}, "a command may ask less than the project"


# --- what is said about records


def test_the_story_is_told_and_every_record_is_described(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        for record in story.records():
            assert graph.add(record.name, record.type, record.triples).duplicate, record.name
    with read(folder) as reader:
        assert reader.size == len(story.records())
        rows = asked(reader, f"""SELECT ?key ?type ?n ?level {{ GRAPH <{story.BASE}graph/ledger> {{
            ?record a {v.Record}, {v.prov_Bundle} ; {v.idempotencyKey} ?key ; {v.recordType} ?type ;
                {v.sequenceNumber} ?n ; {v.recordedAt} ?at ; {v.recordRoot} ?root ;
                {v.schemaVersion} "0.1.0" ; {v.validatedAgainst} ?level ;
                {v.hasValidation} [ {v.violationCount} 0 ; {v.warningCount} ?warnings ] ;
                {v.committedBy} [ a {v.RecordCommit} ; {v.prov_wasAssociatedWith} ?who ] .
        }} }} ORDER BY ?n""")  # fmt: skip
    integer = v.xsd_integer
    assert rows == [
        (
            str(Literal(record.name)),
            str(Literal(record.type)),
            str(Literal(str(n), datatype=integer)),
            str(v.Level_minimal),
        )
        for n, record in enumerate(story.records())
    ]


def test_what_is_said_about_records_conforms_to_its_shapes(folder: Folder) -> None:
    from provkg.gate import check_data

    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    with read(folder) as reader:
        said = reader.query(
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{story.BASE}graph/ledger> {{ ?s ?p ?o }} }}"
        ).triples
        types = reader.query("CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }").triples
    about = [triple for triple in said if triple.predicate != v.describes]
    assert about
    levels = [Triple(v.Level_minimal, v.rdf_type, v.Level)]
    assert [str(each) for each in check_data(about, "minimal", known=[*types, *levels]).problems] == []


def test_shared_nodes_are_not_among_what_a_record_describes(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    with read(folder) as reader:
        kinds = {
            row[0] for row in asked(reader, f"SELECT DISTINCT ?c {{ GRAPH ?g {{ ?r {v.describes} ?x }} ?x a ?c }}")
        }
    assert str(v.DatasetVersion) in kinds
    assert not kinds & {
        str(kind) for kind in (v.ArtifactFile, v.SoftwarePackage, v.Environment, v.HyperparameterSetting)
    }


def test_a_correcting_record_takes_back_what_only_the_corrected_one_said(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        shared = titled("dataset/a", "a")
        graph.add("r-1", "dataset", [*shared, *titled("dataset/b", "wrong")])
        graph.add("r-2", "dataset", shared)
        graph.add("r-3", "dataset", titled("dataset/b", "right"), supersedes=["r-1"])
    titles = f"SELECT ?title {{ ?d {v.dct_title} ?title }} ORDER BY ?title"
    with read(folder) as reader:
        assert asked(reader, titles) == [('"a"',), ('"right"',)]
    before = everything(folder)
    with KnowledgeGraph.hold(folder) as graph:
        graph.rebuild()
    assert everything(folder) == before


def a_team(name: str) -> list[Triple]:
    team = NamedNode(f"{story.BASE}agent/team")
    return [
        Triple(team, v.rdf_type, v.Team),
        Triple(team, v.dct_identifier, Literal("team")),
        Triple(team, v.foaf_name, Literal(name)),
    ]


def test_what_has_one_value_is_corrected_by_superseding_the_record_that_says_it(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "agent", a_team("Greaders"))
        with pytest.raises(IncompleteRecord, match="at most one name"):
            graph.add("r-2", "agent", a_team("Graders"))
        graph.add("r-2", "agent", a_team("Graders"), supersedes=["r-1"])
    with read(folder) as reader:
        assert asked(reader, f"SELECT ?name {{ ?team {v.foaf_name} ?name }}") == [('"Graders"',)]


def test_what_another_record_says_too_stands_against_a_correction(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "agent", a_team("Greaders"))
        graph.add("r-2", "agent", [*a_team("Greaders"), *titled("dataset/a", "a")])
        with pytest.raises(IncompleteRecord, match="at most one name"):
            graph.add("r-3", "agent", a_team("Graders"), supersedes=["r-1"])


def test_a_late_record_that_is_corrected_already_is_not_judged_by_its_correction(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-2", "agent", a_team("Graders"), supersedes=["r-1"])
        graph.add("r-1", "agent", a_team("Greaders"))
    with read(folder) as reader:
        assert asked(reader, f"SELECT ?name {{ ?team {v.foaf_name} ?name }}") == [('"Graders"',)]


RECALL = NamedNode(story.BASE + "recall")
WHY = [Triple(RECALL, v.rdf_type, v.prov_Activity), Triple(RECALL, v.invalidationReason, v.InvalidationReason_recalled)]


def test_why_something_was_ended_may_stand_in_an_earlier_record(graph: KnowledgeGraph) -> None:
    a, day = story.thing("dataset/a"), Literal("2026-03-20T10:00:00Z", datatype=DATE_TIME)
    ended = [*titled("dataset/a"), Triple(a, v.prov_wasInvalidatedBy, RECALL), Triple(a, v.prov_invalidatedAtTime, day)]
    with pytest.raises(IncompleteRecord, match="says why"):
        graph.add("r-1", "dataset", ended)
    graph.add("r-2", "decision", WHY)
    assert graph.add("r-1", "dataset", ended).accepted


def test_a_correction_that_comes_first_keeps_the_corrected_record_out(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-2", "dataset", titled("dataset/b", "right"), supersedes=["r-1"])
        graph.add("r-1", "dataset", titled("dataset/b", "wrong"))
    with read(folder) as reader:
        assert asked(reader, f"SELECT ?title {{ ?d {v.dct_title} ?title }}") == [('"right"',)]


# --- the index can be thrown away


def delete_index(folder: Folder) -> None:
    shutil.rmtree(folder.index)


def cut_files(folder: Folder) -> None:
    for file in (folder.index / "store").glob("*.sst"):
        file.write_bytes(file.read_bytes()[:20])


def lose_manifest(folder: Folder) -> None:
    (folder.index / "store" / "CURRENT").unlink()


def other_version(folder: Folder) -> None:
    file = folder.index / "VERSION"
    file.write_text(file.read_text().replace('"pyoxigraph": "', '"pyoxigraph": "9'))


def lose_version(folder: Folder) -> None:
    (folder.index / "VERSION").unlink()


def be_ahead(folder: Folder) -> None:
    file = folder.index / "VERSION"
    file.write_text(file.read_text().replace('"position": ', '"position": 9'))


DAMAGES: list[tuple[Callable[[Folder], None], str]] = [
    (delete_index, "VERSION file is missing"), (cut_files, "is damaged"), (lose_manifest, "is damaged"),
    (other_version, "was written by pyoxigraph 9"), (lose_version, "VERSION file is missing"),
    (be_ahead, "knows entries that the ledger does not"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "reason"), DAMAGES)
def test_a_damaged_index_is_rebuilt_and_said_so(folder: Folder, damage: Callable[[Folder], None], reason: str) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    before = everything(folder)
    damage(folder)
    with KnowledgeGraph.hold(folder) as graph:
        (message,) = graph.messages
        assert reason in message
        assert message.endswith("rebuilding it from the ledger")
    assert everything(folder) == before
    assert {path.name for path in folder.path.iterdir() if path.name.startswith("index")} == {"index"}


@pytest.mark.parametrize("bulk", [1, 5_000])
@pytest.mark.parametrize("chunk", [1, 100])
def test_an_index_made_at_once_is_the_one_that_grew(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, bulk: int, chunk: int
) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    grown = everything(folder)
    monkeypatch.setattr(stores, "CHUNK", chunk)
    monkeypatch.setattr(index, "BULK", bulk)
    with KnowledgeGraph.hold(folder) as graph:
        graph.rebuild()
    assert everything(folder) == grown


def test_rebuilding_gives_the_same_answers(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    before = everything(folder)
    assert before
    with KnowledgeGraph.hold(folder) as graph:
        graph.rebuild()
        assert graph.messages == []
    assert everything(folder) == before


def test_derived_edges_are_those_of_the_story(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    edges = f"SELECT ?x ?y {{ ?x {v.dependsOn} ?y }} ORDER BY ?x ?y"
    with read(folder) as reader:
        assert asked(reader, edges) == asked(story.index(), edges) != []


def test_entries_that_the_index_has_not_seen_are_taken_in_on_opening(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "dataset", titled("dataset/a"))
        graph.snapshot()
        behind = folder.path / "behind"
        graph.stores.index.backup(behind)
        shutil.copy(folder.index / "VERSION", folder.path / "version")
        graph.add("r-2", "dataset", titled("dataset/b"))
    shutil.rmtree(folder.index / "store")
    behind.rename(folder.index / "store")
    (folder.path / "version").rename(folder.index / "VERSION")
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.messages == []
        assert graph.stores.index.position == 2
    with read(folder) as reader:
        assert len(asked(reader, f"SELECT ?d {{ ?d a {v.Dataset} }}")) == 2


def test_a_ledger_restored_from_a_backup_takes_readers_back_with_it(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "dataset", titled("dataset/a"))
    shutil.copy(folder.ledger, folder.path / "backup")
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-2", "dataset", titled("dataset/b"))
    with read(folder) as reader:
        assert reader.size == 2
    (folder.path / "backup").rename(folder.ledger)
    with read(folder) as reader:
        assert reader.size == 1
        assert len(asked(reader, f"SELECT ?d {{ ?d a {v.Dataset} }}")) == 1


# --- one holder, many readers

HOLDER = """
import sys; from pathlib import Path
from provkg.folder import Folder; from provkg.graph import KnowledgeGraph
from tests.test_graph import titled
with KnowledgeGraph.hold(Folder.find(Path(sys.argv[1]))) as graph:
    graph.add('r-1', 'dataset', titled('dataset/a')); graph.snapshot()
    graph.add('r-2', 'dataset', titled('dataset/b')); print('held', flush=True); sys.stdin.readline()
"""


def test_a_held_graph_says_who_has_it_and_can_be_read(folder: Folder) -> None:
    with in_another_process(HOLDER, str(folder.path)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(GraphHeld, match=rf"kg is held by process {holder.pid} on {os.uname().nodename} \(-c "):
            KnowledgeGraph.hold(folder)
        with read(folder) as reader:
            assert reader.size == 1, "the newest snapshot, which says how far it goes"
        holder.communicate("let go\n")
    with read(folder) as reader:
        assert reader.size == 2
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.ledger.size == 2


def test_waiting_for_the_hold_ends_when_its_holder_lets_go(folder: Folder) -> None:
    with in_another_process(HOLDER, str(folder.path)) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        holder.stdin.write("let go\n")
        holder.stdin.flush()
        with KnowledgeGraph.hold(folder, wait=30) as graph:
            assert graph.ledger.size == 2


def test_a_killed_holder_leaves_no_lock(folder: Folder) -> None:
    with in_another_process(HOLDER, str(folder.path)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    assert str(holder.pid) in folder.lock.read_text(), "its text stays, and means nothing"
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.ledger.size == 2
        assert graph.stores.index.position == 2


def test_a_new_graph_can_be_read(folder: Folder) -> None:
    with read(folder) as reader:
        assert (reader.size, reader.query("SELECT * { ?s ?p ?o }").rows) == (0, [])


def test_a_damaged_snapshot_is_replaced(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "dataset", titled("dataset/a"))
        graph.snapshot()
    for file in (folder.snapshots / "1").iterdir():
        file.unlink()
    with read(folder) as reader:
        assert len(reader.query("SELECT * { ?s ?p ?o }")) > 0


READING = """
import sys
from contextlib import contextmanager
from pathlib import Path
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
with KnowledgeGraph.hold(Folder.find(Path(sys.argv[1])), tell=print):
    pass
with read(Folder.find(Path(sys.argv[1])), tell=print) as reader:
    for row in reader.query(sys.argv[2]).rows:
        print(tuple(None if term is None else str(term) for term in row))
"""


def read_apart(folder: Folder) -> list[str]:
    """Write and read in a process of its own: Oxigraph may hang on a damaged file."""
    command = [sys.executable, "-c", READING, str(folder.path), EVERYTHING]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 1])
@pytest.mark.parametrize("damaged", ["snapshots", "index/store", "both"])
def test_a_flipped_byte_costs_no_answer_and_is_said(folder: Folder, share: float, damaged: str) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        graph.snapshot()
    before = read_apart(folder)
    snapshot = next(folder.snapshots.iterdir())
    tables = sorted((snapshot if damaged == "both" else folder.path / damaged).rglob("*.sst"))
    assert tables
    for file in tables:
        content = bytearray(file.read_bytes())
        content[int(share * (len(content) - 1))] ^= 1
        if damaged != "both":  # the two share their files: with another file in its place only one is damaged
            file.unlink()
        file.write_bytes(content)
    said, *after = read_apart(folder)
    assert before
    assert "is not what was written" in said
    assert said.endswith("rebuilding it from the ledger")
    assert after == before


def test_a_lock_that_cannot_be_written_is_told(folder: Folder) -> None:
    folder.lock.mkdir()
    with pytest.raises(StorageFailed, match="cannot write"):
        KnowledgeGraph.hold(folder)


def test_an_index_that_a_full_disk_left_half_written_is_not_called_damaged(tmp_path: Path) -> None:
    with small_disk(tmp_path) as place:
        folder = Folder.create(place / "kg", base=story.BASE)
        with KnowledgeGraph.hold(folder) as graph:
            graph.add("r-1", "dataset", titled("dataset/a", "a"))
        (folder.index / "store" / "CURRENT").write_bytes(b"")
        (place / "ballast").write_bytes(bytes(shutil.disk_usage(place).free - 100_000))
        said: list[str] = []
        with pytest.raises(StorageFailed, match=r"the disk that holds .*index.* is full"):
            KnowledgeGraph.hold(folder, tell=said.append)
        assert said == [], "rebuilding would need more of what is missing"
        (place / "ballast").unlink()
        with KnowledgeGraph.hold(folder, tell=said.append) as graph:
            assert graph.stores.index.position == 1
        assert "rebuilding it from the ledger" in said[0], "with space there is a cure"


def test_the_group_may_read_what_is_kept_and_only_the_owner_what_is_secret(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("r-1", "dataset", titled("dataset/a", "a"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.path.glob("ledger.db*")}
    assert set(modes) == {"ledger.db", "ledger.db-wal", "ledger.db-shm"}
    assert set(modes.values()) == {0o640}
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o750
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder.keys, folder.keys / "salt")] == [0o700, 0o600]


@contextmanager
def small_disk(parent: Path) -> Iterator[Path]:
    """Mount a disk of three megabytes; skips where that is not allowed."""
    place = parent / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_keeps_what_was_kept_and_opens_again(tmp_path: Path) -> None:
    with small_disk(tmp_path) as place:
        folder = Folder.create(place / "kg", base=story.BASE)
        ballast = place / "ballast"
        ballast.write_bytes(bytes(1_000_000))
        kept = filled(folder)
        ballast.unlink()
        with KnowledgeGraph.hold(folder) as graph:
            assert [entry.leaf.record for entry in graph.ledger.entries()][: len(kept)] == kept
            assert graph.ledger.size - len(kept) in {0, 1}, "at most the one that was underway"
            assert graph.stores.index.position == graph.ledger.size


def filled(folder: Folder) -> list[str]:
    """Add records until the disk is full, and return the ids of those that were acknowledged."""
    kept: list[str] = []
    with pytest.raises(StorageFailed, match="is full"), KnowledgeGraph.hold(folder) as graph:  # noqa: PT012 - the disk decides when
        for number in range(10_000):
            graph.add(f"r-{number}", "dataset", titled(f"dataset/{number}", "x" * 20_000))
            kept.append(f"r-{number}")
    assert kept
    return kept


def test_importing_the_door_leaves_heavy_libraries_alone() -> None:
    script = "import sys, provkg.graph; print(sorted({'rdflib', 'pyshacl', 'owlrl', 'shifty'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_iris_of_records_depend_on_nothing_but_their_id_and_the_graphs_salt(folder: Folder) -> None:
    from provkg.graph.following import record_iri

    assert (
        record_iri("r-1", folder.names) == folder.names.iri("record", ["r-1"]) != NamedNode(f"{story.BASE}record/r-1")
    )
