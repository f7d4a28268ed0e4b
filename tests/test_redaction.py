"""What is redacted is nowhere in the graph's folder, stays out when it comes again, and the rest still holds."""

from __future__ import annotations

import hmac
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary as v
from provkg.capture.defaults import forget_defaults
from provkg.capture.spool import SpoolFile, SpoolWriter
from provkg.errors import AmbiguousName, BadParameter, IncompleteRecord, NotApproved, StorageFailed, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, forgetting, read
from provkg.graph.canonical import lines_of
from provkg.graph.proving import proof
from provkg.graph.redactions import check_room
from provkg.ledger import Ledger, verify_bundle
from provkg.ledger.verify_bundle import judge
from provkg.reading import Reader
from provkg.records import Activity, Dataset, Person, Redaction, Stated, TrainingRun, statements
from tests.commands import ROOT, environment, one_sentence, run
from tests.graphs import PREFIXES

BASE = "https://example.org/kg/"
NAME = "Ada Lovelace of Ockham Park"
PERSON = NamedNode(BASE + "person/1")
DATA = NamedNode(BASE + "dataset/engine")
SAID = f"""
<{PERSON.value}> a prov:Person ; dct:identifier "person-1" ; foaf:name "{NAME}" .
<{DATA.value}> a pvk:Dataset ; dct:title "engine" ; prov:wasAttributedTo <{PERSON.value}> .
"""


def triples(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base=BASE)


def tell(folder: Folder, record: str = "a-1", said: str = SAID, **more: Any) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add(record, "dataset", triples(said), **more)
        graph.snapshot()


def redact(folder: Folder, relation: str = "foaf:name", node: NamedNode = PERSON, value: str | None = None) -> str:
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(node, relation, reason="asked for, ticket 4711", value=value, by="Grace")
        assert graph.approve(request.id, by="Linus").statements > 0
        graph.snapshot()
    return request.id


def holding(folder: Folder, text: str = NAME) -> list[str]:
    """Return the files of the graph that hold `text` in any of the forms in which they may."""
    forms = {
        text.encode(),
        json.dumps(text)[1:-1].encode(),
        str(Literal(text))[1:-1].encode(),
        text.encode("utf-16-le"),
    }
    while True:
        files = [file for file in folder.path.rglob("*") if file.is_file()]
        assert files
        try:
            contents = {str(file.relative_to(folder.path)): file.read_bytes() for file in files}
        except FileNotFoundError:
            continue  # the store has merged it into a file that is not in the list
        return [name for name, content in contents.items() if any(form in content for form in forms)]


def said_of(folder: Folder, node: NamedNode) -> set[Triple]:
    with read(folder) as index:
        return set(index.statements(node))


# --- asking and approving


def test_asking_takes_nothing_out_and_is_logged_with_agent_reason_and_time(folder: Folder) -> None:
    tell(folder)
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="ticket 4711", by="Grace")
        assert [each.id for each in graph.requests()] == [request.id]
        (act,) = graph.ledger.acts()
    assert (act.leaf.kind, act.leaf.type, act.leaf.record) == ("redaction", "redaction-request", request.id)
    assert (request.reason, request.records, request.whole) == ("ticket 4711", 1, True)
    assert abs((datetime.fromisoformat(request.asked_at) - datetime.now(UTC)).total_seconds()) < 60
    assert holding(folder)
    assert Triple(PERSON, v.foaf_name, Literal(NAME)) in said_of(folder, PERSON)
    assert b"4711" not in act.leaf.to_bytes(), "the leaf is for ever, and a reason may have to go"


def test_who_asked_does_not_approve(folder: Folder) -> None:
    tell(folder)
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="ticket 4711", by="Grace")
        with pytest.raises(NotApproved, match="asked for by the same agent; another one has to approve it"):
            graph.approve(request.id, by="Grace")
        assert graph.ledger.size == 2
    assert holding(folder)


def test_alone_one_approves_one_s_own_request_and_the_act_says_so(folder: Folder) -> None:
    tell(folder)
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="ticket 4711", by="Grace")
        graph.approve(request.id, by="Grace", alone=True)
        graph.snapshot()
    assert holding(folder) == []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        rationale = [line for line in ledger.acts()[1].lines if v.rationale.value in line]
    assert len(rationale) == 1
    assert "approved by the same agent, as the only one of this graph" in rationale[0]


def test_alone_does_not_hold_where_others_work_with_the_graph(folder: Folder) -> None:
    tell(folder)
    other = Person(issuer="tests", subject="Linus")
    with KnowledgeGraph.hold(folder) as graph:
        graph.record(TrainingRun(id="r/1", title="fit", started=datetime.now(UTC), triggered_by=other))
        request = graph.redact(PERSON, "foaf:name", reason="ticket 4711", by="Grace")
        with pytest.raises(NotApproved, match=r"1 other agent\(s\) work with this graph"):
            graph.approve(request.id, by="Grace", alone=True)


def test_the_redaction_names_both_agents_with_their_roles_and_the_records(folder: Folder) -> None:
    tell(folder)
    redact(folder)
    with read(folder) as index:
        people = index.query(f"""
            SELECT ?name ?role ?why {{ ?act a {v.Redaction} ; {v.rationale} ?why ; {v.prov_endedAtTime} ?when ;
                {v.anonymizationMethod} {v.AnonymizationMethod_suppression} ; {v.prov_qualifiedAssociation} ?part .
                ?part {v.prov_agent} ?who ; {v.prov_hadRole} ?role . ?who {v.foaf_name} ?name }} ORDER BY ?name""")
        records = index.query(f"""
            SELECT ?id {{ ?act {v.redacts} ?record GRAPH ?ledger {{ ?record {v.idempotencyKey} ?id }} }}""")
    assert people.rows == [
        (Literal("Grace"), v.AgentRole_trigger, Literal("asked for, ticket 4711")),
        (Literal("Linus"), v.AgentRole_approver, Literal("asked for, ticket 4711")),
    ]
    assert records.rows == [(Literal("a-1"),)]


