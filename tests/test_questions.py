"""Every saved question is plain SPARQL about known terms, and answers on the worked story what it should."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from provkg import answers, vocabulary
from provkg.answers.asked import Asked
from provkg.errors import CannotRun, Unreadable
from provkg.folder import Folder
from provkg.graph import read
from provkg.index import Answer, ReadIndex
from provkg.questions import Naming, Question, all_questions, bind, bound, catalogue, catalogue_page, single_tags
from provkg.questions.question import LEDGER
from provkg.questions.terms import Term
from provkg.resources import QUERIES
from provkg.sparql import Token, check_query, substitute, tokens
from tests import story
from tests import told as telling
from tests.generated.files import same_or_rewritten

EXPECTED = Path(__file__).parent / "questions"
IN_THE_COMPANY = Path(__file__).parent / "company" / "answers"
ANSWERS = sorted(file for file in EXPECTED.rglob("*") if file.suffix in {".tsv", ".ttl", ".txt"})
QUESTIONS = {question.path: question for question in all_questions()}
ASKED = sorted(QUESTIONS.values(), key=lambda question: question.path)
PREFIXES = f"@base <{story.BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in vocabulary.NAMESPACES.items())
CLOSURE = {"*", "+"}
IN_SPARQL = [question for question in ASKED if question.asks is None]
IN_PYTHON = [question for question in ASKED if question.asks is not None]
# An import counted the parameters of a model otherwise than the program that made it.
MISCOUNTED = (Triple(story.thing("model-version/apple-grader-1"), vocabulary.parameterCount, Literal(21)),)
RECORDS = [
    *(telling.Told(record.name, record.type, record.triples) for record in story.records()),
    telling.Told("26-import", "model", MISCOUNTED, emitter="importer"),
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return telling.keep(tmp_path_factory.mktemp("story") / "kg", story.BASE, RECORDS)


@pytest.fixture(scope="module")
def told(kept: Folder) -> Iterator[ReadIndex]:
    with read(kept) as index:
        yield index


def rows_of(question: Question, values: Mapping[str, str], index: ReadIndex, folder: Folder) -> Answer:
    """Return the answer with the keyed IRIs of records in a form that a person can read."""
    found = answers.answer(question, values, Naming(index).resolve, index, folder)
    named = telling.readable(folder, RECORDS)
    rows = [tuple(named.get(term, term) if isinstance(term, NamedNode) else term for term in row) for row in found.rows]
    return replace(found, rows=rows)


def path_of(file: Path, folder: Path = EXPECTED) -> str:
    return file.relative_to(folder).with_suffix("").as_posix().partition("+")[0]


def parameters_of(file: Path) -> dict[str, str]:
    return dict(re.findall(r"^# (\w+) = (.+)$", file.read_text("utf-8"), re.MULTILINE))


def as_stored(triples: list[Triple]) -> list[Triple]:
    """Return the triples with their literals as Oxigraph writes them."""
    kept = Store()
    kept.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return [quad.triple for quad in kept]


def term(cell: str) -> Term | None:
    if not cell:
        return None
    parsed = parse(f"{PREFIXES}<x:s> <x:p> {cell} .", format=RdfFormat.TURTLE)
    return as_stored([quad.triple for quad in parsed])[0].object


def table(file: Path) -> tuple[list[str], list[tuple[Term | None, ...]]]:
    head, *rows = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("# ")]
    columns = [name.removeprefix("?") for name in head.split("\t")]
    return columns, [tuple(term(cell) for cell in row.split("\t")) for row in rows]


def test_every_question_has_an_expected_answer() -> None:
    assert ASKED
    here = {path_of(file) for file in ANSWERS}
    there = {path_of(file, IN_THE_COMPANY) for file in IN_THE_COMPANY.rglob("*") if file.is_file()}
    assert here | there == set(QUESTIONS), "each question has its answer in tests/questions/ or tests/company/answers/"


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.relative_to(EXPECTED).as_posix())
def test_the_story_answers_as_expected(file: Path, told: ReadIndex, kept: Folder) -> None:
    question = QUESTIONS[path_of(file)]
    answer = rows_of(question, parameters_of(file), told, kept)
    if file.suffix == ".ttl":
        expected = {quad.triple for quad in parse(path=str(file), format=RdfFormat.TURTLE)}
        assert set(answer.triples) == set(as_stored(list(expected)))
        assert expected, "an expected answer says something"
    else:
        columns, rows = table(file)
        assert list(answer.columns) == columns
        assert answer.rows == rows
        assert rows, "an expected answer says something"


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.path)
def test_the_header_says_what_is_asked(question: Question) -> None:
    assert question.summary.endswith("?"), "a summary is the question"
    assert re.search(r"\b(Empty when|Never empty)\b", question.description), "it says what an empty answer means"
    assert question.tags


@pytest.mark.parametrize("question", IN_SPARQL, ids=lambda question: question.path)
def test_the_header_names_what_the_text_has(question: Question, told: ReadIndex) -> None:
    variables = {token.text[1:] for token in tokens(question.text) if token.kind == "variable"}
    parameters = {variable for variable in variables if variable.startswith("_")} - {LEDGER}
    assert {parameter.variable for parameter in question.params} == parameters
    if question.form == "SELECT":
        some: dict[str, NamedNode | Literal] = {parameter.variable: NamedNode("x:a") for parameter in question.params}
        columns = told.query(substitute(question.text, some)).columns
        assert [column.name for column in question.columns] == list(columns)


def test_every_numbered_question_of_the_list_is_one_question() -> None:
    numbered = [tag for question in QUESTIONS.values() for tag in question.tags if tag.startswith("CQ")]
    assert sorted(numbered) == sorted(set(numbered))
    assert {*numbered} <= single_tags(list(QUESTIONS.values())).keys()
    assert len(numbered) > 100


@pytest.mark.parametrize("question", IN_SPARQL, ids=lambda question: question.path)
def test_the_text_keeps_the_rules_of_the_library(question: Question) -> None:
    check_query(question.text)
    words = [token.text.upper() for token in meaningful(question.text)]
    assert ("ORDER", "BY") in list(pairwise(words)) or question.form == "CONSTRUCT"
    assert ("SELECT", "*") not in list(pairwise(words))
    assert not {"FROM", "SERVICE"} & set(words), "questions are asked of the merge"
    graphs = [words[place + 1] for place, word in enumerate(words) if word == "GRAPH"]
    assert set(graphs) <= ({f"?{LEDGER}".upper()} if question.theme == "records" else set()), "rule (c) of the library"
    counted = [words[place + 2] for place, word in enumerate(words) if word == "COUNT"]
    assert set(counted) <= {"DISTINCT"}, "a join repeats what it counts"


TABLES = [file for file in ANSWERS if file.suffix == ".tsv"]


@pytest.mark.parametrize(
    "file", [each for each in TABLES if path_of(each) in {q.path for q in IN_SPARQL}], ids=lambda file: file.stem
)
def test_the_order_is_total(file: Path, told: ReadIndex) -> None:
    question = QUESTIONS[path_of(file)]
    words = [token.text for token in meaningful(question.text)]
    last = max(place for place, word in enumerate(words) if word == "ORDER")
    answer = told.query(bind(question, parameters_of(file), Naming(told).resolve))
    ordering = [place for place, column in enumerate(answer.columns) if f"?{column}" in words[last:]]
    keys = [tuple(row[place] for place in ordering) for row in answer.rows]
    assert len(set(keys)) == len(keys), "two rows that tie may come in any order"


@pytest.mark.parametrize("question", IN_SPARQL, ids=lambda question: question.path)
def test_no_closure_stands_beside_a_type_pattern(question: Question) -> None:
    """Measured: a path with * or + and a type pattern in one basic graph pattern take minutes on ten million quads."""
    for group in groups(question.text):
        assert not (has_closure(group) and has_type(group)), f"{' '.join(token.text for token in group)}"


def test_the_lint_finds_a_closure_beside_a_type_pattern() -> None:
    guilty = "SELECT ?x { ?x pvk:dependsOn+ <a:b> . ?x a pvk:Split }"
    assert [has_closure(group) and has_type(group) for group in groups(guilty)] == [True]
    apart = "SELECT ?x { { SELECT ?x { ?x (pvk:a|^pvk:b)* <a:b> } } ?x a pvk:Split . FILTER(?n * 2 + ?m > 3) }"
    assert not any(has_closure(group) and has_type(group) for group in groups(apart))


@pytest.mark.parametrize("question", IN_SPARQL, ids=lambda question: question.path)
def test_every_term_exists_in_its_vocabulary(question: Question) -> None:
    names = {token.text for token in tokens(question.text) if token.kind == "prefixed"} - {
        f"{prefix}:" for prefix in vocabulary.NAMESPACES
    }
    assert names
    for name in names:
        prefix, _, local = name.partition(":")
        iri = NamedNode(vocabulary.NAMESPACES[prefix] + local)
        if prefix in {"pvk", "prov"}:
            assert iri in vocabulary.TERMS, f"{name} is no term"
        else:
            known = {value for value in vars(vocabulary).values() if isinstance(value, NamedNode)}
            assert iri in known, f"{name} is not used by records"


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.path)
def test_every_class_of_a_parameter_exists(question: Question) -> None:
    for parameter in question.params:
        assert set(parameter.classes) <= vocabulary.CLASSES


@pytest.mark.parametrize("question", IN_PYTHON, ids=lambda question: question.path)
def test_a_question_in_python_has_its_module_and_no_text(question: Question) -> None:
    assert question.text == ""
    assert question.asks == question.name.replace("-", "_"), "the module is called as the question"
    assert callable(import_module(f"provkg.answers.{question.asks}").rows)


@pytest.mark.parametrize(
    "file", [each for each in TABLES if path_of(each) in {q.path for q in IN_PYTHON}], ids=lambda file: file.stem
)
def test_what_python_answers_fills_the_columns_of_the_header(file: Path, told: ReadIndex, kept: Folder) -> None:
    question = QUESTIONS[path_of(file)]
    asked = Asked(told, kept, bound(question, parameters_of(file), Naming(told).resolve))
    rows = list(import_module(f"provkg.answers.{question.asks}").rows(asked))
    named = {column.name for column in question.columns}
    assert rows
    assert {column for row in rows for column, term in row.items() if term is not None} <= named
    assert len({tuple(sorted((name, str(term)) for name, term in row.items())) for row in rows}) == len(rows)


def test_the_ledger_is_asked_of_a_graph_in_a_folder(told: ReadIndex) -> None:
    with pytest.raises(CannotRun, match=r"open the graph with provkg\.open"):
        answers.answer(QUESTIONS["records/ledger-intact"], {}, Naming(told).resolve, told, None)


def test_a_header_that_stands_alone_names_its_module(tmp_path: Path) -> None:
    file = tmp_path / "own" / "lonely.yaml"
    file.parent.mkdir()
    file.write_text("summary: What?\ndescription: Nothing.\n", "utf-8")
    with pytest.raises(Unreadable, match="the header has no asks"):
        Question.load(file)


def test_a_name_that_yaml_takes_for_a_truth_value_is_to_be_quoted(tmp_path: Path) -> None:
    file = tmp_path / "own" / "yes.rq"
    file.parent.mkdir()
    text = "#+ summary: What?\n#+ x-provkg:\n#+   columns: {on: iri}\nSELECT ?on { ?on ?p ?o }\n"
    file.write_text(text, "utf-8")
    with pytest.raises(Unreadable, match="write them in quotes"):
        Question.load(file)
    file.write_text(text.replace("{on:", '{"on":'), "utf-8")
    assert [column.name for column in Question.load(file).columns] == ["on"]


def test_no_parameter_takes_the_place_of_the_ledger(tmp_path: Path) -> None:
    file = tmp_path / "own" / "greedy.rq"
    file.parent.mkdir()
    head = "#+ summary: What?\n#+ x-provkg:\n#+   params: {ledger: {type: iri}}\n"
    file.write_text(f"{head}SELECT ?x {{ ?x ?p ?_ledger_iri }}\n", "utf-8")
    with pytest.raises(Unreadable, match="is bound by provkg"):
        Question.load(file)


def test_the_tags_of_the_articles_name_one_question_each() -> None:
    named = single_tags(ASKED)
    assert {f"Q{number}" for number in range(1, 13)} | {f"M{number}" for number in range(1, 6)} <= named.keys()


RELIED_ON = [
    ("models/training-data", {"model": "apple-grader@2"}, ("model-version/apple-grader-2", "trainedOn")),
    ("models/transformations", {"model": "apple-grader@2"}, ("dataset-version/apples-clean", "prov_wasDerivedFrom")),
    ("models/responsible", {"model": "apple-grader@2"}, ("training-run/sgd-fast", "responsibleAgent")),
    ("training/failed-runs", {}, ("training-run/mlp-wide", "runStatus")),
    ("training/best-test-accuracy", {}, ("metric-observation/sgd-fast-test-accuracy", "value")),
    ("data/reused-datasets", {}, ("dataset-version/tomas-readings-1", "sha256")),
    ("lineage/downstream", {"data": "tomas-readings"}, ("dataset-version/tomas-readings-1", "sha256")),
    ("deployment/serving", {"endpoint": "https://sorting.example.org/grade"}, ("deployment/second", "deploys")),
]


@pytest.mark.parametrize(
    ("path", "values", "fact"), RELIED_ON, ids=lambda value: value if isinstance(value, str) else ""
)
def test_without_a_fact_it_relies_on_the_answer_changes(
    path: str, values: dict[str, str], fact: tuple[str, str], told: ReadIndex
) -> None:
    subject, relation = story.thing(fact[0]), getattr(vocabulary, fact[1])
    gone = [t for record in story.records() for t in record.triples if (t.subject, t.predicate) == (subject, relation)]
    with story.index(without=gone) as poorer:
        asked = bind(QUESTIONS[path], values, Naming(told).resolve)
        assert poorer.query(asked).rows != told.query(asked).rows


def test_a_tie_for_the_best_test_accuracy_lists_both_models(told: ReadIndex) -> None:
    observation = story.thing("metric-observation/mlp-small-test-accuracy")
    said = (triple for record in story.records() for triple in record.triples if triple.subject == observation)
    stated = next(triple for triple in said if triple.predicate == vocabulary.value)
    better = Triple(observation, vocabulary.value, Literal("0.94", datatype=vocabulary.xsd_double))
    with story.index(without=[stated], also=[better]) as tied:
        rows = tied.query(bind(QUESTIONS["training/best-test-accuracy"], {}, Naming(tied).resolve)).rows
    assert {row[0] for row in rows} == {story.thing(f"model-version/apple-grader-{n}") for n in (2, 3)}


def test_a_later_version_does_not_rest_on_the_one_it_follows(told: ReadIndex) -> None:
    asked = bind(QUESTIONS["lineage/downstream"], {"data": "apple-readings@1"}, Naming(told).resolve)
    assert told.query(asked).rows == []


def test_the_catalogue_describes_every_question_in_ground_rdf() -> None:
    triples = catalogue(ASKED)
    executable = NamedNode(vocabulary.NAMESPACES["sh"] + "SPARQLExecutable")
    assert sum(triple.object == executable for triple in triples) == len(IN_SPARQL)
    assert all(isinstance(triple.subject, NamedNode) for triple in triples)
    parameters = NamedNode(vocabulary.NAMESPACES["sh"] + "parameter")
    assert sum(triple.predicate == parameters for triple in triples) == sum(len(q.params) for q in ASKED)


def test_the_page_in_queries_is_the_catalogue(rewrite: bool) -> None:
    assert same_or_rewritten(QUERIES / "README.md", catalogue_page(ASKED), rewrite=rewrite)


def meaningful(text: str) -> list[Token]:
    return [token for token in tokens(text) if token.kind not in {"space", "comment"}]


def groups(text: str) -> list[list[Token]]:
    """Return the tokens of each group graph pattern, without those of groups inside it."""
    done: list[list[Token]] = []
    open_groups: list[list[Token]] = []
    for token in meaningful(text):
        if token.text == "{":
            open_groups.append([])
        elif token.text == "}":
            done.append(open_groups.pop())
        elif open_groups:
            open_groups[-1].append(token)
    return done


def has_closure(group: list[Token]) -> bool:
    """Return whether a path repeats: a star or plus behind an IRI or a bracketed path, not between numbers."""
    for before, token, after in zip(group, group[1:], group[2:], strict=False):
        behind_a_path = before.kind in {"prefixed", "iri"} or before.text == ")"
        before_more = after.kind in {"variable", "prefixed", "iri"} or after.text in {"/", "|", ")"}
        if token.text in CLOSURE and behind_a_path and before_more:
            return True
    return False


def has_type(group: list[Token]) -> bool:
    return any((token.kind == "word" and token.text == "a") or token.text == "rdf:type" for token in group)
