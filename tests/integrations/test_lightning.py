"""What Lightning's `Trainer` does is recorded as it is, under both of its names, and nothing of it changes."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import textwrap
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
pl: Any = pytest.importorskip("lightning.pytorch")
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402 - where torch is

import provkg  # noqa: E402
from provkg.integrations.lightning import ProvenanceCallback  # noqa: E402
from provkg.records import (  # noqa: E402
    CLOSED,
    Checkpoint,
    EvaluationRun,
    FineTuningRun,
    MetricObservation,
    MetricSeries,
    ModelVersion,
    TrainingRun,
)
from tests.autologged import closed, settings_of  # noqa: E402
from tests.integrations.graphs import BASE, answers, missing_at_standard, refusals  # noqa: E402
from tests.recording import CHECKOUT, Recorded, described, recording  # noqa: E402

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*does not have many workers.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*smaller than the logging interval.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*have no `val_dataloader`.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:The dirpath has changed:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*Checkpoint directory .* exists.*:UserWarning"),
]
torch.set_num_threads(1)


class Net(pl.LightningModule):  # type: ignore[misc]  # Lightning is not looked into
    """One layer."""

    def __init__(self, width: int = 2, rate: float = 0.1) -> None:  # noqa: ARG002 - a hyper-parameter that Lightning saves
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(8, width)

    def loss(self, batch: Any) -> Any:
        return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])

    def training_step(self, batch: Any, _: int) -> Any:
        loss = self.loss(batch)
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        self.log("norm", self.layer.weight.norm())
        return loss

    def validation_step(self, batch: Any, _: int) -> None:
        self.log("val_loss", self.loss(batch))

    def test_step(self, batch: Any, number: int) -> None:  # noqa: ARG002 - Lightning's word
        self.log("test_loss", self.loss(batch))

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)


@pytest.fixture
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("lightning", "pytorch_lightning", "torch")
        try:
            yield recorded
        finally:
            provkg.autolog("lightning", "pytorch_lightning", "torch", disable=True)


def loader(seed: int = 3, **more: Any) -> Any:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(40, 8, generator=generator)
    return DataLoader(TensorDataset(x, (x.sum(1) > 0).long()), batch_size=10, **more)


def trainer(folder: Path, **more: Any) -> Any:
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    return pl.Trainer(**{"max_epochs": 2, "log_every_n_steps": 2, "default_root_dir": folder, **quiet, **more})


def series_of(recorded: Recorded, words: str) -> list[tuple[int | None, int | None]]:
    """Return the places of the points of the one series whose metric says `words`."""
    found = [
        one
        for record in recorded.records(CLOSED)
        for one in described(record, MetricSeries)
        if one.nodes
        and words == str(getattr(one.metric, "name", None) or getattr(one.metric, "value", "")).rpartition("-")[2]
    ]
    return [(epoch, step) for _, epoch, step, _ in found[0].nodes]


def test_a_fit_is_a_training(recorded: Recorded, tmp_path: Path) -> None:
    pl.seed_everything(7, verbose=False)
    trainer(tmp_path).fit(Net(), loader(), loader(4))
    (run,) = closed(recorded, TrainingRun)
    said = settings_of(run)
    expected = {"hparams.width": 2, "hparams.rate": 0.1, "optimizer": "SGD", "optimizer.lr": 0.1, "seed": 7}
    expected |= {"trainer.max_epochs": 2, "trainer.precision": "32-true", "loader.batch_size": 10}
    assert (run.title, {name: said.get(name) for name in expected}) == ("fit Net", expected)
    assert "trainer.num_nodes" not in said, "what is as usual is not said"
    assert (len(run.training_data), len(run.validation_data)) == (1, 1)
    assert missing_at_standard(recorded) == []


def test_metrics_have_the_places_that_they_were_logged_at(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path).fit(Net(), loader(), loader(4))
    assert series_of(recorded, "norm") == [(None, step) for step in (1, 2, 4, 5, 6, 8)], "each second, and the first"
    assert series_of(recorded, "train_loss_step") == [(None, step) for step in (1, 2, 4, 5, 6, 8)]
    roles = {
        (
            str(getattr(one.metric, "value", one.metric)).rpartition("-")[2],
            str(getattr(one.role, "value", "")).rpartition("-")[2],
        )
        for one in described(recorded.closing(), MetricSeries)
    }
    assert {("loss", "train"), ("loss", "validation")} <= roles


def test_the_best_checkpoint_is_the_model(recorded: Recorded, tmp_path: Path) -> None:
    saving = pl.callbacks.ModelCheckpoint(tmp_path, "{epoch}", monitor="val_loss", mode="max", save_top_k=2)
    net = Net()
    fitting = trainer(tmp_path, callbacks=[saving], max_epochs=3)
    fitting.fit(net, loader(), loader(4))
    (run,) = closed(recorded, TrainingRun)
    assert (settings_of(run)["checkpoint.monitor"], settings_of(run)["checkpoint.mode"]) == ("val_loss", "max")
    states = [one for one in closed(recorded, Checkpoint) if one.files]
    best = next(one for one in states if one.files[0].location == Path(saving.best_model_path).as_uri())
    assert (best.epoch, best.step) == (0, 4), "the loss falls, and its highest value was asked for"
    (model,) = [one for one in closed(recorded, ModelVersion) if not isinstance(one, Checkpoint)]
    assert (model.selected_checkpoint, model.sha256) == (best.reference(), best.sha256)
    fitting.test(net, loader(5), verbose=False)
    fitting.test(net, loader(5), ckpt_path="best", verbose=False)
    last, of_best = closed(recorded, EvaluationRun)
    assert last.model != of_best.model, "the weights in memory are those of the last epoch"
    assert of_best.model in {best.reference(), model.reference()}
    assert refusals(recorded) == []


def test_a_test_is_an_evaluation_of_the_model_that_was_made(recorded: Recorded, tmp_path: Path) -> None:
    net, fitting = Net(), trainer(tmp_path, enable_checkpointing=False)
    fitting.fit(net, loader())
    fitting.test(net, loader(5), verbose=False)
    fitting.validate(net, loader(6), verbose=False)
    (model,) = closed(recorded, ModelVersion)
    test, validation = closed(recorded, EvaluationRun)
    assert (test.model, validation.model) == (model.reference(), model.reference())
    observed = closed(recorded, MetricObservation)
    assert [
        str(getattr(one.role, "value", "")).rpartition("-")[2] for one in observed if one.of == model.reference()
    ] == [
        "test",
        "validation",
    ]
    (row,) = answers(recorded, "models/training-data", model="Net")
    assert row["records"] == 40


def test_a_fit_goes_on_from_a_checkpoint(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path, callbacks=[pl.callbacks.ModelCheckpoint(tmp_path, "first")], max_epochs=1).fit(Net(), loader())
    trainer(tmp_path).fit(Net(), loader(), ckpt_path=str(tmp_path / "first.ckpt"))
    first, second = closed(recorded, TrainingRun)
    states = {one.reference() for one in closed(recorded, ModelVersion) if one.run == first.reference()}
    assert (type(second), second.initialized_from in states) == (TrainingRun, True)
    assert refusals(recorded) == []


def test_weights_of_a_checkpoint_make_it_a_fine_tuning(recorded: Recorded, tmp_path: Path) -> None:
    trainer(tmp_path, callbacks=[pl.callbacks.ModelCheckpoint(tmp_path, "base")], max_epochs=1).fit(Net(), loader())
    net = Net.load_from_checkpoint(tmp_path / "base.ckpt", weights_only=False)
    trainer(tmp_path, enable_checkpointing=False).fit(net, loader(8))
    _, second = closed(recorded, TrainingRun)
    assert isinstance(second, FineTuningRun)
    assert refusals(recorded) == []


def test_stopping_early_is_said(recorded: Recorded, tmp_path: Path) -> None:
    stopping = pl.callbacks.EarlyStopping("val_loss", mode="max", patience=1)
    trainer(tmp_path, callbacks=[stopping], max_epochs=9).fit(Net(), loader(), loader(4))
    (run,) = closed(recorded, TrainingRun)
    assert settings_of(run)["early_stopping.patience"] == 1
    (stopped,) = [
        one for one in closed(recorded, MetricObservation) if getattr(one.metric, "name", "") == "stopped_epoch"
    ]
    assert stopped.value == stopping.stopped_epoch > 0


class Failing(Net):
    """Fails in its second epoch."""

    def on_train_epoch_start(self) -> None:
        if self.current_epoch == 1:
            raise ValueError("diverged")


def test_a_fit_that_fails_has_failed(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="diverged"):
        trainer(tmp_path).fit(Failing(), loader())
    (run,) = closed(recorded, TrainingRun)
    assert (run.error_type, run.error_message) == ("ValueError", "diverged")
    assert refusals(recorded) == []


def test_a_fit_in_a_training_of_the_users_belongs_to_it(recorded: Recorded, tmp_path: Path) -> None:
    numbers = provkg.dataset("numbers", torch.ones(3, 8), source="https://example.org/numbers")
    with provkg.training("mine", data=numbers, params={"trainer.max_epochs": 5}):
        trainer(tmp_path, enable_checkpointing=False).fit(Net(), loader())
    (run,) = closed(recorded, TrainingRun)
    assert (run.title, run.training_data) == ("mine", (numbers.reference,))
    assert settings_of(run)["trainer.max_epochs"] == 5, "the user's word stands"
    assert settings_of(run)["hparams.width"] == 2


def test_the_callback_can_be_given_on_purpose(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        callback = ProvenanceCallback()
        assert isinstance(pickle.loads(pickle.dumps(callback)), ProvenanceCallback)  # noqa: S301 - our own
        trainer(tmp_path, callbacks=[callback]).fit(Net(), loader())
        (run,) = closed(recorded, TrainingRun)
        assert run.title == "fit Net"
        assert len([one for one in closed(recorded, ModelVersion) if not isinstance(one, Checkpoint)]) == 1


def test_the_older_name_is_watched_too(recorded: Recorded, tmp_path: Path) -> None:
    older: Any = pytest.importorskip("pytorch_lightning")

    class Older(older.LightningModule):  # type: ignore[misc]
        __init__, loss, training_step = Net.__init__, Net.loss, Net.training_step
        configure_optimizers = Net.configure_optimizers

    Older.__init__ = _init
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    older.Trainer(max_epochs=1, enable_checkpointing=False, **quiet).fit(Older(), loader())
    assert [run.title for run in closed(recorded, TrainingRun)] == ["fit Older"]


def _init(self: Any) -> None:
    super(type(self), self).__init__()
    self.layer = torch.nn.Linear(8, 2)
    self.save_hyperparameters({"rate": 0.1})


def fitted(folder: Path, *, watched: bool) -> tuple[list[Any], list[str]]:
    names = ("lightning", "pytorch_lightning", "torch")
    provkg.autolog(*names) if watched else provkg.autolog(*names, disable=True)
    pl.seed_everything(5, verbose=False)
    net = Net()
    fitting = trainer(folder)
    fitting.fit(net, loader(shuffle=True), loader(4))
    state = torch.load(fitting.checkpoint_callback.best_model_path, weights_only=False)
    return [*net.state_dict().values(), torch.rand(3)], sorted(state)


def test_training_is_bit_for_bit_the_same(recorded: Recorded, tmp_path: Path) -> None:
    with_us, keys = fitted(tmp_path / "one", watched=True)
    without, keys_without = fitted(tmp_path / "other", watched=False)
    assert all(torch.equal(one, other) for one, other in zip(with_us, without, strict=True))
    assert keys == keys_without


SCRIPT = """
    import provkg, sys, torch, lightning.pytorch as pl
    provkg.autolog()
    torch.set_num_threads(1)
    from torch.utils.data import DataLoader, TensorDataset
    class Net(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)
        def training_step(self, batch, _):
            loss = self.layer(batch[0]).pow(2).mean()
            self.log("train_loss", loss, on_epoch=True, on_step=False)
            return loss
        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)
    if __name__ == "__main__":
        rows = TensorDataset(torch.arange(16.0).reshape(8, 2))
        quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
        trainer = pl.Trainer(max_epochs=2, accelerator="cpu", devices=2, strategy="ddp", **quiet)
        trainer.fit(Net(), DataLoader(rows, batch_size=2))
