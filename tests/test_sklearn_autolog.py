"""What scikit-learn's estimators do is recorded by one line, and done as without it."""

from __future__ import annotations

import pickle
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import provkg
from provkg.capture import CaptureWarning
from provkg.records import DatasetVersion, ModelVersion, Pipeline, PipelineRun, TrainingRun, TransformationRun
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


def test_a_fit_is_a_training_with_parameters_data_and_model(recorded: Recorded, rows: Rows) -> None:
    X, y = rows  # noqa: N806 - what people call them
    LogisticRegression(C=0.5, random_state=7).fit(X, y)
    (run,) = closed(recorded, TrainingRun)
    said = settings(run)
    assert run.title == "fit LogisticRegression"
    assert (said["C"], said["random_state"]) == ("0.5", "7")
    (data,) = said_at_last(recorded, DatasetVersion)
    assert data.dataset.name == "X", "the name of the user's variable"
    assert data.record_count == 60
    assert run.training_data == (data.reference(),)
    (model,) = closed(recorded, ModelVersion)
    assert (model.model.name, model.framework, model.parameter_count) == ("LogisticRegression", "scikit-learn", 5)
    assert model.trained_on == (data.reference(),)
    assert [library.name for library in run.libraries] == ["scikit-learn"]


def test_a_fit_that_fails_raises_its_own_error_and_is_recorded_as_failed(recorded: Recorded) -> None:
    with pytest.raises(ValueError, match="solver needs samples of at least 2 classes"):
        LogisticRegression().fit(np.ones((4, 2)), np.ones(4))
    (run,) = closed(recorded, TrainingRun)
    assert run.error_type == "ValueError"


def test_results_are_those_without_recording(rows: Rows) -> None:
    X, y = rows  # noqa: N806
    pipeline = make_pipeline(StandardScaler(), BaggingClassifier(LogisticRegression(), random_state=5))
    recorded = clone(pipeline).fit(X, y)
    provkg.autolog("sklearn", disable=True)
    alone = clone(pipeline).fit(X, y)
    assert np.array_equal(recorded.predict_proba(X), alone.predict_proba(X))
    assert pickle.dumps(recorded[0]) == pickle.dumps(alone[0]), "nothing of ours is in an estimator"


def test_a_pipeline_is_its_steps_in_order_and_the_training_at_their_end(recorded: Recorded) -> None:
    frame = pd.DataFrame({"age": [1.0, 2.0, 3.0, 4.0], "pay": [4.0, 3.0, 2.0, 1.0]})
    pipeline = make_pipeline(StandardScaler(), MinMaxScaler(feature_range=(0, 2)), LogisticRegression(C=0.5))
    pipeline.fit(frame, [0, 1, 0, 1])
    (whole,) = closed(recorded, PipelineRun)
    steps, (training,) = closed(recorded, TransformationRun), closed(recorded, TrainingRun)
    named = "StandardScaler-MinMaxScaler-LogisticRegression"
    assert whole.title == f"fit {named}"
    assert [step.title for step in steps] == ["StandardScaler", "MinMaxScaler"]
    assert {run.part_of for run in (*steps, training)} == {whole.reference()}
    assert settings(steps[1])["feature_range"] == "[0,2]"
    columns = r'["age","pay"]'.replace('"', r"\"")
    assert settings(steps[0])["columns_in"] == settings(steps[0])["columns_out"] == columns
    assert steps[1].fits_on == steps[1].used, "each step is fitted on what the one before it made"
    assert len(closed(recorded, ModelVersion)) == 1
    assert isinstance(whole.plan, Pipeline)
    assert [step.title for step in whole.plan.steps if not isinstance(step, str)] == [  # type: ignore[union-attr]
        "StandardScaler",
        "MinMaxScaler",
        "fit LogisticRegression",
    ]
    with kept(recorded) as graph:
        executed = answers(graph, "executions-of-pipeline", pipeline=f"pipeline {named}")
        assert [(row["name"], row["title"]) for row in executed] == [
            ("StandardScaler", "StandardScaler"),
            ("MinMaxScaler", "MinMaxScaler"),
            ("fit LogisticRegression", "fit LogisticRegression"),
        ], "the training carries out the last step"
        asked = answers(graph, "transformations", model=named)
        assert [(row["position"], row["title"]) for row in asked] == [("1", "StandardScaler"), ("2", "MinMaxScaler")]
        (data,) = answers(graph, "training-data", model=named)
        assert data["name"] == "frame-StandardScaler-MinMaxScaler"
        assert "frame@" in str(graph.lineage(named))


def test_a_transformer_alone_is_a_step_that_says_what_it_was_fitted_on(recorded: Recorded, rows: Rows) -> None:
    X, y = rows  # noqa: N806
    train, test = X[:40].copy(), X[40:].copy()
    scaler = StandardScaler().fit(train)
    assert closed(recorded, TransformationRun) == [], "a fit alone makes no data"
    model = LogisticRegression().fit(scaler.transform(train), y[:40])
    model.predict(scaler.transform(test))
    first, second = closed(recorded, TransformationRun)
    assert first.fits_on == second.fits_on == first.used
    assert second.used != first.used
    with kept(recorded) as graph:
        (step,) = answers(graph, "transformations", model="LogisticRegression")
        assert (step["title"], step["fittedOn"]) == ("StandardScaler", "train")


