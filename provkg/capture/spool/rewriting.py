"""Overwrites frames of a spool file in place, so that its process, which only appends, need not know."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any, Final

from provkg.capture.spool.frames import FRONT, Frame, framed, read_frames
from provkg.errors import StorageFailed

Payload = dict[str, Any]
_NOTHING: Final = b'{"kind":"erased"}'


def rewrite(path: Path, change: Callable[[Payload], Payload | None]) -> int:
    """Put what `change` makes of each frame's payload in its place, and return how many it changed.

    What is longer than the frame gives way to a payload that says nothing. It is on disk when this returns.
    """
    try:
        content = path.read_bytes()
        with path.open("r+b", buffering=0) as file:
            changed = sum(_changed(file, start, frame, change) for start, frame in _placed(content))
            if changed:
                os.fsync(file.fileno())
    except FileNotFoundError:
        return 0  # its process saw all its verdicts and took it away
    except OSError as error:
        raise StorageFailed(f"cannot write the spool file {path}: {error.strerror}") from error
    return changed


def _placed(content: bytes) -> list[tuple[int, Frame]]:
    found, start = [], 0
    for each in read_frames(content):
        if isinstance(each, Frame):
            found.append((start, each))
        start = each.end
    return found


def _changed(file: FileIO, start: int, frame: Frame, change: Callable[[Payload], Payload | None]) -> bool:
    made = change(frame.payload)
    if made is None:
        return False
    length = frame.end - start - FRONT.size
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    file.seek(start)
    # Blanks after a JSON value mean nothing, so the frame keeps its place and length.
    file.write(framed(frame.sequence, (text if len(text) <= length else _NOTHING).ljust(length)))
    return True
