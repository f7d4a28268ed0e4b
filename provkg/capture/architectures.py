"""How a model computes, read from the model itself: its layers with their settings and shapes, and their digest."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from provkg.capture.model_files.facts import ModelFacts, Tensor
from provkg.capture.parameters import ADDRESS
from provkg.capture.secrets import filtered_text
from provkg.identity import canonical_json
from provkg.records import ModelArchitecture

LONGEST: Final = 100_000
"""Characters of a description; the digest is over all layers."""
WRAPPERS: Final = ("_orig_mod", "module")
"""Where what `torch.compile` and the parallel wrappers make keep the module itself."""

Layer = tuple[str, str, dict[str, list[int] | None]]
"""Its name in the model, its class with its settings, and the shapes of its own parameters."""


def architecture_of(model: Any) -> ModelArchitecture | None:
    """Return the architecture of a torch module or a Keras model, without its weights; None of anything else.

    The digest is over the class and all layers: two models of one architecture have the same, however they were
    trained, and whichever parameters were frozen.
    """
    if is_keras(model):
        return _keras_architecture(model)
    return _torch_architecture(unwrapped(model)) if is_module(model) else None


def architecture_in_file(said: ModelFacts) -> ModelArchitecture | None:
    """Return what the file of a model says of how it computes; None where that is only what it was made for.

    The digest is over the shapes: of its tensors, of what goes in and what comes out.
    """
    ports = {"inputs": _listed(said.inputs), "outputs": _listed(said.outputs)}
    tensors = _listed(said.tensors)
    if not tensors and not any(ports.values()) and not said.told:
        return None
    facts = {"format": said.format, **said.told, **{name: some for name, some in ports.items() if some}}
    return ModelArchitecture(
        title=said.title or f"model in {said.format}",
        description=f"{_told(facts)}\n{_described(tensors, 'tensors')}",
        parameter_count=said.parameter_count,
        framework=said.framework,
        sha256=sha256(canonical_json({"tensors": tensors, **ports})).hexdigest(),
    )


def _told(facts: dict[str, Any]) -> str:
    # Whoever wrote the file may have put a key or a path of theirs into it.
    clean = {name: filtered_text(value) if isinstance(value, str) else value for name, value in _flat(facts)}
    return json.dumps(clean, ensure_ascii=False, default=str)[:LONGEST]


def _flat(facts: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all that is told, each under the names that lead to it."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _listed(tensors: Iterable[Tensor]) -> list[Any]:
    return [each.listed for each in tensors]


def is_module(model: Any) -> bool:
    """Whether `model` is a torch module; torch is not imported for the answer."""
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "nn") and isinstance(model, torch.nn.Module)


def is_keras(model: Any) -> bool:
    """Whether `model` is a Keras model; with the torch backend it is a torch module as well."""
    keras = sys.modules.get("keras")
    return keras is not None and hasattr(keras, "Model") and isinstance(model, keras.Model)


def unwrapped(module: Any) -> Any:
    """Return the user's module within those that `torch.compile`, DataParallel and the like put around it."""
    root = type(module).__module__
    inner = next((vars(module)["_modules"].get(name) for name in WRAPPERS if name in vars(module)["_modules"]), None)
    return unwrapped(inner) if inner is not None and root.startswith("torch.") else module


def trainable_parameters(module: Any) -> int:
    """Return how many numbers of a torch module learning may change."""
    return sum(_size(each) for each in module.parameters() if each.requires_grad)


def _torch_architecture(module: Any) -> ModelArchitecture:
    layers = [
        (name, f"{type(child).__name__}({_settings(child)})", dict(_shapes(child)))
        for name, child in module.named_modules()
        if not any(True for _ in child.children()) or any(True for _ in child.parameters(recurse=False))
    ]
    leaves = sum(1 for child in module.modules() if not any(True for _ in child.children()))
    return _architecture(module, layers, "torch", leaves, sum(_size(each) for each in module.parameters()))


def _settings(module: Any) -> str:
    return ADDRESS.sub("", " ".join(str(module.extra_repr()).split()))


def _shapes(module: Any) -> Iterator[tuple[str, list[int] | None]]:
    for name, parameter in module.named_parameters(recurse=False):
        shape = _shape(parameter)
        yield name, list(shape) if shape is not None else None


def _shape(parameter: Any) -> tuple[int, ...] | None:
    try:
        return tuple(int(length) for length in parameter.shape)
    except RuntimeError:  # of a lazy module that has seen no rows yet
        return None


def _size(parameter: Any) -> int:
    return int(parameter.numel()) if _shape(parameter) is not None else 0


def _keras_architecture(model: Any) -> ModelArchitecture:
    layers: list[Layer] = [
        (str(layer.name), _keras_settings(layer), {weight.name: list(weight.shape) for weight in layer.weights})
        for layer in model.layers
    ]
    count = int(model.count_params()) if model.built else None
    config = _config(model)
    nameless = [[settings, [*shapes.values()]] for _, settings, shapes in layers]
    return _architecture(model, layers, "keras", len(layers), count, [nameless, _renamed(config, _places(config))])


def _places(config: dict[str, Any]) -> dict[str, str]:
    """Return the names of layers with their place: Keras numbers names that nobody gives through all models."""
    named = [config.get("name"), *(layer.get("config", {}).get("name") for layer in config.get("layers", ()))]
    return {str(name): f"layer {number}" for number, name in enumerate(named) if name is not None}


def _keras_settings(layer: Any) -> str:
    shown = {
        name: value for name, value in _config(layer).items() if name not in {"name", "dtype"} and value is not None
    }
    return f"{type(layer).__name__}({json.dumps(shown, default=str, sort_keys=True)})"


def _config(layer: Any) -> dict[str, Any]:
    try:
        return dict(layer.get_config())
    except Exception:  # noqa: BLE001 - the user's own layer may have none
        return {}


def _renamed(config: Any, places: dict[str, str]) -> Any:
    """Return a configuration with layers named by their place."""
    if isinstance(config, Mapping):
        return {str(name): _renamed(value, places) for name, value in config.items()}
    if isinstance(config, list | tuple):
        return [_renamed(value, places) for value in config]
    if isinstance(config, str):
        return places.get(config, config)
    return config if isinstance(config, bool | int | float | None) else ADDRESS.sub("", str(config))


def _architecture(
    model: Any, layers: list[Layer], framework: str, count: int, parameters: int | None, definition: Any = None
) -> ModelArchitecture:
    kind = type(model)
    made_of = definition if definition is not None else [list(layer) for layer in layers]
    whole = {"class": f"{kind.__module__}.{kind.__qualname__}", "layers": made_of}
    return ModelArchitecture(
        title=kind.__name__,
        description=_described(layers),
        layer_count=count,
        parameter_count=parameters,
        framework=framework,
        sha256=sha256(canonical_json(whole)).hexdigest(),
    )


def _described(layers: Iterable[Any], what: str = "layers") -> str:
    lines = [json.dumps(layer, ensure_ascii=False) for layer in layers]
    text = "[" + ",\n".join(lines) + "]"
    if len(text) <= LONGEST:
        return text
    shown, length = 0, 0
    while length + len(lines[shown]) < LONGEST:
        length, shown = length + len(lines[shown]) + 2, shown + 1
    return "[" + ",\n".join(lines[:shown]) + f"]\nand {len(lines) - shown:,} more {what}"
