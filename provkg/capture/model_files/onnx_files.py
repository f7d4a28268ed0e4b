"""ONNX: a protocol buffer `ModelProto` (onnx/onnx, onnx.proto); its weights are passed over, or lie in other files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from provkg.capture.model_files.facts import Malformed, ModelFacts, Source, Tensor, counted
from provkg.capture.model_files.protobuf import Message, signed

MEDIA_TYPE: Final = "application/onnx"
_TYPES: Final = (
    *("undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16"),
    *("float64", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz"),
    *("float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0"),
)
# Fields of ModelProto.
_IR, _PRODUCER, _PRODUCER_VERSION, _GRAPH, _OPSETS, _METADATA = 1, 2, 3, 7, 8, 14
NEWEST_IR: Final = 100


def begins(head: bytes, size: int) -> bool:
    """Whether a file of `size` bytes that begins with `head` is of this format: it begins with its version."""
    return size > 8 and head[0] == 8 and 1 <= head[1] <= NEWEST_IR and head[2] in b"\x12\x1a\x22\x2a\x32\x3a\x42"


def read(source: Source) -> ModelFacts:
    """Return what the model says of itself and its graph."""
    told: dict[str, Any] = {}
    graph: Message | None = None
    opsets: dict[str, int] = {}
    for number, value in Message(source, 0, source.size).fields():
        if number == _IR and isinstance(value, int):
            told["ir version"] = value
        elif not isinstance(value, Message):
            continue
        elif number in {_PRODUCER, _PRODUCER_VERSION}:
            told["producer" if number == _PRODUCER else "producer version"] = value.text
        elif number == _OPSETS:
            opsets |= [_opset(value)]
        elif number == _METADATA:
            told.setdefault("metadata", {}).update([_entry(value)])
        elif number == _GRAPH:
            graph = value
    if graph is None or not opsets:
        raise Malformed("it has no graph, or does not say in which operations")
    return _with_graph(graph, told | {"opset": opsets})


def _with_graph(graph: Message, told: dict[str, Any]) -> ModelFacts:
    title, operations = None, Counter[str]()
    tensors, inputs, outputs = list[Tensor](), list[Tensor](), list[Tensor]()
    for number, value in graph.fields():
        if not isinstance(value, Message):
            continue
        match number:
            case 1:
                operations.update(field.text for field in _of(value, 4))
            case 2:
                title = value.text
            case 5:
                tensors.append(_weights(value))
            case 11 | 12:
                (inputs if number == 11 else outputs).append(_named(value))
            case _:
                pass
    names = {tensor.name for tensor in tensors}
    return ModelFacts(
        "ONNX",
        MEDIA_TYPE,
        framework="onnx",
        title=title or None,
        tensors=tuple(tensors),
        parameter_count=counted(tensors),
        # Files of an older form list weights as inputs, too.
        inputs=tuple(each for each in inputs if each.name not in names),
        outputs=tuple(outputs),
        told=told | {"operations": dict(sorted(operations.items()))},
    )


def _of(message: Message, wanted: int) -> Iterator[Message]:
    return (value for number, value in message.fields() if number == wanted and isinstance(value, Message))


def _opset(message: Message) -> tuple[str, int]:
    domain, version = "ai.onnx", 0
    for number, value in message.fields():
        if number == 1 and isinstance(value, Message):
            domain = value.text or domain
        elif number == 2 and isinstance(value, int):
            version = value
    return domain, version


def _entry(message: Message) -> tuple[str, str]:
    return "".join(value.text for value in _of(message, 1)), "".join(value.text for value in _of(message, 2))


def _weights(message: Message) -> Tensor:
    """Return a `TensorProto` without its values."""
    shape, kind, name = list[int](), 0, ""
    for number, value in message.fields():
        if number == 1:
            shape += value.numbers() if isinstance(value, Message) else [signed(value)]
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number == 8 and isinstance(value, Message):
            name = value.text
    if min(shape, default=0) < 0:
        raise Malformed(f"its tensor {name[:80]!r} has a length below 0")
    return Tensor(name, _type(kind), tuple(shape))


def _type(number: int) -> str:
    return _TYPES[number] if number < len(_TYPES) else f"type {number}"


def _named(message: Message) -> Tensor:
    """Return a `ValueInfoProto`: a name and, where it is a tensor, what of."""
    name = "".join(value.text for value in _of(message, 1))
    for kind in _of(message, 2):
        for tensor in _of(kind, 1):
            numbers = [value for number, value in tensor.fields() if number == 1 and isinstance(value, int)]
            shapes = [tuple(map(_length, _of(shape, 1))) for shape in _of(tensor, 2)]
            return Tensor(name, _type(numbers[0] if numbers else 0), shapes[0] if shapes else None)
    return Tensor(name, "unknown", None)


def _length(dimension: Message) -> int | str:
    for number, value in dimension.fields():
        if number == 1 and isinstance(value, int):
            return signed(value)
        if number == 2 and isinstance(value, Message):
            return value.text
    return -1
