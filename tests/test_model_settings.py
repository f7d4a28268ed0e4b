"""A training without parameters takes those that its model was made with, and says on what it was judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import provkg
from provkg import vocabulary
from provkg.capture.model_settings import seeds_of, settings_of
from provkg.records import (
    Configuration,
    Iri,
    MetricObservation,
    MetricSeries,
    ParameterSetting,
    SeedSetting,
    TrainingRun,
)
from tests.recording import described, recording


def trained(folder: Path, model: Any, **about: Any) -> TrainingRun:
    with recording(folder / "kg") as recorded:
        with provkg.training("fit", data=provkg.dataset("x", [(1, 2)]), **about) as run:
            if model is not None:
                run.model("m", model)
        return described(recorded.closing(), TrainingRun)[0]


def said(run: TrainingRun) -> dict[str, Any]:
    return {setting.name: setting.value for setting in run.parameters}


def test_an_estimator_tells_its_parameters_and_its_seed(tmp_path: Path) -> None:
    run = trained(tmp_path, SGDClassifier(alpha=0.5, random_state=3))
    assert (said(run)["alpha"], said(run)["penalty"], said(run)["random_state"]) == (0.5, "l2", 3)
    assert "random_state" in {setting.name for setting in run.parameters if isinstance(setting, SeedSetting)}
    assert run.configuration == Configuration(settings=run.parameters)


def test_what_the_code_says_is_not_added_to_but_for_a_seed(tmp_path: Path) -> None:
    assert said(trained(tmp_path, SGDClassifier(random_state=3), params={"alpha": 0.1})) == {
        "alpha": 0.1,
        "random_state": 3,
    }
    assert said(trained(tmp_path, SGDClassifier(random_state=3), params={"alpha": 0.1}, seed=7)) == {
        "alpha": 0.1,
        "seed": 7,
    }


def test_a_pipeline_tells_the_parameters_and_seeds_of_its_steps() -> None:
    whole = make_pipeline(StandardScaler(), SGDClassifier(alpha=0.5, random_state=3))
    assert settings_of(whole)["sgdclassifier__alpha"] == 0.5
    assert seeds_of(whole) == {"sgdclassifier.random_state": 3}
    assert not any(isinstance(value, SGDClassifier) for value in settings_of(whole).values())


def test_what_is_no_estimator_tells_nothing() -> None:
    for other in (SGDClassifier, b"weights", None, {"alpha": 1}, np.zeros(3)):
        assert (settings_of(other), seeds_of(other)) == ({}, {})


def test_without_any_parameter_a_training_says_that_it_ran_with_none(tmp_path: Path) -> None:
    run = trained(tmp_path, None)
    assert run.parameters == ()
    assert run.configuration == Configuration()


def test_a_training_without_a_model_is_what_its_metrics_judge(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        with provkg.training("fit", data=provkg.dataset("x", [(1, 2)])) as run:
            run.metric("loss", 0.1, epoch=0)
            run.metric("loss", 0.05, epoch=1)
        judged = {each.of for each in described(recorded.closing(), MetricSeries)}
    assert judged == {run.reference}


def test_a_model_that_is_judged_on_what_it_learned_from_is_judged_on_training_data(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        seen, fresh = provkg.dataset("seen", [(1, 2)]), provkg.dataset("fresh", [(3, 4)])
        with provkg.training("fit", data=seen) as run:
            model = run.model("m", b"weights")
        roles = {}
        given = {"seen": [seen], "fresh": [fresh], "both": [seen, fresh]}
        for name, data in given.items():
            with provkg.evaluation(model, data=data) as judging:
                judging.metric("accuracy", 0.5)
            (found,) = described(recorded.closing(), MetricObservation)
            roles[name] = found.role
    assert roles == {"seen": Iri(vocabulary.SplitRole_train.value), "fresh": None, "both": None}


def test_parameters_are_settings_of_the_kind_that_the_run_takes(tmp_path: Path) -> None:
    assert all(isinstance(each, ParameterSetting) for each in trained(tmp_path, SGDClassifier()).parameters)
