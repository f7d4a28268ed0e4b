"""Arrays of jax have the digest of their values, and its scalars are numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

jax: Any = pytest.importorskip("jax")
from jax import numpy as jnp  # noqa: E402 - where jax is

from provkg.capture.digests import digest  # noqa: E402
from provkg.capture.metrics import as_number  # noqa: E402

pytestmark = pytest.mark.frameworks
ROWS = 500


def array(dtype: str = "float32") -> Any:
    return jnp.arange(ROWS * 2).reshape(ROWS, 2).astype(dtype)


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float8_e4m3fn", "int32", "bool"])
def test_one_changed_cell_changes_the_digest(dtype: str, row: int) -> None:
    changed = array(dtype).at[row, 1].set(array(dtype)[row, 1] == 0)
    assert digest(changed) != digest(array(dtype))


def test_type_shape_and_order_count() -> None:
    others = [array("bfloat16"), array("float16"), array("int32"), array().T, array()[::-1], array().reshape(-1)]
    assert len({digest(each) for each in (array(), *others)}) == len(others) + 1


def test_types_of_one_width_without_a_name_in_numpy_differ() -> None:
    zeros = [jnp.zeros(3, dtype) for dtype in ("float8_e4m3fn", "float8_e5m2", "bool", "uint8")]
    assert len({digest(each) for each in zeros}) == 4


def test_an_array_is_that_of_numpy_and_of_torch() -> None:
    assert digest(array()) == digest(np.asarray(array()))
    torch = pytest.importorskip("torch")
    for dtype in (torch.bfloat16, torch.float8_e4m3fn):
        held = torch.arange(6).reshape(3, 2).to(dtype)
        assert digest(held) == digest(jnp.arange(6).reshape(3, 2).astype(str(dtype).removeprefix("torch.")))
        assert digest(held[0, 1]) == digest(jnp.asarray(1).astype(str(dtype).removeprefix("torch.")))


def test_random_keys_are_their_numbers() -> None:
    assert digest(jax.random.key(1)) == digest(jax.random.key(1)) != digest(jax.random.key(2))


def test_scalars_are_numbers() -> None:
    for given in (jnp.float32(0.5), jnp.asarray(0.5), jnp.asarray([0.5]), jnp.asarray(0.5, "bfloat16")):
        assert as_number(given) == 0.5
    assert as_number(jnp.asarray(3)) == 3.0
    assert as_number(jnp.zeros(2)) is None, "two numbers are none"
    assert as_number(jax.jit(lambda: jnp.asarray(2.0) * 2)()) == 4.0
