"""A search by scikit-learn is one run with a trial for each candidate, and says which model was chosen by what."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.datasets import make_classification
from sklearn.exceptions import FitFailedWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - the import is the switch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import provkg
from provkg.records import (
    EvaluationRun,
    MetricObservation,
    ModelVersion,
    PipelineRun,
    SelectionDecision,
    TrainingRun,
    TransformationRun,
    TuningRun,
)
from tests.autologged import answers, closed, kept, said_at_last, settings
from tests.recording import Recorded, recording

Rows = tuple[Any, Any]


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("sklearn")
        yield recorded
        provkg.autolog("sklearn", disable=True)


@pytest.fixture(scope="module")
def rows() -> Rows:
    X, y = make_classification(n_samples=60, n_features=4, random_state=3)  # noqa: N806
    return X, y


def trials(recorded: Recorded) -> list[Any]:
    return [run for run in closed(recorded, TrainingRun) if ", trial " in run.title]


def measured(recorded: Recorded, run: Any, label: str | None = None) -> dict[str, float]:
    found = [each for each in closed(recorded, MetricObservation) if each.run == run.reference()]
    return {
        each.metric.value.rpartition("-")[2]: each.value
        for each in found
        if each.label == label and hasattr(each.metric, "value")
    }


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_search_is_one_run_with_a_trial_for_each_candidate(recorded: Recorded, rows: Rows, n_jobs: int) -> None:
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2, n_jobs=n_jobs).fit(*rows)
    (tuning,), tried = closed(recorded, TuningRun), trials(recorded)
    said = settings(tuning)
    assert (said["algorithm"], said["space.C"], said["cv"]) == ("GridSearchCV", "[0.1,1.0,10.0]", "2")
    assert said["best.C"] == str(search.best_params_["C"]).removesuffix(".0")
    given = [{name: settings(trial)[name] for name in ("C", "random_state")} for trial in tried]
    assert given == [{"C": c, "random_state": "None"} for c in ("0.1", "1", "10")]
    assert {trial.part_of for trial in tried} == {tuning.reference()}
    for trial, mean in zip(tried, search.cv_results_["mean_test_score"], strict=True):
        assert measured(recorded, trial)["accuracy"] == mean
    first = search.cv_results_["split1_test_score"][0]
    assert measured(recorded, tried[0], label="fold 1")["accuracy"] == first
    others = [run.title for run in closed(recorded, TrainingRun) if run not in tried]
    assert others == ["fit LogisticRegression"], "the fit of the best on all rows, and none of those to compare"


def test_the_best_model_was_chosen_by_its_score(recorded: Recorded, rows: Rows) -> None:
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring="neg_log_loss").fit(*rows)
    (model,), (choice,) = closed(recorded, ModelVersion), said_at_last(recorded, SelectionDecision)
    assert choice.selected == model.reference()
    assert choice.criterion.value.endswith("MetricKind-logLoss")
    (best,) = (trial for trial in trials(recorded) if float(settings(trial)["C"]) == search.best_params_["C"])
    assert measured(recorded, best)["logLoss"] == -search.best_score_, "as a loss, not as scikit-learn turns it around"
    with kept(recorded) as graph:
        (why,) = answers(graph, "why-selected", model="LogisticRegression")
        assert "of 2 candidates" in why["rationale"]
        assert {row["name"] for row in answers(graph, "training-data", model="LogisticRegression")} == {"train"}


def test_the_pipeline_that_was_best_has_its_steps(recorded: Recorded, rows: Rows) -> None:
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    GridSearchCV(pipeline, {"logisticregression__C": [0.1, 1.0]}, cv=2).fit(*rows)
    (whole,), (tuning,) = closed(recorded, PipelineRun), closed(recorded, TuningRun)
    assert whole.part_of == tuning.reference()
    assert [step.title for step in closed(recorded, TransformationRun)] == ["StandardScaler"]
    with kept(recorded) as graph:
        (step,) = answers(graph, "transformations", model="StandardScaler-LogisticRegression")
        assert step["title"] == "StandardScaler"


def test_a_random_search_says_its_budget_seed_and_distributions(recorded: Recorded, rows: Rows) -> None:
    space = {"C": uniform(0.5, scale=2), "fit_intercept": [True, False]}
    RandomizedSearchCV(LogisticRegression(), space, n_iter=3, cv=2, random_state=7).fit(*rows)
    (tuning,) = closed(recorded, TuningRun)
    said = settings(tuning)
    assert (said["n_iter"], said["random_state"]) == ("3", "7")
    assert said["space.C"] == "uniform(0.5, scale=2)"
    assert len(trials(recorded)) == 3


def test_several_metrics_are_all_recorded(recorded: Recorded, rows: Rows) -> None:
    scoring = ["accuracy", "neg_log_loss"]
    search = GridSearchCV(
        LogisticRegression(), {"C": [1.0]}, cv=2, scoring=scoring, refit="accuracy", return_train_score=True
    ).fit(*rows)
    (trial,) = trials(recorded)
    assert measured(recorded, trial).keys() == {"accuracy", "logLoss"}
    assert measured(recorded, trial, "fold 0")["logLoss"] == -search.cv_results_["split0_train_neg_log_loss"][0]
    with kept(recorded):
        pass


def test_candidates_that_fail_are_failed_trials(recorded: Recorded, rows: Rows) -> None:
    search = GridSearchCV(LogisticRegression(), {"solver": ["lbfgs", "no such solver"]}, cv=2)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        search.fit(*rows)
    (failed,) = (each for each in said if each.category is FitFailedWarning)
    assert "no such solver" in str(failed.message)
    assert "observing.throw" not in str(failed.message), "an error comes from where it was raised"
    assert [trial.status.value.rpartition("-")[2] for trial in trials(recorded)] == ["succeeded", "failed"]
    with kept(recorded):
        pass


def test_a_halving_search_says_what_each_candidate_was_given(recorded: Recorded, rows: Rows) -> None:
    HalvingGridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2, random_state=1, min_resources=20).fit(
        *rows
    )
    assert {settings(trial)["n_resources"] for trial in trials(recorded)} == {"20", "60"}


def test_a_search_without_a_last_fit_makes_no_model(recorded: Recorded, rows: Rows) -> None:
    GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2, refit=False).fit(*rows)
    assert closed(recorded, ModelVersion) == []
    with kept(recorded):
        pass


def test_a_search_finds_what_it_finds_without_recording(recorded: Recorded, rows: Rows) -> None:
    search = RandomizedSearchCV(LogisticRegression(), {"C": uniform(0, 4)}, n_iter=4, cv=3, random_state=3, n_jobs=2)
    one = search.fit(*rows).cv_results_
    provkg.autolog("sklearn", disable=True)
    other = search.fit(*rows).cv_results_
    assert one["params"] == other["params"]
    assert np.array_equal(one["mean_test_score"], other["mean_test_score"])


def test_a_search_at_the_end_of_a_pipeline_searches_on_what_the_steps_made(recorded: Recorded, rows: Rows) -> None:
    pipeline = make_pipeline(StandardScaler(), GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2)).fit(*rows)
    (whole,), (tuning,) = closed(recorded, PipelineRun), closed(recorded, TuningRun)
    assert tuning.part_of == whole.reference()
    pipeline.score(*rows)
    (run,), (version,) = closed(recorded, EvaluationRun), closed(recorded, ModelVersion)
    assert run.model == version.reference()
    with kept(recorded) as graph:
        (step,) = answers(graph, "transformations", model="LogisticRegression")
        assert step["title"] == "StandardScaler"
