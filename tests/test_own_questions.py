"""A graph's owner makes questions, tries them against expected answers, and hands all of them on as RDF."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

import provkg
from provkg.cli.questioning import questions
from provkg.errors import BadParameter
from provkg.questions import all_questions
from provkg.questions.own import new_question
from provkg.vocabulary import NAMESPACES
from tests import story
from tests.commands import one_sentence, run, story_graph

SH, SCHEMA = NAMESPACES["sh"], "https://schema.org/"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("own") / "kg")


@pytest.fixture
def queries(kept: Path) -> Path:
    folder = kept / "queries"
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    return folder


def write(queries: Path, name: str, text: str) -> None:
    (queries / "mine").mkdir(parents=True, exist_ok=True)
    (queries / "mine" / name).write_text(text, "utf-8")


PEOPLE = """#+ summary: Who is there?
#+ x-provkg:
#+   columns: {who: string}
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?who { ?person a <http://www.w3.org/ns/prov#Person> ; foaf:name ?who } ORDER BY ?who
"""


def test_a_new_question_passes_its_own_test_and_can_be_asked(kept: Path, queries: Path) -> None:
    made = run("questions", "new", "models-of-data", "--store", kept)
    assert made.exit_code == 0
    assert [file.name for file in sorted((queries / "own").iterdir())] == [
        "models-of-data.data.ttl",
        "models-of-data.rq",
        "models-of-data.tsv",
    ]
    tried = run("questions", "test", "--store", kept)
    assert (tried.exit_code, tried.stdout) == (0, "ok     own/models-of-data  models-of-data.tsv\n")
    asked = run("ask", "own/models-of-data", "--data", "apples-train-ready@1", "--format", "csv", "--store", kept)
    assert len(asked.stdout.splitlines()) == 4, "a head and three models"
    assert "own/models-of-data" in {question.path for question in provkg.open(kept).questions()}


def test_an_answer_that_differs_fails_with_the_rows_that_do(kept: Path, queries: Path) -> None:
    write(queries, "people.rq", PEOPLE)
    write(queries, "people.tsv", 'who\n"Mara Lind"\n"Nobody"\n')
    tried = run("questions", "test", "--store", kept)
    assert tried.exit_code == 1
    assert "FAILED mine/people  people.tsv" in tried.stdout
    assert 'missing: "Nobody"' in tried.stdout
    assert 'not expected: "' in tried.stdout


def test_what_ask_prints_as_tsv_is_an_expected_answer(kept: Path, queries: Path) -> None:
    write(queries, "people.rq", PEOPLE)
    write(queries, "people.tsv", run("ask", "mine/people", "--format", "tsv", "--store", kept).stdout)
    assert run("questions", "test", "--store", kept).exit_code == 0


def test_a_case_has_its_own_parameters_and_its_own_facts(kept: Path, queries: Path) -> None:
    new_question(queries, "mine/models")
    write(
        queries,
        "models+torch.tsv",
        '# asked of = models+torch.data.ttl\n# data = cells\nmodel\tframework\n<m>\t"torch"\n',
    )
    facts = '<cells> a pvk:DatasetVersion ; dct:title "cells" . <m> pvk:trainedOn <cells> ; pvk:framework "torch" .'
    write(queries, "models+torch.data.ttl", facts)
    tried = provkg.open(kept).trials()
    assert [(trial.file.name, trial.passed) for trial in tried] == [("models.tsv", True), ("models+torch.tsv", True)]
    write(queries, "models+torch.data.ttl", facts.replace('"torch"', '"jax"'))
    assert [trial.passed for trial in provkg.open(kept).trials("models")] == [True, False]


def test_graphs_and_yes_or_no_are_compared_too(kept: Path, queries: Path) -> None:
    person = "<http://www.w3.org/ns/prov#Person>"
    write(queries, "named.rq", f"#+ summary: Who?\nCONSTRUCT {{ ?p a {person} }} WHERE {{ ?p a {person} }}\n")
    people = [row["p"] for row in provkg.open(kept).query(f"SELECT ?p {{ ?p a {person} }}")]
    write(queries, "named.ttl", "".join(f"<{each}> a prov:Person .\n" for each in people))
    write(queries, "any.rq", f"#+ summary: Anybody?\nASK {{ ?p a {person} }}\n")
    write(queries, "any.txt", "true\n")
    assert [trial.passed for trial in provkg.open(kept).trials()] == [True, True]
    write(queries, "named.ttl", "".join(f"<{each}> a prov:Person .\n" for each in [*people[1:], "agent/nobody"]))
    (graph,) = provkg.open(kept).trials("named")
    assert [problem.partition(" a ")[0].partition(" <http://www.w3")[0] for problem in graph.problems] == [
        f"missing: <{story.BASE}agent/nobody>",
        f"not expected: <{people[0]}>",
    ]
    write(queries, "any.txt", "false\n")
    (answered,) = provkg.open(kept).trials("any")
    assert answered.problems == ("the answer is true",)
    write(queries, "any.txt", "perhaps\n")
    (asked,) = provkg.open(kept).trials("any")
    assert asked.problems == ("the expected answer is one word, true or false",)


def test_a_graph_with_nodes_that_nobody_named_is_the_same_by_its_form(kept: Path, queries: Path) -> None:
    write(queries, "form.rq", "#+ summary: What?\nCONSTRUCT { [] <http://example.org/p> 1 } WHERE {}\n")
    write(queries, "form.ttl", "[] <http://example.org/p> 1 .\n")
    assert provkg.open(kept).trials("form")[0].passed
    write(queries, "form.ttl", "[] <http://example.org/p> 2 .\n")
    assert not provkg.open(kept).trials("form")[0].passed


@pytest.mark.parametrize(
    ("text", "answer", "problem"),
    [
        (PEOPLE, None, "it has no expected answer"),
        (PEOPLE, "name\n", "the answer has the columns who, expected are name"),
        (PEOPLE, "", "expected are none"),
        (PEOPLE.replace("{who:", "{name:"), "who\n", "its header names the columns name, and it gives who"),
        (PEOPLE, "# at = 2026\nwho\n", "has no parameter 'at'"),
        (PEOPLE, "# asked of = nowhere.ttl\nwho\n", "nowhere.ttl cannot be read"),
        (PEOPLE, 'who\n"unended\n', "the cell '\"unended'"),
        (PEOPLE.replace("ORDER BY ?who", "ORDER"), "who\n", "does not parse"),
    ],
)
def test_whatever_is_wrong_is_told_and_the_others_are_tried(
    text: str, answer: str | None, problem: str, kept: Path, queries: Path
) -> None:
    write(queries, "people.rq", text)
    if answer is not None:
        write(queries, "people.tsv", answer)
    new_question(queries, "other")
    tried = provkg.open(kept).trials()
    assert {trial.path: trial.passed for trial in tried} == {"mine/people": False, "own/other": True}
    assert any(problem in each for trial in tried for each in trial.problems), tried


def test_rows_in_another_order_are_told_as_such(kept: Path, queries: Path) -> None:
    write(queries, "people.rq", PEOPLE)
    head, *rows = run("ask", "mine/people", "--format", "tsv", "--store", kept).stdout.splitlines()
    write(queries, "people.tsv", "\n".join([head, *reversed(rows)]))
    (trial,) = provkg.open(kept).trials()
    assert trial.problems == ("the rows come in another order; write an ORDER BY that leaves no two rows equal",)


SLOW = """#+ summary: Which runs rest on a split?
#+ x-provkg:
#+   columns: {run: iri}
PREFIX pvk: <https://w3id.org/provkg#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?run WHERE {
  ?run prov:used ?data ; pvk:runStatus pvk:RunStatus-succeeded .
  ?data prov:wasDerivedFrom* ?split ; a
    pvk:Split .
} ORDER BY ?run
"""


def test_what_is_slow_on_a_large_graph_is_warned_of_with_its_line_and_fails_nothing(kept: Path, queries: Path) -> None:
    write(queries, "on-splits.rq", SLOW)
    head, *rows = run("ask", "mine/on-splits", "--format", "tsv", "--store", kept).stdout.splitlines()
    for case in ("on-splits.tsv", "on-splits+again.tsv"):
        write(queries, case, "\n".join([head, *rows]))
    tried = run("questions", "test", "--store", kept)
    first, warning, second = tried.stdout.splitlines()
    assert tried.exit_code == 0
    assert (first, second) == ("ok     mine/on-splits  on-splits.tsv", "ok     mine/on-splits  on-splits+again.tsv")
    assert warning.startswith(
        "       warning: line 8 may be slow on a large graph: ?data prov:wasDerivedFrom* ?split: put"
    )
    assert "into a sub-SELECT of its own" in warning, "it says what to write instead"
    assert [len(trial.warnings) for trial in provkg.open(kept).trials()] == [1, 0], "said once for a question"
    assert "would be slow on a large graph" in run("questions", "new", "mine/other", "--store", kept).stderr


def test_a_file_that_is_no_question_is_told_and_hides_no_other(kept: Path, queries: Path) -> None:
    new_question(queries, "mine/people")
    write(queries, "no-head.rq", "SELECT ?s { ?s ?p ?o }")
    listed = run("questions", "--store", kept)
    assert listed.exit_code == 1
    assert "training-data" in listed.stdout
    assert "left out: " in listed.stderr
    assert "no-head.rq has no header; begin it with a line like" in listed.stderr
    assert run("ask", "Q7", "--model", "apple-grader@2", "--store", kept).exit_code == 0, "found by a tag"
    assert "no question is called" in one_sentence(run("ask", "Q99", "--store", kept), 2)
    tried = run("questions", "test", "--store", kept)
    assert tried.exit_code == 1
    assert "FAILED mine/no-head  no-head.rq\n" in tried.stdout
    assert "ok     mine/people" in tried.stdout
    assert run("questions", "test", "mine/people", "--store", kept).exit_code == 0
    assert "has no header" in one_sentence(run("ask", "mine/no-head", "--store", kept), 3)


@pytest.mark.parametrize("name", ["", "Two Words", "../outside", "a/b/c", "/etc/passwd", "mine/.hidden"])
def test_a_name_that_is_none_makes_no_file(name: str, kept: Path, queries: Path) -> None:
    assert "is no name for a question" in one_sentence(run("questions", "new", name, "--store", kept), 2)
    assert not list(queries.rglob("*.rq"))


def test_a_question_that_is_there_is_not_written_over(kept: Path, queries: Path) -> None:
    new_question(queries, "mine/people")
    with pytest.raises(BadParameter, match=r"people\.rq is there already"):
        new_question(queries, "mine/people")


def test_a_new_question_takes_no_shipped_ones_place_and_one_that_does_is_marked(kept: Path, queries: Path) -> None:
    with pytest.raises(BadParameter, match=r"models/training-data is a shipped question.*such as own/training-data"):
        new_question(queries, "models/training-data")
    assert not queries.exists() or not list(queries.rglob("*.rq"))
    (queries / "models").mkdir(parents=True)
    (queries / "models" / "training-data.rq").write_text(PEOPLE, "utf-8")
    listed = run("questions", "--store", kept).stdout.splitlines()
    marked = [line for line in listed if "in place of the shipped one" in line]
    assert [line.split()[0] for line in marked] == ["training-data"]


def test_the_questions_of_one_theme_are_listed_by_its_name(kept: Path, queries: Path) -> None:
    new_question(queries, "people")
    listed = run("questions", "own", "--store", kept).stdout.splitlines()
    assert listed[:2] == ["own", "  people, own --data"]
    assert len(listed) == 3
    assert run("questions", "models").stdout.startswith("models\n")
    unknown = run("questions", "modles", "--store", kept)
    assert unknown.exit_code == 2
    assert "there is no question of a theme 'modles', nor a command; there are compliance, data" in unknown.stderr


def test_a_graph_without_questions_of_its_own_is_told_how_to_make_one(kept: Path, queries: Path) -> None:
    tried = run("questions", "test", "--store", kept)
    assert (tried.exit_code, tried.stdout) == (0, "")
    assert "make one: provkg questions new NAME" in tried.stderr


def test_the_graph_is_named_before_or_behind_the_command(kept: Path, queries: Path) -> None:
    new_question(queries, "mine/people")
    store = ["--store", str(kept)]
    for arguments in ([*store, "test"], ["test", *store], [*store, "list"], ["list", *store], store):
        assert "people" in run("questions", *arguments).stdout


def test_every_command_on_questions_is_shown_with_an_example() -> None:
    assert set(questions.commands) == {"list", "new", "test", "catalogue"}
    for name in questions.commands:
        assert f"Example:\n    provkg questions {name}" in run("questions", name, "-h").stdout


def test_the_catalogue_holds_every_question_as_sib_publishes_its_examples(kept: Path, queries: Path) -> None:
    new_question(queries, "mine/people")
    written = run("questions", "catalogue", "--store", kept)
    store = Store()
    store.extend(parse(written.stdout, format=RdfFormat.TURTLE))
    label = NamedNode(NAMESPACES["rdfs"] + "label")
    (own,) = store.quads_for_pattern(None, label, Literal("mine/people"))
    said = {quad.predicate.value: quad.object for quad in store.quads_for_pattern(own.subject, None, None)}
    assert said[SCHEMA + "keywords"] == Literal("mine")
    text = said[SH + "select"]
    assert isinstance(text, Literal)
    assert "SELECT DISTINCT ?model ?framework" in text.value
    assert isinstance(said[SH + "prefixes"], NamedNode)
    assert len(list(store.quads_for_pattern(None, NamedNode(SH + "select"), None))) >= 40
    functions = {quad.subject for quad in store.quads_for_pattern(None, None, NamedNode(SH + "Function"))}
    assert len(functions) == sum(question.asks is not None for question in all_questions())


BROKEN = {
    "unclosed.rq": "#+ summary: [unclosed\nSELECT ?a { ?a a ?b }",
    "tag.rq": "#+ summary: What?\n#+ tags: 5\nSELECT ?a { ?a a ?b }",
    "listed.rq": "#+ summary: What?\n#+ x-provkg: [params]\nSELECT ?a { ?a a ?b }",
    "no-class.rq": "#+ summary: What?\n#+ x-provkg:\n#+   params: {a: {type: iri, class: 5}}\nASK { ?a a ?_a_iri }",
    "spaced-class.rq": (
        "#+ summary: What?\n#+ x-provkg:\n#+   params: {a: {type: iri, class: 'pvk:A B'}}\nSELECT ?a { ?a a ?_a_iri }"
    ),
    "bytes.rq": "\udcff",
}


@pytest.fixture
def broken(queries: Path) -> Path:
    (queries / "mine").mkdir(parents=True)
    for name, text in BROKEN.items():
        (queries / "mine" / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    write(queries, "two words.rq", PEOPLE)
    return queries


def test_files_that_are_no_questions_are_left_out_of_the_catalogue_and_told(
    kept: Path, broken: Path, tmp_path: Path
) -> None:
    written = run("questions", "catalogue", "--store", kept, "-o", tmp_path / "cat.ttl")
    assert written.exit_code == 1
    assert all(f"left out: {broken / 'mine' / name}" in written.stderr for name in BROKEN)
    assert "two%20words" in (tmp_path / "cat.ttl").read_text("utf-8"), "a name with a space is a question, too"


def test_files_that_are_no_questions_are_left_out_of_the_pages_and_told(
    kept: Path, broken: Path, tmp_path: Path
) -> None:
    made = run("docs", tmp_path / "site", "--store", kept)
    assert made.exit_code == 0
    front = (tmp_path / "site" / "index.html").read_text("utf-8")
    for name in BROKEN:
        assert f"left out: queries/mine/{name}" in made.stderr
        assert f"queries/mine/{name}" in front
    assert str(broken) not in front, "pages do not say where the graph lies"


def test_files_that_are_no_questions_are_warned_of_in_python(kept: Path, broken: Path) -> None:
    with provkg.open(kept) as graph, pytest.warns(UserWarning, match=r"left out: .*\.rq") as warned:
        listed = [question.path for question in graph.questions()]
    assert len(warned) == len(BROKEN)
    assert "mine/two words" in listed
    assert all(str(broken) in str(each.message) for each in warned)


def test_files_that_are_no_questions_are_found_by_the_doctor(kept: Path, broken: Path) -> None:
    found = run("doctor", "--store", kept)
    assert found.exit_code == 1
    assert all(f"problem: {broken / 'mine' / name}" in found.stdout for name in BROKEN)


def test_files_that_are_no_questions_keep_nobody_from_writing(kept: Path, broken: Path) -> None:
    assert run("sync", "--store", kept).exit_code == 0
    assert list(broken.glob("mine/*.rq"))


def test_a_question_in_no_folder_of_a_theme_is_of_the_theme_own(kept: Path, queries: Path) -> None:
    queries.mkdir(exist_ok=True)
    (queries / "people.rq").write_text(PEOPLE, "utf-8")
    (queries / "people.tsv").write_text("who\n", "utf-8")
    assert "own/people" in {question.path for question in provkg.open(kept).questions()}
    assert "Mara Lind" in run("ask", "people", "--store", kept).stdout
    tried = run("questions", "test", "--store", kept).stdout
    assert tried.startswith("FAILED own/people  people.tsv"), "its expected answer lies beside it"
    listed = run("questions", "--store", kept)
    assert (listed.exit_code, "own\n  people\n" in listed.stdout) == (0, True)


def test_a_question_that_lies_too_deep_is_told_and_where_to_put_it(kept: Path, queries: Path) -> None:
    for place in ("mine/late/runs.rq", "mine/.ipynb_checkpoints/people-checkpoint.rq"):
        (queries / place).parent.mkdir(parents=True)
        (queries / place).write_text(PEOPLE, "utf-8")
    told = (
        f"{queries / 'mine' / 'late' / 'runs.rq'} is passed over, for it lies too deep; move it to {queries / 'mine'}"
    )
    assert f"left out: {told}\n" in run("questions", "--store", kept).stderr
    assert f"problem: {told}\n" in run("doctor", "--store", kept).stdout
    assert told in one_sentence(run("ask", "runs", "--store", kept), 2)
    tried = run("questions", "test", "--store", kept)
    assert (tried.exit_code, tried.stdout.splitlines()) == (
        1,
        ["FAILED mine/late/runs  runs.rq", f"       {told}"],
    ), "what an editor keeps in hidden folders is nobody's question"


def test_of_two_questions_of_one_name_the_one_in_its_theme_s_folder_counts(kept: Path, queries: Path) -> None:
    new_question(queries, "own/people")
    (queries / "people.rq").write_text(PEOPLE, "utf-8")
    listed = run("questions", "--store", kept)
    assert f"left out: {queries / 'people.rq'} is passed over: {queries / 'own' / 'people.rq'} has" in listed.stderr
    assert "people, own --data\n      Which models were trained on this data?" in listed.stdout
