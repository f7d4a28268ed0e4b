"""One array as numpy saves it (numpy.lib.format), and many of them in a zip file."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from provkg.capture.model_files.facts import Malformed, ModelFacts, Source, Tensor

MAGIC: Final = b"\x93NUMPY"
MEDIA_TYPE: Final = "application/x-npy"
ZIP_MEDIA_TYPE: Final = "application/x-npz"
LONGEST_HEADER: Final = 1 << 16


def read(source: Source) -> ModelFacts:
    """Return type and shape of the array in a file."""
    return ModelFacts("npy", MEDIA_TYPE, framework="numpy", tensors=(array(source),))


def of_many(arrays: Sequence[Tensor]) -> ModelFacts:
    """Return what a zip file of arrays holds."""
    return ModelFacts("npz", ZIP_MEDIA_TYPE, framework="numpy", tensors=tuple(arrays))


def array(source: Source, name: str = "") -> Tensor:
    """Return the array whose header begins here."""
    if source.take(len(MAGIC)) != MAGIC:
        raise Malformed("it does not begin as an array does")
    version = source.number(1)
    source.skip(1)
    length = source.number(2 if version == 1 else 4)
    if length > LONGEST_HEADER:
        raise Malformed(f"its header is said to have {length:,} bytes")
    try:
        # Numbers, text and lists of them as Python writes them: nothing is called.
        said = ast.literal_eval(source.take(length).decode("utf-8" if version > 2 else "latin-1").strip())
    except (SyntaxError, RecursionError, MemoryError):
        raise Malformed("its header cannot be read") from None
    shape = said["shape"]
    if not isinstance(shape, tuple) or not all(type(each) is int and each >= 0 for each in shape):
        raise Malformed("the shape of its array is none")
    return Tensor(name, str(said["descr"]), shape)
