"""Scores of models that are known become evaluations on the data that they were taken on."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, mean_squared_error, roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import provkg
from provkg.records import (
    EvaluationRun,
    InferenceRun,
    ModelVersion,
    PredictionBatch,
    Run,
    Split,
    TrainingRun,
)
from tests.autologged import answers, closed, kept, settings
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


def measured(graph: Any) -> dict[str, tuple[float, str]]:
    """Return value and role of every metric in the graph, by name."""
    asked = graph.query(
        "PREFIX pvk: <https://w3id.org/provkg#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "SELECT ?name ?value ?role WHERE { ?run a pvk:EvaluationRun . ?m pvk:measuredIn ?run ; pvk:metricKind ?kind ; "
        "pvk:value ?value . BIND(REPLACE(STR(?kind), '.*[-/]', '') AS ?name) OPTIONAL { ?m pvk:onSplitRole ?role } }"
    )
    return {
        row[0].value: (float(row[1].value), row[2].value.rpartition("-")[2] if row[2] else "") for row in asked.rows
    }


def test_a_score_is_an_evaluation_on_the_part_it_was_taken_on(recorded: Recorded, rows: Rows) -> None:
    X_train, X_test, y_train, y_test = train_test_split(*rows, random_state=3)  # noqa: N806
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
    score = model.score(X_test, y_test)
    (run,), (version,) = closed(recorded, EvaluationRun), closed(recorded, ModelVersion)
    (test,) = (part for part in closed(recorded, Split) if part.role.value.endswith("test"))
    assert (run.model, run.data) == (version.reference(), (test.reference(),))
    with kept(recorded) as graph:
        assert measured(graph) == {"accuracy": (score, "test")}
        (best,) = answers(graph, "best-test-accuracy")[:1]
        assert best["name"] == "StandardScaler-LogisticRegression"


def test_metrics_of_predictions_are_evaluations_of_who_predicted(recorded: Recorded, rows: Rows) -> None:
    X_train, X_test, y_train, y_test = train_test_split(*rows, random_state=3)  # noqa: N806
    scaler = StandardScaler().fit(X_train)
    model = LogisticRegression().fit(scaler.transform(X_train), y_train)
    predicted = model.predict(scaler.transform(X_test))
    expected = {
        "accuracy": (accuracy_score(y_test, predicted), "test"),
        "f1_macro": (f1_score(y_test, predicted, average="macro"), "test"),
        "rocAuc": (roc_auc_score(y_test, model.predict_proba(scaler.transform(X_test))[:, 1]), "test"),
    }
    with kept(recorded) as graph:
        found = measured(graph)
        assert found["accuracy"] == expected["accuracy"]
        assert found["rocAuc"] == expected["rocAuc"]
        assert len(found) == 3


def test_values_that_no_known_model_predicted_are_no_evaluation(recorded: Recorded, rows: Rows) -> None:
    assert accuracy_score(rows[1], rows[1]) == 1.0
    LogisticRegression().fit(*rows)
    assert closed(recorded, EvaluationRun) == []


def test_a_score_of_a_search_is_one_of_the_best_model(recorded: Recorded, rows: Rows) -> None:
    search = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2, scoring="neg_log_loss").fit(*rows)
    search.score(*rows)
    (run,), (version,) = closed(recorded, EvaluationRun), closed(recorded, ModelVersion)
    assert run.model == version.reference()
    with kept(recorded) as graph:
        assert measured(graph)["logLoss"][0] == -search.score(*rows)


def test_a_regression_is_scored_by_its_own_metrics(recorded: Recorded) -> None:
    X, y = make_regression(n_samples=30, n_features=3, noise=1.0, random_state=3)  # noqa: N806
    model = LinearRegression().fit(X, y)
    r2, mse = model.score(X, y), mean_squared_error(y, model.predict(X))
    with kept(recorded) as graph:
        assert {name: value for name, (value, _) in measured(graph).items()} == {"r2": r2, "mse": mse}


def test_a_score_in_an_evaluation_of_the_users_is_theirs_to_tell(recorded: Recorded, rows: Rows) -> None:
    X, y = rows  # noqa: N806
    data = provkg.dataset("digits", X, source="https://example.org/digits")
    with provkg.training("mine", data=data) as run:
        model = run.model("mine", LogisticRegression().fit(X, y))
    with provkg.evaluation(model, data=data) as evaluation:
        evaluation.metric("accuracy", model.object.score(X, y))
    assert len(closed(recorded, EvaluationRun)) == 1
    model.object.score(X, y)
    assert len(closed(recorded, EvaluationRun)) == 2, "a model of the user's is known by its object"


def test_a_cross_validation_is_one_run_with_the_scores_of_its_folds(recorded: Recorded, rows: Rows) -> None:
    scores = cross_val_score(LogisticRegression(C=0.5), *rows, cv=3)
    (run,) = (run for run in closed(recorded, Run) if run.title == "cross-validate LogisticRegression")
    assert (settings(run)["C"], settings(run)["cv"]) == ("0.5", "3")
    assert closed(recorded, TrainingRun) == [], "no run for each fold"
    with kept(recorded) as graph:
        asked = graph.query(
            "PREFIX pvk: <https://w3id.org/provkg#> SELECT ?label ?value WHERE { ?m pvk:metricKind "
            "pvk:MetricKind-accuracy ; pvk:value ?value . OPTIONAL { ?m pvk:forLabel ?label } } ORDER BY ?label"
        )
        found = [float(getattr(row[1], "value", "nan")) for row in asked.rows]
        assert found == pytest.approx([scores.mean(), *scores])


def test_a_cross_validation_with_several_metrics_is_as_without_recording(recorded: Recorded, rows: Rows) -> None:
    given = {"cv": 2, "scoring": ["accuracy", "neg_log_loss"], "return_train_score": True}
    one = cross_validate(LogisticRegression(), *rows, **given)
    provkg.autolog("sklearn", disable=True)
    other = cross_validate(LogisticRegression(), *rows, **given)
    assert all(np.array_equal(one[name], other[name]) for name in one if "time" not in name)
    with kept(recorded):
        pass


def test_predictions_are_recorded_only_where_the_user_asked(recorded: Recorded, rows: Rows) -> None:
    X, y = rows  # noqa: N806
    LogisticRegression().fit(X, y).predict(X)
    assert closed(recorded, InferenceRun) == []
    provkg.autolog("sklearn", disable=True)
    provkg.autolog("sklearn", predictions=True)
    model = LogisticRegression().fit(X, y)
    model.predict(X)
    (batch,) = closed(recorded, PredictionBatch)
    assert batch.record_count == 60
    with kept(recorded):
        pass
