"""Which loaders a plain loop learns from: those that somebody goes through while an optimiser steps."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from provkg.capture.handles import Data
from provkg.capture.trouble import attempt
from provkg.integrations.runs import in_other_hands
from provkg.integrations.torch_data import loaded_data, loading_of
from provkg.integrations.torch_learning import PlainTraining, add

MOST_ENDED: Final = 100
"""Passes that are remembered while nobody trains."""


@dataclass(eq=False)
class Pass:
    """One going through a loader; it goes on for as long as somebody has its iterator."""

    iterator: weakref.ref[Any]
    loader: Callable[[], Any]
    dataset: Callable[[], Any]
    """Outlives a loader that was made for one pass."""
    settings: dict[str, Any]
    counted: PlainTraining | None = None
    """The training whose epoch it is."""

    def goes_on(self, *, newest: bool) -> bool:
        """Whether somebody is amid it; workers that persist keep their iterator, which then has given all it had."""
        iterator, loader = self.iterator(), self.loader()
        if iterator is None:
            return False
        if newest or loader is None or not getattr(loader, "persistent_workers", False):
            return True
        try:
            return bool(iterator._num_yielded < len(loader))  # noqa: SLF001 - nothing else tells
        except (AttributeError, TypeError):
            return True


class Passes:
    """All passes through loaders of this process that have not been told of."""

    def __init__(self) -> None:
        self.count = 0
        self._passes: list[Pass] = []

    def iterated(self, loader: Any, iterator: Any) -> None:
        """Note that somebody goes through a loader."""
        if in_other_hands():
            return
        going_on, ended = self._divided()
        self._passes = [*ended[-MOST_ENDED:], *going_on]
        self._passes.append(Pass(weakref.ref(iterator), _held(loader), _held(loader.dataset), loading_of(loader)))
        self.count += 1

    def going_on_data(self) -> list[Data]:
        """Return the data of the loaders that somebody goes through now."""
        return [found for one in self._divided()[0] for found in _data_of(one, "train")]

    def _divided(self) -> tuple[list[Pass], list[Pass]]:
        """Return the passes that go on, and those that have ended."""
        newest = self._passes[-1] if self._passes else None
        going_on = [each for each in self._passes if each.goes_on(newest=each is newest)]
        return going_on, [each for each in self._passes if each not in going_on]

    def look(self, found: PlainTraining) -> None:
        """Tell loaders by what happens while somebody goes through them: an optimiser steps, or none does."""
        going_on, ended = self._divided()
        self._passes = going_on
        for one in going_on:
            self._train_on(found, one)
        if found.looked:  # what was gone through before the first step is not what that training is checked on
            for one in ended:
                self._validate_on(found, one)
        found.looked = True

    def _train_on(self, found: PlainTraining, one: Pass) -> None:
        dataset = one.dataset()
        if dataset is None or one.counted is found:
            return
        one.counted = found
        if not any(each() is dataset for each in found.trained):
            found.trained.append(one.dataset)
            if not found.by_user:
                found.run.learn_from(*_data_of(one, "train"))
            add(found.run, one.settings)
        if found.trained[0]() is dataset:
            found.epoch = 0 if found.epoch is None else found.epoch + 1

    def _validate_on(self, found: PlainTraining, one: Pass) -> None:
        if self._is_new(found, one) and not found.by_user:
            found.run.validate_on(*_data_of(one, "validation"))

    def _is_new(self, found: PlainTraining, one: Pass) -> bool:
        """Whether nobody trained on what was gone through, and it has not been told of."""
        dataset = one.dataset()
        if dataset is None or any(each() is dataset for each in (*found.trained, *found.checked)):
            return False
        found.checked.append(one.dataset)
        return True

    def rest(self, found: PlainTraining) -> None:
        """Tell what was gone through after the last step; nobody knows for what."""
        for one in self._divided()[1]:
            attempt("record the data that was used", functools.partial(self._use, found, one))
        self.clear()

    def _use(self, found: PlainTraining, one: Pass) -> None:
        if self._is_new(found, one) and not found.by_user:
            found.run.use(*_data_of(one, None))

    def clear(self) -> None:
        """Know of no pass any more."""
        self._passes = []


def _held(thing: Any) -> Callable[[], Any]:
    """Return what returns `thing` for as long as it lives; what cannot be referred to weakly, such as a list, lives."""
    try:
        return weakref.ref(thing)
    except TypeError:
        return lambda: thing


def _data_of(one: Pass, role: str | None) -> tuple[Data, ...]:
    loader, dataset = one.loader(), one.dataset()
    return loaded_data(loader if loader is not None else dataset, role)
