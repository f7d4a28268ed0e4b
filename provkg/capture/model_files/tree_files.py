"""Trees of XGBoost (JSON and UBJSON) and of LightGBM (text), as these libraries save them."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from provkg.capture.model_files.facts import LONGEST_TEXT, MOST_BYTES, Malformed, ModelFacts, Source, Tensor

_JSON: Final = re.compile(rb'\s*\{\s*"(learner|version|Config)"\s*:')
_UBJSON: Final = re.compile(rb"\{[iIlLU\x00]{1,10}.{0,8}?(learner|Config)", re.DOTALL)
LIGHTGBM: Final = b"tree\nversion="


def is_xgboost_json(head: bytes) -> bool:
    """Whether a file begins as a model of XGBoost does in JSON."""
    return _JSON.match(head) is not None


def is_xgboost_ubjson(head: bytes) -> bool:
    """Whether a file begins as a model of XGBoost does in UBJSON, its form since 2.1."""
    return _UBJSON.match(head) is not None


def read_xgboost_json(source: Source) -> ModelFacts | None:
    """Return what a model of XGBoost says; of one beyond 16 MiB only that it is one."""
    bare = ModelFacts("XGBoost JSON", "application/json", framework="xgboost")
    if source.size > MOST_BYTES:
        return bare
    said = json.loads(source.take(source.size))
    learner = said.get("learner") if isinstance(said, dict) else None
    if not isinstance(learner, dict):
        return None  # any other JSON with a version
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    told = {"version": said.get("version"), "objective": learner["objective"]["name"], "booster": booster["name"]}
    trees = booster.get("model", {}).get("gbtree_model_param", {}).get("num_trees")
    if trees is not None:
        told["trees"] = int(trees)
    width = int(parameters["num_feature"])
    names = [str(name)[:LONGEST_TEXT] for name in learner.get("feature_names") or ()]
    return _trees(bare, width, told | ({"features": names} if names else {}))


def read_xgboost_ubjson(_: Source) -> ModelFacts:
    """Return that it is a model of XGBoost."""
    return ModelFacts("XGBoost UBJSON", "application/ubjson", framework="xgboost")


def read_lightgbm(source: Source) -> ModelFacts:
    """Return what stands before the first tree."""
    text = source.take(min(source.size, MOST_BYTES)).partition(b"\nTree=")[0].decode("utf-8", "replace")
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if "max_feature_idx" not in lines:
        raise Malformed("it does not say how many features it takes")
    told: dict[str, Any] = {"version": lines.get("version"), "objective": lines.get("objective")}
    if sizes := lines.get("tree_sizes"):
        told["trees"] = len(sizes.split())
    if names := lines.get("feature_names"):
        told["features"] = names.split()
    bare = ModelFacts("LightGBM text", "text/plain", framework="lightgbm")
    return _trees(bare, int(lines["max_feature_idx"]) + 1, told)


def _trees(bare: ModelFacts, width: int, told: dict[str, Any]) -> ModelFacts:
    rows = Tensor("rows", "float32" if bare.framework == "xgboost" else "float64", (-1, width))
    return ModelFacts(bare.format, bare.media_type, bare.framework, inputs=(rows,), told=told)
