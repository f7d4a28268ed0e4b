"""Every example in a help text is true: typed beside the demo's graph, it runs and exits with 0."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from provkg.cli import main
from provkg.cli.program import COMMANDS
from provkg.questions import all_questions
from tests.commands import environment, run

PREFIXES = "@prefix pvk: <https://w3id.org/provkg#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
DATASET = PREFIXES + '<https://example.org/kg/dataset/%s> a pvk:Dataset ; dct:title "%s" .\n'
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<https://example.org/S> sh:targetSubjectsOf <https://example.org/p> ; sh:nodeKind sh:IRI .
"""
# What the examples speak of beside the graph.
FILES = {
    "run.ttl": DATASET % ("run", "run"),
    "better.ttl": DATASET % ("better", "better"),
    "records/one.ttl": DATASET % ("one", "one"),
    "records.trig": PREFIXES + '<https://example.org/g> { _:b a pvk:Dataset ; dct:title "b" . }\n',
    "runs.rq": "SELECT ?run { ?run a <http://www.w3.org/ns/prov#Activity> } ORDER BY ?run",
    "my-shapes.ttl": SHAPES,
    "provkg.toml": "",
    "data.ttl": "<https://example.org/a> <https://example.org/p> 1 .",
    "train.py": "import sys\nassert sys.argv[1:] == ['--rate', '0.1']",
    "data/train.csv": "a,b\n1,2\n",
    "Makefile": "model.bin: data/train.csv\n\tcp data/train.csv model.bin\n",
    "experiment.provn": "document prefix ex <https://example.org/> entity(ex:e) endDocument",
}
# Served until stopped: the tests of the server do that.
LASTING = re.compile(r"provkg serve|curl ")
# They exit with 1 where something is missing, as in the demo's graph it is at this level.
JUDGING = re.compile(r"provkg audit|provkg gate|provkg missing|provkg check .*--explain|provkg score .*--at-least")


def examples(*command: str) -> list[str]:
    shown = run(*command, "-h").stdout
    _, _, below = shown.partition("Example:\n")
    return [line.strip() for line in below.partition("\n\n")[0].splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("help")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    program = folder / "bin" / "provkg"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m provkg "$@"\n')
    program.chmod(0o755)
    for example in [*examples("demo"), "provkg backup kg.backup"]:
        done = typed(example, folder)
        assert done.returncode == 0, done.stderr
    return folder


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    variables = environment() | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["sh", "-c", line], cwd=folder, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_the_examples_of_every_command_run(name: str, folder: Path) -> None:
    lines = examples(name)
    assert lines
    for line in lines:
        if LASTING.match(line):
            continue
        done = typed(line, folder)
        expected = {0, 1} if JUDGING.match(line) else {0}
        assert done.returncode in expected, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("question", [question.path for question in all_questions()])
def test_the_example_of_every_question_runs(question: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    [line] = examples("ask", question)
    result = run(*shlex.split(line)[1:])
    if "ISSUE" in line:
        assert "no data issue is called 'ISSUE'; there is none in this graph" in result.output
    elif "KEY" in line:
        assert "Key 'KEY', given as key; there is none in this graph" in result.output
    else:
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_the_examples_of_the_program_run(folder: Path) -> None:
    first, *others = examples()
    assert first == "provkg demo"
    assert others
    assert [typed(line, folder).returncode for line in others] == [0] * len(others)


def test_every_option_is_explained() -> None:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert options or name == "ask"
        assert [each.name for each in options if not each.help] == []
