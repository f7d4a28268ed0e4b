"""`provkg check --explain` and `provkg score`: what is printed, and with which exit code."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from provkg.cli.checking import SCORE_FORMATS
from provkg.cli.scoring import PERIODS, SCORES_FORMATS
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.score import PERIODS as PERIODS_KNOWN
from provkg.score.showing import SCORES_WRITERS, WRITERS
from tests import story
from tests.commands import one_sentence, run, story_graph

MODEL = "apple-grader@2"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("score") / "kg")


def test_the_options_name_what_the_library_knows() -> None:
    assert tuple(WRITERS) == SCORE_FORMATS
    assert tuple(SCORES_WRITERS) == SCORES_FORMATS
    assert tuple(PERIODS_KNOWN) == PERIODS


def test_explain_exits_with_1_while_anything_is_missing_and_with_0_when_nothing_is(kg: Path) -> None:
    audit = run("check", "--level", "audit", "--explain", MODEL, "--store", kg)
    assert audit.exit_code == 1
    counted = re.match(r"apple-grader@2: [0-9]+ % at audit \(([0-9]+) of ([0-9]+) fields\)", audit.stdout)
    assert counted is not None
    present, asked = map(int, counted.groups())
    assert f"{asked - present} of {asked} field(s) missing" in audit.stderr
    assert "A model version" in audit.stdout, "the missing fields are told in words"
    standard = run("check", "--explain", MODEL, "--store", kg)
    assert standard.exit_code == 0
    assert re.match(r"apple-grader@2: 100 % at standard \(([0-9]+) of \1 fields\)", standard.stdout)


def test_a_thing_is_given_by_iri_too(kg: Path) -> None:
    given = (MODEL, story.thing("model-version/apple-grader-2").value, "model-version/apple-grader-2")
    said = {run("check", "--explain", name, "--store", kg).stdout for name in given}
    assert len(said) == 1


def test_explain_writes_json_csv_and_a_badge(kg: Path) -> None:
    texts = {
        form: run("check", "--explain", MODEL, "--level", "audit", "--store", kg, "--format", form).stdout
        for form in ("json", "csv", "badge")
    }
    score = json.loads(texts["json"])
    missing, asked = score["missing"], score["asked"]
    assert missing
    assert [row["message"] for row in csv.DictReader(StringIO(texts["csv"]))] == [row["message"] for row in missing]
    assert ET.fromstring(texts["badge"]).get("aria-label") == (  # noqa: S314
        f"apple-grader@2: {asked - len(missing)} of {asked} fields at audit"
    )


def test_what_does_not_go_together_is_wrong_use(kg: Path) -> None:
    assert "leave FILE" in one_sentence(run("check", "--explain", MODEL, "x.ttl", "--store", kg), 2)
    assert "not written as sarif" in one_sentence(run("check", "--explain", MODEL, "--format", "sarif"), 2)
    assert "not written as badge" in one_sentence(run("check", "--format", "badge"), 2)
    assert "is called 'pear-grader'" in one_sentence(run("check", "--explain", "pear-grader", "--store", kg), 2)
    assert "no knowledge graph" in one_sentence(run("check", "--explain", MODEL, "--store", kg / "keys"), 3)


def test_score_tells_projects_and_periods_and_can_demand_a_percentage(kg: Path) -> None:
    result = run("score", "--by", "month", "--level", "audit", "--store", kg, "--format", "json")
    assert result.exit_code == 0
    assert [(row["project"], row["period"]) for row in json.loads(result.stdout)["rows"]] == [
        ("Apple sorting", "2026-03"),
        (None, "2026-03"),
    ]
    one = run("score", "--project", "Apple sorting", "--level", "audit", "--at-least", "50", "--store", kg)
    assert (one.exit_code, len(one.stdout.split("\n\n")[0].splitlines())) == (0, 2)
    assert run("score", "--level", "audit", "--at-least", "100", "--store", kg).exit_code == 1


def test_a_record_that_was_sent_in_for_a_project_counts_there(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        project = graph.names.iri("project", ["orchard"])
        for record in story.records():
            graph.add(record.name, record.type, list(record.triples), project="orchard")
        graph.snapshot()
    rows = json.loads(run("score", "--store", folder.path, "--format", "json").stdout)["rows"]
    assert {row["project"] for row in rows} >= {"Apple sorting", f"project/{project.value.rpartition('/')[2][:12]}…"}


def test_the_graphs_own_shapes_are_asked_too(kg: Path, tmp_path: Path) -> None:
    own = story_graph(tmp_path / "kg")
    (own / "shapes").mkdir()
    (own / "shapes" / "ours.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix pvk: <https://w3id.org/provkg#> .\n"
        "<https://example.org/shapes#Ticket> a sh:NodeShape ; sh:targetClass pvk:ModelVersion ;\n"
        "  sh:property <https://example.org/shapes#Ticket-ticket-presence> .\n"
        "<https://example.org/shapes#Ticket-ticket-presence> sh:path <https://example.org/ticket> ; sh:minCount 1 ;\n"
        '  sh:message "A model version names its ticket." ; pvk:level pvk:Level-standard .\n'
    )
    before, after = (run("check", "--explain", MODEL, "--store", store) for store in (kg, own))
    assert (before.exit_code, after.exit_code) == (0, 1)
    assert "1 of " in after.stderr, "only the ticket is missing"
    assert "A model version names its ticket." in after.stdout
