"""The gate takes complete records, refuses others in words, and asks a record only what it can answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.errors import BadParameter, MalformedRDF, Unreadable
from provkg.gate import ENGINES, REPORT_FORMATS, Gate, Problem, Verdict, check_data, validate, write_report

PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in vocabulary.NAMESPACES.items())
EX = "http://example.org/"
RUN = """
    ex:run a pvk:TrainingRun ; prov:startedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime ; pvk:triggeredBy ex:mara .
"""
DONE = """
    ex:run prov:endedAtTime "2026-03-01T09:05:00Z"^^xsd:dateTime ; pvk:runStatus pvk:RunStatus-succeeded .
"""


def record(text: str) -> list[Triple]:
    whole = f"{PREFIXES}@prefix ex: <{EX}> .\n{dedent(text)}"
    return closed(quad.triple for quad in parse(whole, format=RdfFormat.TURTLE))


def reasons(verdict: Verdict) -> list[str]:
    return [f"{problem.shape.rpartition('#')[2]} {problem.constraint}" for problem in verdict.problems]


# ── What is asked ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_run_is_asked_neither_for_its_end_nor_for_what_it_used() -> None:
    assert Gate().check(record(RUN)).accepted


def test_a_run_that_succeeded_is_asked_what_it_used() -> None:
    assert reasons(Gate().check(record(RUN + DONE))) == ["TrainingRun-trainingData-presence Or"]


def test_a_problem_speaks_to_the_person_whose_record_is_refused() -> None:
    (problem,) = Gate().check(record(RUN + DONE)).problems
    assert str(problem) == (
        "http://example.org/run: A training run names at least one dataset it learned from (pvk:trainingData)."
    )


def test_a_record_is_asked_only_about_the_nodes_that_it_describes() -> None:
    known = record("ex:mara a prov:Person . ex:train a pvk:Split .")
    described_elsewhere = RUN + DONE + "ex:run pvk:trainingData ex:train ."
    assert Gate().check(record(described_elsewhere), known).accepted


def test_a_node_that_generated_something_is_not_thereby_described() -> None:
    model = """
        ex:m a pvk:ModelVersion ; pvk:versionOf ex:model ; dcat:version "1" ; pvk:trainedBy ex:run ;
            pvk:trainedOn ex:train ; prov:generatedAtTime "2026-03-01T09:05:00Z"^^xsd:dateTime ;
            pvk:sha256 "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7" .
    """
    assert Gate().check(record(model)).accepted


def test_what_the_graph_knows_of_a_described_node_counts() -> None:
    ended = """
        ex:d a pvk:Deployment ; prov:wasInvalidatedBy ex:undeploying ;
            prov:invalidatedAtTime "2026-03-02T09:00:00Z"^^xsd:dateTime .
        ex:undeploying a prov:Activity ; pvk:invalidationReason pvk:InvalidationReason-retired .
    """
    known = record("""
        ex:d a pvk:Deployment ; pvk:deploys ex:m ; pvk:deployedAt ex:e ; prov:generatedAtTime
            "2026-03-01T09:00:00Z"^^xsd:dateTime ; pvk:deploymentStage pvk:DeploymentStage-production ;
            prov:wasGeneratedBy ex:deploying .
        ex:m a pvk:ModelVersion .
    """)
    assert not Gate().check(record(ended)).accepted
    assert Gate().check(record(ended), closed(known)).accepted


def test_a_reference_to_a_node_of_another_kind_is_refused() -> None:
    known = record("ex:mara a pvk:Dataset .")
    assert reasons(Gate().check(record(RUN), known)) == ["Activity-wasAssociatedWith-type Class"]


def test_a_concept_of_the_graphs_own_passes_where_the_ontologys_would() -> None:
    own = "ex:kind a pvk:TriggerKind, skos:Concept ; skos:prefLabel 'full moon' . ex:run pvk:triggerKind ex:kind ."
    wrong = "ex:run pvk:triggerKind pvk:SplitRole-train ."
    assert Gate().check(record(RUN + own)).accepted
    assert reasons(Gate().check(record(RUN + wrong))) == ["Run-triggerKind-type Class"]


def test_points_need_no_type() -> None:
    series = """
        ex:s a pvk:MetricSeries ; pvk:measuredIn ex:run ; pvk:metricKind pvk:MetricKind-loss ; pvk:hasPoint ex:p .
        ex:p pvk:atEpoch 1 ; pvk:value 0.5e0 .
    """
    assert Gate().check(record(series)).accepted
    without_value = series.replace("; pvk:value 0.5e0", "")
    assert reasons(Gate().check(record(without_value))) == ["MetricPoint-value-presence MinCount"]


# ── What points at a node ─────────────────────────────────────────────────────────────────────────────────────────

STEP = """
    ex:step a pvk:TransformationRun ; prov:startedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime ;
        prov:endedAtTime "2026-03-01T09:01:00Z"^^xsd:dateTime ; pvk:runStatus pvk:RunStatus-succeeded ;
        pvk:triggeredBy ex:mara ; pvk:transformationKind pvk:TransformationKind-scaling ; prov:used ex:data .
