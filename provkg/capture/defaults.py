"""What holds for the whole process unless a call says otherwise.

`configure(...)` comes before environment variables, and these before what stands in `provkg.toml`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provkg.facts_file import NO_FACTS, FactsFile, facts_of_work
from provkg.folder import DEFAULT_FOLDER

if TYPE_CHECKING:
    from provkg.records import Agent

FALSE: Final = frozenset({"", "0", "off", "no", "false"})
TRUE: Final = frozenset({"1", "on", "yes", "true"})
_PACKAGE: Final = Path(__file__).parent.parent


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
    python: Path | None = None
    """The Python that the code runs in, where it is not this one."""
    facts: FactsFile = NO_FACTS
    strict: bool = False
    progress_seconds: float = 10.0
    resources_seconds: float = 10.0
    energy: bool | str = False
    country: str | None = None

    @property
    def folder(self) -> Path:
        """Where the knowledge graph lies."""
        return (self.store or Path(DEFAULT_FOLDER)).absolute()


_said: dict[str, Any] = {}
_known: Defaults | None = None
_found: FactsFile | None = None


def defaults() -> Defaults:
    """Return what holds now; the environment and `provkg.toml` are read once."""
    global _known, _found
    if _known is None:
        if _found is None:
            _found = _facts()
        told = {"facts": _found} | _said
        _known = Defaults(**{**_from_facts(told["facts"]), **_from_environment(), **told})
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
    """Return to what the environment and `provkg.toml` say."""
    global _known, _found
    _said.clear()
    _known = _found = None


def told_everywhere(name: str) -> Any:
    """Return the default `name` where code or the environment says it; None where nothing or `provkg.toml` does."""
    value = getattr(defaults(), name)
    fact = defaults().facts.settings.get(name)
    return None if fact is not None and value == fact.value else value


def _from_environment() -> dict[str, Any]:
    store = os.environ.get("PROVKG_STORE")
    said = {
        "store": Path(store) if store else None,
        "project": os.environ.get("PROVKG_PROJECT") or None,
        "experiment": os.environ.get("PROVKG_EXPERIMENT") or None,
        "responsible": os.environ.get("PROVKG_RESPONSIBLE") or None,
        "agent": os.environ.get("PROVKG_AGENT") or None,
        "strict": os.environ.get("PROVKG_STRICT", "").lower() not in FALSE,
        "country": os.environ.get("PROVKG_COUNTRY") or None,
        "resources_seconds": _seconds(os.environ.get("PROVKG_RESOURCES_SECONDS", "")),
    }
    return {name: value for name, value in said.items() if value is not None}


def _seconds(said: str) -> float | None:
    try:
        return 0.0 if said.lower() in FALSE - {""} else float(said)
    except ValueError:
        return None


def _from_facts(facts: FactsFile) -> dict[str, Any]:
    said = {name: fact.value for name, fact in facts.settings.items()}
    return said | ({"store": facts.store} if "store" in said else {})


def _facts() -> FactsFile:
    try:
        return facts_of_work(*_places_of_work())
    except OSError:  # the working folder is gone
        return NO_FACTS


def _places_of_work() -> list[Path]:
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    # A command of ours, or of another package, is no work of the user's: its place is the working folder.
    own = Path(script).absolute() if script else None
    installed = own is None or any(own.is_relative_to(place) for place in (_PACKAGE, sys.prefix))
    return [Path.cwd()] if own is None or installed else [own.parent, Path.cwd()]
