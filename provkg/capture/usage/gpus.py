"""What the GPUs that a process may use are doing, asked of the driver's library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from provkg.capture.accelerators import nvml

MILLI: Final = 1000
PERCENT: Final = 100


Doing = tuple[str, str, float]
"""The kind of metric, the number of the GPU, and the value."""


class Gpus:
    """The GPUs of NVIDIA's that this process may use; none where there is no driver, or Python cannot ask it."""

    def __init__(self, library: Any, variables: Mapping[str, str] = os.environ) -> None:
        self._library = library
        self._handles = dict(_visible(library, variables)) if library is not None else {}

    @classmethod
    def here(cls) -> Gpus:
        """Return those of this machine."""
        return cls(nvml())

    def doing(self) -> Iterator[Doing]:
        """Yield what each of them is doing."""
        library = self._library
        for number, handle in self._handles.items():
            for kind, ask in (
                ("gpuUtilization", lambda each: library.nvmlDeviceGetUtilizationRates(each).gpu / PERCENT),
                ("gpuMemoryUse", lambda each: float(library.nvmlDeviceGetMemoryInfo(each).used)),
                ("gpuPower", lambda each: library.nvmlDeviceGetPowerUsage(each) / MILLI),
            ):
                if (value := self._asked(ask, handle)) is not None:
                    yield kind, number, value

    def _asked(self, ask: Callable[[Any], float], handle: Any) -> float | None:
        try:
            return ask(handle)
        except self._library.NVMLError:
            return None  # not every GPU tells everything


def _visible(library: Any, variables: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the number and handle of each GPU that CUDA may use."""
    try:
        count = library.nvmlDeviceGetCount()
        handles = [library.nvmlDeviceGetHandleByIndex(index) for index in range(count)]
        ids = [_text(library.nvmlDeviceGetUUID(handle)) for handle in handles]
    except library.NVMLError:
        return
    for index in chosen(variables.get("CUDA_VISIBLE_DEVICES"), ids):
        yield str(index), handles[index]


def chosen(said: str | None, ids: Sequence[str]) -> list[int]:
    """Return which GPUs CUDA_VISIBLE_DEVICES names, by number or the beginning of an id, up to the first it cannot."""
    if said is None:
        return [*range(len(ids))]
    found: list[int] = []
    for part in filter(None, (each.strip() for each in said.split(","))):
        fitting = [int(part)] if part.isdecimal() else [n for n, known in enumerate(ids) if known.startswith(part)]
        if len(fitting) != 1 or fitting[0] >= len(ids):
            break
        found += fitting
    return found


def _text(said: str | bytes) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else said
