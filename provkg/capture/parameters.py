"""Parameters as people pass them, made fit to record: without secrets, memory addresses and endless texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from provkg.capture.persons import unnamed
from provkg.capture.secrets import REMOVED, filtered, filtered_arguments, filtered_text
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter

LONGEST: Final = 10_000
SHOWN: Final = 200
LARGEST_INTEGER: Final = 2**63
ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
DEEPEST: Final = 32


def cleaned(params: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Return `params` with values that can be recorded; says so where one had to be shortened."""
    return {str(name): _cleaned(f"{prefix}{name}", value, depth) for name, value in params.items()}


def _cleaned(name: str, value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return cleaned(value, f"{name}.", depth + 1)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float) and filtered(name, str(value)) == REMOVED:
        return REMOVED
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if abs(value) < LARGEST_INTEGER else str(value)
    if isinstance(value, str):
        return _shortened(name, unnamed(filtered(name, value)))
    if isinstance(value, list | tuple | set | frozenset):
        return _cleaned_sequence(name, value, depth)
    return _foreign(name, value, depth)


def _cleaned_sequence(name: str, value: Any, depth: int) -> Any:
    ordered = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
    if len(ordered) > LONGEST:
        return _shortened(name, repr(ordered))
    if ordered and all(isinstance(each, str) for each in ordered):
        # Often a command line: what follows `--password` is one.
        ordered = filtered_arguments(ordered)
    return [_cleaned(name, each, depth + 1) for each in ordered]


def _foreign(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, type):  # before `item` and `tolist`, which classes have for their instances
        return f"{value.__module__}.{value.__qualname__}"
    try:
        return _plain(name, value, depth)
    except Exception as error:  # noqa: BLE001 - an object may break in any way when looked at
        kind = type(value)
        text = f"{kind.__module__}.{kind.__qualname__}"
        trouble(
            f"could not record parameter {name!r} (a {kind.__name__}) with its value: {type(error).__name__}: {error}; "
            f"recorded as text {text!r}. To record more, pass a number or text that stands for it",
            kind=f"parameter {name}",
            error=BadParameter,
        )
        return text


def _plain(name: str, value: Any, depth: int) -> Any:
    if callable(getattr(value, "item", None)) and getattr(value, "ndim", 1) == 0:  # a numpy or torch scalar
        return _cleaned(name, value.item(), depth + 1)
    if callable(getattr(value, "tolist", None)):
        return _cleaned(name, value.tolist(), depth + 1)
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return _shortened(name, unnamed(filtered_text(ADDRESS.sub("", str(value)))))


def _shortened(name: str, text: str) -> str:
    if len(text) <= LONGEST:
        return text
    trouble(
        f"parameter {name!r} has {len(text):,} characters; its first {SHOWN} and its SHA-256 are recorded. "
        "Record long values as a dataset",
        kind=f"long parameter {name}",
    )
    return f"{text[:SHOWN]}… (SHA-256 {sha256(text.encode('utf-8', 'replace')).hexdigest()})"
