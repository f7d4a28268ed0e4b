"""safetensors: a number of bytes, a header of JSON that lists tensors, and their values (huggingface/safetensors)."""

from __future__ import annotations

import json
from typing import Any, Final

from provkg.capture.model_files.facts import LONGEST_TEXT, Malformed, ModelFacts, Source, Tensor, counted

MEDIA_TYPE: Final = "application/x-safetensors"
_FRAMEWORKS: Final = {"pt": "torch", "tf": "tensorflow", "flax": "flax", "np": "numpy", "mlx": "mlx"}


def begins(head: bytes, size: int) -> bool:
    """Whether a file of `size` bytes that begins with `head` is of this format."""
    return head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= size - 8


def read(source: Source) -> ModelFacts:
    """Return what the header says."""
    length = source.number(8)
    header = json.loads(source.take(length))
    if not isinstance(header, dict):
        raise Malformed("its header is no JSON object")
    said = header.pop("__metadata__", None) or {}
    tensors = tuple(_tensor(name, each) for name, each in header.items())
    ends = [_end(each) for each in header.values()]
    if max(ends, default=0) > source.left:
        raise Malformed(f"its tensors need {max(ends):,} bytes, and {source.left:,} are there")
    told = {str(name): str(value)[:LONGEST_TEXT] for name, value in said.items()} if isinstance(said, dict) else {}
    return ModelFacts(
        "safetensors",
        MEDIA_TYPE,
        framework=_FRAMEWORKS.get(told.get("format", "")),
        tensors=tensors,
        parameter_count=counted(tensors),
        told={"metadata": told} if told else {},
    )


def _tensor(name: str, said: Any) -> Tensor:
    shape = said["shape"]
    if not isinstance(shape, list) or not all(type(length) is int and length >= 0 for length in shape):
        raise Malformed(f"the shape of its tensor {name[:80]!r} is none")
    return Tensor(name, str(said["dtype"]), tuple(shape))


def _end(said: Any) -> int:
    start, end = said["data_offsets"]
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise Malformed("a tensor of it lies nowhere")
    return end
