"""The NVIDIA GPUs of this machine, asked of the driver's library where Python has it, else of its own tool."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provkg.records import Accelerator

NVIDIA_SMI_SECONDS: Final = 5
MEBIBYTE: Final = 1024 * 1024
# Nothing else is tried where the driver is not loaded; the last one is that of Windows' Linux.
DRIVERS: Final = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg")


@dataclass(frozen=True)
class Gpu:
    """One GPU as its driver tells of it."""

    model: str
    memory_bytes: int | None
    driver: str | None


def accelerators() -> tuple[Accelerator, ...]:
    """Return the NVIDIA GPUs that the driver tells of; none where there is no driver, or it does not answer."""
    if not has_driver():
        return ()
    library = nvml()
    return counted(gpus_of_library(library) if library is not None else gpus_of_tool())


def has_driver() -> bool:
    """Whether a driver of NVIDIA's is loaded."""
    return any(Path(place).exists() for place in DRIVERS)


def nvml() -> Any | None:
    """Return the driver's library (the package nvidia-ml-py), ready to be asked; None where it is not to be had."""
    if not has_driver() or importlib.util.find_spec("pynvml") is None:
        return None
    import pynvml  # of a package that need not be there

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def gpus_of_library(library: Any) -> list[Gpu]:
    """Return what the driver's library tells of each GPU."""
    try:
        driver = _text(library.nvmlSystemGetDriverVersion())
        handles = [library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())]
        return [
            Gpu(_text(library.nvmlDeviceGetName(each)), int(library.nvmlDeviceGetMemoryInfo(each).total), driver)
            for each in handles
        ]
    except library.NVMLError:
        return []


def _text(said: str | bytes) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said  # before version 12 of the package


def gpus_of_tool() -> list[Gpu]:
    """Return what the driver's tool tells of each GPU."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    query = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=NVIDIA_SMI_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return parsed(answer.stdout)


def parsed(table: str) -> list[Gpu]:
    """Return what `nvidia-smi --query-gpu=name,memory.total,driver_version` printed."""
    rows = [tuple(cell.strip() for cell in line.split(",")) for line in table.splitlines() if line.count(",") == 2]
    return [
        Gpu(model, int(memory) * MEBIBYTE if memory.isdigit() else None, driver or None)
        for model, memory, driver in rows
        if model
    ]


def counted(gpus: Iterable[Gpu]) -> tuple[Accelerator, ...]:
    """Return the GPUs with equal ones counted."""
    return tuple(
        Accelerator(model=gpu.model, count=count, memory_bytes=gpu.memory_bytes, driver_version=gpu.driver)
        for gpu, count in Counter(gpus).items()
    )
