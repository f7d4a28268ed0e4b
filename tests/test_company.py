"""Each question has an answer in the worked company, found by two engines, that rests on the facts it is said to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.folder import Folder
from provkg.gate import check_data
from provkg.graph import KnowledgeGraph
from provkg.index import ReadIndex
from provkg.questions import Naming, all_questions, bind
from tests import company, story
from tests.company.asking import Told, as_stored, outcome, removals_of, table, values_of
from tests.company.second_engine import loaded, said_by_oxigraph, said_by_rdflib

if TYPE_CHECKING:
    from rdflib import Dataset

EXPECTED = company.FOLDER / "answers"
ANSWERS = sorted(file for file in EXPECTED.rglob("*") if file.suffix in {".tsv", ".ttl", ".txt"})
QUESTIONS = {question.path: question for question in all_questions()}
# It rests on the ledger's bytes, and on no fact.
OF_BYTES = "records/ledger-intact"
# Questions that the company does not answer yet.
STILL_OPEN: frozenset[str] = frozenset()

# Where rdflib needs seconds for the company, since it joins unions before it looks things up.
SLOW_IN_RDFLIB = {"data/reused-datasets", "models/environment"}
# Up to minutes there, since rdflib joins what a path reaches before it looks where the path begins; Virtuoso is asked
# these, too (benchmarks.scale.virtuoso). Rdflib is asked them of the small story, with these parameters.
TOO_SLOW_IN_RDFLIB = {
    "deployment/predictions-without-lineage": {},
    "lineage/process-behind-model": {"model": "apple-grader@2"},
    "models/chronology": {"model": "apple-grader"},
    "lineage/process-of-stages": {"model": "apple-grader@2", "stages": "split, standardization, training"},
    "lineage/process-since-step": {"model": "apple-grader@2", "kind": "standardization"},
    "preprocessing/outputs-after-setting": {"kind": "standardization", "name": "with_mean", "value": "true"},
}
# Even there too slow: of what the company did in January alone.
OF_JANUARY = "preprocessing/fitted-on-test-rows"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def in_rdflib(told: Told) -> Dataset:
    return loaded(told.quads())


def path_of(file: Path) -> str:
    return file.relative_to(EXPECTED).with_suffix("").as_posix().partition("+")[0]


def named(file: Path) -> str:
    return file.relative_to(EXPECTED).as_posix()


def test_every_relation_and_class_of_ours_and_prov_exists() -> None:
    said = [triple for record in company.records() for triple in record.triples]
    terms = {term for triple in said for term in (triple.predicate, triple.object) if isinstance(term, NamedNode)}
    ours = {term for term in terms if term.value.startswith((v.NAMESPACES["pvk"], v.NAMESPACES["prov"]))}
    assert ours <= v.TERMS
    assert ours


def test_a_graph_keeps_every_record_at_standard(tmp_path: Path) -> None:
    with KnowledgeGraph.hold(Folder.create(tmp_path / "kg", base=company.BASE, level="standard")) as graph:
        company.tell(graph)
        assert graph.ledger.size == len(company.records()) > 100


def test_the_whole_company_conforms_at_standard() -> None:
    assert check_data(closed(company.stated()), "standard", "shifty").problems == ()


def test_every_question_has_an_answer_unless_it_is_said_to_be_open() -> None:
    answered = {path_of(file) for file in ANSWERS}
    assert not answered & STILL_OPEN, "these are answered: take them out of STILL_OPEN"
    assert answered | STILL_OPEN == set(QUESTIONS)


@pytest.mark.parametrize("file", ANSWERS, ids=named)
def test_the_company_answers_as_expected(file: Path, told: Told) -> None:
    answer = told.asker(QUESTIONS[path_of(file)], values_of(file))()
    if file.suffix == ".ttl":
        expected = set(as_stored(file.read_text("utf-8")))
        assert set(answer.triples) == expected
        assert expected, "an expected answer says something"
    elif file.suffix == ".txt":
        assert str(answer.boolean).lower() == file.read_text("utf-8").splitlines()[-1]
    else:
        columns, rows = table(file)
        assert list(answer.columns) == columns
        assert answer.rows == rows
        assert rows, "an expected answer says something"


def test_every_answered_question_names_a_fact_that_it_depends_on() -> None:
    resting_on_facts = {path_of(file) for file in ANSWERS if removals_of(file)}
    assert {path_of(file) for file in ANSWERS} == resting_on_facts | {OF_BYTES}


@pytest.mark.parametrize("file", [file for file in ANSWERS if removals_of(file)], ids=named)
def test_without_a_fact_it_rests_on_an_answer_changes(file: Path, told: Told) -> None:
    ask = told.asker(QUESTIONS[path_of(file)], values_of(file))
    whole, removals = outcome(ask()), removals_of(file)
    for removal in removals:
        with told.without(removal):
            assert outcome(ask()) != whole, f"the same without {removal}"
    assert outcome(ask()) == whole, "all is put back"


def test_the_answer_that_rests_on_bytes_changes_with_one_of_them(told: Told) -> None:
    ask = told.asker(QUESTIONS[OF_BYTES], {})
    with told.with_a_changed_byte():
        assert ask().rows[0][:2] == (Literal("TAMPERED"), Literal("entry 12"))
    assert ask().rows[0][0] == Literal("verified"), "all is put back"


TEXTS = [
    file
    for file in ANSWERS
    if QUESTIONS[path_of(file)].asks is None and path_of(file) not in {*SLOW_IN_RDFLIB, *TOO_SLOW_IN_RDFLIB, OF_JANUARY}
]


@pytest.mark.parametrize("file", TEXTS, ids=named)
def test_another_engine_answers_the_same(file: Path, told: Told, in_rdflib: Dataset) -> None:
    asked = told.text(QUESTIONS[path_of(file)], values_of(file))
    assert said_by_rdflib(in_rdflib, asked) == said_by_oxigraph(told.index.query(asked))


@pytest.mark.parametrize("path", sorted(SLOW_IN_RDFLIB))
def test_another_engine_answers_the_same_on_the_small_story(path: str) -> None:
    asked_there = EXPECTED.parent.parent / "questions" / f"{path}.tsv"
    small = story.store()
    index = ReadIndex(story.FOLDER, len(story.records()), small, -1)
    asked = bind(QUESTIONS[path], values_of(asked_there), Naming(index).resolve)
    assert said_by_rdflib(loaded(small), asked) == said_by_oxigraph(index.query(asked))


@pytest.mark.parametrize("path", TOO_SLOW_IN_RDFLIB)
def test_another_engine_answers_what_takes_it_long_on_the_small_story(path: str) -> None:
    small = story.store()
    index = ReadIndex(story.FOLDER, len(story.records()), small, -1)
    asked = bind(QUESTIONS[path], TOO_SLOW_IN_RDFLIB[path], Naming(index).resolve)
    assert said_by_rdflib(loaded(small), asked) == said_by_oxigraph(index.query(asked))


def test_another_engine_finds_what_was_fitted_on_test_rows_in_january() -> None:
    ours = ("january", "applications-1")
    said = [each for each in company.stated() if any(word in str(each.subject) for word in ours)]
    kept = company.store(said)
    asked = bind(QUESTIONS[OF_JANUARY], {}, Naming(ReadIndex(company.FOLDER, 0, kept, -1)).resolve)
    found = said_by_oxigraph(ReadIndex(company.FOLDER, 0, kept, -1).query(asked))
    assert sum(found.values()) == 1, "standardize-january was fitted before the split"
    assert said_by_rdflib(loaded(quad for quad in kept if quad.graph_name == DefaultGraph()), asked) == found
