"""What no commit holds of the code that ran, as one patch without secrets, kept beside the graph by its digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from provkg.capture.git import Git
from provkg.capture.notebooks import NOTEBOOK, as_text, code_cells
from provkg.capture.persons import unnamed
from provkg.capture.secrets import REMOVED, filtered_text
from provkg.durable import write_once
from provkg.folder import CODE_FOLDER
from provkg.records import ArtifactFile, SourceRevision

MOST_BYTES: Final = 1 << 20
"""A larger patch is not kept: it holds data or generated code rather than somebody's changes."""
MEDIA_TYPE: Final = "text/x-diff; secrets=removed"
# Files that are made to hold secrets are no part of a patch, whatever they look like inside.
SECRET_FILES: Final = (
    *(".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.kdbx", "id_rsa*", "id_dsa*", "id_ecdsa*"),
    *(
        "id_ed25519*",
        ".netrc",
        ".pgpass",
        ".pypirc",
        ".npmrc",
        ".htpasswd",
        "credentials",
        "credentials.*",
        "secrets.*",
    ),
)
_DIFF: Final = ("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--src-prefix=a/")


def changes(git: Git, notebooks: Iterable[str]) -> bytes | None:
    """Return git's patch of what was changed since the commit; of binary files it says which content, not what.

    The changed `notebooks` are in it as texts of their code, since most of what changes in one is its outputs.
    """
    excluded = [f":(exclude,icase,glob)**/{name}" for name in SECRET_FILES]
    excluded += [f":(exclude,glob)**/*{NOTEBOOK}"]
    said = git.output(*_DIFF, "--dst-prefix=b/", "--ignore-submodules=all", "--", ":/", *excluded)
    if said is None:
        return None
    return said + additions(git.top, [git.top / notebook for notebook in notebooks])


def additions(top: Path, files: Iterable[Path]) -> bytes:
    """Return a patch that adds `files`, each by its path below `top`; notebooks as texts of their code."""
    return b"".join(part for file in files if (part := _addition(top, file)) is not None)


def _addition(top: Path, file: Path) -> bytes | None:
    with suppress(OSError, ValueError):
        content, name = file.read_bytes(), file.relative_to(top).as_posix()
        if file.suffix == NOTEBOOK:
            content, name = as_text(code_cells(content)).encode("utf-8", "surrogatepass"), f"{name}.py"
        if b"\0" not in content and name.isprintable() and content:
            return _new_file(name.encode(), content)
    return None


def _new_file(name: bytes, content: bytes) -> bytes:
    lines = content.split(b"\n")
    ending = b"" if lines[-1] == b"" else b"\\ No newline at end of file\n"
    lines = lines[:-1] if lines[-1] == b"" else lines
    head = b"diff --git a/%s b/%s\nnew file mode 100644\n--- /dev/null\n+++ b/%s\n" % (name, name, name)
    return head + b"@@ -0,0 +1,%d @@\n" % len(lines) + b"".join(b"+%s\n" % line for line in lines) + ending


def without_secrets(patch: bytes) -> bytes:
    """Return a patch in which secrets are replaced line by line, so that it can still be applied."""
    return "\n".join(_filtered(patch.decode("utf-8", "surrogateescape"))).encode("utf-8", "surrogateescape")


def _filtered(patch: str) -> Iterator[str]:
    in_key = False
    for line in patch.split("\n"):
        sign, text = (line[:1], line[1:]) if line[:1] in {"+", "-", " "} else ("", line)
        begins = ("-----BEGIN " in text and "PRIVATE KEY" in text) or text.startswith("Private-Lines: ")
        ends = "-----END " in text or text.startswith("Private-MAC: ")
        in_key = in_key or begins
        # The rest of a header names files and blobs.
        of_header = not sign or line.startswith(("--- ", "+++ "))
        hidden = REMOVED if in_key else text if of_header else unnamed(filtered_text(text))
        in_key = in_key and not ends and not line.startswith("diff --git ")
        yield f"{sign}{hidden}"


def patch_file(patch: bytes) -> ArtifactFile:
    """Return the file that keeps `patch`, whose digest is that of the text without secrets."""
    return ArtifactFile(sha256=sha256(patch).hexdigest(), byte_size=len(patch), media_type=MEDIA_TYPE)


def located(revision: SourceRevision, store: Path | None) -> SourceRevision:
    """Return `revision` with the places of its patches and those of its submodules in `store`; without, if None."""
    nested = tuple(located(each, store) if isinstance(each, SourceRevision) else each for each in revision.submodules)
    patch = revision.patch
    if patch is not None:
        patch = replace(patch, location=_place(patch.sha256, store).as_uri()) if store is not None else None
    return replace(revision, patch=patch, submodules=nested)


def _place(digest: str, store: Path) -> Path:
    return store / CODE_FOLDER / f"{digest}.patch"


def keep(patches: Iterable[bytes], store: Path) -> bool:
    """Put `patches` beside the graph at `store`, readable by its owner alone; raises `OSError`."""
    for patch in patches:
        file = _place(sha256(patch).hexdigest(), store)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            write_once(file, patch)
    return True
