"""`provkg exec`: a command runs as it would without us, and what it read and made is in the graph."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import provkg
from provkg.execution import waiting
from provkg.execution.command import Program
from provkg.execution.command_python import python_of
from provkg.execution.touched import Touched
from provkg.execution.trace import Opened, Trace
from tests.recording import CHECKOUT


def executed(
    folder: Path, *command: str, options: tuple[str, ...] = (), stdin: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `provkg exec` in `folder` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "provkg", "exec", *options, "--", *command],
        cwd=folder,
        env=around(**variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def around(**variables: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")}
    # Until all is taken in, however busy the machine is: the tests ask at once.
    return {**own, "PYTHONPATH": str(CHECKOUT), "PROVKG_EXIT_WAIT": "60", **variables}


def script(folder: Path, text: str, name: str = "train.py") -> str:
    (folder / name).write_text(textwrap.dedent(text), "utf-8")
    return name


def rows(folder: Path, query: str) -> list[tuple[str, ...]]:
    with provkg.open(folder / "kg") as graph:
        return [tuple(str(getattr(cell, "value", cell)) for cell in row) for row in graph.query(PREFIXES + query).rows]


PREFIXES = (
    "PREFIX pvk: <https://w3id.org/provkg#> PREFIX prov: <http://www.w3.org/ns/prov#> "
    "PREFIX dct: <http://purl.org/dc/terms/>\n"
)
READ = "SELECT ?name { ?run prov:used/pvk:versionOf/dct:title ?name ; pvk:exitCode ?code } ORDER BY ?name"
MADE = "SELECT ?name { ?made prov:wasGeneratedBy/pvk:exitCode ?code ; pvk:versionOf/dct:title ?name } ORDER BY ?name"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("a,b\n1,2\n")
    aged(tmp_path / "data" / "train.csv")
    return tmp_path


def aged(path: Path) -> None:
    """Let a file be as old as data are that lay there before a run."""
    os.utime(path, (time.time() - 60,) * 2)


def test_what_a_program_reads_and_makes_is_recorded(folder: Path) -> None:
    script(
        folder,
        """
        import json, pathlib
        rows = open("data/train.csv").read()
        pathlib.Path("metrics.json").write_text(json.dumps({"accuracy": 1}))
        json.load(open("metrics.json"))
        pathlib.Path("model.tmp").write_bytes(b"weights")
        pathlib.Path("model.tmp").rename("model.bin")
        pathlib.Path("scratch").write_text("")
        pathlib.Path("scratch").unlink()
        """,
    )
    done = executed(folder, sys.executable, "train.py")
    assert done.returncode == 0, done.stderr
    assert rows(folder, READ) == [("data/train.csv",)], "what the run made itself is no input"
    assert rows(folder, MADE) == [("metrics.json",), ("model.bin",)], "moved files count where they are in the end"
    assert not list(folder.glob("kg/rejected/*"))


def test_a_table_that_was_read_tells_its_rows_and_columns(folder: Path) -> None:
    (folder / "gone.csv").write_text("a,b,c\n1,2,3\n")
    aged(folder / "gone.csv")
    script(folder, "open('data/train.csv').read(); open('gone.csv').read(); open('gone.csv', 'w').write('d')")
    executed(folder, sys.executable, "train.py")
    told = "SELECT ?count ?columns { ?run pvk:exitCode ?code ; prov:used ?data . ?data pvk:recordCount ?count ;"
    assert rows(folder, f"{told} pvk:featureCount ?columns }}") == [("1", "2")], (
        "a file that has changed since tells nothing"
    )


def test_lineage_walks_through_a_command(folder: Path) -> None:
    script(folder, "open('model.bin', 'w').write(open('data/train.csv').read())")
    executed(folder, sys.executable, "train.py")
    with provkg.open(folder / "kg") as graph:
        shown = str(graph.lineage("model.bin"))
    assert "data/train.csv" in shown


def test_a_program_sees_the_world_that_it_would_see_without_us(folder: Path) -> None:
    text = """
        import os, sys
        print(sys.path[1:], sys.argv, sys.stdin.read(), os.getcwd(), sys.flags, "provkg" in sys.modules)
        print("to stderr", file=sys.stderr)
    """
    script(folder, text)
    plain = subprocess.run(
        [sys.executable, "train.py", "--rate", "0.1"],
        cwd=folder,
        env=around(),
        input="from stdin",
        capture_output=True,
        text=True,
        check=False,
    )
    done = executed(folder, sys.executable, "train.py", "--rate", "0.1", stdin="from stdin")
    assert done.stdout == plain.stdout
    assert "to stderr\n" in done.stderr


def test_a_sitecustomize_of_the_users_runs_as_before(folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    script(own, "import sys; sys.from_theirs = __file__", "sitecustomize.py")
    script(folder, "import sitecustomize, sys; print(sys.from_theirs, sitecustomize.__file__)")
    done = executed(folder, sys.executable, "train.py", PYTHONPATH=f"{CHECKOUT}{os.pathsep}{own}")
    assert done.stdout.split() == [str(own / "sitecustomize.py")] * 2


@pytest.mark.parametrize(
    ("program", "status", "said"),
    [
        ("raise SystemExit(3)", 3, ("failed", "train.py ended with exit status 3")),
        ("1 / 0", 1, ("failed", "train.py ended with exit status 1: ZeroDivisionError: division by zero")),
        ("import os; os.kill(os.getpid(), 9)", 137, ("interrupted", "train.py was ended by SIGKILL")),
        ("import os; os.abort()", 134, ("failed", "train.py was ended by SIGABRT")),
        ("import os; os._exit(0)", 0, ("succeeded", "")),
        (
            "import json; json.loads('{')",
            1,
            ("failed", "train.py ended with exit status 1: json.decoder.JSONDecodeError: Expecting property name"),
        ),
        (
            "raise OSError('cannot log in with password=hunter2hunter2')",
            1,
            ("failed", "train.py ended with exit status 1: OSError: cannot log in with password=[secret removed]"),
        ),
    ],
)
def test_how_a_command_ends_is_how_we_end(folder: Path, program: str, status: int, said: tuple[str, str]) -> None:
    script(folder, program)
    done = executed(folder, sys.executable, "train.py")
    assert done.returncode == status
    ended = rows(
        folder,
        "SELECT ?status ?code ?why { ?run pvk:runStatus ?status ; pvk:exitCode ?code "
        "OPTIONAL { ?run pvk:errorMessage ?why } }",
    )
    ((how, code, why),) = ended
    assert (how.rpartition("-")[2], code) == (said[0], str(status))
    assert why.replace("None", "").startswith(said[1])
    assert "hunter2" not in why


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_command_which_decides(folder: Path, number: signal.Signals) -> None:
    script(
        folder,
        """
        import signal, sys, time
        def end(number, frame):
            open("checkpoint.bin", "w").write("state")
            sys.exit(5)
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        print("ready", flush=True)
        time.sleep(60)
        """,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "provkg", "exec", "--", sys.executable, "train.py"],
        cwd=folder,
        env=around(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)  # as a scheduler does
        process.communicate()
    assert process.returncode == 5
    assert rows(folder, MADE) == [("checkpoint.bin",)]


def test_a_signal_of_the_moment_in_which_the_command_starts_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    start = waiting._start

    def interrupted(command: list[str], environment: Mapping[str, str]) -> int:
        process = start(command, environment)
        signal.raise_signal(signal.SIGTERM)
        return process

    monkeypatch.setattr(waiting, "_start", interrupted)
    assert waiting.run_to_end(["sleep", "60"], os.environ).signal == "SIGTERM"


def test_what_is_ignored_stays_so_for_the_command_and_a_broken_pipe_ends_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        assert waiting.run_to_end(["sh", "-c", "kill -HUP $$"], os.environ).status == 0
    finally:
        signal.signal(signal.SIGHUP, before)
    # Python ignores SIGPIPE; a command that did as well would write on for ever, or complain.
    assert waiting.run_to_end(["sh", "-c", "kill -PIPE $$"], os.environ).signal == "SIGPIPE"


@pytest.mark.parametrize(("command", "status"), [("no-such-command", 127), ("./data", 126)])
def test_a_command_that_cannot_start_is_said_as_a_shell_does(folder: Path, command: str, status: int) -> None:
    done = executed(folder, command)
    assert done.returncode == status
    assert command in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_used_is_what_the_command_used(folder: Path) -> None:
    works = "import time\nheld = bytearray(200_000_000)\nwhile time.process_time() < 1.5: sum(range(1000))\n"
    # A child of the command's own, which it waits for, is its use as well.
    script(folder, f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {works!r}], check=True)\n")
    executed(folder, sys.executable, "train.py")
    used = {
        kind.rpartition("-")[2]: float(value)
        for kind, value in rows(folder, "SELECT ?kind ?value { ?one pvk:metricKind ?kind ; pvk:value ?value }")
    }
    assert used["cpuTime"] >= 1.5, "the launcher itself, which waits, uses a tenth of that"
    assert used["memoryPeak"] > 200_000_000


def test_files_of_programs_that_are_not_python_count_where_they_change_or_are_named(folder: Path) -> None:
    done = executed(
        folder,
        *("sh", "-c", "cat data/*.csv > joined.bin; cp joined.bin /dev/null"),
        options=("--input", "data/*.csv", "--title", "join"),
    )
    assert done.returncode == 0, done.stderr
    assert (rows(folder, READ), rows(folder, MADE)) == ([("data/train.csv",)], [("joined.bin",)])


def test_children_of_a_command_are_watched_too(folder: Path) -> None:
    script(folder, "open('part.bin', 'w').write(open('data/train.csv').read())", "part.py")
    script(
        folder,
        """
        import multiprocessing, subprocess, sys
        def child():
            open("forked.bin", "w").write("1")
        if __name__ == "__main__":
            subprocess.run([sys.executable, "part.py"], check=True)
            for method in ("fork", "spawn"):
                process = multiprocessing.get_context(method).Process(target=child)
                process.start()
                process.join()
        """,
    )
    executed(folder, "sh", "-c", f"{sys.executable} train.py")
    assert (rows(folder, READ), rows(folder, MADE)) == ([("data/train.csv",)], [("forked.bin",), ("part.bin",)])


def test_the_digest_of_an_input_is_that_of_what_was_read(folder: Path) -> None:
    from hashlib import sha256

    script(
        folder,
        """
        import time
        open("data/train.csv").read()
        time.sleep(1.5)
        open("data/train.csv", "w").write("changed")
        """,
    )
    executed(folder, sys.executable, "train.py")
    digests = (
        "SELECT ?digest { ?run pvk:exitCode ?code ; prov:used ?data . ?data a pvk:DatasetVersion ; pvk:sha256 ?digest }"
    )
    assert rows(folder, digests) == [(sha256(b"a,b\n1,2\n").hexdigest(),)]
    assert rows(folder, MADE) == [("data/train.csv",)], "the changed file is an output"


def test_many_files_of_a_folder_are_one_dataset(folder: Path) -> None:
    images = folder / "images"
    images.mkdir()
    for number in range(30):
        (images / f"{number}.raw").write_bytes(bytes([number]))
        aged(images / f"{number}.raw")
    script(folder, "for n in range(25): open(f'images/{n}.raw', 'rb').read()")
    executed(folder, sys.executable, "train.py")
    assert rows(folder, READ) == [("images",)]
    files = "SELECT (COUNT(?file) AS ?files) { ?run prov:used/pvk:hasFile ?file . ?run pvk:exitCode ?code }"
    assert rows(folder, files) == [("25",)], "only those that were read"


def test_what_a_program_records_by_itself_is_part_of_the_run(folder: Path) -> None:
    script(
        folder,
        """
        import provkg
        data = provkg.dataset("rows", [[1, 2]], source="https://example.org/rows")
        with provkg.training("inner", data=data) as run:
            run.model("net", b"weights")
        """,
    )
    executed(folder, sys.executable, "train.py")
    part = "SELECT ?inner ?outer { ?run pvk:partOfRun ?around ; dct:title ?inner . ?around dct:title ?outer }"
    assert rows(folder, part) == [("inner", "train.py")]


def test_a_model_that_a_program_records_itself_is_no_dataset_of_the_command(folder: Path) -> None:
    script(
        folder,
        """
        import provkg, pathlib
        data = provkg.dataset("rows", "data/train.csv")
        pathlib.Path("net.bin").write_bytes(b"weights")
        pathlib.Path("log.txt").write_text("done")
        with provkg.training("inner", data=data) as run:
            run.model("net", "net.bin")
        """,
    )
    executed(folder, sys.executable, "train.py")
    assert rows(folder, MADE) == [("log.txt",)]
    assert rows(folder, "SELECT ?name { ?model pvk:trainedBy ?run ; pvk:versionOf/dct:title ?name }") == [("net",)]


def test_a_command_that_trains_makes_models(folder: Path) -> None:
    script(folder, "open('net.safetensors', 'wb').write(open('data/train.csv', 'rb').read())")
    executed(folder, sys.executable, "train.py", options=("--trains",))
    trained = (
        "SELECT ?model ?data { ?version pvk:trainedOn/pvk:versionOf/dct:title ?data ; pvk:versionOf/dct:title ?model }"
    )
    assert rows(folder, trained) == [("net.safetensors", "data/train.csv")]


def test_what_is_said_of_the_command_holds_for_the_runs_in_it(folder: Path) -> None:
    script(folder, "import provkg\nwith provkg.run('inner'): pass\nwith provkg.run('other', responsible='Linus'): pass")
    said = ("--responsible", "team:vision", "--experiment", "grading", "--project", "orchard")
    executed(folder, sys.executable, "train.py", options=said)
    name = "<http://xmlns.com/foaf/0.1/name>"
    answerable = f"SELECT ?title ?who {{ ?run dct:title ?title ; pvk:responsibleAgent/{name} ?who }} ORDER BY ?title"
    assert rows(folder, answerable) == [("inner", "vision"), ("other", "Linus"), ("train.py", "vision")]
    within = "SELECT ?title ?name { ?run dct:title ?title ; pvk:inExperiment/dct:title ?name } ORDER BY ?title"
    assert rows(folder, within) == [(title, "grading") for title in ("inner", "other", "train.py")]


def test_our_own_files_are_no_input(folder: Path) -> None:
    script(folder, "from provkg import resources\nopen(next(resources.SHAPES.glob('*.ttl'))).read()\n"
                   "open('data/train.csv').read()")  # fmt: skip
    executed(folder, sys.executable, "train.py")
    used = "SELECT ?name { ?run pvk:exitCode ?code ; prov:used/pvk:versionOf/dct:title ?name }"
    assert rows(folder, used) == [("data/train.csv",)]


def test_a_python_that_knows_nothing_of_us_runs(folder: Path) -> None:
    script(folder, "print('alone')")
    done = executed(folder, sys.executable, "-I", "-S", "train.py")
    assert (done.returncode, done.stdout) == (0, "alone\n")


def test_a_graph_that_cannot_be_written_does_not_stop_the_command(folder: Path) -> None:
    (folder / "kg").write_text("a file of the user's")
    script(folder, "print('trained')")
    done = executed(folder, sys.executable, "train.py")
    assert (done.returncode, done.stdout) == (0, "trained\n")
    assert "kg-spool" in done.stderr


def test_secrets_on_the_command_line_stay_out(folder: Path) -> None:
    script(folder, "import sys; assert sys.argv[2] == 'hunter2hunter2'")
    done = executed(folder, sys.executable, "train.py", "--password", "hunter2hunter2")
    assert done.returncode == 0, "the command has its password"
    assert rows(folder, "SELECT ?line { ?run pvk:commandLine ?line ; pvk:exitCode ?code }")[0][0].endswith(
        "train.py --password '[secret removed]'"
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_a_makefile_says_it_once_for_all_rules(folder: Path) -> None:
    script(folder, "open('model.bin', 'w').write(open('data/train.csv').read())")
    (folder / "Makefile").write_text(
        f"SHELL = {sys.executable}\n.SHELLFLAGS = -m provkg exec -- sh -c\nmodel.bin: data/train.csv\n"
        f"\t{sys.executable} train.py\n"
    )
    done = subprocess.run(["make", "model.bin"], cwd=folder, env=around(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (rows(folder, READ), rows(folder, MADE)) == ([("data/train.csv",)], [("model.bin",)])


# --- its pieces


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (("python", "train.py", "--rate", "1"), "train.py"),
        (("/usr/bin/python3.11", "-X", "dev", "-u", "-W", "error", "code/train.py"), "train.py"),
        (("python3", "-m", "package.train", "x"), "package.train"),
        (("python3", "-c", "print(1)"), "python3"),
        (("python3",), "python3"),
        (("torchrun", "--nproc-per-node=2", "train.py"), "torchrun"),
        (("./train.sh",), "train.sh"),
    ],
)
def test_a_run_is_called_by_what_it_runs(arguments: tuple[str, ...], title: str) -> None:
    assert Program(arguments).title == title


def test_the_code_of_a_module_is_its_file(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "train.py").touch()
    (tmp_path / "package" / "__main__.py").touch()
    assert Program(("python", "-m", "package.train")).code(tmp_path) == tmp_path / "package" / "train.py"
    assert Program(("python", "-m", "package")).code(tmp_path) == tmp_path / "package" / "__main__.py"
    assert Program(("make", "all")).code(tmp_path) == tmp_path


NAMES = st.text(st.characters(exclude_characters="\0"), min_size=1)


@given(st.lists(st.tuples(st.sampled_from("rwu"), NAMES)), NAMES, NAMES)
def test_every_name_of_a_file_comes_through_a_trace(opened: list[tuple[str, str]], before: str, after: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        trace = Trace(Path(place) / "trace", 7, Path(place))
        lines = [f"{how} 7 {'/' + name!a}\n" for how, name in opened] + [f"m 8 {before!a} {after!a}\n"]
        with trace.path.open("a") as file:
            file.writelines(lines)
            file.write("r 9 '/half a li")
        found = list(trace.new())
        assert found[:-1] == [Opened(how, 7, Path("/" + name)) for how, name in opened]
        assert found[-1] == Opened("m", 8, Path(before), after)
        assert list(trace.new()) == [], "half a line waits for its end"


def test_settings_and_caches_are_no_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    touched = Touched(time.time_ns(), apart=(tmp_path / "kg",))
    kept = [tmp_path / "data.csv", tmp_path / ".cache/huggingface/hub/weights.bin"]
    left = [
        tmp_path / ".config/thing.toml",
        tmp_path / ".cache/pip/x",
        tmp_path / "kg/ledger.db",
        tmp_path / ".git/HEAD",
    ]
    for path in (*kept, *left):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        aged(path)
        touched.take(Opened("r", 1, path))
    assert list(touched.read) == kept


def test_the_code_of_a_command_is_its_own(folder: Path) -> None:
    script(folder, "print('first')", "first.py")
    script(folder, "print('second')", "second.py")
    for name in ("first.py", "second.py"):
        executed(folder, sys.executable, name)
    told = "SELECT ?title ?digest { ?run pvk:usedCode/pvk:sha256 ?digest ; dct:title ?title } ORDER BY ?title"
    digests = {name: sha256((folder / name).read_bytes()).hexdigest() for name in ("first.py", "second.py")}
    assert rows(folder, told) == [("first.py", digests["first.py"]), ("second.py", digests["second.py"])]


def test_equal_files_under_names_of_other_types_are_all_recorded(folder: Path) -> None:
    script(folder, "open('empty.txt', 'w').close()", "first.py")
    script(folder, "open('empty.json', 'w').close()", "second.py")
    for name in ("first.py", "second.py"):
        executed(folder, sys.executable, name)
    assert rows(folder, MADE) == [("empty.json",), ("empty.txt",)], "what its name suggests is no fact about the bytes"
    assert not list(folder.glob("kg/rejected/*"))


# --- whose environment it is

ENVIRONMENT = (
    "SELECT ?title ?version (COUNT(?package) AS ?packages) { ?run pvk:exitCode ?code ; dct:title ?title ; "
    "pvk:ranIn/pvk:hasSoftware ?software . OPTIONAL { ?software pvk:pythonVersion ?version } "
    "OPTIONAL { ?software pvk:includesPackage ?package } } GROUP BY ?title ?version"
)


@pytest.fixture(scope="module")
def other_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another Python: an environment of its own, with one package in it."""
    place = tmp_path_factory.mktemp("other") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    script(place / "bin", f"#!{place}/bin/python\nprint('trained')\n", "train-it")
    (place / "bin" / "train-it").chmod(0o755)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "weights-1.5.dist-info").mkdir()
    (packages / "weights-1.5.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: weights\nVersion: 1.5\n")
    return place / "bin" / "python"


