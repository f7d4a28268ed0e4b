"""`configure`: what holds for the whole process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from provkg.capture.defaults import set_defaults
from provkg.capture.facts import begin_gathering
from provkg.capture.usage.energy import checked_country, prepare
from provkg.errors import BadParameter
from provkg.facts_file import read_facts
from provkg.folder import LEVELS

if TYPE_CHECKING:
    from provkg.records import Agent


def configure(
    *,
    store: str | os.PathLike[str] | None = None,
    project: str | None = None,
    experiment: str | None = None,
    responsible: str | Agent | None = None,
    agent: str | Agent | None = None,
    code: str | os.PathLike[str] | None = None,
    strict: bool | None = None,
    level: str | None = None,
    base: str | None = None,
    progress_seconds: float | None = None,
    resources_seconds: float | None = None,
    energy: bool | str | None = None,
    country: str | None = None,
    facts: str | os.PathLike[str] | None = None,
) -> None:
    """Set what holds for all later calls of this process; what is not named stays.

    `store` is the folder of the graph (else `PROVKG_STORE`, else `./kg`), made with `base` and `level` when it is
    absent. `responsible` answers for the runs, `agent` sets them off; both are a name, or `team:…`, `organization:…`.
    `code` is the file whose commit or digest is recorded, where it is not the script that Python was started with;
    name it before the first record.
    With `strict`, what cannot be recorded or is refused raises. Open runs report their progress every
    `progress_seconds`; what they use of the machine is looked at every `resources_seconds` (0: never; else
    `PROVKG_RESOURCES_SECONDS`). With `energy` (True or "process", or "machine") CodeCarbon tells what energy they take,
    and what that emits in `country`, three letters of ISO 3166-1 (else `PROVKG_COUNTRY`). `facts` is the file that says
    what only people know (else `PROVKG_FACTS`, else the `provkg.toml` at or above the script or the working folder).
    Raises `BadParameter` for a level, energy or country that there is not, and for what is no path.
    """
    if level is not None and level not in LEVELS:
        raise BadParameter(f"level={level!r} is no level; take one of {', '.join(LEVELS)}")
    where = _path("code", code)
    set_defaults(
        store=_path("store", store),
        project=project,
        experiment=experiment,
        responsible=responsible,
        agent=agent,
        code=where.absolute() if where is not None else None,
        strict=strict,
        level=level,
        base=base,
        progress_seconds=progress_seconds,
        resources_seconds=resources_seconds,
        energy=energy,
        country=checked_country(country),
        facts=read_facts(Path(facts)) if facts is not None else None,
    )
    begin_gathering()
    if energy:
        prepare()


def _path(name: str, said: object) -> Path | None:
    try:
        return Path(said) if said is not None else None  # type: ignore[arg-type] # whatever it is
    except TypeError:
        raise BadParameter(f"{name}={said!r:.200} is no path; give text or a pathlib.Path") from None
