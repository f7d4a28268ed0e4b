"""What a scheduler gave out for this process: machines, partition and accelerators, and under which id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from provkg.records import ClusterConfiguration, Orchestrator

NAMESPACE_FILE: Final = Path("var/run/secrets/kubernetes.io/serviceaccount/namespace")
# Kubernetes tells a container of itself only what its pod asks for, by the names that are customary for it.
NAMESPACE_VARIABLES: Final = ("POD_NAMESPACE", "K8S_NAMESPACE", "KUBERNETES_NAMESPACE", "NAMESPACE")
POD_ID_VARIABLES: Final = ("POD_UID", "K8S_POD_UID")
NODE_VARIABLES: Final = ("NODE_NAME", "K8S_NODE_NAME", "KUBERNETES_NODE_NAME")
TASKS: Final = re.compile(r"(\d+)(?:\(x\d+\))?")


def cluster(variables: Mapping[str, str]) -> ClusterConfiguration | None:
    """Return what SLURM or Kubernetes gave out; None outside of both, or where the number of machines is not told."""
    if "SLURM_JOB_ID" in variables:
        return _slurm(variables)
    nodes = _nodes_of_launch(variables)
    if "KUBERNETES_SERVICE_HOST" in variables and nodes is not None:
        per_node = _number(variables.get("LOCAL_WORLD_SIZE"))
        return ClusterConfiguration(node_count=nodes, scheduler_name="Kubernetes", processes_per_node=per_node)
    return None


def _slurm(variables: Mapping[str, str]) -> ClusterConfiguration | None:
    """Return the allocation as sbatch(1) and srun(1) tell it, section "output environment variables"."""
    nodes = _number(variables.get("SLURM_JOB_NUM_NODES") or variables.get("SLURM_NNODES"))
    if nodes is None:
        return None
    return ClusterConfiguration(
        node_count=nodes,
        scheduler_name="Slurm",
        partition=variables.get("SLURM_JOB_PARTITION") or None,
        processes_per_node=_tasks_per_node(variables),
        accelerators_per_node=_accelerators(variables),
    )


def _tasks_per_node(variables: Mapping[str, str]) -> int | None:
    """Return how many tasks each machine has; None where they differ, as in `4(x2),3`."""
    said = variables.get("SLURM_STEP_TASKS_PER_NODE") or variables.get("SLURM_TASKS_PER_NODE") or ""
    numbers = {TASKS.fullmatch(part) for part in said.split(",")}
    told = {found[1] for found in numbers if found is not None}
    if None in numbers or len(told) != 1:
        return _number(variables.get("SLURM_NTASKS_PER_NODE"))
    return int(told.pop())


def _accelerators(variables: Mapping[str, str]) -> int | None:
    """Return how many GPUs were given on a machine: counted on this one, else as asked for, `4` or `a100:4`."""
    counted = _number(variables.get("SLURM_GPUS_ON_NODE"))
    asked = variables.get("SLURM_GPUS_PER_NODE", "").split("(")[0]
    parts = [_number(part.rpartition(":")[2]) for part in asked.split(",")] if asked else []
    return counted if counted is not None else sum(filter(None, parts)) or None


def _nodes_of_launch(variables: Mapping[str, str]) -> int | None:
    """Return how many machines torchrun started processes on; 1 where nothing started several."""
    if (agents := _number(variables.get("GROUP_WORLD_SIZE"))) is not None:
        return agents
    return 1 if "WORLD_SIZE" not in variables else None


def job_ids(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return under which ids a scheduler knows this process; they are numbers and name nobody."""
    return tuple(_job_ids(variables))


def _job_ids(variables: Mapping[str, str]) -> Iterator[str]:
    if job := variables.get("SLURM_JOB_ID"):
        array, task = variables.get("SLURM_ARRAY_JOB_ID"), variables.get("SLURM_ARRAY_TASK_ID")
        yield f"slurm:{array}_{task}" if array and task else f"slurm:{job}"
    if pod := _first(variables, POD_ID_VARIABLES):
        yield f"kubernetes:{pod}"


def namespace(variables: Mapping[str, str], root: Path = Path("/")) -> Orchestrator | None:
    """Return the Kubernetes namespace as what runs the process; its name, often a person's, is a pseudonym then."""
    if "KUBERNETES_SERVICE_HOST" not in variables:
        return None
    try:
        told = (root / NAMESPACE_FILE).read_text("utf-8", "replace").strip()
    except OSError:
        told = ""
    name = _first(variables, NAMESPACE_VARIABLES) or told
    return Orchestrator(issuer="kubernetes", subject=name) if name else None


def machine(variables: Mapping[str, str]) -> str | None:
    """Return the name of the machine where the host's is that of a pod; None where it is not told."""
    return _first(variables, NODE_VARIABLES) if "KUBERNETES_SERVICE_HOST" in variables else None


def _first(variables: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((variables[name] for name in names if variables.get(name)), None)


def _number(said: str | None) -> int | None:
    return int(said) if said is not None and said.isdecimal() else None
