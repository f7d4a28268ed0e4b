"""Parts of a qualified relation that came in two records count in a graph as one record's would, and are audited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from provkg import vocabulary as v
from provkg.capture.spool import SpoolWriter
from provkg.entailment import closed
from provkg.errors import IncompleteRecord
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.graph.canonical import lines_of
from provkg.index import JOINED, ReadIndex, Snapshots
from provkg.index.manifest import FILE
from provkg.index.version import Version
from provkg.ledger import Ledger
from provkg.literals import DATE_TIME
from provkg.reading.exporting import exported
from provkg.records import Stated
from provkg.rules import Ground, Rulebook, audit
from tests.commands import run
from tests.test_graph import everything

BASE = "https://example.org/"
BOOK = Rulebook.read()


def thing(local: str) -> NamedNode:
    return NamedNode(f"{BASE}{local}")


RUN, USE, DATA, MODEL, MAKING = (thing(local) for local in ("run", "use", "data", "model", "making"))
USED = Triple(RUN, v.prov_used, DATA)
RECORDS = {
    "data": [Triple(DATA, v.rdf_type, v.prov_Entity)],
    "run": [Triple(RUN, v.rdf_type, v.prov_Activity), Triple(RUN, v.prov_qualifiedUsage, USE)],
    "use": [Triple(USE, v.rdf_type, v.prov_Usage), Triple(USE, v.prov_entity, DATA)],
    "model": [Triple(MODEL, v.rdf_type, v.prov_Entity), Triple(MODEL, v.prov_qualifiedGeneration, MAKING)],
    "making": [Triple(MAKING, v.rdf_type, v.prov_Generation), Triple(MAKING, v.prov_activity, RUN)],
}
JOINED_HERE = {USED, Triple(MODEL, v.prov_wasGeneratedBy, RUN), Triple(RUN, v.prov_generated, MODEL)}


HOURS = [Literal(f"2026-05-01T1{n}:00:00Z", datatype=DATE_TIME) for n in range(3)]
END = thing("end")
ENDED = [*RECORDS["run"], Triple(RUN, v.prov_endedAtTime, HOURS[0]), Triple(RUN, v.prov_qualifiedEnd, END)]


def end(hour: Literal) -> list[Triple]:
    return [Triple(END, v.rdf_type, v.prov_End), Triple(END, v.prov_atTime, hour)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder.create(tmp_path / "kg", base=BASE)
    with KnowledgeGraph.hold(made) as graph:
        for name, said in RECORDS.items():
            graph.add(name, "statement", said)
        graph.snapshot()
    return made


@contextmanager
def changed(
    folder: Folder, *, without: Triple | Quad | None = None, also: Triple | Quad | None = None
) -> Iterator[Ground]:
    """Give the graph with another index than the ledger makes."""
    store = Store()
    with read(folder) as index:
        store.extend(Quad(*triple) for triple in index.statements())
        store.extend(map(mark, index.joins.marked()))
        size = index.size
    if without:
        store.remove(without if isinstance(without, Quad) else Quad(*without))
    if also:
        store.add(also if isinstance(also, Quad) else Quad(*also))
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        yield Ground(ReadIndex(folder.path, size, store, -1), ledger)


def mark(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, JOINED)


def found(ground: Ground, rule: str = "X40") -> list[str]:
    return [each.message for each in audit(ground, BOOK.choose([rule]))]


def test_what_two_records_say_together_is_asked_for_like_any_statement(folder: Folder) -> None:
    with read(folder) as index:
        assert index.query(f"ASK {{ {RUN} {v.prov_used} {DATA} }}").boolean
        assert index.query(f"ASK {{ {MODEL} {v.prov_wasGeneratedBy} {RUN} }}").boolean
        assert set(index.joins.marked()) == JOINED_HERE


def test_a_rebuilt_index_holds_the_same_and_tells_joined_and_stated_apart_alike(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("plain", "statement", [*RECORDS["run"], USED])
        correction = [
            *RECORDS["making"][:1],
            Triple(MAKING, v.prov_atTime, Literal("2026-05-01T12:00:00Z", datatype=DATE_TIME)),
        ]
        graph.add("correction", "statement", correction, supersedes=["making"])
        graph.snapshot()
        stepwise = everything(folder)
        graph.rebuild()
    assert everything(folder) == stepwise
    with read(folder) as index:
        time = Triple(MODEL, v.prov_generatedAtTime, correction[1].object)
        assert set(index.joins.marked()) == {time}, "the use is stated plainly, and the making names no run any more"


def test_an_export_holds_what_is_joined_among_the_statements_and_not_as_a_record(folder: Folder) -> None:
    with read(folder) as index:
        quads = list(parse(exported(index, "nquads"), format=RdfFormat.N_QUADS))
    assert {quad.triple for quad in quads if str(quad.graph_name) == "DEFAULT"} >= JOINED_HERE
    assert {str(quad.graph_name) for quad in quads} == {"DEFAULT", f"<{BASE}graph/ledger>"}


# --- the audit


def test_nothing_is_wrong_with_what_is_joined(folder: Folder) -> None:
    with changed(folder) as ground:
        assert found(ground) == []


def test_a_joined_statement_that_the_index_lost_is_found(folder: Folder) -> None:
    with changed(folder, without=USED) as ground:
        (message,) = found(ground)
    assert message.startswith("The index lacks what follows from a qualified relation")
    assert str(USED) in message


def test_a_joined_statement_that_the_index_takes_for_stated_is_found(folder: Folder) -> None:
    with changed(folder, without=mark(USED)) as ground:
        (message,) = found(ground)
    assert message.startswith("The index holds what no live record states")
    assert str(USED) in message


def test_what_is_marked_as_joined_and_does_not_follow_is_found(folder: Folder) -> None:
    made_up = Triple(RUN, v.prov_used, MODEL)
    with changed(folder, also=mark(made_up)) as ground:
        messages = found(ground)
        assert len(messages) == 1, "it is marked, and not even there"
        ground.index._store.add(Quad(*made_up))
        assert found(ground) == messages, "nor does it hide there behind its mark"
    assert messages[0].startswith("The index takes for what follows from a qualified relation what does not")


def test_a_stated_statement_that_is_marked_as_joined_is_found(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("plain", "statement", [*RECORDS["run"], USED])
        graph.snapshot()
    with changed(folder) as ground:
        assert found(ground) == []
    with changed(folder, also=mark(USED)) as ground:
        (message,) = found(ground)
    assert message.startswith("The index takes a statement of record plain for none")


def test_a_lost_part_is_found_with_what_followed_from_it(folder: Folder) -> None:
    with changed(folder, without=RECORDS["use"][1]) as ground:
        lost, followed = found(ground)
    assert lost.startswith("The index lacks a statement of record use")
    assert str(USED) in followed


def test_two_times_of_which_one_follows_from_parts_name_the_parts(folder: Folder) -> None:
    ended = v.prov_endedAtTime
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("run ends", "statement", [*RECORDS["run"], Triple(RUN, v.prov_qualifiedEnd, END)])
        graph.add("end", "statement", end(HOURS[1]))
        graph.snapshot()
    with changed(folder, also=Triple(RUN, ended, HOURS[0])) as ground:
        (message,) = found(ground, "X42")
    assert "2026-05-01T11:00:00Z (the parts of a qualified relation)" in message


# --- indexes and snapshots of before


def outdated(folder: Folder) -> None:
    """Leave index and snapshot as a provkg made them that joined nothing."""
    with KnowledgeGraph.hold(folder) as graph:
        store = graph.stores.index._store
        for triple in JOINED_HERE:
            store.remove(Quad(*triple))
            store.remove(mark(triple))
        graph.stores.index.settle()
        graph.stores.snapshots.take(graph.stores.index, anew=True)
    version = Version.read(folder.index)
    assert version is not None
    Version(version.position, version.mark, layout=2).write(folder.index)
    for file in folder.snapshots.glob(f"*/{FILE}"):
        said = json.loads(file.read_text())
        assert said.pop("layout") == 3
        file.write_text(json.dumps(said))


def test_a_snapshot_that_an_earlier_version_made_is_replaced_before_it_answers(folder: Folder) -> None:
    outdated(folder)
    told: list[str] = []
    with read(folder, tell=told.append) as index:
        assert set(index.joins.marked()) == JOINED_HERE
    assert [message.endswith("or another provkg; rebuilding it from the ledger") for message in told] == [True]
    with read(folder, tell=told.append) as index:
        assert set(index.joins.marked()) == JOINED_HERE
    assert len(told) == 1, "once is enough"


def test_an_outdated_snapshot_answers_while_another_process_holds_the_graph(folder: Folder) -> None:
    outdated(folder)
    from provkg.graph.hold import Hold

    hold = Hold.take(folder.lock)
    with read(folder) as index:
        assert set(index.joins.marked()) == set()
    hold.release()


def test_an_outdated_snapshot_of_an_index_that_is_up_to_date_is_copied_anew(folder: Folder) -> None:
    """A rebuilding may be interrupted between the index and its copy."""
    outdated(folder)
    with KnowledgeGraph.hold(folder):
        pass
    (file,) = folder.snapshots.glob(f"*/{FILE}")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"layout": 2}))
    assert Snapshots(folder.snapshots).is_of_another_layout()
    with read(folder) as index:
        assert set(index.joins.marked()) == JOINED_HERE
    assert not Snapshots(folder.snapshots).is_of_another_layout()


# --- the gate


@pytest.mark.parametrize("second", ["run", "end"])
def test_of_two_records_that_do_not_fit_together_the_second_is_refused(folder: Folder, second: str) -> None:
    told = {"run": ENDED, "end": end(HOURS[1])}
    with KnowledgeGraph.hold(folder) as graph:
        (first,) = told.keys() - {second}
        graph.add(f"first {first}", "statement", told[first])
        with pytest.raises(IncompleteRecord, match="end") as refused:
            graph.add(f"second {second}", "statement", told[second])
        assert {problem.focus for problem in refused.value.problems} == {RUN.value}
        assert graph.add("agreeing", "statement", end(HOURS[0]) if second == "end" else ENDED[:1]).position == 6


def test_what_a_correction_takes_back_does_not_speak_against_it_over_what_followed(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("run ended", "statement", [*RECORDS["run"], ENDED[-1]])
        graph.add("end", "statement", end(HOURS[1]))
        graph.add("end corrected", "statement", [*RECORDS["run"], *end(HOURS[2])], supersedes=["end"])
        graph.snapshot()
    with read(folder) as index:
        assert set(index.joins.marked()) - JOINED_HERE == {Triple(RUN, v.prov_endedAtTime, HOURS[2])}


def test_records_in_one_batch_are_judged_as_if_each_came_alone(folder: Folder) -> None:
    told = {"run ended": ENDED, "end": end(HOURS[1]), "end in time": end(HOURS[0])}
    with KnowledgeGraph.hold(folder) as graph:
        writer = SpoolWriter(folder.spool)
        for name, said in told.items():
            writer.record("statement", (Stated(lines=tuple(lines_of(closed(said)))),), id=name)
        writer.close()
        report = graph.drain()
    assert (report.stored, report.rejected) == (2, 1)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.holds("end in time")
        assert not ledger.holds("end")


def test_a_file_is_checked_with_what_it_and_the_graph_say_together(folder: Folder, tmp_path: Path) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("run ended", "statement", ENDED)
        graph.snapshot()
    file = tmp_path / "end.nt"
    file.write_text("".join(f"{line}\n" for line in lines_of(end(HOURS[0]))))
    agreeing = run("check", "--level", "minimal", "--store", folder.path, file)
    assert agreeing.exit_code == 0, agreeing.output
    file.write_text("".join(f"{line}\n" for line in lines_of(end(HOURS[1]))))
    refused = run("check", "--level", "minimal", "--store", folder.path, file)
    assert refused.exit_code == 1
    assert "An activity has at most one end" in refused.stdout
