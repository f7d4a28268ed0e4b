"""Calls of functions as runs: what their arguments say, and what becomes of their results."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from pathlib import PurePath
from typing import Any, ClassVar, Final, get_args
from uuid import UUID

from provkg.capture import StepBlock
from provkg.capture.about import About
from provkg.capture.arrays import is_array
from provkg.capture.columnar import is_table
from provkg.capture.digests import digest
from provkg.capture.given_data import data_of
from provkg.capture.handles import Data, Thing
from provkg.capture.known_data import known_memory
from provkg.capture.session import Session
from provkg.capture.steps import definition
from provkg.records import Run, Transformed

SEVERAL: Final = 1000
PIECES: Final = 100
_SIMPLE: Final = (str, bool, int, float, complex, PurePath, Enum, date, Decimal, UUID)
_THINGS: Final = get_args(Thing)


class FunctionRun(StepBlock):
    """One call of a function: a run, which is a transformation when data came in and data came out."""

    RUN: ClassVar[type[Run]] = Run

    def __init__(self, function: Callable[..., Any], title: str, kind: str | None, given: Given, about: About) -> None:
        super().__init__(title, uses=tuple(given.things.values()), kind=kind, **about)
        self.told.add_params(given.params)
        self._function, self._given = function, given
        self._pieces, self._further = 0, sha256()

    def made(self, result: Any) -> None:
        """Take the rows in `result`, or those that a function without a result changed in place."""
        found = list(_rows_in(result, self.title))
        for name, rows in found or self._given.rows:
            self._output(name, rows)

    def passed(self, item: Any) -> None:
        """Take one item that a generator yielded; what comes after the first hundred is only digested."""
        for name, rows in _rows_in(item, self.title):
            self._pieces += 1
            if self._pieces <= PIECES:
                self._output(name, rows)
            else:
                self._further.update(bytes.fromhex(digest(rows).sha256))

    def _output(self, name: str, rows: Any) -> None:
        before = known_memory(rows)
        if before is not None and before.sha256 == digest(rows).sha256:
            return  # an input that was passed on, or what a step within this one made
        sources = [each for each in self._uses if isinstance(each, Data)]
        self.dataset(name, rows, of=sources or None)

    def _definition(self) -> str:
        settings = json.loads(definition(self.told.settings()))
        return json.dumps({**_identity(self._function), "parameters": settings}, sort_keys=True)

    def _specific(self) -> dict[str, Any]:
        if self._kind is Transformed:
            return super()._specific()
        if self._index is None:
            self._index = self._counted()
        return {}

    def _end(self, error: BaseException | None) -> None:
        if self._pieces > PIECES:
            self.dataset(self.title, self._further.digest(), description=f"{self._pieces - PIECES:,} further pieces")
        super()._end(error)

    def _close(self, own: Session, error: BaseException | None) -> None:
        if self._outputs and any(isinstance(each, Data) for each in self._uses):
            self._kind = Transformed
        super()._close(own, error)


class Given:
    """The arguments of one call: things that are used, rows among them, and parameters."""

    def __init__(self) -> None:
        self.things: dict[int, Thing] = {}
        self.rows: list[tuple[str, Any]] = []
        self.params: dict[str, Any] = {}

    def take(self, name: str, value: Any, *, depth: int = 0) -> None:
        """Take an argument, or what lies in it."""
        if isinstance(value, _THINGS):
            self.things[id(value)] = value
        elif is_rows(value):
            self.rows.append((name, value))
            self.things[id(value)] = data_of(value, otherwise=name)
        elif is_simple(value):
            self.params[name] = value
        elif isinstance(value, list | tuple | Mapping) and depth < 2 and len(value) <= SEVERAL:
            for key, each in _items(value):
                self.take(f"{name}.{key}", each, depth=depth + 1)


def begun(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    title: str,
    kind: str | None,
    about: About,
) -> FunctionRun:
    """Return the run of one call, ready to begin."""
    given = Given()
    for name, value in _arguments(function, args, kwargs):
        given.take(name, value)
    return FunctionRun(function, title, kind, given, about)


def _arguments(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):  # a wrong call, which fails by itself, or a function written in C
        yield from [*((str(number), value) for number, value in enumerate(args)), *kwargs.items()]
        return
    bound.apply_defaults()
    for position, (name, value) in enumerate(bound.arguments.items()):
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            yield from value.items()
        elif position or name not in {"self", "cls"}:
            yield name, value


def is_rows(value: Any) -> bool:
    """Whether `value` is an array with a dimension, a frame, or a sparse matrix."""
    if is_array(value):
        return getattr(value, "ndim", 0) > 0
    return is_table(value) or (hasattr(value, "tocsr") and type(value).__module__.partition(".")[0] == "scipy")


def is_simple(value: Any) -> bool:
    """Whether `value` is a parameter by itself: a number, text, a path, a function, or some of these."""
    if value is None or isinstance(value, _SIMPLE) or inspect.isroutine(value) or inspect.isclass(value):
        return True
    if getattr(value, "ndim", None) == 0 and callable(getattr(value, "item", None)):
        return True
    if isinstance(value, Mapping):
        return len(value) <= SEVERAL and all(is_simple(each) for each in value.values())
    return (
        isinstance(value, list | tuple | set | frozenset)
        and len(value) <= SEVERAL
        and all(is_simple(each) for each in value)
    )


def _rows_in(result: Any, name: str) -> Iterator[tuple[str, Any]]:
    if is_rows(result):
        yield name, result
    elif isinstance(result, list | tuple | Mapping) and len(result) <= SEVERAL:
        for key, each in _items(result, first=1):
            if is_rows(each):
                yield f"{name}-{key}", each


def _items(several: Any, *, first: int = 0) -> Iterator[tuple[Any, Any]]:
    if isinstance(several, Mapping):
        return iter(several.items())
    return iter(zip(getattr(several, "_fields", range(first, len(several) + first)), several, strict=False))


@cache
def _identity(function: Callable[..., Any]) -> dict[str, str]:
    """Return how the function is called and the digest of its source, so that another function is another step."""
    named = f"{function.__module__}.{getattr(function, '__qualname__', type(function).__qualname__)}"
    try:
        return {"function": named, "source": sha256(inspect.getsource(function).encode()).hexdigest()}
    except (OSError, TypeError):
        return {"function": named}
