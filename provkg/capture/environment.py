"""What a run ran in and on: operating system, interpreter, packages, CPU, memory, GPUs, container."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path

from provkg import vocabulary
from provkg.capture.accelerators import accelerators
from provkg.capture.clusters import cluster, machine
from provkg.capture.containers import below, container, is_contained, limits
from provkg.capture.git import Git
from provkg.capture.interpreters import Interpreter, this_interpreter
from provkg.capture.local_modules import place_of
from provkg.capture.lock_files import lock_files
from provkg.capture.packages import MOST_FOLDERS, installed_packages, working_folders
from provkg.capture.source_code import working_folder
from provkg.records import (
    ComputeNode,
    Environment,
    HardwareConfiguration,
    Iri,
    SoftwareEnvironment,
    SourceRevision,
)

_BARE: tuple[Iri, ...] = (Iri(vocabulary.hasContainer.value),)


def environment(script: Path | None = None, python: Interpreter | None = None) -> Environment:
    """Return the environment of this process, started with `script`, or of a command that runs in `python`.

    It asks the disk, git about packages that are worked on, and, where there is one, the GPU driver.
    """
    python, memory = python or this_interpreter(), memory_bytes()
    held = below(limits(), os.cpu_count(), memory)
    return Environment(
        os_name=os_name(),
        kernel_version=f"{platform.system()} {platform.release()}",
        software=SoftwareEnvironment(
            python_version=python.version,
            packages=installed_packages(python.path),
            lock_file=lock_files(script) or None,
            code=tuple(_working_code(script, python)),
        ),
        hardware=HardwareConfiguration(
            cpu_model=cpu_model(),
            cpu_count=os.cpu_count(),
            memory_bytes=memory,
            architecture=platform.machine() or None,
            accelerators=accelerators(),
        ),
        container=container(os.environ),
        cluster=cluster(os.environ),
        cpu_limit=held.cpus,
        memory_limit_bytes=held.memory_bytes,
        absent=() if is_contained(os.environ) else _BARE,
    )


def _working_code(script: Path | None, python: Interpreter) -> Iterator[SourceRevision]:
    """Yield the state of each folder that a package is imported from, other than the program's own repository."""
    around = Git.around(place_of(script), trusted=script is not None)
    for folder in [*working_folders(python.path)][:MOST_FOLDERS]:
        git = Git.around(folder, trusted=True)
        # A commit of the program's own repository makes another program, not another environment.
        if git is None or (around is not None and git.top == around.top):
            continue
        if (found := working_folder(git)) is not None:
            yield found
        if git.hung:
            break  # the others would, too


def compute_node() -> ComputeNode:
    """Return this machine; its name enters the graph only as a pseudonym."""
    return ComputeNode(host=machine(os.environ) or socket.gethostname())


def os_name(release: Path = Path("/etc/os-release")) -> str:
    """Return the operating system's name and version as people read it (os-release(5), PRETTY_NAME)."""
    try:
        lines = release.read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.system()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    return said.get("PRETTY_NAME", platform.system()).strip("\"'") or platform.system()


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
