"""Which run the code of a thread or task is in."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from provkg.capture.seeds import seed_set
from provkg.capture.shared_runs import SharedRun
from provkg.capture.trouble import trouble
from provkg.capture.wording import shown
from provkg.errors import BadParameter

if TYPE_CHECKING:
    from provkg.capture.lifecycle import Lifecycle

entered: Final[ContextVar[Lifecycle | None]] = ContextVar("provkg run", default=None)
current: Final = entered.get
"""Returns what this thread or task entered last, whether it has ended or not: the quickest way to see a change."""


def seed_is_set(name: str, value: int | str | None, scope: str) -> None:
    """Know of a seed that somebody set, for the runs that go on here and those that will begin."""
    setting, run = seed_set(name, value, scope), open_run()
    while setting is not None and run is not None:
        run.told.seeds[name] = setting
        run = run.parent


def open_run() -> Lifecycle | None:
    """Return the run that this thread or task is in."""
    run = entered.get()
    while run is not None and run._ended is not None:  # noqa: SLF001 - closed out of order
        run = run.parent
    return run


def surrounding(title: str, within: Any) -> Lifecycle | None:
    """Return the run that a new one is a part of: the named one, else the one that this thread or task is in."""
    if within is None:
        return open_run()
    is_run = isinstance(within, SharedRun)
    if is_run and within.goes_on:
        return within  # type: ignore[no-any-return]
    told = f"run {within.title!r} has not begun or has ended" if is_run else f"{shown(within)} is none"
    trouble(f"within= takes a run that goes on, and {told}; {title!r} is recorded outside of it", error=BadParameter)
    return open_run()