"""
OUTPUT = "ex:scaled a prov:Entity ; prov:wasGeneratedBy ex:step ."
NOTHING_MADE = ["TransformationRun-output-presence Or"]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_step_made_is_asked_when_its_block_ends_and_of_whole_data(engine: str) -> None:
    gate = Gate(engine=engine)
    assert gate.check(record(STEP)).accepted, "its output may come with another record"
    assert reasons(gate.check(record(STEP), closing=True)) == NOTHING_MADE
    assert gate.check(record(STEP + OUTPUT), closing=True).accepted
    assert reasons(check_data(record(STEP), "minimal", engine)) == NOTHING_MADE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("earlier", [OUTPUT, "ex:part a pvk:TransformationRun ; pvk:partOfRun ex:step ."])
def test_what_the_graph_knows_to_point_at_a_run_counts(engine: str, earlier: str) -> None:
    known = [triple for triple in record(earlier) if triple.object == NamedNode(f"{EX}step")]
    assert known
    assert Gate(engine=engine).check(record(STEP), known, closing=True).accepted


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("end", ["failed", "aborted", "interrupted"])
def test_a_step_that_did_not_succeed_need_not_have_made_anything(engine: str, end: str) -> None:
    ended = STEP.replace("RunStatus-succeeded", f"RunStatus-{end}")
    assert Gate(engine=engine).check(record(ended), closing=True).accepted


@pytest.mark.parametrize("engine", ENGINES)
def test_a_training_that_ends_without_model_and_figures_misses_standard(engine: str) -> None:
    run = record(RUN + DONE + "ex:run pvk:trainingData ex:train .")

    def misses(*, closing: bool) -> set[str]:
        verdict = Gate(engine=engine).check(run, closing=closing)
        assert verdict.accepted
        return {warning.shape.rpartition("#")[2] for warning in verdict.warnings}

    pointing = {"TrainingRun-model-presence", "TrainingRun-metrics-presence"}
    assert misses(closing=True) - misses(closing=False) == pointing


@pytest.mark.parametrize("engine", ENGINES)
def test_other_runs_that_a_closing_record_mentions_are_not_asked_what_they_made(engine: str) -> None:
    other = STEP.replace("ex:step", "ex:other").replace("pvk:runStatus pvk:RunStatus-succeeded ;", "")
    other = other.replace('prov:endedAtTime "2026-03-01T09:01:00Z"^^xsd:dateTime ;', "")
    assert Gate(engine=engine).check(record(STEP + OUTPUT + other), closing=True).accepted


ONE_MODEL = """
    ex:Training a sh:NodeShape ; sh:targetClass pvk:TrainingRun ; sh:property ex:Training-models-count .
    ex:Training-models-count sh:path [ sh:inversePath pvk:trainedBy ] ; sh:maxCount 1 ; sh:class pvk:Checkpoint ;
        sh:message "At most one checkpoint." ; pvk:level pvk:Level-minimal .
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_wrong_with_those_that_point_at_a_run_is_asked_at_once(tmp_path: Path, engine: str) -> None:
    gate = Gate(engine=engine, extensions=[shapes_file(tmp_path, ONE_MODEL)])
    one, two = (f"ex:{name} a pvk:Checkpoint, pvk:ModelVersion ; pvk:trainedBy ex:run ." for name in ("a", "b"))
    assert {question.predicate for question in gate.questions(record(RUN))} == {vocabulary.trainedBy}
    assert reasons(gate.check(record(RUN), record(one))) == []
    assert reasons(gate.check(record(RUN), record(one + two))) == [f"{EX}Training-models-count MaxCount"]
    mistyped = record("ex:a a pvk:ModelVersion ; pvk:trainedBy ex:run .")
    assert reasons(gate.check(record(RUN), mistyped)) == [f"{EX}Training-models-count Class"]
    untold = [triple for triple in record(one) if triple.predicate != vocabulary.rdf_type]
    assert reasons(gate.check(record(RUN), untold)) == [], "what it is may come later"


