"""Overwrites frames of a spool file in place, so that its process, which only appends, need not know."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, Final

from provkg.capture.spool.frames import FRONT, Frame, framed, read_frames
from provkg.errors import StorageFailed

Payload = dict[str, Any]
Change = Callable[[Payload], Sequence[Payload]]
_NOTHING: Final = b'{"kind":"erased"}'


def rewrite(path: Path, change: Change) -> int:
    """Put what `change` makes of each frame's payload in its place, and return how many it changed.

    Of several payloads it is the first that fits into the frame, or one that says nothing; of none, the frame stays. It
    is on disk when this returns.
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


def _changed(file: FileIO, start: int, frame: Frame, change: Change) -> bool:
    made = change(frame.payload)
    if not made:
        return False
    length = frame.end - start - FRONT.size
    texts = [json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode() for each in made]
    fitting = next((text for text in texts if len(text) <= length), _NOTHING)
    file.seek(start)
    # Blanks after a JSON value mean nothing, so the frame keeps its place and length.
    file.write(framed(frame.sequence, fitting.ljust(length)))
    return True
