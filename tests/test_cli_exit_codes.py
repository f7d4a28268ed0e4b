"""Every command ends in the same way for the same mistake: 2 for wrong use, 3 where it cannot run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from provkg.cli.program import COMMANDS
from tests import story
from tests.commands import one_sentence, run, story_graph

RECORD = str(sorted(story.FOLDER.glob("*.ttl"))[0])
# How each command is called on a graph; what stands in braces is put in.
ON_A_GRAPH = {
    "demo": ["demo"],
    "questions": ["questions"],
    "ask": ["ask", "Q4"],
    "query": ["query", "ASK {}"],
    "lineage": ["lineage", "apple-grader@2"],
    "impact": ["impact", "apple-readings@2"],
    "diff": ["diff", "apple-grader@1", "apple-grader@2"],
    "recall": ["recall", "apple-readings@1", "--reason", "wrong scale"],
    "withdraw": ["withdraw", "apple-readings@1", "--reason", "licence ended"],
    "correct": ["correct", "0", RECORD],
    "undeploy": ["undeploy", "https://sorting.example.org/grade", "--reason", "over"],
    "show": ["show", "apple-grader@2"],
    "export": ["export"],
    "check": ["check"],
    "score": ["score"],
    "missing": ["missing"],
    "audit": ["audit"],
    "gate": ["gate", "apple-grader@2"],
    "add": ["add", RECORD],
    "docs": ["docs", "site"],
    "serve": ["serve"],
    "doctor": ["doctor"],
    "sync": ["sync"],
    "rebuild": ["rebuild"],
    "backup": ["backup", "somewhere"],
    "verify": ["verify"],
    "prove": ["prove", "apple-grader@2"],
    "redact": ["redact", "--list"],
    "retain": ["retain", "--list"],
    "archive": ["archive", "archive.json"],
    "checkpoint": ["checkpoint"],
    "key": ["key"],
    "tiles": ["tiles", "public"],
}
# These need no graph.
APART = {
    "init": ["init", "somewhere"],
    "exec": ["exec", "--", "true"],
    "restore": ["restore", "somewhere", "somewhere"],
    "witness": ["witness", "somewhere", "--name", "witness.example/w1"],
}
TAKING_FILES = {
    "add": ["add", "{file}"],
    "check": ["check", "{file}"],
    "check the graph's": ["check", "{file}", "--store", "{kg}"],
    "check --shapes": ["check", "--shapes", "{file}", RECORD],
    "query": ["query", "{file}"],
    "correct": ["correct", "0", "{file}"],
    "verify": ["verify", "{file}"],
    "verify --since": ["verify", "--since", "{file}"],
    "restore": ["restore", "{file}", "somewhere"],
    "restore --since": ["restore", "backup", "somewhere", "--since", "{file}"],
    "prove --since": ["prove", "apple-grader@2", "--since", "{file}"],
    "key": ["key", "--use", "{file}"],
    "missing --facts": ["missing", "--facts", "{file}"],
    "missing --apply": ["missing", "--apply", "--facts", "{file}"],
}
TAKING_NAMES = {
    "lineage": ["lineage", "{name}"],
    "impact": ["impact", "{name}"],
    "diff": ["diff", "{name}", "apple-grader@2"],
    "recall": ["recall", "{name}", "--reason", "wrong scale"],
    "withdraw": ["withdraw", "{name}", "--reason", "licence ended"],
    "show": ["show", "{name}"],
    "gate": ["gate", "{name}"],
    "missing": ["missing", "{name}"],
    "export": ["export", "{name}"],
    "prove": ["prove", "{name}"],
    "redact": ["redact", "{name}", "dct:title", "--reason", "no longer wanted"],
    "ask": ["ask", "upstream", "--thing", "{name}"],
}


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("codes") / "kg")


@pytest.fixture(autouse=True)
def _no_graph_of_the_tester(kg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_STORE", str(kg))


def test_every_command_is_tried() -> None:
    assert set(ON_A_GRAPH) | set(APART) == set(COMMANDS)


@pytest.mark.parametrize("command", [command for command in ON_A_GRAPH if command != "demo"])
@pytest.mark.parametrize("state", ["missing", "empty", "a file"])
def test_without_a_graph_nothing_runs(command: str, state: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if state == "empty":
        place.mkdir()
    elif state == "a file":
        place.write_text("no graph")
    sentence = one_sentence(run(*ON_A_GRAPH[command], "--store", place), 3)
    assert "is no knowledge graph" in sentence
    assert "provkg init" in sentence


@pytest.mark.parametrize("command", ["init", "demo"])
@pytest.mark.parametrize("state", ["a file", "a folder in use"])
def test_what_makes_a_graph_makes_it_only_where_nothing_else_is(command: str, state: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if state == "a file":
        place.write_text("no graph")
    else:
        (place / "thesis").mkdir(parents=True)
    asked = [command, str(place)] if command == "init" else [command, "--store", str(place)]
    assert "is in use by something else" in one_sentence(run(*asked), 3)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user, and become one")
@pytest.mark.parametrize("command", ON_A_GRAPH)
def test_the_graph_of_another_user_is_left_alone(command: str, kg: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    shutil.copytree(kg, theirs)
    os.chown(theirs, 12345, 12345)
    theirs.chmod(0o700)
    run("check", RECORD)  # with what commands import late: the other user may not read Python's own files
    code, said = _as_another_user(*ON_A_GRAPH[command], "--store", str(theirs))
    assert (code, said.startswith("provkg: "), said.count("\n")) == (3, True, 1), said
    assert "belongs to another user" in said or "you have no permission there" in said


def _as_another_user(*arguments: str) -> tuple[int, str]:
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.setuid(54321)
        try:
            result = run(*arguments)
            os.write(writing, result.output.encode())
            os._exit(result.exit_code)
        finally:
            os._exit(99)
    os.close(writing)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(reading) as said:
        return code, said.read()


@pytest.mark.parametrize("command", TAKING_FILES)
@pytest.mark.parametrize("state", ["missing", "unreadable", "malformed"])
def test_a_file_that_cannot_be_used_is_3(command: str, state: str, kg: Path, tmp_path: Path) -> None:
    file = tmp_path / ("input.rq" if command == "query" else "input.ttl")
    if state == "unreadable":
        file.mkdir()
    elif state == "malformed":
        file.write_bytes(b"<urn:a> <urn:b> \xff")
    sentence = one_sentence(run(*(part.format(file=file, kg=kg) for part in TAKING_FILES[command])), 3)
    assert str(file) in sentence


@pytest.mark.parametrize("command", ["add", "check"])
def test_a_missing_file_is_missing_whatever_its_name_ends_in(command: str, tmp_path: Path) -> None:
    assert "No such file" in one_sentence(run(command, tmp_path / "nofile"), 3)
    (tmp_path / "notes.txt").write_text("no RDF")
    assert "no RDF format" in one_sentence(run(command, tmp_path / "notes.txt"), 2)


@pytest.mark.parametrize("command", TAKING_NAMES)
@pytest.mark.parametrize(
    ("name", "said"), [("no such thing", "is called"), ("apple-grader", "fits 3 things"), ("", "")]
)
def test_a_name_of_nothing_or_of_several_is_2(command: str, name: str, said: str) -> None:
    sentence = one_sentence(run(*(part.format(name=name) for part in TAKING_NAMES[command])), 2)
    assert said in sentence


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_a_command_does_not_have_is_2(command: str) -> None:
    asked = (ON_A_GRAPH | APART)[command]
    result = run(asked[0], "--no-such-option", *asked[1:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--no-such-option" in result.stderr
    assert not Path("somewhere").exists()


def test_an_unknown_question_and_a_missing_parameter_are_2() -> None:
    assert "no question is called" in one_sentence(run("ask", "Q99"), 2)
    assert run("ask", "Q11").exit_code == 2


def test_an_answer_without_rows_is_0() -> None:
    assert run("ask", "Q1", "--value", "12345").exit_code == 0