def test_nothing_is_looked_up_that_the_record_answers_itself() -> None:
    gate = Gate()
    assert gate.questions(record(STEP)) == []
    assert gate.questions(record(STEP + OUTPUT)) == []
    asked = {(q.predicate, q.every) for q in gate.questions(record(STEP), closing=True)}
    assert asked == {(vocabulary.prov_wasGeneratedBy, False), (vocabulary.partOfRun, False)}
    left = {q.predicate for q in gate.questions(record(STEP + OUTPUT), closing=True)}
    assert left == {vocabulary.partOfRun}, "one of the two is enough, which is for the engine to say"


# ── Declared absence ──────────────────────────────────────────────────────────────────────────────────────────────

VERSION = """
    ex:v a pvk:DatasetVersion ; pvk:versionOf ex:d ; dcat:version "1" ;
        pvk:sha256 "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2" .
"""


def test_an_unknown_origin_may_be_declared_at_minimal() -> None:
    assert reasons(Gate().check(record(VERSION))) == ["DatasetVersion-origin-presence MinCount"]
    assert Gate().check(record(VERSION + "ex:v pvk:declaredAbsent pvk:obtainedFrom .")).accepted


def test_nothing_else_may_be_declared_absent_at_minimal() -> None:
    version = VERSION.replace('dcat:version "1" ;', "") + "ex:v pvk:declaredAbsent pvk:obtainedFrom, dcat:version ."
    assert reasons(Gate().check(record(version))) == ["DatasetVersion-version-presence MinCount"]


def test_a_declared_absence_satisfies_what_standard_asks() -> None:
    absent = "ex:v pvk:declaredAbsent pvk:obtainedFrom, dct:license, pvk:hasFile, pvk:hasSchema, pvk:recordCount ."
    found = reasons(Gate("standard").check(record(VERSION + absent)))
    assert found == ["DatasetVersion-isSynthetic-presence MinCount"]


# ── Levels ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_constraint_one_level_above_is_a_warning_and_two_above_an_info() -> None:
    experiment = record("ex:e a pvk:Experiment ; dct:title 'x' .")

    def severity(level: str, shape: str) -> str:
        return next(p.severity for p in check_data(experiment, level).found if p.shape.endswith(shape))

    assert [severity(level, "Experiment-purpose-presence") for level in ("minimal", "standard", "audit")] == [
        "warning",
        "violation",
        "violation",
    ]
    assert [severity(level, "Experiment-inProject-presence") for level in ("minimal", "standard", "audit")] == [
        "info",
        "warning",
        "violation",
    ]


def test_an_accepted_record_carries_the_warnings_of_the_next_level() -> None:
    verdict = Gate().check(record("ex:e a pvk:Experiment ; dct:title 'x' ."))
    assert verdict.accepted
    assert [p.shape.rpartition("#")[2] for p in verdict.warnings] == ["Experiment-purpose-presence"]


def test_an_unknown_level_names_the_known_ones() -> None:
    with pytest.raises(BadParameter, match="'strict' is no level; take one of minimal, standard, audit"):
        Gate("strict")


def test_types_hold_at_every_level() -> None:
    mistyped = record("ex:e a pvk:Experiment ; dct:title 'x' ; pvk:purpose 7 .")
    assert reasons(Gate().check(mistyped)) == ["Thing-purpose-type Datatype"]


# ── What SHACL cannot see ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_misspelt_property_is_refused_with_the_nearest_one() -> None:
    (problem,) = Gate().check(record(RUN + "ex:run pvk:trainigData ex:train .")).problems
    assert problem.message == "pvk:trainigData is no term of that vocabulary; did you mean pvk:trainingData?"


