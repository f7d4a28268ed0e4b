"""Which code runs: the commit with what was changed on top of it, or without git the script and what it imports."""

from __future__ import annotations

import shlex
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Final

from provkg.capture import notebooks, patches
from provkg.capture.file_digests import file_digest
from provkg.capture.files import artifact_file
from provkg.capture.git import Git
from provkg.capture.local_modules import is_installed, local_modules, place_of
from provkg.capture.notebooks import NOTEBOOK
from provkg.capture.persons import unnamed
from provkg.capture.secrets import filtered_arguments, filtered_text, without_credentials
from provkg.errors import Unreadable
from provkg.records import ArtifactFile, SourceRepository, SourceRevision

LONGEST_COMMAND: Final = 4096
MOST_SUBMODULES: Final = 50


@dataclass(frozen=True)
class Command:
    """How this process was started, without secrets."""

    entry_point: str
    line: str


@dataclass(frozen=True)
class Code:
    """The code that ran; `patches` are what no commit holds of it, to be kept, `notes` what the user should know."""

    revision: SourceRevision | None = None
    patches: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()


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
    words = [unnamed(word) for word in filtered_arguments(arguments)]
    return Command(unnamed(filtered_text(entry_point)), shlex.join(words)[:LONGEST_COMMAND])


def entry_script() -> Path | None:
    """Return the file that Python was started with, or the notebook; None in another interactive session."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main is None and (notebook := notebooks.this_notebook()) is not None:
        return notebook
    if main is None and "ipykernel" in sys.modules:
        return None  # what a kernel was started with is its own launcher, among all installed packages
    script = Path(main) if main else Path(sys.argv[0]) if sys.argv and sys.argv[0] else None
    if script is None or not script.is_file():
        return None
    return _behind_command(script.absolute())


def _behind_command(script: Path) -> Path:
    """Return the module behind an installed command, whose own file holds nothing but its name."""
    if script.parent != Path(sys.prefix) / "bin":
        return script
    for command in metadata.entry_points(group="console_scripts", name=script.name):
        file = getattr(sys.modules.get(command.module), "__file__", None)
        if file is not None and Path(file).is_file():
            return Path(file).absolute()
    return script


def source_revision(script: Path | None) -> SourceRevision | None:
    """Return the revision of the code around `script`, or of the working folder."""
    return source_code(script).revision


def working_folder(git: Git) -> SourceRevision | None:
    """Return the revision of a repository that code is imported from, of which no patch is kept."""
    found = _committed(git, None)
    return patches.located(found.revision, None) if found is not None and found.revision is not None else None


def source_code(script: Path | None) -> Code:
    """Return the code around `script`, a file or folder, or of the working folder.

    Asks git where it is installed, for a limited time.
    """
    own = script if script is not None and not is_installed(script) else None
    git = Git.around(place_of(script), trusted=own is not None)
    file = own if own is not None and own.is_file() else None
    found = _committed(git, file) if git is not None else None
    if found is None and file is not None:
        found = _uncommitted(file, git.top if git is not None else file.parent)
    elif found is None and own is None and script is not None:
        # A program that was installed, as a kernel of notebooks is: packages tell what it is.
        found = Code(SourceRevision(sha256=file_digest(script).sha256, is_dirty=False))
    if git is not None and git.hung:
        found = found or Code()
        told = f"git took too long to tell about {git.top}; the code is recorded without what it did not answer"
        return replace(found, notes=(*found.notes, told))
    return found or Code()


# --- without a commit


def _uncommitted(script: Path, top: Path) -> Code:
    """Return a script by its digest, with the modules of its own folder that it imports."""
    modules = local_modules(script, top)
    files = _files(modules)
    patch, notes = _kept(patches.additions(top.resolve(), [script.resolve(), *modules]))
    revision = SourceRevision(
        sha256=_digest(script),
        digest_form=_form(script),
        # The digests say all there is to run, so nothing is changed on top of it.
        is_dirty=False,
        files=files,
        patch=patches.patch_file(patch) if patch is not None else None,
        patch_digest=_all_of(None, files),
    )
    return Code(revision, (patch,) if patch is not None else (), notes)


def _form(script: Path) -> str | None:
    return notebooks.FORM if script.suffix == NOTEBOOK else None


def _digest(script: Path) -> str:
    if script.suffix != NOTEBOOK:
        return file_digest(script).sha256
    try:
        cells = notebooks.code_cells(script.read_bytes())
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot read the notebook {script}: {error}") from None
    return notebooks.code_digest(cells)


def _files(paths: Sequence[Path]) -> tuple[ArtifactFile, ...]:
    return tuple(artifact_file(path) for path in paths)


def _all_of(patch: bytes | None, files: Sequence[ArtifactFile], nested: Sequence[SourceRevision] = ()) -> str | None:
    """Return what tells this state of the code from others of the same commit; None where it is the commit's own."""
    said = [patch.hex()] if patch else []
    said += [each.sha256 for each in files]
    said += [f"{each.commit} {each.patch_digest}" for each in nested if each.is_dirty]
    return sha256("\n".join(said).encode()).hexdigest() if said else None


