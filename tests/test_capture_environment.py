"""What is recorded of where a run took place: packages, lock files, containers and their limits, clusters, GPUs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import provkg
from provkg.capture import accelerators, facts
from provkg.capture.clusters import cluster, job_ids, machine, namespace
from provkg.capture.containers import Limits, below, container, is_contained, limits
from provkg.capture.environment import environment
from provkg.capture.lock_files import lock_files
from provkg.capture.packages import installed_packages, package
from provkg.records import ClusterConfiguration, Environment, Iri, Orchestrator, Run, SoftwarePackage, SourceRevision
from tests.recording import Recorded, described, left_in, ran, recording
from tests.test_capture_code import git, made, write

GIB = 1 << 30


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as found:
        yield found


# --- lock files


@pytest.mark.parametrize(
    "name", ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock", "pylock.toml", "conda-lock.yml"]
)
def test_a_lock_file_above_the_code_is_recorded_with_its_digest(tmp_path: Path, name: str) -> None:
    repository = made(tmp_path / "repository", train_py="")
    (repository / "source").mkdir()
    (repository / name).write_text("pinned", "utf-8")
    (tmp_path / "uv.lock").write_text("of somebody else", "utf-8")
    (found,) = lock_files(repository / "source" / "train.py")
    assert (found.sha256, found.location) == (sha256(b"pinned").hexdigest(), (repository / name).as_uri())


def test_the_nearest_folder_that_has_lock_files_tells_all_of_its(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for place in (tmp_path / "uv.lock", inner / "environment.yml", inner / "requirements-gpu.txt"):
        place.write_text("torch==2.9\n", "utf-8")
    found = lock_files(inner / "train.py")
    assert [Path(str(each.location)).name for each in found] == ["environment.yml", "requirements-gpu.txt"]


@pytest.mark.parametrize(
    ("text", "pins"),
    [
        ("numpy==2.1.0\n# why\n-r more.txt\ntorch @ https://example.org/torch.whl\n", True),
        ("numpy==2.1.0 \\\n    --hash=sha256:00\n", True),
        ("numpy>=2\n", False),
        ("numpy==2.1.0\npandas\n", False),
        ("# nothing\n", False),
    ],
)
def test_requirements_are_a_lock_file_where_they_pin_everything(tmp_path: Path, text: str, *, pins: bool) -> None:
    made(tmp_path, train_py="")
    (tmp_path / "requirements.txt").write_text(text, "utf-8")
    assert bool(lock_files(tmp_path / "train.py")) == pins


def test_where_a_lock_file_lies_makes_no_other_environment(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        made(tmp_path / name, train_py="")
        (tmp_path / name / "uv.lock").write_text("pinned", "utf-8")
        found.append(environment(tmp_path / name / "train.py"))
    assert found[0].digest == found[1].digest
    (tmp_path / "two" / "uv.lock").write_text("pinned otherwise", "utf-8")
    assert environment(tmp_path / "two" / "train.py").digest != found[0].digest


# --- packages from elsewhere


PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "thinlib"
version = "0.3"
"""


def pip_installed(what: str, place: Path) -> None:
    pytest.importorskip("pip")
    pytest.importorskip("hatchling")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", "--target", str(place), what],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow"}
        | {"GIT_CONFIG_VALUE_0": "always"},
    )
    assert done.returncode == 0, done.stderr


def the_package(place: Path, monkeypatch: pytest.MonkeyPatch) -> SoftwarePackage:
    monkeypatch.setattr(sys, "path", [str(place), *sys.path])
    (found,) = (each for each in installed_packages() if each.name == "thinlib")
    return found


@pytest.fixture
def library(tmp_path: Path) -> Path:
    found = made(tmp_path / "library", thinlib_py="X = 1\n")
    (found / "pyproject.toml").write_text(PROJECT, "utf-8")
    git(found, "add", ".")
    git(found, "commit", "-q", "-m", "project")
    return found


