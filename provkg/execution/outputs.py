"""The files that a run made: models where a training made them and their names say so, data otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.capture.command_around import name_of
from provkg.capture.file_digests import FileDigest, file_digest, files_below, files_matching, is_pattern
from provkg.capture.files import Files
from provkg.capture.handles import Data, Thing
from provkg.capture.trouble import attempt
from provkg.execution.command_blocks import CommandBlock
from provkg.execution.inputs import grouped
from provkg.execution.touched import Touched

MODELS: Final = frozenset(
    {".pt", ".pth", ".ckpt", ".safetensors", ".onnx", ".joblib", ".pkl", ".pickle", ".keras", ".gguf", ".ubj", ".bst"}
    | {".tflite", ".mlmodel", ".cbm", ".bin", ".h5", ".hdf5", ".model", ".pb", ".pmml", ".mar", ".ftz", ".vec"}
)
# What is named as an output of a training is its model, unless it is called like what trainings make besides.
NO_MODELS: Final = frozenset(
    {".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".arrow", ".feather", ".orc", ".npy", ".npz", ".db"}
    | {".sqlite", ".xlsx", ".txt", ".log", ".md", ".html", ".pdf", ".png", ".jpg", ".jpeg", ".svg", ".gif", ".yaml"}
    | {".yml", ".toml", ".ini", ".xml", ".gz", ".zip", ".tar", ".tgz", ".wav", ".mp4"}
)


@dataclass(frozen=True)
class NamedOutputs:
    """What whoever runs a command says that it makes: files and folders, and the patterns that match nothing."""

    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    missing: tuple[str, ...] = ()

    @classmethod
    def found(cls, folder: Path, patterns: Iterable[str]) -> NamedOutputs:
        """Return what lies at paths and patterns, as seen from `folder`."""
        files: dict[Path, None] = {}
        folders: dict[Path, None] = {}
        missing: list[str] = []
        for pattern in patterns:
            path = Path(os.path.abspath(folder / pattern))  # noqa: PTH100 - `resolve` would follow links
            below = files_below(path) if path.is_dir() else files_matching(path)[1] if is_pattern(path) else [path]
            there = [each for each in below if each.is_file()]
            files |= dict.fromkeys(there)
            folders |= dict.fromkeys([path] if path.is_dir() else [])
            missing += [] if there else [pattern]
        return cls((*files,), (*folders,), (*missing,))

    def model_of(self, path: Path) -> Path | None:
        """Return the model that a file made by a training is, or is a part of: a named folder with files of models."""
        for folder in self.folders:
            if path.is_relative_to(folder) and any(_is_model(file) for file in self.files if folder in file.parents):
                return folder
        named = path in self.files and path.suffix.lower() not in NO_MODELS
        return (
            path if _is_model(path) or (named and not any(folder in path.parents for folder in self.folders)) else None
        )


def _is_model(path: Path) -> bool:
    return path.suffix.lower() in MODELS


def record_outputs(
    run: CommandBlock, paths: Iterable[Path], folder: Path, of: Iterable[Thing], touched: Touched, named: NamedOutputs
) -> None:
    """Record the files at `paths` as made by `run` out of `of`, but for those that the program recorded itself.

    What it read again, after it had made it, has the name that it gave to it.
    """
    others: list[FileDigest] = []
    models: dict[Path, None] = {}
    sources = tuple(of)
    for found in filter(None, map(_digest, paths)):
        known = touched.named.get((found.path, found.sha256))
        if known is not None and known.made is not None and isinstance(known.thing, Data):
            data = Data(known.thing.name, rows=Files(found.path, (found,)), synthetic=known.thing.synthetic)
            run.made(data, of=sources, version=known.thing.version, at=known.made)
        elif touched.is_recorded(found.path, found.sha256):
            continue
        elif run.LEARNS and (model := named.model_of(found.path)) is not None:
            models[model] = None
        else:
            others.append(found)
    for path in models:
        run.model(name_of(path, folder), path)
    for name, files in grouped(others, folder):
        run.dataset(name, files, of=sources)


def _digest(path: Path) -> FileDigest | None:
    return attempt(f"read {path}", lambda: file_digest(path))
