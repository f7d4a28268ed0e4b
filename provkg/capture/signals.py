"""SIGTERM while a run is open: the run ends as aborted, then the process ends as it would have."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Final


class Terminated(SystemExit):
    """SIGTERM came; open blocks tell it apart from a `sys.exit` of the user's."""


STATUS: Final = 128 + signal.SIGTERM
_installer: int | None = None
_open = 0


def ending_on_sigterm(*, begin: bool) -> None:
    """Begin or end to turn SIGTERM into `SystemExit`, so that open blocks see it; a handler of the user's stays."""
    global _installer, _open
    if threading.current_thread() is not threading.main_thread():
        return
    _open += 1 if begin else -1
    if begin and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)
        _installer = os.getpid()
    elif not begin and _open <= 0 and signal.getsignal(signal.SIGTERM) is _end:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    if os.getpid() != _installer:
        # A forked worker is no run of ours; it dies of the signal as its parent expects.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    raise Terminated(STATUS)


def die_of_sigterm() -> None:
    """End this process by the signal that it was sent, as it would have ended without us: whoever sent it sees that."""
    if threading.current_thread() is threading.main_thread() and _installer == os.getpid():
        sys.stderr.flush()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
