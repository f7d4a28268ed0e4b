"""Which columns went where in scikit-learn's column transformers and unions is recorded, however they are fitted."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import provkg
from provkg.records import DatasetVersion, Feature, ModelVersion, PipelineRun, TransformationRun
from tests.autologged import answers, closed, kept, settings
from tests.recording import Recorded, recording


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("sklearn")
        yield recorded
        provkg.autolog("sklearn", disable=True)


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame(
        {"age": [1.0, np.nan, 3.0, 4.0], "pay": [4.0, 3.0, 2.0, 1.0], "city": ["Bern", "Rome", "Rome", "Bern"]}
    )


def columns(n_jobs: int | None = None) -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    parts = [("numbers", numbers, ["age", "pay"]), ("places", OneHotEncoder(), ["city"])]
    return ColumnTransformer(parts, n_jobs=n_jobs, sparse_threshold=0)


def origins(recorded: Recorded, of: str) -> dict[str, set[str]]:
    """Return the columns from which each column of the data called `of` was made."""
    (whole,) = (data for data in closed(recorded, DatasetVersion) if data.dataset.name == of)
    made = [each for each in closed(recorded, Feature) if each.version == whole.reference()]
    return {each.name: {origin.name for origin in each.derived_from} for each in made}


def test_a_column_transformer_says_which_columns_went_where(recorded: Recorded, people: pd.DataFrame) -> None:
    make_pipeline(columns(), LogisticRegression()).fit(people, [0, 1, 1, 0])
    runs = {run.title: run for run in closed(recorded, TransformationRun)}
    assert runs.keys() == {"SimpleImputer", "StandardScaler", "OneHotEncoder", "ColumnTransformer"}
    whole = settings(runs["ColumnTransformer"])
    assert json.loads(whole["numbers.columns"].replace('\\"', '"')) == ["age", "pay"]
    assert json.loads(whole["places.columns"].replace('\\"', '"')) == ["city"]
    assert whole["numbers__simpleimputer__strategy"] == "mean"
    (inner,) = (run for run in closed(recorded, PipelineRun) if run.title == "fit SimpleImputer-StandardScaler")
    assert runs["StandardScaler"].part_of == inner.reference()
    assert inner.part_of == runs["OneHotEncoder"].part_of == runs["ColumnTransformer"].reference()
    assert origins(recorded, "people-ColumnTransformer") == {
        "numbers__age": {"age"},
        "numbers__pay": {"pay"},
        "places__city_Bern": {"city"},
        "places__city_Rome": {"city"},
    }
    with kept(recorded) as graph:
        asked = answers(graph, "transformations", model="ColumnTransformer-LogisticRegression")
        # The whole begins with its first parts, and the scaler takes what the imputer made.
        assert {row["title"]: row["position"] for row in asked} == {**dict.fromkeys(runs, "1"), "StandardScaler": "2"}
        assert "people@" in str(graph.lineage("ColumnTransformer-LogisticRegression"))


def test_parts_that_other_processes_fit_are_told_too(recorded: Recorded, people: pd.DataFrame) -> None:
    columns(n_jobs=2).fit_transform(people)
    runs = closed(recorded, TransformationRun)
    assert [run.title for run in runs] == ["numbers", "places", "ColumnTransformer"]
    assert settings(runs[0])["standardscaler__with_mean"] == "true"
    assert {run.part_of for run in runs[:2]} == {runs[2].reference()}
    with kept(recorded):
        pass


def test_columns_are_known_by_number_where_rows_have_no_names(recorded: Recorded) -> None:
    rows = np.arange(12.0).reshape(4, 3)
    make_column_transformer((StandardScaler(), [0, 2]), remainder="passthrough").fit_transform(rows)
    (whole,) = (run for run in closed(recorded, TransformationRun) if run.title == "ColumnTransformer")
    assert settings(whole)["standardscaler.columns"] == "[0,2]"
    with kept(recorded):
        pass


@pytest.mark.parametrize(
    "chosen", [slice("age", "pay"), make_column_selector(dtype_include=float), [True, True, False]]
)
def test_every_way_of_choosing_columns_is_told_by_name(recorded: Recorded, people: pd.DataFrame, chosen: Any) -> None:
    ColumnTransformer([("numbers", SimpleImputer(), chosen)]).fit_transform(people)
    (whole,) = (run for run in closed(recorded, TransformationRun) if run.title == "ColumnTransformer")
    assert settings(whole)["numbers.columns"].replace('\\"', '"') == '["age","pay"]'


def test_a_union_is_made_of_what_its_parts_made(recorded: Recorded) -> None:
    rows = np.random.default_rng(3).normal(size=(20, 3))
    union = make_union(StandardScaler(), FeatureUnion([("pca", PCA(2, random_state=3))]))
    union.fit_transform(rows)
    runs = {run.title: run for run in closed(recorded, TransformationRun)}
    made = {data.dataset.name: data for data in closed(recorded, DatasetVersion)}
    assert settings(runs["PCA"])["n_components"] == "2"
    (whole,) = (data for name, data in made.items() if name == "rows-FeatureUnion" and len(data.of) == 3)
    assert made["rows-StandardScaler"].reference() in whole.of
    with kept(recorded):
        pass


def test_frames_that_transformers_are_set_to_make_are_recorded(recorded: Recorded, people: pd.DataFrame) -> None:
    with config_context(transform_output="pandas"):
        numbers = people[["age", "pay"]]
        scaled = StandardScaler().fit_transform(numbers)
        LogisticRegression().fit(scaled.fillna(0.0), [0, 1, 1, 0])
    assert list(scaled.columns) == ["age", "pay"]
    assert len(closed(recorded, ModelVersion)) == 1
    assert origins(recorded, "numbers-StandardScaler") == {"age": {"age"}, "pay": {"pay"}}
