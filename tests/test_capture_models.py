"""Models, evaluations, predictions, choices and deployments: what was made, judged, chosen and put into service."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier

import provkg
from provkg import vocabulary
from provkg.capture.digests import digest
from provkg.errors import BadParameter
from provkg.records import (
    Checkpoint,
    Deployment,
    DeploymentRun,
    EvaluationRun,
    Experiment,
    FineTuningRun,
    InferenceRun,
    Iri,
    ModelVersion,
    OwnConcept,
    Pipeline,
    Prediction,
    PredictionBatch,
    SelectionDecision,
    TrainingRun,
    Undeployment,
    opened_run,
)
from tests.recording import Recorded, described, recording

ROWS = np.column_stack([np.arange(20.0), np.arange(20) % 2])


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def fitted() -> SGDClassifier:
    return SGDClassifier(random_state=1).fit(ROWS[:, :1], ROWS[:, 1])


def trained(name: str = "m", accuracy: float = 0.5) -> provkg.ModelHandle:
    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data, seed=1) as split:
        train, validation = split.parts(train=0.5, validation=0.5)
    with provkg.training(name, data=train, validation=validation) as run:
        run.metric("accuracy", accuracy, role="validation")
        run.metric("accuracy", accuracy, role="train")
        return run.model(name, fitted())


def model_said(recorded: Recorded) -> ModelVersion:
    (said,) = described(recorded.closing(), ModelVersion)
    return said


# --- models


def test_an_object_is_identified_by_the_bytes_that_it_has_when_saved(recorded: Recorded, tmp_path: Path) -> None:
    data = provkg.dataset("rows", ROWS)
    classifier = fitted()
    with provkg.training("t", data=data) as run:
        model = run.model("m", classifier)
    said = model_said(recorded)
    assert said.sha256 == model.sha256 == hashlib.sha256(pickle.dumps(classifier, protocol=5)).hexdigest()
    assert said.run == run.reference
    assert said.trained_on == (data.reference,)
    assert (said.framework, said.parameter_count) == ("scikit-learn", 2)
    assert model.version == said.sha256[:12]
    assert model.object is classifier
    saved = model.save(tmp_path / "m.pickle")
    assert digest(saved).sha256 == model.sha256
    assert pickle.loads(saved.read_bytes()).coef_.tolist() == classifier.coef_.tolist()  # noqa: S301 - our own


def test_a_saved_model_says_where_its_file_is(recorded: Recorded, tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "m.pickle")
    (said,) = described(recorded.only("model"), ModelVersion)
    assert said.reference() == model.reference
    (file,) = said.files
    assert (file.sha256, file.location) == (model.sha256, (tmp_path / "m.pickle").as_uri())


def test_a_model_saved_in_its_block_is_told_with_the_run(recorded: Recorded, tmp_path: Path) -> None:
    with provkg.training("t", data=None) as run:
        run.model("m", b"weights").save(tmp_path / "m.bin")
    assert len(model_said(recorded).files) == 1
    assert recorded.records("model") == []


def test_a_model_given_as_a_path_is_its_file(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "m.safetensors"
    file.write_bytes(b"weights")
    with provkg.training("t", data=None) as run:
        model = run.model("m", str(file), version="3", framework="pytorch")
    said = model_said(recorded)
    assert (said.sha256, said.version, said.framework) == (digest(file).sha256, "3", "pytorch")
    assert [each.location for each in said.files] == [file.as_uri()]
    with pytest.raises(BadParameter, match="has no bytes of its own to save"):
        model.save(tmp_path / "copy")


def test_a_model_given_as_a_folder_is_all_its_files(recorded: Recorded, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "config.json").write_text("{}", "utf-8")
    (folder / "weights.bin").write_bytes(b"1")
    with provkg.training("t", data=None) as run:
        run.model("m", folder)
    assert model_said(recorded).digest_form == "manifest-1"
    assert len(model_said(recorded).files) == 2


def test_the_library_of_a_model_is_used_by_its_training(recorded: Recorded) -> None:
    trained()
    assert [each.name for each in opened_run(recorded.closing()).libraries] == ["scikit-learn"]


def test_a_model_of_ones_own_class_has_the_framework_that_it_builds_on(recorded: Recorded) -> None:
    with provkg.training("t", data=None) as run:
        run.model("own", Grader())
    assert model_said(recorded).framework == "scikit-learn"


class Grader(SGDClassifier):  # type: ignore[misc]  # scikit-learn has no types
    pass


def test_checkpoints_say_their_epoch_and_do_not_count_as_the_model(recorded: Recorded) -> None:
    with provkg.training("t", data=None) as run:
        run.metric("loss", 0.5)
        for epoch in range(2):
            run.checkpoint("m", {"weights": [epoch]}, epoch=epoch)
        model = run.model("m", {"weights": [2]})
    said = described(recorded.closing(), Checkpoint)
    assert [each.epoch for each in said] == [0, 1]
    assert [each.reference for each in model.measured] != []


def test_what_cannot_be_serialized_is_said_and_the_rest_is_recorded(recorded: Recorded) -> None:
    with provkg.training("t", data=None) as run:
        with pytest.warns(provkg.CaptureWarning, match="could not record model 'm'") as warned:
            model = run.model("m", lambda: None)
        run.metric("loss", 0.5)
    assert warned[0].filename == __file__
    assert model.reference is None
    assert len(recorded.closing().descriptions) == 2
    with provkg.evaluation(model, data=provkg.dataset("rows", ROWS)):
        pass


def test_a_fine_tuning_names_its_base(recorded: Recorded) -> None:
    base = trained()
    with provkg.training("tune", data=provkg.dataset("rows", ROWS), start_from=base) as run:
        run.model("tuned", b"weights")
    tuning = opened_run(recorded.closing())
    assert isinstance(tuning, FineTuningRun)
    assert tuning.initialized_from == base.reference
    assert model_said(recorded).fine_tuned_from == base.reference


# --- evaluations


def test_an_evaluation_says_which_model_on_which_data(recorded: Recorded) -> None:
    model, data = trained(), provkg.dataset("rows", ROWS)
    with provkg.evaluation(model, data=data) as run:
        run.metric("accuracy", 0.9)
    said = opened_run(recorded.closing())
    assert isinstance(said, EvaluationRun)
    assert (said.model, said.data, said.title) == (model.reference, (data.reference,), "evaluate m")


# --- choices


def test_a_choice_has_candidates_criterion_evidence_and_reason(recorded: Recorded) -> None:
    models = [trained("a", 0.5), trained("b", 0.75)]
    part = provkg.Data("validation", role="validation")
    provkg.select(models[1], among=models, by="accuracy", data=part, reason="higher")
    (said,) = described(recorded.only("selection"), SelectionDecision)
    assert said.selected == models[1].reference
    assert said.considered == tuple(model.reference for model in models)
    assert said.criterion == Iri(vocabulary.MetricKind_accuracy.value)
    assert said.rationale == "higher"
    expected = [each.reference for model in models for each in model.measured if each.role == "validation"]
    assert len(expected) == 2
    assert list(said.evidence) == expected


def test_the_chosen_one_is_a_candidate_even_when_it_is_not_listed(recorded: Recorded) -> None:
    chosen, other = trained("a"), trained("b")
    provkg.select(chosen, among=[other], by="accuracy")
    (said,) = described(recorded.only("selection"), SelectionDecision)
    assert said.considered == (other.reference, chosen.reference)


def test_an_experiment_is_declared_once_and_holds_its_runs(recorded: Recorded) -> None:
    for _ in range(2):
        purpose = provkg.experiment("grading", purpose="grade apples", hypothesis="colour suffices", project="p")
        with provkg.training("t", data=None, experiment=purpose):
            pass
    (said,) = described(recorded.only("experiment"), Experiment)
    assert (said.purpose, said.hypothesis) == ("grade apples", "colour suffices")
    assert opened_run(recorded.closing()).experiment == said


# --- deployments


def test_a_deployment_serves_a_model_with_its_preprocessing_in_place_of_what_was_live(
    recorded: Recorded, tmp_path: Path
) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.step("standardization", uses=data, library="scikit-learn") as step:
        pass
    model = trained()
    model.save(tmp_path / "m.pickle")
    handle = provkg.deploy(model, at="https://e.org/m", stage="staging", preprocessing=[step])
    record = recorded.only("deployment")
    (said,), (run,) = described(record, Deployment), described(record, DeploymentRun)
    assert said.run == run.reference()
    assert run.used == (model.reference,)
    assert run.started == run.ended == said.made
    assert said.model == model.reference
    assert said.endpoint.address == "https://e.org/m"
    assert said.stage == Iri(vocabulary.DeploymentStage_staging.value)
    assert said.preprocessing == Pipeline(title="preprocessing for m", steps=(step.plan,))
    assert [file.sha256 for file in said.files] == [model.sha256]
    assert said.ends_live
    assert handle.reference == said.reference()


def test_a_deployment_can_stand_alongside_and_without_preprocessing(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "served.bin").write_bytes(b"other bytes")
    provkg.deploy(trained(), at="edge", stage="kitchen", preprocessing=(), file=tmp_path / "served.bin", alongside=True)
    (said,) = described(recorded.only("deployment"), Deployment)
    assert not said.ends_live
    assert said.absent == (Iri(vocabulary.servesPreprocessing.value),)
    assert said.stage == OwnConcept(scheme="DeploymentStage", name="kitchen")
    assert said.files[0].sha256 == hashlib.sha256(b"other bytes").hexdigest()


def test_an_unrecorded_model_cannot_be_deployed_and_that_is_said(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="could not record the deployment of 'm': its model is not recorded"):
        handle = provkg.deploy(provkg.ModelHandle("m"), at="x")
    assert handle.reference is None


def test_the_end_of_service_names_place_and_reason(recorded: Recorded) -> None:
    provkg.undeploy(at="https://e.org/m", stage="staging", reason="securityIncident")
    record = recorded.only("deployment")
    (end,), (run,) = described(record, Undeployment), described(record, DeploymentRun)
    assert end.endpoint.address == "https://e.org/m"
    assert run.reason == Iri(vocabulary.InvalidationReason_securityIncident.value)
    assert end.rationale is None, "that word is a kind of the ontology's"
    with pytest.warns(provkg.CaptureWarning, match="how='boredom' is none of the ontology's kinds .* retired, "):
        provkg.undeploy(at="https://e.org/m", how="boredom")  # type: ignore[arg-type]


def test_the_end_of_service_takes_a_reason_in_words_and_what_it_is(recorded: Recorded) -> None:
    provkg.undeploy(at="https://e.org/m", reason="the trial is over", how="withdrawn")
    record = recorded.only("deployment")
    (end,), (run,) = described(record, Undeployment), described(record, DeploymentRun)
    assert (end.rationale, end.stage) == ("the trial is over", Iri(vocabulary.DeploymentStage_production.value))
    assert run.reason == Iri(vocabulary.InvalidationReason_withdrawn.value)


def test_without_a_kind_a_service_that_ended_is_retired(recorded: Recorded) -> None:
    provkg.undeploy(at="https://e.org/m", reason="the trial is over")
    (run,) = described(recorded.only("deployment"), DeploymentRun)
    assert run.reason == Iri(vocabulary.InvalidationReason_retired.value)


# --- predictions


def test_predictions_are_one_batch_with_a_file(recorded: Recorded, tmp_path: Path) -> None:
    model, data = trained(), provkg.dataset("rows", ROWS)
    deployment = provkg.deploy(model, at="x")
    with provkg.inference(model, data=data, deployment=deployment, params={"threshold": 0.5}) as run:
        batch = run.predictions(np.array([1, 0, 1]), name="monday", path=tmp_path / "monday.csv")
        run.prediction(2, np.int64(1), confidence=0.75)
    assert (tmp_path / "monday.csv").read_text("utf-8") == "row,value\n0,1\n1,0\n2,1\n"
    (said,) = described(recorded.closing(), PredictionBatch)
    assert (said.name, said.record_count, said.model) == ("monday", 3, model.reference)
    assert said.of == (data.reference,)
    assert said.files[0].media_type == "text/csv"
    assert batch.reference == said.reference()
    (one,) = described(recorded.closing(), Prediction)
    assert (one.batch, one.row, one.value, one.confidence) == (batch.reference, 2, 1, 0.75)
    closing = opened_run(recorded.closing())
    assert isinstance(closing, InferenceRun)
    assert (closing.model, closing.deployment, closing.data) == (
        model.reference,
        deployment.reference,
        (data.reference,),
    )


def test_predictions_in_memory_are_identified_by_their_values(recorded: Recorded) -> None:
    with provkg.inference(trained(), data=None) as run:
        batch = run.predictions(["A", "B"])
    (said,) = described(recorded.closing(), PredictionBatch)
    assert said.sha256 == digest(["A", "B"]).sha256
    assert said.absent == (Iri(vocabulary.hasFile.value),)
    assert batch.name == "predict with m"


def test_predictions_that_a_file_holds_are_read_as_they_are(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(b"PAR1")
    with provkg.inference(trained(), data=None) as run:
        batch = run.predictions(path=tmp_path / "p.parquet")
        with pytest.raises(BadParameter, match="give the predicted values"):
            run.predictions()
    assert batch.sha256 == hashlib.sha256(b"PAR1").hexdigest()


def test_wide_predictions_have_a_column_each(recorded: Recorded, tmp_path: Path) -> None:
    with provkg.inference(trained(), data=None) as run:
        run.predictions(np.array([[0.25, 0.75]]), path=tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_text("utf-8").splitlines() == ["row,value_0,value_1", "0,0.25,0.75"]


def test_one_prediction_without_a_batch_has_one_of_its_own(recorded: Recorded) -> None:
    with provkg.inference(trained(), data=None, title="appeal") as run:
        run.prediction(7, {"sure": True, "grade": "B"})
    (batch,) = described(recorded.closing(), PredictionBatch)
    (one,) = described(recorded.closing(), Prediction)
    assert (batch.name, one.batch, one.row) == ("appeal", batch.reference(), 7)
    assert one.value == '{"grade": "B", "sure": true}'


# --- training


def test_a_training_says_what_it_learned_from(recorded: Recorded) -> None:
    trained()
    run = opened_run(recorded.closing())
    assert isinstance(run, TrainingRun)
    assert len(run.training_data) == len(run.validation_data) == 1


def test_a_kind_of_training_that_is_none_is_said(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="kind='magic' of a training is left out"):
        provkg.training("t", data=provkg.dataset("d", [1]), kind="magic")


def test_a_model_of_plain_python_has_no_framework(recorded: Recorded) -> None:
    with provkg.training("t", data=None) as run:
        run.model("m", {"weights": [1.0, 2.0]})
    assert model_said(recorded).framework is None


def test_a_model_is_attributed_to_who_trained_it_and_who_answers_for_it(recorded: Recorded) -> None:
    with provkg.training("m", data=provkg.dataset("rows", ROWS), responsible="team:digits") as run:
        run.model("m", fitted())
    (model,), (trained,) = described(recorded.closing(), ModelVersion), described(recorded.closing(), TrainingRun)
    assert model.attributed_to == (trained.triggered_by, trained.responsible)
    assert trained.responsible is not None


@pytest.mark.parametrize("confidence", [5, -0.1, float("nan"), "high"])
def test_a_confidence_that_is_none_leaves_the_prediction(recorded: Recorded, confidence: float) -> None:
    model = provkg.model("m", b"weights")
    with provkg.inference(model, data=provkg.dataset("d", [1, 2])) as run:
        with pytest.warns(provkg.CaptureWarning, match="is no number from 0 to 1") as caught:
            run.prediction(77, "x", confidence=confidence)
        run.prediction(78, "y", confidence=1)
    assert [warning.filename for warning in caught] == [__file__]
    said = described(recorded.closing(), Prediction)
    assert [(each.row, each.value, each.confidence) for each in said] == [(77, "x", None), (78, "y", 1.0)]


def test_a_row_before_the_first_is_left_out(recorded: Recorded) -> None:
    with provkg.inference(provkg.model("m", b"weights"), data=provkg.dataset("d", [1, 2])) as run:
        with pytest.warns(provkg.CaptureWarning, match="rows are numbered from 0, not -1"):
            run.prediction(-1, "x")
        run.prediction(0, "y")
    assert [each.row for each in described(recorded.closing(), Prediction)] == [0]
