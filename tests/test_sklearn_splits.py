"""Splits by scikit-learn are recorded with their parts, seeds and members, and drawn as without recording."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneOut,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
    train_test_split,
)
from sklearn.preprocessing import StandardScaler

import provkg
from provkg import vocabulary
from provkg.capture import CaptureWarning
from provkg.capture.digests import members
from provkg.integrations.sklearn.roles import roles_of_parts
from provkg.records import DatasetVersion, SeedSetting, Split, SplitRun, TrainingRun, concept
from tests.autologged import answers, closed, kept, said_at_last, settings
from tests.recording import Recorded, recording


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("sklearn")
        yield recorded
        provkg.autolog("sklearn", disable=True)


@pytest.fixture
def frame() -> pd.DataFrame:
    numbers = np.linspace(0, 9, 40)
    return pd.DataFrame({"a": np.sin(numbers), "b": np.cos(numbers), "kind": [0, 1] * 20})


def test_a_split_in_two_says_roles_seed_sizes_and_members(recorded: Recorded, frame: pd.DataFrame) -> None:
    train, test = train_test_split(frame, test_size=0.25, random_state=7)
    (run,), (whole,) = closed(recorded, SplitRun), said_at_last(recorded, DatasetVersion)
    both = closed(recorded, Split)
    assert [(part.role.value.rpartition("-")[2], part.record_count) for part in both] == [("train", 30), ("test", 10)]
    assert [part.membership_digest for part in both] == [members(list(train.index)), members(list(test.index))]
    assert {part.of for part in both} == {whole.reference()}
    assert whole.dataset.name == "frame"
    assert settings(run) == {"test_size": "0.25", "shuffle": "true", "random_state": "7"}
    (seed,) = (each for each in run.parameters if isinstance(each, SeedSetting))
    assert seed.scope == concept(vocabulary.SeedScope, "split")
    assert both[0].split_set.strategy.value.endswith("SplitStrategy-random")


@pytest.mark.parametrize("chance", [7, None, "instance", "used"])
@pytest.mark.parametrize("how", [{}, {"stratify": "kind"}, {"shuffle": False}], ids=str)
def test_a_split_is_drawn_as_without_recording(frame: pd.DataFrame, chance: Any, how: dict[str, Any]) -> None:
    given = {**how, "stratify": frame["kind"]} if "stratify" in how else how

    def draw() -> tuple[Any, ...]:
        np.random.seed(3)
        source = np.random.RandomState(3) if chance in {"instance", "used"} else chance
        if chance == "used":
            source.rand(5)
        parts = train_test_split(frame, frame["kind"], random_state=source, **given)
        return (*parts, source.rand() if hasattr(source, "rand") else 0, np.random.rand())

    recorded = draw()
    provkg.autolog("sklearn", disable=True)
    alone = draw()
    for one, other in zip(recorded[:4], alone[:4], strict=True):
        assert one.equals(other)
    assert recorded[4:] == alone[4:], "what comes after is drawn as without recording"


@pytest.mark.parametrize("chance", ["none", "instance"])
def test_the_seed_of_a_fresh_generator_is_known(recorded: Recorded, frame: pd.DataFrame, chance: str) -> None:
    np.random.seed(11)
    train_test_split(frame, random_state=np.random.RandomState(12) if chance == "instance" else None)
    (run,) = closed(recorded, SplitRun)
    said = settings(run)
    assert said.get("random_state") == ("12" if chance == "instance" else None)
    assert said["numpy.random.seed"] == "11", "it holds for every run"


def test_lineage_goes_from_a_model_through_its_part_to_the_users_file(
    recorded: Recorded, frame: pd.DataFrame, tmp_path: Path
) -> None:
    table = provkg.dataset("people", frame, source="https://example.org/people.csv")
    X, y = frame.drop(columns="kind"), frame["kind"]  # noqa: N806 - what people call them
    X_train, _, y_train, _ = train_test_split(X, y, random_state=1, stratify=y)  # noqa: N806
    LogisticRegression().fit(X_train, y_train)
    assert len(said_at_last(recorded, DatasetVersion)) == 1, "columns of known data are no other data"
    with kept(recorded) as graph:
        (data,) = answers(graph, "training-data", model="LogisticRegression")
        assert (data["splitName"], data["splitOfName"], data["records"]) == ("people-train", "people", "30")
        assert "https://example.org/people.csv" in str(graph.lineage("LogisticRegression"))
    assert table.reference is not None


def test_a_second_split_makes_a_validation_part(recorded: Recorded, frame: pd.DataFrame) -> None:
    rest, X_test = train_test_split(frame, random_state=1)  # noqa: N806
    parts = train_test_split(rest, random_state=1)
    assert [len(part) for part in (X_test, *parts)] == [10, 22, 8]
    names = [part.title for part in closed(recorded, Split)]
    assert names == ["frame-holdout", "frame-test", "frame-holdout-validation", "frame-holdout-test"]


@pytest.mark.parametrize(
    ("whole", "names", "roles"),
    [
        (None, [], ("train", "test")),
        ("train", [], ("train", "validation")),
        ("holdout", [], ("validation", "test")),
        (None, ["X_train", "X_temp", "y_train", "y_temp"], ("train", "holdout")),
        (None, ["XTrain", "XVal"], ("train", "validation")),
        ("holdout", ["X_val", "X_test"], ("validation", "test")),
        (None, ["a", "b"], ("train", "test")),
        (None, ["test", "train"], ("test", "train")),
        (None, ["train_test", "train_test"], ("train", "test")),
    ],
)
def test_the_names_of_parts_say_their_roles(whole: str | None, names: list[str], roles: tuple[str, str]) -> None:
    assert roles_of_parts(whole, names) == roles


def test_folds_are_parts_that_fits_are_recognised_in(recorded: Recorded, frame: pd.DataFrame) -> None:
    X, y = frame[["a", "b"]].to_numpy(), frame["kind"].to_numpy()  # noqa: N806
    seen = []
    for train, test in StratifiedKFold(2, shuffle=True, random_state=7).split(X, y):
        seen.append((train, test))
        LogisticRegression().fit(X[train], y[train])
    assert [run.part_of for run in closed(recorded, TrainingRun)] == [None, None], "no part of the split"
    parts = said_at_last(recorded, Split)
    assert [(part.fold, part.membership_digest) for part in parts] == [
        (fold, members(rows.tolist())) for fold, both in enumerate(seen) for rows in both
    ]
    trained_on = [run.training_data for run in closed(recorded, TrainingRun)]
    assert trained_on == [(parts[0].reference(),), (parts[2].reference(),)]
    (run,) = closed(recorded, SplitRun)
    assert settings(run)["random_state"] == "7"
    with kept(recorded):
        pass


@pytest.mark.parametrize(
    ("splitter", "strategy"),
    [
        (KFold(3), "kFold"),
        (GroupKFold(3), "grouped"),
        (ShuffleSplit(2, random_state=1), "random"),
        (TimeSeriesSplit(3), "temporal"),
        (RepeatedKFold(n_splits=2, n_repeats=2, random_state=1), "repeatedKFold"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_splitter_has_its_strategy_and_its_folds(
    recorded: Recorded, frame: pd.DataFrame, splitter: Any, strategy: str
) -> None:
    given = {"groups": np.arange(40) // 5} if strategy == "grouped" else {}
    recorded_folds = list(splitter.split(frame, **given))
    provkg.autolog("sklearn", disable=True)
    for one, other in zip(recorded_folds, splitter.split(frame, **given), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    parts = said_at_last(recorded, Split)
    assert len(parts) == 2 * len(recorded_folds)
    assert parts[0].split_set.strategy.value.endswith(f"SplitStrategy-{strategy}")
    with kept(recorded):
        pass


def test_folds_beyond_fifty_are_said_not_to_be_recorded(recorded: Recorded) -> None:
    with pytest.warns(CaptureWarning, match="only the first 50 folds"):
        assert len(list(LeaveOneOut().split(np.arange(60.0).reshape(60, 1)))) == 60
    assert len(said_at_last(recorded, Split)) == 100


def test_a_split_that_nobody_finishes_ends(recorded: Recorded, frame: pd.DataFrame) -> None:
    folds = KFold(4).split(frame)
    next(folds)
    folds.close()
    (run,) = closed(recorded, SplitRun)
    assert run.status.value.endswith("succeeded")


def test_what_scikit_learn_splits_within_itself_is_not_told(recorded: Recorded, frame: pd.DataFrame) -> None:
    StackingClassifier([("a", LogisticRegression())], cv=2).fit(frame[["a", "b"]], frame["kind"])
    assert closed(recorded, SplitRun) == []


@pytest.mark.parametrize("how", [{}, {"as_frame": True}, {"return_X_y": True}], ids=str)
def test_data_that_scikit_learn_brings_says_where_it_comes_from(recorded: Recorded, how: dict[str, bool]) -> None:
    loaded = load_iris(**how)
    X, y = loaded if "return_X_y" in how else (loaded.data, loaded.target)  # noqa: N806
    X_train, _, y_train, _ = train_test_split(X, y, random_state=3)  # noqa: N806
    LogisticRegression(max_iter=500).fit(X_train, y_train)
    with kept(recorded) as graph:
        way = str(graph.lineage("LogisticRegression"))
        assert "iris-train" in way
        assert "scikit-learn: sklearn.datasets.load_iris" in way


def test_data_that_scikit_learn_makes_is_synthetic(recorded: Recorded) -> None:
    make_classification(n_samples=30, random_state=5)
    (data,) = said_at_last(recorded, DatasetVersion)
    assert (data.dataset.name, data.synthetic, data.record_count) == ("make_classification", True, 30)
    assert "'random_state': 5" in str(data.description)


def test_lists_are_split_and_learned_from(recorded: Recorded) -> None:
    rows, target = [[float(n), n * 7.0 % 5] for n in range(20)], np.array([0, 1] * 10)
    train, test, of_train, _ = train_test_split(rows, target, random_state=3)
    assert LogisticRegression().fit(train, of_train).predict(test).shape == (5,)
    parts = closed(recorded, Split)
    assert [part.record_count for part in parts] == [15, 5]
    (run,) = closed(recorded, TrainingRun)
    assert run.training_data == (parts[0].reference(),)
    with kept(recorded):
        pass


def test_nothing_that_was_recorded_stays_in_memory(recorded: Recorded) -> None:
    X, y = np.random.default_rng(3).normal(size=(40, 3)), np.arange(40) % 2  # noqa: N806
    for train, _ in KFold(2).split(X, y):
        LogisticRegression().fit(X[train], y[train])
    scaler = StandardScaler()
    parts = train_test_split(scaler.fit_transform(X), y, stratify=y, random_state=3)
    model = LogisticRegression().fit(parts[0], parts[2])
    model.score(parts[1], parts[3])
    alive = [weakref.ref(each) for each in (X, y, *parts)]
    del X, y, parts
    gc.collect()
    assert [each() is None for each in alive] == [True] * 6, "with the model and the scaler still there"
    assert model is not scaler


def test_a_transformation_that_saw_the_test_rows_is_found(recorded: Recorded) -> None:
    X, y = load_iris(return_X_y=True)  # noqa: N806
    early = StandardScaler().fit_transform(X)
    train, _, of_train, _ = train_test_split(early, y, random_state=3)
    LogisticRegression(max_iter=500).fit(train, of_train)
    with kept(recorded) as graph:
        (found,) = graph.audit(rules=["X26"])
        assert "split first" in found.message


def test_a_transformation_fitted_after_the_split_is_no_leak(recorded: Recorded) -> None:
    X_train, X_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True), random_state=3)  # noqa: N806
    scaler = StandardScaler().fit(X_train)
    model = LogisticRegression(max_iter=500).fit(scaler.transform(X_train), y_train)
    model.score(scaler.transform(X_test), y_test)
    with kept(recorded) as graph:
        assert list(graph.audit(rules=["X26", "X02", "X03"])) == []
