"""The questions about a model go on at a copy where nobody said what data was made from, as its lineage does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from provkg import vocabulary as v
from provkg.index import Answer, ReadIndex
from provkg.questions import Naming, all_questions, bind
from tests import story

QUESTIONS = {question.path: question for question in all_questions()}
PREFIXES = f"@base <{story.BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in v.NAMESPACES.items())
APART = f"""
    # One script kept a split in a file; another, much later, read it, made features of it and trained on these.
    <dataset-version/read> a pvk:DatasetVersion ; dct:title "read" ; pvk:sha256 "{"51" * 32}" .
    <transformation-run/widen> a pvk:TransformationRun ; dct:title "widen" ; prov:used <dataset-version/read> ;
        pvk:transformationKind pvk:TransformationKind-featureExtraction ;
        prov:startedAtTime "2026-05-01T08:00:00Z"^^xsd:dateTime .
    <dataset-version/wide> a pvk:DatasetVersion ; dct:title "wide" ; prov:wasDerivedFrom <dataset-version/read> ;
        prov:wasGeneratedBy <transformation-run/widen> .
    <training-run/late> a pvk:TrainingRun ; pvk:trainingData <dataset-version/wide> ;
        pvk:inExperiment <experiment/late> .
    <experiment/late> a pvk:Experiment .
    <model-version/late> a pvk:ModelVersion ; pvk:trainedBy <training-run/late> ; pvk:trainedOn <dataset-version/wide> .
    <late-accuracy> a pvk:MetricObservation ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:value 0.9e0 ;
        pvk:onSplitRole pvk:SplitRole-test ; pvk:measures <model-version/late> .
    <late-loss> a pvk:MetricSeries ; pvk:metricKind pvk:MetricKind-loss ; pvk:onSplitRole pvk:SplitRole-train ;
        pvk:lastValue 1e-9 ; pvk:measuredIn <training-run/late> .
    <late-answer> a pvk:Prediction ; pvk:predictedBy <model-version/late> .
    <training-run/late> pvk:parameter <late-rate> .
    <late-rate> a pvk:ParameterSetting ; pvk:paramName "rate" ; pvk:paramValue 0.1 .
"""


def told(turtle: str) -> ReadIndex:
    return story.index(also=[quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)])


def ask(index: ReadIndex, path: str, thing: str) -> Answer:
    (parameter,) = (each.name for each in QUESTIONS[path].params if not each.optional)
    return index.query(bind(QUESTIONS[path], {parameter: story.thing(thing)}, Naming(index).resolve))


def local(terms: Iterable[object]) -> set[str]:
    return {term.value.removeprefix(story.BASE) for term in terms if isinstance(term, NamedNode)}


def steps(index: ReadIndex, model: str) -> list[tuple[int, str]]:
    rows = ask(index, "models/transformations", model).rows
    return [(int(str(getattr(row[0], "value", 0))), str(getattr(row[2], "value", ""))) for row in rows]


BEHIND = {
    "data/datasets-behind-model": ("model-version/late", 0, {"split/train", "dataset-version/apple-readings-2"}),
    "data/splits-behind-model": ("model-version/late", 1, {"split/train", "split/validation", "split/test"}),
    "models/training-data": ("model-version/late", 5, {"split/train"}),
    "deployment/training-slice-of-prediction": ("late-answer", 5, {"split/train"}),
    "training/data-of-best-test-run": ("experiment/late", 3, {"split/train", "dataset-version/read"}),
    "training/least-loss-on-data": ("dataset-version/apple-readings-2", 0, {"model-version/late"}),
}


@pytest.mark.parametrize("path", BEHIND)
def test_questions_go_on_at_a_copy_where_nobody_said_what_data_was_made_from(path: str) -> None:
    thing, column, expected = BEHIND[path]
    with told(APART) as index:
        assert expected <= local(row[column] for row in ask(index, path, thing).rows)


def test_steps_on_both_sides_of_a_copy_stand_in_one_order() -> None:
    before = ["drop repeated readings", "drop incomplete readings", "keep the last crate apart"]
    with told(APART) as index:
        assert steps(index, "model-version/late") == list(enumerate([*before, "widen"], start=1))


def test_the_process_of_a_model_holds_the_runs_before_a_copy() -> None:
    runs = {"transformation-run/widen", "training-run/late", "split-run/apples", "transformation-run/deduplicate"}
    with told(APART) as index:
        assert runs <= local(
            t.subject for t in ask(index, "lineage/process-behind-model", "model-version/late").triples
        )


def test_content_that_came_back_puts_no_step_before_itself() -> None:
    """The first data says of no origin, and has the content of what was spoilt and mended: the way back is a ring."""
    ring = f"""
        <ring/first> a pvk:DatasetVersion ; pvk:sha256 "{"1f" * 32}" .
        <ring/spoilt> a pvk:DatasetVersion ; prov:wasDerivedFrom <ring/first> ; prov:wasGeneratedBy <ring/spoil> .
        <ring/mended> a pvk:DatasetVersion ; pvk:sha256 "{"1f" * 32}" ;
            prov:wasDerivedFrom <ring/spoilt> ; prov:wasGeneratedBy <ring/mend> .
        <ring/spoil> a pvk:TransformationRun ; dct:title "spoil" ; prov:used <ring/first> ;
            pvk:transformationKind pvk:TransformationKind-defectInjection ;
            prov:startedAtTime "2026-05-01T08:00:00Z"^^xsd:dateTime .
        <ring/mend> a pvk:TransformationRun ; dct:title "mend" ; prov:used <ring/spoilt> ;
            pvk:transformationKind pvk:TransformationKind-filtering ;
            prov:startedAtTime "2026-05-01T09:00:00Z"^^xsd:dateTime .
        <ring/model> a pvk:ModelVersion ; pvk:trainedOn <ring/mended> .
    """
    with told(ring) as index:
        assert steps(index, "ring/model") == [(1, "spoil"), (2, "mend")]


def test_a_chain_that_says_where_it_began_is_told_alone() -> None:
    """What somebody else made of the same content, in steps of their own, is no part of how this model was made."""
    again = f"""
        <dataset-version/again> a pvk:DatasetVersion ; pvk:sha256 "{"d4" * 32}" ;
            prov:wasDerivedFrom <dataset-version/apple-readings-1> ; prov:wasGeneratedBy <transformation-run/again> .
        <transformation-run/again> a pvk:TransformationRun ; pvk:transformationKind pvk:TransformationKind-filtering .
    """
    with story.index() as alone, told(again) as index:
        assert steps(index, "model-version/apple-grader-2") == steps(alone, "model-version/apple-grader-2") != []


def test_a_model_behind_a_copy_counts_as_trained_on_reused_data() -> None:
    def models(index: ReadIndex) -> dict[str, int]:
        rows = index.query(bind(QUESTIONS["data/reused-datasets"], {"minimum": 1}, Naming(index).resolve)).rows
        return {each: int(str(getattr(row[2], "value", 0))) for row in rows for each in local([row[3]])}

    before, after = models(story.index()), models(told(APART))
    assert after["dataset-version/apple-readings-2"] == before["dataset-version/apple-readings-2"] + 1
