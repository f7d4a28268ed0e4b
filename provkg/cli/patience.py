"""Giving up on a query: Oxigraph can neither be interrupted nor told how long it may take."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from provkg.errors import CannotRun

INTERRUPTED: Final = 130
GRACE_SECONDS: Final = 0.5


@contextmanager
def patience(seconds: float | None) -> Iterator[None]:
    """End the process when the block takes more than `seconds`, or does not heed Ctrl-C.

    A query that runs holds Python up, so that neither a signal nor an exception would end it. It only reads.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    earlier = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(reading, seconds, done), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        signal.set_wakeup_fd(earlier)
        os.close(writing)
        watch.join()
        os.close(reading)


def _watch(reading: int, seconds: float | None, done: threading.Event) -> None:
    ready, _, _ = select.select([reading], [], [], seconds)
    if not ready:
        _end(
            f"the query takes longer than {seconds:g} s; ask for less, or give it more time",
            CannotRun.exit_code,
        )
    # A byte is a signal, which Python answers with an exception as soon as it runs; nothing to read is the end.
    if os.read(reading, 1) and not done.wait(GRACE_SECONDS):
        _end("interrupted", INTERRUPTED)


def _end(sentence: str, code: int) -> None:
    sys.stderr.write(f"provkg: {sentence}\n")
    sys.stderr.flush()
    os._exit(code)