@pytest.mark.parametrize(
    ("node", "relation", "value", "problem"),
    [
        (PERSON, "foaf:nick", None, "'foaf:nick' is not said of it; said are"),
        (PERSON, "foaf:name", "Charles", "no record says that value"),
        (PERSON, "rdf:type", None, "is no value that can be taken out"),
    ],
)
def test_what_cannot_be_redacted_is_refused_in_a_sentence(
    folder: Folder, node: NamedNode, relation: str, value: str | None, problem: str
) -> None:
    tell(folder)
    with KnowledgeGraph.hold(folder) as graph, pytest.raises(BadParameter, match=problem):
        graph.redact(node, relation, reason="ticket 4711", value=value)


def test_a_thing_that_no_record_describes_and_a_name_are_refused(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        with pytest.raises(UnknownThing, match="no record describes urn:nobody"):
            graph.redact("urn:nobody", "foaf:name", reason="ticket 4711")
        with pytest.raises(UnknownThing, match="is no IRI"):
            graph.redact("Ada", "foaf:name", reason="ticket 4711")


@pytest.mark.parametrize("reason", ["", "  ", f"remove {NAME} please"])
def test_a_reason_is_needed_and_does_not_hold_the_value(folder: Folder, reason: str) -> None:
    tell(folder)
    with (
        KnowledgeGraph.hold(folder) as graph,
        pytest.raises(BadParameter, match=r"a redaction needs a reason|holds the"),
    ):
        graph.redact(PERSON, "foaf:name", reason=reason)


@pytest.mark.parametrize("relation", ["name", "foaf:name", "http://xmlns.com/foaf/0.1/name"])
def test_a_property_is_named_by_iri_prefix_or_local_name(folder: Folder, relation: str) -> None:
    tell(folder)
    redact(folder, relation)
    assert holding(folder) == []


# --- gone


@pytest.mark.parametrize("length", [0, 3_000, 70_000])
@pytest.mark.parametrize("others", [0, 40])
def test_no_file_of_the_graph_holds_the_value_after_it(folder: Folder, length: int, others: int) -> None:
    """The value lies amid long ones, in a page with others, in superseded records and in those that repeat it."""
    filler = f'<{DATA.value}> dct:description "{"x" * length}" .'
    for number in range(others):
        tell(folder, f"b-{number}", SAID.replace(NAME, f"Somebody {number}").replace("person/1", f"person/{number}b"))
    tell(folder, "a-1", SAID + filler)
    tell(folder, "a-2", SAID, supersedes=["a-1"])
    tell(folder, "a-3", f'<{PERSON.value}> a prov:Person ; foaf:name "{NAME}" .')
    assert holding(folder)
    redact(folder)
    assert holding(folder) == []
    assert run("verify", "--store", folder.path).stdout.startswith("verified with 3 redactions: ")
    if others:
        assert holding(folder, "Somebody 7"), "nothing else is gone"


def test_a_patch_of_code_loses_the_value_and_keeps_the_rest(folder: Folder) -> None:
    folder.code.mkdir(mode=0o700)
    patch = folder.code / f"{'ab' * 32}.patch"
    patch.write_text(f"+OWNER = '{NAME}'\n+RATE = 0.1\n", "utf-8")
    tell(folder)
    assert "code" in {file.split("/")[0] for file in holding(folder)}
    redact(folder)
    assert holding(folder) == []
    assert patch.read_text("utf-8") == "+OWNER = '[redacted]'\n+RATE = 0.1\n"


def test_statements_by_wider_properties_go_with_it(folder: Folder) -> None:
    said = f'<{DATA.value}> a pvk:Dataset ; dct:title "engine" ; pvk:obtainedFrom <{BASE}data-source/s> .'
    tell(
        folder, "a-1", said + f'<{BASE}data-source/s> a pvk:DataSource ; pvk:sourceUrl "https://e.org/x"^^xsd:anyURI .'
    )
    before = {t.predicate for t in said_of(folder, DATA) if t.object == NamedNode(f"{BASE}data-source/s")}
    assert len(before) > 1, "the closure says it more than once"
    redact(folder, "pvk:obtainedFrom", DATA)
    assert {t.predicate for t in said_of(folder, DATA) if t.object == NamedNode(f"{BASE}data-source/s")} == set()


def test_only_the_chosen_value_goes_and_others_stay_and_come(folder: Folder) -> None:
    tell(folder, said=SAID.replace(NAME, "x") + f'<{DATA.value}> pvk:intendedUse "{NAME}" , "sums" .')
    redact(folder, "intendedUse", DATA, value=NAME)
    assert holding(folder) == []
    assert uses(folder) == {Literal("sums")}
    assert Triple(DATA, v.declaredAbsent, v.intendedUse) not in said_of(folder, DATA)
    tell(folder, "a-2", SAID.replace(NAME, "x") + f'<{DATA.value}> pvk:intendedUse "{NAME}" , "products" .')
    assert holding(folder) == []
    assert uses(folder) == {Literal("sums"), Literal("products")}


def uses(folder: Folder) -> set[object]:
    return {triple.object for triple in said_of(folder, DATA) if triple.predicate == v.intendedUse}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=6, max_size=40))