def test_a_package_out_of_a_repository_names_its_commit(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_installed(f"git+{library.as_uri()}", tmp_path / "installed")
    found, commit = the_package(tmp_path / "installed", monkeypatch), git(library, "rev-parse", "HEAD")
    assert found.revision is not None
    assert found.revision.commit == commit
    assert getattr(found.revision.repository, "url", None) == library.as_uri()
    plain = SoftwarePackage(name="thinlib", version="0.3")
    assert found.reference() == Iri(f"pkg:pypi/thinlib@0.3?vcs_url=git%2B{library.as_uri()}%40{commit}")
    assert plain.reference() == Iri("pkg:pypi/thinlib@0.3"), "the registry's is another package"
    assert provkg.check(found, level="standard").problems == ()


def test_a_package_out_of_an_archive_names_its_digest(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=library, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    pip_installed(str(wheel), tmp_path / "installed")
    found, digest = the_package(tmp_path / "installed", monkeypatch), sha256(wheel.read_bytes()).hexdigest()
    assert found.archive is not None
    assert (found.archive.sha256, found.archive.location) == (digest, wheel.as_uri())
    assert (found.archive.byte_size, found.archive.media_type) == (wheel.stat().st_size, "application/zip")
    assert found.sha256 == digest
    assert found.reference() == Iri(f"pkg:pypi/thinlib@0.3?checksum=sha256:{digest}")
    assert provkg.check(found, level="standard").problems == ()
    wheel.unlink()
    gone = the_package(tmp_path / "installed", monkeypatch)
    assert (gone.archive, gone.reference()) == (None, found.reference()), "of a file that is elsewhere, the digest"
    assert provkg.check(gone, level="standard").problems == ()


@pytest.mark.parametrize("said", [{"hash": f"sha256={'a' * 64}"}, {"hashes": {"sha256": "a" * 64}}])
def test_a_package_out_of_the_web_is_named_by_the_digest_of_what_was_fetched(
    said: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = tmp_path / "installed" / "thinlib-0.3.dist-info"
    noted.mkdir(parents=True)
    (noted / "METADATA").write_text("Metadata-Version: 2.1\nName: thinlib\nVersion: 0.3\n", "utf-8")
    origin = {"url": "https://example.org/thinlib-0.3.whl", "archive_info": said}
    (noted / "direct_url.json").write_text(json.dumps(origin))
    found = the_package(tmp_path / "installed", monkeypatch)
    assert (found.sha256, found.archive) == ("a" * 64, None), "its size is not known here"
    assert found.reference() == Iri(f"pkg:pypi/thinlib@0.3?checksum=sha256:{'a' * 64}")
    assert provkg.check(found, level="standard").problems == ()


def test_a_package_that_is_worked_on_tells_the_state_of_its_folder(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As installers leave it (PEP 610, the example of an editable installation).
    noted = tmp_path / "installed" / "thinlib-0.3.dist-info"
    noted.mkdir(parents=True)
    (noted / "METADATA").write_text("Metadata-Version: 2.1\nName: thinlib\nVersion: 0.3\n", "utf-8")
    (noted / "direct_url.json").write_text(json.dumps({"url": library.as_uri(), "dir_info": {"editable": True}}))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "installed"), *sys.path])
    program = made(tmp_path / "program", train_py="")

    def code() -> SourceRevision:
        software = environment(program / "train.py").software
        assert software is not None
        (found,) = (each for each in software.code if isinstance(each, SourceRevision) and library_of(each))
        return found

    def library_of(each: SourceRevision) -> bool:
        return getattr(each.repository, "url", None) == library.as_uri()

    clean = code()
    assert (clean.commit, clean.is_dirty) == (git(library, "rev-parse", "HEAD"), False)
    write(library, thinlib_py="X = 2\n")
    assert code().is_dirty
    assert code().reference() != clean.reference()
    own = environment(library / "thinlib.py").software
    assert own is not None
    assert not [each for each in own.code if isinstance(each, SourceRevision) and library_of(each)], "that is the code"


def test_what_an_installer_noted_wrongly_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, text in enumerate(["", "[]", "{", '{"url": 1, "vcs_info": []}', '{"url": "x", "dir_info": 1}']):
        noted = tmp_path / f"odd{number}-1.dist-info"
        noted.mkdir()
        (noted / "METADATA").write_text(f"Metadata-Version: 2.1\nName: odd{number}\nVersion: 1\n", "utf-8")
        (noted / "direct_url.json").write_text(text, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    found = [each for each in installed_packages() if each.name.startswith("odd")]
    assert [(each.revision, each.archive) for each in found] == [(None, None)] * 5
    assert package("odd0") == SoftwarePackage(name="odd0", version="1")


# --- containers; what the files hold is what the named system writes


def root_with(folder: Path, **files: str) -> Path:
    """Return a file root with `files`, in whose names `__` stands for a slash."""
    for name, text in files.items():
        place = folder / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


# podman-run(1): /run/.containerenv of a privileged container; of another one it is empty.
CONTAINERENV = """engine="podman-4.9.3"
name="keen_swartz"
id="1d5e2f0b5b2c"
image="registry.example.org/train:2"
imageid="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
rootless=1
"""


def test_podman_tells_the_image_and_its_id(tmp_path: Path) -> None:
    found = container({}, root_with(tmp_path, **{"run/.containerenv": CONTAINERENV}))
    assert found is not None
    assert found.image_reference == "registry.example.org/train:2"
    assert found.external_id == "podman:sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    told = container({"PROVKG_IMAGE": "train@sha256:ab"}, tmp_path)
    assert told is not None
    assert told.image_reference == "train@sha256:ab", "who starts it knows best"


@pytest.mark.parametrize(
    ("variables", "files"),
    [
        ({}, {".dockerenv": ""}),
        ({}, {"run/.containerenv": ""}),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, {}),
        ({"container": "lxc"}, {}),
        ({"APPTAINER_NAME": "train.sif"}, {}),
        ({}, {"proc/self/cgroup": f"4:memory:/docker/{'0f' * 32}\n"}),
        ({}, {"proc/self/cgroup": "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-0f.scope\n"}),
    ],
)
def test_a_container_is_noticed_also_where_its_image_is_not_told(
    tmp_path: Path, variables: dict[str, str], files: dict[str, str]
) -> None:
    root = root_with(tmp_path, **files)
    assert is_contained(variables, root)
    assert container(variables, root) is None


def test_outside_of_containers_it_is_said_that_there_is_none(tmp_path: Path) -> None:
    # A login session of systemd on version 2.
    root = root_with(tmp_path, proc__self__cgroup="0::/user.slice/user-1000.slice/session-3.scope\n")
    assert not is_contained({"HOME": "/home/me"}, root)


# Docker on version 2, in a namespace of its own: `docker run --cpus 1.5 --memory 2g`.
UNIFIED = "31 23 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw\n"


def test_the_limits_of_a_docker_container_are_read(tmp_path: Path) -> None:
    root = root_with(
        tmp_path,
        proc__self__cgroup="0::/\n",
        proc__self__mountinfo=UNIFIED,
        **{"sys/fs/cgroup/cpu.max": "150000 100000\n", "sys/fs/cgroup/memory.max": f"{2 * GIB}\n"},
    )
    assert limits(root, allowed=8) == Limits(cpus=1.5, memory_bytes=2 * GIB)


def test_of_nested_groups_the_least_limit_holds(tmp_path: Path) -> None:
    # SLURM 23 with cgroup/v2: the job has the limit, the task below says "max".
    task = "system.slice/slurmstepd.scope/job_48113/step_0/user/task_0"
    job = "sys/fs/cgroup/system.slice/slurmstepd.scope/job_48113"
    root = root_with(
        tmp_path,
        proc__self__cgroup=f"0::/{task}\n",
        proc__self__mountinfo=UNIFIED,
        **{
            f"sys/fs/cgroup/{task}/memory.max": "max\n",
            f"sys/fs/cgroup/{task}/cpu.max": "max 100000\n",
            f"{job}/memory.max": f"{16 * GIB}\n",
            f"{job}/step_0/memory.max": f"{32 * GIB}\n",
            f"{job}/step_0/cpu.max": "600000 100000\n",
        },
    )
    assert limits(root, allowed=4) == Limits(cpus=4.0, memory_bytes=16 * GIB), "SLURM binds tasks to processors"
    assert limits(root, allowed=64).cpus == 6.0


def test_the_limits_of_version_1_are_found_where_they_are_mounted(tmp_path: Path) -> None:
    # Docker before 20.10: the host's paths, of which only the container's own part is mounted.
    own = f"/docker/{'0f' * 32}"
    mounted = "{n} 30 0:{n} " + own + " /sys/fs/cgroup/{name} ro,nosuid - cgroup cgroup rw,{name}\n"
    root = root_with(
        tmp_path,
        proc__self__cgroup=f"4:memory:{own}\n3:cpu,cpuacct:{own}\n1:name=systemd:{own}\n0::/system.slice\n",
        proc__self__mountinfo=mounted.format(n=35, name="memory") + mounted.format(n=33, name="cpu,cpuacct"),
        **{
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{GIB}\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        },
    )
    assert limits(root, allowed=8) == Limits(cpus=0.5, memory_bytes=GIB)
    (tmp_path / "sys/fs/cgroup/memory/memory.limit_in_bytes").write_text("9223372036854771712\n", "utf-8")
    (tmp_path / "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us").write_text("-1\n", "utf-8")
    assert limits(root, allowed=8) == Limits(cpus=8.0, memory_bytes=None)


def test_this_process_is_held_to_no_more_than_the_machine_has() -> None:
    found = limits()
    assert found.cpus is not None
    assert 0 < found.cpus <= (os.cpu_count() or 1)


def test_a_limit_is_recorded_only_where_it_is_less_than_the_machine_has() -> None:
    assert below(Limits(2.5, 4 * GIB), 8, 64 * GIB) == Limits(2.5, 4 * GIB)
    assert below(Limits(8.0, 64 * GIB), 8, 64 * GIB) == Limits(None, None)
    assert below(Limits(None, None), 8, None) == Limits(None, None)


@pytest.mark.parametrize("text", ["", "nonsense\n", "0::\n", ":::\n", "4:memory\n"])
def test_a_strange_list_of_groups_tells_no_limit(tmp_path: Path, text: str) -> None:
    root = root_with(tmp_path, proc__self__cgroup=text, proc__self__mountinfo=f"{text}{UNIFIED}")
    assert limits(root, allowed=3) == Limits(cpus=3.0, memory_bytes=None)


NOISE = st.text(st.sampled_from("0:/ -,\ncpumemrw.a"), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(groups=NOISE, mounts=NOISE, podman=NOISE, table=NOISE, tasks=NOISE)
def test_no_text_that_a_system_writes_is_trouble(
    tmp_path: Path, groups: str, mounts: str, podman: str, table: str, tasks: str
) -> None:
    root_with(tmp_path, proc__self__cgroup=groups, proc__self__mountinfo=f"{mounts}\n{UNIFIED}{mounts}")
    root_with(tmp_path, **{"run/.containerenv": podman})
    assert limits(tmp_path, allowed=2).cpus == 2.0
    assert container({}, tmp_path) is None or "image" in podman
    assert all(each.model for each in accelerators.parsed(table))
    assert cluster({"SLURM_JOB_ID": "1", "SLURM_NNODES": "2", "SLURM_TASKS_PER_NODE": tasks}) is not None


# --- clusters; the variables are those of sbatch(1) and srun(1), output environment variables

SLURM = {
    "SLURM_CLUSTER_NAME": "alps",
    "SLURM_JOB_ID": "48113",
    "SLURM_JOB_PARTITION": "gpu-long",
    "SLURM_JOB_NUM_NODES": "3",
    "SLURM_NNODES": "3",
    "SLURM_NTASKS": "12",
    "SLURM_TASKS_PER_NODE": "4(x3)",
    "SLURM_GPUS_ON_NODE": "4",
    "SLURM_JOB_USER": "ada",
}


def test_an_allocation_of_slurm_is_a_cluster() -> None:
    assert cluster(SLURM) == ClusterConfiguration(
        node_count=3, scheduler_name="Slurm", partition="gpu-long", processes_per_node=4, accelerators_per_node=4
    )
    assert provkg.check(Environment(cluster=cluster(SLURM)), level="minimal").problems == ()


@pytest.mark.parametrize(
    ("told", "tasks", "gpus"),
    [
        ({"SLURM_TASKS_PER_NODE": "4(x2),1"}, None, None),
        ({"SLURM_TASKS_PER_NODE": "4(x2),4"}, 4, None),
        ({"SLURM_TASKS_PER_NODE": "4(x2),1", "SLURM_NTASKS_PER_NODE": "4"}, 4, None),
        ({"SLURM_STEP_TASKS_PER_NODE": "2(x3)", "SLURM_TASKS_PER_NODE": "4(x3)"}, 2, None),
        ({"SLURM_GPUS_PER_NODE": "a100:8"}, None, 8),
        ({"SLURM_GPUS_PER_NODE": "a100:2,v100:1"}, None, 3),
        ({"SLURM_GPUS_PER_NODE": "many"}, None, None),
    ],
)
def test_what_slurm_tells_in_other_forms_is_understood(
    told: dict[str, str], tasks: int | None, gpus: int | None
) -> None:
    found = cluster({"SLURM_JOB_ID": "1", "SLURM_NNODES": "3", **told})
    assert found is not None
    assert (found.processes_per_node, found.accelerators_per_node) == (tasks, gpus)


def test_a_job_is_known_by_its_number() -> None:
    assert job_ids(SLURM) == ("slurm:48113",)
    assert job_ids({**SLURM, "SLURM_ARRAY_JOB_ID": "48100", "SLURM_ARRAY_TASK_ID": "7"}) == ("slurm:48100_7",)
    assert job_ids({}) == ()


# A pod whose manifest passes the customary fields on (Kubernetes, "Expose Pod Information to Containers").
POD = {
    "KUBERNETES_SERVICE_HOST": "10.96.0.1",
    "POD_NAME": "jupyter-ada",
    "POD_NAMESPACE": "team-ada",
    "POD_UID": "0d9cb8c3-7f66-4d0b-8b1b-1f2f0e8f3f10",
    "NODE_NAME": "gpu-node-7",
}


def test_a_pod_is_known_by_its_uid_its_namespace_and_its_machine(tmp_path: Path) -> None:
    assert job_ids(POD) == ("kubernetes:0d9cb8c3-7f66-4d0b-8b1b-1f2f0e8f3f10",)
    assert namespace(POD, tmp_path) == Orchestrator(issuer="kubernetes", subject="team-ada")
    assert machine(POD) == "gpu-node-7"
    assert cluster(POD) == ClusterConfiguration(node_count=1, scheduler_name="Kubernetes")
    assert cluster({**POD, "WORLD_SIZE": "8"}) is None, "on how many machines is not told"
    assert cluster({**POD, "WORLD_SIZE": "8", "GROUP_WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "4"}) == (
        ClusterConfiguration(node_count=2, scheduler_name="Kubernetes", processes_per_node=4)
    )


def test_a_namespace_is_read_from_where_kubernetes_mounts_it(tmp_path: Path) -> None:
    root = root_with(tmp_path, **{"var/run/secrets/kubernetes.io/serviceaccount/namespace": "vision"})
    found = namespace({"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, root)
    assert found == Orchestrator(issuer="kubernetes", subject="vision")
    assert namespace({}, root) is None


def test_names_of_pods_namespaces_and_machines_do_not_enter_the_graph(
    tmp_path: Path,
) -> None:
    done = ran(
        """
        import provkg
        data = provkg.dataset("d", [[1.0]], source="https://example.org/d", license="CC0-1.0")
        with provkg.training("t", data=data):
            pass
        """,
        tmp_path,
        **{**POD, "PROVKG_DELIVER": "on"},
    )
    assert done.returncode == 0, done.stderr
    with provkg.open(tmp_path / "kg") as graph:
        text = "\n".join(str(row) for row in graph.query("SELECT ?s ?p ?o { ?s ?p ?o }").rows)
    assert "kubernetes:0d9cb8c3" in text, "the run is there"
    assert all(name not in text for name in ("jupyter-ada", "team-ada", "gpu-node-7"))


# --- GPUs


def test_without_a_driver_no_gpu_is_recorded_and_nothing_is_asked() -> None:
    if accelerators.has_driver():
        pytest.skip("this machine has a driver of NVIDIA's")
    before = "pynvml" in sys.modules
    assert accelerators.accelerators() == ()
    assert ("pynvml" in sys.modules) == before


def test_what_the_driver_s_tool_prints_is_read() -> None:
    found = accelerators.counted(accelerators.parsed("NVIDIA H200, 143771, 570.86.15\nbroken\n,,\n"))
    assert [(each.model, each.memory_bytes, each.driver_version) for each in found] == [
        ("NVIDIA H200", 143771 * 1024 * 1024, "570.86.15")
    ]


def test_where_the_environment_cannot_be_learnt_the_code_is_and_that_is_said(tmp_path: Path) -> None:
    done = ran(
        """
        import os
        import provkg.capture.facts as facts
        def fails(_script, _python):
            raise OSError("no such device")
        facts.environment = fails
        import provkg
        with provkg.run("work"):
            pass
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "could not learn all about this environment: OSError: no such device" in done.stderr
    last = list(left_in(tmp_path / "kg").records())[-1]
    (run,) = described(last, Run)
    assert (run.environment, run.code is None) == (None, False)


def test_the_environment_of_a_process_is_gathered_once(recorded: Recorded) -> None:
    first, again = facts.facts(30), facts.facts(30)
    assert first.environment is again.environment
    with provkg.run("work"):
        pass
    assert len(described(recorded.only("environment"), Environment)) == 1