"""


def test_two_processes_are_two_activities_of_one_run(tmp_path: Path) -> None:
    from provkg.folder import Folder
    from provkg.graph import KnowledgeGraph
    from provkg.reading import Reader

    (tmp_path / "train.py").write_text(textwrap.dedent(SCRIPT))
    Folder.create(tmp_path / "kg", base=BASE)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")}
    environment |= {"PYTHONPATH": str(CHECKOUT), "PROVKG_DELIVER": "off", "PROVKG_STORE": str(tmp_path / "kg")}
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    with KnowledgeGraph.hold(Folder.find(tmp_path / "kg")) as graph:
        report = graph.drain()
    assert (report.rejected, report.conflicts) == (0, 0), done.stderr
    with Reader.open(tmp_path / "kg") as reader:
        runs = list(
            reader.query(
                "PREFIX pvk: <https://w3id.org/provkg#> SELECT ?run ?workers (COUNT(?part) AS ?parts) WHERE {"
                " ?run a pvk:TrainingRun ; pvk:workerCount ?workers . ?part pvk:partOfRun ?run } GROUP BY ?run ?workers"
            )
        )
    assert [(row["workers"], row["parts"]) for row in runs] == [(2, 2)]


def test_a_trained_model_can_be_forgotten(recorded: Recorded, tmp_path: Path) -> None:
    net, fitting = Net(), trainer(tmp_path, enable_checkpointing=False)
    fitting.fit(net, loader(), loader(4))
    fitting.test(net, loader(5), verbose=False)
    alive = weakref.ref(net)
    del net, fitting
    gc.collect()
    assert alive() is None, "recording keeps no model in memory"
