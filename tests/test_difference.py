"""In what two runs, models, datasets or environments differ is told fact by fact, and one factor alone is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.errors import BadParameter
from provkg.index import ReadIndex
from provkg.lineage import Difference, difference
from provkg.questions import Naming, all_questions, bind
from tests import company, story
from tests.commands import run, story_graph

SLOW, FAST = story.thing("training-run/sgd-slow"), story.thing("training-run/sgd-fast")


@pytest.fixture(scope="module")
def told() -> ReadIndex:
    return story.index()


def compared(index: ReadIndex, left: str, right: str) -> Difference:
    return difference(index, story.thing(left), story.thing(right), (left, right))


def changes(found: Difference, facet: str) -> dict[str, tuple[str | None, str | None]]:
    (one,) = (each for each in found.facets if each.name == facet)
    return {change.fact: (change.left, change.right) for change in one.changes}


def varied(found: Difference) -> list[str]:
    """Return the facets in which something was varied."""
    return [facet.name for facet in found.facets if facet.factors]


def stated_of(thing: NamedNode, relation: NamedNode) -> list[Triple]:
    said = (triple for record in story.records() for triple in record.triples)
    return [triple for triple in said if (triple.subject, triple.predicate) == (thing, relation)]


def changed(statement: Triple, instead: Literal | NamedNode) -> ReadIndex:
    return story.index(without=[statement], also=[Triple(statement.subject, statement.predicate, instead)])


def test_runs_that_differ_in_one_setting_are_named_as_such(told: ReadIndex) -> None:
    found = difference(told, SLOW, FAST)
    assert (found.factors, found.only_factor) == (("learning_rate",), "learning_rate")
    assert changes(found, "settings") == {"learning_rate": ("0.01", "0.1")}
    assert changes(found, "metrics")["accuracy on validation"] == ("0.87", "0.92")
    assert changes(found, "outcome") == {"seconds": ("6", "5")}
    same = {facet.name: facet.same for facet in found.facets if not facet.differs}
    assert same.keys() == {"data", "code", "seeds", "environment"}
    assert same["environment"] >= 3, "Python and the packages at least"


def test_models_are_compared_by_the_runs_that_made_them(told: ReadIndex) -> None:
    found = compared(told, "model-version/raw-grader-1", "model-version/apple-grader-3")
    assert (varied(found), found.only_factor) == (["data", "settings"], None)
    assert "training data" in found.factors
    assert changes(found, "data") == {
        "training data": ("tomas-readings@1", "apples-train-ready@1"),
        "training data: digest": ("d2" * 32, "71" * 32),
        "training data: rows": ("1240", "770"),
        "training data: columns": ("9", "4"),
        "training data: column component": (None, "float64 x 4"),
        "training data: column redness": ("float64", None),
        "training data: column weight": ("float64", None),
        "validation data": (None, "apples-validation-ready@1"),
        "validation data: digest": (None, "72" * 32),
        "validation data: rows": (None, "110"),
        "validation data: columns": (None, "4"),
    }
    assert changes(found, "itself")["parameters"] == ("45", "148")
    assert changes(found, "metrics")["accuracy on test"] == ("0.77", "0.91")


def test_datasets_are_compared_by_content_rows_and_columns(told: ReadIndex) -> None:
    found = compared(told, "dataset-version/apple-readings-1", "dataset-version/apple-readings-2")
    itself = changes(found, "itself")
    assert itself["rows"] == ("1000", "1240")
    assert not any(fact.startswith("column") for fact in itself), "both have one schema"
    assert itself["digest"][0] != itself["digest"][1]


CODE = story.thing("source-revision/4f1c")
FAST_CODE = Triple(FAST, v.usedCode, CODE)
FAST_SEED = Triple(FAST, v.parameter, story.thing("seed-setting/global-7"))
PYTHON = Triple(story.thing("software-environment/workstation"), v.pythonVersion, Literal("3.11.2"))


@pytest.mark.parametrize(
    ("factor", "without", "also", "expected"),
    [
        (
            "seeds",
            [FAST_SEED],
            [
                Triple(FAST, v.parameter, story.thing("seed-setting/other")),
                Triple(story.thing("seed-setting/other"), v.paramName, Literal("seed")),
                Triple(story.thing("seed-setting/other"), v.paramValue, Literal(8)),
                Triple(story.thing("seed-setting/other"), v.seedScope, v.SeedScope_global),
            ],
            {"seed": ("7", "8")},
        ),
        (
            "code",
            [FAST_CODE],
            [
                Triple(FAST, v.usedCode, story.thing("source-revision/new")),
                Triple(story.thing("source-revision/new"), v.commitId, Literal("ab" * 20)),
            ],
            {"commit": ("4f1c09d2a7b3e85c61d0f94e2b7a8c3d5e6f7081", "ab" * 20)},
        ),
        (
            "environment",
            [Triple(FAST, v.ranIn, story.thing("environment/workstation"))],
            [
                Triple(FAST, v.ranIn, story.thing("environment/other")),
                Triple(story.thing("environment/other"), v.hasSoftware, story.thing("software-environment/other")),
                Triple(story.thing("software-environment/other"), v.pythonVersion, Literal("3.12.1")),
            ],
            {"Python": ("3.11.2", "3.12.1")},
        ),
    ],
)
def test_each_factor_is_found_where_it_differs(
    factor: str,
    without: list[Triple],
    also: list[Triple],
    expected: dict[str, tuple[str, str]],
) -> None:
    with story.index(without=without, also=also) as index:
        found = difference(index, SLOW, FAST)
    assert varied(found) == [
        name for name in ("code", "settings", "seeds", "environment") if name in {factor, "settings"}
    ]
    assert expected.items() <= changes(found, factor).items()


def test_data_of_one_name_and_version_differ_by_their_digests() -> None:
    data = story.thing("dataset-version/apples-train-ready")
    other = story.thing("dataset-version/other")
    said = [
        *(Triple(other, relation, value) for relation, value in (
            (v.versionOf, story.thing("dataset/apples-train-ready")),
            (v.sha256, Literal("ab" * 32)),
        )),
        Triple(FAST, v.trainingData, other),
    ]  # fmt: skip
    with story.index(without=[Triple(FAST, v.trainingData, data)], also=said) as index:
        found = difference(index, SLOW, FAST)
    assert found.factors == ("training data", "learning_rate")
    assert changes(found, "data")["training data: digest"][1] == "ab" * 32


def test_steps_of_a_pipeline_count_as_settings() -> None:
    step, setting = story.thing("run/step"), story.thing("hyperparameter-setting/width")
    said = [
        Triple(step, v.partOfRun, FAST),
        Triple(step, v.dct_title, Literal("scale")),
        Triple(step, v.parameter, setting),
        Triple(setting, v.paramName, Literal("width")),
        Triple(setting, v.paramValue, Literal(3)),
    ]
    with story.index(also=said) as index:
        assert changes(difference(index, SLOW, FAST), "settings")["scale: width"] == (None, "3")


def test_environments_are_compared_by_themselves() -> None:
    other, software = story.thing("environment/other"), story.thing("software-environment/other")
    said = [
        Triple(other, v.rdf_type, v.Environment),
        Triple(other, v.hasSoftware, software),
        Triple(software, v.includesPackage, NamedNode("pkg:pypi/numpy@2.1.3")),
        Triple(software, v.pythonVersion, Literal("3.12.1")),
    ]
    with story.index(also=said) as index:
        found = difference(index, story.thing("environment/workstation"), other)
    assert varied(found) == ["environment"]
    assert changes(found, "environment")["scikit-learn"] == ("1.5.2", None)
    assert "numpy" not in changes(found, "environment")


def test_a_thing_does_not_differ_from_itself(told: ReadIndex) -> None:
    found = difference(told, FAST, FAST, ("a", "b"))
    assert (found.factors, [facet.name for facet in found.facets if facet.differs]) == ((), [])
    assert str(found).startswith("a and b: nothing that is recorded differs.\n")


def test_it_is_told_as_text_markdown_html_and_json(told: ReadIndex) -> None:
    found = difference(told, SLOW, FAST, ("slow|er", "<fast>"))
    text = str(found)
    assert text.splitlines()[0] == "slow|er and <fast>: they differ in one factor only, learning_rate."
    assert "\nsettings (1 fact differs, 1 the same)\n  learning_rate  0.01 → 0.1\n" in text
    assert text.endswith("environment (11).\n")
    rows = found.text("markdown").splitlines()
    assert (rows[2], rows[4]) == ("|  | fact | slow\\|er | <fast> |", "| settings | learning_rate | 0.01 | 0.1 |")
    document = json.loads(found.text("json"))
    assert document["onlyFactor"] == "learning_rate"
    assert document["facets"]["settings"]["changes"] == [{"fact": "learning_rate", "left": "0.01", "right": "0.1"}]
    assert cells(found.text("html"))[:8] == [
        "",
        "fact",
        "slow|er",
        "<fast>",
        "settings",
        "learning_rate",
        "0.01",
        "0.1",
    ]
    with pytest.raises(BadParameter, match="take one of text, json, markdown, html"):
        found.text("yaml")


def cells(page: str) -> list[str]:
    """Return the texts of a table's cells, as a browser reads them."""

    class Cells(HTMLParser):
        found: list[str] = []  # noqa: RUF012 - one parser, used once

        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag in {"td", "th"}:
                self.found.append("")

        def handle_data(self, data: str) -> None:
            if self.found and data.strip():
                self.found[-1] += data

    parser = Cells()
    parser.feed(page.partition("<table>")[2])
    return parser.found


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        ("model-version/apple-grader-2", "dataset-version/apple-readings-2", ("a model", "a dataset")),
        ("training-run/sgd-fast", "environment/workstation", ("a run", "an environment")),
        ("split/train", "deployment/second", ("a dataset", "a deployment")),
    ],
)
def test_things_of_different_kinds_are_refused_and_told_what_they_are(
    told: ReadIndex, left: str, right: str, kinds: tuple[str, str]
) -> None:
    with pytest.raises(BadParameter, match=f"{left} is {kinds[0]} and {right} is {kinds[1]}.*compare two of one kind"):
        compared(told, left, right)


