"""Files that fitted models are written to belong to the version that was recorded of them."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Generator
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import provkg
from provkg.records import EvaluationRun, ModelVersion
from tests.autologged import closed, kept, said_at_last
from tests.recording import Recorded, recording

X, Y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 1, 0])


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("sklearn")
        yield recorded
        provkg.autolog("sklearn", disable=True)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("how", ["joblib", "pickle"])
def test_a_file_that_a_model_is_written_to_belongs_to_its_version(recorded: Recorded, tmp_path: Path, how: str) -> None:
    model, path = LogisticRegression().fit(X, Y), tmp_path / "model.bin"
    if how == "joblib":
        assert joblib.dump(model, path) == [str(path)]
    else:
        with path.open("wb") as file:
            pickle.dump(model, file)
    with kept(recorded) as graph:
        asked = graph.query(
            "PREFIX pvk: <https://w3id.org/provkg#> "
            "SELECT ?digest WHERE { ?model a pvk:ModelVersion ; pvk:hasFile ?file . "
            "?file pvk:sha256 ?digest }"
        )
        assert [getattr(row[0], "value", None) for row in asked.rows] == [sha256(path)]


def test_a_model_that_was_read_from_a_file_is_scored_as_that_file(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump(LogisticRegression().fit(X, Y), path)
    model = joblib.load(path)
    model.score(X, Y)
    (run,) = closed(recorded, EvaluationRun)
    versions = {version.reference(): version for version in said_at_last(recorded, ModelVersion)}
    assert versions[run.model].sha256 == sha256(path)
    with kept(recorded):
        pass


def test_what_is_read_and_not_used_is_not_recorded(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "some.joblib"
    joblib.dump(StandardScaler().fit(X), path)
    joblib.dump({"a": 1}, path)
    assert joblib.load(path) == {"a": 1}
    assert not (recorded.store / "spool").exists() or said_at_last(recorded, ModelVersion) == []


def test_a_model_with_a_function_written_on_the_spot_has_a_digest_too(recorded: Recorded) -> None:
    pipeline = make_pipeline(FunctionTransformer(lambda rows: rows + 1), LogisticRegression()).fit(X, Y)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(pipeline)
    (model,) = closed(recorded, ModelVersion)
    assert len(model.sha256) == 64
