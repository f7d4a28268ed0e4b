"""`step`: a block, or what makes a function a step: its arguments are what a run used, its results what it made."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import nullcontext
from typing import Any, Final, TypeVar, Unpack, overload

from provkg.capture import StepBlock, steps
from provkg.capture.about import About
from provkg.capture.handles import DataGiven
from provkg.capture.trouble import attempt, trouble, warned
from provkg.errors import BadParameter
from provkg.integrations.function_runs import FunctionRun, begun
from provkg.integrations.generators import passing, passing_async

F = TypeVar("F", bound="Callable[..., Any] | classmethod[Any, Any, Any] | staticmethod[Any, Any]")
MOST_CALLS: Final = 1000
_UNSAID: Final[Any] = object()


@overload
def step(title: F, /) -> F: ...
@overload
def step(
    title: str, *, uses: DataGiven, fits_on: DataGiven = None, kind: str | None = None, **about: Unpack[About]
) -> StepBlock: ...
@overload
def step(title: str | None = None, *, kind: str | None = None, **about: Unpack[About]) -> StepFunctions: ...
def step(
    title: Any = None,
    *,
    uses: DataGiven = _UNSAID,
    fits_on: DataGiven = None,
    kind: str | None = None,
    **about: Unpack[About],
) -> Any:
    """Record one preprocessing step: a block that names what it `uses`, or every call of the function below.

    `with provkg.step("standardization", uses=train, fits_on=train) as step:` records the block. `kind` is one of the
    ontology's kinds of transformation (`filtering`, `imputation`, …) or a name of your own; without it the title says
    the kind. `fits_on` is the data that parameters such as means are learned from.

    `@provkg.step`, or `@provkg.step(kind="filtering")`, records calls: arguments that are data are used, those that are
    numbers and text are parameters, and results that are arrays or frames are data made of these. The function gets
    and gives what it would without us.
    """
    if uses is not _UNSAID or fits_on is not None:
        return steps.step(title, uses=None if uses is _UNSAID else uses, fits_on=fits_on, kind=kind, **about)
    if title is None or isinstance(title, str):
        return StepFunctions(title, kind, about)
    return StepFunctions(None, kind, about)(title)


class StepFunctions:
    """What `@provkg.step(…)` puts around a function: each call of it becomes a run."""

    def __init__(self, title: str | None, kind: str | None, about: About) -> None:
        self.title, self.kind, self.about = title, kind, about
        self._calls = itertools.count(1)  # of all threads, so a counter that hands each number out once

    def __call__(self, function: F) -> F:
        """Return `function`, recorded; what it is, it stays: async, a generator, a method of a class."""
        given: Any = function
        if isinstance(given, staticmethod | classmethod):
            return type(given)(self(given.__func__))  # type: ignore[return-value]
        if not callable(given) or inspect.isclass(given):
            trouble(f"@provkg.step is for functions, not for {given!r}; it is not recorded", error=BadParameter)
            return function
        return functools.wraps(given)(self._around(given))  # type: ignore[return-value]

    def _around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(function):
            return self._async_generator(function)
        if inspect.isgeneratorfunction(function):
            return self._generator(function)
        return self._coroutine(function) if inspect.iscoroutinefunction(function) else self._function(function)

    def _begun(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> FunctionRun | None:
        name = getattr(function, "__name__", type(function).__name__)
        if (number := next(self._calls)) > MOST_CALLS:
            if number == MOST_CALLS + 1:
                warned(
                    f"step {name!r} was called {MOST_CALLS:,} times, and further calls are not recorded: each is a "
                    "run, which takes its time. Put @provkg.step above what calls it"
                )
            return None
        return attempt(
            f"record the call of {name}",
            lambda: begun(function, args, kwargs, title=self.title or name, kind=self.kind, about=self.about),
        )

    def _function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            run = self._begun(function, args, kwargs)
            with run or nullcontext():
                result = function(*args, **kwargs)
                _made(run, result)
            return result

        return call

    def _coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            run = self._begun(function, args, kwargs)
            with run or nullcontext():
                result = await function(*args, **kwargs)
                _made(run, result)
            return result

        return call

    def _generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            return (yield from passing(function(*args, **kwargs), self._begun(function, args, kwargs)))

        return call

    def _async_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            return passing_async(function(*args, **kwargs), self._begun(function, args, kwargs))

        return call


def _made(run: FunctionRun | None, result: Any) -> None:
    if run is not None:
        attempt(f"record what {run.title} returned", lambda: run.made(result))
