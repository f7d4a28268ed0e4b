"""What runs use of their machine: processors, memory, storage, GPUs, energy."""

from __future__ import annotations

from resource import struct_rusage
from typing import Any

from provkg.capture.spool.writer import SpoolWriter
from provkg.capture.trouble import attempt
from provkg.capture.usage.block import Usage
from provkg.capture.usage.energy import Energy
from provkg.records import Description, Reference


class Consumption:
    """What the run `run` uses from now on; `energy` says whether that is wanted, and None leaves it to the process."""

    def __init__(self, run: Reference, writer: SpoolWriter, energy: bool | str | None) -> None:  # noqa: FBT001
        self._usage = attempt("look at what the run uses", lambda: Usage.of(run, writer))
        self._energy = attempt("learn the energy of the run", lambda: Energy.of(energy))

    def launches(self) -> None:
        """Take what a command uses that our process starts and waits for, rather than what our process does."""
        if self._usage is not None:
            self._usage.launches()

    def command_used(self, used: struct_rusage) -> None:
        """Take what the kernel says that the command used."""
        if self._usage is not None:
            self._usage.command_used(used)

    def final(self) -> tuple[dict[str, Any], tuple[Description, ...]]:
        """Return what the closing record says of the run itself, and the measurements beside it."""
        taken = attempt("learn the energy of the run", self._energy.fields) if self._energy is not None else None
        used = attempt("sum up what was used", self._usage.final) if self._usage is not None else None
        return taken or {}, used or ()


__all__ = ["Consumption", "Energy", "Usage"]
