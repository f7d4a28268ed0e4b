"""XGBoost's trainings, by its own functions and by scikit-learn's, are trainings with data, rounds and boosters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("xgboost")

import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import accuracy_score, roc_auc_score

import provkg
from provkg.capture import CaptureWarning, end_session
from provkg.folder import Folder
from provkg.integrations.boosting import forget_boosters
from provkg.records import DatasetVersion, EvaluationRun, MetricObservation, ModelVersion, Run, TrainingRun
from tests.autologged import closed, series_of, settings, tags
from tests.integrations.asking import answers, asking, found
from tests.recording import Recorded, described, recording

pytestmark = [pytest.mark.frameworks]
RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.normal(size=(80, 3)), columns=["age", "income", "noise"])
Y = (X.age + X.income > 0).astype(int)
PARAMS = {
    "objective": "binary:logistic",
    "eta": 0.3,
    "max_depth": 2,
    "nthread": 1,
    "seed": 3,
    "eval_metric": ["logloss"],
}


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        provkg.xgboost.autolog()
        yield made
        provkg.xgboost.autolog(disable=True)


def trained(rounds: int = 4, **more: Any) -> tuple[xgboost.Booster, dict[str, Any]]:
    matrix, held = xgboost.DMatrix(X[:60], label=Y[:60]), xgboost.DMatrix(X[60:], label=Y[60:])
    results: dict[str, Any] = {}
    booster = xgboost.train(
        PARAMS,
        matrix,
        rounds,
        evals=[(matrix, "fit"), (held, "eval")],
        evals_result=results,
        verbose_eval=False,
        **more,
    )
    return booster, results


def test_a_booster_is_what_it_is_without_us(tmp_path: Path) -> None:
    alone, results = trained()
    with recording(tmp_path / "kg"):
        provkg.xgboost.autolog()
        watched, same = trained()
        provkg.xgboost.autolog(disable=True)
    assert watched.save_raw("ubj") == alone.save_raw("ubj")
    assert watched.attributes() == alone.attributes()
    assert same == results


def test_a_training_is_known_in_the_graph(recorded: Recorded, tmp_path: Path) -> None:
    people = provkg.dataset("people", X, source="https://example.org/people")
    matrix = xgboost.DMatrix(X, label=Y)
    held_rows = X[:20] + 1
    held = xgboost.DMatrix(held_rows, label=Y[:20])
    results: dict[str, Any] = {}
    evals = [(matrix, "fit"), (held, "eval")]
    booster = xgboost.train(PARAMS, matrix, 4, evals=evals, evals_result=results, verbose_eval=False)
    booster.save_model(tmp_path / "booster.ubj")
    (run,) = closed(recorded, Run)
    assert isinstance(run, TrainingRun)
    assert run.training_data == (people.reference,)
    assert len(run.validation_data) == 1
    assert {name: settings(run)[name] for name in ("eta", "max_depth", "num_boost_round")} == {
        "eta": "0.3",
        "max_depth": "2",
        "num_boost_round": "4",
    }
    assert settings(run)["gamma"] == "0", "nobody has set it, and the trees were grown with it"
    assert "gamma" in tags(run)["xgboost.defaults"].split(", ")
    assert tags(run)["xgboost.rounds"] == "4"
    with asking(tmp_path / "kg") as graph:
        for role, name in (("train", "fit"), ("validation", "eval")):
            curve = answers(graph, "learning-curve", "at", "value", run="train XGBoost", metric="logLoss", role=role)
            assert curve == [(number, pytest.approx(value)) for number, value in enumerate(results[name]["logloss"])]
        assert answers(graph, "training-data", "name", model="people-xgboost") == [("people",)]
        important = found(
            graph,
            """SELECT ?name ?value WHERE { ?m pvk:metricKind pvk:MetricKind-featureImportance ; pvk:value ?value ;
            pvk:forFeature/pvk:featureName ?name ; pvk:measures/a pvk:ModelVersion } ORDER BY DESC(?value)""",
        )
        assert dict(important) == {
            name: pytest.approx(gain) for name, gain in booster.get_score(importance_type="gain").items()
        }
        same = "SELECT ?sha WHERE { ?m a pvk:ModelVersion ; pvk:sha256 ?sha ; pvk:hasFile/pvk:sha256 ?sha }"
        assert len(found(graph, same)) == 1, "the file holds the very bytes of the version"


def test_rows_that_nobody_recorded_are_recorded(recorded: Recorded) -> None:
    features, labels = X.to_numpy(), Y.to_numpy()
    xgboost.train(PARAMS, xgboost.DMatrix(features, label=labels), 1)
    (data,) = described(recorded.records("dataset")[0], DatasetVersion)
    assert getattr(data.dataset, "name", None) == "features"
    assert closed(recorded, Run)[0].training_data == (data.reference(),)


def test_known_labels_beside_other_rows_are_other_data(recorded: Recorded) -> None:
    features, labels = X.to_numpy().copy(), Y.to_numpy().copy()
    known = provkg.dataset("people", (features, labels), source="https://example.org/people")
    scaled = features / 2
    xgboost.train(PARAMS, xgboost.DMatrix(scaled, label=labels), 1)
    (data,) = closed(recorded, Run)[0].training_data
    assert data != known.reference
    assert "scaled" in str(data)


def test_rows_that_are_gone_are_read_from_the_matrix(recorded: Recorded) -> None:
    features = X.to_numpy().copy()
    matrix = xgboost.DMatrix(features, label=Y)
    del features
    xgboost.train(PARAMS, matrix, 1)
    assert len(closed(recorded, Run)[0].training_data) == 1


def test_a_test_set_is_one_and_early_stopping_is_told(recorded: Recorded) -> None:
    matrix, held = xgboost.DMatrix(X[:60], label=Y[:60]), xgboost.DMatrix(X[60:], label=1 - Y[60:])
    booster = xgboost.train(PARAMS, matrix, 50, evals=[(held, "test")], early_stopping_rounds=2, verbose_eval=False)
    (run,) = closed(recorded, Run)
    assert tags(run)["xgboost.best_iteration"] == str(booster.best_iteration)
    assert tags(run)["xgboost.rounds"] == str(booster.num_boosted_rounds())
    (series,) = series_of(recorded)
    assert str(getattr(series.role, "value", "")).endswith("SplitRole-test")
    assert series.best_step == booster.best_iteration


@pytest.mark.parametrize("how", ["booster", "file"])
def test_a_training_goes_on_from_a_booster(recorded: Recorded, tmp_path: Path, how: str) -> None:
    matrix = xgboost.DMatrix(X, label=Y)
    first = xgboost.train(PARAMS, matrix, 2)
    path = tmp_path / "first.json"
    first.save_model(path)
    xgboost.train(PARAMS, matrix, 2, xgb_model=first if how == "booster" else str(path))
    before, _ = closed(recorded, ModelVersion)
    assert closed(recorded, Run)[1].initialized_from == before.reference()


def test_a_cross_validation_has_the_mean_and_the_spread_of_its_folds(recorded: Recorded, tmp_path: Path) -> None:
    matrix = xgboost.DMatrix(X, label=Y)
    result = xgboost.cv(PARAMS, matrix, 3, nfold=4, seed=1)
    (run,) = closed(recorded, Run)
    assert (run.title, settings(run)["nfold"]) == ("cross-validate XGBoost", "4")
    with asking(tmp_path / "kg") as graph:
        title = "cross-validate XGBoost"
        curve = answers(graph, "learning-curve", "value", run=title, metric="logLoss", role="validation")
        assert [value for (value,) in curve] == pytest.approx(list(result["test-logloss-mean"]))


@pytest.mark.parametrize("also", [(), ("sklearn",)])
def test_an_estimator_of_scikit_learn_is_recorded_once(tmp_path: Path, also: tuple[str, ...]) -> None:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("xgboost", *also)
        people = provkg.dataset("people", X, source="https://example.org/people")
        estimator = xgboost.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1)
        estimator.fit(X, Y, eval_set=[(X, Y)], verbose=False)
        provkg.autolog("xgboost", *also, disable=True)
        (run,) = closed(recorded, Run)
        assert isinstance(run, TrainingRun)
        assert run.training_data == (people.reference,)
        assert settings(run)["max_depth"] == "2"
        assert len(closed(recorded, ModelVersion)) == 1
        assert [series.count for series in series_of(recorded)] == [3]
        with asking(tmp_path / "kg"):
            pass


def test_an_estimator_has_its_validation_data_its_file_and_what_its_probabilities_score(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("xgboost", "sklearn")
        held = X[:20]
        estimator = xgboost.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1)
        estimator.fit(X[20:], Y[20:], eval_set=[(held, Y[:20])], verbose=False)
        estimator.save_model(tmp_path / "estimator.json")
        roc_auc_score(Y[:20], estimator.predict_proba(held)[:, 1])
        provkg.autolog("xgboost", "sklearn", disable=True)
        (run,) = (each for each in closed(recorded, Run) if isinstance(each, TrainingRun))
        assert len(run.validation_data) == 1
        (evaluation,) = (each for each in closed(recorded, Run) if isinstance(each, EvaluationRun))
        assert evaluation.model == closed(recorded, ModelVersion)[0].reference()
        files = [file for model in added(recorded) for file in model.files]
        assert [str(file.location).rpartition("/")[2] for file in files] == ["estimator.json"]


def added(recorded: Recorded) -> list[ModelVersion]:
    return [model for record in recorded.records("model") for model in described(record, ModelVersion)]


def test_an_exception_is_xgboosts_own(recorded: Recorded) -> None:
    with pytest.raises(xgboost.core.XGBoostError, match="Check failed"):
        xgboost.train({**PARAMS, "nthread": 1}, xgboost.DMatrix(X, label=Y + 5), 1)
    assert "XGBoostError" in (closed(recorded, Run)[0].error_type or "")


def test_a_callback_records_rounds_in_a_block_without_autolog(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        people = provkg.dataset("people", X, source="https://example.org/people")
        with provkg.training("mine", data=people) as run:
            trained(3, callbacks=[provkg.xgboost.callback(run)])
        assert [(each.count, each.label) for each in series_of(recorded)] == [(3, "fit"), (3, None)]


def test_with_autolog_the_callback_has_nothing_left_to_do(recorded: Recorded) -> None:
    people = provkg.dataset("people", X, source="https://example.org/people")
    with provkg.training("mine", data=people) as run:
        trained(3, callbacks=[provkg.xgboost.callback(run)])
    assert [each.count for each in series_of(recorded)] == [3, 3]
    assert closed(recorded, ModelVersion) == [], "the block is the user's, who says what came out"


def test_a_failure_of_ours_changes_nothing(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("provkg.integrations.boosting.Rounds.take", broken)
    with pytest.warns(CaptureWarning, match="RuntimeError: ours"):
        booster, results = trained(2)
    assert booster.num_boosted_rounds() == 2
    assert len(results["eval"]["logloss"]) == 2


def test_what_a_booster_predicts_is_known_where_it_is_compared_with_the_truth(
    recorded: Recorded, tmp_path: Path
) -> None:
    provkg.autolog("sklearn")
    booster, path = xgboost.train(PARAMS, xgboost.DMatrix(X[:60], label=Y[:60]), 2), str(tmp_path / "booster.json")
    booster.save_model(path)
    held = xgboost.DMatrix(X[60:])
    score = roc_auc_score(Y[60:], booster.predict(held))
    accuracy_score(Y[60:], booster.predict(held) > 0.5)  # of an array that nobody knows
    (run,) = closed(recorded, EvaluationRun)
    (model,) = closed(recorded, ModelVersion)
    assert run.model == model.reference()
    (measured,) = [each for each in closed(recorded, MetricObservation) if each.run == run.reference()]
    assert measured.value == score
    end_session()  # which forgets what this process knew, as another one never did
    forget_boosters()
    again = xgboost.Booster(model_file=path)
    roc_auc_score(Y[60:], again.predict(held))
    provkg.autolog("sklearn", disable=True)
    names = Folder.find(recorded.store).names
    (later,) = closed(recorded, EvaluationRun)
    assert later.model.iri(names) == model.iri(names), "and not a model of unknown origin"
