"""Which code runs: commit, branch and changes on top of it where there is git, else the digest of the entry script."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from provkg.capture.file_digests import file_digest
from provkg.capture.secrets import filtered_arguments, filtered_text, without_credentials
from provkg.records import SourceRepository, SourceRevision

GIT_SECONDS: Final = 10
LONGEST_COMMAND: Final = 4096


@dataclass(frozen=True)
class Command:
    """How this process was started, without secrets."""

    entry_point: str
    line: str


def command() -> Command:
    """Return the entry point and the command line of this process."""
    module = getattr(sys.modules.get("__main__"), "__spec__", None)
    arguments = list(sys.argv) or [""]
    if module is not None and module.name:
        name = module.name.removesuffix(".__main__")
        return _command(name, ["python", "-m", name, *arguments[1:]])
    script = arguments[0]
    if script in {"", "-c", "-"}:
        return _command("interactive" if script == "" else script, ["python", *arguments])
    return _command(Path(script).name, ["python", script, *arguments[1:]])


def _command(entry_point: str, arguments: list[str]) -> Command:
    return Command(filtered_text(entry_point), shlex.join(filtered_arguments(arguments))[:LONGEST_COMMAND])


def entry_script() -> Path | None:
    """Return the file that Python was started with; None in an interactive session."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    script = Path(main) if main else Path(sys.argv[0]) if sys.argv and sys.argv[0] else None
    return script.absolute() if script is not None and script.is_file() else None


def source_revision(script: Path | None) -> SourceRevision | None:
    """Return the revision of the code around `script`, or of the working folder; asks git where it is installed."""
    folder = script.parent if script is not None else Path.cwd()
    return _git_revision(folder, script) or _script_revision(script)


def _script_revision(script: Path | None) -> SourceRevision | None:
    # The digest says all there is to run, so nothing is changed on top of it.
    return SourceRevision(sha256=file_digest(script).sha256, is_dirty=False) if script is not None else None


def _git_revision(folder: Path, script: Path | None) -> SourceRevision | None:
    git = shutil.which("git")
    commit = _git(git, folder, "rev-parse", "--verify", "HEAD") if git else None
    if git is None or not commit:
        return None
    status = _git(git, folder, "status", "--porcelain", "--untracked-files=no")
    patch = _git(git, folder, "diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv") if status else None
    remote = _git(git, folder, "config", "--get", "remote.origin.url")
    branch = _git(git, folder, "rev-parse", "--abbrev-ref", "HEAD")
    # A script that git does not know is no part of the commit.
    unknown = script is not None and _git(git, folder, "ls-files", "--error-unmatch", script.name) is None
    return SourceRevision(
        commit=commit,
        sha256=file_digest(script).sha256 if script is not None and unknown else None,
        is_dirty=unknown or (None if status is None else bool(status)),
        branch=branch if branch and branch != "HEAD" else None,  # HEAD: detached
        repository=_repository(remote, git, folder),
        patch_digest=sha256(patch.encode("utf-8", "surrogateescape")).hexdigest() if patch else None,
    )


def _repository(remote: str | None, git: str, folder: Path) -> SourceRepository | None:
    if remote:
        return SourceRepository(url=without_credentials(remote))
    top = _git(git, folder, "rev-parse", "--show-toplevel")
    return SourceRepository(url=Path(top).as_uri()) if top else None


def _git(git: str, folder: Path, *arguments: str) -> str | None:
    # No optional locks: a status of ours must not get in the way of the user's own git.
    asked = [git, "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        answer = subprocess.run(asked, capture_output=True, timeout=GIT_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", "surrogateescape").strip() if answer.returncode == 0 else None
