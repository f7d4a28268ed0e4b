"""`provkg gate` lets a thing go on when its record is complete and no finding concerns it; else it says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

import provkg
from provkg.cli.auditing import FAIL_ON
from provkg.errors import BadParameter
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader, promotion
from provkg.vocabulary import NAMESPACES
from tests import story
from tests.commands import run, story_graph

SOUND, LEAKING = "apple-grader@2", "raw-grader@1"
PREFIXES = f"@base <{story.BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in NAMESPACES.items())
RECALL = """<recall> a pvk:RetirementDecision ; pvk:appliesTo <dataset-version/apple-readings-2> ;
    pvk:decidedBy <person/mara> ; pvk:invalidationReason pvk:InvalidationReason-recalled ;
    pvk:decisionOutcome pvk:DecisionOutcome-approved ; pvk:evidence <file/calibration> ;
    pvk:rationale "The scale was not level." ; prov:endedAtTime "2026-05-01T00:00:00Z"^^xsd:dateTime .
<dataset-version/apple-readings-2> prov:wasInvalidatedBy <recall> ;
    prov:invalidatedAtTime "2026-05-01T00:00:00Z"^^xsd:dateTime ."""


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("promotion") / "kg")


@pytest.fixture
def told(kg: Path) -> Iterator[Reader]:
    with provkg.open(kg) as reader:
        yield reader


def test_the_options_name_what_the_library_knows() -> None:
    assert tuple(promotion.FAIL_ON) == FAIL_ON


def test_a_complete_model_without_findings_may_go_on(kg: Path) -> None:
    asked = run("gate", SOUND, "--store", kg)
    assert asked.exit_code == 0
    assert asked.stdout.startswith(f"{SOUND}: nothing holds it back\n  100 % at standard")


def test_what_is_missing_at_the_level_holds_a_model_back_unless_less_is_asked(kg: Path) -> None:
    asked = run("gate", SOUND, "--level", "audit", "--store", kg)
    assert asked.exit_code == 1
    assert asked.stdout.startswith(f"{SOUND}: held back\n")
    assert "  missing: A model version" in asked.stdout
    assert run("gate", SOUND, "--level", "audit", "--at-least", "10", "--store", kg).exit_code == 0


def test_a_finding_about_the_evaluation_of_a_model_holds_back_that_model_alone(told: Reader) -> None:
    held, free = told.promotion(LEAKING, at_least=0), told.promotion(SOUND, at_least=0)
    assert "X03" in {finding.rule.id for finding in held.grave}
    assert not held.allowed
    assert free.allowed
    assert "X03" not in {finding.rule.id for finding in free.findings}


def test_how_grave_a_finding_has_to_be_is_the_askers_choice(told: Reader) -> None:
    assert told.promotion(LEAKING, at_least=0, fail_on="never")
    with pytest.raises(BadParameter, match="'always' is no severity that holds back; take one of violation"):
        told.promotion(LEAKING, fail_on="always")


def recalled(folder: Path) -> Path:
    path = story_graph(folder / "kg")
    with KnowledgeGraph.hold(Folder.find(path)) as graph:
        graph.add("recall", "decision", [quad.triple for quad in parse(PREFIXES + RECALL, format=RdfFormat.TURTLE)])
    return path


def test_a_recall_of_the_data_holds_back_what_serves_a_model_of_it(tmp_path: Path) -> None:
    path = recalled(tmp_path)
    with provkg.open(path) as reader:
        found = reader.promotion(SOUND, at_least=0)
    assert {finding.rule.id for finding in found.grave} == {"X13"}
    assert "apple-readings" in str(found)


def test_its_json_says_the_same(kg: Path) -> None:
    said = json.loads(run("gate", LEAKING, "--store", kg, "--format", "json").stdout)
    assert said["allowed"] is False
    assert said["name"] == LEAKING
    assert said["level"] == "standard"
    assert [each["rule"] for each in said["findings"] if each["severity"] == "violation"] == ["X03"]


def test_data_that_were_recalled_hold_back_a_model_before_it_is_live(tmp_path: Path) -> None:
    path = recalled(tmp_path)
    found = run("gate", "apple-grader@1", "--level", "minimal", "--at-least", "0", "--store", path)
    assert found.exit_code == 1
    assert "  no longer valid: apple-readings@2, recalled 2026-05-01: The scale was not level.\n" in found.stdout
    assert run("gate", "apple-grader@1", "--fail-on", "never", "--at-least", "0", "--store", path).exit_code == 0


def test_a_model_that_was_withdrawn_itself_is_held_back_and_its_json_says_why(tmp_path: Path) -> None:
    path = story_graph(tmp_path / "kg")
    assert run("withdraw", "apple-grader@1", "--reason", "its licence has ended", "--store", path).exit_code == 0
    asked = run("gate", "apple-grader@1", "--at-least", "0", "--format", "json", "--store", path)
    assert asked.exit_code == 1
    ((ended,),) = [json.loads(asked.stdout)["ended"]]
    assert (ended["how"], ended["reason"]) == ("withdrawn", "its licence has ended")


def test_a_model_that_rests_on_what_took_the_place_of_recalled_data_may_go_on(tmp_path: Path) -> None:
    path = story_graph(tmp_path / "kg")
    assert run("recall", "apple-readings@1", "--reason", "read twice", "--store", path).exit_code == 0
    with provkg.open(path) as reader:
        assert reader.promotion(SOUND, at_least=0).ended == ()
