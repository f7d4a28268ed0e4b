"""Lightning under its older name, `pytorch_lightning`."""

from __future__ import annotations

from typing import Any

from provkg.integrations.lightning import callback_class, observe

__all__ = ["observe"]


def __getattr__(name: str) -> Any:
    if name == "ProvenanceCallback":
        return callback_class("pytorch_lightning")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
