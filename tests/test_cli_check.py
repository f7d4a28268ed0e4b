"""`provkg check`: which data conform, what is said of the others, and how continuous integration hears it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import RdfFormat, parse

from provkg.cli.checking import REPORT_FORMATS
from provkg.cli.options import ENGINES
from provkg.vocabulary import NAMESPACES
from tests import story
from tests.commands import STORY_FILES, one_sentence, run, story_graph

EXAMPLES = Path(__file__).parent / "shapes"
BAD = EXAMPLES / "dataset" / "dataset-title-missing.ttl"
GOOD = EXAMPLES / "dataset" / "good-dataset.ttl"
PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in NAMESPACES.items())
FOREIGN_SHAPES = """
<http://example.org/Person> a sh:NodeShape ; sh:targetClass foaf:Person ;
  sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:message "A person has a name." ] .
"""


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("check") / "kg")


def turtle(folder: Path, text: str, name: str = "data.ttl") -> Path:
    (folder / name).write_text(PREFIXES + text)
    return folder / name


def summary(problems: int, files: int) -> re.Pattern[str]:
    return re.compile(rf"^{problems} problem\(s\), \d+ warning\(s\) in {files} file\(s\)$", re.MULTILINE)


def test_data_that_conform_exit_with_0() -> None:
    result = run("check", GOOD)
    assert (result.exit_code, result.stdout) == (0, "")
    assert summary(0, 1).search(result.stderr)


@pytest.mark.parametrize("engine", ENGINES)
def test_data_that_miss_something_exit_with_1_and_say_what_and_where(engine: str) -> None:
    result = run("check", "--engine", engine, BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{BAD}:5: http://example.org/apples: ")
    assert "dct:title" in result.stdout
    assert summary(1, 1).search(result.stderr)


@pytest.mark.parametrize("form", ["trig", "nq", "jsonld", "ttl"])
def test_an_exported_graph_is_judged_as_the_graph_is(form: str, kg: Path, tmp_path: Path) -> None:
    """What provkg itself tells about records goes with an export, and is not what anybody has to complete."""
    file = tmp_path / f"kg.{form}"
    assert run("export", "--store", kg, "--output", file).exit_code == 0
    whole, exported = run("check", "--store", kg), run("check", file)
    assert whole.stderr.partition(" in ")[0] == exported.stderr.partition(" in ")[0]
    assert exported.exit_code == whole.exit_code == 0


def test_a_line_leads_with_the_name_of_the_thing_and_its_iri_shortened(tmp_path: Path) -> None:
    version = "<http://example.org/dataset-version/5> a pvk:DatasetVersion ; dcat:version '2' ; "
    whole = (
        "pvk:versionOf <http://example.org/d> . <http://example.org/d> a pvk:Dataset ; dct:title 'Apple\\nreadings' ."
    )
    file = turtle(tmp_path, version + whole)
    lines = run("check", file).stdout.splitlines()
    assert lines
    said = re.compile(rf"{re.escape(str(file))}:13: (warning: )?Apple readings@2 \(dataset-version/5\): [A-Z]")
    assert all(said.match(line) for line in lines), lines
    annotations = run("check", "--format", "github", file).stdout.splitlines()
    assert all("::Apple readings@2 (dataset-version/5): " in line for line in annotations)


def test_a_measurement_is_called_after_what_it_measures(tmp_path: Path) -> None:
    said = "a pvk:MetricObservation ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-test ."
    result = run("check", turtle(tmp_path, f"<http://example.org/metric-observation/7> {said}"))
    assert ": accuracy on test (metric-observation/7): " in result.stdout


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "turtle"])
def test_what_programs_read_has_whole_iris(form: str) -> None:
    printed = run("check", "--format", form, BAD).stdout
    assert "http://example.org/apples" in printed
    assert "(http://example.org/apples)" not in printed


def test_all_files_of_one_call_are_one_data_graph(tmp_path: Path) -> None:
    pointing = turtle(tmp_path, "<http://example.org/apples> a pvk:Dataset .", "kind.ttl")
    naming = turtle(tmp_path, '<http://example.org/apples> dct:title "Apples" .', "name.ttl")
    assert run("check", pointing).exit_code == 1
    assert run("check", pointing, naming).exit_code == 0


def test_the_story_conforms_as_one_graph() -> None:
    result = run("check", *STORY_FILES)
    assert result.exit_code == 0, result.stdout
    assert len(STORY_FILES) > 20


def test_what_refers_to_nothing_is_a_warning_unless_the_graph_knows_it(kg: Path) -> None:
    file = story.FOLDER / "09-split.ttl"
    alone, looked_up = run("check", file), run("check", file, "--store", kg)
    assert "Nothing says what this is" in alone.stdout
    assert "Nothing says what this is" not in looked_up.stdout


def test_rules_that_follow_derivations_find_them_in_the_graph(kg: Path) -> None:
    file = story.FOLDER / "12-sgd-slow.ttl"
    assert run("check", file).exit_code == 1, "what came before the model is in other records"
    assert run("check", file, "--store", kg).exit_code == 0


def test_a_level_asks_for_more_or_less(tmp_path: Path) -> None:
    file = turtle(
        tmp_path,
        '<http://example.org/v> a pvk:DatasetVersion ; pvk:versionOf <http://example.org/d> ; dcat:version "1" .'
        '<http://example.org/d> a pvk:Dataset ; dct:title "D" .',
    )
    counts = [len(run("check", "--level", level, file).stdout.splitlines()) for level in ("minimal", "audit")]
    codes = [run("check", "--level", level, file).exit_code for level in ("minimal", "audit")]
    assert codes[1] == 1
    assert counts[0] <= counts[1]


def test_without_a_file_the_whole_graph_is_checked(kg: Path) -> None:
    result = run("check", "--store", kg)
    assert result.exit_code == 0
    assert f"in the graph {kg}" in result.stderr
    assert run("check", "--level", "audit", "--store", kg).exit_code == 1


def test_misspelt_terms_are_problems(tmp_path: Path) -> None:
    result = run("check", turtle(tmp_path, "<http://example.org/a> a pvk:TrainingRum ."))
    assert result.exit_code == 1
    assert "TrainingRum" in result.stdout


def test_any_data_can_be_checked_against_any_shapes(tmp_path: Path) -> None:
    shapes = turtle(tmp_path, FOREIGN_SHAPES, "shapes.ttl")
    named = turtle(tmp_path, '[] a foaf:Person ; foaf:name "Mara" .', "named.ttl")
    nameless = turtle(tmp_path, "<http://example.org/m> a foaf:Person .", "nameless.ttl")
    assert run("check", "--shapes", shapes, named).exit_code == 0
    result = run("check", "--shapes", shapes, named, nameless)
    assert (result.exit_code, result.stdout) == (1, f"{nameless}:13: http://example.org/m: A person has a name.\n")


def test_blank_nodes_of_two_files_are_two_nodes(tmp_path: Path) -> None:
    shapes = turtle(tmp_path, FOREIGN_SHAPES, "shapes.ttl")
    person = turtle(tmp_path, "_:x a foaf:Person .", "person.ttl")
    name = turtle(tmp_path, '_:x foaf:name "Mara" .', "name.ttl")
    assert run("check", "--shapes", shapes, person, name).exit_code == 1


def test_shapes_without_data_are_wrong_use(tmp_path: Path) -> None:
    assert "name at least one FILE" in one_sentence(run("check", "--shapes", turtle(tmp_path, FOREIGN_SHAPES)), 2)


@pytest.mark.parametrize("format_", REPORT_FORMATS)
def test_every_report_format_says_the_same_problem_in_the_same_place(format_: str) -> None:
    result = run("check", "--format", format_, BAD)
    assert result.exit_code == 1
    assert "(dct:title)." in result.stdout
    if format_ != "turtle":
        assert str(BAD) in result.stdout


def test_json_is_an_array_of_problems_with_their_lines() -> None:
    [problem] = json.loads(run("check", "--format", "json", BAD).stdout)
    assert (problem["focus"], problem["file"], problem["line"]) == ("http://example.org/apples", str(BAD), 5)
    assert (problem["constraint"], problem["severity"]) == ("MinCount", "violation")


def test_turtle_is_the_report_that_shacl_defines() -> None:
    report = run("check", "--format", "turtle", BAD).stdout
    predicates = {quad.predicate.value for quad in parse(report, format=RdfFormat.TURTLE)}
    assert NAMESPACES["sh"] + "sourceConstraintComponent" in predicates


def test_sarif_points_at_the_line() -> None:
    log = json.loads(run("check", "--format", "sarif", BAD).stdout)
    [result] = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (log["version"], place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("2.1.0", str(BAD), 5)


def test_junit_fails_one_case() -> None:
    suite = ET.fromstring(run("check", "--format", "junit", BAD).stdout.encode())  # noqa: S314 - our own text
    assert (suite.get("failures"), len(suite.findall(".//failure"))) == ("1", 1)


def test_github_gets_an_annotation() -> None:
    assert run("check", "--format", "github", BAD).stdout.startswith(f"::error file={BAD},line=5,")


@pytest.mark.parametrize("format_", REPORT_FORMATS)
def test_a_file_that_does_not_parse_exits_with_3_whatever_the_format(format_: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text("<http://example.org/a> a\n\n  oops .")
    assert one_sentence(run("check", "--format", format_, file), 3).startswith(f"{file}:3:")


def test_a_file_that_is_not_there_exits_with_3(tmp_path: Path) -> None:
    assert "No such file" in one_sentence(run("check", tmp_path / "none.ttl"), 3)


def test_shapes_that_do_not_parse_or_mean_nothing_exit_with_3(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<http://example.org/S> a")
    assert "bad.ttl:1" in one_sentence(run("check", "--shapes", tmp_path / "bad.ttl", GOOD), 3)
    misspelt = turtle(tmp_path, FOREIGN_SHAPES.replace("minCount", "mincount"), "misspelt.ttl")
    assert "mincount" in one_sentence(run("check", "--shapes", misspelt, GOOD), 3)


def test_blank_nodes_are_refused_as_add_refuses_them(tmp_path: Path) -> None:
    file = turtle(tmp_path, '[] a pvk:Dataset ; dct:title "D" .')
    assert one_sentence(run("check", file), 3).startswith(f"{file}:13: a blank node")
    assert run("check", "--skolemize", file).exit_code == 0


def test_standard_input_is_checked_with_a_format() -> None:
    assert run("check", "--from", "turtle", "-", given=GOOD.read_text()).exit_code == 0
    assert "--from" in one_sentence(run("check", "-", given=GOOD.read_text()), 2)
