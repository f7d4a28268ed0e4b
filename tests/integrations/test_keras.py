"""What Keras models fit, evaluate, predict and save is recorded as it is, and nothing of it changes."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
torch: Any = pytest.importorskip("torch")
keras: Any = pytest.importorskip("keras")

import provkg  # noqa: E402 - where Keras is
from provkg.capture import CaptureWarning  # noqa: E402
from provkg.capture.architectures import architecture_of  # noqa: E402
from provkg.integrations.keras import ProvenanceCallback  # noqa: E402
from provkg.records import (  # noqa: E402
    Checkpoint,
    EvaluationRun,
    FineTuningRun,
    InferenceRun,
    MetricObservation,
    MetricSeries,
    ModelVersion,
    PredictionBatch,
    Split,
    TrainingRun,
)
from tests.autologged import closed, settings_of, word  # noqa: E402
from tests.integrations.graphs import answers, missing_at_standard, refusals  # noqa: E402
from tests.recording import Recorded, described, recording  # noqa: E402

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]
torch.set_num_threads(1)


@pytest.fixture
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("keras", "torch")
        try:
            yield recorded
        finally:
            provkg.autolog("keras", "torch", disable=True)


def network() -> Any:
    layers = [keras.layers.Input((8,)), keras.layers.Dense(4, activation="relu", name="hidden"), keras.layers.Dense(1)]
    model = keras.Sequential(layers, name="net")
    model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.5), loss="mse", metrics=["mae"])
    return model


def numbers(seed: int = 3, count: int = 40) -> tuple[Any, Any]:
    x = np.random.default_rng(seed).normal(size=(count, 8)).astype("float32")
    return x, x.sum(axis=1)


def test_a_fit_is_a_training(recorded: Recorded) -> None:
    keras.utils.set_random_seed(7)
    x_train, y_train = numbers()
    network().fit(x_train, y_train, epochs=2, batch_size=10, validation_data=numbers(4), verbose=0)
    (run,) = closed(recorded, TrainingRun)
    said = settings_of(run)
    expected = {"epochs": 2, "batch_size": 10, "optimizer": "SGD", "optimizer.momentum": 0.5, "loss": "mse", "seed": 7}
    expected |= {"metrics": '["mae"]', "model.trainable_parameters": 41, "backend": "torch"}
    assert (run.title, {name: said.get(name) for name in expected}) == ("fit net", expected)
    assert "initial_epoch" not in said, "what is as usual is not said"
    (row,) = answers(recorded, "models/training-data", model="net")
    assert (row["name"], row["records"]) == ("x_train", 40)
    assert missing_at_standard(recorded) == []


def test_an_architecture_is_the_same_whatever_the_weights() -> None:
    said, again = architecture_of(network()), architecture_of(network())
    assert said is not None
    assert again is not None
    assert (said.title, said.framework, said.layer_count, said.parameter_count) == ("Sequential", "keras", 2, 41)
    assert said.sha256 == again.sha256
    assert "relu" in str(said.description)
    assert '{"kernel": [8, 4], "bias": [4]}' in str(said.description)


def test_metrics_have_epochs_and_roles(recorded: Recorded) -> None:
    x, y = numbers()
    history = network().fit(x, y, epochs=3, validation_split=0.25, verbose=0).history
    series = {(word(one.metric), word(one.role)): one.nodes for one in closed(recorded, MetricSeries) if one.nodes}
    for name, key in (("loss", ("loss", "train")), ("val_mae", ("mae", "validation"))):
        assert [(epoch, value) for _, epoch, _, value in series[key]] == list(enumerate(history[name]))
    assert len(series["epochDuration", ""]) == 3
    (run,) = closed(recorded, TrainingRun)
    assert settings_of(run)["validation_split"] == 0.25
    parts = {one.reference(): (one.record_count, word(one.role)) for one in closed(recorded, Split)}
    assert [parts[each] for each in (*run.training_data, *run.validation_data)] == [(30, "train"), (10, "validation")]
    assert missing_at_standard(recorded) == []


def test_files_are_checkpoints_during_a_fit_and_the_model_after_it(recorded: Recorded, tmp_path: Path) -> None:
    x, y = numbers()
    model = network()
    saving = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="loss", save_best_only=True)
    model.fit(x, y, epochs=2, callbacks=[saving], verbose=0)
    model.save(tmp_path / "final.keras")
    states = {one.epoch for one in closed(recorded, Checkpoint)}
    assert states <= {0, 1}
    assert 0 in states
    made = {one.sha256: one for one in closed(recorded, ModelVersion) if not isinstance(one, Checkpoint)}
    in_memory, on_disk = made.values()
    assert (in_memory.files, in_memory.framework, in_memory.parameter_count) == ((), "keras", 41)
    assert on_disk.files[0].location == (tmp_path / "final.keras").as_uri()
    assert on_disk.run == in_memory.run
    assert settings_of(closed(recorded, TrainingRun)[0])["ModelCheckpoint.save_best_only"] is True
    assert refusals(recorded) == []


def test_a_model_that_was_read_is_fine_tuned_or_goes_on(recorded: Recorded, tmp_path: Path) -> None:
    x, y = numbers()
    provkg.autolog("keras", disable=True)
    base = network()
    base.fit(x, y, verbose=0)
    base.save(tmp_path / "base.keras")
    base.save_weights(tmp_path / "base.weights.h5")
    provkg.autolog("keras")
    tuned = network()
    tuned.load_weights(tmp_path / "base.weights.h5")
    tuned.fit(x, y, verbose=0)
    keras.saving.load_model(tmp_path / "base.keras").fit(x, y, verbose=0)
    of_weights, of_model = [one for record in recorded.records("model") for one in described(record, ModelVersion)]
    first, second = closed(recorded, TrainingRun)
    assert (type(first), first.initialized_from) == (FineTuningRun, of_weights.reference())
    assert (type(second), second.initialized_from) == (TrainingRun, of_model.reference()), "its optimiser has stepped"
    assert refusals(recorded) == []


def test_a_second_fit_goes_on_from_the_first(recorded: Recorded) -> None:
    x, y = numbers()
    model = network()
    model.fit(x, y, verbose=0)
    model.fit(x, y, verbose=0)
    first, second = closed(recorded, TrainingRun)
    made = {one.run: one for one in closed(recorded, ModelVersion)}
    assert second.initialized_from == made[first.reference()].reference()
    assert refusals(recorded) == []


def test_evaluations_and_predictions_name_the_model_that_was_made(recorded: Recorded) -> None:
    x, y = numbers()
    model = network()
    model.fit(x, y, validation_data=numbers(4), verbose=0)
    x_test, y_test = numbers(5)
    loss, _ = model.evaluate(x_test, y_test, verbose=0)
    model.predict(x_test, verbose=0)
    made = closed(recorded, ModelVersion)[0]
    (evaluation,), (inference,) = closed(recorded, EvaluationRun), closed(recorded, InferenceRun)
    assert (evaluation.model, inference.model) == (made.reference(), made.reference())
    measured = {
        word(one.metric): one for one in closed(recorded, MetricObservation) if one.run == evaluation.reference()
    }
    assert measured["loss"].value == pytest.approx(loss)
    assert word(measured["loss"].role) == "test", "as its name says"
    (batch,) = closed(recorded, PredictionBatch)
    assert batch.record_count == 40
    assert refusals(recorded) == []


class Failing(keras.callbacks.Callback):  # type: ignore[misc]
    """Fails in the second epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' words
        if epoch == 1:
            raise ValueError("diverged")


