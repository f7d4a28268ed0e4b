"""A graph on a medium that cannot be written, such as an archive, still answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import story
from tests.commands import STORY_FILES, one_sentence, run


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Keep everybody from writing below `folder`: by permissions, and by a mount for the superuser."""
    if os.geteuid() != 0:
        inside = [folder, *folder.rglob("*")]
        modes = {path: path.stat().st_mode for path in inside}
        for path in inside:
            path.chmod(modes[path] & 0o555)
        yield
        for path in inside:
            path.chmod(modes[path])
        return
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "--bind", folder, folder], capture_output=True, check=False).returncode:
        pytest.skip("nothing is read-only for the superuser, and this one may not mount")
    try:
        if subprocess.run([mount, "-o", "remount,bind,ro", folder], capture_output=True, check=False).returncode:
            pytest.skip("this superuser may not make a mount read-only")
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def archived(tmp_path: Path) -> Iterator[Path]:
    kg = tmp_path / "archive" / "kg"
    run("init", kg, "--base", story.BASE)
    assert run("add", "--store", kg, *STORY_FILES).exit_code == 0
    with read_only(kg.parent):
        yield kg


def test_an_archived_graph_answers(archived: Path) -> None:
    answer = run("ask", "Q11", "--model", "apple-grader@2", "--format", "csv", "--store", archived)
    assert answer.exit_code == 0, answer.output
    assert "apples-train" in answer.stdout
    assert run("lineage", "apple-grader@2", "--store", archived).stdout.startswith("apple-grader@2")
    assert "apples-train" in run("export", "apple-grader@2", "--store", archived).stdout


def test_an_archived_graph_takes_nothing_and_says_why(archived: Path, tmp_path: Path) -> None:
    (tmp_path / "more.ttl").write_text(
        f"<{story.BASE}dataset/more> a <https://w3id.org/provkg#Dataset> ; <http://purl.org/dc/terms/title> 'more' ."
    )
    refused = one_sentence(run("add", "--store", archived, tmp_path / "more.ttl"), 3)
    assert f"cannot write {archived / 'lock'}" in refused


def test_an_archived_ledger_is_not_called_damaged(archived: Path) -> None:
    told = run("doctor", "--store", archived)
    assert "cannot write" in told.stdout
    assert "backup" not in told.stdout
