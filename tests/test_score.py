"""The completeness score: which fields are asked of which node, which are there, and how they add up."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.errors import BadParameter, UnknownThing
from provkg.folder import LEVELS
from provkg.gate import check_data
from provkg.gate.fields import Fields
from provkg.gate.guards import alternatives, asks_for_a_field
from provkg.gate.shapes import SHAPES_NAMESPACE, Shapes
from provkg.reading import Reader
from provkg.resources import SHAPES
from provkg.score import Score
from provkg.score.badge import COLOURS, badge, colour
from tests import story
from tests.graphs import PREFIXES, index_of

EXAMPLES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
# What a succeeded training run is asked for at standard, counted in shapes/run.ttl and shapes/training.ttl: of a run
# its start, who triggered, executed and answers for it (4); of a training run its data, model, hyper-parameters,
# configuration, seed, code, entry point, environment, experiment, validation data and metrics (11).
OF_A_RUN, OF_A_TRAINING_RUN = 4, 11
# Of these, what is asked whatever became of the run: code, entry point, environment, experiment.
WHATEVER_BECAME_OF_IT = 4
RUN = """
ex:run a pvk:TrainingRun ; dct:title "nightly" ;
    prov:startedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime ;
    pvk:triggeredBy ex:mara ; pvk:responsibleAgent ex:mara ;
    pvk:trainingData ex:train ; pvk:validationData ex:validation ; pvk:parameter ex:rate ;
    pvk:configuredBy ex:configuration ; pvk:usedCode ex:code ; pvk:ranIn ex:environment ; pvk:inExperiment ex:tests .
