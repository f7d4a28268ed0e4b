"""What transformers say of themselves: arguments of a training, a model's configuration and base, its tokenizer."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from provkg.capture import ModelHandle, model
from provkg.capture.models import Weights
from provkg.identity import canonical_json
from provkg.integrations.torch_files import model_in, remember_file
from provkg.records import Tokenizer

SECRET: Final = ("hub_token", "push_to_hub_token")
OF_THE_PLACE: Final = (
    *("output_dir", "logging_dir", "run_name", "local_rank", "ddp_backend", "report_to", "hub_model_id"),
    *("disable_tqdm", "log_level", "logging_nan_inf_filter", "distributed_state", "deepspeed_plugin"),
)
"""Where and how a program runs, not what it learns."""
ALWAYS: Final = (
    *("learning_rate", "per_device_train_batch_size", "num_train_epochs", "max_steps", "seed", "optim", "weight_decay"),
    *("lr_scheduler_type", "warmup_steps", "gradient_accumulation_steps", "max_grad_norm", "bf16", "fp16"),
)
HUB: Final = "https://huggingface.co/"
UNCONFIGURED: Final = ("_name_or_path", "transformers_version", "architectures", "torch_dtype", "dtype", "model_type")


def argument_settings(args: Any) -> dict[str, Any]:
    """Return the training arguments that are not as usual, and those that always count."""
    found: dict[str, Any] = {}
    for each in dataclasses.fields(args):
        value = getattr(args, each.name, None)
        if each.name.startswith("_") or each.name in SECRET or each.name in OF_THE_PLACE or value is None:
            continue
        if each.name in ALWAYS or _plain(value) != _plain(_usual(each)):
            found[each.name] = _plain(value)
    return found


def _usual(field: Any) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else None


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | int | float | str | dict | type(None)):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)


def config_settings(module: Any) -> dict[str, Any]:
    """Return what a model's configuration says apart from the usual."""
    config: Any = getattr(module, "config", None)
    if not hasattr(config, "to_diff_dict"):
        return {}
    said = {name: _plain(value) for name, value in config.to_diff_dict().items() if name not in UNCONFIGURED}
    kind = {"model_type": config.model_type} if getattr(config, "model_type", None) else {}
    return {
        **kind,
        **{f"config.{name}": value for name, value in said.items() if not isinstance(value, dict) or len(value) <= 20},
    }


def base_of(module: Any) -> ModelHandle | None:
    """Return the model that was loaded to begin with; None for one that begins with random weights."""
    named = str(getattr(module, "name_or_path", "") or "")
    if not named:
        return None
    if Path(named).is_dir():
        return model_in(Path(named), type(module).__name__)
    revision = getattr(getattr(module, "config", None), "_commit_hash", None)
    held = _downloaded(named, revision) or Weights(module)
    handle = model(named, held, source=HUB + named, version=revision, framework="transformers")
    remember_file(handle)
    return handle


def _downloaded(named: str, revision: str | None) -> Path | None:
    """Return the folder that holds the files of a model from the hub; nothing is fetched."""
    hub = sys.modules.get("transformers.utils.hub")
    if hub is None:
        return None
    try:
        found = hub.cached_file(named, "config.json", revision=revision, local_files_only=True)
    except (OSError, ValueError):
        return None
    return Path(found).parent if found is not None else None


def tokenizer_of(processing: Any) -> Tokenizer | None:
    """Return what cuts text for a model: its class and the digest of all that it knows; None where there is none."""
    inner = getattr(processing, "tokenizer", processing)
    if inner is None or not hasattr(inner, "get_vocab"):
        return None
    parts = sorted(_known(inner))
    return Tokenizer(
        title=type(inner).__name__,
        version=str(getattr(inner, "name_or_path", "") or "") or None,
        sha256=sha256(canonical_json([list(part) for part in parts])).hexdigest(),
    )


def _known(tokenizer: Any) -> Iterator[tuple[str, str]]:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None and hasattr(backend, "to_str"):
        yield "tokenizer", str(backend.to_str())
    else:
        yield "vocabulary", json.dumps(tokenizer.get_vocab(), sort_keys=True, ensure_ascii=False)
    yield "special", json.dumps(tokenizer.special_tokens_map, sort_keys=True, ensure_ascii=False, default=str)
    yield "longest", str(tokenizer.model_max_length)
