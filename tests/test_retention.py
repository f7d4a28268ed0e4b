"""A project's records are kept as long as its policy says, archived with proofs, and only then purged."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from provkg import vocabulary as v
from provkg.errors import BadParameter, CannotRun
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, archiving, read
from provkg.graph.archiving import Archived, archived
from provkg.graph.retaining import days_of, due, policies
from provkg.ledger import Ledger, verify_bundle
from provkg.ledger.verify_bundle import judge
from provkg.reading import Reader
from tests.commands import ROOT, environment, one_sentence, run
from tests.test_redaction import BASE, DATA, NAME, SAID, holding, redact, said_of, tell

MODEL = f"{BASE}model-version/m"
LINE = f"""
<{BASE}dataset-version/d> a pvk:DatasetVersion ; dcat:version "1" ; pvk:versionOf <{BASE}dataset/d> ;
    pvk:sha256 "{"d" * 64}" ; pvk:declaredAbsent pvk:obtainedFrom .
<{BASE}dataset/d> a pvk:Dataset ; dct:title "old words" .
"""
TRAINED = f"""
<{MODEL}> a pvk:ModelVersion ; dcat:version "1" ; pvk:versionOf <{BASE}model/m> ; prov:wasDerivedFrom
    <{BASE}dataset-version/d> ; pvk:sha256 "{"e" * 64}" ; prov:hadPrimarySource <https://models.example.org/hub> .
<{BASE}model/m> a pvk:Model ; dct:title "m" .
"""

SERVED = f"""
<{BASE}deployment/1> a pvk:Deployment ; pvk:deployedAt <{BASE}endpoint/e> ; pvk:deploys <{MODEL}> ;
    prov:generatedAtTime "2026-03-20T09:01:00Z"^^xsd:dateTime ;
    prov:wasGeneratedBy <{BASE}deployment-run/1> ; pvk:deploymentStage pvk:DeploymentStage-production .
<{BASE}endpoint/e> a pvk:Endpoint ; dct:identifier "https://models.example.org/m" .
<{BASE}deployment-run/1> a pvk:DeploymentRun ; dct:title "deploy" ; prov:used <{MODEL}> ;
    pvk:triggeredBy <{BASE}person/2> ; prov:startedAtTime "2026-03-20T09:00:00Z"^^xsd:dateTime ;
    prov:endedAtTime "2026-03-20T09:01:00Z"^^xsd:dateTime ; pvk:runStatus pvk:RunStatus-succeeded .
<{BASE}person/2> a prov:Person ; dct:identifier "person-2" .
"""
ENDED = f"""
<{BASE}deployment/1> prov:invalidatedAtTime "2026-04-20T09:01:00Z"^^xsd:dateTime ; prov:wasInvalidatedBy <{BASE}end/1> .
<{BASE}end/1> a prov:Activity ; dct:title "end" ; pvk:invalidationReason pvk:InvalidationReason-superseded .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base=BASE)


def keep(folder: Folder, days: int, project: str = "apples") -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.retain(project, days, by="Grace")


def put_away(folder: Folder, out: Path, *, even_needed: bool = False, purge: bool = True) -> Archived:
    with KnowledgeGraph.hold(folder) as graph:
        done = archived(
            graph, out, project=None, before=None, purge=purge, even_needed=even_needed, by="Grace"
        )  # fmt: skip
        graph.snapshot()
    return done


# --- policies


@pytest.mark.parametrize(
    ("text", "days"), [("7y", 2557), ("10y", 3653), ("1y", 366), ("90d", 90), ("6w", 42), ("18m", 548), ("0d", 0)]
)
def test_a_time_is_at_least_as_long_as_it_says(text: str, days: int) -> None:
    assert days_of(text) == days


@given(st.integers(1, 100), st.dates(min_value=datetime(1900, 1, 1).date(), max_value=datetime(2090, 1, 1).date()))  # noqa: DTZ001
def test_years_never_end_before_their_last_day(years: int, start: object) -> None:
    assert hasattr(start, "toordinal")
    first = datetime.fromordinal(start.toordinal())
    day = 28 if (first.month, first.day) == (2, 29) else first.day
    try:
        last = first.replace(year=first.year + years, day=day)
    except ValueError:
        return
    assert days_of(f"{years}y") >= (last - first).days - 1


