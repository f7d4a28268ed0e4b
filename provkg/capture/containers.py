"""The container that a process runs in: its image where anything inside tells, and the limits that it is held to."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.capture.secrets import filtered_text
from provkg.records import ContainerImage

# Variables in which images and schedulers name the image that runs; there is no way to ask from inside.
IMAGE_VARIABLES: Final = (
    "PROVKG_IMAGE",
    "CONTAINER_IMAGE",
    "SINGULARITY_CONTAINER",
    "APPTAINER_CONTAINER",
    "CI_JOB_IMAGE",
)
# Set by Kubernetes, systemd-nspawn, Podman and LXC, and Apptainer in every container of theirs.
INSIDE_VARIABLES: Final = ("KUBERNETES_SERVICE_HOST", "container", "APPTAINER_NAME", "SINGULARITY_NAME")
MARKS: Final = (".dockerenv", "run/.containerenv", ".singularity.d", "run/systemd/container")
OF_A_CONTAINER: Final = re.compile(r"docker|kubepods|containerd|libpod|crio|lxc|machine\.slice|garden|actions_job")
UNLIMITED: Final = 1 << 60
"""What version 1 writes for no limit is the largest number of pages."""


@dataclass(frozen=True)
class Limits:
    """What the processes of a container may use; None where nothing holds them back."""

    cpus: float | None = None
    memory_bytes: int | None = None


def container(variables: Mapping[str, str], root: Path = Path("/")) -> ContainerImage | None:
    """Return the container image where a variable names it, or Podman, which tells privileged containers."""
    if (named := next((variables[name] for name in IMAGE_VARIABLES if variables.get(name)), None)) is not None:
        return ContainerImage(image_reference=filtered_text(named))
    said = dict(_assignments(_text(root / "run/.containerenv")))
    if not said.get("image"):
        return None
    known_as = f"podman:sha256:{said['imageid'].removeprefix('sha256:')}" if said.get("imageid") else None
    return ContainerImage(image_reference=filtered_text(said["image"]), external_id=known_as)


def is_contained(variables: Mapping[str, str], root: Path = Path("/")) -> bool:
    """Whether anything says that this process runs in a container."""
    marked = any((root / mark).exists() for mark in MARKS)
    named = any(variables.get(name) for name in (*IMAGE_VARIABLES, *INSIDE_VARIABLES))
    return marked or named or bool(OF_A_CONTAINER.search(_text(root / "proc/self/cgroup")))


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            yield name.strip(), value.strip().strip("\"'")


# --- limits


def limits(root: Path = Path("/"), allowed: int | None = None) -> Limits:
    """Return what control groups allow, the least of all that a process is nested in (cgroups(7)).

    `allowed` is how many processors the process may run on, which it is asked for unless given.
    """
    allowed = len(os.sched_getaffinity(0)) if allowed is None else allowed
    groups = list(_groups(root))
    quotas = [quota for folder, is_unified in groups if (quota := _quota(folder, unified=is_unified)) is not None]
    amounts = [amount for folder, is_unified in groups if (amount := _memory(folder, unified=is_unified)) is not None]
    return Limits(cpus=float(min([*quotas, allowed])), memory_bytes=min(amounts, default=None))


def _groups(root: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the folder of each control group that limits this process, and whether it is of version 2."""
    mounts = list(_mounts(_text(root / "proc/self/mountinfo")))
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        for controller in controllers.split(","):
            for names, inner, place in mounts:
                if controller in names:
                    yield from ((folder, not controller) for folder in _nested(root, place, inner, path))


def _mounts(mountinfo: str) -> Iterator[tuple[set[str], str, str]]:
    """Yield of each mounted hierarchy its controllers (version 2: the empty one), which group is there, and where."""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if separator and len(fields) > 4 and kind[0] in {"cgroup", "cgroup2"}:
            yield ({""} if kind[0] == "cgroup2" else set(kind[-1].split(","))), fields[3], fields[4]


def _nested(root: Path, place: str, inner: str, path: str) -> Iterator[Path]:
    """Yield the folder of a group and of those that it is nested in, as far as they are mounted."""
    top = root / place.lstrip("/")
    # In a container without a namespace of its own the path is that of the host, whose part is mounted here.
    below = path.removeprefix(inner.rstrip("/")) if path.startswith(inner) else "/"
    folder = top / below.lstrip("/")
    yield from (each for each in (folder, *folder.parents) if each.is_relative_to(top))


def _quota(folder: Path, *, unified: bool) -> float | None:
    if unified:
        quota, _, period = _text(folder / "cpu.max").strip().partition(" ")
    else:
        quota, period = (_text(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() and int(period) else None


def _memory(folder: Path, *, unified: bool) -> int | None:
    said = _text(folder / ("memory.max" if unified else "memory.limit_in_bytes")).strip()
    return int(said) if said.isdecimal() and 0 < int(said) < UNLIMITED else None


def below(limits: Limits, cpus: int | None, memory_bytes: int | None) -> Limits:
    """Return those limits that are less than what the machine has."""
    return Limits(
        cpus=limits.cpus if limits.cpus is not None and limits.cpus < (cpus or math.inf) else None,
        memory_bytes=limits.memory_bytes if (limits.memory_bytes or math.inf) < (memory_bytes or math.inf) else None,
    )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