def test_parts_and_versions_of_data_are_of_one_kind(told: ReadIndex) -> None:
    assert compared(told, "split/train", "dataset-version/apple-readings-2").facets


# --- the command


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("difference") / "kg")


def test_the_command_tells_it_and_exits_as_it_is_asked_to(kg: Path) -> None:
    done = run("diff", "sgd-slow", "sgd-fast", "--store", kg)
    assert (done.exit_code, "they differ in one factor only, learning_rate." in done.stdout) == (0, True), done.output
    assert run("diff", "sgd-slow", "sgd-fast", "--store", kg, "--exit-code").exit_code == 1
    assert run("diff", "sgd-fast", "sgd-fast", "--store", kg, "--exit-code").exit_code == 0
    told = run("diff", "raw-grader@1", "apple-grader@3", "--store", kg, "--format", "json").stdout
    assert [name for name, facet in json.loads(told)["facets"].items() if facet["factors"]] == ["data", "settings"]


def test_an_unknown_name_is_said(kg: Path) -> None:
    done = run("diff", "sgd-slwo", "sgd-fast", "--store", kg)
    assert (done.exit_code, "did you mean sgd-slow" in done.stderr) == (2, True), done.stderr


@pytest.fixture(scope="module")
def of_company() -> Iterator[ReadIndex]:
    with ReadIndex.over(company.stated(), company.FOLDER) as index:
        yield index


