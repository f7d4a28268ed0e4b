"""Arrays of numpy, torch and jax as their digest sees them: a type, a shape, and the bytes of all values in C order.

Where an array lies (memory, file, device), its strides and whether gradients are wanted make no difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provkg.errors import Unreadable

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Plain:
    """An array whose values numpy can hold, though it may have no name for their type."""

    type: Any
    shape: list[int]
    values: Array

    @property
    def head(self) -> list[Any]:
        """What it is apart from its values; JSON can hold it."""
        return [self.type, self.shape]


def root(content: Any) -> str:
    """Return the package that the class of `content` comes from; nothing is imported that the user did not import."""
    return type(content).__module__.partition(".")[0]


def is_tensor(content: Any) -> bool:
    """Whether `content` is a tensor of torch, or of a class that builds on it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(content, getattr(torch, "Tensor", ()))


def is_jax(content: Any) -> bool:
    """Whether `content` is an array of jax."""
    return root(content) in {"jax", "jaxlib"} and hasattr(content, "__array__") and hasattr(content, "dtype")


def is_array(content: Any) -> bool:
    """Whether `content` is an array or a scalar of numpy, torch or jax, all of whose values are there."""
    if is_tensor(content):
        return not is_sparse_tensor(content) and not is_ragged(content)
    return root(content) == "numpy" or is_jax(content)


def is_sparse_tensor(content: Any) -> bool:
    """Whether `content` is a tensor that holds some of its values only."""
    return is_tensor(content) and not content.is_nested and "strided" not in str(content.layout)


def is_ragged(content: Any) -> bool:
    """Whether `content` is a nested tensor, whose rows have lengths of their own."""
    return is_tensor(content) and bool(content.is_nested)


def plain(content: Any) -> Plain:
    """Return an array as its digest sees it; raises `Unreadable` for a tensor whose values are elsewhere."""
    if is_tensor(content):
        return _of_tensor(content)
    array = sys.modules["numpy"].asarray(_numbers_of_key(content)) if is_jax(content) else content
    masked = hasattr(array, "mask") and hasattr(array, "filled")
    array = _packed(array if not masked else array.data)
    return Plain(type_of(array.dtype), [*map(int, array.shape)], array)


def missing(content: Any) -> Array | None:
    """Return which values of a masked array are missing; None for an array of any other kind."""
    if not (hasattr(content, "mask") and hasattr(content, "filled")):
        return None
    found: Array = sys.modules["numpy"].ma.getmaskarray(content)
    return found


def without(values: Array, gone: Array) -> Array:
    """Return `values` with zeros in place of those that are gone: what lies behind the mask is anybody's."""
    filled = values.copy()
    filled[gone] = sys.modules["numpy"].zeros((), values.dtype)
    return filled


def pieces(values: Array) -> Iterator[bytes | memoryview]:
    """Yield the bytes of all values in C order, a mebibyte or so at a time."""
    numpy = sys.modules["numpy"]
    if not values.size or not values.dtype.itemsize:
        return
    if values.flags.c_contiguous:
        whole = memoryview(values.reshape(-1).view(numpy.uint8))
        yield from (whole[start : start + PIECE] for start in range(0, len(whole), PIECE))
        return
    row = values[0].nbytes
    if row > PIECE and values.ndim > 1:
        for each in values:
            yield from pieces(each)
        return
    count = max(1, PIECE // row)
    for start in range(0, len(values), count):
        yield values[start : start + count].tobytes(order="C")


def type_of(dtype: Any) -> Any:
    """Return what a type of numpy's is called; JSON can hold it."""
    if dtype.names:
        return dtype.descr
    # Types that other packages add (ml_dtypes' bfloat16) all look like raw bytes but for their name.
    return dtype.name if dtype.kind == "V" and dtype.type is not sys.modules["numpy"].void else dtype.str


def _packed(array: Array) -> Array:
    """Return a structured array without the bytes between its fields, which hold anything."""
    if not array.dtype.names or array.dtype.hasobject:
        return array
    from numpy.lib.recfunctions import repack_fields  # 15 ms that only structured arrays cost

    packed = repack_fields(array.dtype, recurse=True)
    return array if packed == array.dtype else array.astype(packed)


def _numbers_of_key(content: Any) -> Any:
    """Return an array of jax, or for one of random keys the numbers that these are made of."""
    jax = sys.modules.get("jax")
    if jax is not None and jax.dtypes.issubdtype(content.dtype, jax.dtypes.prng_key):
        return jax.random.key_data(content)
    return content


# --- torch


def _of_tensor(tensor: Any) -> Plain:
    if tensor.is_meta or not hasattr(tensor, "untyped_storage") or _is_spread(tensor):
        raise Unreadable(
            f"the values of this {type(tensor).__name__} are not here: it is without content, or spread over devices"
        )
    tensor = tensor.detach()
    if tensor.is_quantized:
        return _quantized(tensor)
    return _dense(tensor.resolve_conj().resolve_neg().cpu())


def _is_spread(tensor: Any) -> bool:
    return hasattr(tensor, "full_tensor") and hasattr(tensor, "device_mesh")


def _dense(tensor: Any) -> Plain:
    torch, shape = sys.modules["torch"], [*map(int, tensor.shape)]
    try:
        values = tensor.numpy()
        return Plain(type_of(values.dtype), shape, values)
    except (TypeError, RuntimeError):
        # numpy knows no bfloat16 or float8; ml_dtypes, which jax uses, calls them as torch does.
        raw = tensor.contiguous().reshape(-1).view(torch.uint8)
        return Plain(str(tensor.dtype).removeprefix("torch."), shape, raw.numpy())


def _quantized(tensor: Any) -> Plain:
    """Return the whole numbers of a quantized tensor; what they stand for is part of its type."""
    held = _dense(tensor.int_repr().cpu())
    if "channel" in str(tensor.qscheme()):
        scales, zeros = tensor.q_per_channel_scales().tolist(), tensor.q_per_channel_zero_points().tolist()
        axis = int(tensor.q_per_channel_axis())
    else:
        scales, zeros, axis = [tensor.q_scale()], [tensor.q_zero_point()], None
    how = [str(tensor.qscheme()).removeprefix("torch."), axis, [float(each).hex() for each in scales]]
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Plain(["quantized", dtype, *how, [float(each).hex() for each in zeros]], held.shape, held.values)
