"""The names that the user's code has at a call, looked at without keeping what they name alive."""

from __future__ import annotations

import inspect
import sys
from types import FrameType
from typing import Any, Final

KEEPS_A_COPY: Final = sys.version_info < (3, 13)


def names_in(frame: FrameType) -> dict[str, Any]:
    """Return the local names of a frame; what it returns is all that refers to them.

    Before Python 3.13 a frame keeps the dictionary of its locals once somebody has asked for it (PEP 667), and with it
    every batch and loss of that moment until the function ends. It is emptied here; the function does not notice.
    """
    names = dict(frame.f_locals)
    if KEEPS_A_COPY and frame.f_code.co_flags & inspect.CO_OPTIMIZED and frame.f_trace is None:
        frame.f_locals.clear()
    return names
