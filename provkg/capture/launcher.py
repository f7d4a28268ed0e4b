"""Which launch of several processes this one is a rank of: told by torchrun, SLURM, MPI or `PROVKG_RUN_ID`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.capture.spool.process import process_facts

ABSENT: Final = frozenset({"", "none", "off"})  # torchrun's rendezvous id is "none" unless somebody gives one
# Rank, number of ranks, and how many of them are on this host, in the words of each launcher.
RANKS: Final = (
    ("PROVKG_RANK", "PROVKG_WORLD_SIZE", ""),
    ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"),
    ("PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", ""),
)
LAUNCHERS: Final = ("torchrun", "torch.distributed", "torch/distributed", "mpirun", "mpiexec", "prterun", "accelerate")
SLURM_JOB: Final = ("SLURM_CLUSTER_NAME", "SLURM_JOB_ID", "SLURM_RESTART_COUNT")
MEETING: Final = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RESTART_COUNT")


@dataclass(frozen=True)
class Launch:
    """One launch of `size` processes, of which this one is number `rank`; `key` is the same in all of them."""

    key: tuple[str, ...]
    rank: int
    size: int


def launch(variables: Mapping[str, str] = os.environ) -> Launch | None:
    """Return the launch that this process belongs to; None where it is alone or nothing tells launches apart."""
    found = next(_ranks(variables), None)
    if found is None or variables.get("PROVKG_RUN_ID", "unsaid").lower() in ABSENT:
        return None
    rank, size, together = found
    key = next(_keys(variables, together=together), None)
    return Launch(key, rank, size) if key is not None else None


def _ranks(variables: Mapping[str, str]) -> Iterator[tuple[int, int, bool]]:
    for own, all_of_them, here in RANKS:
        rank, size = _number(variables.get(own)), _number(variables.get(all_of_them))
        if rank is not None and size is not None and 0 <= rank < size and size > 1:
            yield rank, size, _number(variables.get(here)) == size


def _number(said: str | None) -> int | None:
    return int(said) if said is not None and said.isdecimal() else None


def _keys(variables: Mapping[str, str], *, together: bool) -> Iterator[tuple[str, ...]]:
    """Yield what names the launch, the surest first; each with all that tells a second attempt from the first."""
    meeting, job = _said(variables, MEETING), _said(variables, SLURM_JOB)
    if told := variables.get("PROVKG_RUN_ID"):
        yield ("provkg", told, *_said(variables, MEETING[2:]))
    if (rendezvous := variables.get("TORCHELASTIC_RUN_ID", "")).lower() not in ABSENT:
        yield ("torchrun", rendezvous, *meeting, *job)
    # The steps of a job are launches of their own; a batch script is in none.
    if "SLURM_JOB_ID" in variables and (step := variables.get("SLURM_STEP_ID")) is not None:
        yield ("slurm", step, *job, *meeting)
    if (space := variables.get("PMIX_NAMESPACE")) is not None:
        yield ("pmix", space, *job)
    if together and (parent := _launching_parent()) is not None:
        yield ("parent", *parent, *meeting, *job)


def _said(variables: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}={variables[name]}" for name in names if name in variables)


def _launching_parent() -> tuple[str, ...] | None:
    # All ranks of one host are children of the launcher itself, unless a shell of its own stands before each.
    parent = os.getppid()
    try:
        command = Path(f"/proc/{parent}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
    if not any(name in command for name in LAUNCHERS):
        return None
    return tuple(str(fact) for fact in process_facts(parent).values())
