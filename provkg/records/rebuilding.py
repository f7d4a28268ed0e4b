"""A description with some of its values changed, however deep they lie in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from provkg.records.description import Description

D = TypeVar("D", bound=Description)
Change = Callable[[Description, str, Any], Any]
"""Makes of a description, the name of a field and a value in it what stands there instead; the same for no change."""


def rebuilt(described: D, change: Change) -> D:
    """Return `described` with every value in it replaced by what `change` makes of it."""
    given = {each.name: getattr(described, each.name) for each in dataclasses.fields(described)}
    made = {name: _changed(described, name, value, change) for name, value in given.items()}
    new = {name: value for name, value in made.items() if value is not given[name]}
    return dataclasses.replace(described, **new) if new else described


def _changed(described: Description, name: str, value: Any, change: Change) -> Any:
    if isinstance(value, Description):
        return rebuilt(value, change)
    if isinstance(value, tuple):
        made = tuple(_changed(described, name, each, change) for each in value)
        return value if all(new is old for new, old in zip(made, value, strict=True)) else made
    return change(described, name, value)
