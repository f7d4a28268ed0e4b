"""What is recorded of the code that ran: the commit, what was changed on top of it, submodules, notebooks."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import provkg
from provkg.capture import git as git_module
from provkg.capture.local_modules import local_modules
from provkg.capture.notebooks import FORM, code_cells, code_digest
from provkg.capture.patches import MEDIA_TYPE, MOST_BYTES, additions, without_secrets
from provkg.capture.source_code import Code, source_code
from provkg.records import CLOSED, Run, SourceRevision
from tests.commands import run
from tests.recording import CHECKOUT, described, left_in, ran

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"
WHO = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *WHO, "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def made(folder: Path, **files: str) -> Path:
    """Return a repository at `folder` with one commit of `files`, whose names have `_` for the dot."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        git(folder, "init", "-q")
    except FileNotFoundError:
        pytest.skip("git is not installed")
    write(folder, **files)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return made(tmp_path / "repository", train_py="import helper\nprint(1)\n", helper_py="A = 1\n")


def revision(script: Path | None) -> SourceRevision:
    found = source_code(script).revision
    assert found is not None
    return found


def patch_of(code: Code) -> bytes:
    (patch,) = code.patches
    return patch


def applied(patch: bytes, repository: Path, place: Path) -> Path:
    """Return a fresh checkout of the commit with `patch` applied by git itself."""
    git(repository, "clone", "-q", str(repository), str(place))
    subprocess.run(["git", "-C", str(place), "apply", "-"], input=patch, check=True)
    return place


# --- what no commit holds


def test_the_patch_makes_of_the_commit_what_ran(repository: Path, tmp_path: Path) -> None:
    write(repository, train_py="import helper, extra\nprint(2)", extra_py="B = 2\n", unused_py="C = 3\n")
    found = source_code(repository / "train.py")
    there = applied(patch_of(found), repository, tmp_path / "there")
    assert (there / "train.py").read_bytes() == b"import helper, extra\nprint(2)"
    assert (there / "extra.py").read_text("utf-8") == "B = 2\n", "git does not know it, and the script imports it"
    assert not (there / "unused.py").exists(), "nothing imports it"


def test_its_digest_is_that_of_the_kept_text_which_says_that_it_was_filtered(repository: Path) -> None:
    write(repository, helper_py=f'A = 1\nTOKEN = "{TOKEN}"\n')
    found = source_code(repository / "train.py")
    assert found.revision is not None
    assert found.revision.patch is not None
    assert found.revision.patch.sha256 == sha256(patch_of(found)).hexdigest()
    assert (found.revision.patch.media_type, found.revision.patch.byte_size) == (MEDIA_TYPE, len(patch_of(found)))
    assert "secrets=removed" in MEDIA_TYPE
    assert TOKEN.encode() not in patch_of(found)
    assert b'+TOKEN = "[secret removed]"' in patch_of(found)


LINE = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\n"), max_size=30)
LINES = st.lists(LINE, max_size=6)


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    names = st.sampled_from(["cells", "cell_type", "source"]) | st.text(max_size=3)
    return st.lists(inner, max_size=3) | st.dictionaries(names, inner | st.just("code"), max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, ends=st.booleans())
def test_git_makes_of_an_addition_the_file_that_it_adds(repository: Path, lines: list[str], ends: bool) -> None:
    content = ("\n".join(lines) + ("\n" if ends else "")).encode()
    (repository / "added.py").write_bytes(content)
    patch = additions(repository, [repository / "added.py"])
    (repository / "added.py").unlink()
    assert bool(patch) == bool(content), "of an empty file nothing is added"
    if patch:
        subprocess.run(["git", "-C", str(repository), "apply", "-"], input=patch, check=True, capture_output=True)
        assert (repository / "added.py").read_bytes() == content
        (repository / "added.py").unlink()


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_through_for_secrets_and_keep_their_lines(patch: bytes) -> None:
    assert without_secrets(patch).count(b"\n") == patch.count(b"\n")


def test_a_private_key_is_removed_line_by_line_and_what_follows_stays() -> None:
    key = "+-----BEGIN RSA PRIVATE KEY-----\n+MIIEowIBAAKCAQEA\n+abcd\n+-----END RSA PRIVATE KEY-----\n+after = 1\n"
    patch = f"diff --git a/k b/k\n--- a/k\n+++ b/k\n@@ -1 +1,5 @@\n{key}".encode()
    lines = without_secrets(patch).decode().splitlines()
    assert lines[4:] == ["+[secret removed]"] * 4 + ["+after = 1"]


