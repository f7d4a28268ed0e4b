"""Parameters as people pass them, made fit to record: without secrets, memory addresses and endless texts."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, Final

from provkg.capture.persons import unnamed
from provkg.capture.secrets import REMOVED, filtered, filtered_arguments
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import fit, worded
from provkg.errors import BadParameter, ProvkgError

LONGEST: Final = 10_000
SHOWN: Final = 200
LARGEST_INTEGER: Final = 2**63
ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
DEEPEST: Final = 32
MOST_VALUES: Final = 100_000
DIGITS: Final = 4_000
RATHER: Final = "Record long values as a dataset"


def cleaned(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return `params` with values that can be recorded; says so where one had to be changed."""
    return _Cleaning().mapping("", params, ())


class _Cleaning:
    """One look at parameters: `_left` is how many values it may still look at, so that it ends for all there are."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def mapping(self, prefix: str, params: Mapping[Any, Any], path: tuple[int, ...]) -> dict[str, Any]:
        """Return what a mapping holds; `path` are the things that it lies in."""
        found = {}
        for key in list(params):
            name = worded(key, "the name of a parameter")
            try:
                value = params[key]
            except Exception as error:  # noqa: BLE001 - a mapping may compute or refuse its values
                _say_unreadable(f"{prefix}{name}", error)
                continue
            found[name] = self.value(f"{prefix}{name}", value, (*path, id(params)))
        return found

    def value(self, name: str, value: Any, path: tuple[int, ...]) -> Any:
        """Return a value as a record can hold it."""
        self._left -= 1
        if len(path) > DEEPEST or id(value) in path or self._left < 0:
            return "…"
        if isinstance(value, bool) or value is None:
            return value
        if type(value) in {int, float}:
            return _number(name, value)
        if type(value) is str:
            return _text(name, value)
        try:
            return self._foreign(name, value, path)
        except ProvkgError:
            raise
        except Exception as error:  # noqa: BLE001 - an object may break in any way when looked at
            return _type_instead(name, value, error)

    def _foreign(self, name: str, value: Any, path: tuple[int, ...]) -> Any:
        if isinstance(value, type):  # before `item` and `tolist`, which classes have for their instances
            return f"{value.__module__}.{value.__qualname__}"
        if isinstance(value, Enum):
            return self.value(name, value.value, path)
        if isinstance(value, str):
            return _text(name, str.__str__(value))
        if isinstance(value, int | float):
            return _number(name, int(value) if isinstance(value, int) else float(value))
        if (held := _fields(value)) is not None:
            return self.mapping(f"{name}.", held, (*path, id(value)))
        if isinstance(value, list | tuple | set | frozenset):
            return self._sequence(name, value, path)
        return self._plain(name, value, path)

    def _sequence(self, name: str, value: Any, path: tuple[int, ...]) -> Any:
        ordered = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        if len(ordered) > LONGEST:
            return _shortened(name, repr(ordered))
        if ordered and all(type(each) is str for each in ordered):
            # Often a command line: what follows `--password` is one.
            ordered = filtered_arguments(ordered)
        return [self.value(name, each, (*path, id(value))) for each in ordered]

    def _plain(self, name: str, value: Any, path: tuple[int, ...]) -> Any:
        if callable(getattr(value, "item", None)) and getattr(value, "ndim", 1) == 0:  # a numpy or torch scalar
            return self.value(name, value.item(), (*path, id(value)))
        if callable(getattr(value, "tolist", None)):
            return self._array(name, value, path)
        if callable(value) and hasattr(value, "__qualname__"):
            return f"{value.__module__}.{value.__qualname__}"
        return _text(name, ADDRESS.sub("", str(value)))

    def _array(self, name: str, value: Any, path: tuple[int, ...]) -> Any:
        size = getattr(value, "size", None)
        if isinstance(size, int) and size > LONGEST:
            kind = type(value)
            text = f"{kind.__module__}.{kind.__qualname__} of shape {tuple(value.shape)} and type {value.dtype}"
            trouble(f"parameter {name!r} has {size:,} values; {text!r} is recorded. {RATHER}", kind=f"long {name}")
            return text
        return self.value(name, value.tolist(), (*path, id(value)))


def _number(name: str, value: Any) -> Any:
    if filtered(name, str(value) if abs(value) < LARGEST_INTEGER else "1") == REMOVED:
        return REMOVED
    if isinstance(value, float) or abs(value) < LARGEST_INTEGER:
        return value
    # Python refuses to write integers of thousands of digits out (`sys.set_int_max_str_digits`).
    return str(value) if abs(value) < 10**DIGITS else f"an integer of {value.bit_length():,} bits"


def _text(name: str, text: str) -> str:
    if len(text) > LONGEST:
        return _shortened(name, text)
    return unnamed(filtered(name, fit(text)))


def mapped(params: Any) -> Mapping[Any, Any]:
    """Return parameters given at once as a mapping; what is none is said and left out."""
    found = attempt("read params=", lambda: _fields(params))
    if found is None:
        kind = type(params).__name__
        told = f"params= takes a mapping of names to values, not a {kind}; it is left out"
        trouble(told, kind=f"params {kind}", error=BadParameter)
    return found or {}


def _fields(value: Any) -> Mapping[Any, Any] | None:
    """Return what a mapping, dataclass, namespace or model of settings holds; None for anything else."""
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Namespace | SimpleNamespace):
        return vars(value)
    dumped = getattr(type(value), "model_dump", None)
    found = dumped(value) if callable(dumped) else None
    return found if isinstance(found, Mapping) else None


def _type_instead(name: str, value: Any, error: Exception) -> str:
    kind = type(value)
    text = f"{kind.__module__}.{kind.__qualname__}"
    trouble(
        f"could not record parameter {name!r} (a {kind.__name__}) with its value: "
        f"{type(error).__name__}: {error!s:.200}; recorded as text {text!r}. "
        "To record more, pass a number or text that stands for it",
        kind=f"parameter {name}",
        error=BadParameter,
    )
    return text


def _say_unreadable(name: str, error: Exception) -> None:
    trouble(
        f"could not read parameter {name!r}: {type(error).__name__}: {error!s:.200}; it is left out",
        kind=f"parameter {name}",
        error=BadParameter,
    )


def _shortened(name: str, text: str) -> str:
    if len(text) <= LONGEST:
        return unnamed(filtered(name, fit(text)))
    trouble(
        f"parameter {name!r} has {len(text):,} characters; its first {SHOWN} and its SHA-256 are recorded. {RATHER}",
        kind=f"long {name}",
    )
    # A secret at the cut is looked at as a whole.
    shown = unnamed(filtered(name, fit(text[:LONGEST])))[:SHOWN]
    return f"{shown}… (SHA-256 {sha256(text.encode('utf-8', 'replace')).hexdigest()})"
