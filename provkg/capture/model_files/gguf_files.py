"""GGUF: keys with values, then the list of tensors (ggml-org/ggml, docs/gguf.md)."""

from __future__ import annotations

import struct
from typing import Any, Final

from provkg.capture.model_files.facts import LONGEST_TEXT, MOST_ENTRIES, Malformed, ModelFacts, Source, Tensor, counted

MAGIC: Final = b"GGUF"
MEDIA_TYPE: Final = "application/x-gguf"
_VERSIONS: Final = (2, 3)
_FORMS: Final = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT: Final = 8
_ARRAY: Final = 9
_TYPES: Final = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
    12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
    29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
}  # fmt: skip
MOST_DIMENSIONS: Final = 8


def read(source: Source) -> ModelFacts:
    """Return what keys and list of tensors say; lists among the values, such as vocabularies, by their length."""
    source.skip(len(MAGIC))
    version = source.number(4)
    if version not in _VERSIONS:
        raise Malformed(f"it is of version {version}, which is not known")
    count, keys = source.number(8), source.number(8)
    if count > MOST_ENTRIES or keys > MOST_ENTRIES:
        raise Malformed(f"it says that it has {count:,} tensors and {keys:,} keys")
    told = dict(_pair(source) for _ in range(keys))
    tensors = tuple(_tensor(source) for _ in range(count))
    return ModelFacts(
        "GGUF",
        MEDIA_TYPE,
        framework="ggml",
        title=_title(told),
        tensors=tensors,
        parameter_count=counted(tensors),
        told={"version": version, "keys": told},
    )


def _title(told: dict[str, Any]) -> str | None:
    name = told.get("general.name") or told.get("general.architecture")
    return name if isinstance(name, str) else None


def _pair(source: Source) -> tuple[str, Any]:
    name = _text(source)
    return name, _value(source, source.number(4))


def _text(source: Source) -> str:
    length = source.number(8)
    kept = min(length, LONGEST_TEXT)
    found = source.take(kept).decode("utf-8", "replace")
    source.skip(length - kept)
    return found


def _value(source: Source, kind: int, depth: int = 0) -> Any:
    if kind == _TEXT:
        return _text(source)
    if kind == _ARRAY and depth < MOST_DIMENSIONS:
        return _passed(source, source.number(4), source.number(8), depth)
    if kind not in _FORMS:
        raise Malformed(f"it has a value of kind {kind}, which there is not")
    form = struct.Struct(_FORMS[kind])
    value = form.unpack(source.take(form.size))[0]
    return value if value == value and abs(value) != float("inf") else str(value)


def _passed(source: Source, kind: int, count: int, depth: int) -> str:
    """Pass over a list, and say how long it was."""
    if kind in _FORMS:
        source.skip(count * struct.calcsize(_FORMS[kind]))
    elif count > MOST_ENTRIES:
        raise Malformed(f"it says that it has a list of {count:,}")
    else:
        for _ in range(count):
            if kind == _TEXT:
                source.skip(source.number(8))
            else:
                _value(source, kind, depth + 1)
    return f"{count:,} values"


def _tensor(source: Source) -> Tensor:
    name, dimensions = _text(source), source.number(4)
    if dimensions > MOST_DIMENSIONS:
        raise Malformed(f"its tensor {name[:80]!r} has {dimensions:,} dimensions")
    lengths = [source.number(8) for _ in range(dimensions)]
    kind = source.number(4)
    source.skip(8)
    # The fastest dimension stands first.
    return Tensor(name, _TYPES.get(kind, f"type {kind}"), tuple(reversed(lengths)))
