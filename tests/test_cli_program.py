"""The program: its help, its exit codes, and that every error of ours is one sentence."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import get_args

import click
import pytest

import provkg
from provkg import cli
from provkg.cli.options import ENGINES
from provkg.cli.program import COMMANDS
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from tests.commands import ROOT, environment, one_sentence, run, run_apart, story_graph


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_ends_in_an_example(name: str) -> None:
    for flag in ("-h", "--help"):
        result = run(name, flag)
        assert result.exit_code == 0
        assert f"Example:\n    provkg {name}" in result.stdout


def test_the_program_without_a_command_lists_all() -> None:
    result = run("-h")
    assert all(f"\n  {name} " in result.stdout for name in COMMANDS)


def test_a_summary_in_the_list_is_never_cut() -> None:
    listed = run("-h").stdout.partition("Commands:")[2]
    assert "..." not in listed


@pytest.mark.parametrize(
    "arguments",
    [["chekc"], ["check", "--levle", "audit"], ["lineage"], ["check", "--level", "highest"], ["serve", "--port", "x"]],
)
def test_wrong_use_exits_with_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "ASK {}"],
        ["ask", "Q11", "--model", "x"],
        ["lineage", "x"],
        ["show", "x"],
        ["export"],
        ["check"],
        ["doctor"],
        ["sync"],
        ["rebuild"],
        ["serve"],
        ["add", __file__],
    ],
)
def test_a_folder_that_is_no_graph_is_named_with_what_to_type(arguments: list[str], tmp_path: Path) -> None:
    sentence = one_sentence(run(*arguments, "--store", tmp_path), 3)
    assert "is no knowledge graph" in sentence
    assert f"provkg init {tmp_path}" in sentence


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("program") / "kg")


def test_the_store_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_STORE", str(story_graph(tmp_path / "kg")))
    assert run("query", "ASK {}").stdout == "yes\n"


def test_a_full_disk_is_said_in_a_sentence() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full, which stands for a full disk")
    with full.open("wb") as disk:
        command = [sys.executable, "-m", "provkg", "questions"]
        done = subprocess.run(command, stdout=disk, stderr=subprocess.PIPE, cwd=ROOT, env=environment(), check=False)
    assert done.returncode == 3
    assert done.stderr.count(b"provkg: the disk is full") == 1
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_is_no_error_to_talk_about() -> None:
    command = [sys.executable, "-m", "provkg", "questions"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment(), bufsize=0
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert b"Traceback" not in said
    assert b"BrokenPipe" not in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["impact", "apple-readings@2", "--all"], 0),
        (["impact", "apple-readings@2", "--fail-on", "production"], 1),
        (["diff", "apple-grader@1", "apple-grader@2"], 0),
        (["verify"], 0),
        (["show", "apple-grader@2"], 0),
        (["query", "SELECT * { ?s ?p ?o }"], 0),
    ],
    ids=lambda each: "-".join(each[:1]) if isinstance(each, list) else None,
)
@pytest.mark.parametrize("together", [False, True], ids=["output", "output-and-errors"])
def test_a_closed_pipe_is_no_fault_and_changes_no_verdict(
    arguments: list[str],
    code: int,
    together: bool,
    told: Path,
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "provkg", *arguments, "--store", str(told)]
    errors = writing if together else subprocess.PIPE
    done = subprocess.run(command, stdout=writing, stderr=errors, cwd=ROOT, env=environment(), check=False)
    os.close(writing)
    assert done.returncode == code
    assert together or b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_file_name_that_is_no_text_is_told_all_the_same(encoding: str, tmp_path: Path) -> None:
    name = bytes(tmp_path) + b"/k\xe4fer.ttl"
    Path(os.fsdecode(name)).write_text("<https://example.org/a> a <https://w3id.org/provkg#Nonsense> .")
    command = [sys.executable.encode(), b"-m", b"provkg", b"check", name]
    variables = environment() | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=variables, check=False)
    assert done.returncode == 1
    assert b"fer.ttl:1: " in done.stdout
    assert b"Traceback" not in done.stderr


def test_a_help_text_costs_no_store_and_no_gate() -> None:
    script = (
        "import sys; from provkg.cli import main; main(['check', '-h'], standalone_mode=False); "
        "print(*sorted({'rdflib', 'shifty', 'pyshacl', 'sqlite3', 'yaml', 'starlette'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, env=environment(), check=True
    )
    assert done.stdout.splitlines()[-1] == ""


def test_the_names_of_engines_and_formats_are_those_of_the_gate() -> None:
    from provkg import gate
    from provkg.cli.checking import REPORT_FORMATS
    from provkg.gate import report

    assert tuple(gate.ENGINES) == ENGINES
    assert tuple(report.REPORT_FORMATS) == REPORT_FORMATS


def test_the_formats_of_a_lineage_and_an_answer_are_those_of_the_library() -> None:
    from provkg.cli.options import ANSWER_FORMATS, BINARY_FORMATS, RDF_FORMATS
    from provkg.cli.tracing import FORMATS as LINEAGE_FORMATS
    from provkg.exchange import rdf
    from provkg.forms import FORMATS
    from provkg.forms.files import WRITERS
    from provkg.lineage.graph import TEXT_FORMATS

    assert TEXT_FORMATS == LINEAGE_FORMATS
    assert tuple(FORMATS) == ANSWER_FORMATS
    assert tuple(WRITERS) == BINARY_FORMATS
    assert tuple(rdf.FORMATS) == RDF_FORMATS


def test_the_words_of_impact_diff_and_undeploy_are_those_of_the_library() -> None:
    from provkg.cli import comparing, impacting, undeploying
    from provkg.lineage.difference import FORMATS as DIFFERENCE_FORMATS
    from provkg.lineage.impact import FAIL_ON, FORMATS
    from provkg.reading.ending import How

    assert (FORMATS, FAIL_ON) == (impacting.FORMATS, impacting.FAIL_ON)
    assert DIFFERENCE_FORMATS == comparing.FORMATS
    assert get_args(How) == undeploying.WAYS


def test_main_is_a_click_command_so_that_shells_can_complete_it() -> None:
    assert isinstance(cli.main, click.Group)


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"provkg {provkg.__version__}\n"


@pytest.mark.checkout
def test_a_checkout_that_nobody_installed_tells_its_version(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "provkg", tmp_path / "provkg", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    # The libraries without the record of what is installed, which is what an uninstalled checkout sees.
    script = (
        "import sys; from importlib import metadata; import click, pyoxigraph\n"
        "sys.path = [sys.argv[1], *(path for path in sys.path if 'site-packages' not in path)]\n"
        "from provkg.cli import main; main(['--version'], prog_name='provkg')"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"provkg \d+\.\d+\.\d+ \(a checkout, not installed\)\n", done.stdout)


@pytest.mark.parametrize(
    "arguments", [["show"], ["lineage"], ["export"], ["query"], ["ask", "Q11", "--model"], ["init", "kg", "--base"]]
)
def test_bytes_that_are_no_text_are_wrong_use(arguments: list[str], tmp_path: Path) -> None:
    store = story_graph(tmp_path / "kg")
    asked = [*arguments, "ASK { # \udcff }"]
    result = run(*asked) if "init" in arguments else run(*asked, "--store", store)
    assert result.exit_code == 2
    assert "is not UTF-8 text" in result.stderr


def test_a_graph_without_its_salt_is_not_written(tmp_path: Path) -> None:
    store = story_graph(tmp_path / "kg")
    (store / "keys" / "salt").unlink()
    for command in (["sync"], ["rebuild"]):
        assert f"cannot read {store / 'keys' / 'salt'}" in one_sentence(run(*command, "--store", store), 3)
    assert "restore it from your backup" in run("doctor", "--store", store).stdout


def test_settings_that_mean_nothing_are_told_with_their_file(tmp_path: Path) -> None:
    store = story_graph(tmp_path / "kg")
    (store / "kg.toml").write_text('base = "https://example.org/kg/"\nlevel = ["high"]\n')
    assert one_sentence(run("query", "ASK {}", "--store", store), 3).startswith(f"{store / 'kg.toml'}: ")


def test_an_empty_graph_answers_whoever_asks(tmp_path: Path) -> None:
    store = Folder.create(tmp_path / "kg").path
    with KnowledgeGraph.hold(Folder.find(store)):
        held = run_apart("query", "SELECT ?s { ?s ?p ?o }", "--format", "csv", "--store", store)
    assert (held.returncode, held.stdout) == (0, b"s\r\n")
    assert run("query", "ASK {}", "--store", store).stdout == "yes\n"
    assert "0 ledger entries seen" in run("ask", "Q3", "--store", store).stderr
    with provkg.open(store) as graph:
        assert (graph.size, len(graph.query("SELECT * { ?s ?p ?o }"))) == (0, 0)


def test_a_ledger_that_a_full_disk_kept_from_being_made_is_empty(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg")
    with closing(sqlite3.connect(folder.ledger)) as unmade:
        unmade.execute("PRAGMA journal_mode = WAL")
    assert run("query", "ASK {}", "--store", folder.path).exit_code == 0
    assert run("doctor", "--store", folder.path).stdout == "note: the graph holds no record yet\n"
