"""Asking from the command line: saved questions, SPARQL, and what is said of a question that cannot be asked."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provkg.questions import all_questions, find
from tests import story
from tests.commands import ROOT, environment, one_sentence, run, run_apart, story_graph


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("asking") / "kg")


def test_questions_are_listed_by_theme_with_their_parameters() -> None:
    listed = run("questions").stdout
    for question in all_questions():
        assert f"\n{question.theme}\n" in f"\n{listed}"
        assert question.summary in listed
    assert "  training-data, Q11, CQ1 --model\n" in listed


def test_what_is_listed_beside_a_name_is_accepted_and_stands_once() -> None:
    names = re.findall(r"^  (\S.*?)(?: +\[?--.*)?$", run("questions").stdout, re.MULTILINE)
    accepted = [short for line in names for short in line.split(", ")]
    assert len(accepted) > len(names) > 20
    assert len(accepted) == len(set(accepted))
    for line in names:
        found = {find(short).path for short in line.split(", ")}
        assert len(found) == 1, line


def test_of_two_questions_of_one_name_the_list_shows_the_paths(tmp_path: Path) -> None:
    run("init", tmp_path / "kg")
    (tmp_path / "kg" / "queries" / "mine").mkdir(parents=True)
    text = "#+ summary: Mine?\n#+ tags: [versions, mine, Q11]\nASK { ?a ?b ?c }\n"
    (tmp_path / "kg" / "queries" / "mine" / "versions.rq").write_text(text)
    listed = run("questions", "--store", tmp_path / "kg").stdout
    assert "  mine/versions, mine\n" in listed
    assert "  data/versions, CQ12 --dataset\n" in listed
    assert "  training-data, CQ1 --model\n" in listed, "Q11 means two questions here"


def test_a_question_answers_the_same_by_name_path_and_tag(kg: Path) -> None:
    answers = {
        run("ask", name, "--model", "apple-grader@latest", "--store", kg).stdout
        for name in ("training-data", "models/training-data", "Q11", "q11")
    }
    assert len(answers) == 1
    assert "apples-train-ready" in answers.pop()


def test_an_answer_says_for_which_state_of_the_ledger_it_stands(kg: Path) -> None:
    said = run("ask", "Q11", "--model", "apple-grader@latest", "--store", kg).stderr
    assert f"{len(story.records())} ledger entries seen" in said


@pytest.mark.parametrize("kind", ["csv", "tsv", "json"])
def test_every_format_holds_the_same_rows(kind: str, kg: Path) -> None:
    text = run("ask", "Q11", "--model", "apple-grader@latest", "--store", kg, "--format", kind).stdout
    if kind == "json":
        rows = [{key: term["value"] for key, term in row.items()} for row in json.loads(text)["results"]["bindings"]]
    else:
        rows = list(csv.DictReader(io.StringIO(text), delimiter="," if kind == "csv" else "\t"))
    [data] = {value.strip('<>"') for row in rows for key, value in row.items() if key.lstrip("?") == "data"}
    assert data == story.BASE + "dataset-version/apples-train-ready"


def test_the_help_of_a_question_shows_its_parameters() -> None:
    shown = run("ask", "Q11", "-h").stdout
    assert "Which data was this model trained on?" in shown
    assert "--model" in shown
    assert "[required]" in shown
    assert "Example:\n    provkg ask training-data --model" in shown


@pytest.mark.parametrize("question", all_questions(), ids=lambda question: question.path)
def test_every_question_has_a_command_with_help(question: object) -> None:
    path = getattr(question, "path", "")
    assert run("ask", path, "-h").exit_code == 0


def test_a_parameter_whose_name_is_a_word_of_python_works(kg: Path) -> None:
    begin: list[str | Path] = ["ask", "datasets-used-in-period", "--store", kg, "--format", "csv"]
    everything = run(*begin, "--from", "2026-01-01T00:00:00Z").stdout.splitlines()
    nothing = run(*begin, "--from", "2019-01-01T00:00:00Z", "--to", "2020-01-01T00:00:00Z")
    assert len(everything) > 1
    assert (nothing.exit_code, len(nothing.stdout.splitlines())) == (0, 1), "an answer without rows is an answer"


def test_an_unknown_question_names_the_nearest(kg: Path) -> None:
    assert "did you mean training-data" in one_sentence(run("ask", "trainig-data", "--store", kg), 2)


def test_a_missing_parameter_is_wrong_use(kg: Path) -> None:
    result = run("ask", "Q11", "--store", kg)
    assert result.exit_code == 2
    assert "--model" in result.stderr


def test_an_unknown_parameter_is_wrong_use(kg: Path) -> None:
    result = run("ask", "Q11", "--modell", "x", "--store", kg)
    assert result.exit_code == 2
    assert "--model" in result.stderr


def test_a_parameter_of_another_type_is_told_how_to_write_it(kg: Path) -> None:
    sentence = one_sentence(run("ask", "datasets-used-in-period", "--from", "yesterday", "--store", kg), 2)
    assert "'yesterday'" in sentence
    assert "2026-03-10T08:00:00Z" in sentence


def test_an_ambiguous_name_lists_its_candidates_newest_first(kg: Path) -> None:
    result = run("ask", "Q11", "--model", "apple-grader", "--store", kg)
    assert (result.exit_code, result.stdout) == (2, "")
    lines = [line for line in result.stderr.splitlines() if line.startswith("- apple-grader@")]
    assert [line.split()[1] for line in lines] == ["apple-grader@3", "apple-grader@2", "apple-grader@1"]


def test_an_unknown_thing_names_the_nearest(kg: Path) -> None:
    assert "apple-grader" in one_sentence(run("ask", "Q11", "--model", "aple-grader", "--store", kg), 2)


def test_a_graph_may_have_questions_of_its_own(tmp_path: Path) -> None:
    kg = story_graph(tmp_path / "kg")
    (kg / "queries" / "mine").mkdir(parents=True)
    text = "#+ summary: Who is there?\nSELECT ?who { ?who a <http://www.w3.org/ns/prov#Person> } ORDER BY ?who\n"
    (kg / "queries" / "mine" / "people.rq").write_text(text)
    assert "Who is there?" in run("questions", "--store", kg).stdout
    for arguments in (["--store", str(kg)], [f"--store={kg}"]):
        assert "Mara Lind" in run("ask", "people", *arguments).stdout
    assert one_sentence(run("ask", "people", "--store", tmp_path), 2).startswith("no question is called 'people'")


def test_a_query_comes_as_text_file_or_standard_input(kg: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?people) { ?who a <http://www.w3.org/ns/prov#Person> }"
    (tmp_path / "people.rq").write_text(text)
    answers = {
        run("query", text, "--store", kg).stdout,
        run("query", tmp_path / "people.rq", "--store", kg).stdout,
        run("query", "-", "--store", kg, given=text).stdout,
    }
    assert len(answers) == 1


def test_a_query_without_braces_is_no_file_name_and_a_file_called_like_one_is(kg: Path, tmp_path: Path) -> None:
    person = story.thing("agent/mara")
    assert "Mara Lind" in run("query", f"DESCRIBE {person}", "--store", kg).stdout
    (tmp_path / "select people").write_text("ASK {}")
    assert run("query", tmp_path / "select people", "--store", kg).stdout == "yes\n"
    assert "No such file" in one_sentence(run("query", "select.rq", "--store", kg), 3)


def test_a_graph_is_printed_as_turtle_and_a_yes_as_yes(kg: Path) -> None:
    graph = run("query", "CONSTRUCT WHERE { ?who a <http://www.w3.org/ns/prov#Person> }", "--store", kg)
    assert "a prov:Person" in graph.stdout
    assert run("query", "ASK {}", "--store", kg).stdout == "yes\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * {", "the query does not parse (line 1, column 11)"),
        ("SELECT *\n{ ?s ?p ?o } GROUP BY ?s", "SELECT * is not authorized with GROUP BY"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE reaches the network"),
        ("LOAD <http://127.0.0.1:9/>", "LOAD reaches the network"),
        ("# all of it\nDROP ALL", "DROP would change the graph"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE would change the graph"),
        ("SELECT * {" + "{" * 100 + "}" * 101, "nests brackets more than 64 deep"),
        ("ASK { FILTER(" + "1+" * 5000 + "1) }", "operators"),
    ],
)
def test_a_query_that_must_not_run_is_refused_in_a_sentence(text: str, reason: str, kg: Path) -> None:
    sentence = one_sentence(run("query", text, "--store", kg), 2)
    assert reason in sentence
    # Where the text breaks off, its line follows with a caret.
    assert len(sentence.splitlines()) == (3 if "(line" in sentence else 1)


def test_a_query_that_does_not_parse_is_shown_with_a_caret_where_it_breaks_off(kg: Path) -> None:
    query = "SELECT ?x {\n\t?x a nowhere:Thing\n}"
    said, line, caret = one_sentence(run("query", query, "--store", kg), 2).splitlines()
    assert said == "the query does not parse (line 2, column 20): Prefix not found"
    assert line[2:] == " ?x a nowhere:Thing"
    assert caret.index("^") - 2 == 20 - 1


def test_of_a_long_line_only_what_is_near_the_caret_is_shown(kg: Path) -> None:
    query = "SELECT * { " + "?s ?p ?o . " * 500 + "?s a nowhere:Thing . " + "?s ?p ?o . " * 500 + "}"
    _, line, caret = one_sentence(run("query", query, "--store", kg), 2).splitlines()
    assert len(line) <= 102
    assert line[: caret.index("^")].endswith("nowhere:Thing")


def test_a_query_file_that_is_not_there_or_no_text_is_said(kg: Path, tmp_path: Path) -> None:
    assert "No such file" in one_sentence(run("query", tmp_path / "none.rq", "--store", kg), 3)
    (tmp_path / "bytes.rq").write_bytes(b"ASK { \xff }")
    assert "not UTF-8" in one_sentence(run("query", tmp_path / "bytes.rq", "--store", kg), 3)


def test_turtle_of_a_table_is_wrong_use(kg: Path) -> None:
    assert "no format of this answer" in one_sentence(
        run("query", "SELECT * { ?s ?p ?o }", "--store", kg, "--format", "turtle"), 2
    )


def test_csv_reaches_a_file_with_the_line_ends_of_its_standard(kg: Path) -> None:
    done = run_apart("query", "SELECT (1 AS ?a) {}", "--store", kg, "--format", "csv")
    assert done.stdout == b"a\r\n1\r\n"


@pytest.mark.parametrize(
    "arguments", [["questions"], ["query", "SELECT * { ?s ?p ?o }"], ["export"], ["lineage", "apple-grader@2", "--all"]]
)
def test_a_reader_that_closes_the_pipe_makes_no_failure(arguments: list[str], kg: Path) -> None:
    command = [sys.executable, "-m", "provkg", *arguments, "--store", str(kg)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment(), bufsize=0
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, said = process.communicate()
    assert (process.returncode, said) == (0, b"")


def test_a_parameter_of_a_question_goes_before_an_option_of_that_name(tmp_path: Path) -> None:
    run("init", tmp_path / "kg")
    (tmp_path / "kg" / "queries" / "mine").mkdir(parents=True)
    header = "#+ summary: Mine?\n#+ x-provkg:\n#+   params: {limit: {type: integer}, explain: {type: string}}\n"
    text = "SELECT (?_limit_integer AS ?a) (?_explain_literal AS ?b) {}\n"
    (tmp_path / "kg" / "queries" / "mine" / "own.rq").write_text(header + text)
    asked = run("ask", "own", "--limit", "7", "--explain", "why", "--store", tmp_path / "kg", "--format", "csv")
    assert asked.stdout_bytes == b"a,b\r\n7,why\r\n"


def test_a_version_stands_for_its_model_and_that_is_said(kg: Path) -> None:
    whole = run("ask", "chronology", "--model", "apple-grader", "--format", "csv", "--store", kg)
    version = run("ask", "chronology", "--model", "apple-grader@2", "--format", "csv", "--store", kg)
    assert version.stdout == whole.stdout
    assert "apple-grader@2 is a version; the answer is about all of apple-grader" in version.stderr
    assert "is a version" not in whole.stderr
