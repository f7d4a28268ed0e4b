"""Splitters of scikit-learn's kind: the strategy that each stands for, its settings and its seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provkg.capture.chance import UNSEEDED, seed_of

SPLITTERS: Final[Mapping[str, str]] = {
    "KFold": "kFold",
    "StratifiedKFold": "stratified",
    "GroupKFold": "grouped",
    "StratifiedGroupKFold": "stratifiedGrouped",
    "ShuffleSplit": "random",
    "StratifiedShuffleSplit": "stratified",
    "GroupShuffleSplit": "grouped",
    "TimeSeriesSplit": "temporal",
    "RepeatedKFold": "repeatedKFold",
    "RepeatedStratifiedKFold": "repeatedKFold",
    "LeaveOneOut": "leaveOneOut",
    "LeaveOneGroupOut": "grouped",
    "LeavePGroupsOut": "grouped",
    "PredefinedSplit": "predefined",
}
"""Strategies by the name of scikit-learn's class."""


def strategy_of(splitter: object) -> str:
    """Return the strategy of a splitter; one that scikit-learn does not have is called by its class."""
    names = [kind.__name__ for kind in type(splitter).__mro__]
    return next((SPLITTERS[name] for name in names if name in SPLITTERS), names[0])


def settings_of(splitter: object) -> dict[str, Any]:
    """Return the settings of a splitter as it holds them, with its seed; where nobody set one, that is said."""
    said = {name: value for name, value in getattr(splitter, "__dict__", {}).items() if not name.startswith("_")}
    draws = bool(said.get("shuffle", "random_state" in said))
    seed = seed_of(said.pop("random_state", None))
    plain = {name: value for name, value in said.items() if isinstance(value, str | bool | int | float)}
    return {**plain, **({"random_state": seed if seed is not None else UNSEEDED} if draws else {})}
