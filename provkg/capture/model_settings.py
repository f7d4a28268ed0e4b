"""The settings that a model was made with, where it knows them: scikit-learn's estimators, the seed of torch."""

from __future__ import annotations

import inspect
import sys
from typing import Any, Final

from provkg.records.parameters import is_seed

TORCH_SEED: Final = "torch_seed"
SEED_OF_TORCH: Final = "torch.manual_seed"
"""The name under which the same seed is known where it was seen to be set."""


def settings_of(model: Any) -> dict[str, Any]:
    """Return the parameters of an estimator, of those in it too, but for its seeds; nothing of another object."""
    return {name: value for name, value in _parameters(model).items() if not is_seed(_last(name))}


def seeds_of(model: Any) -> dict[str, int]:
    """Return the seeds of an estimator, or that which torch drew a module's weights with."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        return {TORCH_SEED: int(torch.initial_seed())}
    found = _parameters(model)
    # With a dot, by which what is nested is named: a seed in a pipeline is one, too.
    seeds = {name.replace("__", "."): value for name, value in found.items() if is_seed(_last(name))}
    return {name: value for name, value in seeds.items() if isinstance(value, int)}


def _parameters(model: Any) -> dict[str, Any]:
    if inspect.isclass(model) or not (hasattr(model, "get_params") and hasattr(model, "fit")):
        return {}
    return {name: value for name, value in model.get_params(deep=True).items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    # Estimators in it tell their own parameters; functions and generators have no value that could be compared.
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return isinstance(value, bool | int | float | str) or (hasattr(value, "item") and getattr(value, "ndim", 1) == 0)


def _last(name: str) -> str:
    return name.rpartition("__")[2]
