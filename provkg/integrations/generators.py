"""Generators whose work belongs to a run, while what their consumer does between the items does not."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from provkg.capture.apart import inside
from provkg.capture.trouble import attempt
from provkg.integrations.function_runs import FunctionRun


def passing(generator: Generator[Any, Any, Any], run: FunctionRun | None) -> Generator[Any, Any, Any]:
    """Pass on what `generator` yields, as `yield from` does (PEP 380); `run` ends with it."""
    _begin(run)
    try:
        value = yield from _each(generator, run)
    except BaseException as error:
        _end(run, error)
        raise
    _end(run)
    return value


def _each(generator: Generator[Any, Any, Any], run: FunctionRun | None) -> Generator[Any, Any, Any]:
    resume = partial(next, generator)
    while True:
        with _within(run):
            try:
                item = resume()
            except StopIteration as end:
                return end.value
        _passed(run, item)
        try:
            sent = yield item
        except GeneratorExit:
            with _within(run):
                generator.close()
            raise
        except BaseException as error:  # noqa: BLE001 - the consumer's, for the generator to handle
            resume = partial(generator.throw, error)
        else:
            resume = partial(generator.send, sent)


async def passing_async(generator: AsyncGenerator[Any, Any], run: FunctionRun | None) -> AsyncGenerator[Any, Any]:
    """Pass on what `generator` yields and takes; `run` ends with it."""
    _begin(run)
    try:
        resume = partial(anext, generator)
        while True:
            with _within(run):
                try:
                    item = await resume()
                except StopAsyncIteration:
                    break
            _passed(run, item)
            try:
                sent = yield item
            except GeneratorExit:
                with _within(run):
                    await generator.aclose()
                raise
            except BaseException as error:  # noqa: BLE001 - the consumer's, for the generator to handle
                resume = partial(generator.athrow, error)
            else:
                resume = partial(generator.asend, sent)
    except BaseException as error:
        _end(run, error)
        raise
    _end(run)


def _within(run: FunctionRun | None) -> AbstractContextManager[None]:
    return inside(run) if run is not None else nullcontext()


def _begin(run: FunctionRun | None) -> None:
    if run is not None:
        run.begin()


def _passed(run: FunctionRun | None, item: Any) -> None:
    if run is not None:
        with inside(run):
            attempt(f"record what {run.title} yielded", lambda: run.passed(item))


def _end(run: FunctionRun | None, error: BaseException | None = None) -> None:
    if run is not None:
        # A consumer that has had enough is no failure.
        run.end(None if isinstance(error, GeneratorExit) else error)
