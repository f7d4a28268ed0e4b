"""Files and folders as records name them: digest, size, media type, place."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final

from provkg.capture.digests import Digest, FileDigest, file_digest, folder_files, manifest
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
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".txt": "text/plain",
    ".zip": "application/zip",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


def artifact_file(path: Path) -> ArtifactFile:
    """Return the file at `path`; raises `Unreadable` when it cannot be read."""
    return described(file_digest(path))


def described(file: FileDigest) -> ArtifactFile:
    """Return a file whose digest is known."""
    return ArtifactFile(
        sha256=file.sha256,
        byte_size=file.size,
        media_type=media_type(file.path),
        location=file.path.absolute().as_uri(),
    )


def content_of(path: Path) -> tuple[Digest, tuple[ArtifactFile, ...]]:
    """Return the digest of the file or folder at `path` and the files that make it up, each read once."""
    if not path.is_dir():
        found = file_digest(path)
        return Digest(found.sha256), (described(found),)
    files = folder_files(path)
    if not files:
        raise Unreadable(f"{path} holds no files")
    return manifest(files, path), tuple(described(file) for file in files) if len(files) <= MOST_FILES else ()


def media_type(path: Path) -> str:
    """Return the media type that the name suggests."""
    return MEDIA_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or UNKNOWN_TYPE
