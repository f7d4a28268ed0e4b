"""Python's search for cycles among objects, less often while there are many that have none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SELDOM: Final = 50_000


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let Python look for cycles less often: statements have none, and looking at them takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