def _kept(patch: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """Return what of a patch is kept, and why it is not."""
    if len(patch) > patches.MOST_BYTES:
        size = f"{len(patch) / patches.MOST_BYTES:.1f}"
        return None, (f"{size} MiB of code are in no commit, of which at most 1 MiB is kept; commit them to keep them",)
    return patches.without_secrets(patch) if patch else None, ()


# --- on top of a commit


def _committed(git: Git, script: Path | None) -> Code | None:
    commit = git.ask("rev-parse", "--verify", "HEAD")
    if not commit:
        return None
    changed = _changed(git)
    inside = _submodules(git)
    nested = tuple(each.revision for each in inside if each.revision is not None)
    unknown = _unknown(git, script)
    patch, notes = _patch(git, changed, unknown)
    files = _files(unknown)
    # A script that git does not know is no part of the commit, and of a notebook only the code is.
    itself = script if script is not None and (_form(script) or script.resolve() in unknown) else None
    revision = SourceRevision(
        commit=commit,
        sha256=_digest(itself) if itself is not None else None,
        digest_form=_form(itself) if itself is not None else None,
        is_dirty=_is_dirty(changed, unknown, nested),
        branch=git.ask("symbolic-ref", "--quiet", "--short", "HEAD"),
        repository=_repository(git),
        files=files,
        submodules=nested,
        patch=patches.patch_file(patch) if patch is not None else None,
        patch_digest=_state(changed, patch, files, nested, notes),
    )
    kept = (*((patch,) if patch is not None else ()), *(each for code in inside for each in code.patches))
    return Code(revision, kept, (*notes, *(note for code in inside for note in code.notes)))


def _state(
    changed: list[str] | None,
    patch: bytes | None,
    files: Sequence[ArtifactFile],
    nested: Sequence[SourceRevision],
    notes: Sequence[str],
) -> str | None:
    if changed is None or notes or (changed and patch is None):
        return f"unknown {uuid.uuid4()}"  # it may be any state of this commit, so it is taken for no other's
    return _all_of(patch, files, nested)


def _is_dirty(changed: list[str] | None, unknown: list[Path], nested: Sequence[SourceRevision]) -> bool | None:
    if changed or unknown or any(each.is_dirty for each in nested):
        return True
    return None if changed is None else False


def _changed(git: Git) -> list[str] | None:
    """Return the paths of what differs from the commit; of notebooks only those whose code does."""
    said = git.output("diff", "HEAD", "--name-only", "-z", "--ignore-submodules=dirty", "--no-ext-diff")
    if said is None:
        return None
    paths = [path.decode("utf-8", "surrogateescape") for path in said.split(b"\0") if path]
    return [path for path in paths if not path.endswith(NOTEBOOK) or _code_changed(git, path)]


def _code_changed(git: Git, path: str) -> bool:
    before = git.output("cat-file", "blob", f"HEAD:{path}")
    try:
        return before is None or notebooks.code_cells(before) != notebooks.code_cells((git.top / path).read_bytes())
    except (OSError, ValueError):
        return True


def _unknown(git: Git, script: Path | None) -> list[Path]:
    """Return the files that run and that git does not know: the script, and what it imports from the repository."""
    if script is None:
        return []
    ours = [script.resolve(), *local_modules(script, git.top)]
    names = {file.relative_to(git.top).as_posix(): file for file in ours if file.is_relative_to(git.top)}
    known = git.output("ls-files", "-z", "--", *(f":(literal){name}" for name in names))
    if known is None:
        return []
    there = {name.decode("utf-8", "surrogateescape") for name in known.split(b"\0")}
    return [file for name, file in names.items() if name not in there]


def _patch(git: Git, changed: list[str] | None, unknown: list[Path]) -> tuple[bytes | None, tuple[str, ...]]:
    books = [path for path in changed or () if path.endswith(NOTEBOOK)]
    said = patches.changes(git, books) if changed else b""
    return _kept(said + patches.additions(git.top, unknown)) if said is not None else (None, ())


def _repository(git: Git) -> SourceRepository:
    remote = git.ask("config", "--get", "remote.origin.url")
    return SourceRepository(url=without_credentials(remote) if remote else git.top.as_uri())


def _submodules(git: Git) -> list[Code]:
    """Return the repositories inside this one, as they are checked out, and those inside them."""
    if not (git.top / ".gitmodules").is_file():
        return []
    said = git.ask("config", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$") or ""
    paths = [line.partition(" ")[2] for line in said.splitlines()][:MOST_SUBMODULES]
    inside = [there for path in paths if (there := git.nested(path)) is not None]
    return [code for there in inside if (code := _committed(there, None)) is not None]
