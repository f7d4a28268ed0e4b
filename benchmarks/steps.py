"""What recording adds to one step of training in each framework: python -m benchmarks.steps [torch lightning …]."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = {"torch": 60, "lightning": 12, "keras": 12, "transformers": 12}
STEPS = 1000
Loop = Callable[[], None]


def of_torch() -> Loop:
    torch = importlib.import_module("torch")
    layer = torch.nn.Linear(1, 1)
    optimizer, values = torch.optim.SGD(layer.parameters(), lr=0.0), layer.weight

    def loop() -> None:
        for _ in range(STEPS):
            values.sum().backward()
            optimizer.step()

    # The first step looks around, once in a training.
    loop.first = optimizer.step  # type: ignore[attr-defined]
    return loop


def of_lightning() -> Loop:
    torch, pl = importlib.import_module("torch"), importlib.import_module("lightning.pytorch")
    rows = torch.utils.data.TensorDataset(torch.zeros(STEPS, 1))

    class Net(pl.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, _: int) -> Any:
            loss = self.layer(batch[0]).sum()
            self.log("loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.0)

    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}

    def loop() -> None:
        trainer = pl.Trainer(max_epochs=1, enable_checkpointing=False, **quiet)
        trainer.fit(Net(), torch.utils.data.DataLoader(rows, batch_size=1))

    return loop


def of_keras() -> Loop:
    keras, np = importlib.import_module("keras"), importlib.import_module("numpy")
    x = np.zeros((STEPS, 1), "float32")
    net = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    return lambda: net.fit(x, x, batch_size=1, verbose=0) and None


def of_transformers() -> Loop:
    torch, transformers = importlib.import_module("torch"), importlib.import_module("transformers")
    datasets = importlib.import_module("datasets")
    rows = datasets.Dataset.from_dict({"x": [[0.0]] * STEPS}).with_format("torch")

    class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def forward(self, x: Any) -> Any:
            return {"loss": self.layer(x).sum()}

    def loop() -> None:
        args = transformers.TrainingArguments(
            tempfile.mkdtemp(), max_steps=STEPS, per_device_train_batch_size=1, save_strategy="no", report_to="none",
            use_cpu=True, disable_tqdm=True, logging_steps=100,
        )  # fmt: skip
        transformers.Trainer(Net(), args, train_dataset=rows).train()

    return loop


LOOPS = {"torch": of_torch, "lightning": of_lightning, "keras": of_keras, "transformers": of_transformers}


def seconds(act: Loop) -> float:
    with contextlib.redirect_stdout(io.StringIO()):
        began = time.process_time()
        act()
        return (time.process_time() - began) / STEPS


def measured(name: str) -> None:
    import provkg

    loop, plain, watched = LOOPS[name](), [], []
    data = provkg.dataset("numbers", [1, 2, 3], source="here")
    with provkg.training(f"steps of {name}", data=data):
        seconds(loop)
        for _ in range(ROUNDS[name]):
            provkg.autolog(name, disable=True)
            plain.append(seconds(loop))
            provkg.autolog(name)
            getattr(loop, "first", lambda: None)()
            watched.append(seconds(loop))
        provkg.autolog(name, disable=True)
    added = [(one - other) * 1e6 for one, other in zip(watched, plain, strict=True)]
    low, _, high = statistics.quantiles(added, n=4)
    print(f"{name}: {ROUNDS[name]} rounds of {STEPS} steps, with and without in turn, CPU time of a step")
    print(f"  without recording {statistics.median(plain) * 1e6:.2f} µs, {min(plain) * 1e6:.2f} at best")
    print(f"  recording adds {statistics.median(added):.2f} µs (quartiles {low:.2f} to {high:.2f})", end="")
    # In a fit of a framework, what it costs once is among them: architecture, data, the digest of the model.
    print(f", {(min(watched) - min(plain)) * 1e6:.2f} µs between the best rounds")


def main() -> None:
    os.environ |= {"PROVKG_DELIVER": "off", "KERAS_BACKEND": "torch"}
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import provkg

    importlib.import_module("torch").set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        provkg.configure(store=Path(folder) / "kg")
        for name in sys.argv[1:] or LOOPS:
            measured(name)


if __name__ == "__main__":
    main()
