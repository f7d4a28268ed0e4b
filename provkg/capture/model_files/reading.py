"""Recognises the file of a model by how it begins, whatever it is called, and reads what it says."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Sequence
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Final

from provkg.capture.file_digests import opened_regular
from provkg.capture.model_files import (
    gguf_files,
    numpy_files,
    onnx_files,
    pickles,
    safetensors_files,
    saved_models,
    tree_files,
    zip_files,
)
from provkg.capture.model_files.facts import MOST_BYTES, Malformed, ModelFacts, Source, counted
from provkg.errors import Unreadable

HEAD_BYTES: Final = 256
HDF5: Final = b"\x89HDF\r\n\x1a\n"
HDF5_TYPE: Final = "application/x-hdf5"
MOST_FILES: Final = 1000
_COMPRESSED: Final[dict[bytes, Callable[[], Any]]] = {
    b"\x78": lambda: zlib.decompressobj(),
    b"\x1f\x8b": lambda: zlib.decompressobj(wbits=31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lzma.LZMADecompressor,
}
# Where a folder holds a model in more than one form, the first says most of it.
_BEST: Final = ("SavedModel", "safetensors", "ONNX", "GGUF", "Keras", "TorchScript", "torch")

_ERRORS: Final = (
    *(Malformed, ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error),
    *(RecursionError, OverflowError, MemoryError, EOFError, zlib.error, lzma.LZMAError),
)
"""What reading a file raises that is not what it begins as."""

Reader = Callable[[IO[bytes]], ModelFacts | None]


def kind_of(path: Path) -> str | None:
    """Return the media type of a model's file by its content; None for anything else, and for what cannot be read."""
    try:
        with _opened(path) as file:
            head = _beginning(file)
            found = _reader(file, head)
            return zip_files.kind(head) if found is zip_files.read else _TYPES.get(found) if found else None
    except (OSError, Unreadable):
        return None


def facts_of(path: Path) -> ModelFacts | None:
    """Return what the file or folder at `path` says of the model in it; None where it is none of a known format.

    Raises `Unreadable` for a file that begins as one of these and is none, such as one that was not written to its end.
    """
    if path.is_dir():
        return _of_folder(path)
    try:
        with _opened(path) as file:
            found = facts_in(file, str(path))
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror}") from error
    if found is None and path.suffix.lower() in _CALLED:
        raise Unreadable(f"{path} is called {path.suffix}, and its content is none; was it written to its end?")
    return found


def facts_in(file: IO[bytes], name: str) -> ModelFacts | None:
    """Return what an open file called `name` says of the model in it; raises `Unreadable` as `facts_of`."""
    read = _reader(file, _beginning(file))
    if read is None:
        return None
    try:
        return read(file)
    except _ERRORS as error:
        if read in _BY_CHANCE:
            return None
        raise Unreadable(f"{name} begins as a {_FORMATS[read]} file, but {_reason(error)}") from None


def _opened(path: Path) -> IO[bytes]:
    return BufferedReader(opened_regular(path))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Malformed) else f"does not go on as one ({type(error).__name__}: {error})"