@pytest.mark.parametrize("text", ["", "7", "y", "7 years and a bit", "-7y", "7.5y", "seven", "7y7d"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="write it like 7y, 18m, 6w or 90d"):
        days_of(text)


def test_a_policy_is_an_act_of_the_log_and_the_last_one_holds(folder: Folder) -> None:
    keep(folder, 2557)
    keep(folder, 10)
    keep(folder, 30, "pears")
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert {name: policy.days for name, policy in policies(ledger).items()} == {"apples": 10, "pears": 30}
        assert [(act.leaf.kind, act.leaf.type, act.leaf.project) for act in ledger.acts()] == [
            ("retention", "retention-policy", "apples"),
            ("retention", "retention-policy", "apples"),
            ("retention", "retention-policy", "pears"),
        ]
    with read(folder) as index:
        found = index.query(
            f"SELECT ?days {{ ?p a {v.Project} ; {v.hasPolicy}/{v.retentionDays} ?days }} ORDER BY ?days"
        )
    assert [int(getattr(row[0], "value", "-1")) for row in found.rows] == [10, 30]


def test_a_record_is_due_when_its_days_are_over_and_not_before(folder: Folder) -> None:
    tell(folder, project="apples")
    tell(folder, "b-1", project="pears")
    tell(folder, "c-1")
    keep(folder, 10)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        received = datetime.fromisoformat(ledger.entry(0).leaf.received)
        assert due(ledger, received + timedelta(days=10, microseconds=-1)) == []
        (only,) = due(ledger, received + timedelta(days=10))
    assert (only.position, only.record, only.project, only.until) == (0, "a-1", "apples", received + timedelta(days=10))


# --- archive


def test_an_archive_proves_its_records_without_the_graph_and_without_provkg(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    tell(folder, "a-2", LINE, project="apples")
    keep(folder, 0)
    out = tmp_path / "archive.json"
    done = put_away(folder, out, purge=False)
    assert (done.files, done.positions, done.purged) == ((out,), (0, 1), ())
    assert holding(folder), "nothing goes that was not asked to"
    verdict, said, document = judge(out.read_bytes())
    assert (verdict, said) == ("verified", "2 record(s) are archived: entries 0, 1 of 3 in log example.org/kg")
    assert document is not None
    program = Path(verify_bundle.__file__)
    shown = subprocess.run(
        [sys.executable, "-I", program, out, "--statements"],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert NAME in shown.stdout
    assert run("verify", out).stdout == f"{verdict}: {said}\n"
    changed = tmp_path / "changed.json"
    changed.write_text(out.read_text().replace(NAME, "Ada Lovelace of Ockham Pork"))
    assert run("verify", changed).stdout.startswith("TAMPERED: entry 0")


def test_records_are_chosen_by_project_and_day(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    tell(folder, "b-1", LINE, project="pears")
    with KnowledgeGraph.hold(folder) as graph:
        soon = datetime.now(UTC) + timedelta(days=1)
        assert archiving.chosen(graph, "pears", None) == [1]
        assert archiving.chosen(graph, None, soon) == [0, 1]
        assert archiving.chosen(graph, "apples", soon - timedelta(days=2)) == []
        assert archiving.chosen(graph, None, None) == []


def test_many_records_go_into_several_files_that_verify_alone(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "RECORDS_OF_A_FILE", 2)
    for number in range(5):
        tell(folder, f"a-{number}", project="apples")
    keep(folder, 0)
    done = put_away(folder, tmp_path / "old.json", even_needed=True)
    assert [file.name for file in done.files] == ["old-1.json", "old-2.json", "old-3.json"]
    assert [judge(file.read_bytes())[0] for file in done.files] == ["verified"] * 3
    assert done.purged == (0, 1, 2, 3, 4)


def test_an_archive_is_not_written_over(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    keep(folder, 0)
    out = tmp_path / "archive.json"
    out.write_text("mine")
    with pytest.raises(BadParameter, match="is there already"):
        put_away(folder, out)
    assert out.read_text() == "mine"
    assert holding(folder)


def test_what_is_not_verified_on_disk_is_not_purged(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(folder, project="apples")
    keep(folder, 0)
    real = judge
    monkeypatch.setattr(archiving, "judge", lambda content, *more: real(content.replace(b"Ada", b"Eve"), *more))
    with pytest.raises(CannotRun, match="nothing was purged"):
        put_away(folder, tmp_path / "archive.json")
    assert holding(folder)
    assert run("verify", "--store", folder.path).stdout.startswith("verified: ")


# --- purge


def test_a_purged_record_keeps_leaf_and_commitments_and_its_text_is_nowhere(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        before, committed = ledger.entry(0).leaf, [row[1] for row in ledger.payload(0)]
    keep(folder, 0)
    done = put_away(folder, tmp_path / "archive.json", even_needed=True)
    assert done.purged == (0,)
    assert holding(folder) == []
    assert holding(folder, DATA.value) == []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.entry(0).leaf == before
        assert ledger.payload(0) == [(None, each, None) for each in committed]
        act = ledger.acts()[-1]
    assert (act.leaf.kind, act.leaf.type, act.leaf.erases) == ("retention", "purge", ((0, 0, before.statements - 1),))
    assert any("archived in archive.json (SHA-256 " in line for line in act.lines)
    shown = run("verify", "--store", folder.path)
    assert shown.stdout.startswith("verified: ")
    assert shown.stdout.endswith(", 1 records purged\n")
    with Reader.open(folder.path) as reader:
        assert list(reader.audit(only="rules")) == []


def test_after_a_purge_the_id_alone_decides(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    keep(folder, 0)
    put_away(folder, tmp_path / "archive.json", even_needed=True)
    with KnowledgeGraph.hold(folder) as graph:
        size = graph.ledger.size
        assert graph.add("a-1", "dataset", []).duplicate
        assert graph.ledger.size == size


def test_what_a_later_record_or_a_live_deployment_rests_on_stays(folder: Folder, tmp_path: Path) -> None:
    tell(folder, "a-1", LINE, project="apples")
    tell(folder, "a-2", SAID, project="apples")
    tell(folder, "a-3", TRAINED)
    keep(folder, 0)
    done = put_away(folder, tmp_path / "archive.json")
    assert (done.positions, done.purged, done.needed) == ((0, 1), (1,), (0,))
    with Reader.open(folder.path) as reader:
        assert {node.iri for node in reader.lineage(MODEL)} >= {f"{BASE}dataset-version/d"}
    assert holding(folder) == []
    told = put_away(folder, tmp_path / "rest.json", even_needed=True)
    assert told.purged == (0,)
    assert said_of(folder, NamedNode(f"{BASE}dataset-version/d")) == set()


def test_a_live_deployment_stays_with_all_that_it_rests_on_until_it_ends(folder: Folder, tmp_path: Path) -> None:
    for number, said in enumerate((LINE, TRAINED, SERVED, SAID)):
        tell(folder, f"a-{number}", said, project="apples")
    keep(folder, 0)
    done = put_away(folder, tmp_path / "archive.json")
    assert (done.purged, done.needed) == ((3,), (0, 1, 2))
    tell(folder, "a-9", ENDED, project="apples")
    assert put_away(folder, tmp_path / "rest.json").purged == (0, 1, 2, 6)


def test_a_project_without_a_policy_and_records_that_are_too_young_are_not_purged(
    folder: Folder, tmp_path: Path
) -> None:
    tell(folder, project="apples")
    tell(folder, "b-1", LINE, project="pears")
    keep(folder, 2557)
    out = tmp_path / "archive.json"
    done = run("archive", out, "--before", "2999-01-01", "--purge", "--store", folder.path)
    assert done.exit_code == 0
    assert "2 record(s) archived, 0 purged" in done.stderr
    assert (
        "2 stay, because no policy of their project says that their time is over (provkg retain): entries 0, 1"
        in done.stderr
    )
    assert holding(folder)


def test_redacted_records_are_archived_with_the_act_that_took_text_out(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    redact(folder)
    keep(folder, 0)
    out = tmp_path / "archive.json"
    assert put_away(folder, out, even_needed=True).purged == (0,)
    verdict, said, _ = judge(out.read_bytes())
    assert verdict == "verified with 1 redaction"
    assert said.endswith("entries 0 of 4 in log example.org/kg; acts upon the log: 2")
    assert NAME not in out.read_text()
    assert run("verify", "--store", folder.path).stdout.startswith("verified: ")


def test_a_purge_of_many_records_is_several_acts_with_small_leaves(folder: Folder, tmp_path: Path) -> None:
    for number in range(60):
        tell(folder, f"a-{number}", project="apples")
    keep(folder, 0)
    assert len(put_away(folder, tmp_path / "archive.json", even_needed=True).purged) == 60
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        acts = [act for act in ledger.acts() if act.leaf.type == "purge"]
    assert len(acts) == 3
    assert all(len(act.leaf.to_bytes()) < 1024 for act in acts)
    with Reader.open(folder.path) as reader:
        assert list(reader.audit(only="rules")) == []
    assert run("verify", "--store", folder.path).stdout.endswith(", 60 records purged\n")


def test_a_rebuilding_after_a_purge_answers_the_same(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    tell(folder, "a-2", SAID + LINE, supersedes=["a-1"])
    keep(folder, 0)
    put_away(folder, tmp_path / "archive.json", even_needed=True)
    with Reader.open(folder.path) as reader:
        before = reader.export("nquads")
    assert run("rebuild", "--store", folder.path).exit_code == 0
    with Reader.open(folder.path) as reader:
        assert reader.export("nquads") == before


# --- commands


def test_the_commands_set_list_and_archive(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    store = ("--store", folder.path)
    assert "kept for 2,557 days" in run("retain", "apples", "--keep", "7y", *store).stderr
    assert run("retain", "--list", *store).stdout.startswith("apples: 2,557 days, since ")
    assert run("retain", "--due", *store).stdout == ""
    nothing = run("archive", tmp_path / "a.json", *store)
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "nothing to archive" in nothing.stderr
    run("retain", "apples", "--keep", "0d", *store)
    assert run("retain", "--due", *store).stdout.startswith("0: dataset of apples, record a-1, due since ")
    done = run("archive", tmp_path / "a.json", "--purge", "--by", "Grace", *store)
    assert done.stdout == f"{tmp_path / 'a.json'}\n"
    assert "1 record(s) archived, 1 purged" in done.stderr
    assert holding(folder) == []
    assert len(json.loads((tmp_path / "a.json").read_text())["records"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retain"], "say one thing"),
        (["retain", "apples"], "say one thing"),
        (["retain", "apples", "--keep", "soon"], "write it like 7y"),
        (["retain", "--list", "--due"], "say one thing"),
        (["archive", "a.json", "--before", "yesterday"], "is no date"),
        (["archive", "a.json", "--even-needed"], "give --purge with it"),
        (["archive", "nowhere/a.json"], "there is no folder nowhere"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(folder: Folder, arguments: list[str], said: str) -> None:
    assert said in one_sentence(run(*arguments, "--store", folder.path), 2)


DYING = """
import os, sys
from pathlib import Path
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, archiving, forgetting
def die(*_, **__): os._exit(9)
forgetting.Scrubbing.everything = die
with KnowledgeGraph.hold(Folder.find(Path(sys.argv[1]))) as graph:
    archiving.archived(graph, Path(sys.argv[2]), project=None, before=None, purge=True, even_needed=True, by="Grace")
"""


def test_a_purge_that_was_cut_off_is_finished_by_who_opens_the_graph_next(folder: Folder, tmp_path: Path) -> None:
    tell(folder, project="apples")
    keep(folder, 0)
    out = tmp_path / "archive.json"
    command = [sys.executable, "-c", DYING, str(folder.path), str(out)]
    assert subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 9
    assert judge(out.read_bytes())[0] == "verified", "the archive was there before"
    assert holding(folder)
    assert run("sync", "--store", folder.path).exit_code == 0
    assert holding(folder) == []
    assert run("verify", "--store", folder.path).stdout.endswith(", 1 records purged\n")


def test_a_graph_restored_from_a_backup_made_after_it_is_without_the_value_too(folder: Folder, tmp_path: Path) -> None:
    tell(folder)
    redact(folder)
    copy, back = tmp_path / "copy", tmp_path / "back"
    assert run("backup", copy, "--store", folder.path).exit_code == 0
    assert run("restore", copy, back).exit_code == 0
    restored = Folder.find(back)
    assert holding(restored) == []
    assert run("verify", "--store", back).stdout.startswith("verified with 1 redaction: ")
    tell(restored, "c-1")
    assert holding(restored) == [], "what stands goes with the ledger and its keys"
