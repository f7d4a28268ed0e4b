"""Names of files for logs: anything may stand in a log's origin, and two of them must never share a file."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

_READABLE: Final = 60
_DIGITS: Final = 16


def file_name_of(origin: str) -> str:
    """Return a name that is safe in any folder: what can be read of `origin`, and a part of its digest."""
    readable = re.sub(r"[^A-Za-z0-9.-]+", "_", origin)[:_READABLE].strip("._-")
    return f"{readable}-{sha256(origin.encode()).hexdigest()[:_DIGITS]}".lstrip("-")
