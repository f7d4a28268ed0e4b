"""The files that a run made: models where a training made them and their names say so, data otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from provkg.capture.blocks import RunBlock
from provkg.capture.file_digests import FileDigest, file_digest
from provkg.capture.handles import Thing
from provkg.capture.trouble import attempt
from provkg.execution.inputs import grouped, name_of

MODELS: Final = frozenset(
    {".pt", ".pth", ".ckpt", ".safetensors", ".onnx", ".joblib", ".pkl", ".pickle", ".keras", ".gguf", ".ubj", ".bst"}
    | {".tflite", ".mlmodel", ".cbm"}
)


def record_outputs(run: RunBlock, paths: Iterable[Path], folder: Path, of: Iterable[Thing]) -> None:
    """Record the files at `paths` as made by `run` out of `of`."""
    others: list[FileDigest] = []
    for path in paths:
        if run.LEARNS and path.suffix.lower() in MODELS:
            run.model(name_of(path, folder), path)
        elif (found := _digest(path)) is not None:
            others.append(found)
    sources = tuple(of)
    for name, files in grouped(others, folder):
        run.dataset(name, files, of=sources)


def _digest(path: Path) -> FileDigest | None:
    return attempt(f"read {path}", lambda: file_digest(path))
