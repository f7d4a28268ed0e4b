"""TensorFlow's SavedModel: a folder with a protocol buffer `SavedModel` (tensorflow, saved_model.proto)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from provkg.capture.model_files.facts import Malformed, ModelFacts, Source, Tensor
from provkg.capture.model_files.protobuf import Message, signed

NAME: Final = "saved_model.pb"
MEDIA_TYPE: Final = "application/x-protobuf"
SERVED: Final = "serving_default"
_TYPES: Final = (
    *("invalid", "float32", "float64", "int32", "uint8", "int16", "int8", "string", "complex64", "int64", "bool"),
    *("qint8", "quint8", "qint32", "bfloat16", "qint16", "quint16", "uint16", "complex128", "float16", "resource"),
    *("variant", "uint32", "uint64"),
)


def read(source: Source) -> ModelFacts:
    """Return with which TensorFlow it was made, and what its signature for serving takes and gives."""
    told: dict[str, Any] = {}
    signatures: dict[str, Message] = {}
    for graph in _of(Message(source, 0, source.size), 2):
        for about in _of(graph, 1):
            told["tensorflow version"] = "".join(version.text for version in _of(about, 5))
            told["tags"] = [tag.text for tag in _of(about, 4)]
        for entry in _of(graph, 5):
            signatures |= {name.text: value for name, value in zip(_of(entry, 1), _of(entry, 2), strict=False)}
    if not told:
        raise Malformed("it has no graph that says what it is")
    served = signatures.get(SERVED)
    return ModelFacts(
        "SavedModel",
        MEDIA_TYPE,
        framework="tensorflow",
        inputs=tuple(_ports(served, 1)) if served is not None else (),
        outputs=tuple(_ports(served, 2)) if served is not None else (),
        told=told | {"signatures": sorted(signatures)},
    )


def _of(message: Message, wanted: int) -> Iterator[Message]:
    return (value for number, value in message.fields() if number == wanted and isinstance(value, Message))


def _ports(signature: Message, field: int) -> Iterator[Tensor]:
    for entry in _of(signature, field):
        name = "".join(each.text for each in _of(entry, 1))
        for port in _of(entry, 2):
            numbers = [value for number, value in port.fields() if number == 2 and isinstance(value, int)]
            shapes = [_shape(shape) for shape in _of(port, 3)]
            kind = numbers[0] if numbers else 0
            yield Tensor(name, _TYPES[kind] if kind < len(_TYPES) else f"type {kind}", shapes[0] if shapes else None)


def _shape(shape: Message) -> tuple[int | str, ...] | None:
    lengths: list[int | str] = []
    for number, value in shape.fields():
        if number == 3 and value:
            return None
        if number == 2 and isinstance(value, Message):
            sizes = [signed(size) for kind, size in value.fields() if kind == 1 and isinstance(size, int)]
            lengths.append(sizes[0] if sizes else 0)
    return tuple(lengths)
