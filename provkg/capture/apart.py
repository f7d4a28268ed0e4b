"""Runs whose begin and end lie in different places of a program, as frameworks and generators have them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provkg.capture.lifecycle import Lifecycle, _current


@contextmanager
def inside(run: Lifecycle | None) -> Iterator[None]:
    """Let what happens here belong to `run`, which goes on: the rest of this thread or task stays where it is."""
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


def begin_apart(run: Lifecycle) -> None:
    """Begin `run` without letting what follows belong to it: frameworks say begin and end in different places."""
    with inside(_current.get()):
        run.__enter__()


def end_apart(run: Lifecycle, error: BaseException | None = None) -> None:
    """End a run that `begin_apart` began, from any thread or task."""
    with inside(_current.get()):
        run.__exit__(type(error) if error is not None else None, error, None)