def test_a_fit_that_fails_has_failed(recorded: Recorded) -> None:
    x, y = numbers()
    model = network()
    with pytest.raises(ValueError, match="diverged"):
        model.fit(x, y, epochs=2, callbacks=[Failing()], verbose=0)
    (run,) = closed(recorded, TrainingRun)
    assert (run.error_type, run.error_message) == ("ValueError", "diverged")
    model.fit(x, y, verbose=0)
    assert len(closed(recorded, TrainingRun)) == 2, "it can be fitted again"
    assert refusals(recorded) == []


def test_a_fit_in_a_training_of_the_users_belongs_to_it(recorded: Recorded) -> None:
    x, y = numbers()
    known = provkg.dataset("numbers", (x, y), source="https://example.org/numbers")
    with provkg.training("mine", data=known, params={"epochs": 9}) as run:
        model = network()
        model.fit(x, y, verbose=0)
        run.metric("accuracy", 0.5)
    (mine,) = closed(recorded, TrainingRun)
    assert (mine.title, mine.training_data, settings_of(mine)["epochs"]) == ("mine", (known.reference,), 9)


def test_the_callback_can_be_given_on_purpose(tmp_path: Path) -> None:
    x, y = numbers()
    with recording(tmp_path / "kg") as recorded:
        network().fit(x, y, verbose=0)
        network().fit(x, y, callbacks=[ProvenanceCallback()], verbose=0)
        assert [run.title for run in closed(recorded, TrainingRun)] == ["fit net"]


def test_a_generator_is_not_taken_away_and_said_to_be_unknown(recorded: Recorded) -> None:
    batches = (numbers(seed, 10) for seed in range(4))
    with pytest.warns(CaptureWarning, match="what a generator gives to Keras is not recorded as data"):
        history = network().fit(batches, steps_per_epoch=4, shuffle=False, verbose=0)
    assert len(history.history["loss"]) == 1


def weights_after(*, watched: bool) -> list[Any]:
    provkg.autolog("keras", "torch") if watched else provkg.autolog("keras", "torch", disable=True)
    keras.utils.set_random_seed(5)
    x, y = numbers()
    model = network()
    model.fit(x, y, epochs=2, validation_split=0.2, verbose=0)
    return [*model.get_weights(), model.evaluate(x, y, verbose=0), model.predict(x, verbose=0), torch.rand(3).numpy()]


def test_training_is_bit_for_bit_the_same(recorded: Recorded) -> None:
    with_us, without = weights_after(watched=True), weights_after(watched=False)
    assert all(np.array_equal(one, other) for one, other in zip(with_us, without, strict=True))


def test_what_was_watched_is_let_go() -> None:
    provkg.autolog("keras", disable=True)
    before = keras.Model.fit
    provkg.autolog("keras")
    provkg.autolog("keras", disable=True)
    assert keras.Model.fit is before


def test_a_trained_model_can_be_forgotten(recorded: Recorded) -> None:
    x, y = numbers()
    model = network()
    model.fit(x, y, verbose=0)
    model.evaluate(x, y, verbose=0)
    alive = weakref.ref(model)
    del model
    keras.backend.clear_session()
    gc.collect()
    assert alive() is None, "recording keeps no model in memory"