def test_a_misspelt_class_of_prov_is_refused_with_the_nearest_one() -> None:
    problems = Gate().check(record("ex:a a prov:Persom .")).problems
    assert any("did you mean prov:Person?" in problem.message for problem in problems)


def test_a_misspelt_concept_is_refused() -> None:
    problems = Gate().check(record(RUN + "ex:run pvk:triggerKind pvk:TriggerKind-manuel .")).problems
    assert any("did you mean pvk:TriggerKind-manual?" in problem.message for problem in problems)


def test_a_property_on_the_wrong_kind_of_thing_is_refused() -> None:
    problems = Gate().check(record("ex:d a pvk:Dataset ; dct:title 'x' ; pvk:splitRatio 0.7 .")).problems
    assert [p.message for p in problems] == ["pvk:splitRatio is said of pvk:Split, and this is none."]


def test_a_node_without_a_type_is_refused() -> None:
    problems = Gate().check(record("ex:thing dct:title 'x' . ex:other foaf:nick 'y' .")).problems
    assert [p.focus for p in problems] == [EX + "other", EX + "thing"], "a title does not say what a thing is"
    assert {p.message for p in problems} == {"Say what this is (rdf:type): it has no type."}


def test_a_node_of_a_kind_that_no_shape_knows_is_refused() -> None:
    (problem,) = Gate().check(record("ex:thing a ex:Gadget .")).problems
    assert "<http://example.org/Gadget>" in problem.message


def test_a_record_that_describes_a_record_is_refused() -> None:
    verdict = Gate().check(record("ex:c a pvk:RecordCommit ; prov:wasAssociatedWith ex:mara ."))
    assert reasons(verdict) == ["Node-record NoRecord"]


def test_a_reference_that_nothing_describes_is_a_warning_of_whole_data() -> None:
    verdict = check_data(record(RUN), "minimal")
    described = [p.focus for p in verdict.warnings if p.shape.endswith("#Node-described")]
    assert verdict.accepted
    assert described == [f"{EX}mara"]


def test_what_is_looked_up_counts_as_described() -> None:
    verdict = check_data(record(RUN), "minimal", known=record("ex:mara a prov:Person ."))
    assert [p for p in verdict.warnings if p.shape.endswith("#Node-described")] == []


def test_problems_come_in_an_order_that_does_not_depend_on_the_statements() -> None:
    triples = record(RUN + DONE + VERSION)
    assert len(Gate().check(triples).problems) > 1
    assert Gate().check(triples).found == Gate().check(triples[::-1]).found


# ── Shapes of others ──────────────────────────────────────────────────────────────────────────────────────────────


def shapes_file(folder: Path, text: str) -> Path:
    file = folder / "own.ttl"
    file.write_text(f"{PREFIXES}@prefix ex: <{EX}> .\n{dedent(text)}", "utf-8")
    return file


TICKET = """
    ex:Ticket-presence a sh:NodeShape ; sh:targetClass pvk:Experiment ; sh:property [
        sh:path ex:ticket ; sh:minCount 1 ; sh:message "An experiment of ours names its ticket." ] .
"""


def test_an_owners_shapes_add_to_ours(tmp_path: Path) -> None:
    gate = Gate(extensions=[shapes_file(tmp_path, TICKET)])
    experiment = "ex:e a pvk:Experiment ; dct:title 'x' ; pvk:purpose 'y' ."
    assert [p.message for p in gate.check(record(experiment)).problems] == ["An experiment of ours names its ticket."]
    assert gate.check(record(experiment + "ex:e ex:ticket 'T-1' .")).accepted


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            TICKET.replace("minCount", "mincount"),
            "sh:mincount is no term of that vocabulary; did you mean sh:minCount?",
        ),
        (TICKET.replace("Experiment ;", "Experimnt ;"), "did you mean pvk:Experiment?"),
    ],
)
def test_a_misspelt_term_in_shapes_is_an_error(tmp_path: Path, wrong: str, sentence: str) -> None:
    file = shapes_file(tmp_path, wrong)
    with pytest.raises(Unreadable, match=sentence.replace("?", r"\?")):
        Gate(extensions=[file])
    with pytest.raises(Unreadable, match=sentence.replace("?", r"\?")):
        validate(record(RUN), file)


