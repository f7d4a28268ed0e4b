"""DLProv's two workloads: its small network on data of MNIST's shape, and ResNet50 on data of CIFAR-100's shape.

The data are random, since nothing is downloaded: what a step costs does not depend on what the pixels show.
(Pina, D. et al.: DLProv, a suite of provenance services for deep learning workflow analyses. PeerJ Computer Science.)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


def measured(begin: Callable[[dict[str, Any]], Any], tool: Any, folder: Path, own: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return the seconds of the whole training with what records it, and of each epoch."""
    torch.manual_seed(7)
    torch.set_num_threads(own.get("threads", 1))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, rows, labels = {"network": _network, "resnet": _resnet}[own["model"]](own)
    model, rows, labels = model.to(device), rows.to(device), labels.to(device)
    optimizer, lossed = torch.optim.SGD(model.parameters(), lr=0.01), nn.CrossEntropyLoss()
    list(_epoch(model, optimizer, lossed, rows, labels, own))  # warm
    began = time.perf_counter()
    recording = _Timed()
    kept = rows.cpu().numpy()
    said = {"lr": 0.01, "optimizer": "SGD", "batch": own["batch"], "epochs": own["epochs"], "rows": kept}
    run = recording(begin, said)
    started = recording.seconds
    epochs = []
    for epoch in range(own["epochs"]):
        before = time.perf_counter()
        losses = list(_epoch(model, optimizer, lossed, rows, labels, own))
        took = time.perf_counter() - before
        for name, value in (("loss", sum(losses) / len(losses)), ("accuracy", 1 / (1 + losses[-1])), ("seconds", took)):
            recording(run.metric, name, value, epoch)
        epochs.append(time.perf_counter() - before)
    logged = recording.seconds
    recording(run.end)
    return {
        "wall_s": time.perf_counter() - began,
        "recording_s": recording.seconds,
        "begin_s": started,
        "finish_s": recording.seconds - logged,
        "epochs_s": epochs,
        "device": device,
    }


class _Timed:
    """Adds up what calls take in the thread that trains."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, act: Callable[..., Any], *given: Any) -> Any:
        before = time.perf_counter()
        found = act(*given)
        self.seconds += time.perf_counter() - before
        return found


def _epoch(
    model: nn.Module, optimizer: Any, lossed: nn.Module, rows: Tensor, labels: Tensor, own: Any
) -> Iterator[float]:
    for start in range(0, len(rows), own["batch"]):
        optimizer.zero_grad()
        loss = lossed(model(rows[start : start + own["batch"]]), labels[start : start + own["batch"]])
        loss.backward()
        optimizer.step()
        yield loss.item()


def _network(own: dict[str, Any]) -> tuple[nn.Module, Tensor, Tensor]:
    layers = nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)
    return nn.Sequential(*layers), torch.rand(own["rows"], 28, 28), torch.randint(10, (own["rows"],))


def _resnet(own: dict[str, Any]) -> tuple[nn.Module, Tensor, Tensor]:
    return ResNet50(), torch.rand(own["rows"], 3, 32, 32), torch.randint(100, (own["rows"],))


class Bottleneck(nn.Module):  # type: ignore[misc]
    """Three convolutions around a shortcut (He et al. 2016, figure 5)."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = 4 * width
        self.body = nn.Sequential(
            *(nn.Conv2d(before, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, after, 1, bias=False), nn.BatchNorm2d(after)),
        )
        same = before == after and stride == 1
        self.short = (
            nn.Identity() if same else nn.Sequential(nn.Conv2d(before, after, 1, stride), nn.BatchNorm2d(after))
        )

    def forward(self, rows: Tensor) -> Tensor:
        """Add the body to the shortcut."""
        return torch.relu(self.body(rows) + self.short(rows))


class ResNet50(nn.Sequential):  # type: ignore[misc]
    """Fifty layers for a hundred classes (He et al. 2016, table 1)."""

    def __init__(self) -> None:
        layers: list[nn.Module] = [nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        before = 64
        for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for number in range(blocks):
                layers.append(Bottleneck(before, width, stride if number == 0 else 1))
                before = 4 * width
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 100))
