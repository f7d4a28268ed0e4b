"""How commands say how far they are: now and then, and only to somebody who sits at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, ParamSpec

import click

PROGRESS_SECONDS: Final = 2.0
Facts = ParamSpec("Facts")


def now_and_then(words: Callable[Facts, str]) -> Callable[Facts, None]:
    """Return what says `words` of the facts that it is told, at most every two seconds."""
    said = time.monotonic()

    def tell(*facts: Facts.args, **named: Facts.kwargs) -> None:
        nonlocal said
        if sys.stderr.isatty() and time.monotonic() - said >= PROGRESS_SECONDS:
            said = time.monotonic()
            click.echo(words(*facts, **named), err=True)

    return tell