def _beginning(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(HEAD_BYTES)


def _sourced(read: Callable[[Source], ModelFacts | None]) -> Reader:
    return lambda file: read(Source(file))


def _hdf5(_: IO[bytes]) -> ModelFacts:
    return ModelFacts("HDF5", HDF5_TYPE)


def _compressed(file: IO[bytes]) -> ModelFacts | None:
    head = _beginning(file)
    begun = next(make() for magic, make in _COMPRESSED.items() if head.startswith(magic))
    file.seek(0)
    try:
        return pickles.read_compressed(pickles.prefix(file.read(MOST_BYTES), begun))
    except (zlib.error, lzma.LZMAError, OSError, EOFError):
        return None  # of which the first bytes were by chance those


_SAFETENSORS: Final = _sourced(safetensors_files.read)
_GGUF: Final = _sourced(gguf_files.read)
_NUMPY: Final = _sourced(numpy_files.read)
_ONNX: Final = _sourced(onnx_files.read)
_PICKLE: Final = _sourced(pickles.read)
_LIGHTGBM: Final = _sourced(tree_files.read_lightgbm)
_XGBOOST: Final = _sourced(tree_files.read_xgboost_json)
_UBJSON: Final = _sourced(tree_files.read_xgboost_ubjson)
_FORMATS: Final[dict[Reader, str]] = {
    _SAFETENSORS: "safetensors", _GGUF: "GGUF", _NUMPY: "npy", _ONNX: "ONNX", _PICKLE: "pickle",
    _LIGHTGBM: "LightGBM", _XGBOOST: "XGBoost", _UBJSON: "XGBoost", zip_files.read: "zip", _hdf5: "HDF5",
    _compressed: "compressed",
}  # fmt: skip
_TYPES: Final[dict[Reader, str]] = {
    _SAFETENSORS: safetensors_files.MEDIA_TYPE,
    _GGUF: gguf_files.MEDIA_TYPE,
    _NUMPY: numpy_files.MEDIA_TYPE,
    _PICKLE: pickles.MEDIA_TYPE,
    _hdf5: HDF5_TYPE,
}
"""The media types that the beginning alone tells."""
_CALLED: Final = frozenset({".safetensors", ".onnx", ".gguf"})
"""How files of models are called that nothing else is."""
_BY_CHANCE: Final = frozenset({_ONNX, _XGBOOST, _UBJSON, _compressed})
"""What other files begin as, too."""


def _reader(file: IO[bytes], head: bytes) -> Reader | None:
    size = file.seek(0, 2)
    if head.startswith((gguf_files.MAGIC, numpy_files.MAGIC, HDF5, zip_files.MAGIC)):
        return {b"G": _GGUF, b"P": zip_files.read}.get(head[:1]) or (_hdf5 if head.startswith(HDF5) else _NUMPY)
    for begins, read in (
        (safetensors_files.begins(head, size), _SAFETENSORS),
        (pickles.begins(head), _PICKLE),
        (head.startswith(tree_files.LIGHTGBM), _LIGHTGBM),
        (tree_files.is_xgboost_json(head), _XGBOOST),
        (tree_files.is_xgboost_ubjson(head), _UBJSON),
        (any(map(head.startswith, _COMPRESSED)), _compressed),
        (onnx_files.begins(head, size), _ONNX),
    ):
        if begins:
            return read
    return None


# --- folders


def _of_folder(folder: Path) -> ModelFacts | None:
    saved = folder / saved_models.NAME
    if saved.is_file():
        return _saved_model(saved)
    files = [path for path in sorted(folder.iterdir()) if path.is_file()][:MOST_FILES]
    found = [facts for path in files if (facts := _or_none(path)) is not None]
    for form in _BEST:
        if parts := [each for each in found if each.format == form]:
            return parts[0] if len(parts) == 1 else _together(parts)
    return found[0] if len(found) == 1 else None


def _saved_model(path: Path) -> ModelFacts:
    try:
        with _opened(path) as file:
            return saved_models.read(Source(file))
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror}") from error
    except _ERRORS as error:
        raise Unreadable(f"{path} is no sound SavedModel: {_reason(error)}") from None


def _or_none(path: Path) -> ModelFacts | None:
    try:
        return facts_of(path)
    except Unreadable:
        return None  # one of many files, and perhaps no model


def _together(parts: Sequence[ModelFacts]) -> ModelFacts:
    """Return what the files say that a model was divided into."""
    tensors = tuple(tensor for part in parts for tensor in part.tensors)
    said = vars(parts[0]) | {"tensors": tensors, "parameter_count": counted(tensors)}
    return ModelFacts(**said | {"told": parts[0].told | {"files": len(parts)}})
