"""Anchored checkpoints are never taken back, show every fork, and never keep a record from being written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from provkg.anchors import anchor_at
from provkg.anchors.folder import FolderAnchor
from provkg.anchors.git import GitAnchor
from provkg.errors import AnchorFailed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.anchoring import Anchoring, anchors
from provkg.ledger import Ledger
from provkg.ledger.note import Note
from provkg.ledger.origins import file_name_of
from tests.commands import one_sentence, run
from tests.test_checkpoints import dataset, keep, newest
from tests.test_witnessing import forked

BASE = "https://example.org/kg/"
LOG = file_name_of("example.org/kg")


@pytest.fixture
def kg(tmp_path: Path) -> Folder:
    folder = Folder.create(tmp_path / "kg", base=BASE)
    keep(folder, "a", "b")
    return folder


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let git know who commits, and nothing else of the tester."""
    (tmp_path / "gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)


def anchor(kg: Folder, path: Path) -> Path:
    done = run("checkpoint", "--store", kg.path, "--anchor", path)
    assert done.exit_code == 0, done.stderr
    return path


def git(path: Path, *arguments: str, given: str = "") -> str:
    return subprocess.run(
        ["git", "-C", str(path), *arguments], input=given, capture_output=True, text=True, check=True
    ).stdout


def repository(path: Path, *options: str) -> Path:
    subprocess.run(["git", "init", "-q", *options, str(path)], check=True)
    return path


def anchored(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (path / LOG).iterdir()}


def committed(path: Path) -> list[str]:
    """Return what the log's file said, commit by commit, the oldest first."""
    commits = git(path, "rev-list", "--reverse", "provkg-checkpoints").split()
    return [git(path, "show", f"{commit}:{LOG}.txt") for commit in commits]


# --- folders


def test_a_folder_gets_a_file_for_each_checkpoint_and_nothing_is_written_twice(kg: Folder, tmp_path: Path) -> None:
    path = anchor(kg, tmp_path / "anchor")
    first = kg.last_checkpoint.read_bytes()
    assert anchored(path) == {"2.txt": first}
    written = (path / LOG / "2.txt").stat()
    assert stat.S_IMODE(written.st_mode) & 0o222 == 0
    keep(kg, "c")
    keep(kg)
    assert anchored(path) == {"2.txt": first, "3.txt": kg.last_checkpoint.read_bytes()}
    assert (path / LOG / "2.txt").stat().st_mtime_ns == written.st_mtime_ns


def test_a_long_holder_anchors_each_time_that_it_signs(
    kg: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = anchor(kg, tmp_path / "anchor")
    monkeypatch.setattr("provkg.graph.stores.CHECKPOINT_SECONDS", 0.0)
    with KnowledgeGraph.hold(kg) as graph:
        graph.add("c", "dataset", dataset("c"))
        assert "3.txt" in anchored(path)
        graph.add("d", "dataset", dataset("d"))
        assert "4.txt" in anchored(path)


def test_a_disk_that_is_gone_is_told_once_and_keeps_no_record_from_being_written(
    kg: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = anchor(kg, tmp_path / "anchor")
    path.rename(tmp_path / "unplugged")
    monkeypatch.setattr("provkg.graph.stores.CHECKPOINT_SECONDS", 0.0)
    told = keep(kg, "c", "d", "e")
    assert len(told) == 1, told
    assert "a checkpoint was not anchored: cannot anchor to" in told[0]
    assert "is the disk mounted?" in told[0]
    with Ledger.open(kg.ledger, read_only=True) as ledger:
        assert ledger.size == newest(kg).size == 5
    # An empty folder where the disk should be mounted is not taken for the disk.
    path.mkdir()
    assert len(keep(kg, "f")) == 1
    assert list(path.iterdir()) == []
    path.rmdir()
    (tmp_path / "unplugged").rename(path)
    assert keep(kg, "g") == []
    assert set(anchored(path)) == {"2.txt", "7.txt"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(5, "Input/output error")])
def test_an_anchor_that_cannot_be_written_to_is_told(
    kg: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    anchor(kg, tmp_path / "anchor")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("provkg.anchors.folder.write_durably", fail)
    (told,) = keep(kg, "c")
    assert str(error.strerror) in told
    assert newest(kg).size == 3


def test_another_history_of_a_size_is_kept_beside_the_first_and_told(kg: Folder, tmp_path: Path) -> None:
    path = anchor(kg, tmp_path / "anchor")
    fork = forked(kg, tmp_path / "fork", "x", "y")
    with pytest.raises(AnchorFailed, match=r"2\.txt anchors another history of as many entries"):
        FolderAnchor(path).keep(Note.parse(fork.last_checkpoint.read_bytes()))
    names = set(anchored(path))
    assert names == {"2.txt", f"2-{newest(fork).root.hex()[:16]}.txt"}
    done = run("verify", "--store", kg.path, "--anchor", path)
    assert (done.exit_code, f"FORK at {path / LOG}/2-" in done.stdout) == (1, True)


def test_the_folder_of_an_anchor_may_be_new_but_not_the_one_around_it(kg: Folder, tmp_path: Path) -> None:
    nowhere = run("checkpoint", "--store", kg.path, "--anchor", tmp_path / "media" / "usb")
    assert (nowhere.exit_code, "No such file or directory" in nowhere.stderr) == (3, True)
    assert anchors(kg) == []
    (tmp_path / "file").write_text("")
    assert run("checkpoint", "--store", kg.path, "--anchor", tmp_path / "file").exit_code == 3


def test_an_anchor_that_no_disk_could_have_stops_nothing(kg: Folder) -> None:
    kg.anchors.write_text(f"/{'n' * 5_000}\n")
    (told,) = keep(kg, "c")
    assert "a checkpoint was not anchored" in told
    assert newest(kg).size == 3


def test_an_anchor_is_given_up_and_what_is_there_stays(kg: Folder, tmp_path: Path) -> None:
    first, second = anchor(kg, tmp_path / "one"), anchor(kg, tmp_path / "two")
    assert anchors(kg) == [first, second]
    anchor(kg, first)
    assert anchors(kg) == [first, second]
    run("checkpoint", "--store", kg.path, "--no-anchor", first)
    keep(kg, "c")
    assert (set(anchored(first)), set(anchored(second))) == ({"2.txt"}, {"2.txt", "3.txt"})
    unknown = run("checkpoint", "--store", kg.path, "--no-anchor", first)
    assert (unknown.exit_code, f"they go to: {second}" in unknown.stderr) == (2, True)


def test_a_list_of_anchors_that_cannot_be_read_stops_nothing(kg: Folder) -> None:
    kg.anchors.write_bytes(b"\xff")
    (told,) = keep(kg, "c")
    assert "cannot read where checkpoints are anchored" in told
    assert newest(kg).size == 3


# --- verifying


@pytest.mark.parametrize("kind", ["folder", "git", "bare"])
def test_a_ledger_that_does_not_continue_an_anchored_checkpoint_is_a_fork(
    kg: Folder, tmp_path: Path, kind: str
) -> None:
    shutil.copytree(kg.path, tmp_path / "fork")
    options = {"git": (), "bare": ("--bare",)}
    path = anchor(kg, repository(tmp_path / "anchor", *options[kind]) if kind in options else tmp_path / "anchor")
    keep(kg, "c")
    keep(kg, "d")
    verified = run("verify", "--store", kg.path, "--anchor", path)
    assert (verified.exit_code, "verified: 4 entries" in verified.stdout) == (0, True)
    # The same first two entries, and from then on another history, which never signed three.
    keep(Folder.find(tmp_path / "fork"), "x", "d")
    done = run("verify", "--store", tmp_path / "fork", "--anchor", path)
    assert done.exit_code == 1
    found = [line for line in done.stdout.splitlines() if line.startswith("FORK at")]
    places = [f"{path / LOG}/{size}.txt" if kind == "folder" else f"{path} commit " for size in (3, 4)]
    assert len(found) == 2
    for line, place, size in zip(found, places, (3, 4), strict=True):
        assert line.startswith(f"FORK at {place}")
        assert f"another history of the first {size} entries" in line


def test_a_ledger_that_is_shorter_than_an_anchored_checkpoint_is_incomplete(kg: Folder, tmp_path: Path) -> None:
    shutil.copytree(kg.path, tmp_path / "short")
    path = anchor(kg, tmp_path / "anchor")
    keep(kg, "c")
    done = run("verify", "--store", tmp_path / "short", "--anchor", path)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (
        1, f"INCOMPLETE at {path / LOG}/3.txt: it was signed for 3 entries, and there are 2",
    )  # fmt: skip


def test_an_anchored_checkpoint_that_was_changed_is_told(kg: Folder, tmp_path: Path) -> None:
    path = anchor(kg, tmp_path / "anchor")
    file = path / LOG / "2.txt"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"\n2\n", b"\n3\n"))
    done = run("verify", "--store", kg.path, "--anchor", path)
    assert (done.exit_code, done.stdout.startswith(f"TAMPERED at {file}: ")) == (1, True)


def test_anchors_that_the_graph_names_are_compared_without_being_named(kg: Folder, tmp_path: Path) -> None:
    path = anchor(kg, tmp_path / "anchor")
    (path / LOG / "2.txt").chmod(0o644)
    (path / LOG / "2.txt").write_text("no note")
    assert f"TAMPERED at {path / LOG}/2.txt" in run("verify", "--store", kg.path).stdout
    shutil.rmtree(path)
    gone = run("verify", "--store", kg.path)
    assert (gone.exit_code, "not compared: cannot read the checkpoints of example.org/kg" in gone.stderr) == (0, True)
    assert "cannot read" in one_sentence(run("verify", "--store", kg.path, "--anchor", path), 3)


def test_tiles_are_compared_with_anchors_and_a_bundle_is_not(kg: Folder, tmp_path: Path) -> None:
    path, key = anchor(kg, tmp_path / "anchor"), run("key", "--store", kg.path).stdout
    run("tiles", tmp_path / "public", "--store", kg.path)
    assert run("verify", tmp_path / "public", "--key", key, "--anchor", path).exit_code == 0
    fork = forked(kg, tmp_path / "fork", "x", "y")
    run("tiles", tmp_path / "other", "--store", fork.path)
    done = run("verify", tmp_path / "other", "--key", key, "--anchor", path)
    assert (done.exit_code, f"FORK at {path / LOG}/2.txt" in done.stdout) == (1, True)
    run("prove", "dataset/a", "--store", kg.path, "-o", tmp_path / "bundle.json")
    assert "one checkpoint only" in one_sentence(run("verify", tmp_path / "bundle.json", "--anchor", path), 2)


# --- git


def test_each_checkpoint_is_a_commit_on_a_branch_of_its_own_by_the_user(kg: Folder, tmp_path: Path) -> None:
    path = anchor(kg, repository(tmp_path / "repo"))
    first = kg.last_checkpoint.read_text()
    keep(kg, "c")
    keep(kg)
    assert committed(path) == [first, kg.last_checkpoint.read_text()]
    log = git(path, "log", "--format=%an <%ae>|%cn|%s", "provkg-checkpoints").splitlines()
    assert [line.split(", root")[0] for line in log] == [
        "Ada <ada@example.org>|Ada|Checkpoint of example.org/kg: 3 entries",
        "Ada <ada@example.org>|Ada|Checkpoint of example.org/kg: 2 entries",
    ]
    assert git(path, "fsck", "--strict") == ""


def test_work_that_goes_on_in_the_repository_is_left_alone(kg: Folder, tmp_path: Path) -> None:
    path = repository(tmp_path / "repo")
    for branch, text in (("main", "one"), ("other", "two")):
        git(path, "checkout", "-q", "-B", branch, *(["main"] if branch == "other" else []))
        (path / "file").write_text(text)
        git(path, "add", "file")
        git(path, "commit", "-q", "-m", text)
    git(path, "checkout", "-q", "-B", "main", "main")
    (path / "file").write_text("three")
    git(path, "commit", "-q", "-a", "-m", "three")
    # In the middle of a merge that conflicts, with something staged and something not.
    with pytest.raises(subprocess.CalledProcessError):
        git(path, "merge", "other")
    (path / "staged").write_text("staged")
    git(path, "add", "staged")
    (path / "loose").write_text("loose")
    before = git(path, "status", "--porcelain=v2"), git(path, "rev-parse", "HEAD"), (path / ".git/index").read_bytes()
    anchor(kg, path)
    assert before == (
        git(path, "status", "--porcelain=v2"), git(path, "rev-parse", "HEAD"), (path / ".git/index").read_bytes()
    )  # fmt: skip
    assert committed(path) == [kg.last_checkpoint.read_text()]


def test_no_hook_runs_and_nothing_is_signed_with_the_user_s_key(kg: Folder, tmp_path: Path) -> None:
    path, trace = repository(tmp_path / "repo"), tmp_path / "trace"
    for hook in ("pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change", "update"):
        script = path / ".git" / "hooks" / hook
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\necho {hook} >> '{trace}'\n")
        script.chmod(0o755)
    for name, value in (
        ("commit.gpgSign", "true"), ("gpg.program", f"{path}/.git/hooks/update"), ("core.fsmonitor", "false"),
        ("core.autocrlf", "true"),
    ):  # fmt: skip
        git(path, "config", name, value)
    (path / ".gitattributes").write_text("* filter=evil\n")
    git(path, "config", "filter.evil.clean", f"{path}/.git/hooks/update")
    git(path, "config", "core.fsmonitor", f"{path}/.git/hooks/update")
    anchor(kg, path)
    keep(kg, "c")
    assert not trace.exists()
    assert len(committed(path)) == 2
    assert "gpgsig" not in git(path, "cat-file", "commit", "provkg-checkpoints")


def test_the_surroundings_do_not_lead_git_to_another_repository(
    kg: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As within a hook of another repository, which git tells its hooks about."""
    other, path = repository(tmp_path / "other"), repository(tmp_path / "repo")
    for name, value in (("GIT_DIR", other / ".git"), ("GIT_WORK_TREE", other), ("GIT_INDEX_FILE", other / "index")):
        monkeypatch.setenv(name, str(value))
    anchor(kg, path)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert committed(path) == [kg.last_checkpoint.read_text()]
    assert git(other, "branch", "--list") == ""


def test_a_folder_within_a_repository_is_a_folder(kg: Folder, tmp_path: Path) -> None:
    path = repository(tmp_path / "repo")
    (path / "checkpoints").mkdir()
    anchor(kg, path / "checkpoints")
    assert set(anchored(path / "checkpoints")) == {"2.txt"}
    assert git(path, "branch", "--list") == ""
    assert isinstance(anchor_at(path), GitAnchor)


def test_git_that_is_missing_or_does_not_know_who_commits_is_said(
    kg: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository(tmp_path / "repo")
    git(path, "config", "user.useConfigOnly", "true")
    (tmp_path / "gitconfig").write_text("")
    unknown = run("checkpoint", "--store", kg.path, "--anchor", path)
    assert (unknown.exit_code, "git does not know who commits; tell it: git config user.name" in unknown.stderr) == (
        3, True,
    )  # fmt: skip
    assert unknown.stderr.count("\n") == 1
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    missing = run("checkpoint", "--store", kg.path, "--anchor", path)
    assert (missing.exit_code, "git is not installed; install git, or anchor to a folder" in missing.stderr) == (
        3,
        True,
    )
    kg.anchors.write_text(f"{path}\n")
    (told,) = keep(kg, "c")
    assert "git is not installed" in told


def test_a_broken_repository_is_said_and_git_looks_for_no_other(kg: Folder, tmp_path: Path) -> None:
    around = repository(tmp_path / "around")
    (around / "inner" / ".git").mkdir(parents=True)
    done = run("checkpoint", "--store", kg.path, "--anchor", around / "inner")
    assert (done.exit_code, "not a git repository" in done.stderr) == (3, True)
    assert git(around, "branch", "--list") == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_a_repository_of_another_user_is_used_only_if_git_is_told_to_trust_it(kg: Folder, tmp_path: Path) -> None:
    path = repository(tmp_path / "repo")
    os.chown(path / ".git", 12345, 12345)
    os.chown(path, 12345, 12345)
    done = run("checkpoint", "--store", kg.path, "--anchor", path)
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert "detected dubious ownership" in done.stderr
    assert f"if you trust its owner: git config --global --add safe.directory {path}" in done.stderr


def test_a_branch_that_was_deleted_is_told(kg: Folder, tmp_path: Path) -> None:
    path = anchor(kg, repository(tmp_path / "repo"))
    git(path, "branch", "-D", "provkg-checkpoints")
    (told,) = keep(kg, "c")
    assert "its branch provkg-checkpoints is gone; if that was meant, name the anchor again" in told
    assert "has no branch provkg-checkpoints" in one_sentence(run("verify", "--store", kg.path, "--anchor", path), 3)
    anchor(kg, path)
    assert len(committed(path)) == 1


def test_several_graphs_share_a_repository_and_a_folder(kg: Folder, tmp_path: Path) -> None:
    other = Folder.create(tmp_path / "other", base="https://example.org/other/")
    keep(other, "a")
    for path in (repository(tmp_path / "repo"), tmp_path / "folder"):
        anchor(kg, path)
        anchor(other, path)
        keep(kg, f"more-{path.name}")
        keep(other, f"more-{path.name}")
        for folder in (kg, other):
            assert run("verify", "--store", folder.path, "--anchor", path).exit_code == 0
    names = git(tmp_path / "repo", "ls-tree", "--name-only", "provkg-checkpoints").split()
    assert names == sorted([f"{LOG}.txt", f"{file_name_of('example.org/other')}.txt"])


def test_a_commit_that_comes_in_between_is_built_upon(
    kg: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository(tmp_path / "repo")
    other = Folder.create(tmp_path / "other", base="https://example.org/other/")
    keep(other, "a")
    anchor(other, path)
    made = GitAnchor._made
    once = iter([True])

    def interrupted(self: GitAnchor, note: Note, tip: str | None) -> str:
        commit = made(self, note, tip)
        if next(once, False):
            keep(other, "b")
        return commit

    monkeypatch.setattr(GitAnchor, "_made", interrupted)
    anchor(kg, path)
    subjects = git(path, "log", "--format=%s", "provkg-checkpoints").splitlines()
    assert [subject.split(":")[0] for subject in subjects] == [
        "Checkpoint of example.org/kg", "Checkpoint of example.org/other", "Checkpoint of example.org/other",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "git"])
def test_the_doctor_tells_of_anchors_that_fail_until_they_have_the_newest_checkpoint(
    kg: Folder, tmp_path: Path, kind: str
) -> None:
    path = anchor(kg, repository(tmp_path / "anchor") if kind == "git" else tmp_path / "anchor")
    healthy = run("doctor", "--store", kg.path)
    assert (healthy.exit_code, "anchored" in healthy.stdout) == (0, False)
    path.rename(tmp_path / "gone")
    keep(kg, "c")
    told = run("doctor", "--store", kg.path)
    assert told.exit_code == 1
    assert "a checkpoint was not anchored: cannot anchor to" in told.stdout
    (tmp_path / "gone").rename(path)
    behind = run("doctor", "--store", kg.path)
    assert f"a checkpoint was not anchored: {path} lacks the newest checkpoint" in behind.stdout
    run("checkpoint", "--store", kg.path)
    assert run("doctor", "--store", kg.path).exit_code == 0


def test_telling_begins_anew_once_an_anchor_worked_again(kg: Folder, tmp_path: Path) -> None:
    path, told = anchor(kg, tmp_path / "anchor"), list[str]()
    anchoring, note = Anchoring(kg, told.append), Note.parse(kg.last_checkpoint.read_bytes())
    for name, count in (("gone", 1), ("gone", 1), ("anchor", 1), ("gone", 2)):
        for there in ("anchor", "gone"):
            if (tmp_path / there).exists() and there != name:
                (tmp_path / there).rename(tmp_path / name)
        anchoring.keep(note)
        assert len(told) == count, name
    assert not path.exists()