@pytest.mark.parametrize(
    "command",
    [("{python}", "train.py"), ("{folder}/train-it",), ("train-it",), ("sh", "-c", "{python} train.py")],
    ids=["by its path", "a script that names it", "such a script on the path", "in a shell"],
)
def test_the_environment_is_that_of_the_commands_python(
    folder: Path, other_python: Path, command: tuple[str, ...]
) -> None:
    script(folder, "print('trained')")
    words = [word.format(python=other_python, folder=other_python.parent) for word in command]
    path = f"{other_python.parent}{os.pathsep}{os.environ['PATH']}"
    done = executed(folder, *words, PATH=path, PYTHONPATH=str(CHECKOUT))
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
    packages = "SELECT ?package { ?run pvk:exitCode ?code ; pvk:ranIn/pvk:hasSoftware/pvk:includesPackage ?package }"
    assert rows(folder, packages) == [("pkg:pypi/weights@1.5",)], "and nothing of the Python that provkg runs in"
    assert "packages that are recorded" not in done.stderr


def test_a_python_that_nobody_saw_coming_is_said(folder: Path, other_python: Path) -> None:
    (folder / "run").write_text(f"#!/bin/sh\nexec {other_python} -c 'print(1)'\n")
    (folder / "run").chmod(0o755)
    done = executed(folder, "./run")
    assert done.returncode == 0
    told = f"are those of the Python in {sys.prefix}; the command ran {other_python.parent.parent}"
    assert told in done.stderr


