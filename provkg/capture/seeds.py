"""Random seeds that the process has set, known to every run that begins afterwards and to those that go on."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from provkg import vocabulary
from provkg.capture.trouble import attempt
from provkg.records import SeedSetting, concept

HASH_SEED: Final = "PYTHONHASHSEED"
_set: Final[dict[str, SeedSetting]] = {}
_watching: Final[list[Callable[[], None]]] = []


def watch_seeds_with(watch: Callable[[], None]) -> None:
    """Name the function that sees to it that seeds are known: capture itself must not know the layers above it."""
    _watching[:] = [watch]


def watch_seeds() -> None:
    """See from now on which seeds are set, if there is somebody who can."""
    for watch in _watching:
        attempt("see which seeds are set", watch)


def seed_set(name: str, value: int | str | None, scope: str) -> SeedSetting | None:
    """Know that `name`, such as `numpy.random.seed`, has set a seed, or has drawn one that nobody knows: None."""
    if value is None:
        _set.pop(name, None)
        return None
    setting = _set[name] = SeedSetting(name=name, value=value, scope=concept(vocabulary.SeedScope, scope))
    return setting


def seeds_set() -> tuple[SeedSetting, ...]:
    """Return the seeds that hold now, that of hashes too where the interpreter was started with one."""
    of_hashes = hash_seed()
    return (*((of_hashes,) if of_hashes is not None else ()), *_set.values())


def forget_seeds() -> None:
    """Know nothing any more of what was set."""
    _set.clear()


@cache
def hash_seed(initial: Path = Path("/proc/self/environ")) -> SeedSetting | None:
    """Return the seed of Python's hashes: what is set in `os.environ` after the start changes nothing any more."""
    try:
        found = re.search(rb"(?:^|\0)PYTHONHASHSEED=(\d+)(?:\0|$)", initial.read_bytes())
        text = found[1].decode() if found is not None else ""
    except OSError:
        text = os.environ.get(HASH_SEED, "")
    if not text.isdigit():
        return None
    scope = concept(vocabulary.SeedScope, "environmentVariable")
    return SeedSetting(name=HASH_SEED, value=int(text), scope=scope)
