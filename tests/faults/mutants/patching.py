"""Putting a defect in the place of what is right, in this process alone."""

from __future__ import annotations

from typing import Any


def put(owner: Any, name: str, defect: Any) -> Any:
    """Put `defect` in the place of what `owner` has of that name, and return what was there."""
    right = getattr(owner, name)
    setattr(owner, name, defect)
    return right
