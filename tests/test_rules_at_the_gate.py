"""The gate refuses what cannot be true in the rules' own words, and never what is merely bad."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.errors import IncompleteRecord
from provkg.folder import Folder
from provkg.gate import Gate, Problem, check_data
from provkg.gate.impossible import impossible
from provkg.graph import KnowledgeGraph, check, read
from provkg.records import Person, Run
from provkg.rules import Finding, Ground, Rulebook, audit
from provkg.rules.rule import PLACEHOLDER
from tests import examples_of_rules as examples
from tests import story

BOOK = Rulebook.read()
HERE = {"X07", "X10", "X20", "X21", "X23", "X58", "X59"}
IMPOSSIBLE = [file for file in examples.VIOLATING if file.parent.name in HERE]
BAD_BUT_TRUE = sorted(rule.id for rule in BOOK.rules if rule.kind == "bad-but-true")
PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in v.NAMESPACES.items())


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph.hold(Folder.create(tmp_path / "kg", base=story.BASE)) as opened:
        yield opened


def stated(file: Path) -> list[Triple]:
    return closed(quad.triple for quad in examples.quads(file) if quad.graph_name == DefaultGraph())


def turtle(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(f"@base <{story.BASE}> .\n{PREFIXES}{text}", format=RdfFormat.TURTLE)]


def of_rules(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.constraint for problem in problems if "/rules#" in problem.shape}


def found(graph: KnowledgeGraph, wanted: str) -> list[Finding]:
    graph.snapshot()
    with read(graph.folder) as index, Ground.of(index, graph.folder) as ground:
        return list(audit(ground, BOOK.choose([wanted])))


def words_of(wanted: str) -> str:
    (rule,) = BOOK.choose([wanted])
    return ".+".join(re.escape(part) for part in PLACEHOLDER.sub("\0", rule.message).split("\0"))


@pytest.mark.parametrize("file", IMPOSSIBLE, ids=examples.label)
def test_an_impossible_record_is_refused_in_the_words_of_its_rule(file: Path) -> None:
    wanted = file.parent.name
    (*problems,) = impossible(stated(file))
    assert {problem.constraint for problem in problems} == {wanted}
    for problem in problems:
        assert re.fullmatch(words_of(wanted), problem.message)
        assert problem.severity == "violation"


@pytest.mark.parametrize("wanted", sorted(HERE))
def test_a_check_of_files_says_what_the_gate_would_refuse(wanted: str) -> None:
    example = stated(examples.FOLDER / wanted / "violating.ttl")
    assert of_rules(check_data(example, "minimal").problems) == {wanted}
    assert of_rules(Gate("minimal").check(example).problems) == {wanted}


def test_a_check_of_descriptions_says_what_the_gate_would_refuse() -> None:
    start = datetime(2026, 3, 10, tzinfo=UTC)
    run = Run(title="early", started=start, ended=start - timedelta(hours=1), status="failed", triggered_by=trainer())
    assert "X10" in of_rules(check(run, level="minimal").problems)


def test_long_chains_of_derivation_are_looked_through_once() -> None:
    links = 20_000
    chain = [_derived(at, at + 1) for at in range(links)]
    assert list(impossible(chain)) == []
    (*circle,) = impossible([*chain, _derived(links, links - 2)])
    assert {problem.focus.rpartition("/")[2] for problem in circle} == {str(links - 2), str(links - 1), str(links)}


def _derived(one: int, other: int) -> Triple:
    return Triple(NamedNode(f"{story.BASE}{one}"), v.prov_wasDerivedFrom, NamedNode(f"{story.BASE}{other}"))


def trainer() -> Person:
    return Person(issuer="example", subject="mara")


@pytest.mark.parametrize(
    "file", [file for file in examples.EXAMPLES if not file.stem.startswith("violating")], ids=examples.label
)
def test_a_clean_example_is_not_taken_for_impossible(file: Path) -> None:
    assert list(impossible(stated(file))) == []


def test_two_digests_of_one_thing_are_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(IncompleteRecord, match=r"sha256|digest|SHA-256"):
        graph.add("r", "file", [quad.triple for quad in examples.quads(examples.FOLDER / "X09" / "violating.ttl")])


def test_what_a_graph_knows_already_counts() -> None:
    record = closed(turtle("<model> a pvk:ModelVersion ; pvk:trainedOn <b> ."))
    known = turtle("<model> pvk:trainedBy <run> . <run> pvk:trainingData <a> .")
    assert {problem.constraint for problem in impossible(record, known)} == {"X07"}
    assert list(impossible(record)) == []


def test_two_runs_that_may_belong_together_are_no_reason_to_refuse() -> None:
    """Which run the earlier one is part of stands in another record; the audit, which sees it, asks again."""
    record = closed(turtle("<data> prov:wasGeneratedBy <here> , <elsewhere> . <here> a pvk:Run ."))
    assert list(impossible(record)) == []


def test_the_story_is_possible(graph: KnowledgeGraph) -> None:
    story.tell(graph)
    assert graph.ledger.size == len(story.records())


def test_a_run_that_ends_before_it_begins_does_not_enter(graph: KnowledgeGraph) -> None:
    story.tell(graph)
    record = next(each for each in story.records() if each.name.endswith("sgd-slow"))
    ended = next(t for t in record.triples if t.predicate == v.prov_endedAtTime)
    (early,) = turtle('<x> prov:endedAtTime "2026-03-10T08:59:00Z"^^xsd:dateTime .')
    wrong = [Triple(t.subject, t.predicate, early.object) if t == ended else t for t in record.triples]
    with pytest.raises(IncompleteRecord, match="before it began") as refused:
        graph.add("correction", record.type, wrong, supersedes=[record.name])
    assert of_rules(refused.value.problems) == {"X10"}


def test_a_correction_is_not_judged_by_what_it_corrects(graph: KnowledgeGraph) -> None:
    data = '<a> a pvk:DatasetVersion ; pvk:sha256 "a" . <run> a pvk:TrainingRun ; pvk:trainingData <a> .'
    old = closed(turtle(f"{data} <model> pvk:trainedBy <run> ; pvk:trainedOn <b> ."))
    assert {problem.constraint for problem in impossible(old)} == {"X07"}
    assert list(impossible(closed(turtle(f"{data} <model> pvk:trainedBy <run> ; pvk:trainedOn <a> .")))) == []


def test_a_record_is_corrected_once(graph: KnowledgeGraph) -> None:
    def team(name: str) -> list[Triple]:
        return turtle(f'<agent/team> a pvk:Team ; dct:identifier "team" ; foaf:name "{name}" .')

    graph.add("first", "agent", team("Graders"))
    graph.add("second", "agent", team("Graders 2"), supersedes=["first"])
    with pytest.raises(IncompleteRecord, match="superseded already, by record second") as refused:
        graph.add("third", "agent", team("Graders 3"), supersedes=["first"])
    assert re.fullmatch(words_of("X41"), refused.value.problems[0].message)
    graph.add("third", "agent", team("Graders 3"), supersedes=["first", "second"])
    assert found(graph, "X41") == []


@pytest.mark.parametrize("wanted", BAD_BUT_TRUE)
def test_a_bad_fact_that_is_true_is_never_refused(wanted: str) -> None:
    """The examples are no whole records: the bad one must be refused for nothing else than the clean one."""
    (suffix,) = {file.suffix for file in examples.VIOLATING if file.parent.name == wanted}
    bad, clean = (stated(examples.FOLDER / wanted / f"{name}{suffix}") for name in ("violating", "clean"))
    gate = Gate("minimal")
    refused_for = [{(problem.focus, problem.shape) for problem in gate.check(each).problems} for each in (bad, clean)]
    assert refused_for[0] <= refused_for[1]
    assert list(impossible(bad)) == []


def test_a_recall_of_data_behind_a_live_model_is_kept_and_found(graph: KnowledgeGraph) -> None:
    story.tell(graph)
    graph.add("recall", "decision", turtle("""
        <decision/recall> a pvk:RetirementDecision ; pvk:decidedBy <agent/mara> ;
            pvk:appliesTo <dataset-version/apple-readings-2> ;
            pvk:decisionOutcome pvk:DecisionOutcome-approved ; pvk:invalidationReason pvk:InvalidationReason-recalled ;
            prov:startedAtTime "2026-03-15T08:00:00Z"^^xsd:dateTime ;
            prov:endedAtTime "2026-03-15T08:00:00Z"^^xsd:dateTime .
        <dataset-version/apple-readings-2> prov:wasInvalidatedBy <decision/recall> ;
            prov:invalidatedAtTime "2026-03-15T08:00:00Z"^^xsd:dateTime .
    """))  # fmt: skip
    (live,) = found(graph, "X13")
    assert live.this == NamedNode(story.BASE + "deployment/second")
    assert "apple-readings@2" in live.message


def test_an_honest_check_that_finds_other_bytes_is_kept_and_found(graph: KnowledgeGraph) -> None:
    story.tell(graph)
    graph.add("check", "check", turtle(f"""
        <integrity-check/1> a pvk:IntegrityCheck ; pvk:checkedEntity <file/apple-grader-1.joblib> ;
            pvk:expectedDigest "{"c1" * 32}" ; pvk:observedDigest "{"00" * 32}" ;
            pvk:checkOutcome pvk:CheckOutcome-mismatch ;
            prov:startedAtTime "2026-03-15T08:00:00Z"^^xsd:dateTime ;
            prov:endedAtTime "2026-03-15T08:00:00Z"^^xsd:dateTime .
    """))  # fmt: skip
    (mismatch,) = found(graph, "X08")
    assert "00" * 32 in mismatch.message
