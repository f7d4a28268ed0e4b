"""Saved questions keep their meaning where the story is clean and the world is not: divergence, gaps, odd values."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary
from provkg.errors import BadParameter
from provkg.index import Answer
from provkg.questions import Naming, all_questions, bind
from tests import story

QUESTIONS = {question.path: question for question in all_questions()}
PREFIXES = f"@base <{story.BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in vocabulary.NAMESPACES.items())
DIVERGED = """
    <training-run/diverged> a pvk:TrainingRun ; dct:title "diverged" ; pvk:inExperiment <experiment/grade-apples> ;
        pvk:trainingData <dataset-version/apples-train-ready> .
    <model-version/diverged> a pvk:ModelVersion ; pvk:trainedBy <training-run/diverged> .
    <seen> a pvk:MetricObservation ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-test ;
        pvk:value "NaN"^^xsd:double ; pvk:measures <model-version/diverged> .
    <curve> a pvk:MetricSeries ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-train ;
        pvk:meanValue "NaN"^^xsd:double ; pvk:measuredIn <training-run/diverged> .
    <losses> a pvk:MetricSeries ; pvk:metricKind pvk:MetricKind-loss ; pvk:onSplitRole pvk:SplitRole-train ;
        pvk:lastValue "NaN"^^xsd:double ; pvk:measuredIn <training-run/diverged> .
"""
BROKEN_OFF = """
    <training-run/broken> a pvk:TrainingRun ; pvk:inExperiment <experiment/grade-apples> ;
        pvk:trainingData <dataset-version/apples-train-ready> .
    <checkpoint/first> a pvk:Checkpoint ; pvk:trainedBy <training-run/broken> .
    <curve> a pvk:MetricSeries ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-train ;
        pvk:meanValue 0.999e0 ; pvk:measuredIn <training-run/broken> .
    <losses> a pvk:MetricSeries ; pvk:metricKind pvk:MetricKind-loss ; pvk:onSplitRole pvk:SplitRole-train ;
        pvk:lastValue 1e-9 ; pvk:measuredIn <training-run/broken> .
"""
BARE = """
    <training-run/bare> a pvk:TrainingRun ; dct:title "bare" ; pvk:inExperiment <experiment/grade-apples> .
    <model-version/bare> a pvk:ModelVersion ; pvk:trainedBy <training-run/bare> .
    <seen> a pvk:MetricObservation ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-test ;
        pvk:value 0.999e0 ; pvk:measures <model-version/bare> .
    <curve> a pvk:MetricSeries ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:onSplitRole pvk:SplitRole-train ;
        pvk:meanValue 0.999e0 ; pvk:measuredIn <training-run/bare> .
