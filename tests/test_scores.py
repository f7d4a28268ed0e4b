"""Completeness by project and over time: which runs and models a row counts, and that it counts each node once."""

from __future__ import annotations

import json

import pytest

from provkg.errors import BadParameter, UnknownThing
from provkg.reading import Reader
from provkg.score import Scores
from tests import story
from tests.graphs import index_of

# An open run is asked for its start and who triggered it; at minimal nothing else.
OF_AN_OPEN_RUN = 2
# A project, and an experiment, are asked for a name.
OF_A_PROJECT = 1
OF_THE_EXPERIMENT = 1 + OF_A_PROJECT
PROJECTS = """
ex:apples a pvk:Project ; dct:title "Apples" . ex:pears a pvk:Project ; dct:title "Pears" .
ex:grading a pvk:Experiment ; dct:title "Grading" ; pvk:inProject ex:apples .
"""
RUNS = """
ex:january a pvk:Run ; prov:startedAtTime "2026-01-31T23:59:00Z"^^xsd:dateTime ; pvk:triggeredBy ex:mara ;
    pvk:inExperiment ex:grading .
ex:february a pvk:Run ; prov:startedAtTime "2026-02-01T00:30:00+01:00"^^xsd:dateTime ; pvk:inExperiment ex:grading .
ex:later a pvk:Run ; prov:startedAtTime "2026-02-02T10:00:00Z"^^xsd:dateTime ; pvk:inExperiment ex:grading .
ex:pear a pvk:Run ; prov:startedAtTime "2026-02-03T10:00:00Z"^^xsd:dateTime ; pvk:inProject ex:pears .
ex:undated a pvk:Run ; pvk:triggeredBy ex:mara ; pvk:inProject ex:pears .
ex:loose a pvk:Run ; prov:startedAtTime "2026-02-03T10:00:00Z"^^xsd:dateTime ; pvk:triggeredBy ex:mara .
"""


def scores_of(*turtle: str, project: str | None = None, by: str | None = None) -> Scores:
    return Reader(index_of("\n".join(turtle))).scores(project, by, "minimal")


def test_a_row_tells_project_and_period_and_adds_up_its_runs() -> None:
    found = [(row.project, row.period, row.things, row.present) for row in scores_of(PROJECTS, RUNS, by="month")]
    # Half past midnight in Berlin on the first of February is still January in UTC. Beside its runs, each row of the
    # apples counts the name of the experiment; projects are asked for a name too.
    assert found == [
        ("Apples", "2026-01", 2, 2 + 1 + OF_THE_EXPERIMENT),
        ("Apples", "2026-02", 1, 1 + OF_THE_EXPERIMENT),
        ("Pears", "2026-02", 1, 1 + OF_A_PROJECT),
        ("Pears", None, 1, 1 + OF_A_PROJECT),
        (None, "2026-02", 1, OF_AN_OPEN_RUN),
    ]


def test_a_node_counts_once_in_a_row_however_many_runs_rest_on_it() -> None:
    (row,) = scores_of(PROJECTS, RUNS, project="Apples")
    assert (row.things, row.nodes) == (3, 5), "three runs, their experiment, its project"
    assert row.asked == 3 * OF_AN_OPEN_RUN + OF_THE_EXPERIMENT
    assert row.present == row.asked - 2, "two do not say who triggered them"


def test_periods_are_days_iso_weeks_or_months() -> None:
    periods = {by: sorted({row.period or "" for row in scores_of(PROJECTS, RUNS, by=by)}) for by in ("day", "week")}
    assert periods["day"] == ["", "2026-01-31", "2026-02-02", "2026-02-03"]
    assert periods["week"] == ["", "2026-W05", "2026-W06"]


def test_a_model_counts_by_when_it_was_made_and_in_the_project_of_the_run_that_made_it() -> None:
    model = """
    ex:model a pvk:ModelVersion ; pvk:trainedBy ex:january ; prov:generatedAtTime "2026-03-01T00:00:00Z"^^xsd:dateTime .
    """
    rows = {(row.project, row.period): row.things for row in scores_of(PROJECTS, RUNS, model, by="month")}
    assert rows["Apples", "2026-01"] == 3, "the earliest of its times is the start of its run"
    assert ("Apples", "2026-03") not in rows


def test_the_fields_that_most_nodes_lack_come_first() -> None:
    first = scores_of(PROJECTS, RUNS).missing[0]
    assert (first.kind, first.field, first.count) == ("run", "triggeredBy", 3)
    assert first.message == "A run says who triggered it (one pvk:triggeredBy)."


def test_the_score_of_all_is_that_of_each_thing_where_they_share_nothing() -> None:
    reader = Reader(index_of(RUNS.replace("pvk:inExperiment ex:grading", 'pvk:externalId "7"')))
    runs = ("january", "february", "later", "loose")
    alone = [reader.score(f"http://example.org/{name}", "minimal") for name in runs]
    row = next(row for row in reader.scores(None, None, "minimal") if row.project is None)
    assert (row.asked, row.present) == (sum(s.asked for s in alone), sum(s.present for s in alone))


def test_scores_are_text_rows_and_frames() -> None:
    scores = scores_of(PROJECTS, RUNS, by="month")
    assert scores.text().splitlines()[0].split() == [
        "project",
        "month",
        "runs",
        "and",
        "models",
        "things",
        "asked",
        "present",
        "%",
    ]
    assert [row["period"] for row in json.loads(scores.text("json"))["rows"]] == [row.period for row in scores]
    assert scores.text("csv").startswith("project,period,things,nodes,asked,present,share\nApples,2026-01,2,4,")
    assert list(scores.to_pandas()["period"][:2]) == ["2026-01", "2026-02"]
    assert "period" not in scores_of(PROJECTS, RUNS).to_pandas().columns
    assert scores._repr_html_().count("<tr>") == 1 + len(scores)


def test_an_unknown_period_project_or_format_is_wrong_use() -> None:
    with pytest.raises(BadParameter, match="'year' is no period; take one of month, week, day"):
        scores_of(PROJECTS, by="year")
    with pytest.raises(UnknownThing, match="did you mean Apples"):
        scores_of(PROJECTS, project="Aples")
    with pytest.raises(BadParameter, match="'xml' is no format of scores"):
        scores_of(PROJECTS).text("xml")


def test_a_graph_without_runs_has_no_rows() -> None:
    assert list(Reader(story.index_of_nothing()).scores(by="week")) == []