"""
SUCCEEDED = 'ex:run prov:endedAtTime "2026-03-01T09:05:00Z"^^xsd:dateTime ; pvk:runStatus pvk:RunStatus-succeeded .'
FAILED = 'ex:run prov:endedAtTime "2026-03-01T09:05:00Z"^^xsd:dateTime ; pvk:runStatus pvk:RunStatus-failed .'
# A numeric hyper-parameter is asked for its name, its value and its numeric value.
RATE = 'ex:rate a pvk:HyperparameterSetting ; pvk:paramName "rate" ; pvk:paramValue 0.1 ; pvk:numericValue 1.0e-1 .'
OF_A_PARAMETER = 3
# They came out of the run: the run is asked whether they are there, but does not rest on them.
OUTCOME = (
    "ex:model a pvk:ModelVersion ; pvk:trainedBy ex:run . ex:accuracy a pvk:MetricObservation ; pvk:measuredIn ex:run ."
)
THREE_MISSING = {
    "executedBy": "ex:run pvk:executedBy ex:trainer .",
    "entryPoint": 'ex:run pvk:entryPoint "train.py" .',
    "seed": "ex:run pvk:parameter ex:seed .",
}


def score_of(*turtle: str, thing: str = "http://example.org/run", level: str = "standard") -> Score:
    return Reader(index_of("\n".join(turtle))).score(thing, level)


@pytest.fixture(scope="module")
def told() -> Reader:
    return Reader(story.index())


def test_a_training_run_that_lacks_three_fields_has_all_points_but_three() -> None:
    score = score_of(RUN, SUCCEEDED, RATE, OUTCOME)
    assert (score.asked, score.present) == (OF_A_RUN + OF_A_TRAINING_RUN + OF_A_PARAMETER, 15)
    assert {missing.field for missing in score.missing} == THREE_MISSING.keys()
    assert [(node.name, node.asked, node.present) for node in score.nodes] == [("nightly", 15, 12), ("rate", 3, 3)]
    assert score.share == 15 / 18
    assert score.percent == 83, "rounded down: only what is complete has 100"


def test_a_missing_field_says_what_why_where_and_who() -> None:
    score = score_of(RUN, SUCCEEDED, RATE, OUTCOME, 'ex:mara a prov:Person ; foaf:name "Mara" ; dct:identifier "m" .')
    missing = next(each for each in score if each.field == "entryPoint")
    assert missing.message == "A training run names its entry point (pvk:entryPoint)."
    assert missing.why == "One revision holds many programs."
    assert (missing.kind, missing.name, missing.node) == ("training run", "nightly", "http://example.org/run")
    assert (missing.who, missing.level) == ("Mara", "standard")


@pytest.mark.parametrize("field", THREE_MISSING)
def test_each_field_that_is_added_is_one_point_more(field: str) -> None:
    before, after = (score_of(RUN, SUCCEEDED, RATE, OUTCOME, added) for added in ("", THREE_MISSING[field]))
    assert (after.asked, after.present) == (before.asked, before.present + 1)


def test_with_every_field_the_score_is_complete() -> None:
    score = score_of(RUN, SUCCEEDED, RATE, OUTCOME, *THREE_MISSING.values())
    assert (score.complete, score.share, score.percent) == (True, 1.0, 100)


def test_an_open_run_is_not_asked_for_what_it_will_have_used_and_made() -> None:
    score = score_of(RUN, RATE)
    assert score.asked == OF_A_RUN + WHATEVER_BECAME_OF_IT + OF_A_PARAMETER
    assert {missing.field for missing in score} == {"executedBy", "entryPoint"}


def test_a_failed_run_is_asked_for_its_error_instead_of_its_outputs() -> None:
    score = score_of(RUN, FAILED, RATE)
    assert score.asked == OF_A_RUN + WHATEVER_BECAME_OF_IT + 2 + OF_A_PARAMETER
    assert {missing.field for missing in score} == {"executedBy", "entryPoint", "errorType", "errorMessage"}


def test_what_is_declared_absent_counts_as_said() -> None:
    score = score_of(RUN, SUCCEEDED, RATE, OUTCOME, "ex:run pvk:declaredAbsent pvk:entryPoint .")
    assert (score.asked, score.present) == (18, 16)


def test_that_a_condition_is_absent_is_no_answer() -> None:
    # Stratified by what? That the strategy is declared absent beside it does not say.
    said = "ex:set a pvk:SplitSet ; pvk:splitStrategy pvk:SplitStrategy-stratified ."
    denied = "ex:set pvk:declaredAbsent pvk:splitStrategy ."
    fields = {missing.field for missing in score_of(said, denied, thing="http://example.org/set")}
    assert "stratifiedBy" in fields


def test_a_lower_level_asks_for_less_of_the_same() -> None:
    scores = [score_of(RUN, SUCCEEDED, RATE, OUTCOME, level=level) for level in LEVELS]
    asked = [score.asked for score in scores]
    assert asked == sorted(set(asked))
    missing = [{each.field for each in score} for score in scores]
    assert missing[0] < missing[1] < missing[2]


def test_a_made_dataset_is_not_asked_for_the_licence_that_its_source_has() -> None:
    made = "ex:d a pvk:DatasetVersion ; prov:wasGeneratedBy ex:run ."
    bought = "ex:d a pvk:DatasetVersion ; pvk:obtainedFrom ex:shop ."
    asked, dataset = Fields("standard"), NamedNode("http://example.org/d")
    answered = [
        asked.answered(closed(quad.triple for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE)), [dataset])[
            dataset
        ]
        for text in (made, bought)
    ]
    assert ["license" in {field.name for field in each.asked} for each in answered] == [False, True]


def test_the_score_walks_to_what_the_thing_rests_on_and_not_to_what_was_measured_beside_it(told: Reader) -> None:
    reached = {node.name for node in told.score("apple-grader@2").nodes}
    assert {"apple-readings@2", "sgd-fast", "numpy@2.1.3", "Mara Lind", "learning_rate"} <= reached
    assert not {name for name in reached if name.startswith("apples-test")}, "the test data taught it nothing"


@pytest.mark.parametrize("level", LEVELS)
def test_a_field_is_missing_exactly_where_a_check_of_the_whole_graph_finds_it_missing(level: str) -> None:
    triples = Reader(story.index()).triples()
    nodes = {triple.subject for triple in triples if isinstance(triple.subject, NamedNode)}
    answered = Fields(level).answered(triples, nodes)
    missing = {(node.value, field.shape) for node, each in answered.items() for field in each.missing}
    found = {(p.focus, p.shape) for p in check_data(triples, level).problems if p.shape.endswith("-presence")}
    assert missing == found
    assert len(nodes) > 150


def test_every_example_of_a_missing_field_lacks_it_and_every_other_has_what_it_is_asked_for() -> None:
    fields, seen = Fields("audit"), 0
    for file in EXAMPLES:
        triples = closed(quad.triple for quad in parse(path=str(file)))
        nodes = {triple.subject for triple in triples if isinstance(triple.subject, NamedNode)}
        answered = fields.answered(triples, nodes)
        missing = {(node.value, field.shape) for node, each in answered.items() for field in each.missing}
        found = {(p.focus, p.shape) for p in check_data(triples, "audit").problems if p.shape.endswith("-presence")}
        assert missing == found, file
        assert all(set(each.missing) <= set(each.asked) for each in answered.values()), file
        seen += len(missing)
    assert seen > 150


def test_every_constraint_of_presence_offers_an_answer() -> None:
    shapes = Shapes.read(sorted(SHAPES.glob("*.ttl")))
    asking = [shape for shape in shapes.constraints if asks_for_a_field(shapes, shape)]
    conditional = [shape for shape in asking if shapes.value(shape, vocabulary.sh_path) is None]
    assert len(conditional) > 30
    for shape in conditional:
        assert alternatives(shapes, shape).answers, shape
    assert {shape.value.removeprefix(SHAPES_NAMESPACE).rpartition("-")[2] for shape in asking} == {"presence"}


def test_a_table_of_a_score_becomes_a_frame_or_a_page(told: Reader) -> None:
    score = told.score("apple-grader@2", "audit")
    assert list(score.to_pandas()["field"]) == [missing.field for missing in score]
    assert score.to_pandas("kinds")["asked"].sum() == score.asked
    assert score.to_pandas("nodes")["present"].sum() == score.present
    html = score._repr_html_()
    assert "<svg" in html
    assert html.count("<tr>") == 1 + len(score)
    with pytest.raises(BadParameter, match="'fields' is no table of a score; take one of missing, nodes, kinds"):
        score.to_pandas("fields")


def test_the_text_of_a_score_gives_the_figure_first_and_each_sentence_once() -> None:
    text = score_of(RUN, SUCCEEDED, RATE, OUTCOME).text()
    assert text.startswith("nightly: 83 % at standard (15 of 18 fields)\n")
    assert text.count("A training run names its entry point (pvk:entryPoint).") == 1
    assert re.search(r"^training run +1 +15 +12 +80$", text, re.MULTILINE)


def test_the_json_of_a_score_holds_figures_and_tables() -> None:
    said = json.loads(score_of(RUN, SUCCEEDED, RATE, OUTCOME).text("json"))
    assert (said["asked"], said["present"], said["level"]) == (18, 15, "standard")
    assert [row["kind"] for row in said["kinds"]] == ["training run", "hyperparameter setting"]
    assert len(said["missing"]) == 3


def test_an_unknown_thing_level_or_format_is_wrong_use(told: Reader) -> None:
    with pytest.raises(UnknownThing, match="did you mean apple-grader"):
        told.score("aple-grader")
    with pytest.raises(BadParameter, match="'all' is no level"):
        told.score("apple-grader@2", "all")
    with pytest.raises(BadParameter, match="'xml' is no format of a score; take one of text, json, csv, badge"):
        told.score("apple-grader@2").text("xml")


def test_a_badge_is_well_formed_escaped_and_says_in_words_what_it_shows() -> None:
    title = 'a <b> & "c" \x00'
    root = ET.fromstring(badge("provenance <1> & more", 83, title))  # noqa: S314  # our own text
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'a <b> & "c" \ufffd'
    assert root.findtext("{http://www.w3.org/2000/svg}title") == 'a <b> & "c" \ufffd'
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["provenance <1> & more", "83 %"]


def test_only_what_is_complete_has_a_green_badge() -> None:
    assert [colour(percent) for percent in (100, 99, 0)] == [COLOURS[0][1], COLOURS[1][1], COLOURS[-1][1]]


@pytest.mark.parametrize("shade", [shade for _, shade in COLOURS])
def test_white_text_can_be_read_on_every_colour(shade: str) -> None:
    assert 1.05 / (luminance(shade) + 0.05) >= 4.5


def luminance(shade: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, definitions)."""
    parts = [int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
