"""Files and folders as records name them: digest, size, media type, place."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.capture.command_around import tell_recorded
from provkg.capture.file_digests import (
    Digest,
    FileDigest,
    file_digest,
    file_digests,
    files_below,
    files_matching,
    is_pattern,
    manifest,
)
from provkg.capture.file_progress import FileProgress
from provkg.errors import Unreadable
from provkg.records import ArtifactFile

MOST_FILES: Final = 1000
"""Beyond that a folder is named by its manifest's digest alone."""
UNKNOWN_TYPE: Final = "application/octet-stream"
MEDIA_TYPES: Final = {
    ".parquet": "application/vnd.apache.parquet",
    ".arrow": "application/vnd.apache.arrow.file",
    ".feather": "application/vnd.apache.arrow.file",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/x-ndjson",
    ".csv": "text/csv",
    ".ckpt": UNKNOWN_TYPE,
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".txt": "text/plain",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".onnx": "application/onnx",
    ".pt": "application/x-pytorch",
    ".pth": "application/x-pytorch",
    ".ubj": "application/ubjson",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


_types: Final[dict[str, str]] = {}


@dataclass(frozen=True)
class Files:
    """Some files below `folder` that have been read: those of it that a program opened, for example."""

    folder: Path
    read: tuple[FileDigest, ...]


def artifact_file(path: Path) -> ArtifactFile:
    """Return the file at `path`; raises `Unreadable` when it cannot be read."""
    return described(file_digest(path))


def described(file: FileDigest) -> ArtifactFile:
    """Return a file whose digest is known."""
    tell_recorded(file.path, file.sha256)
    return ArtifactFile(
        sha256=file.sha256,
        byte_size=file.size,
        # One file under several names, such as a copy, is one thing and has one type.
        media_type=_types.setdefault(file.sha256, media_type(file.path)),
        location=file.path.absolute().as_uri(),
    )


def content_of(path: Path | Files) -> tuple[Digest, tuple[ArtifactFile, ...]]:
    """Return the digest of what lies at `path`, and the files that make it up, each read once or known to be unchanged.

    `path` is a file, a folder, or a pattern with the wildcards of a shell; then it is the manifest of what it matches.
    Of `Files` it is what was read of them. Raises `Unreadable`.
    """
    if isinstance(path, Files):
        read = path.read
        return (Digest(read[0].sha256), (described(read[0]),)) if len(read) == 1 else _content(read, path.folder)
    if is_pattern(path):
        folder, paths = files_matching(path)
    elif path.is_dir():
        folder, paths = path, files_below(path)
    else:
        (found,) = _read([path], path)
        return Digest(found.sha256), (described(found),)
    if not paths:
        raise Unreadable(f"{path} holds no files" if path.is_dir() else f"no file is named {path}")
    return _content(_read(paths, path), folder)


def _content(files: Sequence[FileDigest], folder: Path) -> tuple[Digest, tuple[ArtifactFile, ...]]:
    # Of a folder with one file, too: another one may come.
    return manifest(files, folder), tuple(described(file) for file in files) if len(files) <= MOST_FILES else ()


def _read(paths: Sequence[Path], whole: Path) -> list[FileDigest]:
    from provkg.capture.digest_cache import DigestCache  # with SQLite, for those who name files

    cache, began = DigestCache.of_user(), time.time()
    known = dict(cache.of(paths)) if cache is not None else {}
    fresh = [path for path in paths if path not in known]
    progress = FileProgress(whole, _size(fresh))
    try:
        read = file_digests(fresh, progress)
    finally:
        progress.end()
    if cache is not None and read:
        cache.learn(read, began)
    found = known | {file.path: file for file in read}
    return [found[path] for path in paths]


def _size(paths: Sequence[Path]) -> int:
    # What cannot be read is told by whoever reads it.
    with suppress(OSError):
        return sum(path.stat().st_size for path in paths)
    return 0


def media_type(path: Path) -> str:
    """Return the media type that the content tells of a model, and else what the name suggests."""
    from provkg.capture.model_files.reading import kind_of  # for those who name files

    return kind_of(path) or MEDIA_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or UNKNOWN_TYPE
