"""Observing one call of a library's: made once, by whoever made it, and told of afterwards whatever it did."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

from provkg.capture.secrets import filtered_text
from provkg.capture.trouble import attempt
from provkg.capture.watching.states import State

_PACKAGE: Final = str(Path(__file__).parent.parent)
SCALARS: Final = 512
"""So many numbers that columns came down to are remembered, to be known again when a later call is given one."""
LONGEST_TOLD: Final = 500
LONGEST_LIST: Final = 50


class _Here(threading.local):
    busy = False


_here: Final = _Here()


def busy() -> bool:
    """Whether a call of the library's that is observed goes on in this thread: what it calls itself is no operation."""
    return _here.busy


@contextmanager
def inside() -> Iterator[None]:
    """Do something with watched tables that is no operation of the user's."""
    before, _here.busy = _here.busy, True
    try:
        yield
    finally:
        _here.busy = before


@dataclass(frozen=True)
class Origin:
    """A column that values came from, as it was in a state; `whole` when not from the same row alone.

    `assumed` when it is only known that it was read before.
    """

    state: State
    column: str
    whole: bool = False
    assumed: bool = False


Origins = frozenset[Origin]


class Known:
    """Where arrays and numbers that left a table came from, for as long as they live."""

    def __init__(self) -> None:
        self._arrays: dict[int, tuple[Any, Origins]] = {}
        self._numbers: dict[int, tuple[Any, Origins]] = {}
        self._read: dict[Origin, None] = {}
        self._leaked: dict[Origin, None] = {}

    def array(self, made: Any, origins: Origins) -> None:
        """Remember an array, until it is gone."""
        key = id(made)
        self._arrays[key] = (weakref.ref(made, lambda _gone: self._arrays.pop(key, None) and None), origins)

    def number(self, made: Any, origins: Origins) -> None:
        """Remember a number of numpy's; the oldest are forgotten."""
        self._numbers[id(made)] = (made, whole(origins))
        while len(self._numbers) > SCALARS:
            del self._numbers[next(iter(self._numbers))]

    def of(self, given: Any) -> Origins | None:
        """Return where an array or number came from, if it is known."""
        found = self._arrays.get(id(given))
        if found is not None and found[0]() is given:
            return found[1]
        base = getattr(given, "base", None)
        if base is not None and (of_base := self._arrays.get(id(base))) is not None and of_base[0]() is base:
            return whole(of_base[1])  # a view, perhaps turned round or cut
        scalar = self._numbers.get(id(given))
        return scalar[1] if scalar is not None and scalar[0] is given else None

    def read(self, origins: Iterable[Origin]) -> None:
        """Note that columns were looked at: what is made next may come from them."""
        self._read.update(dict.fromkeys(origins))

    def leak(self, origins: Iterable[Origin]) -> None:
        """Note that values of columns went to Python: numbers and texts given next may come from them."""
        said = dict.fromkeys(origins)
        self._read.update(said)
        self._leaked.update(said)

    @property
    def seen(self) -> Origins:
        """What was looked at since the last operation."""
        return _assumed(self._read)

    @property
    def leaked(self) -> Origins:
        """What went to Python since the last operation."""
        return _assumed(self._leaked)

    def forget(self) -> None:
        """Forget what was looked at: an operation was told of."""
        self._read.clear()
        self._leaked.clear()


class _Knowing(threading.local):
    def __init__(self) -> None:
        self.known = Known()


_knowing: Final = _Knowing()


def known() -> Known:
    """Return what is remembered in this thread."""
    return _knowing.known


def noted(what: str, act: Callable[[], Any], otherwise: Any) -> Any:
    """Return what `act` returns, or `otherwise` where it fails, which is said."""
    found = attempt(f"watch {what}", act)
    return otherwise if found is None else found


def whole(origins: Origins) -> Origins:
    """Return the same columns, each as a whole."""
    return frozenset(Origin(each.state, each.column, whole=True, assumed=each.assumed) for each in origins)


def _assumed(origins: Iterable[Origin]) -> Origins:
    return frozenset(Origin(each.state, each.column, whole=True, assumed=True) for each in origins)


def is_literal(value: Any) -> bool:
    """Whether a number or text stands in the code that calls, so that it comes from no table."""
    return any(
        value is each or (type(value) is type(each) and value == each) for each in _user_frame().f_code.co_consts
    )


def _user_frame() -> FrameType:
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's line
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame


def user_line() -> str:
    """Return the file's name and the line from which the user called."""
    frame = _user_frame()
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def told(arguments: Mapping[str, Any], naming: frozenset[str]) -> dict[str, str | int | float | bool]:
    """Return arguments as they may be recorded: of those that are not `naming` something, only what kind they are of.

    What is filled in or looked for may be a value of the data.
    """
    return {name: _told(value, named=name in naming) for name, value in arguments.items() if value is not None}


def _told(value: Any, *, named: bool) -> str | int | float | bool:
    if isinstance(value, bool) or (named and isinstance(value, int | float)):
        return value
    if isinstance(value, str) and named:
        return filtered_text(value[:LONGEST_TOLD])
    if isinstance(value, list | tuple) and named and all(isinstance(each, str | int) for each in value[:LONGEST_LIST]):
        more = ", …" if len(value) > LONGEST_LIST else ""
        return filtered_text(", ".join(map(str, value[:LONGEST_LIST])) + more)[:LONGEST_TOLD]
    if isinstance(value, type):
        return value.__name__
    if callable(value):
        return getattr(value, "__qualname__", type(value).__name__).rpartition(".")[2] or "function"
    return type(value).__name__.removeprefix("Watched")
