"""What training code calls: blocks and calls that become records in the spool, and never get in its way.

They are loaded when one of them is first used: who only reads a spool does without.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provkg.capture.calls import *  # noqa: F403


def __getattr__(name: str) -> Any:
    calls = None if name.startswith("_") or _is_module(name) else import_module("provkg.capture.calls")
    if calls is None or name not in calls.__all__:
        raise AttributeError(f"module 'provkg.capture' has no attribute {name!r}")
    return globals().setdefault(name, getattr(calls, name))


def _is_module(name: str) -> bool:
    # `from provkg.capture import tables` asks for an attribute first.
    place = Path(__file__).parent / name
    return place.is_dir() or place.with_suffix(".py").is_file()
