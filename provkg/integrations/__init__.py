"""Frameworks that record by themselves: each module here knows one framework, and is loaded when that one is.

A new framework gets a module with a function `observe(framework, observed)`, called once with the framework's module
when the user's program has imported it, and a line in `FRAMEWORKS`. What it watches it watches through `observed`, so
that it can be let go; data comes from `data_of`, and the run from `training_here`.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from provkg.capture.trouble import trouble
from provkg.errors import BadParameter
from provkg.integrations.observing import Observed
from provkg.integrations.on_import import when_imported
from provkg.integrations.seeds import let_seeds_go, watch_seeds

FRAMEWORKS: Final[dict[str, str]] = {
    "datasets": "datasets",
    "lightgbm": "lightgbm",
    "mlflow": "mlflow",
    "optuna": "optuna",
    "pandas": "pandas",
    "polars": "polars",
    "sklearn": "sklearn",
    "torch": "torch",
    "lightning": "lightning.pytorch",
    "pytorch_lightning": "pytorch_lightning",
    "transformers": "transformers.trainer",
    "keras": "keras",
    "xgboost": "xgboost",
}
"""The module whose import matters, by the name of ours; both are the same for most."""
_observed: Final[dict[str, Observed]] = {}
_lock: Final = threading.RLock()


def autolog(*frameworks: str, disable: bool = False, predictions: bool = False) -> tuple[str, ...]:
    """Record what the named frameworks do, all that are installed unless named; returns their names.

    A framework that the program has not imported yet is watched from its import on. With `disable` they are let go.
    With `predictions` what models predict is recorded too, where the framework's module can: each call is a run then.
    """
    named = frameworks or tuple(FRAMEWORKS)
    chosen = tuple(name for name in named if _is_known(name) and _is_installed(name, insisted=bool(frameworks)))
    with _lock:
        for name in chosen:
            if disable:
                _let_go(name)
            else:
                _watch(name, predictions=predictions)
        if _observed:
            watch_seeds()
        else:
            let_seeds_go()
    return chosen


def _is_known(name: str) -> bool:
    if name in FRAMEWORKS:
        return True
    trouble(f"provkg cannot record {name!r} by itself, only {', '.join(FRAMEWORKS)}", error=BadParameter)
    return False


def _is_installed(name: str, *, insisted: bool) -> bool:
    root = FRAMEWORKS[name].partition(".")[0]
    # What stands in for a module, as test doubles do, may have no spec to be found by.
    found = root in sys.modules or find_spec(root) is not None
    if insisted and not found:
        trouble(f"{root} is not installed, so there is nothing of it to record")
    return found


def _watch(name: str, *, predictions: bool) -> None:
    if name in _observed:
        return
    observed = _observed[name] = Observed(name, predictions=predictions)

    def observe(framework: ModuleType) -> None:
        if _observed.get(name) is observed:  # not let go since
            import_module(f"provkg.integrations.{name}").observe(framework, observed)

    when_imported(FRAMEWORKS[name], observe)


def _let_go(name: str) -> None:
    observed = _observed.pop(name, None)
    if observed is not None:
        observed.let_go()