def test_any_text_is_gone_from_every_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = Folder.create(tmp_path_factory.mktemp("any") / "kg", base=BASE)
    with KnowledgeGraph.hold(folder) as graph:
        stated = [*triples(SAID.replace(f'; foaf:name "{NAME}"', "")), Triple(PERSON, v.foaf_name, Literal("<" + text))]
        graph.add("a-1", "dataset", stated)
        graph.snapshot()
        assert holding(folder, "<" + text)
        request = graph.redact(PERSON, "foaf:name", reason="4711", by="Grace")
        graph.approve(request.id, by="Linus")
        graph.add("a-2", "dataset", stated)
        graph.snapshot()
    assert holding(folder, "<" + text) == []


def test_a_reader_that_is_open_meanwhile_keeps_its_copy_only_until_it_ends(folder: Folder) -> None:
    tell(folder)
    reader = read(folder)
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="4711", by="Grace")
        assert graph.approve(request.id, by="Linus").copies == 1
    assert {file.partition("/")[0] for file in holding(folder)} == {"snapshots"}
    reader.close()
    assert run("sync", "--store", folder.path).exit_code == 0
    assert holding(folder) == []


def test_drafts_of_snapshots_that_a_dead_process_left_are_gone_too(folder: Folder) -> None:
    tell(folder)
    newest = folder.snapshots / "1"
    shutil.copytree(newest, folder.snapshots / ".7.new")
    redact(folder)
    assert holding(folder) == []


# --- what comes again


def again(folder: Folder) -> None:
    tell(folder, "c-1")


def spooled(folder: Folder) -> None:
    writer = SpoolWriter(folder.spool)
    writer.record("dataset", [Stated(lines=tuple(lines_of(triples(SAID))))])
    writer.close()
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().stored == 1


def added(folder: Folder) -> None:
    file = folder.path.parent / "again.ttl"
    file.write_text(PREFIXES + SAID + f'<{DATA.value}> dct:description "now with more" .')
    assert run("add", file, "--store", folder.path).exit_code == 0


def alone(folder: Folder) -> None:
    """Send nothing but what must not be kept."""
    tell(folder, "c-2", f'<{PERSON.value}> foaf:name "{NAME}" .')


@pytest.mark.parametrize("send", [again, spooled, added, alone])
def test_the_value_stays_out_however_it_comes_again(folder: Folder, send: Callable[[Folder], None]) -> None:
    tell(folder)
    redact(folder)
    before = Ledger.size_at(folder.ledger)
    send(folder)
    assert holding(folder) == []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        (kept,) = ledger.entries(before)
        assert kept.leaf.withholds is not None
        assert len(kept.lines) == kept.leaf.statements - 1
    assert Triple(PERSON, v.declaredAbsent, v.foaf_name) in said_of(folder, PERSON)
    assert run("verify", "--store", folder.path).stdout.startswith("verified with 2 redactions: ")


def test_another_value_of_the_property_stays_out_too(folder: Folder) -> None:
    tell(folder)
    redact(folder)
    tell(folder, "c-1", SAID.replace(NAME, "Augusta Ada King"))
    assert holding(folder, "Augusta Ada King") == []


def test_the_original_record_sent_again_is_a_duplicate_and_another_one_of_its_id_a_conflict(folder: Folder) -> None:
    tell(folder)
    redact(folder)
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.add("a-1", "dataset", triples(SAID)).duplicate
        assert graph.add("c-1", "dataset", triples(SAID)).duplicate is False
        assert graph.add("c-1", "dataset", triples(SAID)).duplicate, "also one of which it was kept out"
        with pytest.raises(Exception, match="says something else"):
            graph.add("a-1", "dataset", triples(SAID.replace("engine", "machine")))


def test_nothing_supersedes_a_redaction(folder: Folder) -> None:
    tell(folder)
    id_ = redact(folder)
    with (
        KnowledgeGraph.hold(folder) as graph,
        pytest.raises(IncompleteRecord, match="is an act upon the log, and stands"),
    ):
        graph.add("c-1", "dataset", triples(SAID), supersedes=[f"{id_}-1"])
    assert holding(folder) == []


def test_a_required_property_that_was_redacted_is_not_missed_in_later_records(folder: Folder) -> None:
    tell(folder)
    redact(folder, "dct:title", DATA)
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.add(
            "c-1", "dataset", triples(f'<{DATA.value}> a pvk:Dataset ; dct:description "later" .')
        ).accepted
        with pytest.raises(IncompleteRecord, match="title"):
            graph.add("c-2", "dataset", triples(f'<{BASE}dataset/other> a pvk:Dataset ; dct:description "x" .'))


# --- spool and rejected


def test_what_a_live_process_wrote_stays_in_its_spool_without_the_value(folder: Folder) -> None:
    ada = Person(issuer="tests", subject="1", name=NAME)
    writer = SpoolWriter(folder.spool)
    opening = TrainingRun(id="r/1", title="fit", started=datetime.now(UTC), triggered_by=ada)
    writer.record("run-opened", [opening])
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().stored == 1
        assert any(file.endswith(".spool") for file in holding(folder))
        request = graph.redact(ada.iri(folder.names), "foaf:name", reason="4711", by="Grace")
        graph.approve(request.id, by="Linus")
        graph.snapshot()
    assert holding(folder) == []
    file = SpoolFile(writer.path)
    assert [each.run.reference() for each in file.open_runs()] == [opening.reference()]
    assert not file.damaged
    writer.record("dataset", [Dataset(name="later"), ada])
    assert holding(folder), "the process knows the name, and goes on saying it"
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().stored == 1
    assert holding(folder) == []
    assert sum(1 for _ in file.frames()) == 3


