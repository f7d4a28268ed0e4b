"""How a torch module is trained: optimiser, schedulers, loss, precision and determinism, as parameters of a run."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any, Final

from provkg.capture.architectures import trainable_parameters, unwrapped
from provkg.capture.frames import names_in

MODES: Final = ("maximize", "foreach", "capturable", "differentiable", "fused", "decoupled_weight_decay")
"""How an optimiser computes rather than what; recorded where they are not as usual."""
OF_ITS_STATE: Final = ("last_epoch", "num_bad_epochs", "best", "cooldown_counter", "num_steps", "T_cur", "verbose")
DEEPEST: Final = 40


def optimizer_settings(optimizer: Any, name: str = "optimizer") -> dict[str, Any]:
    """Return the class and the options of an optimiser; those of a parameter group where it differs from the first."""
    first, *others = [_options(group) for group in optimizer.param_groups] or [{}]
    found: dict[str, Any] = {name: type(optimizer).__name__}
    found |= {f"{name}.{option}": value for option, value in first.items()}
    for number, group in enumerate(others, 1):
        differs = {option: value for option, value in group.items() if value != first.get(option)}
        found |= {f"{name}.group{number}.{option}": value for option, value in differs.items()}
    return found


def _options(group: dict[str, Any]) -> dict[str, Any]:
    shown = {option: value for option, value in group.items() if option not in {"params", "initial_lr"}}
    return {option: value for option, value in shown.items() if value is not None and (option not in MODES or value)}


def scheduler_settings(scheduler: Any, name: str = "scheduler") -> dict[str, Any]:
    """Return the class and the options of a scheduler of learning rates."""
    found: dict[str, Any] = {name: type(scheduler).__name__}
    for option, value in vars(scheduler).items():
        if not option.startswith("_") and option not in OF_ITS_STATE and isinstance(value, bool | int | float | str):
            found[f"{name}.{option}"] = value
    return found


def loss_settings(loss: Any) -> dict[str, Any]:
    """Return the class and the options of a loss module."""
    options = {
        option: getattr(loss, option)
        for option in getattr(loss, "__constants__", ())
        if isinstance(getattr(loss, option, None), bool | int | float | str)
    }
    return {"loss": type(loss).__name__, **{f"loss.{option}": value for option, value in options.items()}}


def module_settings(module: Any) -> dict[str, Any]:
    """Return how many parameters of a module learn, of which type they are, and whether it is compiled."""
    kinds = {str(each.dtype).removeprefix("torch.") for each in module.parameters()}
    found: dict[str, Any] = {"trainable_parameters": trainable_parameters(module), "dtype": ",".join(sorted(kinds))}
    outer = type(module)
    if unwrapped(module) is not module:
        found["compiled" if outer.__name__ == "OptimizedModule" else "parallel"] = (
            True if outer.__name__ == "OptimizedModule" else outer.__name__
        )
    devices = {str(each.device.type) for each in module.parameters()}
    return {**found, "device": ",".join(sorted(devices))}


def torch_settings() -> dict[str, Any]:
    """Return what holds for all of torch in this process: seed, determinism and precision."""
    torch = sys.modules["torch"]
    return {
        "torch_seed": torch.initial_seed(),
        "deterministic_algorithms": torch.are_deterministic_algorithms_enabled(),
        "cudnn.deterministic": torch.backends.cudnn.deterministic,
        "cudnn.benchmark": torch.backends.cudnn.benchmark,
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
        "default_dtype": str(torch.get_default_dtype()).removeprefix("torch."),
    }


# --- what lies around a call


def in_sight(kinds: tuple[type, ...], framework: str = "torch") -> list[tuple[str, Any]]:
    """Return the objects of `kinds` that the user's code around this call has by a name, the nearest first.

    Attributes of its `self` count, as `model` of a trainer that the user wrote.
    """
    found: dict[int, tuple[str, Any]] = {}
    for name, value in _named(framework):
        if isinstance(value, kinds):
            found.setdefault(id(value), (name, value))
    return list(found.values())


def _named(framework: str) -> Iterator[tuple[str, Any]]:
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the only way to the caller's names
    modules: dict[int, dict[str, Any]] = {}
    for _ in range(DEEPEST):
        if frame is None:
            break
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] not in {framework, "provkg"}:
            yield from _spread(names_in(frame).items())
            modules[id(frame.f_globals)] = frame.f_globals
        frame = frame.f_back
    for names in modules.values():
        yield from _spread(names.items())


def _spread(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name, value in list(items):
        if name.startswith("__"):
            continue
        yield name, value
        if name == "self" and hasattr(value, "__dict__"):
            yield from list(vars(value).items())
