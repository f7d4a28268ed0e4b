"""A command that reads for long says what to type in case the disk is the reason, and a quick one says nothing."""

from __future__ import annotations

import time
from pathlib import Path

import click
import pytest

from provkg.cli import main
from provkg.cli.reading import hint_when_slow
from provkg.folder import Folder
from tests.commands import run, story_graph


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg")


def test_a_long_wait_is_told_once_with_the_command_that_looks_for_damage(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    with click.Context(main):
        hint_when_slow(folder, after=0.01)
        time.sleep(0.5)
    hint = f"provkg: this takes long; if the disk may be damaged: provkg doctor --store {folder.path}\n"
    assert capsys.readouterr() == ("", hint)


def test_a_command_that_ends_in_time_is_not_hinted_at(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    with click.Context(main):
        hint_when_slow(folder, after=0.3)
    time.sleep(0.6)
    assert capsys.readouterr() == ("", "")


def test_reading_commands_answer_as_ever(tmp_path: Path) -> None:
    kg = story_graph(tmp_path / "story")
    result = run("query", "--store", kg, "ASK { ?s ?p ?o }")
    assert result.exit_code == 0
    assert "takes long" not in result.stderr
