"""Blocks become runs: opened, in progress, closed with what happened to them."""

from __future__ import annotations

import asyncio
import contextvars
import getpass
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

import provkg
from provkg import vocabulary
from provkg.capture.accelerators import counted, parsed
from provkg.capture.agents import JOB_VARIABLES, agent, involved
from provkg.capture.containers import container
from provkg.capture.environment import cpu_model, os_name
from provkg.capture.facts import facts
from provkg.capture.packages import installed_packages, package
from provkg.capture.source_code import source_revision
from provkg.records import (
    CLOSED,
    OPENED,
    DeploymentRun,
    Environment,
    EvaluationRun,
    HyperparameterSetting,
    Iri,
    OwnConcept,
    ParameterSetting,
    Person,
    PipelineRun,
    Run,
    SeedSetting,
    Team,
    TrainingRun,
    TransformationRun,
    opened_run,
)
from tests.recording import Recorded, described, left_in, ran, recording, script


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def status(run: Run) -> str | None:
    return run.status.value.rpartition("-")[2] if isinstance(run.status, Iri) else None


# --- opening and closing


def test_a_run_is_in_the_spool_before_its_work_begins(recorded: Recorded) -> None:
    with provkg.training("digits", data=None):
        opening = recorded.only(OPENED)
        assert opened_run(opening).title == "digits"
        assert opened_run(opening).ended is None
        assert recorded.records(CLOSED) == []


def test_the_closing_record_repeats_the_opening_and_adds_end_and_status(recorded: Recorded) -> None:
    with provkg.training("digits", data=None, params={"alpha": 0.1}, experiment="e", project="p"):
        pass
    opened, closed = opened_run(recorded.only(OPENED)), opened_run(recorded.closing())
    assert closed.reference() == opened.reference()
    assert closed.ended is not None
    assert opened.started is not None
    assert closed.ended >= opened.started
    assert status(closed) == "succeeded"
    for field in ("title", "started", "triggered_by", "executed_by", "parameters", "experiment", "entry_point", "node"):
        assert getattr(closed, field) == getattr(opened, field), field
    assert recorded.closing().project == "p"


def test_the_end_is_the_start_and_the_time_that_passed(recorded: Recorded) -> None:
    with provkg.run("sleep"):
        time.sleep(0.05)
    run = opened_run(recorded.closing())
    assert run.started is not None
    assert run.ended is not None
    assert timedelta(seconds=0.05) <= run.ended - run.started < timedelta(seconds=5)


class Broken(Exception):
    pass


def test_an_exception_marks_the_run_failed_and_still_propagates(recorded: Recorded) -> None:
    with pytest.raises(Broken, match="no more"), provkg.run("work"):
        raise Broken("no more https://me:hunter2@example.org")
    run = opened_run(recorded.closing())
    assert status(run) == "failed"
    assert run.error_type == f"{__name__}.Broken"
    assert run.error_message == "no more https://[secret removed]@example.org"


def test_a_built_in_exception_is_named_without_its_module(recorded: Recorded) -> None:
    with pytest.raises(ZeroDivisionError), provkg.run("work"):
        _ = 1 / 0
    assert opened_run(recorded.closing()).error_type == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (KeyboardInterrupt(), "aborted KeyboardInterrupt: interrupted from the keyboard (SIGINT)"),
        (SystemExit(3), "failed SystemExit: the program ended itself with exit status 3"),
        (SystemExit("no data"), "failed SystemExit: no data"),
        (SystemExit(["no", "data"]), "failed SystemExit: ['no', 'data']"),
        (SystemExit(0), "succeeded None: None"),
        (SystemExit(), "succeeded None: None"),
    ],
)
def test_an_order_to_stop_is_no_failure_but_the_programs_own_exit_status_is_one(
    recorded: Recorded, error: BaseException, outcome: str
) -> None:
    with pytest.raises(type(error)), provkg.run("work"):
        raise error
    run = opened_run(recorded.closing())
    assert f"{status(run)} {run.error_type}: {run.error_message}" == outcome


def test_a_cancelled_task_is_aborted(recorded: Recorded) -> None:
    async def work() -> None:
        with provkg.run("task"):
            await asyncio.sleep(60)

    async def cancel() -> None:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert status(opened_run(recorded.closing())) == "aborted"


# --- nesting


