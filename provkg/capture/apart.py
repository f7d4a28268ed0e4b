"""Which run the code of a thread or task belongs to, where begin and end of the run lie in different places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provkg.capture.around import entered, open_run
from provkg.capture.lifecycle import Lifecycle


@contextmanager
def inside(run: Lifecycle | None) -> Iterator[None]:
    """Let what happens here belong to `run`, which goes on: the rest of this thread or task stays where it is."""
    token = entered.set(run)
    try:
        yield
    finally:
        entered.reset(token)


def enter(run: Lifecycle) -> None:
    """Let what this thread or task does from now on belong to `run`, which `begin` began."""
    entered.set(run)


def lies_in(run: Lifecycle) -> bool:
    """Whether what this thread or task does belongs to `run`, at whatever depth."""
    around = open_run()
    while around is not None and around is not run:
        around = around.parent
    return around is run


def leave(run: Lifecycle) -> None:
    """Let what this thread or task does from now on belong to what `run` is a part of."""
    if entered.get() is run:
        entered.set(run._parent)  # noqa: SLF001 - the two belong together
