"""Watches calls of a framework: the call is made once, unchanged, whatever becomes of what we say about it."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from provkg.capture.trouble import attempt, look_through

Observer = Callable[["Call"], Generator[None, None, None]]
"""A generator function: what it does before its one `yield` happens before the call, the rest after it.

What the call raises is raised at the `yield`, so that a block around it ends as failed.
"""
_ABSENT: Final = object()


@dataclass(eq=False)
class Call:
    """One call of a watched function; `result` or `error` is there when it has ended.

    The user gets `result`: only what stands for it in every way, such as a generator that passes its values on, may
    take its place.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    error: BaseException | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the function."""
        return str(getattr(self.function, "__name__", ""))

    @property
    def owner(self) -> Any:
        """What a method was called on."""
        return self.args[0]

    def argument(self, name: str, default: Any = None) -> Any:
        """Return the argument `name`, however it was passed; `default` where the call does not say it."""
        try:
            return inspect.signature(self.function).bind_partial(*self.args, **self.kwargs).arguments.get(name, default)
        except (TypeError, ValueError):
            return self.kwargs.get(name, default)


@dataclass(eq=False)
class Observed:
    """The functions of one framework that are watched, so that they can be let go again."""

    framework: str
    goes_on: bool = True
    """Whether calls are still watched: what somebody wrapped meanwhile cannot be taken back, only fall silent."""
    predictions: bool = field(default=False, kw_only=True)
    """Whether the user asked for what models predict to be recorded."""
    _patched: list[tuple[Any, str, Any, Any]] = field(default_factory=list, repr=False)
    _undoing: list[Callable[[], object]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        look_through(self.framework)  # a warning of ours is about the user's line

    def undo_with(self, undo: Callable[[], object]) -> None:
        """Let `undo` be called when the framework is let go, for what is taken back in a way of its own."""
        self._undoing.append(undo)

    def observe(self, owner: Any, name: str, observer: Observer) -> None:
        """Let `observer` see every call of the function `name` of the class or module `owner`; once for each.

        A function of a module is met under the names too by which others have imported it already.
        """
        stated = vars(owner).get(name, _ABSENT)
        function = stated if inspect.isroutine(stated) else getattr(owner, name)
        kind = type(stated) if isinstance(stated, staticmethod | classmethod) else None
        function = stated.__func__ if isinstance(stated, staticmethod | classmethod) else function
        ours = getattr(function, "__provkg__", None)
        if ours is not None and ours.goes_on:
            return
        watched = _watched(self, function, observer, name)
        if isinstance(owner, ModuleType):  # where whoever pickles it looks for it, and finds the user's elsewhere
            watched.__module__, watched.__qualname__ = owner.__name__, name
        setattr(owner, name, kind(watched) if kind is not None else watched)
        self._patched.append((owner, name, stated, watched))
        if isinstance(owner, ModuleType):
            for module, called in _imported_as(function, name, owner):
                setattr(module, called, watched)
                self._patched.append((module, called, function, watched))

    def __reduce__(self) -> tuple[Callable[..., Observed], tuple[str, bool]]:
        # A user's class goes to worker processes with its functions: there they are as if nobody watched.
        return type(self), (self.framework, False)

    def let_go(self) -> None:
        """Put the framework's own functions back, where nobody has replaced ours since."""
        self.goes_on = False
        for owner, name, stated, watched in reversed(self._patched):
            current = vars(owner).get(name)
            if getattr(current, "__func__", current) is not watched:
                continue
            if stated is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, stated)
        self._patched.clear()
        while self._undoing:
            attempt(f"let {self.framework} go", self._undoing.pop())


def _imported_as(function: Any, name: str, owner: ModuleType) -> list[tuple[ModuleType, str]]:
    """Return where others have imported the function of `owner`: under its name, and in the script under any."""
    root = owner.__name__.partition(".")[0]
    others = [
        (module, name)
        for called, module in list(sys.modules.items())
        if getattr(module, "__dict__", {}).get(name) is function and called.partition(".")[0] not in {root, "__main__"}
    ]
    script = sys.modules.get("__main__")
    mine = [called for called, value in list(vars(script).items()) if value is function] if script is not None else []
    return others + [(script, called) for called in mine if script is not None]


def _watched(observed: Observed, function: Callable[..., Any], observer: Observer, name: str) -> Callable[..., Any]:
    name = f"{observed.framework}.{name}"

    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if not observed.goes_on:
            return function(*args, **kwargs)
        call = Call(function, args, kwargs)
        observing = attempt(f"record the call of {name}", lambda: _begun(observer, call))
        try:
            call.result = function(*args, **kwargs)
        except BaseException as error:
            call.error = error
            raise
        finally:
            if observing is not None:
                attempt(f"record the end of {name}", lambda: _ended(observing, call.error))
        return call.result

    watched.__provkg__ = observed  # type: ignore[attr-defined] # marks what is ours
    return watched


def _begun(observer: Observer, call: Call) -> Generator[None, None, None]:
    observing = observer(call)
    next(observing, None)
    return observing


def _ended(observing: Generator[None, None, None], error: BaseException | None) -> None:
    if error is None:
        next(observing, None)
        return
    raised_at = error.__traceback__
    try:
        observing.throw(error)  # so that a block around the `yield` ends as failed
    except StopIteration:
        return
    except BaseException as raised:
        if raised is not error:
            raise
    finally:
        error.__traceback__ = raised_at  # without the lines of ours that it was handed through
