"""What is answered in Python says what is so: each answer changes with the fact that it rests on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple

import provkg
from provkg import vocabulary as v
from provkg.errors import BadParameter, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.ledger import Ledger
from provkg.questions.terms import short
from tests import story
from tests.told import Told, keep

TOLD = tuple(Told(record.name, record.type, record.triples) for record in story.records())


def ask(folder: Folder, question: str, **values: Any) -> list[dict[str, Any]]:
    with provkg.open(folder.path) as graph:
        return list(graph.ask(question, **values))


def test_an_intact_ledger_is_verified_in_one_row(tmp_path: Path) -> None:
    (row,) = ask(keep(tmp_path / "kg", story.BASE, TOLD), "ledger-intact")
    assert (row["verdict"], row["place"]) == ("verified", f"entries 0 to {len(TOLD) - 1}")
    assert row["signed"] == len(TOLD), "the checkpoint that was signed last stands for every record"


def test_a_ledger_whose_text_was_changed_breaks_at_its_entry(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    with closing(sqlite3.connect(folder.ledger)) as connection, connection:
        changed = "UPDATE text SET lines = replace(lines, 'sgd-fast', 'sgd-best') WHERE position = 12"
        connection.execute(changed)
    found = ask(folder, "ledger-intact")
    assert found[0]["verdict"] == "TAMPERED"
    assert found[0]["place"] == "entry 12"
    assert all(row["entries"] == len(TOLD) for row in found)


def test_a_statement_is_found_with_the_record_that_made_it(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    (row,) = ask(folder, "record-of-statement", thing="apple-grader@2", property="pvk:framework")
    assert (row["value"], row["position"], row["live"]) == ("scikit-learn", 12, True)
    assert row["by"] == "Mara Lind, svc-trainer"
    assert ask(folder, "record-of-statement", thing="apple-grader@2", property="pvk:parameterCount", value="21") == []


def test_a_value_is_given_by_its_name_or_its_text(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    named = ask(folder, "record-of-statement", thing="apple-grader@2", value="apples-train-ready@1")
    assert {row["property"].rpartition("#")[2] for row in named} == {"trainedOn", "wasDerivedFrom"}
    assert len(ask(folder, "record-of-statement", thing="apple-grader@2", value="20")) == 1


def test_what_a_later_record_takes_back_is_no_longer_live(tmp_path: Path) -> None:
    earlier = TOLD[12]
    corrected = replace(earlier, name="corrected", supersedes=(earlier.name,))
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, corrected))
    found = ask(folder, "record-of-statement", thing="apple-grader@2", property="pvk:framework")
    assert [(row["position"], row["live"]) for row in found] == [(12, False), (len(TOLD), True)]


def test_a_property_that_is_no_iri_is_refused_with_an_example(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    with pytest.raises(BadParameter, match="write it like pvk:sha256"):
        ask(folder, "record-of-statement", thing="apple-grader@2", property="two words")


def statement(thing: str, relation: NamedNode, value: Literal | NamedNode) -> Triple:
    return Triple(story.thing(thing), relation, value)


def test_two_writers_contradict_each_other_until_one_record_supersedes_the_wrong_one(tmp_path: Path) -> None:
    wrong = Told("import", "model", (statement("model-version/apple-grader-1", v.parameterCount, Literal(21)),))
    (row,) = ask(keep(tmp_path / "kg", story.BASE, (*TOLD, wrong)), "conflicting-assertions")
    assert (row["value"], row["otherValue"]) == (20, 21)
    settled = Told("settled", "model", (), supersedes=("import",))
    assert ask(keep(tmp_path / "settled", story.BASE, (*TOLD, wrong, settled)), "conflicting-assertions") == []


POLICY = (
    statement("retention-policy/short", v.rdf_type, v.RetentionPolicy),
    statement("retention-policy/short", v.retentionDays, Literal(10)),
    statement("retention-policy/short", v.archiveAfterDays, Literal(3)),
    statement("dataset/apple-readings", v.hasPolicy, story.thing("retention-policy/short")),
)


def test_what_tells_of_a_thing_is_due_by_the_policy_laid_upon_it(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, Told("policy", "policy", POLICY)))
    archived = ask(folder, "due", by="2026-03-24T00:00:00Z")
    assert {row["action"] for row in archived} == {"archive"}
    assert {row["key"] for row in archived} >= {"03-readings-1", "04-readings-2"}
    assert ask(folder, "due", by="2026-03-22T00:00:00Z") == []
    assert {row["action"] for row in ask(folder, "due", by="2026-04-01T00:00:00Z")} == {"archive", "purge"}


def test_what_was_purged_and_acts_upon_the_ledger_are_not_due(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, Told("policy", "policy", POLICY)))
    before = {row["key"] for row in ask(folder, "due", by="2026-04-01T00:00:00Z", action="purge")}
    with Ledger.open(folder.ledger) as ledger:
        position = next(each for each in range(ledger.size) if ledger.entry(each).leaf.record == "03-readings-1")
        ledger.erase({position: range(ledger.entry(position).leaf.statements)})
    after = {row["key"] for row in ask(folder, "due", by="2026-04-01T00:00:00Z", action="purge")}
    assert before - after == {"03-readings-1"}


def test_an_action_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="take one of archive, purge"):
        ask(keep(tmp_path / "kg", story.BASE, TOLD), "due", action="burn")


def test_a_record_below_a_level_is_the_first_that_tells_of_the_thing(tmp_path: Path) -> None:
    bare = Told("bare", "dataset", (statement("dataset-version/bare", v.rdf_type, v.DatasetVersion),))
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, bare))
    found = ask(folder, "below-level", record="bare")
    assert {row["thing"] for row in found} == {story.thing("dataset-version/bare").value}
    assert any("pvk:sha256" in row["problem"] for row in found)
    mended = Told("mended", "dataset", (), supersedes=("bare",))
    assert ask(keep(tmp_path / "mended", story.BASE, (*TOLD, bare, mended)), "below-level", record="bare") == []


def test_a_version_lacks_what_a_level_asks_until_somebody_states_it(tmp_path: Path) -> None:
    bare = statement("dataset-version/bare", v.rdf_type, v.DatasetVersion)
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, Told("bare", "dataset", (bare,))))
    lacking = {row["field"] for row in ask(folder, "incomplete-versions", level="minimal")}
    assert {"sha256", "version", "versionOf"} <= lacking
    digest = statement("dataset-version/bare", v.sha256, Literal("ab" * 32))
    told = keep(tmp_path / "more", story.BASE, (*TOLD, Told("bare", "dataset", (bare, digest))))
    assert "sha256" not in {row["field"] for row in ask(told, "incomplete-versions", level="minimal")}


def test_a_level_that_is_none_is_refused_with_those_that_are(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    for question, more in [
        ("incomplete-versions", {}),
        ("below-level", {}),
        ("reproduction-checklist", {"run": "sgd-fast"}),
    ]:
        with pytest.raises(BadParameter, match="take one of minimal, standard, audit"):
            ask(folder, question, level="strict", **more)


def test_what_is_missing_for_a_repetition_comes_first_with_what_to_do(tmp_path: Path) -> None:
    gone = {v.usedCode, v.seedScope}
    poorer = [replace(told, triples=tuple(t for t in told.triples if t.predicate not in gone)) for told in TOLD]
    found = ask(keep(tmp_path / "kg", story.BASE, poorer), "reproduction-checklist", run="sgd-fast")
    missing = [row["present"] for row in found]
    assert missing == sorted(missing), "what is missing comes first"
    code = next(row for row in found if (row["kind"], row["item"]) == ("training run", "usedCode"))
    assert (code["present"], code["lackedBy"]) == (False, "sgd-fast")
    assert "pvk:usedCode" in code["missing"]
    whole = ask(keep(tmp_path / "whole", story.BASE, TOLD), "reproduction-checklist", run="sgd-fast")
    assert next(row for row in whole if (row["kind"], row["item"]) == ("training run", "usedCode"))["present"]


def test_where_no_group_is_named_each_that_is_counted_has_its_share(tmp_path: Path) -> None:
    profile = '{"weight": {"histogram": {"edges": [100, 150, 200], "counts": [1, 3]}}, "grade": {"values": {"a": 1}}}'
    said = (
        statement("dataset-version/apples-train-ready", v.hasProfile, story.thing("data-profile/ready")),
        statement("data-profile/ready", v.profileJson, Literal(profile)),
    )
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, Told("profile", "data-profile", said)))
    model = {"model": "apple-grader@2", "expected": "0.5"}
    found = ask(folder, "group-share", feature="weight", **model)
    assert [(row["group"], row["share"], row["underRepresented"]) for row in found] == [
        ("100 to 150", 0.25, True),
        ("150 to 200", 0.75, False),
    ]
    assert [row["group"] for row in ask(folder, "group-share", feature="grade", **model)] == ["a"]
    (half,) = ask(folder, "group-share", feature="weight", least="175", **model)
    assert (half["group"], half["share"], half["exact"]) == ("175 and more", 0.375, False)
    with pytest.raises(UnknownThing, match="no profile of this data has a column 'colour'; there are: grade, weight"):
        ask(folder, "group-share", feature="colour", **model)


@pytest.mark.parametrize("name", ["12-sgd-slow", "11", "entry 11", "{iri}", "<{iri}>", "{short}"])
def test_a_record_is_given_by_its_id_its_place_or_its_iri(name: str, tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    iri = folder.names.iri("record", ["12-sgd-slow"])
    given = name.format(iri=iri.value, short=short(iri))
    (row,) = ask(folder, "corrections-of-record", record=given)
    assert row["key"] == "12-sgd-slow"


def test_a_record_that_is_not_there_is_said_with_how_to_name_one(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    for wrong in ("no-such-record", "99", "record/0000", "https://example.org/kg/record/none"):
        with pytest.raises(UnknownThing, match="give its id, its IRI, or the place of its entry"):
            ask(folder, "corrections-of-record", record=wrong)


def test_a_redaction_is_told_with_what_it_took_out_of_which_thing_and_who_took_part(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        thing = story.thing("dataset-version/apple-readings-1")
        request = graph.redact(thing, "dct:license", reason="asked for", by="ann")
        graph.approve(request.id, by="bob")
        graph.snapshot()
    found = ask(folder, "redactions")
    assert {row["thing"] for row in found} == {thing.value}
    assert {row["what"] for row in found} == {"redaction of license"}
    assert {(row["reason"], row["method"].rpartition("-")[2]) for row in found} == {("asked for", "suppression")}
    assert len({row["by"] for row in found}) == len(found) == 2, "one row each for who asked and who approved"
    assert ask(folder, "redactions", record=found[0]["key"]) == found
    assert ask(folder, "redactions", record="0") == []
