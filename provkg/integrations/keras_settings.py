"""What Keras says of how a model is fitted: the arguments, what it was compiled with, callbacks, seed and precision."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from provkg.integrations.observing import Call

OF_A_FIT: Final = (
    *("batch_size", "epochs", "validation_split", "shuffle", "initial_epoch", "steps_per_epoch", "validation_steps"),
    *("validation_batch_size", "validation_freq", "class_weight"),
)
USUAL: Final = {"initial_epoch": 0, "validation_split": 0.0, "validation_freq": 1}
OF_CALLBACKS: Final = ("monitor", "patience", "min_delta", "mode", "factor", "save_best_only", "restore_best_weights")
BATCH: Final = 32
"""What Keras takes where nobody says the size of a batch of arrays."""


def fit_settings(call: Call) -> dict[str, Any]:
    """Return the arguments of a fit that are not as usual, and the size of a batch and the epochs in any case."""
    found = {name: call.argument(name) for name in OF_A_FIT}
    found["epochs"] = found["epochs"] or 1
    if found["batch_size"] is None and hasattr(call.argument("x"), "shape"):
        found["batch_size"] = BATCH
    if call.argument("sample_weight") is not None:
        found["sample_weight"] = True
    return {name: value for name, value in found.items() if value is not None and value != USUAL.get(name)}


def compile_settings(network: Any) -> dict[str, Any]:
    """Return what a model was compiled with: its optimiser with all options, loss and metrics."""
    optimizer = getattr(network, "optimizer", None)
    found: dict[str, Any] = {}
    if optimizer is not None:
        options = {
            name: value for name, value in optimizer.get_config().items() if name != "name" and value is not None
        }
        found = {"optimizer": type(optimizer).__name__}
        found |= {f"optimizer.{name}": _plain(value) for name, value in options.items()}
    said = network.get_compile_config() or {} if hasattr(network, "get_compile_config") else {}
    for name in ("loss", "loss_weights", "metrics", "jit_compile", "run_eagerly"):
        if said.get(name):
            found[name] = _plain(said[name])
    trainable = sum(int(_size(weight.shape)) for weight in network.trainable_weights) if network.built else None
    return found if trainable is None else {**found, "model.trainable_parameters": trainable}


def _size(shape: Sequence[int]) -> int:
    product = 1
    for length in shape:
        product *= int(length)
    return product


def _plain(value: Any) -> Any:
    """Return a serialised object of Keras by its class and options, anything else as it is."""
    if isinstance(value, Mapping) and "class_name" in value:
        options = {
            name: _plain(each) for name, each in (value.get("config") or {}).items() if name not in {"name", "dtype"}
        }
        shown = {name: each for name, each in options.items() if each is not None}
        return value["class_name"] if not shown else f"{value['class_name']}({shown})"
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def callback_settings(callbacks: Sequence[Any]) -> dict[str, Any]:
    """Return which callbacks of Keras took part, and what they waited for."""
    found: dict[str, Any] = {}
    for each in callbacks:
        kind = type(each)
        if not kind.__module__.startswith("keras."):
            continue
        options = {name: getattr(each, name, None) for name in OF_CALLBACKS}
        found |= {f"{kind.__name__}.{name}": value for name, value in options.items() if _is_plain(value)}
    return found


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str)


def keras_settings() -> dict[str, Any]:
    """Return what holds for all of Keras in this process."""
    keras = sys.modules["keras"]
    seeds = sys.modules.get("keras.src.utils.rng_utils")
    seed = seeds.get_random_seed() if seeds is not None and hasattr(seeds, "get_random_seed") else None
    torch = sys.modules.get("torch")
    if seed is None and torch is not None and keras.backend.backend() == "torch":
        seed = torch.initial_seed()
    return {
        "backend": keras.backend.backend(),
        "dtype_policy": keras.config.dtype_policy().name,
        **({"seed": seed} if seed is not None else {}),
    }
