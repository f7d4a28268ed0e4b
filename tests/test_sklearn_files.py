"""Files that fitted models are written to belong to the version that was recorded of them."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import provkg
from provkg.capture import end_session
from provkg.capture.session import session
from provkg.folder import Folder
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


@pytest.mark.parametrize("how", [joblib, pickle], ids=["joblib", "pickle"])
def test_a_model_that_another_process_trained_and_wrote_is_that_version_here(
    recorded: Recorded, tmp_path: Path, how: ModuleType
) -> None:
    path = tmp_path / "model.bin"
    with path.open("wb") as file:
        how.dump(LogisticRegression().fit(X, Y), file)
    (trained,) = closed(recorded, ModelVersion)
    end_session()  # which forgets what this process knew, as another one never did
    with path.open("rb") as file:
        model = how.load(file)
    model.score(X, Y)
    (run,) = closed(recorded, EvaluationRun)
    names = Folder.find(recorded.store).names
    assert run.model.iri(names) == trained.iri(names)
    assert trained.sha256 != sha256(path), "the digest alone would not tell"
    assert said_at_last(recorded, ModelVersion) == [], "and nothing new is said of it"


def test_a_model_is_the_version_of_the_file_that_it_was_read_from_and_not_of_what_is_written_there_later(
    recorded: Recorded, tmp_path: Path
) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump(LogisticRegression().fit(X, Y), path)
    (first,) = closed(recorded, ModelVersion)
    model = joblib.load(path)
    joblib.dump(LogisticRegression(C=0.01).fit(X, Y), path)
    model.score(X, Y)
    (run,) = closed(recorded, EvaluationRun)
    assert run.model.iri(Folder.find(recorded.store).names) == first.iri(Folder.find(recorded.store).names)


def test_a_loaded_model_that_is_written_again_has_that_file_too(recorded: Recorded, tmp_path: Path) -> None:
    joblib.dump(LogisticRegression().fit(X, Y), tmp_path / "first.joblib")
    end_session()
    model = joblib.load(tmp_path / "first.joblib")
    joblib.dump({"other": "bytes"}, tmp_path / "unrelated.joblib")
    joblib.dump(model, tmp_path / "second.joblib", compress=3)
    with kept(recorded) as graph:
        asked = graph.query(
            "PREFIX pvk: <https://w3id.org/provkg#> "
            "SELECT ?digest WHERE { ?model pvk:trainedBy ?run ; pvk:hasFile/pvk:sha256 ?digest }"
        )
        found = {getattr(row[0], "value", None) for row in asked.rows}
        assert found == {sha256(tmp_path / "first.joblib"), sha256(tmp_path / "second.joblib")}


def test_what_lies_beside_the_graph_of_a_model_names_nothing(recorded: Recorded, tmp_path: Path) -> None:
    joblib.dump(LogisticRegression().fit(X, Y), tmp_path / "model.joblib")
    (version,) = closed(recorded, ModelVersion)
    kept_files = {each.name: each.read_text() for each in (recorded.store / "models").iterdir()}
    assert kept_files.keys() == {sha256(tmp_path / "model.joblib"), version.sha256}
    assert "LogisticRegression" not in str(kept_files), "a name that is redacted must not stay here"


def test_a_model_in_a_file_that_nobody_recorded_is_scored_as_that_file(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    provkg.autolog("sklearn", disable=True)
    joblib.dump(LogisticRegression().fit(X, Y), path)
    provkg.autolog("sklearn")
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


def test_a_file_that_is_written_beside_and_renamed_after_the_fit_is_found_when_the_process_ends(
    recorded: Recorded, tmp_path: Path
) -> None:
    joblib.dump(LogisticRegression().fit(X, Y), tmp_path / "unnoticed.tmp")  # nobody has this model when it ends
    model = LogisticRegression(C=0.5).fit(X, Y)
    joblib.dump(model, tmp_path / "model.tmp")
    (tmp_path / "model.tmp").replace(tmp_path / "model.joblib")
    session().ask_before_end()
    assert model.C == 0.5
    said = said_at_last(recorded, ModelVersion)[-1]
    assert [file.location for file in said.files] == [(tmp_path / "model.joblib").as_uri()]
    assert said.trained_on, "it is said whole again"
