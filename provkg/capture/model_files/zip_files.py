"""Zip files of torch, Keras and numpy: what their list of entries and the small ones of these say."""

from __future__ import annotations

import io
import json
import zipfile
from typing import IO, Any, Final

from provkg.capture.model_files import numpy_files, pickles
from provkg.capture.model_files.facts import MOST_BYTES, Malformed, ModelFacts, Source, Tensor, counted
from provkg.capture.model_files.pickle_machine import PickleMachine

MAGIC: Final = b"PK\x03\x04"
TORCH: Final = "application/x-pytorch"
KERAS: Final = "application/x-keras"
LARGEST_LIST: Final = 32 << 20
MOST_FILES: Final = 200_000
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x06"
_PLACE_64: Final = b"PK\x06\x07"


def kind(head: bytes) -> str | None:
    """Return the media type that the first entry of a zip file tells; None for one that is none of a model."""
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    if name.endswith(b"/data.pkl"):
        return TORCH
    if name in {b"metadata.json", b"config.json"}:
        return KERAS
    return numpy_files.ZIP_MEDIA_TYPE if name.endswith(b".npy") else None


def read(file: IO[bytes]) -> ModelFacts | None:
    """Return what a zip file says, None where it is none of a model; raises `Malformed`."""
    _check_list(Source(file))
    try:
        with zipfile.ZipFile(file) as opened:
            return _of(opened)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise Malformed(f"it is no sound zip file: {error}") from None


def _check_list(source: Source) -> None:
    """Raise `Malformed` where the list of entries, which is read whole, is larger than that of any model."""
    length = min(source.size, (1 << 16) + 22)
    tail = source.at(source.size - length, length)
    place = tail.rfind(_END)
    if place < 0 or place + 20 > len(tail):
        raise Malformed("it has no list of entries at its end")
    count, size = (int.from_bytes(tail[place + at : place + at + n], "little") for at, n in ((10, 2), (12, 4)))
    if tail[place - 20 : place - 16] == _PLACE_64 and place >= 20:
        start = int.from_bytes(tail[place - 12 : place - 4], "little")
        end = source.at(start, 56)
        if end[:4] != _END_64:
            raise Malformed("its list of entries is not where it says")
        count, size = int.from_bytes(end[32:40], "little"), int.from_bytes(end[40:48], "little")
    if count > MOST_FILES or size > LARGEST_LIST:
        raise Malformed(f"it says that it has {count:,} entries")


def _of(opened: zipfile.ZipFile) -> ModelFacts | None:
    names = opened.namelist()
    data = [name for name in names if name == "data.pkl" or (name.endswith("/data.pkl") and name.count("/") == 1)]
    if data:
        return _torch(opened, names, data[0])
    if {"config.json", "metadata.json"} <= set(names):
        return _keras(opened)
    if names and all(name.endswith(".npy") for name in names):
        return numpy_files.of_many([_array(opened, name) for name in names])
    return None


def _torch(opened: zipfile.ZipFile, names: list[str], data: str) -> ModelFacts:
    folder = data.removesuffix("data.pkl")
    machine = PickleMachine(Source(io.BytesIO(_content(opened, data))))
    facts = pickles.of(machine, machine.run(), "torch")
    storages = [opened.getinfo(name).file_size for name in names if name.startswith(f"{folder}data/")]
    told = facts.told | {"storages": len(storages), "storage bytes": sum(storages)}
    script = any(name.startswith(f"{folder}code/") for name in names)
    said = {"format": "TorchScript" if script else "torch", "media_type": TORCH, "framework": "torch", "told": told}
    return ModelFacts(**vars(facts) | said | ({"parameter_count": counted(facts.tensors)} if script else {}))


def _keras(opened: zipfile.ZipFile) -> ModelFacts:
    config, said = (json.loads(_content(opened, name)) for name in ("config.json", "metadata.json"))
    layers = config.get("config", {}).get("layers", ())
    named = [[str(each.get("config", {}).get("name")), str(each.get("class_name"))] for each in layers]
    shape = (config.get("build_config") or {}).get("input_shape")
    inputs = (Tensor("input", "unknown", _shape(shape)),) if isinstance(shape, list) else ()
    told: dict[str, Any] = {"class": config.get("class_name"), "keras version": said.get("keras_version")}
    return ModelFacts(
        "Keras",
        KERAS,
        framework="keras",
        title=str(config.get("config", {}).get("name") or config.get("class_name")),
        inputs=inputs,
        told=told | {"layers": named},
    )


def _shape(lengths: list[Any]) -> tuple[int | str, ...]:
    return tuple(length if type(length) is int else -1 for length in lengths)


def _array(opened: zipfile.ZipFile, name: str) -> Tensor:
    with opened.open(name) as entry:
        return numpy_files.array(Source(io.BytesIO(entry.read(numpy_files.LONGEST_HEADER + 16))), name[: -len(".npy")])


def _content(opened: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry, but no more of it than MOST_BYTES, whatever it would unpack to."""
    with opened.open(name) as entry:
        found = entry.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise Malformed(f"its entry {name} has more than {MOST_BYTES:,} bytes")
    return found