def test_any_data_is_checked_against_any_shapes_with_nothing_added(tmp_path: Path) -> None:
    file = shapes_file(
        tmp_path,
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .",
    )
    verdict = validate(record("ex:a a ex:C ; ex:p 1, 2 . ex:b a ex:Other ; ex:p 1, 2 ."), file)
    (problem,) = verdict.problems
    assert problem.focus == f"{EX}a"
    assert problem.message


@pytest.mark.parametrize("engine", ENGINES)
def test_an_owners_shape_judges_values_only_of_the_nodes_that_it_selects(tmp_path: Path, engine: str) -> None:
    file = shapes_file(
        tmp_path,
        """
        ex:Experiments a sh:NodeShape ; sh:targetClass pvk:Experiment ; sh:property ex:short-title .
        ex:short-title sh:path dct:title ; sh:maxLength 3 ; sh:message "Short." ; pvk:level pvk:Level-minimal .
        """,
    )
    titles = "ex:e a pvk:Experiment ; dct:title 'long' ; pvk:purpose 'y' . ex:d a pvk:Dataset ; dct:title 'long' ."
    (problem,) = Gate(extensions=[file], engine=engine).check(record(titles)).problems
    assert (problem.focus, problem.constraint, problem.value) == (f"{EX}e", "MaxLength", '"long"')


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_that_only_the_graph_knows_is_judged_too(engine: str) -> None:
    known = record("ex:e a pvk:Experiment ; dct:title 'x' ; pvk:purpose 'one' .")
    (problem,) = Gate(engine=engine).check(record("ex:e a pvk:Experiment ; pvk:purpose 'two' ."), known).problems
    assert (problem.focus, problem.constraint, problem.value) == (f"{EX}e", "MaxCount", None)


def test_an_owners_query_sees_properties_that_no_shape_mentions(tmp_path: Path) -> None:
    query = "SELECT $this WHERE { $this <http://example.org/unheard> ?any }"
    file = shapes_file(
        tmp_path,
        f"""
        ex:Q a sh:NodeShape ; sh:targetClass pvk:Experiment ;
            sh:sparql [ sh:message "Unheard." ; sh:select "{query}" ] .
        """,
    )
    experiment = "ex:e a pvk:Experiment ; dct:title 'x' ; pvk:purpose 'y' ; ex:unheard 'z' ."
    assert [p.constraint for p in Gate(extensions=[file]).check(record(experiment)).problems] == ["SPARQL"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_class_that_the_record_derives_from_ours_counts_as_ours(engine: str) -> None:
    known = record("ex:mara a ex:Janitor . ex:Janitor rdfs:subClassOf ex:Staff . ex:Staff rdfs:subClassOf prov:Agent .")
    assert Gate(engine=engine).check(record(RUN), known).accepted


def test_a_refused_record_keeps_its_warnings() -> None:
    verdict = Gate().check(record("ex:e a pvk:Experiment ; dct:title 'x' . ex:f a pvk:Experiment ; dct:title 7 ."))
    assert reasons(verdict) == ["Thing-title-type Or"]
    assert [p.focus for p in verdict.warnings] == [f"{EX}e", f"{EX}f"]


def test_severities_of_foreign_shapes_are_theirs(tmp_path: Path) -> None:
    file = shapes_file(
        tmp_path,
        """
        ex:S a sh:NodeShape ; sh:targetClass ex:C ;
            sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:severity sh:Info ] .
        """,
    )
    verdict = validate(record("ex:a a ex:C ."), file)
    assert (len(verdict.problems), len(verdict.infos)) == (0, 1)


def test_malformed_shapes_are_named_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text("<a> <b> .\n", "utf-8")
    with pytest.raises(MalformedRDF, match=r"shapes\.ttl:1:"):
        validate([], file)


def test_absent_shapes_are_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"none\.ttl cannot be read"):
        validate([], tmp_path / "none.ttl")


def test_changed_shapes_are_read_anew(tmp_path: Path) -> None:
    data = record("ex:a a ex:C .")
    shape = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    assert not validate(data, shapes_file(tmp_path, shape)).accepted
    assert validate(data, shapes_file(tmp_path, shape.replace("ex:C", "ex:Another"))).accepted


