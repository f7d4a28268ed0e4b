"""What a run ran in and on: operating system, interpreter, packages, CPU, memory, GPUs, container."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

from provkg.capture.secrets import filtered_text
from provkg.records import (
    Accelerator,
    ComputeNode,
    ContainerImage,
    Environment,
    HardwareConfiguration,
    SoftwareEnvironment,
    SoftwarePackage,
)

NVIDIA_SMI_SECONDS: Final = 5
MEBIBYTE: Final = 1024 * 1024
# Variables in which images and schedulers name the container that runs; there is no way to ask from inside.
IMAGE_VARIABLES: Final = (
    "PROVKG_IMAGE",
    "CONTAINER_IMAGE",
    "SINGULARITY_CONTAINER",
    "APPTAINER_CONTAINER",
    "CI_JOB_IMAGE",
)
MODULE_PACKAGES: Final = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "PyYAML",
}


def environment() -> Environment:
    """Return the environment of this process; asks the disk and, where there is one, the GPU driver."""
    return Environment(
        os_name=os_name(),
        kernel_version=f"{platform.system()} {platform.release()}",
        software=SoftwareEnvironment(python_version=platform.python_version(), packages=installed_packages()),
        hardware=HardwareConfiguration(
            cpu_model=cpu_model(),
            cpu_count=os.cpu_count(),
            memory_bytes=memory_bytes(),
            architecture=platform.machine() or None,
            accelerators=accelerators(),
        ),
        container=container(os.environ),
    )


def compute_node() -> ComputeNode:
    """Return this host; its name enters the graph only as a pseudonym."""
    return ComputeNode(host=socket.gethostname())


def os_name(release: Path = Path("/etc/os-release")) -> str:
    """Return the operating system's name and version as people read it (os-release(5), PRETTY_NAME)."""
    try:
        lines = release.read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.system()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    return said.get("PRETTY_NAME", platform.system()).strip("\"'") or platform.system()


def installed_packages() -> tuple[SoftwarePackage, ...]:
    """Return every installed package, sorted by name; the first of two on the path, as Python imports it."""
    found: dict[str, SoftwarePackage] = {}
    for distribution in metadata.distributions():
        name = distribution.name
        if name and distribution.version:
            found.setdefault(name.lower().replace("_", "-"), SoftwarePackage(name=name, version=distribution.version))
    return tuple(found[name] for name in sorted(found))


@cache
def package(name: str) -> SoftwarePackage | None:
    """Return the installed package of that name, or the one that brings the module of that name."""
    root = name.partition(".")[0]
    for candidate in dict.fromkeys((name, MODULE_PACKAGES.get(root, root))):
        try:
            found = metadata.distribution(candidate)
        except (metadata.PackageNotFoundError, ValueError):
            continue
        return SoftwarePackage(name=found.name, version=found.version)
    if root in sys.stdlib_module_names or root not in sys.modules:
        return None
    names = _packages_of_modules().get(root)
    return SoftwarePackage(name=names[0], version=metadata.version(names[0])) if names else None


@cache
def _packages_of_modules() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()  # reads every package's list of files


def cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str | None:
    """Return the processor's name."""
    try:
        lines = cpuinfo.read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor() or None
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model", "Hardware")))
    return next(named, None) or platform.processor() or platform.machine() or None


def memory_bytes() -> int | None:
    """Return the physical memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def accelerators() -> tuple[Accelerator, ...]:
    """Return the NVIDIA GPUs that the driver's own tool lists; none where it is not installed or does not answer."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    query = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=NVIDIA_SMI_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    return parsed_accelerators(answer.stdout)


def parsed_accelerators(table: str) -> tuple[Accelerator, ...]:
    """Return what `nvidia-smi --query-gpu=name,memory.total,driver_version` printed, equal ones counted."""
    rows = [tuple(cell.strip() for cell in line.split(",")) for line in table.splitlines() if line.count(",") == 2]
    return tuple(
        Accelerator(
            model=model,
            count=count,
            memory_bytes=int(memory) * MEBIBYTE if memory.isdigit() else None,
            driver_version=driver or None,
        )
        for (model, memory, driver), count in Counter(rows).items()
    )


def container(variables: Mapping[str, str]) -> ContainerImage | None:
    """Return the container image where a variable names it."""
    named = next((variables[name] for name in IMAGE_VARIABLES if variables.get(name)), None)
    return ContainerImage(image_reference=filtered_text(named)) if named else None
