"""Weights & Biases offline."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_ERROR_REPORTING": "false"}

import wandb as library

BLOCK, OF_FILE, OF_FRAGMENT = 32768, 7, 7
FULL, FIRST, LAST = 1, 2, 4


class Run:
    """A run of W&B."""

    def __init__(self, folder: Path, params: dict[str, Any]) -> None:
        params.pop("rows", None)
        self.run = library.init(project="benchmark", dir=str(folder), config=params, mode="offline")

    def metric(self, name: str, value: float, step: int) -> None:
        """Record a value."""
        self.run.log({name: value}, step=step)

    def end(self) -> None:
        """End."""
        self.run.finish()


def begin(folder: Path, params: dict[str, Any]) -> Run:
    """Start a run."""
    return Run(folder, params)


def recovered(folder: Path) -> int:
    """Return how many rows of history its transaction log holds."""
    from wandb.proto import wandb_internal_pb2

    found = 0
    for log in folder.glob("wandb/offline-run-*/*.wandb"):
        for data in _records(log.read_bytes()):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(data)
            if record.WhichOneof("record_type") == "history":
                keys = [item.key or "/".join(item.nested_key) for item in record.history.item]
                found += "loss" in keys
    return found


def _records(log: bytes) -> Iterator[bytes]:
    """Yield the whole records of a log (LevelDB log format: blocks of 32 KiB, fragments with checksum, size, kind)."""
    at, gathered = OF_FILE, b""
    while at + OF_FRAGMENT <= len(log):
        if BLOCK - at % BLOCK < OF_FRAGMENT:
            at += BLOCK - at % BLOCK
            continue
        _, size, kind = struct.unpack_from("<IHB", log, at)
        fragment, at = log[at + OF_FRAGMENT : at + OF_FRAGMENT + size], at + OF_FRAGMENT + size
        if kind == 0 or len(fragment) < size:  # zeros that were reserved, or the torn end
            return
        gathered = fragment if kind in {FULL, FIRST} else gathered + fragment
        if kind in {FULL, LAST}:
            yield gathered


def facts(folder: Path, own: dict[str, Any]) -> None:
    """Record parameters, data and model as artifacts with what is known of them, a value, and a run that fails."""
    with library.init(project="facts", dir=str(folder), config=own["params"], mode="offline", save_code=True) as run:
        data = library.Artifact(
            own["name"], type="dataset", metadata={"source": own["source"], "license": own["license"]}
        )
        data.add_file(own["data"])
        run.log_artifact(data)  # offline, none can be said to be used
        run.log({"loss": own["loss"]}, step=3)
        model = library.Artifact("network", type="model")
        model.add_file(own["model"])
        run.log_artifact(model)
    try:
        with library.init(project="facts", dir=str(folder), mode="offline"):
            raise ValueError(own["error"])
    except ValueError:
        pass