def test_files_that_are_made_for_secrets_are_no_part_of_the_patch(repository: Path) -> None:
    (repository / ".env").write_text("PLAIN=one\n", "utf-8")
    git(repository, "add", "-f", ".env")
    git(repository, "commit", "-q", "-m", "env")
    (repository / ".env").write_text("PLAIN=two\n", "utf-8")
    found = source_code(repository / "train.py")
    assert found.revision is not None
    assert found.revision.is_dirty
    assert found.patches == ()


def test_a_patch_that_is_too_large_is_not_kept_and_that_is_said(repository: Path) -> None:
    write(repository, helper_py="A = 1\n" * (MOST_BYTES // 6))
    found, again = source_code(repository / "train.py"), source_code(repository / "train.py")
    assert found.revision is not None
    assert again.revision is not None
    assert (found.patches, found.revision.patch, found.revision.is_dirty) == ((), None, True)
    assert "at most 1 MiB is kept" in found.notes[0]
    assert found.revision.reference() != again.revision.reference(), "nobody knows whether it was the same code"


def test_equal_changes_are_one_revision_and_others_another(repository: Path) -> None:
    write(repository, helper_py="A = 2\n")
    first, again = revision(repository / "train.py"), revision(repository / "train.py")
    write(repository, helper_py="A = 3\n")
    assert first.reference() == again.reference() != revision(repository / "train.py").reference()


def test_a_changed_binary_file_shows_in_the_digest_though_not_in_the_patch(repository: Path) -> None:
    (repository / "table.bin").write_bytes(b"\0\1")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "table")
    seen = set()
    for content in (b"\0\2", b"\0\3"):
        (repository / "table.bin").write_bytes(content)
        found = source_code(repository / "train.py")
        assert b"Binary files" in patch_of(found)
        seen.add(revision(repository / "train.py").reference())
    assert len(seen) == 2


def test_a_run_keeps_the_patch_beside_the_graph(repository: Path) -> None:
    done = ran("import provkg\nwith provkg.run('work'): pass\n", repository)
    assert done.returncode == 0, done.stderr
    (kept,) = (repository / "kg" / "code").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.stem == sha256(kept.read_bytes()).hexdigest()
    (closing,) = (record for record in left_in(repository / "kg").records() if record.type == CLOSED)
    assert kept.as_uri() in json.dumps(closing.to_json())


def test_all_that_is_said_of_code_passes_the_gate(repository: Path, tmp_path: Path) -> None:
    inner = made(tmp_path / "inner", inner_py="I = 1\n")
    git(repository, "submodule", "--quiet", "add", str(inner), "inner")
    write(repository, extra_py="B = 2\n", train_py="import extra\n")
    found = source_code(repository / "train.py").revision
    assert found is not None
    write(tmp_path, n_ipynb=notebook("x = 1"))
    verdict = provkg.check(found, revision(tmp_path / "n.ipynb"), level="minimal")
    assert (verdict.accepted, verdict.problems) == (True, ())


def test_code_that_goes_on_changing_is_no_alarm_and_a_changed_patch_is(repository: Path) -> None:
    (repository / "uv.lock").write_text("pinned", "utf-8")
    text = "import provkg, extra\nwith provkg.run('work'): pass\n"
    write(repository, extra_py="B = 1\n")
    done = ran(text, repository, PROVKG_DELIVER="on")
    assert done.returncode == 0, done.stderr
    write(repository, extra_py="B = 2\n", train_py="")
    (repository / "uv.lock").write_text("pinned anew", "utf-8")
    verified = run("verify", "--files", "--store", repository / "kg")
    assert verified.exit_code == 0, verified.output
    assert verified.output.startswith("nothing is changed or gone: "), "code and lock file may go on, unlike the patch"
    (kept,) = (repository / "kg" / "code").iterdir()
    kept.write_bytes(kept.read_bytes() + b"+more\n")
    assert run("verify", "--files", "--store", repository / "kg").exit_code == 1


# --- which repository


def test_submodules_are_recorded_with_their_commits_and_whether_they_were_changed(
    repository: Path, tmp_path: Path
) -> None:
    inner = made(tmp_path / "inner", inner_py="I = 1\n")
    middle = made(tmp_path / "middle", middle_py="M = 1\n")
    git(middle, "submodule", "--quiet", "add", str(inner), "inner")
    git(middle, "commit", "-q", "-m", "inner")
    git(repository, "submodule", "--quiet", "add", str(middle), "libraries/middle")
    git(repository, "submodule", "--quiet", "update", "--init", "--recursive")
    git(repository, "commit", "-q", "-m", "middle")
    clean = revision(repository / "train.py")
    (nested,) = clean.submodules
    assert isinstance(nested, SourceRevision)
    assert (nested.commit, nested.is_dirty, clean.is_dirty) == (git(middle, "rev-parse", "HEAD"), False, False)
    (innermost,) = nested.submodules
    assert isinstance(innermost, SourceRevision)
    assert innermost.commit == git(inner, "rev-parse", "HEAD")
    write(repository / "libraries" / "middle", middle_py="M = 2\n")
    dirty = revision(repository / "train.py")
    assert dirty.is_dirty
    assert [each.is_dirty for each in dirty.submodules if isinstance(each, SourceRevision)] == [True]
    assert dirty.reference() != clean.reference()
    assert b"+M = 2" in patch_of(source_code(repository / "train.py"))


def test_a_shallow_clone_names_its_commit_and_where_it_came_from(repository: Path, tmp_path: Path) -> None:
    write(repository, helper_py="A = 2\n")
    git(repository, "commit", "-q", "-am", "second")
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    found = revision(tmp_path / "shallow" / "train.py")
    assert (found.commit, found.is_dirty) == (git(repository, "rev-parse", "HEAD"), False)
    assert getattr(found.repository, "url", None) == repository.as_uri()


def test_in_a_repository_without_commits_the_files_are_the_code(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, train_py="import helper\n", helper_py="A = 1\n")
    found = source_code(tmp_path / "train.py")
    assert found.revision is not None
    assert (found.revision.commit, found.revision.sha256) == (None, sha256(b"import helper\n").hexdigest())
    assert [each.sha256 for each in found.revision.files] == [sha256(b"A = 1\n").hexdigest()]
    first = found.revision.reference()
    write(tmp_path, helper_py="A = 2\n")
    assert revision(tmp_path / "train.py").reference() != first, "other code in a module is other code"


def test_without_git_the_code_itself_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, train_py="import helper\n", helper_py="A = 1\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = source_code(tmp_path / "train.py")
    assert found.revision is not None
    assert found.revision.commit is None
    assert b"+++ b/train.py\n@@ -0,0 +1,1 @@\n+import helper\n" in patch_of(found)
    assert b"+++ b/helper.py\n" in patch_of(found)


def test_where_git_is_not_installed_a_repository_is_no_more_than_its_files(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = source_code(repository / "train.py")
    assert found.revision is not None
    assert (found.revision.commit, found.notes) == (None, ())
    assert found.revision.sha256 is not None


def test_a_git_that_hangs_is_left_with_all_that_it_started(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    # The child holds the pipe that git's answer comes through.
    (programs / "git").write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n", "utf-8")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(git_module, "GIT_SECONDS", 0.3)
    began = time.monotonic()
    found = source_code(repository / "train.py")
    assert time.monotonic() - began < 5, "git is asked no more once it hangs"
    assert found.revision is not None
    assert found.revision.commit is None
    assert "git took too long" in found.notes[0]
    assert _is_gone(int((tmp_path / "child").read_text("utf-8")))


def _is_gone(pid: int) -> bool:
    for _ in range(50):
        try:
            if Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_hook_that_trains_does_not_pass_its_own_repository_off_as_the_code_s(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = made(tmp_path / "other", other_py="O = 1\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    found = revision(repository / "train.py")
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert (found.commit, found.is_dirty) == (git(repository, "rev-parse", "HEAD"), False)


def test_of_an_installed_program_the_working_folder_is_the_code(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    found = revision(Path(pytest.__file__).parent / "__main__.py")
    assert (found.commit, found.sha256, found.files) == (git(repository, "rev-parse", "HEAD"), None, ())
    monkeypatch.chdir(tmp_path)
    alone = source_code(Path(pytest.__file__).parent / "__main__.py")
    assert alone.revision is not None
    assert (alone.revision.files, alone.patches) == ((), ()), "packages tell what is installed"
    assert alone.revision.sha256 is not None


def test_a_module_that_python_runs_by_name_is_the_code(repository: Path) -> None:
    write(repository, train_py="import provkg\nwith provkg.run('work'): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "train"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PROVKG_DELIVER": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (closing,) = (record for record in left_in(repository / "kg").records() if record.type == CLOSED)
    (run,) = described(closing, Run)
    assert (run.entry_point, run.command_line) == ("train", "python -m train")
    assert getattr(run.code, "is_dirty", None) is True


# --- notebooks


def notebook(*cells: str, outputs: str = "") -> str:
    """Return a notebook (nbformat 4.5) with these code cells, each with the output `outputs`."""
    said = [{"output_type": "stream", "name": "stdout", "text": [outputs]}]
    code = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": cell.splitlines(keepends=True), "outputs": said}
        | {"execution_count": n if outputs else None}
        for n, cell in enumerate(cells)
    ]
    prose = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Title"]}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [prose, *code]})


def test_a_notebook_is_its_code_cells_in_their_order(tmp_path: Path) -> None:
    cells = ["import os\n", "x = 1\nprint(x)"]
    write(tmp_path, train_ipynb=notebook(*cells))
    found = revision(tmp_path / "train.ipynb")
    assert (found.sha256, found.digest_form) == (code_digest(cells), FORM)
    assert code_cells(notebook(*cells).encode()) == cells
    digests = {code_digest(each) for each in (cells, cells[::-1], [cells[0] + cells[1]], [*cells, ""])}
    assert len(digests) == 4, "order, bounds and number of cells count"


@given(
    st.binary(max_size=80)
    | st.recursive(st.none() | st.text() | st.integers(), nested).map(lambda it: json.dumps(it).encode())
)
def test_what_is_no_notebook_is_refused_in_one_way(content: bytes) -> None:
    try:
        cells = code_cells(content)
    except ValueError:
        return
    assert all(isinstance(cell, str) for cell in cells)
    assert len(code_digest(cells)) == 64


def test_outputs_are_no_changes_of_a_notebook(tmp_path: Path) -> None:
    repository = made(tmp_path / "repository", train_ipynb=notebook("x = 1"))
    write(repository, train_ipynb=notebook("x = 1", outputs="1"))
    found = source_code(repository / "train.ipynb")
    assert found.revision is not None
    assert (found.revision.is_dirty, found.patches) == (False, ())
    write(repository, train_ipynb=notebook("x = 2", outputs="SEEN"))
    changed = source_code(repository / "train.ipynb")
    assert changed.revision is not None
    assert changed.revision.is_dirty
    assert b"+++ b/train.ipynb.py\n@@ -0,0 +1,2 @@\n+# %%\n+x = 2\n" in patch_of(changed)
    assert b"SEEN" not in patch_of(changed), "what a cell printed may be data"


def test_a_notebook_s_imports_are_followed_past_lines_for_the_kernel(tmp_path: Path) -> None:
    cells = ("%pip install numpy\nimport helper", "%%bash\nimport nothing", "!ls\nfrom package import part")
    write(tmp_path, train_ipynb=notebook(*cells), helper_py="", nothing_py="")
    (tmp_path / "package").mkdir()
    for name in ("__init__.py", "part.py"):
        (tmp_path / "package" / name).write_text("", "utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in local_modules(tmp_path / "train.ipynb", tmp_path)]
    assert found == ["helper.py", "package/__init__.py", "package/part.py"]


# --- what a script imports


def test_imports_are_followed_through_modules_and_not_into_environments(tmp_path: Path) -> None:
    write(
        tmp_path,
        train_py="def f():\n    from package.inner import (\n        a,\n        b as c,\n    )\nimport os, one as o\n",
    )
    inner = tmp_path / "package" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "package" / "__init__.py").write_text("", "utf-8")
    (inner / "__init__.py").write_text("from . import a\nfrom ..side import thing\n", "utf-8")
    for name in ("a.py", "b.py", "unused.py"):
        (inner / name).write_text("", "utf-8")
    (tmp_path / "package" / "side.py").write_text("", "utf-8")
    (tmp_path / "one.py").write_text("import one\n", "utf-8")
    installed = tmp_path / "venv" / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").write_text("", "utf-8")
    (installed / "two.py").write_text("", "utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in local_modules(tmp_path / "train.py", tmp_path)]
    assert found == [
        "one.py",
        "package/__init__.py",
        "package/inner/__init__.py",
        "package/inner/a.py",
        "package/inner/b.py",
        "package/side.py",
    ]