def test_a_python_that_tells_nothing_leaves_the_rest_of_the_environment(folder: Path) -> None:
    (folder / "python3").write_text("#!/bin/sh\nexit 0\n")
    (folder / "python3").chmod(0o755)
    done = executed(folder, "./python3", "train.py")
    assert "did not tell its version and packages" in done.stderr
    assert rows(folder, ENVIRONMENT) == [("train.py", "None", "0")]


def test_the_code_of_a_command_without_a_file_is_that_of_its_folder(folder: Path) -> None:
    for words in (
        ("init", "-q"),
        ("add", "data"),
        ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "1"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    done = executed(folder, "sh", "-c", "true")
    assert "could not" not in done.stderr
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    assert rows(folder, "SELECT ?commit { ?run pvk:usedCode/pvk:commitId ?commit }") == [(commit.stdout.strip(),)]


@pytest.mark.parametrize(
    "lines",
    [
        "#!/usr/bin/env python3\n",
        "#!/usr/bin/env -S python3 -u\n",
        "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n",
    ],
    ids=["looked for", "with options", "behind a shell"],
)
def test_the_python_of_a_script_stands_in_its_first_lines(tmp_path: Path, lines: str) -> None:
    python = tmp_path / "a b" / "python3"
    python.parent.mkdir()
    for each, text in ((python, ""), (tmp_path / "tool", lines.format(python=python) + "import sys\n")):
        each.write_text(text)
        each.chmod(0o755)
    path = os.pathsep.join(map(str, (python.parent, tmp_path, *os.environ["PATH"].split(os.pathsep))))
    assert python_of(("tool", "--rate", "1"), path) == python


# --- what is read, made, changed and moved

USED_DIGESTS = (
    "SELECT ?name ?digest { ?run pvk:exitCode ?code ; prov:used ?data . "
    "?data a pvk:DatasetVersion ; pvk:sha256 ?digest ; pvk:versionOf/dct:title ?name } ORDER BY ?name"
)
MADE_DIGESTS = (
    "SELECT ?name ?digest { ?data prov:wasGeneratedBy/pvk:exitCode ?code ; pvk:sha256 ?digest ; "
    "pvk:versionOf/dct:title ?name } ORDER BY ?name"
)
VERSIONS = "SELECT ?name { ?data a pvk:DatasetVersion ; pvk:versionOf/dct:title ?name } ORDER BY ?name"


def digest_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_a_table_that_is_written_and_read_back_is_what_the_run_made(folder: Path) -> None:
    script(
        folder,
        """
        import pandas
        rows = pandas.read_csv("data/train.csv")
        rows.assign(c=rows.a + rows.b).to_csv("out.csv", index=False)
        pandas.read_csv("out.csv")
        """,
    )
    executed(folder, sys.executable, "train.py")
    assert rows(folder, VERSIONS) == [("data/train.csv",), ("out.csv",)], "each file is one thing, named once"
    assert rows(folder, MADE) == [("out.csv",)]
    derived = (
        "SELECT ?name { ?out pvk:versionOf/dct:title 'out.csv' ; prov:wasDerivedFrom/pvk:versionOf/dct:title ?name }"
    )
    assert rows(folder, derived) == [("data/train.csv",)]
    assert rows(folder, "SELECT ?data { ?data prov:wasGeneratedBy ?run ; pvk:obtainedFrom ?source }") == []
    assert not list(folder.glob("kg/rejected/*"))


def test_a_file_that_the_program_names_as_data_after_it_made_it_is_what_the_run_made(folder: Path) -> None:
    script(
        folder,
        """
        import provkg
        rows = open("data/train.csv").read()
        open("features.csv", "w").write(rows)
        with provkg.run("inner", uses=provkg.dataset("features", "features.csv", version="1")):
            pass
        """,
    )
    executed(folder, sys.executable, "train.py")
    assert rows(folder, VERSIONS) == [("data/train.csv",), ("features",)]
    assert (rows(folder, READ), rows(folder, MADE)) == ([("data/train.csv",)], [("features",)])
    assert not list(folder.glob("kg/rejected/*"))


def test_a_table_that_is_written_over_its_own_file_is_an_input_as_it_was_and_an_output_as_it_became(
    folder: Path,
) -> None:
    script(
        folder,
        """
        import pandas
        rows = pandas.read_csv("data/train.csv")
        rows.assign(c=7).to_csv("data/train.csv", index=False)
        """,
    )
    before = digest_of(folder / "data" / "train.csv")
    executed(folder, sys.executable, "train.py")
    assert rows(folder, USED_DIGESTS) == [("data/train.csv", before)]
    assert rows(folder, MADE_DIGESTS) == [("data/train.csv", digest_of(folder / "data" / "train.csv"))]


def test_data_that_the_program_names_are_the_input_of_the_command_too(folder: Path) -> None:
    script(
        folder, "import provkg\nprovkg.dataset('orchard', 'data', license='CC-BY-4.0')\nopen('data/train.csv').read()"
    )
    executed(folder, sys.executable, "train.py")
    assert rows(folder, VERSIONS) == [("orchard",)]
    assert rows(folder, READ) == [("orchard",)]


def test_a_file_that_is_named_and_then_read_is_one_dataset(folder: Path) -> None:
    script(
        folder, "import provkg, pandas\nprovkg.dataset('orchard', 'data/train.csv')\npandas.read_csv('data/train.csv')"
    )
    executed(folder, sys.executable, "train.py")
    assert (rows(folder, VERSIONS), rows(folder, READ)) == ([("orchard",)], [("orchard",)])


def test_a_model_that_changes_after_it_was_recorded_is_an_output_too(folder: Path) -> None:
    script(
        folder,
        """
        import provkg, pathlib
        pathlib.Path("net.bin").write_bytes(b"weights")
        with provkg.run("inner") as run:
            run.dataset("net", "net.bin")
        pathlib.Path("net.bin").write_bytes(b"other weights")
        """,
    )
    executed(folder, sys.executable, "train.py")
    assert rows(folder, MADE_DIGESTS) == [("net.bin", sha256(b"other weights").hexdigest())]


OVERWRITING = {
    "written": "open('data/train.csv', 'w').write('changed')",
    "appended to": "open('data/train.csv', 'a').write('changed')",
    "replaced": "open('new', 'w').write('changed'); os.replace('new', 'data/train.csv')",
    "changed in place": "f = open('data/train.csv', 'r+'); f.write('changed'); f.close()",
    "removed": "os.remove('data/train.csv')",
    "moved, then written": "os.rename('data/train.csv', 'old'); open('old', 'w').write('changed')",
}


@pytest.mark.parametrize("change", OVERWRITING.values(), ids=OVERWRITING)
def test_an_input_that_is_changed_at_once_is_an_input_as_it_was(folder: Path, change: str) -> None:
    script(folder, f"import os\nopen('data/train.csv').read()\n{change}")
    before = digest_of(folder / "data" / "train.csv")
    done = executed(folder, sys.executable, "train.py")
    assert rows(folder, USED_DIGESTS) == [("data/train.csv", before)]
    left = [name for name in ("data/train.csv", "old") if (folder / name).exists()]
    assert rows(folder, MADE_DIGESTS) == [(name, digest_of(folder / name)) for name in left]
    assert "read, and changed" not in done.stderr


def test_an_input_that_another_program_changes_at_once_is_missed_and_said(folder: Path) -> None:
    change = "sleep 0.03; echo changed > data/train.csv"
    script(folder, f"import os\nopen('data/train.csv').read()\nos.system({change!r})")
    done = executed(folder, sys.executable, "train.py")
    assert (rows(folder, READ), rows(folder, MADE)) == ([], [("data/train.csv",)])
    assert "data/train.csv: read, and changed or gone before a digest was taken" in done.stderr


def test_what_a_run_makes_again_is_no_lost_input(folder: Path) -> None:
    script(
        folder,
        "import os, time\nos.system('echo again > data/train.csv')\ntime.sleep(0.1)\nopen('data/train.csv').read()",
    )
    done = executed(folder, sys.executable, "train.py")
    assert (rows(folder, READ), rows(folder, MADE)) == ([], [("data/train.csv",)])
    assert "read, and changed" not in done.stderr


@pytest.mark.parametrize("move", ["shutil.move(a, b)", "os.system(f'mv {a} {b}')"], ids=["Python", "another program"])
def test_an_input_that_is_moved_stays_an_input(folder: Path, move: str) -> None:
    script(folder, f"import os, shutil\na, b = 'data/train.csv', 'done.csv'\nopen(a).read()\n{move}")
    before = digest_of(folder / "data" / "train.csv")
    executed(folder, sys.executable, "train.py")
    assert (rows(folder, USED_DIGESTS), rows(folder, MADE)) == ([("data/train.csv", before)], [])


def test_large_inputs_are_not_gone_through_before_they_change(folder: Path) -> None:
    from provkg.execution.bootstrap.provkg_observed import LARGEST

    (folder / "large.bin").write_bytes(bytes(LARGEST + 1))
    aged(folder / "large.bin")
    script(folder, "open('large.bin').close(); open('large.bin', 'w').close()")
    done = executed(folder, sys.executable, "train.py")
    assert "large.bin: read, and changed or gone" in done.stderr


@pytest.mark.parametrize(
    ("made", "named", "model", "data"),
    [
        ("model.bin", (), ["model.bin"], []),
        ("weights.h5", (), ["weights.h5"], []),
        ("forest", ("forest",), ["forest"], []),
        ("forest.sav", ("*.sav",), ["forest.sav"], []),
        ("forest.sav", (), [], ["forest.sav"]),
        ("scores.csv", ("scores.csv",), [], ["scores.csv"]),
        ("saved/net.pb", ("saved",), ["saved"], []),
        ("saved/table.sav", ("saved",), [], ["saved/table.sav"]),
    ],
)
def test_what_a_training_makes_is_a_model_where_its_name_or_the_user_says_so(
    folder: Path, made: str, named: tuple[str, ...], model: list[str], data: list[str]
) -> None:
    (folder / "saved").mkdir()
    script(folder, f"open({made!r}, 'w').write(open('data/train.csv').read())")
    executed(folder, sys.executable, "train.py", options=("--trains", *(f"--output={each}" for each in named)))
    trained = "SELECT ?name { ?model pvk:trainedOn/pvk:versionOf/dct:title ?data ; pvk:versionOf/dct:title ?name }"
    assert rows(folder, trained) == [(each,) for each in model]
    made_data = "SELECT ?name { ?made a pvk:DatasetVersion ; prov:wasGeneratedBy ?run ; pvk:versionOf/dct:title ?name }"
    assert rows(folder, made_data) == [(each,) for each in data]


def test_names_that_match_nothing_are_said(folder: Path) -> None:
    done = executed(folder, "true", options=("--input", "no/*.csv", "--output", "zz*", "--output", "data"))
    assert done.returncode == 0
    assert "\nprovkg: no file is at zz*, which was named as an output\n" in done.stderr, (
        "a sentence, and no line of ours"
    )
    assert f"\nprovkg: no file is at {folder / 'no/*.csv'}, which was named as an input\n" in done.stderr


def test_the_files_of_standard_streams_are_inputs_and_outputs(folder: Path) -> None:
    line = f"{sys.executable} -m provkg exec -- cat < data/train.csv > copy.csv 2> errors.txt"
    subprocess.run(["sh", "-c", line], cwd=folder, env=around(), check=True)
    assert (rows(folder, READ), rows(folder, MADE)) == ([("data/train.csv",)], [("copy.csv",)])
    assert "kg" in (folder / "errors.txt").read_text(), "which has changed since, by what provkg said"


def test_a_pipe_is_no_file_of_standard_input(folder: Path) -> None:
    executed(folder, "cat", stdin="text")
    assert rows(folder, READ) == []


def test_a_model_that_a_program_loads_is_what_the_command_used(folder: Path) -> None:
    (folder / "net.bin").write_bytes(b"weights")
    aged(folder / "net.bin")
    script(
        folder,
        """
        import provkg
        open("net.bin", "rb").read()
        provkg.model("net", "net.bin")
        open("scores.csv", "w").write(open("data/train.csv").read())
        """,
    )
    for options in ((), ("--trains",)):
        executed(folder, sys.executable, "train.py", options=(*options, f"--title=run{len(options)}"))
    used = "SELECT ?run ?name { ?r pvk:exitCode ?c ; dct:title ?run ; prov:used/pvk:versionOf/dct:title ?name }"
    both = [("data/train.csv",), ("net",)]
    assert rows(folder, used + " ORDER BY ?run ?name") == [(run, *each) for run in ("run0", "run1") for each in both], (
        "one thing, named once"
    )
    trained = "SELECT ?name { ?run pvk:trainingData/pvk:versionOf/dct:title ?name }"
    assert rows(folder, trained) == [("data/train.csv",)]
    assert not list(folder.glob("kg/rejected/*"))


def test_a_model_that_a_program_saves_and_loads_is_no_input(folder: Path) -> None:
    script(folder, "import provkg\nopen('net.bin', 'w').write('weights')\nprovkg.model('net', 'net.bin')")
    executed(folder, sys.executable, "train.py")
    assert rows(folder, READ) == []


def test_a_model_that_an_earlier_run_trained_is_what_a_later_one_used(folder: Path) -> None:
    script(folder, "open('net.bin', 'w').write(open('data/train.csv').read() + 'weights')")
    executed(folder, sys.executable, "train.py", options=("--trains",))
    aged(folder / "net.bin")
    script(folder, "open('scores.csv', 'w').write(str(len(open('net.bin').read())))", "evaluate.py")
    executed(folder, sys.executable, "evaluate.py")
    used = "SELECT ?kind ?name { ?run dct:title 'evaluate.py' ; prov:used ?thing . ?thing a ?kind ; "
    used += "pvk:versionOf/dct:title ?name FILTER(?kind IN (pvk:ModelVersion, pvk:DatasetVersion)) }"
    assert rows(folder, used) == [("https://w3id.org/provkg#ModelVersion", "net.bin")]
    with provkg.open(folder / "kg") as graph:
        assert "data/train.csv" in str(graph.lineage("scores.csv")), "from the scores through the model to its data"