def test_a_person_known_by_name_alone_stays_the_same_person_in_a_spool_without_it(folder: Folder) -> None:
    """The name is also what the person's IRI is made from: with another one in its place, it would be somebody else."""
    ada = Person(issuer="name", subject=NAME, name=NAME)
    writer = SpoolWriter(folder.spool)
    opening = TrainingRun(id="r/1", title="fit", started=datetime.now(UTC), triggered_by=ada, executed_by=ada)
    writer.record("run-opened", [opening])
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
        request = graph.redact(ada.iri(folder.names), "foaf:name", reason="4711", by="Grace")
        graph.approve(request.id, by="Linus")
        graph.snapshot()
    assert holding(folder) == []
    (closing,) = SpoolFile(writer.path).remaining()
    said = statements(closing, folder.names)
    assert {t.object for t in said if t.predicate == v.triggeredBy} <= {ada.iri(folder.names)}
    assert not any("redacted" in str(t) for t in said)
    with KnowledgeGraph.hold(folder) as graph:
        triples_of_it = statements(closing, folder.names)
        assert graph.add(closing.id, closing.type, triples_of_it).accepted, "the run can still be closed"


def test_a_record_that_cannot_be_made_is_kept_without_the_value(folder: Folder) -> None:
    ada = Person(issuer="tests", subject="1", name=NAME)
    with KnowledgeGraph.hold(folder) as graph:
        graph.record(ada, Dataset(name="engine"))
        request = graph.redact(ada.iri(folder.names), "foaf:name", reason="4711", by="Grace")
        graph.approve(request.id, by="Linus")
    writer = SpoolWriter(folder.spool)
    writer.record("dataset", [ada, Dataset(name="engine", attributed_to=("nobody that one knows",))])
    writer.close()
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.drain().rejected == 1
    assert [file.suffix for file in sorted(folder.rejected.iterdir())] == [".json", ".txt"]
    assert holding(folder) == []


