"""What holds for the whole process unless a call says otherwise: `configure(...)` over environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provkg.folder import DEFAULT_FOLDER

if TYPE_CHECKING:
    from provkg.records import Agent

FALSE: Final = frozenset({"", "0", "off", "no", "false"})
TRUE: Final = frozenset({"1", "on", "yes", "true"})


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """The process-wide defaults; None where nothing was said."""

    store: Path | None = None
    base: str | None = None
    level: str | None = None
    project: str | None = None
    experiment: str | None = None
    responsible: str | Agent | None = None
    agent: str | Agent | None = None
    code: Path | None = None
    strict: bool = False
    progress_seconds: float = 10.0

    @property
    def folder(self) -> Path:
        """Where the knowledge graph lies."""
        return (self.store or Path(DEFAULT_FOLDER)).absolute()


_said: dict[str, Any] = {}
_known: Defaults | None = None


def defaults() -> Defaults:
    """Return what holds now; the environment is read once."""
    global _known
    if _known is None:
        _known = replace(_from_environment(), **_said)
    return _known


def set_defaults(**said: Any) -> Defaults:
    """Change what holds; values of None say nothing."""
    global _known
    unknown = set(said) - {field.name for field in fields(Defaults)}
    if unknown:
        raise TypeError(f"no such default: {', '.join(sorted(unknown))}")
    _said.update({name: value for name, value in said.items() if value is not None})
    _known = None
    return defaults()


def forget_defaults() -> None:
    """Return to what the environment says."""
    global _known
    _said.clear()
    _known = None


def _from_environment() -> Defaults:
    store = os.environ.get("PROVKG_STORE")
    return Defaults(
        store=Path(store) if store else None,
        project=os.environ.get("PROVKG_PROJECT") or None,
        experiment=os.environ.get("PROVKG_EXPERIMENT") or None,
        responsible=os.environ.get("PROVKG_RESPONSIBLE") or None,
        agent=os.environ.get("PROVKG_AGENT") or None,
        strict=os.environ.get("PROVKG_STRICT", "").lower() not in FALSE,
    )
