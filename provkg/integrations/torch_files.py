"""Files of weights that a program writes and reads: which run goes on from which file, told by the file's digest."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provkg.capture import ModelHandle, model
from provkg.capture.architectures import unwrapped
from provkg.capture.file_digests import path_digest
from provkg.integrations.observing import Call

DEEPEST: Final = 3
_made: Final[dict[str, ModelHandle]] = {}
_loaded: Final[dict[int, tuple[weakref.ref[Any], Path]]] = {}
_settings: Final[dict[int, tuple[Any, Path]]] = {}
_weights: Final[weakref.WeakKeyDictionary[Any, Path]] = weakref.WeakKeyDictionary()
_states: Final[weakref.WeakKeyDictionary[Any, Path]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Origin:
    """The file that weights came from; `goes_on` where the optimiser's state came from it too."""

    path: Path
    goes_on: bool


def remember_file(handle: ModelHandle) -> None:
    """Let a file of this handle's digest be known as the model that it is."""
    if handle.sha256 is not None:
        _made[handle.sha256] = handle


def model_in(path: Path, name: str | None = None, framework: str = "torch") -> ModelHandle:
    """Return the model in a file or folder: one that this process recorded, else one of a third party."""
    found = _made.get(path_digest(path).sha256)
    if found is not None:
        return found
    handle = model(name or path.stem, path, framework=framework)
    remember_file(handle)
    return handle


def forget_files() -> None:
    """Know no file any more."""
    for each in (_made, _loaded, _settings, _weights, _states):
        each.clear()


def file_of(given: Any) -> Path | None:
    """Return the file that a path or an open file names; None for what is only in memory."""
    named = given if isinstance(given, str | os.PathLike) else getattr(given, "name", None)
    if not isinstance(named, str | os.PathLike):
        return None
    path = Path(os.fsdecode(named))
    return path if path.exists() else None


# --- what was read


def loading(call: Call) -> Generator[None, None, None]:
    """Note the tensors that `torch.load` or `load_file` of safetensors read from a file."""
    yield
    path = file_of(call.argument("f", call.argument("filename")))
    if path is None:
        return
    for value in _parts(call.result):
        if isinstance(value, list):
            _settings[id(value)] = (value, path)
        else:
            key = id(value)
            _loaded[key] = (weakref.ref(value, lambda _, key=key: _loaded.pop(key, None)), path)  # type: ignore[misc]


def _parts(read: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the tensors in what was read, and the options of an optimiser, which hold none."""
    torch = sys.modules["torch"]
    if isinstance(read, torch.Tensor):
        yield read
    elif isinstance(read, torch.nn.Module):
        yield from read.parameters()
    elif isinstance(read, Mapping) and depth <= DEEPEST:
        for name, value in read.items():
            if name == "param_groups" and isinstance(value, list):
                yield value
            yield from _parts(value, depth + 1)


def _read_from(given: Any) -> Path | None:
    for value in _parts(given):
        alive, path = _settings.get(id(value)) or _loaded.get(id(value)) or (None, None)
        same = alive() if isinstance(alive, weakref.ref) else alive
        if same is value and path is not None:
            return path
    return None


def weights_set(call: Call) -> Generator[None, None, None]:
    """Note the file that a module's weights come from."""
    path = _read_from(call.argument("state_dict"))
    yield
    if path is not None:
        _weights[call.owner] = path


def optimizer_set(call: Call) -> Generator[None, None, None]:
    """Note the file that an optimiser's state comes from."""
    path = _read_from(call.argument("state_dict"))
    yield
    if path is not None:
        _states[call.owner] = path


def origin_of(module: Any, optimizer: Any) -> Origin | None:
    """Return the file that a module, or the largest part of it, had its weights from; None where it began anew."""
    path = next((_weights[each] for each in module.modules() if each in _weights), None) or _read_from(module)
    goes_on = optimizer is not None and _states.get(optimizer) == path
    return Origin(path, goes_on=goes_on) if path is not None else None


# --- what was written


def holds(saved: Any, module: Any) -> bool:
    """Whether `saved` is a module's state, or has it as a part: the same names with the same shapes."""
    torch = sys.modules["torch"]
    # What is saved of a wrapped module is often what it wraps.
    wanted = [_shapes(each.state_dict()) for each in (module, unwrapped(module))]
    if isinstance(saved, torch.nn.Module):
        return saved is module or _shapes(saved.state_dict()) in wanted
    return any(_shapes(each) in wanted for each in _mappings(saved))


def _mappings(saved: Any, depth: int = 0) -> Iterator[Mapping[Any, Any]]:
    if isinstance(saved, Mapping) and depth <= DEEPEST:
        yield saved
        for value in saved.values():
            yield from _mappings(value, depth + 1)


def _shapes(state: Mapping[Any, Any]) -> dict[str, tuple[int, ...]]:
    named = {str(name): getattr(value, "shape", None) for name, value in state.items()}
    return {name: tuple(shape) for name, shape in named.items() if isinstance(shape, tuple)}
