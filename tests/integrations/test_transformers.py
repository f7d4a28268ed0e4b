"""What the `Trainer` of transformers does is recorded as it is, and nothing of it changes; no hub is asked."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")
datasets: Any = pytest.importorskip("datasets")
tokenizers: Any = pytest.importorskip("tokenizers")

import provkg  # noqa: E402 - where transformers are
from provkg.integrations.transformers import ProvenanceCallback  # noqa: E402
from provkg.records import (  # noqa: E402
    Checkpoint,
    DatasetVersion,
    EvaluationRun,
    FineTuningRun,
    MetricObservation,
    MetricSeries,
    ModelVersion,
    Split,
    SplitRun,
    TrainingRun,
)
from tests.autologged import closed, settings_of, word  # noqa: E402
from tests.integrations.graphs import answers, missing_at_standard, refusals  # noqa: E402
from tests.recording import Recorded, described, recording  # noqa: E402

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
]
torch.set_num_threads(1)
WORDS = {"[UNK]": 0, "[PAD]": 1, "good": 2, "bad": 3, "film": 4}


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Recorded, None, None]:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("transformers", "datasets", "torch")
        try:
            yield recorded
        finally:
            provkg.autolog("transformers", "datasets", "torch", disable=True)


def network() -> Any:
    config = transformers.BertConfig(
        vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, num_labels=2
    )
    return transformers.BertForSequenceClassification(config)


def cutter() -> Any:
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(WORDS, unk_token="[UNK]"))  # noqa: S106 - no password
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]", pad_token="[PAD]")  # noqa: S106


def rows(count: int = 16, first: int = 0) -> Any:
    texts = ["good film" if number % 2 else "bad film" for number in range(first, first + count)]
    cut = cutter()(texts)
    return datasets.Dataset.from_dict({**cut, "labels": [number % 2 for number in range(first, first + count)]})


def arguments(folder: Path, **more: Any) -> Any:
    said = {"per_device_train_batch_size": 4, "num_train_epochs": 2, "logging_steps": 2, "report_to": "none"}
    said |= {"save_strategy": "no", "use_cpu": True, "disable_tqdm": True, "seed": 7, "hub_token": "hf_" + "a" * 30}
    return transformers.TrainingArguments(output_dir=str(folder / "out"), **{**said, **more})


def trainer(folder: Path, model: Any = None, *, callbacks: Any = None, **more: Any) -> Any:
    return transformers.Trainer(
        model=model if model is not None else network(),
        args=arguments(folder, **more),
        train_dataset=rows(),
        eval_dataset=rows(8, 100),
        processing_class=cutter(),
        callbacks=callbacks,
    )


def test_a_training_says_what_and_how(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path, learning_rate=1e-3).train()
    (run,) = closed(recorded, TrainingRun)
    said = settings_of(run)
    expected: dict[str, Any] = {
        "learning_rate": 1e-3,
        "per_device_train_batch_size": 4,
        "seed": 7,
        "num_train_epochs": 2,
    }
    expected |= {"model_type": "bert", "config.hidden_size": 8, "weight_decay": 0.0, "logging_steps": 2}
    expected |= {"num_train_epochs": 2}
    assert (run.title, {name: said.get(name) for name in expected}) == ("train BertForSequenceClassification", expected)
    assert "hub_token" not in said
    assert not any("hf_aaa" in str(value) for value in said.values()), "secrets are not captured"
    assert "adam_beta1" not in said, "what is as usual is not said"
    versions = {
        one.reference(): one for record in recorded.records("dataset") for one in described(record, DatasetVersion)
    }
    (train,) = (versions[each] for each in run.training_data)
    (validation,) = (versions[each] for each in run.validation_data)
    assert (train.record_count, validation.record_count, train.digest_form) == (16, 8, "table-2")
    assert missing_at_standard(recorded) == []


def test_parts_of_a_dataset_say_what_they_are_parts_of(recorded: Recorded, tmp_path: Path) -> None:
    parts = rows().train_test_split(test_size=4, seed=5)
    going = trainer(tmp_path)
    going.train_dataset, going.eval_dataset = parts["train"], parts["test"]
    going.train()
    (split,) = closed(recorded, SplitRun)
    assert [(each.name, each.value) for each in split.parameters if each.name == "seed"] == [("seed", 5)]
    train, test = closed(recorded, Split)
    assert (train.record_count, test.record_count) == (12, 4)
    assert train.membership_digest is not None
    (run,) = closed(recorded, TrainingRun)
    assert (run.training_data, run.validation_data) == ((train.reference(),), (test.reference(),))
    assert refusals(recorded) == []


def test_the_model_says_its_architecture_and_tokenizer(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path).train()
    (model,) = closed(recorded, ModelVersion)
    assert model.framework == "transformers"
    assert model.architecture.title == "BertForSequenceClassification"
    assert model.architecture.parameter_count == model.parameter_count > 0
    (tokenizer,) = model.tokenizers
    assert len(tokenizer.sha256) == 64
    assert refusals(recorded) == []


def test_metrics_have_steps_and_roles(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path, eval_strategy="epoch").train()
    series = {
        (word(one.metric), word(one.role)): [(epoch, step) for _, epoch, step, _ in one.nodes]
        for one in closed(recorded, MetricSeries)
        if one.nodes
    }
    assert series["loss", "train"] == [(None, step) for step in (2, 4, 6, 8)]
    assert series["loss", "validation"] == [(0, 4), (1, 8)]
    assert [epoch for epoch, _ in series["epochDuration", "train"]] == [0, 1]
    assert closed(recorded, EvaluationRun) == [], "an evaluation in a training is its own"


def test_checkpoints_and_the_best_of_them(recorded: Recorded, tmp_path: Path) -> None:
    going = trainer(
        tmp_path,
        save_strategy="epoch",
        eval_strategy="epoch",
        load_best_model_at_end=True,
        metric_for_best_model="loss",
    )
    going.train()
    states = closed(recorded, Checkpoint)
    assert [(state.step, state.epoch) for state in states] == [(4, 0), (8, 1)]
    (model,) = [one for one in closed(recorded, ModelVersion) if not isinstance(one, Checkpoint)]
    best = next(state for state in states if str(state.step) == going.state.best_model_checkpoint.rpartition("-")[2])
    assert (model.selected_checkpoint, model.sha256) == (best.reference(), best.sha256)
    assert any(file.location.endswith("model.safetensors") for file in model.files)
    assert refusals(recorded) == []


def test_a_training_goes_on_from_a_checkpoint(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path, save_strategy="epoch", num_train_epochs=1).train()
    trainer(tmp_path, save_strategy="epoch").train(resume_from_checkpoint=True)
    first, second = closed(recorded, TrainingRun)
    states = {one.reference() for one in closed(recorded, Checkpoint) if one.run == first.reference()}
    assert (type(second), second.initialized_from in states) == (TrainingRun, True)
    assert refusals(recorded) == []


def test_a_model_from_a_folder_is_fine_tuned(recorded: Recorded, tmp_path: Path) -> None:
    provkg.autolog("transformers", disable=True)
    network().save_pretrained(tmp_path / "base")
    provkg.autolog("transformers")
    model = transformers.BertForSequenceClassification.from_pretrained(tmp_path / "base")
    trainer(tmp_path, model).train()
    (run,) = closed(recorded, TrainingRun)
    (base,) = [one for record in recorded.records("model") for one in described(record, ModelVersion)]
    assert isinstance(run, FineTuningRun)
    assert run.initialized_from == base.reference()
    assert {Path(str(file.location)).name for file in base.files} >= {"config.json", "model.safetensors"}
    (tuned,) = closed(recorded, ModelVersion)
    assert tuned.fine_tuned_from == base.reference()
    assert refusals(recorded) == []


def test_what_is_saved_after_the_training_is_its_model(recorded: Recorded, tmp_path: Path) -> None:
    going = trainer(tmp_path)
    going.train()
    going.save_model(str(tmp_path / "final"))
    first, second = {one.sha256: one for one in closed(recorded, ModelVersion)}.values()
    assert first.run == second.run
    assert {Path(str(file.location)).name for file in second.files} >= {"model.safetensors"}
    model = transformers.BertForSequenceClassification.from_pretrained(tmp_path / "final")
    trainer(tmp_path, model).train()
    tuned = closed(recorded, TrainingRun)[-1]
    assert tuned.initialized_from == second.reference(), "found by the digest of its files"
    assert refusals(recorded) == []


def test_an_evaluation_judges_the_model_that_was_made(recorded: Recorded, tmp_path: Path) -> None:
    going = trainer(tmp_path)
    going.train()
    (model,) = closed(recorded, ModelVersion)
    result = going.evaluate()
    going.predict(rows(8, 200))
    validation, test = closed(recorded, EvaluationRun)
    assert (validation.model, test.model) == (model.reference(), model.reference())
    losses = [
        one for one in closed(recorded, MetricObservation) if one.run in {validation.reference(), test.reference()}
    ]
    assert [word(one.role) for one in losses if word(one.metric) == "loss"] == ["validation", "test"]
    assert next(one.value for one in losses if word(one.metric) == "loss") == result["eval_loss"]
    (row,) = answers(recorded, "models/training-data", model="BertForSequenceClassification")
    assert row["records"] == 16


class Failing(transformers.TrainerCallback):  # type: ignore[misc]
    """Fails in the third step."""

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - its words
        if state.global_step == 3:
            raise ValueError("diverged")


def test_a_training_that_fails_has_failed(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="diverged"):
        trainer(tmp_path, callbacks=[Failing()]).train()
    (run,) = closed(recorded, TrainingRun)
    assert (run.error_type, run.error_message) == ("ValueError", "diverged")
    assert refusals(recorded) == []


def test_a_training_in_one_of_the_users_belongs_to_it(recorded: Recorded, tmp_path: Path) -> None:
    numbers = provkg.dataset("numbers", [1, 2, 3], source="https://example.org/numbers")
    with provkg.training("mine", data=numbers, params={"learning_rate": 5}):
        trainer(tmp_path).train()
    (run,) = closed(recorded, TrainingRun)
    assert (run.title, run.training_data) == ("mine", (numbers.reference,))
    assert settings_of(run)["learning_rate"] == 5, "the user's word stands"


def test_the_callback_can_be_given_on_purpose(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        trainer(tmp_path, callbacks=[ProvenanceCallback()]).train()
        (run,) = closed(recorded, TrainingRun)
        assert run.title == "train BertForSequenceClassification"


def weights_after(folder: Path, *, watched: bool) -> list[Any]:
    provkg.autolog("transformers", "torch") if watched else provkg.autolog("transformers", "torch", disable=True)
    transformers.set_seed(3)
    going = trainer(folder, eval_strategy="epoch", save_strategy="epoch")
    going.train()
    return [*going.model.state_dict().values(), torch.rand(3)]


def test_training_is_bit_for_bit_the_same(recorded: Recorded, tmp_path: Path) -> None:
    with_us, without = (weights_after(tmp_path / str(watched), watched=watched) for watched in (True, False))
    assert all(torch.equal(one, other) for one, other in zip(with_us, without, strict=True))


def test_a_trained_model_can_be_forgotten(recorded: Recorded, tmp_path: Path) -> None:
    going = trainer(tmp_path)
    going.train()
    going.evaluate()
    alive = weakref.ref(going.model)
    del going
    gc.collect()
    assert alive() is None, "recording keeps no model in memory"