def test_an_inner_block_is_part_of_the_outer_one(recorded: Recorded) -> None:
    with provkg.run("night", kind="pipeline", experiment="e") as outer, provkg.step("filtering", uses=None):
        pass
    inner = opened_run(recorded.records(CLOSED)[0])
    assert inner.part_of == outer.reference
    assert isinstance(opened_run(recorded.closing()), PipelineRun)
    assert inner.experiment == opened_run(recorded.closing()).experiment, "what holds for the whole holds for its parts"


def parts_of(recorded: Recorded, outer: provkg.RunBlock) -> list[str]:
    runs = [opened_run(record) for record in recorded.records(CLOSED)]
    return sorted(str(run.title) for run in runs if run.part_of == outer.reference)


def test_runs_in_a_pool_of_threads_are_parts_of_the_run_they_name(recorded: Recorded) -> None:
    def trial(number: int) -> None:
        with provkg.run(f"trial {number}", within=search) as run:
            run.metric("loss", number)

    with provkg.run("search") as search, ThreadPoolExecutor(4) as pool:
        list(pool.map(trial, range(8)))
    assert parts_of(recorded, search) == [f"trial {number}" for number in range(8)]


def test_a_copied_context_takes_the_run_along_into_a_thread(recorded: Recorded) -> None:
    def trial() -> None:
        with provkg.run("trial"):
            pass

    with provkg.run("search") as search, ThreadPoolExecutor(1) as pool:
        pool.submit(contextvars.copy_context().run, trial).result()
        pool.submit(trial).result()
    assert parts_of(recorded, search) == ["trial"], "a thread without a context is in no run, and nothing is guessed"


def recorded_late(over: provkg.RunBlock) -> None:
    with provkg.run("late", within=over):
        pass


def test_within_names_a_run_that_goes_on(recorded: Recorded) -> None:
    with provkg.run("over") as over:
        pass
    with pytest.warns(provkg.CaptureWarning, match="run 'over' has not begun or has ended; 'late' is recorded outside"):
        recorded_late(over)
    assert opened_run(recorded.closing()).part_of is None


def test_steps_in_threads_are_numbered_once_each(recorded: Recorded) -> None:
    data = provkg.dataset("d", [[1.0], [2.0]])

    def clean(number: int) -> None:
        with provkg.step("clean", uses=data, within=pipeline) as step:
            step.dataset(f"d{number}", [[float(number)]])

    with provkg.run("prepare", kind="pipeline") as pipeline, ThreadPoolExecutor(4) as pool:
        list(pool.map(clean, range(12)))
    runs = [opened_run(record) for record in recorded.records(CLOSED)]
    assert sorted(run.step_index for run in runs if isinstance(run, TransformationRun) and run.step_index) == [
        *range(1, 13)
    ]


def test_a_deployment_can_be_part_of_a_run_too(recorded: Recorded) -> None:
    with provkg.run("release") as release:
        model = release.model("m", b"weights")
        thread = threading.Thread(target=lambda: provkg.deploy(model, at="https://e.org/m", within=release))
        thread.start()
        thread.join()
    (act,) = described(recorded.only("deployment"), DeploymentRun)
    assert act.part_of == release.reference


