"""A model's content as a record tells it: the bytes of its file, or those it has when pickled."""

from __future__ import annotations

import io
import os
import pickle
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from provkg.capture.architectures import architecture_in_file, architecture_of, is_keras
from provkg.capture.digests import digest
from provkg.capture.file_digests import Digest
from provkg.capture.files import content_of
from provkg.capture.handles import ModelHandle
from provkg.capture.model_files.facts import ModelFacts, dangerous
from provkg.capture.packages import package
from provkg.capture.trouble import attempt, warned
from provkg.capture.wording import worded
from provkg.errors import BadParameter
from provkg.records import ArtifactFile, Model, ModelArchitecture, Project

LABEL_DIGITS: Final = 12
COEFFICIENTS: Final = ("coef_", "intercept_", "coefs_", "intercepts_")


@dataclass(frozen=True)
class Weights:
    """The values of a torch or Keras model in memory, known by their digest: nothing is serialised, however large."""

    module: Any

    def values(self) -> dict[str, Any]:
        """Return the values by name; what else a module keeps in its state as text."""
        if is_keras(self.module):
            return {str(weight.path): _numbers(weight) for weight in self.module.weights}
        state = self.module.state_dict()
        return {name: value if hasattr(value, "detach") else repr(value) for name, value in state.items()}


def _numbers(weight: Any) -> Any:
    value = weight.value
    return value if hasattr(value, "detach") else sys.modules["keras"].ops.convert_to_numpy(value)


def let_go(model: ModelHandle) -> None:
    """Let a model that is known by its values be forgotten by the program: the handle is no reason to keep it."""
    if isinstance(model.object, Weights):
        model.object = None


def handle(name: str, model: Any) -> ModelHandle:
    """Return the handle of a model given as an object, bytes or a path."""
    if not isinstance(model, str | os.PathLike):
        return ModelHandle(name, object=model)
    path = Path(os.fsdecode(model))
    said = attempt(f"read what the file of {name!r} says", lambda: _facts(path))
    return ModelHandle(name, path=path, in_file=said)


def _facts(path: Path) -> ModelFacts | None:
    from provkg.capture.model_files.reading import facts_of  # for those who name files

    said = facts_of(path) if path.exists() else None  # that it is missing is said by whoever reads all of it
    if said is not None and (calls := dangerous(said.calls)):
        warned(
            f"{path} would call {', '.join(calls[:5])} when it is loaded, which no model needs; "
            "load it only if you know who made it",
            kind=f"calls of {path}",
        )
    return said


def origin(model: ModelHandle, *, version: str | None, framework: str | None, project: str | None) -> dict[str, Any]:
    """Return the facts of a version that lie in the model itself, and complete the handle."""
    summed, files = _content(model)
    model.sha256 = summed.sha256
    return {
        "model": Model(name=model.name),
        "version": worded(version, "version=") if version is not None else summed.sha256[:LABEL_DIGITS],
        "sha256": summed.sha256,
        "digest_form": summed.form,
        "framework": framework or library(model) or (model.in_file.framework if model.in_file is not None else None),
        "parameter_count": parameter_count(model.object) if model.in_file is None else model.in_file.parameter_count,
        "files": files,
        "project": Project(name=project) if project else None,
    }


def _content(model: ModelHandle) -> tuple[Digest, tuple[ArtifactFile, ...]]:
    if model.path is not None:
        return content_of(model.path)
    if isinstance(model.object, Weights):
        return digest(model.object.values()), ()
    if model.object is None:
        raise BadParameter("it is None; give the model, its bytes or the path of its file")
    model.content = serialized(model.object)
    return digest(model.content), ()


def serialized(model: Any) -> bytes:
    """Return the bytes of a model: its own, what torch saves of a torch module, else its pickle."""
    if isinstance(model, bytes | bytearray | memoryview):
        return bytes(model)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        file = io.BytesIO()
        torch.save(model.state_dict(), file)
        return file.getvalue()
    if (own := _own_form(model)) is not None:
        return own
    try:
        return pickle.dumps(model, protocol=5)
    except Exception:
        stored = _stored_by_value(model)
        if stored is None:
            raise
        return stored


def _stored_by_value(model: Any) -> bytes | None:
    """Return the bytes of an estimator with functions written in a script, by what joblib's users have."""
    if "joblib" not in sys.modules or not hasattr(model, "get_params"):
        return None
    name = next((name for name in ("cloudpickle", "joblib.externals.cloudpickle") if find_spec(name)), None)
    if name is None:
        return None
    stored: bytes = import_module(name).dumps(model, protocol=5)
    return stored


def _own_form(model: Any) -> bytes | None:
    """Return the bytes that a booster of XGBoost or LightGBM writes to a file."""
    match type(model).__module__.partition(".")[0]:
        case "xgboost" if hasattr(model, "save_raw"):
            return bytes(model.save_raw("ubj"))
        case "lightgbm" if hasattr(model, "model_to_string"):
            return str(model.model_to_string()).encode()
        case _:
            return None


def library(model: ModelHandle) -> str | None:
    """Return the name of the package that the model's class comes from; None for the user's own and built-in ones."""
    if model.object is None:
        return None
    if isinstance(model.object, Weights):
        return "keras" if is_keras(model.object.module) else "torch"
    for kind in type(model.object).__mro__:
        root = kind.__module__.partition(".")[0]
        if root not in {*sys.stdlib_module_names, "__main__"} and (found := package(root)) is not None:
            return found.name
    return None


def architecture(model: ModelHandle) -> ModelArchitecture | None:
    """Return how the model computes, where it says so itself."""
    if model.in_file is not None:
        return architecture_in_file(model.in_file)
    return architecture_of(model.object.module if isinstance(model.object, Weights) else model.object)


def parameter_count(model: Any) -> int | None:
    """Return the number of trained parameters where the model tells: torch, Keras, linear and neural scikit-learn."""
    model = model.module if isinstance(model, Weights) else model
    if callable(getattr(model, "count_params", None)):
        return int(model.count_params())
    if callable(getattr(model, "numel", None)):
        return int(model.numel())
    if callable(getattr(model, "parameters", None)):
        return sum(int(tensor.numel()) for tensor in model.parameters() if hasattr(tensor, "numel"))
    found = [getattr(model, name) for name in COEFFICIENTS if getattr(model, name, None) is not None]
    return sum(_size(each) for each in found) or None


def _size(coefficients: Any) -> int:
    if hasattr(coefficients, "size"):
        return int(coefficients.size)
    return sum(_size(each) for each in coefficients) if isinstance(coefficients, Iterable) else 1
