"""The run that a framework's work belongs to: the user's own block where one is open, else one of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Unpack
from weakref import WeakSet

from provkg.capture import ModelHandle, RunBlock, TrainingBlock, TuningBlock, training
from provkg.capture.about import About
from provkg.capture.around import open_run
from provkg.capture.handles import Data, Things, things


def open_training() -> TrainingBlock | None:
    """Return the training that this thread or task is in, in blocks within it too; None outside of one.

    The trials of a search are trainings of their own.
    """
    run = open_run()
    while run is not None and not isinstance(run, TrainingBlock | TuningBlock):
        run = run.parent
    if run is None:
        return next((found for open_there in _elsewhere if (found := open_there()) is not None), None)
    return run if isinstance(run, TrainingBlock) else None


_elsewhere: Final[list[Callable[[], TrainingBlock | None]]] = []


def also_open(open_there: Callable[[], TrainingBlock | None]) -> None:
    """Ask `open_there` too which training is open: a framework may know when a task has lost what went before.

    The cells of a notebook are tasks of their own, and what one began the next one does not see.
    """
    if open_there not in _elsewhere:
        _elsewhere.append(open_there)


def open_block() -> RunBlock | None:
    """Return the block that this thread or task is in."""
    run = open_run()
    return run if isinstance(run, RunBlock) else None


_in_hand: Final[WeakSet[RunBlock]] = WeakSet()


def take_in_hand(run: RunBlock) -> None:
    """Let a framework tell all of this run, so that the libraries it is built on tell nothing of it beside."""
    _in_hand.add(run)


def in_other_hands() -> bool:
    """Whether a run that a framework tells of goes on."""
    return any(run.goes_on for run in _in_hand)


@dataclass
class Given:
    """What a framework's training starts from."""

    start_from: ModelHandle | None = None
    resume_from: ModelHandle | None = None


def begun_or_joined(title: str, given: Given) -> tuple[TrainingBlock, bool]:
    """Return the training of the user's around this, or a new one that begins now, and whether it is new.

    It is in the hands of the caller, who says its data when they are known, and ends it where it is new.
    """
    around = open_training()
    if around is None:
        # No data yet, which is no lack: they are said when the framework has them.
        run = training(title, data=iter(()), start_from=given.start_from, resume_from=given.resume_from).begin()
        take_in_hand(run)
        return run, True
    if given.start_from is not None:
        around.start_from(given.start_from)
    if given.resume_from is not None:
        around.resume_from(given.resume_from)
    take_in_hand(around)
    return around, False


@contextmanager
def training_here(
    title: str, *, data: Things, validation: Things = None, **about: Unpack[About]
) -> Iterator[TrainingBlock]:
    """Enter the training that a framework's `fit` belongs to.

    Inside a training of the user's, or of an outer framework's, it is that one, which learns the parameters,
    libraries, data and validation data it has not been told; its end is not ours. Everywhere else it is a new one.
    """
    around = open_training()
    known = tuple(each for each in things(data, "data") if isinstance(each, Data))
    if around is None or not around.takes(*known):
        with training(title, data=data, validation=validation, **about) as run:
            yield run
        return
    if not around.names_data:
        around.learn_from(*known)
    if not around.names_validation:
        around.validate_on(*(each for each in things(validation, "validation") if isinstance(each, Data)))
    unsaid = {name: value for name, value in (about.get("params") or {}).items() if name not in around.told.params}
    around.params(unsaid)
    around.told.add_libraries(about.get("library"))
    yield around
