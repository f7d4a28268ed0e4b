"""`provkg audit` asks a whole graph the rules across records and what the shapes want."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from provkg.cli.auditing import AUDITED, SHOWN
from provkg.errors import BadParameter, UsageError
from provkg.reading import judgements
from provkg.reading.reader import Reader
from tests import story
from tests.commands import one_sentence, run, story_graph

SHACL = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix pvk: <https://w3id.org/provkg#> .\n"
TICKET = (
    SHACL + "<https://example.org/shapes#Ticket> a sh:NodeShape ; sh:targetClass pvk:Measurement ;\n"
    "  sh:property <https://example.org/shapes#Ticket-ticket-presence> .\n"
    "<https://example.org/shapes#Ticket-ticket-presence> sh:path <https://example.org/ticket> ; sh:minCount 1 ;\n"
    '  sh:message "A measurement names its ticket." ; pvk:level pvk:Level-minimal .\n'
)
BY_QUERY = (
    SHACL + "<https://example.org/shapes#Circle> a sh:NodeShape ; sh:targetClass pvk:Dataset ;\n"
    "  sh:property <https://example.org/shapes#Circle-self> .\n"
    "<https://example.org/shapes#Circle-self> sh:path <https://example.org/next> ;\n"
    "  sh:node <https://example.org/shapes#Circle> ;\n"
    '  sh:message "What comes next is like this." ; pvk:level pvk:Level-minimal .\n'
)


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("audit") / "kg")


def with_shapes(path: Path, text: str) -> Path:
    own = story_graph(path)
    (own / "shapes").mkdir()
    (own / "shapes" / "ours.ttl").write_text(text)
    return own


def rows(*arguments: str | Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run("audit", "--format", "json", *arguments).stdout)
    return found


def test_the_options_name_what_the_library_knows() -> None:
    assert judgements.AUDITED == AUDITED


def test_rules_and_shapes_are_asked_unless_one_of_both_is_named(kg: Path) -> None:
    both, rules, shapes = (
        rows("--level", "audit", "--store", kg, *only) for only in ([], *(("--only", a) for a in AUDITED))
    )
    assert both == rules + shapes
    assert rules
    assert {row["theme"] for row in shapes} == {"shapes"}
    assert "shapes" not in {row["theme"] for row in rules}
    assert rows("--rule", "X16", "--store", kg) == [row for row in rows("--store", kg) if row["rule"] == "X16"]


def test_shapes_find_what_check_finds(kg: Path) -> None:
    checked = json.loads(run("check", "--level", "audit", "--format", "json", "--store", kg).stdout)
    expected = {(each["focus"], each["message"]) for each in checked if each["severity"] == "violation"}
    found = rows("--level", "audit", "--only", "shapes", "--store", kg)
    assert expected
    assert {(row["this"], row["message"]) for row in found if row["severity"] == "violation"} == expected


def test_text_says_a_constraint_once_and_names_what_lacks_it(tmp_path: Path) -> None:
    own = with_shapes(tmp_path / "kg", TICKET)
    result = run("audit", "--only", "shapes", "--level", "minimal", "--store", own)
    head, *lines = result.stdout.splitlines()
    measured = len(rows("--only", "shapes", "--level", "minimal", "--store", own))
    assert result.exit_code == 1
    assert measured > SHOWN
    title = "https://example.org/shapes#Ticket-ticket-presence violation: A measurement names its ticket."
    assert head == f"{title} ({measured})"
    assert len(lines) == SHOWN + 1
    assert lines[-1] == f"    … and {measured - SHOWN} more; see them with: provkg audit --only shapes --all"
    every = run("audit", "--only", "shapes", "--level", "minimal", "--store", own, "--all").stdout.splitlines()
    assert every[0] == f"{title} ({SHOWN} or more)"
    assert len(every) == measured + 1
    assert f"{measured} violation(s)" in result.stderr


def test_what_shapes_find_can_be_written_in_every_format(tmp_path: Path) -> None:
    own = with_shapes(tmp_path / "kg", TICKET)
    asked = ("audit", "--only", "shapes", "--level", "minimal", "--store", own, "--format")
    listed = json.loads(run(*asked, "json").stdout)
    table = list(csv.DictReader(run(*asked, "csv").stdout.splitlines()))
    assert table == listed
    sarif = json.loads(run(*asked, "sarif").stdout)["runs"][0]["results"]
    assert {each["ruleId"] for each in sarif} == {"https://example.org/shapes#Ticket-ticket-presence"}
    assert len(sarif) == len(listed)
    assert run(*asked, "junit").stdout.count("<failure") == len(listed)
    assert run(*asked, "github").stdout.count("::error") == len(listed)


def test_nothing_found_is_an_empty_array(kg: Path) -> None:
    result = run("audit", "--only", "shapes", "--level", "minimal", "--format", "json", "--store", kg)
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "nothing found" in result.stderr


def test_a_shape_that_is_no_query_is_left_out_and_named(tmp_path: Path) -> None:
    own = with_shapes(tmp_path / "kg", BY_QUERY)
    result = run("audit", "--only", "shapes", "--level", "minimal", "--store", own)
    assert result.exit_code == 3
    assert "ours.ttl" in result.stderr
    assert "refers to itself" in result.stderr


def test_a_wrong_file_of_shapes_is_left_out_and_named(tmp_path: Path) -> None:
    own = with_shapes(tmp_path / "kg", SHACL + "<https://example.org/s> sh:targetKlass pvk:Dataset .\n")
    result = run("audit", "--only", "shapes", "--level", "minimal", "--store", own)
    assert result.exit_code == 3
    assert "ours.ttl:2" in result.stderr


def test_what_is_said_of_rules_does_not_go_with_shapes_alone(kg: Path) -> None:
    assert "shapes alone" in one_sentence(run("audit", "--only", "shapes", "--rule", "X16", "--store", kg), 2)
    with Reader.open(kg) as opened:
        with pytest.raises(UsageError, match="shapes alone"):
            opened.audit(only="shapes", days=2)
        with pytest.raises(BadParameter, match="'shape' is nothing that an audit asks; take one of rules, shapes"):
            opened.audit(only="shape")


def test_a_reader_audits_both_and_keeps_nothing(kg: Path) -> None:
    with Reader.open(kg) as opened:
        found = opened.audit(level="audit")
        assert found.constraints > 500
        assert str(len(found.rules)) in repr(found)
        assert next(iter(found)) == next(iter(found)), "each walk asks again"
        shapes = [each for each in found if each.result is not None]
        assert shapes
        assert {each.problem() for each in shapes} == {each.result for each in shapes}
        assert story.BASE in shapes[0].this.value