@pytest.mark.parametrize(
    "model",
    [
        BaggingClassifier(LogisticRegression(), n_estimators=3, n_jobs=2),
        VotingClassifier([("a", LogisticRegression()), ("b", GaussianNB())], n_jobs=2),
        StackingClassifier([("a", LogisticRegression()), ("b", make_pipeline(StandardScaler(), GaussianNB()))], cv=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_what_a_model_fits_within_itself_is_part_of_its_own_fit(recorded: Recorded, rows: Rows, model: Any) -> None:
    clone(model).fit(*rows)
    (run,) = closed(recorded, TrainingRun)
    assert run.title == f"fit {type(model).__name__}"
    assert any(name.endswith("C") for name in settings(run)), "the parameters of what it is composed of"
    assert len(closed(recorded, ModelVersion)) == 1
    assert closed(recorded, TransformationRun) == []


def test_an_estimator_of_the_users_own_is_recorded_too(recorded: Recorded, rows: Rows) -> None:
    class Majority(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
        def __init__(self, floor: float = 0.5) -> None:
            self.floor = floor

        def fit(self, X: Any, y: Any) -> Majority:  # noqa: N803
            LogisticRegression().fit(X, y)
            self.most_ = y.mean() > self.floor
            return self

        def predict(self, X: Any) -> Any:  # noqa: N803
            return np.full(len(X), self.most_)

    Majority(floor=0.25).fit(*rows)
    (run,) = closed(recorded, TrainingRun)
    assert (run.title, settings(run)["floor"]) == ("fit Majority", "0.25")


def test_partial_fits_go_on_from_each_other(recorded: Recorded, rows: Rows) -> None:
    X, y = rows  # noqa: N806
    model = SGDClassifier(random_state=1)
    for start in (0, 30):
        model.partial_fit(X[start : start + 30].copy(), y[start : start + 30], classes=[0, 1])
    first, second = closed(recorded, TrainingRun)
    made, _ = closed(recorded, ModelVersion)
    assert (first.initialized_from, second.initialized_from) == (None, made.reference())
    assert first.training_data != second.training_data


def test_partial_fits_beyond_a_hundred_are_said_not_to_be_recorded(recorded: Recorded) -> None:
    model = SGDClassifier()
    for _ in range(100):
        model.partial_fit(np.ones((2, 1)), [0, 1], classes=[0, 1])
    with pytest.warns(CaptureWarning, match="only the first 100 partial fits of a SGDClassifier are recorded"):
        model.partial_fit(np.ones((2, 1)), [0, 1], classes=[0, 1])
    assert len(closed(recorded, TrainingRun)) == 100


def test_a_fit_in_a_training_of_the_users_tells_only_what_they_did_not(recorded: Recorded, rows: Rows) -> None:
    X, y = rows  # noqa: N806
    data = provkg.dataset("digits", X, source="https://example.org/digits")
    with provkg.training("mine", data=data, params={"C": 3.0}) as run:
        run.model("mine", make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=50)).fit(X, y))
    (training,) = closed(recorded, TrainingRun)
    assert (settings(training)["C"], settings(training)["max_iter"]) == ("3", "50")
    (model,) = closed(recorded, ModelVersion)
    assert model.model.name == "mine"
    with kept(recorded):
        pass


def test_clones_and_pickles_are_fitted_as_before(recorded: Recorded, rows: Rows) -> None:
    copy = pickle.loads(pickle.dumps(clone(LogisticRegression(C=0.25))))  # noqa: S301 - our own
    assert isinstance(copy, LogisticRegression)
    assert copy.fit(*rows).C == 0.25
    assert len(closed(recorded, TrainingRun)) == 1


def test_what_is_let_go_records_nothing(recorded: Recorded, rows: Rows) -> None:
    provkg.autolog("sklearn", disable=True)
    make_pipeline(StandardScaler(), LogisticRegression()).fit(*rows)
    assert not (recorded.store / "spool").exists()
    assert not hasattr(LogisticRegression.fit, "__provkg__")


def test_a_warning_of_ours_is_about_the_users_line(rows: Rows) -> None:
    class Unstorable(LogisticRegression):  # type: ignore[misc]
        def __reduce__(self) -> str:
            raise TypeError("cannot be stored")

    pipeline = make_pipeline(StandardScaler(), Unstorable())
    with pytest.warns(CaptureWarning, match="could not record model 'StandardScaler-Unstorable'") as said:
        pipeline.fit(*rows)
    (ours,) = (each for each in said if isinstance(each.message, CaptureWarning))
    assert ours.filename == __file__


def test_a_model_is_found_by_the_name_of_its_class_beside_pipelines_of_it(recorded: Recorded, rows: Rows) -> None:
    make_pipeline(StandardScaler(), LogisticRegression()).fit(*rows)
    LogisticRegression(C=0.5).fit(*rows)
    with kept(recorded) as graph:
        assert "trained on" in str(graph.lineage("LogisticRegression"))