def test_asking_alone_is_wrong_use_and_asks_nothing(folder: Folder) -> None:
    tell(folder)
    done = run("redact", PERSON.value, "name", "--reason", "4711", "--alone", "--store", folder.path)
    assert done.exit_code == 2
    assert "--alone goes with --approve ID" in done.stderr
    assert "0 request(s) wait" in run("redact", "--list", "--store", folder.path).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--list", "--alone"], "--alone goes with --approve ID"),
        (["--decline", "x", "--reason", "4711", "--alone"], "--alone goes with --approve ID"),
        (["--approve", "x", "--value", "Ada"], "--value goes with NODE and PROPERTY"),
    ],
)
def test_an_option_that_would_do_nothing_is_wrong_use(folder: Folder, words: list[str], said: str) -> None:
    done = run("redact", *words, "--store", folder.path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_value_of_one_letter_leaves_the_words_of_reports_alone(folder: Folder) -> None:
    nick = f'<{PERSON.value}> a prov:Person ; dct:identifier "7" ; foaf:nick "n" .'
    tell(folder, said=nick)
    bad = nick.replace("a prov:Person", "a prov:Person , pvk:Nonsense").replace('"n"', '"n", 5')
    with KnowledgeGraph.hold(folder) as graph, pytest.raises(IncompleteRecord):
        graph.add("c-1", "agent", triples(bad))
    report = folder.rejected / "c-1.report.txt"
    before = report.read_text()
    assert "pvk:Nonsense is no term" in before
    redact(folder, "foaf:nick", PERSON)
    assert "pvk:Nonsense is no term" in report.read_text()
    assert '"n"' not in (folder.rejected / "c-1.ttl").read_text()
    assert '"n"' not in (folder.rejected / "c-1.report.ttl").read_text()


def test_refused_records_and_their_reports_lose_the_value(folder: Folder) -> None:
    tell(folder)
    refused = SAID + f'<{DATA.value}> pvk:dependsOn <{PERSON.value}> . <{BASE}x> a pvk:Dataset ; foaf:name "{NAME}" .'
    with KnowledgeGraph.hold(folder) as graph, pytest.raises(IncompleteRecord):
        graph.add("d-1", "dataset", triples(refused))
    kept = folder.rejected / "d-1.ttl"
    (folder.rejected / "half.ttl").write_text(f'<{PERSON.value}> foaf:name "{NAME}" ')
    assert {file.partition("/")[0] for file in holding(folder)} >= {"rejected"}
    redact(folder)
    assert holding(folder) == []
    left = {quad.triple for quad in parse(kept.read_bytes(), format=RdfFormat.TURTLE)}
    assert Triple(DATA, v.dct_title, Literal("engine")) in left
    assert Triple(PERSON, v.foaf_name, Literal(NAME)) not in left


def test_a_record_refused_later_is_kept_without_the_value(folder: Folder) -> None:
    tell(folder)
    redact(folder)
    with KnowledgeGraph.hold(folder) as graph, pytest.raises(IncompleteRecord):
        graph.add("d-1", "dataset", triples(SAID + f"<{DATA.value}> pvk:dependsOn <{PERSON.value}> ."))
    assert (folder.rejected / "d-1.ttl").exists()
    assert holding(folder) == []


# --- the rest still holds


def test_lineage_goes_on_through_a_thing_that_lost_its_name(folder: Folder) -> None:
    said = "".join(
        f'<{BASE}dataset/{name}> a pvk:Dataset ; dct:title "{name}" ; pvk:obtainedFrom <{BASE}data-source/s> .'
        f'<{BASE}dataset-version/{name}> a pvk:DatasetVersion ; dct:title "{name}" ; dcat:version "1" ; '
        f'pvk:versionOf <{BASE}dataset/{name}> ; pvk:sha256 "{name * 64}" ; pvk:declaredAbsent pvk:obtainedFrom .'
        for name in "abc"
    )
    said += f'<{BASE}data-source/s> a pvk:DataSource ; pvk:sourceUrl "https://example.org/s"^^xsd:anyURI .'
    said += f"<{BASE}dataset-version/a> prov:wasDerivedFrom <{BASE}dataset-version/b> ."
    said += f"<{BASE}dataset-version/b> prov:wasDerivedFrom <{BASE}dataset-version/c> ."
    tell(folder, "a-1", said)
    middle = NamedNode(f"{BASE}dataset-version/b")
    with Reader.open(folder.path) as reader:
        before = {node.iri for node in reader.lineage(f"{BASE}dataset-version/a")}
    assert before == {f"{BASE}dataset-version/b", f"{BASE}dataset-version/c"}
    redact(folder, "dct:title", middle)
    with Reader.open(folder.path) as reader:
        assert {node.iri for node in reader.lineage(f"{BASE}dataset-version/a")} == before
    redact(folder, "prov:wasDerivedFrom", middle)
    with Reader.open(folder.path) as reader:
        after = {node.iri for node in reader.lineage(f"{BASE}dataset-version/a")}
    assert after == before - {f"{BASE}dataset-version/c"}, "a link goes only when it is redacted itself"
    assert said_of(folder, NamedNode(f"{BASE}dataset-version/c"))


def test_index_and_ledger_agree_after_it_and_a_rebuilding_answers_the_same(folder: Folder) -> None:
    tell(folder)
    tell(folder, "a-2", SAID, supersedes=["a-1"])
    redact(folder)
    with Reader.open(folder.path) as reader:
        before = reader.export("nquads")
        assert list(reader.audit(rules=["X40"])) == []
    assert run("rebuild", "--store", folder.path).exit_code == 0
    with Reader.open(folder.path) as reader:
        assert reader.export("nquads") == before
    assert holding(folder) == []


def test_a_bundle_holds_the_act_that_took_text_out_and_is_verified_with_it(folder: Folder) -> None:
    tell(folder)
    redact(folder)
    content = proof(folder, DATA.value)
    verdict, said, document = judge(content)
    assert verdict == "verified with 1 redaction"
    assert said.endswith("entries 0 of 3 in log example.org/kg; acts upon the log: 2")
    assert document is not None
    assert NAME not in content.decode()
    program = Path(verify_bundle.__file__)
    file = folder.path.parent / "bundle.json"
    file.write_bytes(content)
    done = subprocess.run([sys.executable, "-I", program, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{verdict}: {said}\n")


def without_act(document: dict[str, Any]) -> None:
    del document["records"][1]


def other_act(document: dict[str, Any]) -> None:
    document["records"][1]["leaf"]["erases"] = [[0, 0, 99]]


def hiding_more(document: dict[str, Any]) -> None:
    statement = document["records"][0]["statements"][0]
    document["records"][0]["statements"][0] = {"commitment": commitment(statement).hex()}


def commitment(statement: dict[str, str]) -> bytes:
    return hmac.digest(bytes.fromhex(statement["salt"]), statement["line"].encode(), "sha256")


@pytest.mark.parametrize(
    ("change", "expected"), [(without_act, "INCOMPLETE"), (hiding_more, "INCOMPLETE"), (other_act, "TAMPERED")]
)
def test_a_bundle_excuses_only_what_a_proven_act_took_out(
    folder: Folder, change: Callable[[dict[str, Any]], None], expected: str
) -> None:
    tell(folder)
    redact(folder)
    document = json.loads(proof(folder, DATA.value))
    change(document)
    content = (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    assert judge(content)[0] == expected


def test_a_value_that_was_kept_out_needs_no_act_in_its_bundle(folder: Folder) -> None:
    tell(folder)
    redact(folder)
    tell(folder, "c-1", SAID.replace("engine", "loom"))
    verdict, said, _ = judge(proof(folder, f"{BASE}dataset/loom"))
    assert verdict == "verified with 1 redaction"
    assert "acts upon the log" not in said


# --- crashes and full disks


def test_the_room_is_measured_while_files_of_the_store_come_and_go(folder: Folder) -> None:
    passing, done = folder.index / "000999.sst", threading.Event()

    def merge() -> None:
        while not done.is_set():
            passing.write_bytes(b"merged")
            passing.unlink()

    with KnowledgeGraph.hold(folder) as graph:
        store = threading.Thread(target=merge)
        store.start()
        try:
            for _ in range(200):
                check_room(graph)
        finally:
            done.set()
            store.join()


DYING = """
import os, sys
from pathlib import Path
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, forgetting, stores
from provkg.ledger import Ledger
def die(*_, **__): os._exit(9)
place = sys.argv[2]
if place == "logged": forgetting.Scrubbing.everything = die
if place == "scrubbed": Ledger.erase = die
if place == "erased": stores.Stores.rebuild = die
if place == "rebuilt": Ledger.carried_out = die
with KnowledgeGraph.hold(Folder.find(Path(sys.argv[1]))) as graph:
    (request,) = graph.requests()
    graph.approve(request.id, by="Linus")
"""


@pytest.mark.parametrize("place", ["logged", "scrubbed", "erased", "rebuilt"])
@pytest.mark.parametrize("opened", ["holding", "reading"])
def test_a_redaction_that_was_cut_off_is_finished_by_who_opens_the_graph_next(
    folder: Folder, place: str, opened: str
) -> None:
    tell(folder)
    with KnowledgeGraph.hold(folder) as graph:
        graph.redact(PERSON, "foaf:name", reason="4711", by="Grace")
    command = [sys.executable, "-c", DYING, str(folder.path), place]
    assert subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 9
    assert Ledger.is_undone_at(folder.ledger)
    if opened == "holding":
        with KnowledgeGraph.hold(folder) as graph:
            assert any("finished 1 erasing" in message for message in graph.messages)
    read(folder).close()
    assert holding(folder) == []
    assert not Ledger.is_undone_at(folder.ledger)
    assert run("verify", "--store", folder.path).stdout.startswith("verified with 1 redaction: ")


def test_a_disk_without_room_is_told_before_anything_is_logged(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(folder)
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="4711", by="Grace")
        usage = shutil.disk_usage(folder.path)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
        with pytest.raises(StorageFailed, match="make room and try again"):
            graph.approve(request.id, by="Linus")
        assert graph.ledger.size == 2
        assert [each.id for each in graph.requests()] == [request.id]


def test_a_reader_of_the_journal_delays_it_and_the_next_holder_finishes_it(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(folder)
    monkeypatch.setattr(forgetting, "READER_SECONDS", 0.2)
    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="4711", by="Grace")
        reader = sqlite3.connect(folder.ledger, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchall()
        with pytest.raises(Exception, match="erased text still lies in its journal"):
            graph.approve(request.id, by="Linus")
        reader.close()
    assert Triple(PERSON, v.foaf_name, Literal(NAME)) not in said_of(folder, PERSON)
    assert holding(folder) == []


# --- the command


def test_the_command_asks_lists_and_approves(folder: Folder) -> None:
    tell(folder)
    asked = run("redact", "person-1", "name", "--reason", "ticket 4711", "--by", "Grace", "--store", folder.path)
    assert asked.exit_code == 0
    (id_,) = asked.stdout.split()
    listed = run("redact", "--list", "--store", folder.path)
    assert listed.stdout.split("  ")[0] == id_
    assert "every value of foaf:name of" in listed.stdout
    assert NAME not in listed.output
    said = one_sentence(run("redact", "--approve", id_, "--by", "Grace", "--store", folder.path), 2)
    assert "another one has to approve it" in said
    done = run("redact", "--approve", id_, "--by", "Linus", "--store", folder.path)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 statement(s) in 1 record(s) have no text any more" in done.stderr
    assert run("redact", "--list", "--store", folder.path).stdout == ""
    assert "waits to be approved" in one_sentence(run("redact", "--approve", id_, "--store", folder.path), 2)
    assert holding(folder) == []


def test_the_value_can_come_from_standard_input_where_no_shell_keeps_it(folder: Folder) -> None:
    tell(folder)
    asked = run(
        "redact", PERSON.value, "name", "--reason", "4711", "--value", "-", "--store", folder.path, given=NAME + "\n"
    )
    assert asked.exit_code == 0
    assert "one value of foaf:name" in asked.stderr


def test_what_else_has_the_same_value_is_said(folder: Folder) -> None:
    tell(folder, said=SAID + f'<{BASE}project/p> a pvk:Project ; dct:title "{NAME}" .')
    id_ = run(
        "redact", PERSON.value, "name", "--reason", "4711", "--by", "Grace", "--store", folder.path
    ).stdout.strip()
    done = run("redact", "--approve", id_, "--by", "Linus", "--store", folder.path)
    assert "the same value stands elsewhere and stays there: dct:title of project/p" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["person-1"], ["person-1", "name"], ["--list", "--approve", "x"], ["person-1", "name", "--list"]]
)
def test_half_a_request_is_wrong_use(folder: Folder, arguments: list[str]) -> None:
    tell(folder)
    assert one_sentence(run("redact", *arguments, "--store", folder.path), 2)


def test_an_ambiguous_name_lists_what_it_fits(folder: Folder) -> None:
    tell(folder, said=SAID + f'<{BASE}dataset/2> a pvk:Dataset ; dct:title "engine" .')
    with Reader.open(folder.path) as reader, pytest.raises(AmbiguousName):
        reader.resolve("engine")
    done = run("redact", "engine", "title", "--reason", "4711", "--store", folder.path)
    assert done.exit_code == 2
    assert "fits 2 things" in done.stderr


# --- qualified relations

USED = f"""
<{BASE}training-run/r> a pvk:TrainingRun ; dct:title "fit" ; prov:startedAtTime "2026-03-20T09:00:00Z"^^xsd:dateTime ;
    pvk:triggeredBy <{PERSON.value}> ; prov:qualifiedAssociation <{BASE}association/x> .
<{PERSON.value}> a prov:Person ; dct:identifier "person-1" .
"""
PART = f"""
<{BASE}association/x> a prov:Association ; prov:agent <{BASE}person/2> ; prov:hadRole pvk:AgentRole-reviewer .
<{BASE}person/2> a prov:Person ; dct:identifier "person-2" .
"""


@pytest.mark.parametrize("parts", [[USED + PART], [USED, PART], [PART, USED]], ids=["one", "two", "two, reversed"])
def test_a_link_that_a_qualified_relation_says_too_goes_with_it_and_stays_out(folder: Folder, parts: list[str]) -> None:
    node = NamedNode(f"{BASE}training-run/r")
    link = Triple(node, v.prov_wasAssociatedWith, NamedNode(f"{BASE}person/2"))
    tell(folder, "a-1", USED + PART)
    assert link in said_of(folder, node)
    redact(folder, "prov:wasAssociatedWith", node, f"{BASE}person/2")
    assert link not in said_of(folder, node)
    for number, part in enumerate(parts):
        tell(folder, f"b-{number}", part)
    assert link not in said_of(folder, node), "nor does it follow from two records together"
    assert Triple(node, v.triggeredBy, PERSON) in said_of(folder, node)


# --- what else notices


def test_doctor_tells_of_requests_and_of_what_is_not_finished(folder: Folder) -> None:
    tell(folder)
    run("redact", PERSON.value, "name", "--reason", "4711", "--by", "Grace", "--store", folder.path)
    assert "1 redaction(s) wait to be approved" in run("doctor", "--store", folder.path).stdout
    command = [sys.executable, "-c", DYING, str(folder.path), "erased"]
    assert subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 9
    assert "text that 1 logged act(s) took out is not gone" in run("doctor", "--store", folder.path).stdout
    shown = run("verify", "--store", folder.path)
    assert shown.exit_code == 0


def test_an_audit_does_not_miss_what_was_redacted_nor_the_records_that_a_redaction_names(folder: Folder) -> None:
    said = SAID + f"<{DATA.value}> pvk:declaredAbsent pvk:obtainedFrom ."
    tell(folder, said=said)
    with Reader.open(folder.path) as reader:
        before = {str(each) for each in reader.audit(level="minimal")}
    redact(folder, "dct:title", DATA)
    with Reader.open(folder.path) as reader:
        assert {str(each) for each in reader.audit(level="minimal")} == before


OF_SEVERAL = """
    <{0}model-version/1> a pvk:ModelVersion ; pvk:versionOf <{0}model/m> ; dcat:version "1" ; pvk:sha256 "{1}" ;
      pvk:trainedBy <{0}run/1> ; prov:generatedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime ;
      pvk:trainedOn <{0}dataset-version/1> .
    <{0}model/m> a pvk:Model ; dct:title "m" .
    <{0}run/1> a pvk:TrainingRun ; dct:title "fit" ; prov:startedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime ;
      pvk:triggeredBy <{0}person/9> ; pvk:trainingData <{0}dataset-version/1> .
    <{0}person/9> a prov:Person ; dct:identifier "9" .
    <{0}metric-series/1> a pvk:MetricSeries ; pvk:measuredIn <{0}run/1> ; pvk:metricKind pvk:MetricKind-loss ;
      pvk:pointCount 2 ; pvk:sumValue 1.2e0 ; pvk:hasPoint <{0}metric-point/1> , <{0}metric-point/2> .
    <{0}metric-point/1> a pvk:MetricPoint ; pvk:value 0.5e0 ; pvk:atEpoch 1 .
    <{0}metric-point/2> a pvk:MetricPoint ; pvk:value 0.7e0 ; pvk:atEpoch 2 .
"""


def test_what_was_redacted_is_not_missed_either_where_a_shape_or_a_rule_asks_for_one_of_several(folder: Folder) -> None:
    tell(folder, said=SAID + OF_SEVERAL.format(BASE, "ab" * 32))
    model, series = NamedNode(f"{BASE}model-version/1"), NamedNode(f"{BASE}metric-series/1")
    with Reader.open(folder.path) as reader:
        before = {str(each) for each in reader.audit()}
        scored = reader.score(model, "minimal")
    checked = run("check", "--store", folder.path).stdout.splitlines()
    for node, relation in ((model, "pvk:sha256"), (model, "prov:wasGeneratedBy"), (series, "pvk:hasPoint")):
        redact(folder, relation, node)
    with Reader.open(folder.path) as reader:
        fresh = {str(each) for each in reader.audit()} - before
        # The run lost what its model said of it.
        assert all("training-run" in each or "training run" in each for each in fresh), fresh
        assert reader.score(model, "minimal").missing == scored.missing
    told = [line for line in run("check", "--store", folder.path).stdout.splitlines() if line not in checked]
    assert not [line for line in told if "model-version/1" in line or "metric-" in line or "what this is" in line], told


def test_a_series_one_point_of_which_lost_its_value_is_not_said_to_disagree_with_its_summary(folder: Folder) -> None:
    tell(folder, said=SAID + OF_SEVERAL.format(BASE, "ab" * 32))
    redact(folder, "pvk:value", NamedNode(f"{BASE}metric-point/1"))
    with Reader.open(folder.path) as reader:
        assert list(reader.audit(rules=["X31", "X32"])) == []


def test_a_record_that_comes_without_one_of_several_that_was_redacted_is_kept(folder: Folder) -> None:
    tell(folder, said=SAID + OF_SEVERAL.format(BASE, "ab" * 32))
    redact(folder, "pvk:sha256", NamedNode(f"{BASE}model-version/1"))
    later = OF_SEVERAL.format(BASE, "ab" * 32).replace(f'pvk:sha256 "{"ab" * 32}" ;', "")
    with KnowledgeGraph.hold(folder) as graph:
        assert graph.add("c-1", "model", triples(later)).accepted
        with pytest.raises(IncompleteRecord, match="digest"):
            graph.add("c-2", "model", triples(later.replace("model-version/1", "model-version/2")))


def test_a_score_does_not_miss_what_was_redacted(folder: Folder) -> None:
    tell(folder)
    with Reader.open(folder.path) as reader:
        before = reader.score(DATA, "minimal")
    redact(folder, "dct:title", DATA)
    with Reader.open(folder.path) as reader:
        after = reader.score(DATA, "minimal")
    assert [each.name for each in after.missing] == [each.name for each in before.missing]
    assert (after.asked, after.present) == (before.asked, before.present)


def test_a_redaction_of_very_many_statements_is_several_acts_with_small_leaves(folder: Folder) -> None:
    uses = " , ".join(f'"use {number} of {NAME}"' for number in range(200))
    between = "".join(f'<{DATA.value}> pvk:intendedUse "use {number} between" .' for number in range(0, 200, 2))
    tell(folder, said=SAID.replace(NAME, "x") + f"<{DATA.value}> pvk:intendedUse {uses} ." + between)
    with KnowledgeGraph.hold(folder) as graph:
        for number in range(0, 60, 2):
            request = graph.redact(DATA, "intendedUse", reason="4711", value=f"use {number} of {NAME}", by="Grace")
            graph.approve(request.id, by="Linus") if number == 0 else None
        asked = graph.requests()
        assert len(asked) == 29
        request = graph.redact(DATA, "intendedUse", reason="4711", by="Grace")
        done = graph.approve(request.id, by="Linus")
        graph.snapshot()
        assert done.statements == 299
        assert all(len(act.leaf.to_bytes()) < 1024 for act in graph.ledger.acts())
        assert graph.requests() == [], "what they asked for went with the whole"
    assert holding(folder) == []
    assert run("verify", "--store", folder.path).stdout.startswith("verified with 300 redactions: ")


def test_the_hold_says_who_has_the_graph_without_the_value_that_is_to_go(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (["--value", NAME], [f"--value={NAME}"]):
        monkeypatch.setattr(sys, "argv", ["provkg", "redact", "person-1", "name", *arguments])
        with KnowledgeGraph.hold(folder):
            assert "redact person-1 name" in folder.lock.read_text()
            assert holding(folder) == []


def test_who_asks_is_named_by_the_environment_where_the_command_names_nobody(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(folder)
    monkeypatch.setenv("PROVKG_AGENT", "Grace")
    forget_defaults()
    try:
        id_ = run("redact", PERSON.value, "name", "--reason", "4711", "--store", folder.path).stdout.strip()
        refused = run("redact", "--approve", id_, "--by", "Grace", "--store", folder.path)
        assert "asked for by the same agent" in one_sentence(refused, 2)
    finally:
        forget_defaults()


def test_the_reasons_of_a_redaction_can_be_redacted_in_turn(folder: Folder) -> None:
    tell(folder)
    id_ = redact(folder)
    act, asked = Redaction(authority="redaction", id=f"{id_}-done"), Activity(authority="redaction", id=id_)
    with KnowledgeGraph.hold(folder) as graph:
        for node in (act, asked):
            request = graph.redact(node.iri(folder.names), "rationale", reason="said too much", by="Grace")
            graph.approve(request.id, by="Linus")
        graph.snapshot()
    assert holding(folder, "asked for, ticket 4711") == []
    assert holding(folder) == []
    assert run("verify", "--store", folder.path).stdout.startswith("verified with 3 redactions: ")
    with Reader.open(folder.path) as reader:
        assert list(reader.audit(level="minimal")) == []


def test_what_only_a_superseded_record_says_is_redacted_by_its_iri(folder: Folder) -> None:
    tell(folder)
    tell(folder, "a-2", f'<{BASE}dataset/new> a pvk:Dataset ; dct:title "new" .', supersedes=["a-1"])
    assert said_of(folder, PERSON) == set()
    id_ = run(
        "redact", PERSON.value, "name", "--reason", "4711", "--by", "Grace", "--store", folder.path
    ).stdout.strip()
    assert run("redact", "--approve", id_, "--by", "Linus", "--store", folder.path).exit_code == 0
    assert holding(folder) == []


def test_an_index_that_cannot_be_made_anew_is_told_and_made_by_the_next_holder(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(folder)

    def refuse(*_: object) -> None:
        raise StorageFailed("the disk is full")

    with KnowledgeGraph.hold(folder) as graph:
        request = graph.redact(PERSON, "foaf:name", reason="4711", by="Grace")
        with monkeypatch.context() as patch:
            patch.setattr("provkg.index.Index.create", refuse)
            with pytest.raises(StorageFailed, match="the disk is full"):
                graph.approve(request.id, by="Linus")
        graph.add("c-1", "dataset", triples(SAID))
        graph.snapshot()
    assert Ledger.is_undone_at(folder.ledger)
    with monkeypatch.context() as patch:
        patch.setattr("provkg.index.Index.create", refuse)
        with KnowledgeGraph.hold(folder) as graph:
            assert any("is not gone from everywhere yet: the disk is full" in each for each in graph.messages)
    read(folder).close()
    assert not Ledger.is_undone_at(folder.ledger)
    assert holding(folder) == []


def test_a_spool_that_was_drained_and_not_rid_of_the_value_is_so_by_the_next_drain(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(folder)
    redact(folder)
    writer = SpoolWriter(folder.spool)
    writer.record("dataset", [Stated(lines=tuple(lines_of(triples(SAID))))])

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("provkg.graph.scrubbing.Scrubbing.spool", die)
        with pytest.raises(KeyboardInterrupt), KnowledgeGraph.hold(folder) as graph:
            graph.drain()
    assert list(SpoolFile(writer.path).pending()) == [], "it has its verdict"
    assert holding(folder)
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
    assert holding(folder) == []
    assert not folder.unscrubbed.exists()


def test_a_request_can_be_declined_with_a_reason_and_is_then_settled(folder: Folder) -> None:
    tell(folder)
    store = ("--store", folder.path)
    id_ = run("redact", PERSON.value, "name", "--reason", "4711", "--by", "Grace", *store).stdout.strip()
    assert "needs a reason" in one_sentence(run("redact", "--decline", id_, *store), 2)
    done = run("redact", "--decline", id_, "--reason", "kept by law until 2031", "--by", "Linus", *store)
    assert (done.exit_code, done.stdout) == (0, "")
    assert run("redact", "--list", *store).stdout == ""
    assert "waits to be approved" in one_sentence(run("redact", "--approve", id_, *store), 2)
    assert holding(folder)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert [act.leaf.type for act in ledger.acts()] == ["redaction-request", "redaction-declined"]
    assert run("verify", *store).stdout.startswith("verified: ")


def test_the_command_says_that_it_is_logged_where_a_reader_keeps_it_from_being_finished(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(folder)
    store = ("--store", folder.path)
    id_ = run("redact", PERSON.value, "name", "--reason", "4711", "--by", "Grace", *store).stdout.strip()
    monkeypatch.setattr(forgetting, "READER_SECONDS", 0.2)
    with closing(sqlite3.connect(folder.ledger, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchall()
        said = one_sentence(run("redact", "--approve", id_, "--by", "Linus", *store), 3)
    assert "it is logged, and whoever opens the graph next goes on" in said
    assert run("sync", *store).exit_code == 0
    assert holding(folder) == []