def of(index: ReadIndex, left: str, right: str) -> Difference:
    return difference(index, company.thing(left), company.thing(right), (left, right))


def test_pipelines_differ_in_their_steps_and_the_order_of_these(of_company: ReadIndex) -> None:
    found = of(of_company, "pipeline/scoring", "pipeline/scoring-short")
    steps = changes(found, "steps")
    assert steps["order"] == ("deduplicate, impute, join, clip, standardize, encode", "impute, standardize")
    assert steps["step clip"] == ("outlierRemoval, numpy@2.1.3", None)
    assert steps["step standardize"] == (
        "standardization, scikit-learn@1.5.2, with_mean=true",
        "standardization, scikit-learn@1.6.1",
    )
    assert "they differ in digest, order, step clip, step deduplicate, step encode and 3 more." in str(found)


def test_a_pipeline_is_the_same_as_itself(of_company: ReadIndex) -> None:
    found = of(of_company, "pipeline/scoring", "pipeline/scoring")
    assert "nothing that is recorded differs" in str(found)
    assert {facet.name: facet.same for facet in found.facets}["steps"] == 7, "six steps and their order"


@pytest.mark.parametrize(
    ("left", "right", "fact"),
    [
        ("source-revision/scoring-1", "source-revision/scoring-2", "commit"),
        ("step/clip", "step/join", "step clip"),
    ],
)
def test_commits_and_steps_differ_in_what_they_are(of_company: ReadIndex, left: str, right: str, fact: str) -> None:
    assert f"they differ in {fact}" in str(of(of_company, left, right)) or fact in changes(
        of(of_company, left, right), "steps"
    )


def test_packages_differ_in_their_version(of_company: ReadIndex) -> None:
    old, new = (NamedNode(f"pkg:pypi/scikit-learn@1.{minor}") for minor in ("5.2", "6.1"))
    assert changes(difference(of_company, old, new), "itself") == {"version": ("1.5.2", "1.6.1")}


@pytest.mark.parametrize(
    ("left", "right", "matters"),
    [
        ("pipeline/scoring", "pipeline/scoring-short", True),
        ("pipeline/scoring", "pipeline/scoring", False),
        ("dataset-version/applications-1", "dataset-version/applications-2", True),
        ("training-run/a01", "training-run/a02", True),
        ("training-run/a01", "training-run/a01", False),
        ("environment/scoring-2026-01", "environment/scoring-2026-04", True),
    ],
)
def test_what_a_build_stops_for_is_said(left: str, right: str, matters: bool, of_company: ReadIndex) -> None:
    assert of(of_company, left, right).matters is matters