"""
BEST: list[tuple[str, dict[str, NamedNode | str]]] = [
    ("training/best-test-accuracy", {}),
    ("training/best-test-accuracy", {"experiment": story.thing("experiment/grade-apples")}),
    ("training/best-training-accuracy", {}),
    ("training/best-training-accuracy", {"experiment": story.thing("experiment/grade-apples")}),
    ("training/data-of-best-test-run", {"experiment": story.thing("experiment/grade-apples")}),
    ("training/least-loss-on-data", {"data": story.thing("dataset-version/apples-train-ready")}),
]


def told(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def ask(path: str, also: str = "", /, **values: NamedNode | str) -> Answer:
    with story.index(also=told(also)) as index:
        return index.query(bind(QUESTIONS[path], values, Naming(index).resolve))


@pytest.mark.parametrize(("path", "values"), BEST)
def test_a_run_that_diverged_does_not_hide_the_best(path: str, values: dict[str, NamedNode | str]) -> None:
    usual = ask(path, **values).rows
    assert usual, "the story has a best run"
    assert ask(path, DIVERGED, **values).rows == usual, "NaN is greater than any number to MAX and equal to nothing"


@pytest.mark.parametrize(("path", "values"), [best for best in BEST if "training-" in best[0] or "least" in best[0]])
def test_a_run_that_left_only_a_checkpoint_does_not_hide_the_best(
    path: str, values: dict[str, NamedNode | str]
) -> None:
    assert ask(path, BROKEN_OFF, **values).rows == ask(path, **values).rows, "it made no model that could be listed"


@pytest.mark.parametrize(("path", "values"), BEST[:4])
def test_the_best_model_is_named_though_its_settings_are_untold(path: str, values: dict[str, NamedNode | str]) -> None:
    (row,) = ask(path, BARE, **values).rows
    assert row[0] == story.thing("model-version/bare")
    assert row[-2:] == (None, None), "what is not known stays empty instead of hiding the model"


def test_an_open_run_of_no_special_kind_is_open() -> None:
    started = '<run/plain> a pvk:Run ; prov:startedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime .'
    rows = ask("training/open-runs", started).rows
    assert (story.thing("run/plain"), vocabulary.Run) in [row[:2] for row in rows]
    ended = "<run/plain> pvk:runStatus pvk:RunStatus-succeeded ."
    assert story.thing("run/plain") not in [row[0] for row in ask("training/open-runs", started + ended).rows]


def test_a_run_of_a_special_kind_is_listed_once() -> None:
    rows = ask("training/open-runs").rows
    assert [row[1] for row in rows if row[0] == story.thing("training-run/nightly-retrain")] == [vocabulary.TrainingRun]


def test_a_prediction_names_its_model_though_its_training_data_are_untold() -> None:
    bought = """
        <prediction-batch/p> a pvk:PredictionBatch ; pvk:predictedBy <model-version/bought> .
        <model-version/bought> a pvk:ModelVersion ; pvk:versionOf <model/bought> . <model/bought> dct:title "bought" .
    """
    prediction = story.thing("prediction-batch/p")
    rows = ask("deployment/training-slice-of-prediction", bought, prediction=prediction).rows
    assert [[str(term and term.value) for term in row[:2]] for row in rows] == [  # type: ignore[union-attr]
        [story.thing("model-version/bought").value, "bought"]
    ]
    assert all(term is None for term in rows[0][2:]), "nothing of other data strays into the row"


@pytest.mark.parametrize("text", ["1_0", "\u0661", "1.0", "1e0", "", "True"])
def test_an_integer_is_written_in_the_form_of_xml_schema(text: str) -> None:
    with pytest.raises(BadParameter, match="no whole number"):
        ask("data/reused-datasets", minimum=text)


@pytest.mark.parametrize("text", ["1_0", "0x1", "\u0661", "infinite", "true", ""])
def test_a_double_is_written_in_the_form_of_xml_schema(text: str) -> None:
    with pytest.raises(BadParameter, match="no number"):
        ask("training/models-with-parameter", value=text)


@pytest.mark.parametrize("text", ["1", "-1.5", ".5", "5.", "1e-3", "1.E+3", "INF", "-inf", "NaN"])
def test_what_xml_schema_calls_a_double_is_taken(text: str) -> None:
    assert ask("training/models-with-parameter", value=text).kind == "table"


def test_half_a_surrogate_pair_is_no_string() -> None:
    with pytest.raises(BadParameter, match="name is"):
        ask("training/models-with-parameter", value="1", name="\ud800")


def test_why_a_run_broke_off_is_never_left_empty() -> None:
    said = {
        "silent": "pvk:RunStatus-failed",
        "typed": "pvk:RunStatus-failed ; pvk:errorType 'KeyError' ; pvk:errorMessage ''",
        "stopped": "pvk:RunStatus-aborted",
        "vanished": "pvk:RunStatus-interrupted",
    }
    also = "".join(
        f"<run/{name}> a pvk:Run ; pvk:runStatus {status} ; prov:startedAtTime '2026-03-11T00:00:00Z'^^xsd:dateTime ."
        for name, status in said.items()
    )
    answer = ask("training/failed-runs", also)
    reasons = {row[0]: row[answer.columns.index("reason")] for row in answer.rows}
    assert {name: str(reasons[story.thing(f"run/{name}")]) for name in said} == {
        "silent": '"nothing was said of the error"',
        "typed": '"KeyError"',
        "stopped": '"it was stopped by its user or a signal"',
        "vanished": '"its process ended without a word: killed, crashed, or its machine stopped"',
    }


def test_a_run_that_was_broken_off_tells_its_last_step_whatever_its_machine_did() -> None:
    interrupted = "a pvk:Run ; pvk:runStatus pvk:RunStatus-interrupted ; prov:startedAtTime"
    also = (
        f"<run/killed> {interrupted} '2026-03-11T00:00:00Z'^^xsd:dateTime ."
        f"<run/still> {interrupted} '2026-03-12T00:00:00Z'^^xsd:dateTime ."
        "<series/loss> pvk:measuredIn <run/killed> ; pvk:metricKind pvk:MetricKind-loss ;"
        " pvk:hasPoint [ pvk:atStep 8 ; pvk:value 0.2e0 ] , [ pvk:atStep 7 ; pvk:value 0.1e0 ] ."
        "<series/accuracy> pvk:measuredIn <run/killed> ; pvk:metricKind pvk:MetricKind-accuracy ;"
        " pvk:hasChunk [ pvk:fromStep 0 ; pvk:toStep 1200 ] ."
        "<series/memory> pvk:measuredIn <run/killed> , <run/still> ; pvk:metricKind pvk:MetricKind-memoryUse ;"
        " pvk:hasPoint [ pvk:atStep 86400 ; pvk:value 1e9 ] ."
    )
    answer = ask("training/failed-runs", also)
    last = {row[0]: row[answer.columns.index("lastStep")] for row in answer.rows}
    packed = last[story.thing("run/killed")]
    assert str(packed).startswith('"1200"'), "packed points are points"
    assert last[story.thing("run/still")] is None, "the steps of what a machine does are seconds"


def test_a_prediction_of_unknown_data_is_told_whatever_is_known_of_its_model() -> None:
    batch = "<prediction-batch/blind> a pvk:PredictionBatch ; {}"
    made_by = "pvk:predictedBy <model-version/apple-grader-1> ; prov:wasDerivedFrom <model-version/apple-grader-1>"
    blind = ask("deployment/predictions-without-lineage", batch.format(f"{made_by} ."))
    assert [[row[0], row[3]] for row in blind.rows] == [
        [story.thing("prediction-batch/blind"), Literal("data that it predicted for")]
    ]
    seeing = batch.format(f"{made_by}, <dataset-version/apples-train-ready> .")
    assert ask("deployment/predictions-without-lineage", seeing).rows == []


def test_a_library_is_also_what_a_model_says_its_framework_is() -> None:
    framed = """
        <training-run/framed> a pvk:TrainingRun ; dct:title "framed" .
        <model-version/framed> a pvk:ModelVersion ; pvk:trainedBy <training-run/framed> ; pvk:framework "jax" .
        <seen> a pvk:MetricObservation ; pvk:metricKind pvk:MetricKind-precision ; pvk:onSplitRole pvk:SplitRole-test ;
            pvk:value 0.7e0 ; pvk:measures <model-version/framed> .
    """
    found = ask("training/best-precision", framed, implementation="jax")
    assert [row[0] for row in found.rows] == [story.thing("model-version/framed")]
    assert ask("training/best-precision", implementation="jax").rows == []


def test_an_issue_without_a_title_is_told_by_its_description_and_a_decision_about_it_by_its_reason() -> None:
    issue = """
        <data-issue/gap> a pvk:DataIssue ; pvk:affects <dataset-version/apple-readings-2> ;
            dct:description "weight is -999 in 14 rows" .
        <decision/gap> a pvk:RetirementDecision ; pvk:evidence <data-issue/gap> ; pvk:rationale "too many rows" .
    """
    (row,) = ask("compliance/known-issues", issue, model=story.thing("model-version/apple-grader-2")).rows
    assert {Literal("weight is -999 in 14 rows"), Literal("too many rows")} <= set(row)


def test_a_datasheet_holds_what_a_document_says_beside_its_title() -> None:
    document = """
        <documentation/scale> a pvk:Documentation ; pvk:documents <dataset-version/apples-train-ready> ;
            dct:title "Scale" ; dct:description "Weighed wet." .
        <documentation/bare> a pvk:Documentation ; pvk:documents <dataset-version/apples-train-ready> ;
            dct:title "Bare" .
    """
    rows = ask("compliance/datasheet", document, model=story.thing("model-version/apple-grader-2")).rows
    assert {Literal("Scale: Weighed wet."), Literal("Bare")} == {
        row[4] for row in rows if row[3] == Literal("document")
    }


def test_an_open_alert_is_told_by_its_description() -> None:
    alert = """
        <alert/one> a pvk:Alert ; dct:description "the belt stood still" ;
            pvk:detectedAt "2026-03-31T06:01:00Z"^^xsd:dateTime .
    """
    (row,) = ask("records/open-alerts", alert).rows
    assert row[2] == Literal("the belt stood still")


def test_training_data_that_is_part_of_what_was_recalled_says_so() -> None:
    recalled = """
        <dataset-version/apples-working> prov:invalidatedAtTime "2026-04-02T09:30:00Z"^^xsd:dateTime ;
            prov:wasInvalidatedBy <decision/recall> .
        <decision/recall> pvk:invalidationReason pvk:InvalidationReason-recalled .
    """
    (row,) = ask("models/training-data", recalled, model=story.thing("model-version/apple-grader-2")).rows
    assert row[-1] == vocabulary.InvalidationReason_recalled


def test_of_a_pair_that_differs_in_one_factor_the_earlier_run_comes_first() -> None:
    pair = """
        <experiment/two> a pvk:Experiment .
        <training-run/z-first> a pvk:TrainingRun ; pvk:inExperiment <experiment/two> ; dct:title "first" ;
            prov:startedAtTime "2026-03-01T08:00:00Z"^^xsd:dateTime ; pvk:parameter <setting/depth-1> .
        <training-run/a-second> a pvk:TrainingRun ; pvk:inExperiment <experiment/two> ; dct:title "second" ;
            prov:startedAtTime "2026-03-02T08:00:00Z"^^xsd:dateTime ; pvk:parameter <setting/depth-2> .
        <setting/depth-1> pvk:paramName "depth" ; pvk:paramValue 1 .
        <setting/depth-2> pvk:paramName "depth" ; pvk:paramValue 2 .
    """
    (row,) = ask("training/one-factor-pairs", pair, experiment=story.thing("experiment/two")).rows
    assert (row[2], row[5]) == (Literal("first"), Literal("second"))


UNPLANNED = """
    <training-run/one> a pvk:TrainingRun ; prov:used <cells-1> .
    <training-run/two> a pvk:TrainingRun ; prov:used <cells-2> .
    <cells-1> prov:wasGeneratedBy <scaled-1> . <cells-2> prov:wasGeneratedBy <scaled-2> .
    <scaled-1> pvk:transformationKind pvk:TransformationKind-standardization ; dct:title "scale" .
    <scaled-2> pvk:transformationKind pvk:TransformationKind-standardization ; dct:title "scale" .
"""


def test_steps_that_nobody_planned_are_the_same_where_their_kind_and_title_are() -> None:
    runs = {"a": story.thing("training-run/one"), "b": story.thing("training-run/two")}
    assert ask("preprocessing/run-differences", UNPLANNED, **runs).rows == []
    kind = "pvk:transformationKind pvk:TransformationKind-standardization ; "
    otherwise = UNPLANNED.replace(f"<scaled-2> {kind}", "<scaled-2> ")
    told_of_one = ask("preprocessing/run-differences", otherwise, **runs).rows
    assert [[cell and getattr(cell, "value", "") for cell in row] for row in told_of_one] == [
        ["step", "scale", "a", "standardization"]
    ]
