"""A git repository as an anchor: a commit for each checkpoint, on a branch of its own that nobody works on.

Only objects and that branch are written: no file of the working tree, nothing that is staged, and whatever state a
merge or a rebase is in, it stays. Hooks and filters do not run, and nothing is signed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.errors import AnchorFailed, BadNote
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note
from provkg.ledger.origins import file_name_of
from provkg.ledger.verification import Signed

BRANCH: Final = "provkg-checkpoints"
_REF: Final = f"refs/heads/{BRANCH}"
_SECONDS: Final = 30.0
_TRIES: Final = 3
_QUIET: Final = (
    "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "core.fsmonitor=false", "-c", "gc.auto=0",
    "-c", "core.fsync=all",
)  # fmt: skip
# What `git rev-parse --local-env-vars` lists and more: within a hook, they would lead to the repository of the hook.
_LEADING_ASTRAY: Final = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
    "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_NO_REPLACE_OBJECTS", "GIT_IMPLICIT_WORK_TREE",
)  # fmt: skip


def is_repository(path: Path) -> bool:
    """Whether a git repository lies at `path` itself, with a working tree or bare; a folder within one is none."""
    return (path / ".git").exists() or all((path / part).exists() for part in ("HEAD", "objects", "refs"))


@dataclass(frozen=True)
class GitAnchor:
    """The git repository at `path`; each log has a file on the branch, whose history is that of its checkpoints."""

    path: Path

    def begin(self, note: Note) -> None:
        """Take the first checkpoint of a log; the branch is made if it is not there."""
        self._commit(note, self._tip())

    def keep(self, note: Note) -> None:
        """Take another checkpoint; raises `AnchorFailed` where the branch is gone."""
        self._commit(note, self._begun())

    def holds(self, note: Note) -> bool:
        """Whether that checkpoint is the newest of its log on the branch."""
        return self._has(note, self._begun())

    def kept(self, origin: str) -> Iterator[Signed]:
        """Yield each checkpoint of the log `origin` that was ever committed on the branch, the newest first."""
        tip = self._tip()
        if tip is None:
            raise AnchorFailed(f"{self.path} has no branch {BRANCH}, and so no checkpoints of {origin}")
        commits = self._git("rev-list", tip).decode().split()
        asked = "".join(f"{commit}:{file_name_of(origin)}.txt\n" for commit in commits)
        contents = _blobs(self._git("cat-file", "--batch", given=asked.encode()))
        # Of the commits that have a checkpoint, the oldest names it: it is the one that brought it.
        found = {content: commit for commit, content in zip(commits, contents, strict=True) if content is not None}
        if not found:
            raise AnchorFailed(f"the branch {BRANCH} of {self.path} has no checkpoints of {origin}")
        yield from (Signed(f"{self.path} commit {commit[:12]}", content) for content, commit in found.items())

    def _commit(self, note: Note, tip: str | None) -> None:
        for _ in range(_TRIES):
            if tip is not None and self._has(note, tip):
                return
            commit = self._made(note, tip)
            try:
                self._git("update-ref", "-m", "provkg checkpoint", _REF, commit, tip or "0" * len(commit))
            except AnchorFailed:
                # Another graph that anchors here may have come in between.
                if self._tip() == tip:
                    raise
                tip = self._tip()
            else:
                return
        raise AnchorFailed(f"cannot anchor to {self.path}: others write its branch {BRANCH} all the time")

    def _has(self, note: Note, tip: str) -> bool:
        asked = f"{tip}:{file_name_of(Checkpoint.of(note).origin)}.txt\n"
        (content,) = _blobs(self._git("cat-file", "--batch", given=asked.encode()))
        try:
            return content is not None and Note.parse(content).text == note.text
        except BadNote:
            return False

    def _made(self, note: Note, tip: str | None) -> str:
        """Return a commit that puts `note` in the place of the log's earlier one; no branch leads to it yet."""
        said = Checkpoint.of(note)
        name = f"{file_name_of(said.origin)}.txt"
        blob = self._git("hash-object", "-w", "--stdin", given=note.to_bytes()).decode().strip()
        before = self._git("ls-tree", "-z", tip).split(b"\0") if tip else []
        others = [line for line in before if line and line.partition(b"\t")[2] != name.encode()]
        lines = [*others, f"100644 blob {blob}\t{name}".encode()]
        tree = self._git("mktree", "-z", given=b"".join(line + b"\0" for line in lines)).decode().strip()
        message = f"Checkpoint of {said.origin}: {said.size} entries, root {said.root.hex()}\n"
        parent = ("-p", tip) if tip else ()
        return self._git("commit-tree", tree, *parent, given=message.encode()).decode().strip()

    def _begun(self) -> str:
        tip = self._tip()
        if tip is None:
            cure = "if that was meant, name the anchor again: provkg checkpoint --anchor"
            raise AnchorFailed(f"cannot anchor to {self.path}: its branch {BRANCH} is gone; {cure}")
        return tip

    def _tip(self) -> str | None:
        found = self._run("rev-parse", "--verify", "--quiet", f"{_REF}^{{commit}}")
        if found.returncode not in {0, 1}:
            raise self._failed(found)
        return found.stdout.decode().strip() or None

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        done = self._run(*arguments, given=given)
        if done.returncode:
            raise self._failed(done)
        return done.stdout

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self.path), *_QUIET, *arguments]
        try:
            return subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
                command, input=given, capture_output=True, env=_environment(self.path), timeout=_SECONDS, check=False
            )
        except FileNotFoundError:
            cure = "install git, or anchor to a folder that is no repository"
            raise AnchorFailed(f"cannot anchor to {self.path}: git is not installed; {cure}") from None
        except subprocess.TimeoutExpired:
            raise AnchorFailed(f"cannot anchor to {self.path}: git did not answer within {_SECONDS:.0f} s") from None
        except OSError as error:
            raise AnchorFailed(f"cannot anchor to {self.path}: git does not run ({error.strerror})") from None

    def _failed(self, done: subprocess.CompletedProcess[bytes]) -> AnchorFailed:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "tell me who you are" in said or "ident name" in said:
            who = "git config user.name NAME && git config user.email ADDRESS"
            return AnchorFailed(f"cannot anchor to {self.path}: git does not know who commits; tell it: {who}")
        lines = said.splitlines() or [f"git ended with {done.returncode}"]
        why = next((line for line in lines if line.startswith("fatal: ")), lines[-1]).removeprefix("fatal: ")
        if "safe.directory" in said:
            why += f"; if you trust its owner: git config --global --add safe.directory {self.path.absolute()}"
        return AnchorFailed(f"cannot anchor to {self.path}: {why}")


def _environment(path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _LEADING_ASTRAY}
    # The repository is the one that was named, and no folder around it.
    ceiling = str(path.absolute().parent)
    # Nor is anything fetched for it, even where it lacks objects that another one has.
    alone = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    return kept | alone | {"GIT_CEILING_DIRECTORIES": ceiling, "LC_ALL": "C"}


def _blobs(batch: bytes) -> Iterator[bytes | None]:
    """Yield what `git cat-file --batch` says to each name that it was given; None for what is missing."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        head = batch[at:end].split(b" ")
        if head[-1] == b"missing":
            yield None
            at = end + 1
        else:
            stop = end + 1 + int(head[-1])
            yield batch[end + 1 : stop]
            at = stop + 1
