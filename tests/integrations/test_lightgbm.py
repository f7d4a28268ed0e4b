"""LightGBM's trainings, by its own functions and by scikit-learn's, are trainings with data, rounds and boosters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lightgbm")

import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, roc_auc_score

import provkg
from provkg.capture import CaptureWarning, end_session
from provkg.folder import Folder
from provkg.integrations.boosting import forget_boosters
from provkg.records import EvaluationRun, MetricObservation, ModelVersion, Run, TrainingRun
from tests.autologged import closed, series_of, settings, tags
from tests.integrations.asking import answers, asking, found
from tests.recording import Recorded, recording

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated:FutureWarning"),
]
RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.normal(size=(200, 3)), columns=["age", "income", "noise"])
Y = (X.age + X.income > 0).astype(int)
PARAMS = {"objective": "binary", "learning_rate": 0.2, "num_leaves": 4, "num_threads": 1, "seed": 3, "verbose": -1}


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        provkg.lightgbm.autolog()
        yield made
        provkg.lightgbm.autolog(disable=True)


def trained(rounds: int = 4, **more: Any) -> tuple[lightgbm.Booster, dict[str, Any]]:
    results: dict[str, Any] = {}
    learned, held = lightgbm.Dataset(X[:150], label=Y[:150]), lightgbm.Dataset(X[150:], label=Y[150:])
    callbacks = [lightgbm.record_evaluation(results), *more.pop("callbacks", ())]
    sets = [learned, held]
    booster = lightgbm.train(PARAMS, learned, rounds, valid_sets=sets, callbacks=callbacks, **more)
    return booster, results


def test_a_booster_is_what_it_is_without_us(tmp_path: Path) -> None:
    alone, results = trained()
    with recording(tmp_path / "kg"):
        provkg.lightgbm.autolog()
        watched, same = trained()
        provkg.lightgbm.autolog(disable=True)
    assert watched.model_to_string() == alone.model_to_string()
    assert same == results


def test_a_training_is_known_in_the_graph(recorded: Recorded, tmp_path: Path) -> None:
    people = provkg.dataset("people", X, source="https://example.org/people")
    results: dict[str, Any] = {}
    learned, held = lightgbm.Dataset(X, label=Y), lightgbm.Dataset(X[:50] + 1, label=Y[:50])
    booster = lightgbm.train(
        PARAMS,
        learned,
        4,
        valid_sets=[learned, held],
        valid_names=["fit", "held"],
        callbacks=[lightgbm.record_evaluation(results)],
    )
    booster.save_model(tmp_path / "booster.txt")
    (run,) = closed(recorded, Run)
    assert isinstance(run, TrainingRun)
    assert run.training_data == (people.reference,)
    assert len(run.validation_data) == 1
    given = {name: settings(run)[name] for name in ("learning_rate", "num_leaves", "num_boost_round")}
    assert given == {"learning_rate": "0.2", "num_leaves": "4", "num_boost_round": "4"}
    assert settings(run)["min_data_in_leaf"] == "20", "nobody has set it, and the trees were grown with it"
    assert "min_data_in_leaf" in tags(run)["lightgbm.defaults"].split(", ")
    assert tags(run)["lightgbm.rounds"] == "4"
    with asking(tmp_path / "kg") as graph:
        for role, name in (("train", "fit"), ("validation", "held")):
            curve = answers(graph, "learning-curve", "at", "value", run="train LightGBM", metric="logLoss", role=role)
            values = results[name]["binary_logloss"]
            assert curve == [(number, pytest.approx(value)) for number, value in enumerate(values)]
        assert answers(graph, "training-data", "name", model="people-lightgbm") == [("people",)]
        important = found(
            graph,
            """SELECT ?name ?value WHERE { ?m pvk:metricKind pvk:MetricKind-featureImportance ; pvk:value ?value ;
            pvk:forFeature/pvk:featureName ?name ; pvk:measures/a pvk:ModelVersion }""",
        )
        gains = dict(zip(booster.feature_name(), booster.feature_importance("gain"), strict=True))
        assert dict(important) == {name: pytest.approx(gain) for name, gain in gains.items()}
        same = "SELECT ?sha WHERE { ?m a pvk:ModelVersion ; pvk:sha256 ?sha ; pvk:hasFile/pvk:sha256 ?sha }"
        assert len(found(graph, same)) == 1, "the file holds the very bytes of the version"


def test_rows_that_nobody_recorded_are_recorded(recorded: Recorded) -> None:
    features, labels = X.to_numpy(), Y.to_numpy()
    lightgbm.train(PARAMS, lightgbm.Dataset(features, label=labels), 1)
    (data,) = recorded.records("dataset")
    assert "features" in str(data.to_json())
    assert len(closed(recorded, Run)[0].training_data) == 1


def test_early_stopping_is_told(recorded: Recorded) -> None:
    learned, held = lightgbm.Dataset(X[:150], label=Y[:150]), lightgbm.Dataset(X[150:], label=1 - Y[150:])
    stopping = lightgbm.early_stopping(2, verbose=False)
    booster = lightgbm.train(PARAMS, learned, 50, valid_sets=[held], valid_names=["test"], callbacks=[stopping])
    (run,) = closed(recorded, Run)
    assert tags(run)["lightgbm.best_iteration"] == str(booster.best_iteration)
    (series,) = series_of(recorded)
    assert str(getattr(series.role, "value", "")).endswith("SplitRole-test")
    assert series.best_step == booster.best_iteration - 1, "LightGBM counts rounds from one"


@pytest.mark.parametrize("how", ["booster", "file"])
def test_a_training_goes_on_from_a_booster(recorded: Recorded, tmp_path: Path, how: str) -> None:
    first = lightgbm.train(PARAMS, lightgbm.Dataset(X, label=Y), 2)
    path = tmp_path / "first.txt"
    first.save_model(path)
    lightgbm.train(PARAMS, lightgbm.Dataset(X, label=Y), 2, init_model=first if how == "booster" else str(path))
    before, _ = closed(recorded, ModelVersion)
    assert closed(recorded, Run)[1].initialized_from == before.reference()


def test_a_cross_validation_has_the_mean_and_the_spread_of_its_folds(recorded: Recorded, tmp_path: Path) -> None:
    result = lightgbm.cv(PARAMS, lightgbm.Dataset(X, label=Y), 3, nfold=4, seed=1)
    (run,) = closed(recorded, Run)
    assert (run.title, settings(run)["nfold"]) == ("cross-validate LightGBM", "4")
    with asking(tmp_path / "kg") as graph:
        title = "cross-validate LightGBM"
        curve = answers(graph, "learning-curve", "value", run=title, metric="logLoss", role="validation")
        assert [value for (value,) in curve] == pytest.approx(result["valid binary_logloss-mean"])


@pytest.mark.parametrize("also", [(), ("sklearn",)])
def test_an_estimator_of_scikit_learn_is_recorded_once(tmp_path: Path, also: tuple[str, ...]) -> None:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("lightgbm", *also)
        people = provkg.dataset("people", X, source="https://example.org/people")
        estimator = lightgbm.LGBMClassifier(n_estimators=3, num_leaves=4, n_jobs=1, verbose=-1)
        estimator.fit(X, Y, eval_set=[(X[:50], Y[:50])])
        provkg.autolog("lightgbm", *also, disable=True)
        (run,) = closed(recorded, Run)
        assert isinstance(run, TrainingRun)
        assert run.training_data == (people.reference,)
        assert settings(run)["num_leaves"] == "4"
        assert len(closed(recorded, ModelVersion)) == 1
        assert [series.count for series in series_of(recorded)] == [3]
        with asking(tmp_path / "kg"):
            pass


def test_an_exception_is_lightgbms_own(recorded: Recorded) -> None:
    with pytest.raises(lightgbm.basic.LightGBMError):
        lightgbm.train({**PARAMS, "objective": "no such"}, lightgbm.Dataset(X, label=Y), 1)
    assert "LightGBMError" in (closed(recorded, Run)[0].error_type or "")


def test_a_callback_records_rounds_in_a_block_without_autolog(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        people = provkg.dataset("people", X, source="https://example.org/people")
        with provkg.training("mine", data=people) as run:
            trained(3, valid_names=["fit", "valid"], callbacks=[provkg.lightgbm.callback(run)])
        assert [(each.count, each.label) for each in series_of(recorded)] == [(3, "fit"), (3, None)]


def test_with_autolog_the_callback_has_nothing_left_to_do(recorded: Recorded) -> None:
    people = provkg.dataset("people", X, source="https://example.org/people")
    with provkg.training("mine", data=people) as run:
        trained(3, callbacks=[provkg.lightgbm.callback(run)])
    assert [each.count for each in series_of(recorded)] == [3, 3]
    assert closed(recorded, ModelVersion) == [], "the block is the user's, who says what came out"


def test_a_failure_of_ours_changes_nothing(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("provkg.integrations.boosting.Rounds.take", broken)
    with pytest.warns(CaptureWarning, match="RuntimeError: ours"):
        booster, results = trained(2)
    assert booster.num_trees() == 2
    assert len(results["valid_1"]["binary_logloss"]) == 2


def test_what_a_booster_predicts_is_known_where_it_is_compared_with_the_truth(
    recorded: Recorded, tmp_path: Path
) -> None:
    provkg.autolog("sklearn")
    booster, path = lightgbm.train(PARAMS, lightgbm.Dataset(X[:150], label=Y[:150]), 2), str(tmp_path / "booster.json")
    booster.save_model(path)
    held = X[150:]
    score = roc_auc_score(Y[150:], booster.predict(held))
    accuracy_score(Y[150:], booster.predict(held) > 0.5)  # of an array that nobody knows
    (run,) = closed(recorded, EvaluationRun)
    (model,) = closed(recorded, ModelVersion)
    assert run.model == model.reference()
    (measured,) = [each for each in closed(recorded, MetricObservation) if each.run == run.reference()]
    assert measured.value == score
    end_session()  # which forgets what this process knew, as another one never did
    forget_boosters()
    again = lightgbm.Booster(model_file=path)
    roc_auc_score(Y[150:], again.predict(held))
    provkg.autolog("sklearn", disable=True)
    names = Folder.find(recorded.store).names
    (later,) = closed(recorded, EvaluationRun)
    assert later.model.iri(names) == model.iri(names), "and not a model of unknown origin"
