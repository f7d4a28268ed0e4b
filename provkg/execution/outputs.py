"""The files that a run made: models where a training made them and their names say so, data otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from provkg.capture.command_around import name_of
from provkg.capture.file_digests import FileDigest, file_digest
from provkg.capture.files import Files
from provkg.capture.handles import Data, Thing
from provkg.capture.trouble import attempt
from provkg.execution.command_blocks import CommandBlock
from provkg.execution.inputs import grouped
from provkg.execution.touched import Touched

MODELS: Final = frozenset(
    {".pt", ".pth", ".ckpt", ".safetensors", ".onnx", ".joblib", ".pkl", ".pickle", ".keras", ".gguf", ".ubj", ".bst"}
    | {".tflite", ".mlmodel", ".cbm"}
)


def record_outputs(
    run: CommandBlock, paths: Iterable[Path], folder: Path, of: Iterable[Thing], touched: Touched
) -> None:
    """Record the files at `paths` as made by `run` out of `of`, but for those that the program recorded itself.

    What it read again, after it had made it, has the name that it gave to it.
    """
    others: list[FileDigest] = []
    sources = tuple(of)
    for found in filter(None, map(_digest, paths)):
        known = touched.named.get((found.path, found.sha256))
        if known is not None and known.made is not None:
            data = Data(known.data.name, rows=Files(found.path, (found,)), synthetic=known.data.synthetic)
            run.made(data, of=sources, version=known.data.version, at=known.made)
        elif touched.is_recorded(found.path, found.sha256):
            continue
        elif run.LEARNS and found.path.suffix.lower() in MODELS:
            run.model(name_of(found.path, folder), found.path)
        else:
            others.append(found)
    for name, files in grouped(others, folder):
        run.dataset(name, files, of=sources)


def _digest(path: Path) -> FileDigest | None:
    return attempt(f"read {path}", lambda: file_digest(path))