def test_versions_made_alike_differ_in_themselves_and_that_is_said(of_company: ReadIndex) -> None:
    found = of(of_company, "dataset-version/applications-1", "dataset-version/applications-2")
    assert changes(found, "itself")["rows"] == ("8000", "10000")
    assert (
        "they differ in column branch, column household, columns, digest and rows; how they were made does not"
        in str(found)
    )


def plain(row: Sequence[object]) -> list[str]:
    return [str(getattr(term, "value", term)) for term in row]


def one_factor_pairs(index: ReadIndex) -> set[tuple[str, str, str]]:
    """Return the pairs that the packaged question lists of the sweep: their factor and their names."""
    question = next(each for each in all_questions() if each.path == "training/one-factor-pairs")
    asked = bind(question, {"experiment": "score-sweep"}, Naming(index).resolve)
    return {(texts[0], texts[2], texts[5]) for texts in map(plain, index.query(asked).rows)}


def test_one_factor_is_said_of_the_pairs_of_which_the_question_says_it(of_company: ReadIndex) -> None:
    runs = [f"a{number:02}" for number in range(1, 13)]
    pairs = [(one, other) for one in runs for other in runs if one < other]
    found = {(of(of_company, f"training-run/{a}", f"training-run/{b}").only_factor, a, b) for a, b in pairs}
    listed = {each for each in one_factor_pairs(of_company) if {each[1], each[2]} <= {*runs}}
    assert {each for each in found if each[0] is not None} == listed
    assert {factor for factor, _, _ in listed} == {"learning_rate", "max_depth", "training data"}


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("training-run/a01", "training-run/a04", "they differ only in settings: learning_rate and max_depth."),
        (
            "environment/scoring-2026-01",
            "environment/scoring-2026-04",
            "they differ only in environment: Python, container image, kernel and scikit-learn.",
        ),
    ],
)
def test_several_factors_of_one_facet_are_not_told_as_one(
    left: str, right: str, said: str, of_company: ReadIndex
) -> None:
    found = of(of_company, left, right)
    assert found.only_factor is None
    assert json.loads(found.text("json"))["onlyFactor"] is None
    for each in ("text", "markdown", "html"):
        assert said in found.text(each), each
        assert "one factor" not in found.text(each), each


def test_another_commit_is_one_factor_with_the_scripts_that_it_has() -> None:
    new = story.thing("source-revision/new")
    said = [
        Triple(FAST, v.usedCode, new),
        Triple(new, v.commitId, Literal("ab" * 20)),
        Triple(new, v.inRepository, story.thing("source-repository/grading")),
        *(Triple(new, each.predicate, each.object) for each in stated_of(CODE, v.isDirty)),
        Triple(new, v.sha256, Literal("cd" * 32)),
        Triple(CODE, v.sha256, Literal("ef" * 32)),
    ]
    with story.index(without=[FAST_CODE], also=said) as index:
        found = difference(index, SLOW, FAST)
    assert {"commit", "digest of the script"} <= changes(found, "code").keys()
    assert found.factors == ("commit", "learning_rate")


def test_runs_tell_on_which_versions_and_how_many_rows_they_were_trained(
    told: ReadIndex, of_company: ReadIndex
) -> None:
    same = (
        "Of both: training data apples-train-ready@1 (770 rows); validation data apples-validation-ready@1 (110 rows)."
    )
    found = difference(told, SLOW, FAST)
    assert [format_ for format_ in ("text", "markdown", "html") if same in found.text(format_)] == [
        "text",
        "markdown",
        "html",
    ]
    other = of(of_company, "training-run/a01", "training-run/a07")
    assert changes(other, "data")["training data"] == ("standard-train-ready@1", "minmax-train-ready@1")
    assert "Of both: training data of 6860 rows; validation data of 1470 rows.\n" in str(other)


def test_data_of_the_same_content_under_another_name_are_no_factor() -> None:
    data, other = story.thing("dataset-version/apples-train-ready"), story.thing("dataset-version/other")
    said = [
        Triple(other, v.dct_title, Literal("other")),
        Triple(other, v.sha256, Literal("71" * 32)),
        Triple(FAST, v.trainingData, other),
    ]
    with story.index(without=[Triple(FAST, v.trainingData, data)], also=said) as index:
        found = difference(index, SLOW, FAST)
    assert changes(found, "data")["training data"][1] == f"other@{'71' * 6}"
    assert found.only_factor == "learning_rate"


def test_of_things_of_which_nothing_is_known_no_sameness_is_claimed() -> None:
    with ReadIndex.over([], company.FOLDER) as index:
        assert "nothing is recorded of them that could be compared" in str(of(index, "a", "b"))
