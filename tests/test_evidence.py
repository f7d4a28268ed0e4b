"""What stands behind an answer is found, suffices for it, and is proven by the records that state it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.errors import UsageError
from provkg.evidence import Behind, follows, matching
from provkg.evidence.patterns import Path as Way
from provkg.evidence.patterns import Pattern, Variable, all_scopes, scope_of
from provkg.index import ReadIndex
from provkg.ledger.verify_bundle import judge
from provkg.questions import all_questions
from provkg.reading import Reader
from tests import company, story
from tests import told as telling
from tests.commands import ROOT, environment, one_sentence, run, story_graph
from tests.company import asking
from tests.test_company import ANSWERS as COMPANY_ANSWERS
from tests.test_company import path_of as company_path_of
from tests.test_questions import ANSWERS, IN_SPARQL, parameters_of, path_of

PREFIX = "PREFIX pvk: <https://w3id.org/provkg#> PREFIX ex: <http://e/> "
A, B, C, P, Q = (NamedNode(f"http://e/{name}") for name in "abcpq")
WITHOUT_PYTHON = [file for file in ANSWERS if path_of(file) in {question.path for question in IN_SPARQL}]

# That there is nothing has no statement behind it; and records have other IRIs in a graph that is kept.
OF_NOTHING = {"check-performed+not", "redactions+of-record"}
IN_THE_FIRM = [
    file
    for file in COMPANY_ANSWERS
    if company_path_of(file) in {question.path for question in IN_SPARQL} and file.stem not in OF_NOTHING
]


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("evidence") / "kg")


@pytest.fixture(scope="module")
def bundle(kg: Path) -> dict[str, Any]:
    with Reader.open(kg) as graph:
        graph.ask("Q11", model="apple-grader@2").prove(kg.with_name("bundle.json"))
    document: dict[str, Any] = json.loads(kg.with_name("bundle.json").read_bytes())
    return document


def written(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def over(*triples: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> ReadIndex:
    return ReadIndex.over([Triple(*each) for each in triples], Path("here"))


def behind(index: ReadIndex, query: str) -> set[Triple]:
    found = index.stream(PREFIX + query)
    return set(Behind(index, PREFIX + query, found.columns, found).statements)


@pytest.mark.parametrize("question", IN_SPARQL, ids=lambda question: question.path)
def test_every_pattern_of_a_saved_question_is_found(question: Any) -> None:
    found = [pattern for scope in all_scopes(scope_of(question.text)) for pattern in scope.patterns]
    assert found
    for scope in all_scopes(scope_of(question.text)):
        assert scope.where.count("{") == scope.where.count("}")


@pytest.mark.parametrize("file", WITHOUT_PYTHON, ids=lambda file: path_of(file))
def test_the_statements_behind_an_answer_suffice_for_it(file: Path, kg: Path) -> None:
    """The same query over these statements alone gives the same rows: nothing is missing that the answer needs."""
    with Reader.open(kg) as graph:
        inquiry = graph.inquiry(path_of(file), parameters_of(file))
        proven = inquiry.proof()
        most, whole = matching(inquiry.index, inquiry.text)
    verdict, _, document = judge(proven)
    assert (verdict, whole) == ("verified", True)
    assert document is not None
    assert document["answer"]["rows"]
    assert len(document["answer"]["behind"]) > 0
    assert most > 0
    assert follows(document["answer"], file, document["records"])


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = [asking._told(record, ()) for record in company.records()]
    return telling.keep(tmp_path_factory.mktemp("firm") / "kg", company.BASE, records).path


@pytest.mark.parametrize("file", IN_THE_FIRM, ids=lambda file: file.stem)
def test_answers_on_the_company_are_proven_and_follow_from_what_is_behind_them(file: Path, firm: Path) -> None:
    with Reader.open(firm) as graph:
        inquiry = graph.inquiry(company_path_of(file), asking.values_of(file))
        if inquiry.answer()[0].boolean is False:
            pytest.skip("no statement stands behind a no")
        verdict, _, document = judge(inquiry.proof())
    assert (verdict, document is None) == ("verified", False)
    assert document is not None
    assert follows(document["answer"], file, document["records"])


def test_a_row_brings_its_own_statements_and_not_those_of_others() -> None:
    index = over((A, P, B), (C, P, B), (A, Q, C))
    assert behind(index, "SELECT ?x { ?x ex:p ex:b ; ex:q ?y }") == {Triple(A, P, B), Triple(A, Q, C)}
    assert behind(index, "SELECT ?x { ?x ex:p ex:b } ORDER BY ?x LIMIT 1") == {Triple(A, P, B)}


def test_an_optional_that_found_nothing_has_nothing_behind_it() -> None:
    index = over((A, P, B), (B, Q, C))
    assert behind(index, "SELECT ?x { ?x ex:p ?y OPTIONAL { ?x ex:q ?z } }") == {Triple(A, P, B)}


def test_behind_a_path_stand_the_statements_on_the_way() -> None:
    index = over((A, P, B), (B, P, C), (C, P, A), (B, Q, A), (C, Q, NamedNode("http://e/aside")))
    assert behind(index, "SELECT ?x { ex:a ex:p/ex:p ?x }") == {Triple(A, P, B), Triple(B, P, C)}
    assert behind(index, "SELECT ?x { ?x ^ex:p ex:a }") == {Triple(A, P, B)}
    way = behind(index, "SELECT ?x { ex:a (ex:p|ex:q)+ ?x FILTER(?x = ex:c) }")
    assert {Triple(A, P, B), Triple(B, P, C)} <= way, "in a circle all of it is on a way"
    assert Triple(C, Q, NamedNode("http://e/aside")) not in way
    assert behind(index, "SELECT ?x { ex:b !ex:p ?x }") == {Triple(B, Q, A)}
    assert behind(index, "SELECT ?x { ex:b !^ex:q ?x }") == {Triple(A, P, B)}


def test_behind_an_aggregate_stands_all_that_went_into_it_and_only_of_the_groups_in_the_answer() -> None:
    one, two, three = (Literal(number) for number in (1, 2, 3))
    index = over((A, P, one), (A, P, two), (B, P, three))
    text = "SELECT ?x (SUM(?n) AS ?sum) { ?x ex:p ?n } GROUP BY ?x HAVING (COUNT(?n) = 2)"
    assert behind(index, text) == {Triple(A, P, one), Triple(A, P, two)}
    most = "SELECT ?x { ?x ex:p ?n { SELECT (MAX(?m) AS ?top) { ?y ex:p ?m } } FILTER(?n = ?top) }"
    assert len(behind(index, most)) == 3, "that one is the highest rests on what the others have"


def test_behind_exists_stands_what_it_found_and_behind_not_exists_nothing() -> None:
    index = over((A, P, B), (C, P, B), (A, Q, C))
    assert behind(index, "SELECT ?x { ?x ex:p ?y FILTER EXISTS { ?x ex:q ?z } }") == {Triple(A, P, B), Triple(A, Q, C)}
    assert behind(index, "SELECT ?x { ?x ex:p ?y FILTER NOT EXISTS { ?x ex:q ?z } }") == {Triple(C, P, B)}
    assert behind(index, "SELECT ?x { ?x ex:p ?y MINUS { ?x ex:q ?z } }") == {Triple(C, P, B)}


def test_what_nobody_sees_is_found_too() -> None:
    index = over((A, P, B), (B, Q, C), (A, P, C))
    assert behind(index, "SELECT ?x { ?x ex:p [ ex:q ex:c ] }") == {Triple(A, P, B), Triple(B, Q, C)}
    assert behind(index, "SELECT ?x { ?x ex:p _:b . _:b ex:q ex:c }") == {Triple(A, P, B), Triple(B, Q, C)}


def test_a_graph_and_a_yes_have_statements_behind_them() -> None:
    index = over((A, P, B), (B, Q, C))
    assert behind(index, "CONSTRUCT { ?x ex:new ?y } WHERE { ?x ex:p ?y }") == {Triple(A, P, B)}
    assert behind(index, "CONSTRUCT WHERE { ?x ex:p ?y }") == {Triple(A, P, B)}
    assert behind(index, "ASK { ex:b ex:q ?x }") == {Triple(B, Q, C)}


def test_terms_of_every_kind_are_read_as_the_engine_reads_them() -> None:
    scope = scope_of(PREFIX + 'SELECT * { ?s ex:p "a\\"b"@en , -1.5 , true , "1"^^ex:t ; a ex:T # a comment\n }')
    said = [pattern.target for pattern in scope.patterns]
    assert [str(each) for each in said] == [
        '"a\\"b"@en',
        '"-1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        '"1"^^<http://e/t>',
        "<http://e/T>",
    ]
    assert scope.patterns[-1] == Pattern(Variable("s"), Way("iri", iri=v.rdf_type), NamedNode("http://e/T"))


def test_what_is_not_followed_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="quoted triples and collections have no records behind them"):
        scope_of(PREFIX + "SELECT * { ?s ex:p (1 2) }")


def test_a_bundle_proves_what_an_answer_rests_on(bundle: dict[str, Any]) -> None:
    verdict, said, _ = judge(written(bundle))
    assert verdict == "verified"
    assert "record(s) stand behind an answer" in said
    (row,) = bundle["answer"]["rows"]
    assert f"<{story.BASE}dataset-version/apples-train-ready>" in row
    lines = {each["line"] for record in bundle["records"] for each in record["statements"]}
    assert set(bundle["answer"]["behind"]) <= lines
    assert follows(bundle["answer"], Path("bundle.json"))


def test_a_record_that_says_nothing_of_the_answer_is_not_in_the_bundle(bundle: dict[str, Any]) -> None:
    behind = set(bundle["answer"]["behind"])
    assert 0 < len(bundle["records"]) < len(story.records()) / 2
    for record in bundle["records"]:
        assert behind & {each["line"] for each in record["statements"]}


def test_a_bundle_without_one_of_the_records_behind_its_answer_is_incomplete(bundle: dict[str, Any]) -> None:
    for lost in range(len(bundle["records"])):
        kept = [record for place, record in enumerate(bundle["records"]) if place != lost]
        verdict, said, _ = judge(written(bundle | {"records": kept}))
        assert (verdict, said.partition(" states ")[0]) == ("INCOMPLETE", "no record in it")


def test_an_answer_that_was_changed_does_not_follow(bundle: dict[str, Any], tmp_path: Path) -> None:
    told = bundle["answer"]
    changed = [
        told | {"rows": [[cell and cell.replace("770", "771") for cell in row] for row in told["rows"]]},
        told | {"query": told["query"].replace("trainedOn", "validatedOn")},
        told | {"behind": told["behind"][1:]},
        told | {"rows": told["rows"] * 2},
    ]
    for number, answer in enumerate(changed):
        assert answer != told
        (tmp_path / "b.json").write_bytes(written(bundle | {"answer": answer}))
        result = run("verify", tmp_path / "b.json")
        assert (result.exit_code, "does not give the rows in it" in result.stdout) == (1, True), number


def test_verify_asks_again_and_never_what_must_not_run(bundle: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(written(bundle))
    result = run("verify", tmp_path / "b.json")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == ("follows: asked of these statements, its query gives the 1 row(s) in it")
    hostile = bundle["answer"] | {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}
    (tmp_path / "b.json").write_bytes(written(bundle | {"answer": hostile}))
    refused = run("verify", tmp_path / "b.json")
    assert refused.exit_code == 2
    assert "SERVICE reaches the network" in refused.stderr


def test_a_bundle_needs_no_provkg(kg: Path, bundle: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(written(bundle))
    (tmp_path / "verify_bundle.py").write_text(run("verify", "--program").stdout)
    command = [sys.executable, "-I", str(tmp_path / "verify_bundle.py"), str(tmp_path / "b.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout[:9]) == (0, "verified:")
    assert "the answer to:" in done.stderr


def test_what_follows_from_records_is_proven_by_what_it_follows_from(kg: Path, tmp_path: Path) -> None:
    run("ask", "upstream", "--thing", "apple-grader@2", "--store", kg, "--prove", tmp_path / "b.json")
    told = json.loads((tmp_path / "b.json").read_bytes())["answer"]
    assert told["derived"]
    assert all("#dependsOn>" in line for line in told["derived"])
    assert any("#wasGeneratedBy>" in line for line in told["behind"])
    assert run("verify", tmp_path / "b.json").exit_code == 0


def test_a_record_that_is_asked_about_is_in_the_bundle(kg: Path, tmp_path: Path) -> None:
    text = (
        f"SELECT ?record {{ GRAPH ?ledger {{ ?record {v.describes} {story.thing('model-version/apple-grader-2')} }} }}"
    )
    run("query", text, "--store", kg, "--prove", tmp_path / "b.json")
    document = json.loads((tmp_path / "b.json").read_bytes())
    assert len(document["records"]) == len(document["answer"]["rows"]) > 0
    verified = run("verify", tmp_path / "b.json")
    assert verified.exit_code == 0
    assert "and of what the log says of these records, its query gives the" in verified.stdout.splitlines()[-1]


def test_what_is_said_of_records_is_made_of_their_leaves_and_not_of_what_the_bundle_says(
    kg: Path, tmp_path: Path
) -> None:
    text = f"SELECT ?record ?at {{ GRAPH ?ledger {{ ?record {v.recordedAt} ?at }} }} ORDER BY ?record LIMIT 2"
    run("query", text, "--store", kg, "--prove", tmp_path / "b.json")
    document = json.loads((tmp_path / "b.json").read_bytes())
    answer, records = document["answer"], document["records"]
    assert follows(answer, tmp_path, records)
    assert not follows(answer, tmp_path), "of nothing"
    assert not follows(answer, tmp_path, records[:-1])
    earlier = [[row[0], row[1].replace('"20', '"19')] for row in answer["rows"]]
    assert not follows({**answer, "rows": earlier}, tmp_path, records), "the leaf says another time"


def test_a_bundle_that_names_its_records_badly_is_no_bundle_and_without_names_it_says_what_to_do(
    kg: Path, tmp_path: Path
) -> None:
    text = f"SELECT ?record {{ GRAPH ?ledger {{ ?record {v.recordedAt} ?at }} }} LIMIT 1"
    file = tmp_path / "b.json"
    run("query", text, "--store", kg, "--prove", file)
    document = json.loads(file.read_bytes())
    for names in (
        {"graph": "no IRI", "things": []},
        {"graph": "urn:x", "things": []},
        {"graph": "urn:x", "things": 3},
        {},
    ):
        document["answer"]["names"] = names
        file.write_bytes(written(document))
        result = run("verify", file)
        assert (result.exit_code, "name" in result.stderr.splitlines()[-1]) == (3, True), names
    del document["answer"]["names"]
    file.write_bytes(written(document))
    result = run("verify", file)
    assert result.exit_code == 1
    assert "the bundle does not give their names; make it anew" in result.stdout


def test_without_rows_or_records_there_is_nothing_to_prove(kg: Path, tmp_path: Path) -> None:
    for text in ("SELECT (1 AS ?x) {}", "SELECT ?x { ?x a <urn:nothing> }"):
        result = run("query", text, "--store", kg, "--prove", tmp_path / "b.json")
        assert (result.exit_code, "no record stands behind" in result.stderr) == (2, True)
    python = next(question for question in all_questions() if question.asks and not question.params)
    result = run("ask", python.path, "--store", kg, "--prove", tmp_path / "b.json")
    assert (result.exit_code, "is no SPARQL" in result.stderr) == (2, True)
    assert not (tmp_path / "b.json").exists()


def test_explain_shows_the_query_its_parameters_the_time_and_the_statements(kg: Path) -> None:
    result = run("ask", "learning-curve", "--run", "sgd-fast", "--metric", "loss", "--store", kg, "--explain")
    said = result.stderr
    assert "asked: training/learning-curve: How did a metric develop" in said
    assert f"  run = {story.thing('training-run/sgd-fast')}" in said
    assert f"\n    {story.thing('training-run/sgd-fast')}" in said or str(story.thing("training-run/sgd-fast")) in said
    assert "took: 0." in said
    assert "stand behind the rows; " in said
    assert "#+" not in said, "the header is not sent"
    assert (
        run("ask", "learning-curve", "--run", "sgd-fast", "--store", kg, "--explain").stderr.count("(by default)") == 1
    )


def test_a_table_is_cut_at_a_thousand_rows_and_says_so_and_other_forms_are_whole(kg: Path) -> None:
    every = "SELECT ?s ?p ?o { ?s ?p ?o }"
    cut = run("query", every, "--store", kg)
    assert cut.stdout.splitlines()[-1] == "the first 1,000 rows; there are more"
    assert "cut after 1,000 rows: there are more; --limit 0 gives all" in cut.stderr
    whole = run("query", every, "--store", kg, "--limit", "0").stdout.splitlines()
    lines = run("query", every, "--store", kg, "--format", "csv").stdout.splitlines()
    assert len(whole) - 1 == len(lines) > 1001
    asked = run("query", every, "--store", kg, "--format", "json", "--limit", "2")
    assert json.loads(asked.stdout)["cut"] is True
    assert "cut after 2 rows" in asked.stderr


def test_files_hold_what_is_printed_and_what_cannot_be_printed_needs_a_file(kg: Path, tmp_path: Path) -> None:
    begin: list[str | Path] = ["ask", "Q11", "--model", "apple-grader@2", "--store", kg]
    for name in ("a.csv", "a.md", "a.jsonl", "a.xlsx", "a.parquet"):
        assert run(*begin, "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).stat().st_size > 0
    assert (tmp_path / "a.csv").read_bytes() == run(*begin, "--format", "csv").stdout_bytes
    assert "name a file with --output" in one_sentence(run(*begin, "--format", "parquet"), 2)
    assert "is no file" in one_sentence(run(*begin, "--format", "xlsx", "-o", "/dev/null"), 2)
    assert "tells no format" in one_sentence(run(*begin, "-o", tmp_path / "a.doc"), 2)
    assert "no folder" in one_sentence(run(*begin, "-o", tmp_path / "none" / "a.csv"), 2)


HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_query_that_takes_too_long_is_given_up(kg: Path) -> None:
    command = [sys.executable, "-m", "provkg", "query", HEAVY, "--store", str(kg), "--timeout", "0.5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment(), timeout=60)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "provkg: the query takes longer than 0.5 s; ask for less, or give it more time\n"


def test_a_query_that_runs_ends_with_the_key_that_interrupts(kg: Path) -> None:
    command = [sys.executable, "-m", "provkg", "query", HEAVY, "--store", str(kg)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment())
    time.sleep(4)
    assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "provkg: interrupted\n")