# ── Reports ───────────────────────────────────────────────────────────────────────────────────────────────────────

FOUND = (
    Problem(f"{EX}a", f"{EX}S#p", "Datatype", '"7%"@en', f"{EX}p", "Not a number: a, b.\n", "violation"),
    Problem("_:b", f"{EX}S#q", "MinCount", None, None, "Missing & <gone>.", "warning"),
)
PLACES = {f"{EX}a": ("data/a.ttl", 12)}


def test_text_gives_place_and_sentence() -> None:
    first, *_, last = write_report(FOUND, "text", PLACES).splitlines()
    assert first == "data/a.ttl:12: http://example.org/a: Not a number: a, b."
    assert last == "warning: _:b: Missing & <gone>."


def test_json_gives_every_field_and_the_place() -> None:
    first, second = json.loads(write_report(FOUND, "json", PLACES))
    assert (first["file"], first["line"], first["value"]) == ("data/a.ttl", 12, '"7%"@en')
    assert (second["file"], second["severity"]) == (None, "warning")


def test_turtle_is_a_validation_report() -> None:
    quads = list(parse(write_report(FOUND, "turtle"), format=RdfFormat.TURTLE))
    said = {(quad.predicate, str(quad.object)) for quad in quads}
    assert sum(quad.predicate == vocabulary.sh_result for quad in quads) == len(FOUND)
    assert (vocabulary.sh_value, '"7%"@en') in said
    assert (
        vocabulary.sh_sourceConstraintComponent,
        f"<{vocabulary.NAMESPACES['sh']}DatatypeConstraintComponent>",
    ) in said
    assert any(predicate == vocabulary.sh_conforms and "false" in value for predicate, value in said)


def test_a_report_without_results_conforms() -> None:
    assert "sh:conforms true" in Verdict().report()


def test_junit_counts_violations_as_failures() -> None:
    suite = ET.fromstring(write_report(FOUND, "junit", PLACES).encode())  # noqa: S314 - our own text
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "Datatype"
    assert len(ET.fromstring(write_report((), "junit").encode())) == 1  # noqa: S314 - our own text


def test_junit_survives_characters_that_xml_cannot_hold() -> None:
    bad = Problem("x:a", "x:s", "Or", None, None, "bell \x07 here", "violation")
    assert "bell \ufffd here" in str(ET.fromstring(write_report([bad], "junit").encode())[0][0].get("message"))  # noqa: S314 - our own text


def test_sarif_points_at_the_line() -> None:
    (run,) = json.loads(write_report(FOUND, "sarif", PLACES))["runs"]
    first, second = run["results"]
    location = first["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("data/a.ttl", 12)
    assert (first["level"], second["level"]) == ("error", "warning")
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {f"{EX}S#p", f"{EX}S#q"}


def test_github_annotations_are_one_line_each() -> None:
    first, second = write_report(FOUND, "github", PLACES).splitlines()
    assert first == "::error file=data/a.ttl,line=12,title=p::http://example.org/a: Not a number: a, b.%0A"
    assert second.startswith("::warning title=q::")


def test_an_unknown_report_format_names_the_known_ones() -> None:
    with pytest.raises(BadParameter, match=", ".join(REPORT_FORMATS)):
        write_report(FOUND, "pdf")


def test_importing_the_gate_loads_no_engine() -> None:
    heavy = "{'rdflib', 'pyshacl', 'shifty', 'owlrl'}"
    program = f"import provkg.gate, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(message=TEXT, value=TEXT)
def test_every_report_format_holds_any_text(message: str, value: str) -> None:
    literal = str(Literal(value))
    found = [Problem(f"{EX}a", f"{EX}S#p", "Pattern", literal, f"{EX}p", message, "violation")]
    said = {quad.object for quad in parse(write_report(found, "turtle"), format=RdfFormat.TURTLE)}
    assert {Literal(value), Literal(message)} <= said
    assert json.loads(write_report(found, "json"))[0]["message"] == message
    assert json.loads(write_report(found, "sarif"))["runs"][0]["results"][0]["message"]["text"].endswith(message)
    ET.fromstring(write_report(found, "junit").encode())  # noqa: S314 - our own text
    assert len(write_report(found, "github", PLACES).rstrip("\n").split("\n")) == 1