def test_threads_and_tasks_have_runs_of_their_own(recorded: Recorded) -> None:
    def work() -> None:
        with provkg.run("in a thread"):
            pass

    async def task(name: str) -> None:
        with provkg.run(name):
            await asyncio.sleep(0.01)

    async def both() -> None:
        await asyncio.gather(task("one"), task("two"))

    with provkg.run("outer"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    asyncio.run(both())
    assert [opened_run(record).part_of for record in recorded.records(CLOSED)] == [None] * 4


def test_blocks_closed_out_of_order_have_no_closed_parent(recorded: Recorded) -> None:
    outer, inner = provkg.run("outer"), provkg.run("inner")
    outer.__enter__()
    inner.__enter__()
    with pytest.warns(provkg.CaptureWarning, match="run 'outer' is closed before 'inner', which lies in it"):
        outer.__exit__(None, None, None)
    inner.__exit__(None, None, None)
    with provkg.run("later"):
        pass
    assert opened_run(recorded.closing()).part_of is None


def test_steps_are_counted_within_their_outermost_block(recorded: Recorded) -> None:
    with provkg.run("pipeline", kind="pipeline"):
        for title in ("filtering", "imputation"):
            with provkg.step(title, uses=None):
                pass
    runs = [opened_run(record) for record in recorded.records(CLOSED)]
    assert [run.step_index for run in runs if isinstance(run, TransformationRun)] == [1, 2]


# --- what a run says


def test_parameters_are_settings_and_seeds_are_seeds(recorded: Recorded) -> None:
    with provkg.training("t", data=None, params={"optimizer": {"lr": 0.1}}, seed=7) as run:
        run.param("epochs", 3)
        run.params({"layers": [4, 5]})
    closed = opened_run(recorded.closing())
    assert {setting.name: setting.value for setting in closed.parameters} == {
        "seed": 7,
        "optimizer.lr": 0.1,
        "epochs": 3,
        "layers": "[4,5]",
    }
    kinds = {setting.name: type(setting) for setting in closed.parameters}
    assert kinds["seed"] is SeedSetting
    assert kinds["epochs"] is HyperparameterSetting
    assert closed.configuration is not None
    assert closed.configuration.settings == closed.parameters
    with provkg.run("r", params={"a": 1}):
        pass
    assert type(opened_run(recorded.closing()).parameters[0]) is ParameterSetting


def test_secrets_in_parameters_are_removed(recorded: Recorded) -> None:
    with provkg.run("r", params={"api_key": "abc", "data": {"password": "x"}, "num_memory_tokens": 16}):
        pass
    values = {setting.name: setting.value for setting in opened_run(recorded.closing()).parameters}
    assert values == {"api_key": "[secret removed]", "data.password": "[secret removed]", "num_memory_tokens": 16}


def test_objects_as_parameters_are_named_without_their_addresses(recorded: Recorded) -> None:
    with provkg.run("r", params={"f": json.dumps, "o": object(), "n": 2**80, "s": {3, 1}, "none": None}):
        pass
    values = {setting.name: setting.value for setting in opened_run(recorded.closing()).parameters}
    assert values == {"f": "json.dumps", "o": "<object object>", "n": str(2**80), "s": "[1,3]", "none": "None"}


def test_a_huge_text_is_shortened_and_said(recorded: Recorded) -> None:
    with (
        pytest.warns(provkg.CaptureWarning, match="parameter 'prompt' has 20,000 characters") as warned,
        provkg.run("r", params={"prompt": "x" * 20_000}),
    ):
        pass
    assert warned[0].filename == __file__
    (setting,) = opened_run(recorded.closing()).parameters
    assert isinstance(setting.value, str)
    assert len(setting.value) < 400


def test_the_library_is_recorded_with_its_version(recorded: Recorded) -> None:
    import sklearn

    with provkg.run("r", library=["numpy", sklearn]):
        pass
    assert [(each.name, bool(each.version)) for each in opened_run(recorded.closing()).libraries] == [
        ("numpy", True),
        ("scikit-learn", True),
    ]


def test_a_library_that_is_not_installed_is_said_and_left_out(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="library 'no-such-package' is not an installed package"):
        block = provkg.run("r", library="no-such-package")
    with block:
        pass
    assert opened_run(recorded.closing()).libraries == ()


def test_every_run_says_code_environment_host_and_people(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "PROVKG_AGENT"):
        monkeypatch.delenv(variable, raising=False)
    provkg.configure(responsible="team:vision")
    facts(30)
    with provkg.evaluation(provkg.ModelHandle("m"), data=None):
        pass
    run = opened_run(recorded.closing())
    assert isinstance(run, EvaluationRun)
    assert run.code is not None
    (environment,) = described(recorded.only("environment"), Environment)
    assert run.environment == environment.reference()
    assert run.triggered_by == run.executed_by == Person(issuer=socket.gethostname(), subject=getpass.getuser())
    assert run.responsible == Team(issuer="name", subject="vision", name="vision")
    assert run.entry_point
    assert run.command_line


def test_the_environment_is_described_once_for_all_runs(recorded: Recorded) -> None:
    facts(30)
    for _ in range(3):
        with provkg.run("r"):
            pass
    assert len(recorded.records("environment")) == 1


def test_nobody_is_responsible_who_was_not_told(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROVKG_RESPONSIBLE", raising=False)
    with provkg.run("r"):
        pass
    assert opened_run(recorded.closing()).responsible is None


# --- facts


def test_the_environment_lists_what_is_installed_and_what_it_runs_on() -> None:
    environment = facts(30).environment
    assert environment is not None
    assert environment.os_name
    assert environment.software is not None
    assert {"numpy", "pytest"} <= {each.name for each in environment.software.packages}
    assert environment.hardware is not None
    assert environment.hardware.cpu_count == os.cpu_count()
    assert (environment.hardware.memory_bytes or 0) > 10**8


def test_an_operating_system_is_named_as_people_read_it(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', "utf-8")
    assert os_name(release) == "Debian GNU/Linux 12 (bookworm)"
    assert os_name(tmp_path / "absent") == "Linux"


def test_a_processor_is_named_as_the_kernel_names_it(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: AMD Ryzen 7 7700\n", "utf-8")
    assert cpu_model(cpuinfo) == "AMD Ryzen 7 7700"


def test_equal_gpus_are_counted() -> None:
    found = counted(parsed("NVIDIA H100, 81559, 550.54\nNVIDIA H100, 81559, 550.54\nTesla T4, [N/A], 550.54\n"))
    assert [(each.model, each.count, each.memory_bytes) for each in found] == [
        ("NVIDIA H100", 2, 81559 * 1024 * 1024),
        ("Tesla T4", 1, None),
    ]


def test_a_container_is_known_where_a_variable_names_its_image() -> None:
    image = container({"CI_JOB_IMAGE": "python:3.11"})
    assert image is not None
    assert image.image_reference == "python:3.11"
    assert container({}) is None


def test_each_package_is_listed_once_and_in_order() -> None:
    names = [each.name.lower().replace("_", "-") for each in installed_packages()]
    assert names == sorted(set(names))


@pytest.mark.parametrize(("module", "name"), [("sklearn", "scikit-learn"), ("numpy", "numpy"), ("yaml", "PyYAML")])
def test_a_module_leads_to_its_package(module: str, name: str) -> None:
    found = package(module)
    assert found is not None
    assert found.name == name


def test_what_is_no_package_has_none() -> None:
    assert package("os") is None
    assert package("no_such_module_anywhere") is None


# --- people


def test_ci_systems_run_on_behalf_of_the_person_who_started_them() -> None:
    found = involved(
        None,
        {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ada", "GITHUB_REPOSITORY": "team/code", "GITHUB_RUN_ID": "17"},
    )
    assert found.triggered_by == Person(issuer="github.com", subject="ada")
    assert found.executed_by.on_behalf_of == found.triggered_by
    assert found.trigger == Iri(vocabulary.TriggerKind_ci.value)
    assert found.external_id == "17"


@pytest.mark.parametrize(
    "variables",
    [
        {"GITLAB_CI": "true", "CI_SERVER_HOST": "gitlab.example.org", "GITLAB_USER_LOGIN": "ada", "CI_JOB_ID": "1"},
        {"JENKINS_URL": "https://ci.example.org/", "JOB_NAME": "train"},
        {"CI": "true"},
    ],
)
def test_other_ci_systems_are_told_apart_from_people(variables: dict[str, str]) -> None:
    found = involved(None, variables)
    assert type(found.executed_by).__name__ == "Orchestrator"
    assert found.executed_by.on_behalf_of is not None


@pytest.mark.parametrize("variable", JOB_VARIABLES)
def test_the_id_of_a_job_is_taken_from_where_ci_systems_put_it(variable: str) -> None:
    found = involved(None, {"CI": "true", variable: "17"})
    assert (found.external_id, found.absent) == ("17", ())


def test_a_ci_system_that_does_not_tell_its_job_is_said_not_to_have_one() -> None:
    assert involved(None, {"CI": "true"}).absent == (Iri(vocabulary.externalId.value),)
    assert involved(None, {}).absent == ()


def test_a_name_can_say_what_kind_of_agent_it_is() -> None:
    assert type(agent("Ada Lovelace")) is Person
    assert type(agent("team:vision")) is Team
    assert agent("https://example.org/ada").subject == "https://example.org/ada"
    assert involved("ada", {}).triggered_by == agent("ada")


# --- code


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    try:
        git(tmp_path, "init", "-q")
    except FileNotFoundError:
        pytest.skip("git is not installed")
    (tmp_path / "train.py").write_text("print(1)\n", "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_a_clean_checkout_is_its_commit(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://me:token@example.org/code.git")
    found = source_revision(repository / "train.py")
    assert found is not None
    assert (found.commit, found.branch, found.is_dirty) == (git(repository, "rev-parse", "HEAD"), "main", False)
    assert found.repository is not None
    assert getattr(found.repository, "url", None) == "https://example.org/code.git"
    assert found.patch_digest is None


def test_changes_on_top_of_a_commit_are_another_revision(repository: Path) -> None:
    clean = source_revision(repository / "train.py")
    (repository / "train.py").write_text("print(2)\n", "utf-8")
    dirty = source_revision(repository / "train.py")
    assert clean is not None
    assert dirty is not None
    assert dirty.is_dirty
    assert dirty.reference() != clean.reference()


def test_a_script_that_git_does_not_know_is_identified_by_its_bytes_too(repository: Path) -> None:
    (repository / "new.py").write_text("print(3)\n", "utf-8")
    found = source_revision(repository / "new.py")
    assert found is not None
    assert found.is_dirty
    assert found.sha256 is not None


def test_without_a_repository_the_script_is_the_code(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)\n", "utf-8")
    found = source_revision(tmp_path / "train.py")
    assert found is not None
    assert found.commit is None
    assert found.sha256 is not None
    assert source_revision(None) is None or source_revision(None).commit is not None  # type: ignore[union-attr]


# --- as processes


def test_a_script_leaves_its_runs_with_its_own_command(tmp_path: Path) -> None:
    done = ran("import provkg\nwith provkg.training('t', data=None): pass\n", tmp_path)
    assert done.returncode == 0, done.stderr
    (closing,) = [record for record in left_in(tmp_path / "kg").records() if record.type == CLOSED]
    run = opened_run(closing)
    assert isinstance(run, TrainingRun)
    assert run.entry_point == "train.py"


@pytest.mark.parametrize(("sent", "outcome"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "KeyboardInterrupt")])
def test_a_signal_ends_a_run_as_aborted(tmp_path: Path, sent: signal.Signals, outcome: str) -> None:
    # A suite run in the background of a shell without job control starts with SIGINT ignored, and hands that on.
    process = script(
        """
        import provkg, signal, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with provkg.run("r"):
            print("ready", flush=True)
            # In short sleeps: a signal that comes just before one does not end it.
            for _ in range(600):
                time.sleep(0.1)
        """,
        tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(sent)
    process.communicate(timeout=30)
    assert process.returncode != 0
    (closing,) = [record for record in left_in(tmp_path / "kg").records() if record.type == CLOSED]
    run = opened_run(closing)
    assert (status(run), run.error_type) == ("aborted", outcome)
    assert sent.name in (run.error_message or "")


def test_a_killed_run_is_left_open_for_the_next_holder(tmp_path: Path) -> None:
    process = script(
        """
        import provkg, time
        with provkg.training("t", data=None, params={"a": 1}) as run:
            run.param("b", 2)
            run.metric("loss", 0.5, epoch=0)
            run.model("m", {"w": [1.0]})
            print("ready", flush=True)
            time.sleep(60)
        """,
        tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.kill()
    process.communicate(timeout=30)
    file = left_in(tmp_path / "kg")
    (closing,) = file.remaining()
    run = opened_run(closing)
    assert status(run) == "interrupted"
    assert {setting.name for setting in run.parameters} == {"a", "b"}
    assert run.configuration is not None
    kinds = [type(said).__name__ for said in closing.descriptions]
    assert kinds == ["TrainingRun", "ModelVersion", "MetricSeries", "MetricSeries"]


def test_a_forked_child_leaves_the_run_to_its_parent(tmp_path: Path) -> None:
    done = ran(
        """
        import os, provkg
        with provkg.run("r"):
            child = os.fork()
            if child == 0:
                raise SystemExit(1)
            os.waitpid(child, 0)
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    closings = [record for record in left_in(tmp_path / "kg").records() if record.type == CLOSED]
    assert [status(opened_run(closing)) for closing in closings] == ["succeeded"]


def test_a_general_block_with_a_kind_is_a_step(recorded: Recorded) -> None:
    with provkg.run("mix", kind="mixing", uses=None):
        pass
    run = opened_run(recorded.closing())
    assert isinstance(run, TransformationRun)
    assert run.kinds == (OwnConcept(scheme="TransformationKind", name="mixing"),)


def test_points_and_facts_that_come_late_do_not_wait_for_each_other(tmp_path: Path) -> None:
    done = ran(
        """
        import threading
        import time
        import provkg
        from provkg.capture import facts
        from provkg.capture.session import session

        known, environment = threading.Event(), facts.environment

        def late(script, python):
            known.wait(5)
            return environment(script, python)

        facts.environment = late
        with provkg.run("r") as run:
            for step in range(2000):
                run.metric("m", step, step=step)
            reports = [threading.Thread(target=session().report, daemon=True) for _ in range(4)]
            for each in reports:
                each.start()
            time.sleep(0.2)
            known.set()
            for step in range(2000, 4000):
                run.metric("m", step, step=step)
            for each in reports:
                each.join(10)
            print(any(each.is_alive() for each in reports))
        """,
        tmp_path,
    )
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
